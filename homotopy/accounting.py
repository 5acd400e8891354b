"""Accounting: every path ends in exactly one state, and what cannot be right is tracked again.

Two paths of a generic homotopy never meet, and a regular zero of the target is the end of exactly
one path. So equal ends show that a path jumped to a neighbour; so does a zero whose conjugate (or
mirror image under a symmetry of the target) is missing. Suspects are tracked again with safer
settings; what is still open asks for other random constants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.balance import overtaking_times
from homotopy.certify import certify
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.projective import tracked_in_patch
from homotopy.results import PathCounts, PathStatus
from homotopy.tracker import (
    CONSERVATIVE,
    DEFAULT,
    PARANOID,
    TrackerSettings,
    TrackResult,
    far,
    track,
)

ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]

#: Relative distance below which regular ends count as equal.
SAME_POINT = 1e-8
#: Size of what may be rounding noise in a coordinate, relative to the largest one.
NOISE = 1e-12
#: The same for singular ends, which are known less accurately.
SAME_SINGULAR_POINT = 1e-4
#: Tried in turn until nothing is suspect.
LADDER: tuple[TrackerSettings, ...] = (CONSERVATIVE, PARANOID)

#: How far beyond a change of balance a path is followed, in log t, and how often.
BEYOND, FAR_ROUNDS = 12.0, 3
#: log t before which a singular end is not believed at once.
SINGULAR_FROM = -14.0

#: A map from zeros to zeros of the target: shape (k, n) to (k, n).
Symmetry = Callable[[ComplexArray], ComplexArray]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Ends of all paths of a start system.

    Attributes
    ----------
    ends : TrackResult
        One row per start point; a path that failed in an early stage keeps that status.
    retracked : int
        How many times a path was tracked again.
    suspects : int64 array
        Paths that are still failed or share a regular end with another one.
    unmatched : int
        Regular ends whose image under a symmetry of the target is missing.
    """

    ends: TrackResult
    retracked: int
    suspects: IntArray
    unmatched: int

    @property
    def clean(self) -> bool:
        """Whether nothing speaks against the result."""
        return len(self.suspects) == 0 and self.unmatched == 0


def follow(
    start: StartSystem,
    *,
    system: PolynomialSystem | None = None,
    symmetries: Sequence[Symmetry] = (),
    budget: Budget = UNLIMITED,
    tracker: Callable[..., TrackResult] = track,
) -> Outcome:
    """Track all stages of a start system; suspects are tracked again, stage by stage.

    With the target `system` the ends of divergent and singular paths are examined as well.
    """
    alive = np.arange(start.path_count)
    points, rows, retracked = start.points, start.rows, 0
    ends: TrackResult | None = None
    unmatched = 0
    for number, homotopy in enumerate(start.stages):
        stage = f"stage {number + 1} of {len(start.stages)}"
        examined = None if homotopy.generic else system
        result = tracker(homotopy, points, rows=rows, settings=DEFAULT, budget=budget, stage=stage)
        result = without_false_zeros(result, examined)
        for settings in LADDER:
            suspects = _suspects(result, homotopy.generic, system)
            unmatched = 0
            if not homotopy.generic:
                lonely = unmatched_ends(result, symmetries)
                unmatched = len(lonely)
                suspects = np.union1d(suspects, lonely)
            if not len(suspects):
                break
            again = tracker(
                homotopy, points[suspects], rows=rows[suspects], settings=settings,
                budget=budget, stage=f"{stage}, {len(suspects)} paths again",
            )  # fmt: skip
            retracked += len(suspects)
            result = without_false_zeros(result.updated(suspects, again), examined)
        if not homotopy.generic:
            if system is not None:
                result, count = _followed_far(
                    system, result, homotopy, points, rows, budget, tracker, stage
                )
                retracked += count
            failed = result.failed
            if len(failed):
                again = tracked_in_patch(
                    homotopy, points[failed], rows=rows[failed], tracker=tracker,
                    settings=CONSERVATIVE, budget=budget,
                    stage=f"{stage}, {len(failed)} paths in a projective patch",
                )  # fmt: skip
                retracked += len(failed)
                understood = np.flatnonzero(again.status <= PathStatus.AT_ZERO)
                result = result.updated(failed[understood], again.rows(understood))
            result = without_false_zeros(result, examined)
            unmatched = len(unmatched_ends(result, symmetries))
        ends = result if ends is None else ends.updated(alive, result)
        if number + 1 < len(start.stages):
            good = result.status == PathStatus.SUCCESS
            alive, points = alive[good], result.points[good]
            rows = np.zeros(len(points), np.int64)
    assert ends is not None
    return Outcome(ends, retracked, _suspects(ends, False, system), unmatched)


def completed_by(
    outcome: Outcome,
    other: Outcome,
    *,
    system: PolynomialSystem,
    symmetries: Sequence[Symmetry] = (),
) -> Outcome:
    """`outcome` with the regular ends that only `other`, with other constants, has reached.

    They become the ends of paths that are still suspects, each of one: as every isolated zero is
    the end of a path, and of no more than one where it is regular, they are what those missed.
    """
    own = outcome.ends.points[outcome.ends.of(PathStatus.SUCCESS)]
    theirs = other.ends.of(PathStatus.SUCCESS)
    labels = labels_of_zeros(np.concatenate([own, other.ends.points[theirs]]), system)
    _, first = np.unique(labels, return_index=True)
    new = theirs[first[first >= len(own)] - len(own)]
    free = _spare(outcome, system)
    count = min(len(new), len(free))
    if not count:
        return outcome
    ends = outcome.ends.updated(free[:count], other.ends.rows(new[:count]))
    return Outcome(
        ends,
        outcome.retracked,
        _suspects(ends, False, system),
        len(unmatched_ends(ends, symmetries)),
    )


def _spare(outcome: Outcome, system: PolynomialSystem) -> IntArray:
    """Suspects without an end of their own: failed paths, and all but one of those that share."""
    regular = outcome.ends.of(PathStatus.SUCCESS)
    labels = labels_of_zeros(outcome.ends.points[regular], system)
    _, first = np.unique(labels, return_index=True)
    sharing = np.delete(regular, first)
    return np.concatenate([outcome.ends.failed, sharing])


def _followed_far(
    system: PolynomialSystem,
    result: TrackResult,
    homotopy: Homotopy,
    points: ComplexArray,
    rows: IntArray,
    budget: Budget,
    tracker: Callable[..., TrackResult],
    stage: str,
) -> tuple[TrackResult, int]:
    """Divergent and singular paths whose balance cannot be the last, followed beyond its change.

    Singular ends are followed farther in any case: simple zeros whose coordinates differ by many
    powers of ten look like them.
    """
    retracked = 0
    reached = np.full(len(result), np.inf)
    for _ in range(FAR_ROUNDS):
        times = overtaking_times(system, result) - BEYOND
        singular = result.of(PathStatus.SINGULAR)
        times[singular] = np.fmin(times[singular], SINGULAR_FROM)
        # What was followed that far before shows the noise of its exponents, nothing new.
        early = np.flatnonzero(times < reached)
        if not len(early):
            break
        limit = float(times[early].min())
        again = tracker(
            homotopy, points[early], rows=rows[early], settings=far(limit), budget=budget,
            stage=f"{stage}, {len(early)} paths farther",
        )  # fmt: skip
        retracked += len(early)
        reached[early] = limit
        understood = np.flatnonzero(again.status <= PathStatus.AT_ZERO)
        result = result.updated(early[understood], again.rows(understood))
    return result, retracked


def _suspects(
    result: TrackResult, generic: bool, system: PolynomialSystem | None = None
) -> IntArray:
    """Failed paths, and paths that share a regular end or a point on the way.

    In a generic stage every path must end regularly. Otherwise the paths are compared where the
    endgame began too: if all points are different there, no path has jumped to another one before,
    wherever it ends.
    """
    bad = np.flatnonzero(result.status != PathStatus.SUCCESS) if generic else result.failed
    regular = result.of(PathStatus.SUCCESS)
    passed = np.flatnonzero(np.isfinite(result.checkpoints).all(axis=1))
    ends = labels_of_zeros(result.points[regular], None if generic else system)
    on_the_way = clusters(result.checkpoints[passed], SAME_POINT)
    return np.unique(np.concatenate([bad, regular[_shared(ends)], passed[_shared(on_the_way)]]))


def without_false_zeros(result: TrackResult, system: PolynomialSystem | None) -> TrackResult:
    """The table with multiple zeros of the square `system` that look regular called SINGULAR.

    Scaled by rows a Jacobian may look well even at a multiple zero, as that of (x − 1)³ does near
    it. Several paths end near a multiple zero, and no precision shows it to be simple.
    """
    if system is None:
        return result
    ended = result.of(PathStatus.SUCCESS, PathStatus.SINGULAR)
    near = ended[_shared(clusters(result.points[ended], SAME_SINGULAR_POINT))]
    near = near[result.status[near] == PathStatus.SUCCESS]
    if not len(near):
        return result
    simple = certify(system, result.points[near], max_precision=212).assignment >= 0
    status = result.status.copy()
    status[near[~simple]] = PathStatus.SINGULAR
    return replace(result, status=status)


def _shared(labels: IntArray) -> NDArray[np.bool_]:
    """Which labels occur more than once."""
    return np.asarray(np.bincount(labels, minlength=1)[labels] > 1)


def labels_of_zeros(points: ComplexArray, system: PolynomialSystem | None) -> IntArray:
    """Label of each regular zero, shape (k,): equal for zeros that nothing tells apart.

    Where the sizes of coordinates differ so much that distances say little, disjoint certified
    boxes of the square `system` decide.
    """
    labels = clusters(points, SAME_POINT)
    shared = np.flatnonzero(_shared(labels)) if len(points) else np.zeros(0, np.int64)
    if system is None or not len(shared):
        return labels
    boxes = certify(system, points[shared], max_precision=212).assignment
    # Zeros without a box keep their cluster's label, the others get their box's.
    labels[shared] = np.where(boxes >= 0, len(points) + boxes, labels[shared])
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def unmatched_ends(result: TrackResult, symmetries: Sequence[Symmetry]) -> IntArray:
    """Paths whose regular end has no partner under one of the symmetries."""
    regular = result.of(PathStatus.SUCCESS)
    points = result.points[regular]
    lonely = np.zeros(len(regular), dtype=bool)
    for symmetry in symmetries:
        lonely |= partners(points, symmetry(points)) < 0
    return regular[lonely]


def clusters(points: ComplexArray, tolerance: float) -> IntArray:
    """Label of each point, shape (k,); points closer than `tolerance` (relative) share labels.

    Every coordinate must agree relative to its own size, down to `NOISE` times the largest, or to
    `tolerance` times the largest for ends that are known to no more: zeros may differ in their
    small coordinates only, and those of wild systems do.

    Points are sorted along a fixed linear form, so that only neighbours are compared.
    """
    count = len(points)
    labels = np.arange(count)
    if count < 2:
        return labels
    values, sizes = _along_form(points)
    order = np.argsort(values, kind="stable")
    values, sizes = values[order], sizes[order]
    for shift in range(1, count):
        largest = np.maximum(sizes[shift:], sizes[:-shift])
        reach = 2 * tolerance * points.shape[1] * largest
        near = np.flatnonzero(values[shift:] - values[:-shift] <= reach)
        if not len(near):
            break
        first, second = order[near], order[near + shift]
        same = _equal(points[first], points[second], tolerance, largest[near])
        for i, j in zip(first[same], second[same], strict=True):
            labels[labels == labels[j]] = labels[i]
    _, compact = np.unique(labels, return_inverse=True)
    return compact.astype(np.int64)


def _equal(
    x: ComplexArray, y: ComplexArray, tolerance: float, sizes: NDArray[np.float64]
) -> NDArray[np.bool_]:
    # Absolute distances allowed: a noisy zero coordinate must not make a point look different.
    noise = NOISE if tolerance <= SAME_POINT else tolerance**2
    allowed = np.maximum(tolerance * np.maximum(np.abs(x), np.abs(y)), noise * sizes[:, None])
    return np.asarray(np.all(np.abs(x - y) <= allowed, axis=1))


def partners(points: ComplexArray, images: ComplexArray, tolerance: float = 1e-7) -> IntArray:
    """Index of the point nearest each image, or -1 if none is closer than `tolerance`."""
    out = np.full(len(images), -1, dtype=np.int64)
    if not len(points):
        return out
    values, sizes = _along_form(points)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    image_values, image_sizes = _along_form(images)
    reach = 2 * tolerance * image_sizes * points.shape[1]
    low = np.searchsorted(ordered, image_values - reach)
    high = np.searchsorted(ordered, image_values + reach)
    for k in range(len(images)):
        candidates = order[low[k] : high[k]]
        if len(candidates):
            distances = np.max(np.abs(points[candidates] - images[k]), axis=1)
            best = int(np.argmin(distances))
            if distances[best] <= tolerance * max(image_sizes[k], sizes[candidates[best]]):
                out[k] = candidates[best]
    return out


def _along_form(points: ComplexArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of a fixed real linear form with coefficients in [-1, 1], and sizes max(1, |x|)."""
    n = points.shape[1]
    # Irrational rotations: no coordinate is neglected and symmetric points differ.
    form = np.cos(1.0 + np.sqrt(2.0) * np.arange(1, 2 * n + 1))
    values = points.real @ form[:n] + points.imag @ form[n:]
    sizes = np.maximum(1.0, np.max(np.abs(points), axis=1, initial=0.0))
    return values, sizes


def path_counts(outcome: Outcome) -> PathCounts:
    """Where the paths ended."""
    ends = outcome.ends
    return PathCounts(
        tracked=len(ends),
        success=len(ends.of(PathStatus.SUCCESS)),
        at_infinity=len(ends.of(PathStatus.AT_INFINITY, PathStatus.AT_ZERO)),
        singular=len(ends.of(PathStatus.SINGULAR)),
        failed=len(ends.failed),
        retracked=outcome.retracked,
    )


def notes_about(outcome: Outcome, singular: int, suspicious: int) -> list[str]:
    """What a reader should know about the paths, in sentences.

    `singular` is the number of distinct singular ends, `suspicious` how many of them may lie on a
    component of positive dimension.
    """
    notes = []
    if len(outcome.ends.failed):
        notes.append(f"{len(outcome.ends.failed)} paths failed after all retries: see open_paths")
    shared = len(outcome.suspects) - len(outcome.ends.failed)
    if shared:
        notes.append(f"{shared} paths share a regular end: a zero may be missing")
    if outcome.unmatched:
        notes.append(
            f"{outcome.unmatched} zeros lack their mirror image under a symmetry of the system"
        )
    if singular:
        notes.append(f"{singular} singular ends are numerical: multiplicities count paths")
    if suspicious:
        notes.append(f"{suspicious} of them may lie on a component of positive dimension")
    return notes
