"""Tracking the paths of a homotopy: batches of about a second, threads, progress, limits.

The kernels do the mathematics (`homotopy.kernels`): here are settings, tables and scheduling.
A path's result depends on the path alone, never on its batch or thread.
"""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import LimitReached
from algebra.limits import UNLIMITED, Budget
from homotopy.errors import ShapeError
from homotopy.homotopies import Homotopy
from homotopy.kernels import workspace as layout
from homotopy.kernels.tracking import track_batch
from homotopy.results import PathResult, PathStatus

ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

#: Seconds a kernel call should last: progress, limits and Ctrl-C act between calls.
BATCH_SECONDS = 1.0
#: Status of a path that was not tracked.
NOT_TRACKED = -1


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How carefully paths are tracked.

    Attributes
    ----------
    beta_omega, beta_tau : float
        Safety factors of the error and of the trust region (Timme's β_ω, β_τ). Where the endgame
        begins all paths are compared, so that jumps before are seen.
    end_beta_omega, end_beta_tau : float
        The same in the endgame, where a jump may stay unseen.
    contraction : float
        Required first contraction of Newton's method.
    max_steps : int
        Steps tried per path and phase.
    precise : bool
        Compute every residual in double-double.
    endgame_start : float
        t below which the endgame runs.
    max_winding : int
        Largest winding number looked for.
    growth : float
        Factor by which a diverging coordinate must have grown at a steady exponent.
    last_log_time : float
        log t at which the endgame gives up.
    max_log_step : float
        Length in log t between two looks at the exponents.
    max_condition : float
        Condition number (scaled Jacobian) above which an end counts as singular.
    give_up_time : float
        log t below which a path that cannot be followed further and whose coordinates grow
        counts as diverging.
    near_infinity : float
        A path diverges if, judged by its exponent, a pole would lie nearer to t = 0 than this.
    weight_floor : float
        Coordinates smaller than this times the largest are measured by that size, not their own.
    look_steps : int
        Steps tried between two looks at the exponents: a path that needs more is stuck where
        rounding errors hide it.
    patience : float
        log t before which no path is called divergent or singular.
    """

    beta_omega: float = 2.0
    beta_tau: float = 0.6
    end_beta_omega: float = 3.0
    end_beta_tau: float = 0.4
    contraction: float = 0.125
    max_steps: int = 2000
    precise: bool = False
    endgame_start: float = 0.01
    max_winding: int = 12
    growth: float = 10.0
    last_log_time: float = -120.0
    max_log_step: float = 1.5
    max_condition: float = 1e13
    give_up_time: float = -100.0
    near_infinity: float = 1e-11
    weight_floor: float = 1e-4
    patience: float = 0.0
    look_steps: int = 300

    def options(self) -> FloatArray:
        """The settings as the kernels read them."""
        out = np.zeros(layout.OPTIONS)
        out[layout.BETA_OMEGA] = self.beta_omega
        out[layout.BETA_TAU] = self.beta_tau
        out[layout.CONTRACTION] = self.contraction
        out[layout.MAX_STEPS] = self.max_steps
        out[layout.ALWAYS_PRECISE] = float(self.precise)
        out[layout.ENDGAME_START] = self.endgame_start
        out[layout.MAX_WINDING] = self.max_winding
        out[layout.GROWTH] = self.growth
        out[layout.LAST_LOG_TIME] = self.last_log_time
        out[layout.MAX_LOG_STEP] = self.max_log_step
        out[layout.MAX_CONDITION] = self.max_condition
        out[layout.GIVE_UP_TIME] = self.give_up_time
        out[layout.NEAR_INFINITY] = self.near_infinity
        out[layout.END_BETA_OMEGA] = self.end_beta_omega
        out[layout.END_BETA_TAU] = self.end_beta_tau
        out[layout.WEIGHT_FLOOR] = self.weight_floor
        out[layout.PATIENCE] = self.patience
        out[layout.LOOK_STEPS] = self.look_steps
        return out


DEFAULT = TrackerSettings()
#: For callers that do not compare the ends of paths with one another.
UNCHECKED = replace(DEFAULT, beta_omega=4.0, beta_tau=0.3)
CONSERVATIVE = replace(
    DEFAULT, beta_omega=4.0, beta_tau=0.25, end_beta_omega=4.0, end_beta_tau=0.25, max_steps=3000,
    growth=20.0, near_infinity=1e-12, give_up_time=-14.0, look_steps=400,
)  # fmt: skip
PARANOID = replace(
    CONSERVATIVE,
    beta_tau=0.1,
    end_beta_tau=0.1,
    precise=True,
    max_steps=5000,
    give_up_time=-9.0,
    look_steps=2500,
    max_winding=60,
)


def far(log_time: float) -> TrackerSettings:
    """Settings for paths whose end shows only below log t = `log_time`.

    Every coordinate is measured by its own size there: they differ by many powers of ten.
    """
    return replace(
        CONSERVATIVE, max_steps=4000, weight_floor=1e-25, patience=log_time,
        near_infinity=float(np.exp(log_time)), give_up_time=min(-100.0, log_time),
        last_log_time=log_time - 100.0, max_log_step=4.0, look_steps=1000,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class TrackResult:
    """Ends of many paths as arrays; row k belongs to start point k.

    Attributes
    ----------
    status : int64 array, shape (k,)
        `PathStatus` members; -1 for paths that were not tracked.
    points : complex128 array, shape (k, n)
    checkpoints : complex128 array, shape (k, n)
        Where the endgame began, at the same t for all paths; NaN for paths without one.
    last : complex128 array, shape (k, n); last_t : float64 array, shape (k,)
        Where the endgame looked last: `valuations` were measured there. NaN without an endgame.
    t, residual, accuracy, condition : float64 arrays, shape (k,)
    winding_number, steps, rejected, precise_steps : int64 arrays, shape (k,)
        A winding number of 0 means that no circle was closed.
    valuations : float64 array, shape (k, n)
    """

    status: IntArray
    points: ComplexArray
    checkpoints: ComplexArray
    last: ComplexArray
    last_t: FloatArray
    t: FloatArray
    residual: FloatArray
    accuracy: FloatArray
    condition: FloatArray
    winding_number: IntArray
    steps: IntArray
    rejected: IntArray
    precise_steps: IntArray
    valuations: FloatArray
    samples: tuple[tuple[ComplexArray, ComplexArray], ...] = ()

    def __len__(self) -> int:
        return len(self.status)

    def __getitem__(self, k: int) -> PathResult:
        winding = int(self.winding_number[k])
        samples = None
        if self.samples:
            times, points = self.samples[k]
            samples = (np.ascontiguousarray(times.real), points)
        return PathResult(
            PathStatus(int(self.status[k])),
            self.points[k],
            float(self.t[k]),
            float(self.residual[k]),
            float(self.accuracy[k]),
            float(self.condition[k]),
            winding or None,
            self.valuations[k],
            int(self.steps[k]),
            int(self.rejected[k]),
            samples,
        )

    def __iter__(self) -> Iterator[PathResult]:
        return (self[k] for k in range(len(self)))

    def of(self, *statuses: PathStatus) -> IntArray:
        """Indices of the paths with one of the statuses."""
        return np.flatnonzero(np.isin(self.status, [int(s) for s in statuses]))

    @property
    def failed(self) -> IntArray:
        """Indices of the paths whose end is not understood."""
        return np.flatnonzero(self.status > PathStatus.AT_ZERO)

    def updated(self, indices: Sequence[int] | IntArray, other: TrackResult) -> TrackResult:
        """The table with the rows `indices` replaced by those of `other`."""
        out = replace(self)
        for name in _COLUMNS:
            column = getattr(self, name).copy()
            column[indices] = getattr(other, name)
            object.__setattr__(out, name, column)
        return out

    def rows(self, indices: IntArray) -> TrackResult:
        """The table with the rows `indices` only."""
        return replace(
            self, **{name: getattr(self, name)[indices] for name in _COLUMNS}, samples=()
        )

    def dump_row(self, k: int) -> bytes:
        """Row k as bytes."""
        return b"".join(np.ascontiguousarray(getattr(self, c)[k]).tobytes() for c in _COLUMNS)

    def load_row(self, k: int, data: bytes) -> None:
        """Fill row k, in place, from the bytes of `dump_row`."""
        offset = 0
        for name in _COLUMNS:
            column = getattr(self, name)
            size = column[k : k + 1].nbytes
            column[k] = np.frombuffer(data[offset : offset + size], dtype=column.dtype).reshape(
                column[k].shape
            )
            offset += size

    def summary(self) -> dict[str, int]:
        """Number of paths per status name."""
        names = {int(s): s.name.lower() for s in PathStatus} | {NOT_TRACKED: "not_tracked"}
        values, counts = np.unique(self.status, return_counts=True)
        return {names[int(v)]: int(c) for v, c in zip(values, counts, strict=True)}

    def __repr__(self) -> str:
        parts = ", ".join(f"{count} {name}" for name, count in self.summary().items())
        return f"TrackResult({len(self)} paths: {parts or 'none'}; {self.steps.sum()} steps)"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(k)}</td><td>{v}</td></tr>" for k, v in self.summary().items()
        )
        return f"<table><caption>{html.escape(repr(self))}</caption>{rows}</table>"


#: What `track(ended=…)` takes.
Ended = Callable[[IntArray, TrackResult], None]

_COLUMNS = (
    "status", "points", "checkpoints", "last", "last_t", "t", "residual", "accuracy", "condition",
    "winding_number", "steps", "rejected", "precise_steps", "valuations",
)  # fmt: skip


def track(
    homotopy: Homotopy,
    points: Any,
    *,
    rows: Any = None,
    settings: TrackerSettings = UNCHECKED,
    record: bool = False,
    budget: Budget = UNLIMITED,
    stage: str = "tracking",
    ended: Ended | None = None,
) -> TrackResult:
    """Track start points along a homotopy to t = 0.

    Parameters
    ----------
    homotopy : Homotopy
    points : array_like
        Start points, shape (k, n) or (n,).
    rows : array_like of int, shape (k,), optional
        Row of the homotopy that each path follows; 0 for all by default.
    settings : TrackerSettings
        `UNCHECKED` by default; `DEFAULT` is faster, for callers that compare the ends of paths with
        one another as `solve` does; `CONSERVATIVE`, `PARANOID`, or your own.
    record : bool
        Keep the (t, x) samples of every path in `PathResult.samples`, up to the endgame.
    budget : Budget
        `threads` paths are tracked at a time; limits act about every second.
    stage : str
        What progress reports call this.
    ended : callable, optional
        Receives (indices, table so far) after every batch, in the calling thread.

    Returns
    -------
    TrackResult

    Raises
    ------
    ShapeError
        `points` or `rows` do not fit the homotopy.
    LimitReached
        With the table so far as `partial` (status -1: not tracked).
    """
    starts = np.ascontiguousarray(np.atleast_2d(np.asarray(points, dtype=np.complex128)))
    n = homotopy.tape.variable_count
    if starts.size == 0:
        starts = starts.reshape(0, n)
    if starts.ndim != 2 or starts.shape[1] != n:
        raise ShapeError(f"start points of shape {starts.shape}: expected (k, {n})")
    count = len(starts)
    which = np.zeros(count, np.int64) if rows is None else np.asarray(rows, dtype=np.int64)
    if which.shape != (count,) or np.any((which < 0) | (which >= homotopy.rows)):
        raise ShapeError(f"rows of shape {which.shape}: expected {count} of 0..{homotopy.rows - 1}")
    table = _Table.empty(count, n)
    # Copies of what may be read-only views: kernels are compiled for writeable arrays.
    run = _Run(homotopy, starts.copy(), which.copy(), settings.options(), table)
    if record:
        samples = tuple(run.record(k, settings.max_steps) for k in range(count))
        return replace(table.result(), samples=samples)
    _schedule(run, budget, stage, ended)
    return table.result()


def empty_result(count: int, n: int) -> TrackResult:
    """A table of `count` paths in n unknowns that have not been tracked."""
    return _Table.empty(count, n).result()


@dataclass(frozen=True, eq=False)
class _Table:
    points: ComplexArray
    checkpoints: ComplexArray
    last: ComplexArray
    floats: FloatArray
    integers: IntArray
    valuations: FloatArray

    @classmethod
    def empty(cls, count: int, n: int) -> _Table:
        integers = np.zeros((count, layout.OUT_INTEGERS), np.int64)
        integers[:, layout.OUT_STATUS] = NOT_TRACKED
        return cls(
            np.full((count, n), np.nan, np.complex128),
            np.full((count, n), np.nan, np.complex128),
            np.full((count, n), np.nan, np.complex128),
            np.full((count, layout.OUT_FLOATS), np.nan),
            integers,
            np.zeros((count, n)),
        )

    def result(self) -> TrackResult:
        f, i = self.floats, self.integers
        return TrackResult(
            i[:, layout.OUT_STATUS].copy(),
            self.points.copy(),
            self.checkpoints.copy(),
            self.last.copy(),
            f[:, layout.OUT_LAST_T].copy(),
            f[:, layout.OUT_T].copy(),
            f[:, layout.OUT_RESIDUAL].copy(),
            f[:, layout.OUT_ACCURACY].copy(),
            f[:, layout.OUT_CONDITION].copy(),
            i[:, layout.OUT_WINDING].copy(),
            i[:, layout.OUT_STEPS].copy(),
            i[:, layout.OUT_REJECTED].copy(),
            i[:, layout.OUT_PRECISE].copy(),
            self.valuations.copy(),
        )


@dataclass(frozen=True, eq=False)
class _Run:
    """One homotopy, its start points and the table to fill; batches share nothing else."""

    homotopy: Homotopy
    starts: ComplexArray
    rows: IntArray
    options: FloatArray
    table: _Table

    def workspace(self, record: int = 0) -> layout.Workspace:
        tape = self.homotopy.tape
        registers = int(tape.arrays.marks[6])
        return layout.make_workspace(registers, tape.variable_count, self.options, record)

    def batch(self, indices: IntArray, workspace: layout.Workspace) -> float:
        """Track the paths `indices`; returns the seconds it took."""
        begin = time.perf_counter()
        self._call(indices, workspace)
        return time.perf_counter() - begin

    def record(self, k: int, limit: int) -> tuple[ComplexArray, ComplexArray]:
        """Track path k and return its samples (t, x), the start included."""
        workspace = self.workspace(limit)
        self._call(np.array([k]), workspace)
        used = int(workspace.state[layout.RECORDED])
        begin = self.homotopy.begin[self.rows[k]]
        return (
            np.concatenate([[complex(begin)], workspace.times[:used]]),
            np.concatenate([self.starts[k : k + 1], workspace.samples[:used]]),
        )

    def _call(self, indices: IntArray, workspace: layout.Workspace) -> None:
        h, table = self.homotopy, self.table
        track_batch(
            *(h.tape.arrays, int(h.kind), h.generic, h.first, h.second, h.begin),
            *(self.rows, self.starts, indices),
            *(
                table.points,
                table.checkpoints,
                table.last,
                table.floats,
                table.integers,
                table.valuations,
            ),
            workspace,
        )


def _schedule(run: _Run, budget: Budget, stage: str, ended: Ended | None) -> None:
    """Hand out batches of about `BATCH_SECONDS` to `budget.threads` threads."""
    count = len(run.starts)
    threads = max(1, min(budget.threads, count))
    done, next_path, size = 0, 0, 1
    idle = [run.workspace() for _ in range(threads)]
    busy: dict[Future[float], tuple[layout.Workspace, IntArray]] = {}
    budget.report(stage, 0, count)
    if threads == 1:
        while next_path < count:
            indices = np.arange(next_path, min(next_path + size, count))
            seconds = run.batch(indices, idle[0])
            next_path += len(indices)
            if ended is not None:
                ended(indices, run.table.result())
            size = _next_size(len(indices), seconds, count - next_path, 1)
            budget.report(stage, next_path, count)
            if next_path < count:
                _check(budget, run)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="tracker") as pool:
        while next_path < count or busy:
            while idle and next_path < count:
                indices = np.arange(next_path, min(next_path + size, count))
                workspace = idle.pop()
                busy[pool.submit(run.batch, indices, workspace)] = (workspace, indices)
                next_path += len(indices)
            finished, _ = wait(busy, return_when=FIRST_COMPLETED)
            for future in finished:
                workspace, indices = busy.pop(future)
                idle.append(workspace)
                done += len(indices)
                if ended is not None:
                    ended(indices, run.table.result())
                size = _next_size(len(indices), future.result(), count - next_path, threads)
            budget.report(stage, done, count)
            if done < count:
                _check(budget, run)


def _next_size(amount: int, seconds: float, left: int, threads: int) -> int:
    """Batch size for about a second, growing at most eightfold, leaving work for all threads."""
    wanted = int(amount * BATCH_SECONDS / max(seconds, 1e-6))
    fair = -(-left // (2 * threads)) if threads > 1 else left
    return max(1, min(wanted, 8 * amount, max(fair, 1)))


def _check(budget: Budget, run: _Run) -> None:
    try:
        budget.check()
    except LimitReached as limit:
        raise LimitReached(str(limit), run.table.result()) from None
