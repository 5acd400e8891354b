"""Compiling kernels on two processors, and where they are kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from critnet import warmup
from critnet.progress import ProgressLine, duration
from critnet.session import Session


class Dispatcher:
    """Stands for a kernel; counts its compilations."""

    def __init__(self) -> None:
        self.compiled = 0
        self.py_func = lambda: None

    def compile(self, signature: str) -> None:
        self.compiled += 1


def test_every_kernel_is_compiled_by_one_of_two_processes(tmp_path):
    kernels = [(Dispatcher(), f"void({name})") for name in ("int64", "float64", "boolean")]
    shown = []
    warmup._compile_unclaimed(kernels, tmp_path, lambda: shown.append(1))
    warmup._compile_unclaimed(kernels[::-1], tmp_path, lambda: shown.append(1))
    assert [dispatcher.compiled for dispatcher, _ in kernels] == [1, 1, 1]
    assert len(shown) == 3


def test_a_folder_that_has_gone_stops_the_helper(tmp_path):
    kernel = Dispatcher()
    warmup._compile_unclaimed([(kernel, "void()")], tmp_path / "gone", lambda: None)
    assert kernel.compiled == 0


def test_a_folder_others_can_write_to_is_not_private(tmp_path):
    shared, linked, private = (tmp_path / name for name in ("shared", "linked", "private"))
    shared.mkdir()
    shared.chmod(0o777)
    linked.symlink_to(tmp_path)
    assert not warmup._is_private(shared)
    assert not warmup._is_private(linked)
    assert warmup._is_private(private)
    assert private.stat().st_mode & 0o077 == 0


def test_a_read_only_installation_without_a_home_uses_a_private_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.setattr(warmup.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(warmup, "_is_writable", lambda folder: tmp_path in Path(folder).parents)
    warmup.prepare_cache()
    chosen = Path(warmup.os.environ["NUMBA_CACHE_DIR"])
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert chosen.parent == tmp_path
    assert chosen.stat().st_mode & 0o077 == 0


def test_a_cache_directory_the_user_chose_is_kept(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/chosen")
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    warmup.prepare_cache()
    assert warmup.os.environ["NUMBA_CACHE_DIR"] == "/chosen"


def test_progress_is_shown_as_i_of_k(capsys):
    line = ProgressLine()
    line("compiling kernels", 3, 17, at_once=True)
    line("tracking", 1, None, at_once=True)
    assert capsys.readouterr().err == "compiling kernels, 3 of 17\ntracking, 1\n"


def test_long_stages_show_their_rate_and_the_time_left(capsys, monkeypatch):
    clock = iter([0.0, 10.0, 100.0])
    monkeypatch.setattr("critnet.progress.time.monotonic", lambda: next(clock))
    line = ProgressLine()
    line("samples", 100, 10_000)  # found in the store
    line("samples", 600, 10_000)
    line("samples", 1100, 10_000)
    assert capsys.readouterr().err.splitlines() == [
        "samples, 600 of 10000, 50/s, 3 min left",
        "samples, 1100 of 10000, 10/s, 15 min left",
    ]
    assert [duration(s) for s in (3, 119, 7300, 400_000)] == [
        "3 s",
        "119 s",
        "2 h 2 min",
        "4 d 15 h",
    ]


def test_short_stages_are_not_shown(capsys):
    session = Session()
    for done in range(1000):
        session.progress("fast", done, 1000)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("engine", warmup.ENGINES)
def test_kernels_of_every_engine_are_found(engine):
    assert list(warmup._kernel_modules(engine))
