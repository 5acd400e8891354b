"""Compiling the kernels before a command needs them, with progress and on two processors.

Numba keeps compiled kernels beside the package or, where that is read-only, in the user's cache
directory. Where neither can be written, a private directory below the temporary one serves.
A helper process compiles the same list from its end, where the largest kernels are: each kernel
is claimed by one of the two, and the other loads it from disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import os
import pkgutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from critnet.session import Session

#: Packages with a subpackage `kernels`.
ENGINES = ("algebra", "polytopes", "homotopy")
#: Seconds between two looks at the helper process.
_POLL = 0.05
#: Exit code after Ctrl-C.
INTERRUPTED = 130
#: Helper processes that are running.
_HELPERS: list[subprocess.Popen[bytes]] = []


def warm_up(session: Session, *engines: str) -> None:
    """Compile the kernels of the given engines that are not on disk, showing progress.

    Kernels that are load when they are called.

    Parameters
    ----------
    engines : names among `ENGINES`; none means all
    """
    prepare_cache()
    chosen = engines or ENGINES
    with session.stage("kernels"), session.unhurried(), _leaving_at_once(session):
        import_kernels(chosen)
        from algebra.kernels import compilation

        if session.jobs > 1 and compilation.missing_kernels():
            _compile_with_helper(session, chosen)

        def show(name: str, i: int, k: int) -> None:
            session.progress("compiling kernels", i + 1, k, at_once=True)
            session.budget.check()

        compilation.compile_kernels(show)


@contextlib.contextmanager
def _leaving_at_once(session: Session) -> Iterator[None]:
    """Ctrl-C while kernels compile: nothing is lost, so the process ends there and then.

    An exception raised inside a callback of the compiler would be swallowed.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored or threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(signal_number: int, frame: object) -> None:
        for helper in _HELPERS:
            helper.kill()
        session.message("interrupted")
        os._exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def import_kernels(engines: Iterable[str]) -> None:
    """Import every kernel module of the engines, which declares their kernels."""
    for engine in engines:
        for module in _kernel_modules(engine):
            importlib.import_module(module)


def _kernel_modules(engine: str) -> Iterator[str]:
    package = importlib.import_module(f"{engine}.kernels")
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        yield f"{engine}.kernels.{info.name}"


# -- where compiled kernels are kept ----------------------------------------------------------


def prepare_cache() -> None:
    """Give Numba a private cache below the temporary directory if it would find none.

    Must run before Numba is imported. A directory that somebody else could write to is refused:
    what lies in the cache is executed.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or "numba" in sys.modules:
        return
    if all(_is_writable(Path(p) / "__pycache__") for p in _kernel_folders()):
        return
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if _is_writable(Path(base) / "numba"):
        return
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"critnet-numba-{user}"
    if not _is_private(folder):
        folder = Path(tempfile.mkdtemp(prefix="critnet-numba-"))
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def _kernel_folders() -> Iterator[str]:
    for engine in ENGINES:
        # Finding a package, unlike importing it, does not import Numba.
        spec = importlib.util.find_spec(engine)
        locations = None if spec is None else spec.submodule_search_locations
        for folder in locations or ():
            yield os.path.join(folder, "kernels")


def _is_writable(folder: Path) -> bool:
    # Asking for permissions is not enough: a file system can be mounted read-only.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_private(folder: Path) -> bool:
    """Create the folder for this user alone, or make sure that it is such a folder."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    owner = os.getuid() if hasattr(os, "getuid") else found.st_uid
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == owner
        and not found.st_mode & 0o022
        and _is_writable(folder)
    )


# -- the helper process -----------------------------------------------------------------------


def _compile_with_helper(session: Session, engines: Iterable[str]) -> None:
    """Two processes, from both ends of the list; a claimed kernel is left to who claimed it."""
    with tempfile.TemporaryDirectory(prefix="critnet-") as name:
        claims = Path(name)
        helper = _helper(engines, claims)
        if helper is None:
            return
        _HELPERS.append(helper)
        try:
            missing = _missing()
            total = len(missing)

            def show() -> None:
                session.budget.check()
                done = min(len(list(claims.iterdir())), total)
                session.progress("compiling kernels", max(done, 1), total, at_once=True)

            _compile_unclaimed(missing, claims, show)
            while helper.poll() is None:
                session.budget.check()
                time.sleep(_POLL)
        finally:
            if helper.poll() is None:
                helper.kill()
            helper.wait()
            _HELPERS.remove(helper)


def _helper(engines: Iterable[str], claims: Path) -> subprocess.Popen[bytes] | None:
    home = str(Path(__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "critnet.warmup", str(claims), *engines],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _compile_unclaimed(
    kernels: Iterable[tuple[Any, Any]], claims: Path, show: Callable[[], None]
) -> None:
    for dispatcher, signature in kernels:
        if _claim(claims, dispatcher, signature):
            show()
            dispatcher.compile(signature)


def _claim(claims: Path, dispatcher: Any, signature: Any) -> bool:
    """Whether this process is the first that wants the kernel."""
    function = dispatcher.py_func
    key = f"{function.__module__}.{function.__qualname__} {function.__code__.co_firstlineno}"
    name = hashlib.sha256(f"{key} {signature}".encode()).hexdigest()
    try:
        (claims / name).touch(exist_ok=False)
    except OSError:
        # Claimed already; or the folder has gone, because the other process has ended.
        return False
    return True


def _missing() -> list[tuple[Any, Any]]:
    from algebra.kernels import compilation

    return compilation.missing_kernels()


def _compile_backwards(claims: str, engines: list[str]) -> None:
    prepare_cache()
    import_kernels(engines)
    _compile_unclaimed(_missing()[::-1], Path(claims), lambda: None)


if __name__ == "__main__":
    _compile_backwards(sys.argv[1], sys.argv[2:])
