"""Budgets: time and memory limits and progress, passed down into long computations."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from algebra.errors import LimitReached

#: Called with (stage, done, total); total is None while it is unknown.
Progress = Callable[[str, int, int | None], None]
#: Called with the name of an engine before that loads its compiled kernels.
Preparation = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """What a computation may use.

    Attributes
    ----------
    deadline : float or None
        `time.monotonic()` value after which `check` raises.
    memory_bytes : int or None
        Bound on the peak resident memory of this process, in bytes.
    progress : callable or None
        Receives (stage, done, total).
    threads : int
        Threads an engine may use; results never depend on it.
    preparation : callable or None
        Loads or compiles the kernels of an engine, for engines that can often do without.
    """

    deadline: float | None = None
    memory_bytes: int | None = None
    progress: Progress | None = None
    threads: int = 1
    preparation: Preparation | None = None

    @classmethod
    def of(
        cls,
        *,
        seconds: float | None = None,
        memory_bytes: int | None = None,
        progress: Progress | None = None,
        threads: int = 1,
    ) -> Budget:
        """A budget that starts now; `seconds` is wall-clock time."""
        deadline = None if seconds is None else time.monotonic() + seconds
        return cls(deadline, memory_bytes, progress, threads)

    def remaining(self) -> float | None:
        """Seconds left, never negative; None without a limit."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def share(self, fraction: float) -> Budget:
        """The same budget with `fraction` of the time that is left; itself without a limit."""
        left = self.remaining()
        if left is None:
            return self
        return replace(self, deadline=time.monotonic() + fraction * left)

    def check(self, partial: object | None = None, *, extra: int = 0) -> None:
        """Raise `LimitReached` (carrying `partial`) once a limit is exceeded.

        `extra` is the size in bytes of what is going to be allocated next.
        """
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise LimitReached("the time limit was reached", partial)
        if self.memory_bytes is not None and peak_memory() + extra > self.memory_bytes:
            raise LimitReached("the memory limit was reached", partial)

    def report(self, stage: str, done: int, total: int | None = None) -> None:
        """Show progress, then check the limits' clock cheaply."""
        if self.progress is not None:
            self.progress(stage, done, total)

    def prepare(self, engine: str) -> None:
        """The engine's kernels are needed now."""
        if self.preparation is not None:
            self.preparation(engine)


def peak_memory() -> int:
    """Peak resident memory of this process in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


UNLIMITED = Budget()
