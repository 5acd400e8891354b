"""One way to declare a kernel: typed, cached, compiled on first use or all at once.

`@kernel("void(int64[::1])")` records the signature instead of compiling at import, so imports stay
fast. A kernel is loaded from Numba's on-disk cache when it is called first; `compile_kernels`
compiles those of the modules imported so far that are not there, and tells how far it is.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit
from numba.np import linalg


def _import_without_scipy():
    """Import Numba's array functions without SciPy, which kernels never need: 0.2 s.

    Numba looks for a BLAS library at this import and again wherever a function is compiled that
    calls one; the second look stays.
    """
    look = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        from numba.np import arraymath
    finally:
        linalg.ensure_blas = look
    arraymath.ensure_blas = look


_import_without_scipy()

#: (dispatcher, signature or None) in the order of declaration; helpers without a signature are
#: compiled into their callers.
_DECLARED = []


def kernel(signature=None, **options):
    """Decorator: `njit(cache=True, nogil=True, error_model="numpy")` with a recorded signature.

    `options` go to `njit` (for example `fastmath={"contract"}` or `inline="always"`).
    """

    def declare(function):
        settings = {"cache": True, "nogil": True, "error_model": "numpy", **options}
        dispatcher = njit(**settings)(function)
        if settings["cache"]:
            _stamp(dispatcher, Path(function.__code__.co_filename).parent)
        if signature is not None:
            _DECLARED.append((dispatcher, signature))
            _load_when_called(dispatcher, signature)
        return dispatcher

    return declare


def _load_when_called(dispatcher, signature):
    """Let the first call compile or load `signature` rather than the types of its arguments.

    Numba's cache knows code by the signature it was asked for.
    """
    if not hasattr(dispatcher, "_compile_for_args"):
        return  # a plain function: the compiler is switched off

    def load(*arguments, **named):
        # Two threads may come here at once: the second finds it compiled.
        dispatcher.compile(signature)
        dispatcher.__dict__.pop("_compile_for_args", None)
        return dispatcher._compile_for_args(*arguments, **named)

    dispatcher._compile_for_args = load


def is_cached(dispatcher, signature):
    """Whether the kernel's machine code, made from the present sources, lies on disk."""
    cache = dispatcher._cache
    file = getattr(cache, "_cache_file", None)
    if file is None:
        return False
    name = file._load_index().get(cache._index_key(signature, dispatcher.targetctx.codegen()))
    return name is not None and Path(file._data_path(name)).exists()


def _stamp(dispatcher, folder):
    """Let the cached machine code depend on all kernel sources it may contain.

    Numba looks at the file of the kernel only: code of helpers in other files, inlined into it,
    would outlive their change, and wheels give all files the same date.
    """
    own = Path(__file__).parent
    digest = sources_digest(folder) + (sources_digest(own) if folder != own else "")
    cache_file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        cache_file._source_stamp = (cache_file._source_stamp, digest)


@functools.cache
def sources_digest(folder):
    """SHA-256 of the names and contents of the Python files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def missing_kernels() -> list[tuple[Any, Any]]:
    """(dispatcher, signature) of the declared kernels that are neither loaded nor on disk."""
    return [(d, s) for d, s in _DECLARED if not d.signatures and not is_cached(d, s)]


def compile_kernels(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Compile every declared kernel that is not on disk; returns how many that were.

    `progress(name, i, k)` is called before kernel i of k (from 0).
    """
    missing = missing_kernels()
    compiled = 0
    for i, (dispatcher, signature) in enumerate(missing):
        if progress is not None:
            progress(dispatcher.__name__, i, len(missing))
        dispatcher.compile(signature)
        compiled += sum(dispatcher.stats.cache_misses.values())
    return compiled
