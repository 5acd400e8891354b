"""One run of one command: its options, limits, timings, and the only way to standard output."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from algebra.errors import LimitReached
from algebra.limits import Budget, peak_memory
from critnet.progress import ProgressLine

if TYPE_CHECKING:
    from rich.console import Console

    from algebra.systems import PolynomialSystem

#: Columns of tables where standard output is not a terminal.
PIPE_WIDTH = 118
#: Seconds an engine gets to stop by itself, with partial results, before it is interrupted.
GRACE = 3.0


def processor_count() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class Session:
    """Options common to all commands, and what happened so far.

    Attributes
    ----------
    kind : str
        Names the JSON document: "critnet/<kind>/1".
    time_limit : float or None
        Wall-clock seconds, from the start of the command.
    memory_limit : int or None
        Bytes of resident memory.
    jobs : int
        Threads and processes the engines may use.
    system : PolynomialSystem or None
        What SYSTEM was read as; written out where engines disagree about it.
    """

    kind: str = "error"
    json: bool = False
    seed: int = 0
    jobs: int = 1
    time_limit: float | None = None
    memory_limit: int | None = None
    timings: dict[str, float] = field(default_factory=dict)
    emitted: bool = False
    system: PolynomialSystem | None = None

    def __post_init__(self) -> None:
        self._begun = time.monotonic()
        self._started = datetime.datetime.now(datetime.UTC)
        self._line = ProgressLine()

    # -- limits -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Arm the time limit's last resort: engines watch the clock themselves, this one shoots."""
        if self.time_limit is None or not hasattr(signal, "setitimer"):
            return
        if threading.current_thread() is not threading.main_thread():
            return

        def stop(signal_number: int, frame: object) -> None:
            raise LimitReached("the time limit was reached")

        signal.signal(signal.SIGALRM, stop)
        left = self._begun + self.time_limit + GRACE - time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))

    @contextlib.contextmanager
    def unhurried(self) -> Iterator[None]:
        """A block that must not be left at any instruction: the last resort waits for its end.

        Compilation is one: an exception inside a callback of the compiler would be lost.
        """
        self._disarm()
        try:
            yield
        finally:
            self.begin()

    def _disarm(self) -> None:
        if self.time_limit is not None and hasattr(signal, "setitimer"):
            with contextlib.suppress(ValueError):
                signal.setitimer(signal.ITIMER_REAL, 0)

    def close(self) -> None:
        """Disarm the timer and remove the progress line."""
        self._disarm()
        self._line.clear()

    @property
    def budget(self) -> Budget:
        """What the engines may still use."""
        deadline = None if self.time_limit is None else self._begun + self.time_limit
        return Budget(deadline, self.memory_limit, self.progress, self.jobs, self._load_kernels)

    def _load_kernels(self, engine: str) -> None:
        """What engines call that load their kernels only where they are needed."""
        from critnet.warmup import warm_up

        warm_up(self, engine)

    @property
    def limit_hit(self) -> str | None:
        """Which limit the user set has been exceeded, if any."""
        try:
            self.budget.check()
        except LimitReached as limit:
            return str(limit)
        return None

    # -- standard error -----------------------------------------------------------------------

    def progress(
        self, stage: str, done: int, total: int | None = None, *, at_once: bool = False
    ) -> None:
        """Show how far a stage is; at once, or when the stage turns out to last."""
        self._line(stage, done, total, at_once=at_once)

    def clear(self) -> None:
        """Remove the progress line, before something else is written."""
        self._line.clear()

    def message(self, text: str, kind: str = "note") -> None:
        """One line on standard error; `kind` is "note", "warning" or "error"."""
        self._line.clear()
        prefix = {"note": "", "warning": "warning: ", "error": "error: "}[kind]
        with contextlib.suppress(OSError, ValueError):
            print(f"critnet: {prefix}{text}", file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the wall-clock seconds of a block to `timings`."""
        begun = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - begun
            self.timings[name] = round(self.timings.get(name, 0.0) + spent, 4)

    # -- standard output ----------------------------------------------------------------------

    def run_object(self) -> dict[str, Any]:
        """Timings, versions, seed, machine: what may differ between two equal results."""
        from critnet.versions import versions

        return {
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self._begun, 4),
            "timings": dict(self.timings),
            "versions": versions(),
            "seed": self.seed,
            "jobs": self.jobs,
            "peak_memory_bytes": peak_memory(),
        }

    def emit(
        self, document: Mapping[str, Any], render: Callable[[Console], None] | None = None
    ) -> None:
        """Write the result: one JSON document with --json, otherwise what `render` prints."""
        self._line.clear()
        self.emitted = True
        if self.json:
            complete = {"schema": f"critnet/{self.kind}/1", **document, "run": self.run_object()}
            text = json.dumps(
                plain(complete), indent=2, ensure_ascii=False, allow_nan=False, sort_keys=False
            )
            sys.stdout.write(text + "\n")
        elif render is not None:
            render(self.console())

    def emit_partial(self, limit: LimitReached) -> None:
        """Write what an interrupted computation knows."""
        known = limit.partial
        fields = known.to_dict() if known is not None and hasattr(known, "to_dict") else known
        if isinstance(fields, Mapping):
            document = {**fields, "limit": str(limit)}
        else:
            document = {"partial": fields, "limit": str(limit)}

        def render(console: Console) -> None:
            if known is None:
                console.print("Nothing is known yet.")
            elif isinstance(fields, Mapping):
                for key, value in fields.items():
                    console.print(f"{key}: {_short(value)}", markup=False)
            else:
                console.print(str(known), markup=False)

        self.emit(document, render)

    def console(self) -> Console:
        """A rich console on standard output."""
        from rich.console import Console

        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        return Console(file=sys.stdout, width=width, highlight=False)


def plain(value: Any) -> Any:
    """`value` with only JSON types: exact numbers as strings, non-finite floats as null.

    Objects with `to_dict` are replaced by it; mappings keep their order, keys become strings.
    """
    if value is None or isinstance(value, bool | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, complex):
        return {"re": plain(value.real), "im": plain(value.imag)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def _short(value: Any, limit: int = 200) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
