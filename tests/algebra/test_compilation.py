"""Cached machine code follows the sources it was made from, helpers in other files included."""

from pathlib import Path

from algebra.kernels import exponents
from algebra.kernels.compilation import sources_digest


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
