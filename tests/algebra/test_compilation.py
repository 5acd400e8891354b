"""Cached machine code follows the sources it was made from, helpers in other files included."""

import threading
from pathlib import Path

import numpy as np

from algebra.kernels import compilation, exponents
from algebra.kernels.compilation import kernel, sources_digest


def test_cached_kernels_are_stamped_with_all_sources_of_their_folder():
    folder = Path(exponents.__file__).parent
    kernels = [k for k in vars(exponents).values() if hasattr(k, "py_func")]
    assert kernels
    stamps = [k._cache._cache_file._source_stamp for k in kernels]
    assert all(stamp[1] == sources_digest(folder) for stamp in stamps)


def test_the_stamp_changes_with_any_file(tmp_path):
    (tmp_path / "one.py").write_text("a = 1\n")
    before = sources_digest(tmp_path)
    sources_digest.cache_clear()
    (tmp_path / "two.py").write_text("b = 2\n")
    assert sources_digest(tmp_path) != before


def test_a_kernel_is_compiled_for_its_declared_signature_when_it_is_called(monkeypatch):
    monkeypatch.setattr(compilation, "_DECLARED", [])

    @kernel("float64(float64[:])", cache=False)
    def first(values):
        return values[0]

    assert not first.signatures
    assert compilation.missing_kernels() == [(first, "float64(float64[:])")]
    results = []
    calls = [threading.Thread(target=lambda: results.append(first(np.ones(4)[::2]))) for _ in "ab"]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert results == [1.0, 1.0]
    assert len(first.signatures) == 1
    assert compilation.missing_kernels() == []


def test_kernels_on_disk_are_not_missing():
    compilation.compile_kernels()
    assert all(compilation.is_cached(d, s) for d, s in compilation._DECLARED if d.stats.cache_path)
    assert compilation.missing_kernels() == []
