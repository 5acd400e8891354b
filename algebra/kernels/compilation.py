"""One way to declare a kernel: typed, cached, compiled on first use or all at once.

`@kernel("void(int64[::1])")` records the signature instead of compiling at import, so imports stay
fast; `compile_kernels` then compiles (or loads from Numba's on-disk cache) every kernel of the
modules imported so far and tells how far it is.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path

from numba import njit

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
        return dispatcher

    return declare


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


def pending_kernels():
    """Names of the declared kernels that this process has not compiled or loaded yet."""
    return [d.__name__ for d, _ in _DECLARED if not d.signatures]


def compile_kernels(progress: Callable[[str, int, int], None] | None = None) -> int:
    """Compile or load every declared kernel; returns how many were really compiled.

    `progress(name, i, k)` is called before kernel i of k (from 0).
    """
    pending = [(d, s) for d, s in _DECLARED if not d.signatures]
    compiled = 0
    for i, (dispatcher, signature) in enumerate(pending):
        if progress is not None:
            progress(dispatcher.__name__, i, len(pending))
        dispatcher.compile(signature)
        compiled += sum(dispatcher.stats.cache_misses.values())
    return compiled
