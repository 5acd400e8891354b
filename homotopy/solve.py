"""Solving: start system, tracking, accounting, certification, completeness.

`solve` returns all isolated zeros it finds, every path's state, and a lower and an upper bound on
their number. Random constants come from `seed`; they change the work done, not the zeros: ends are
polished to the nearest doubles and sorted.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.counting import ZeroCounts, count_zeros
from algebra.errors import AlgebraError, InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Count, Word
from homotopy.accounting import (
    SAME_SINGULAR_POINT,
    Outcome,
    Symmetry,
    clusters,
    completed_by,
    follow,
    labels_of_zeros,
    notes_about,
    partners,
    path_counts,
)
from homotopy.certify import certify as certify_points
from homotopy.choosing import choose_start
from homotopy.errors import StartUnavailable
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.journal import Journal
from homotopy.polyhedral import polyhedral_start
from homotopy.results import PathCounts, PathStatus, Solution, SolveResult
from homotopy.shapes import Scaled, scale, square_up
from homotopy.tape import Tape
from homotopy.tracker import TrackResult, track

ComplexArray = NDArray[np.complex128]

#: Sets of random constants tried before open paths are reported.
ATTEMPTS = 3
REGIONS = ("affine", "torus")
#: Start systems that know the degrees of the equations only.
BY_DEGREES = ("total-degree", "multihomogeneous")
#: Most seconds spent on exact counting where singular ends leave the dimension open.
COUNTING_SECONDS = 20.0
#: Relative size below which a coordinate is tested for being zero.
MAYBE_ZERO = 1e-12
#: Relative size below which a polished real or imaginary part is rounding noise.
RESOLUTION = 1e-28


def solve(
    system: PolynomialSystem,
    *,
    start: str = "auto",
    region: str = "affine",
    certify: bool = True,
    seed: int = 0,
    store: str | Path | None = None,
    budget: Budget = UNLIMITED,
) -> SolveResult:
    """All isolated zeros of a polynomial system.

    Parameters
    ----------
    system : PolynomialSystem
        Of any shape, without free parameters; rational or complex rational coefficients.
    start : str
        "auto", "polyhedral", "total-degree", "multihomogeneous", "monodromy" or "decoupled".
    region : {"affine", "torus"}
        All of C^n, or zeros with all coordinates nonzero.
    certify : bool
        Certify the zeros by interval arithmetic from the exact coefficients.
    seed : int
        Seed of the random constants.
    store : path, optional
        SQLite journal of ended paths: a run that was stopped continues where it was.
    budget : Budget
        Time, memory, threads, progress.

    Returns
    -------
    SolveResult

    Raises
    ------
    InputError
        The system has parameters, or an option is unknown.
    StartUnavailable
        The start system asked for does not exist for this system.
    LimitReached
        With the SolveResult so far as `partial` where tracking had ended.

    Examples
    --------
    >>> system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -2}])
    >>> solve(system).real_points.round(6).tolist()
    [[-1.414214], [1.414214]]
    """
    if region not in REGIONS:
        raise InputError(f"region={region!r}: expected 'affine' or 'torus'")
    system.require_specialised()
    square = square_up(system, seed=seed)
    if square.system is None:
        return _without_paths(system, square.dimension, square.reason, seed, budget)
    if not system.variables:
        return _without_variables(system, seed)
    clock = {"begin": time.perf_counter()}
    scaled = scale(square.system)
    tracker, journal = _tracker(store, system, start, region, seed)
    try:
        chosen, outcome = _track(scaled.system, start, region, seed, budget, tracker)
    finally:
        if journal is not None:
            journal.close()
    clock["tracked"] = time.perf_counter()
    ends = _rescued(scaled, outcome.ends, square.system) if certify else outcome.ends
    outcome = replace(outcome, ends=ends)
    zeros = _zeros(scaled, ends, square.system)
    if square.surplus:
        zeros = _on_all_equations(system, zeros)
    result = SolveResult(
        system.variables,
        tuple(Solution(z, None, None, False, int(m)) for z, m in zeros.all()),
        path_counts(outcome),
        _completeness(len(zeros.regular), Word.NUMERICAL, chosen),
        start=chosen.name,
        seed=seed,
        open_paths=tuple(outcome.ends[int(k)] for k in outcome.ends.failed),
        notes=tuple(notes_about(outcome, len(zeros.singular), zeros.suspicious)),
    )
    if certify:
        try:
            result = _certified(
                result, square.system, scaled, zeros, chosen, square.surplus, budget
            )
        except LimitReached as limit:
            raise LimitReached(str(limit), result) from None
    clock["certified"] = time.perf_counter()
    result = _with_dimension(result, system, zeros, budget)
    if region == "torus":
        result = _in_torus(result)
    return replace(
        _sorted(result),
        timings={
            "track": clock["tracked"] - clock["begin"],
            "certify": clock["certified"] - clock["tracked"],
        },
    )


# -- tracking -------------------------------------------------------------------------------------


def _track(
    system: PolynomialSystem,
    start: str,
    region: str,
    seed: int,
    budget: Budget,
    tracker: Callable[..., TrackResult],
) -> tuple[StartSystem, Outcome]:
    """Follow a start system; with other random constants while something is wrong."""
    symmetries = target_symmetries(system)
    best: tuple[StartSystem, Outcome] | None = None
    retracked = 0
    for attempt in range(ATTEMPTS):
        constants = seed + 1_000_003 * attempt
        chosen = choose_start(system, start, region=region, seed=constants, budget=budget)
        if best is not None and start == "auto" and chosen.name in BY_DEGREES:
            # What went wrong may be the start system's doing: another one sees other paths.
            with contextlib.suppress(StartUnavailable):
                chosen = polyhedral_start(system, region=region, seed=constants, budget=budget)
        outcome = follow(
            chosen, system=system, symmetries=symmetries, budget=budget, tracker=tracker
        )
        retracked += outcome.retracked
        if best is None:
            best = (chosen, outcome)
        else:
            retracked += chosen.path_count
            worse = outcome
            if _badness(outcome) < _badness(best[1]):
                worse, best = best[1], (chosen, outcome)
            completed = completed_by(best[1], worse, system=system, symmetries=symmetries)
            best = (best[0], completed)
        if best[1].clean:
            break
    assert best is not None
    return best[0], replace(best[1], retracked=retracked)


def _badness(outcome: Outcome) -> tuple[int, int]:
    return len(outcome.suspects), outcome.unmatched


def target_symmetries(system: PolynomialSystem) -> list[Symmetry]:
    """Maps that take zeros to zeros: conjugation, sign changes of a network's hidden units."""
    out: list[Symmetry] = [] if system.imaginary else [np.conj]
    network = system.metadata.get("network")
    if network is not None:
        for signs in network.sign_generators():
            out.append(_sign_change(signs))
    return out


def _sign_change(signs: NDArray[np.int8]) -> Symmetry:
    return lambda points: points * signs


def _tracker(
    store: str | Path | None, system: PolynomialSystem, start: str, region: str, seed: int
) -> tuple[Callable[..., TrackResult], Journal | None]:
    if store is None:
        return track, None
    journal = Journal.open(
        store, {"system": system.digest, "start": start, "region": region, "seed": seed}
    )
    return journal.track, journal


# -- zeros ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Zeros:
    """Ends of paths as points of the original system.

    regular (k, n); singular (l, n) with multiplicities (l,); suspicious counts singular ends that
    may lie on a positive-dimensional component.
    """

    regular: ComplexArray
    singular: ComplexArray
    multiplicities: NDArray[np.int64]
    suspicious: int

    def all(self) -> list[tuple[ComplexArray, int]]:
        return [(z, 1) for z in self.regular] + list(
            zip(self.singular, self.multiplicities.tolist(), strict=True)
        )


def _rescued(scaled: Scaled, ends: TrackResult, system: PolynomialSystem) -> TrackResult:
    """Ends that only look singular, because their coordinates have very different sizes.

    A certificate shows a zero to be simple, which no condition number in doubles can deny.
    """
    indices = ends.of(PathStatus.SINGULAR)
    indices = indices[ends.winding_number[indices] <= 1]
    if not len(indices):
        return ends
    candidates = scaled.original(ends.points[indices])
    proof = certify_points(system, candidates, max_precision=212)
    simple = proof.assignment >= 0
    status, points = ends.status.copy(), ends.points.copy()
    status[indices[simple]] = PathStatus.SUCCESS
    boxes = proof.points[proof.assignment[simple]]
    points[indices[simple]] = scaled.scaled(boxes)
    return replace(ends, status=status, points=points)


def _zeros(scaled: Scaled, ends: TrackResult, system: PolynomialSystem) -> _Zeros:
    regular = ends.points[ends.of(PathStatus.SUCCESS)]
    regular = regular[np.sort(_first_indices(labels_of_zeros(regular, scaled.system)))]
    regular = scaled.original(polish(scaled.system, regular))
    indices = ends.of(PathStatus.SINGULAR)
    points = ends.points[indices]
    labels = clusters(points, SAME_SINGULAR_POINT)
    singular, multiplicities = [], []
    suspicious = 0
    for label in np.unique(labels):
        members = indices[labels == label]
        winding = int(ends.winding_number[members].max(initial=0))
        best = members[np.argmin(ends.accuracy[members])]
        if len(members) == 1 and winding < 2:
            # One path without monodromy into a singular Jacobian: typical of components.
            suspicious += 1
        singular.append(ends.points[best])
        multiplicities.append(len(members))
    n = len(system.variables)
    return _Zeros(
        regular,
        scaled.original(np.array(singular, dtype=np.complex128).reshape(-1, n)),
        np.array(multiplicities, dtype=np.int64),
        suspicious,
    )


def polish(system: PolynomialSystem, points: ComplexArray) -> ComplexArray:
    """Regular zeros refined with double-double residuals to the nearest doubles.

    All starts use the same equations here, so that equal zeros get equal digits.
    """
    if not len(points):
        return points
    tape = Tape.from_supports(system.supports)
    values = np.concatenate(system.coefficients)
    here = Homotopy(
        tape, Homotopy.linear(tape, values, values).kind, values[None, :], values[None, :],
        np.zeros(1), True,
    )  # fmt: skip
    result = track(here, points, stage="polishing")
    good = (result.status == PathStatus.SUCCESS)[:, None]
    polished = np.where(good, result.points, points)
    # Parts below what double-double residuals resolve would depend on the path.
    noise = RESOLUTION * np.maximum(1.0, np.max(np.abs(polished), axis=1, keepdims=True))
    polished.real[np.abs(polished.real) < noise] = 0.0
    polished.imag[np.abs(polished.imag) < noise] = 0.0
    return polished


def _first_indices(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(labels, return_index=True)[1]


def _on_all_equations(system: PolynomialSystem, zeros: _Zeros) -> _Zeros:
    """Zeros of the squared-up system that satisfy every original equation numerically."""

    def holds(points: ComplexArray, tolerance: float) -> NDArray[np.bool_]:
        if not len(points):
            return np.zeros(0, dtype=bool)
        values = np.abs(system.evaluate(points))
        sizes = np.stack(
            [
                np.prod(np.abs(points)[:, None, :] ** a[None, :, :], axis=2) @ np.abs(c)
                for a, c in zip(system.supports, system.coefficients, strict=True)
            ],
            axis=1,
        )
        return np.asarray(np.all(values <= tolerance * np.maximum(sizes, 1e-300), axis=1))

    keep = holds(zeros.singular, 1e-6)
    return replace(
        zeros,
        regular=zeros.regular[holds(zeros.regular, 1e-10)],
        singular=zeros.singular[keep],
        multiplicities=zeros.multiplicities[keep],
    )


# -- certification and bounds ---------------------------------------------------------------------


def _certified(
    result: SolveResult,
    square: PolynomialSystem,
    scaled: Scaled,
    zeros: _Zeros,
    chosen: StartSystem,
    surplus: bool,
    budget: Budget,
) -> SolveResult:
    """The result with certified boxes, exact zeros in coordinates and certified reality."""
    # Coordinates that may vanish are offered as exact zeros; the certificate decides.
    natural = np.abs(scaled.scaled(zeros.regular))
    sizes = np.maximum(1.0, np.max(natural, axis=1, initial=0.0, keepdims=True))
    candidates = np.where(natural < MAYBE_ZERO * sizes, 0.0, zeros.regular)
    snapped = np.flatnonzero(np.any(candidates != zeros.regular, axis=1))
    tried = np.concatenate([candidates, zeros.regular[snapped]])
    certificate = certify_points(square, tried, budget=budget)
    assignment = certificate.assignment[: len(candidates)].copy()
    unsnapped = certificate.assignment[len(candidates) :]
    failed = assignment[snapped] < 0
    assignment[snapped[failed]] = unsnapped[failed]
    solutions = list(result.solutions)
    for k in range(len(zeros.regular)):
        index = int(assignment[k])
        if index < 0:
            continue
        box = certificate.boxes[index]
        point = np.array(solutions[k].point)
        point[list(box.zero_coordinates)] = 0.0
        if box.real:
            point = point.real.astype(np.complex128)
        radius = box.radius + float(np.max(np.abs(point - box.point), initial=0.0))
        # With surplus equations the box holds a zero of the squared-up system only.
        solutions[k] = Solution(point, radius, box.real, not surplus, 1)
    count = 0 if surplus else certificate.distinct_count
    return replace(
        result,
        solutions=tuple(solutions),
        completeness=_completeness(count, Word.CERTIFIED, chosen),
        certificate=None if surplus else certificate.certificate,
    )


def _completeness(found: int, word: Word, chosen: StartSystem) -> Count:
    source = "disjoint Krawczyk boxes" if word == Word.CERTIFIED else "distinct ends of paths"
    upper = chosen.bound or Bound(None, Word.NUMERICAL, "no bound")
    return Count(Bound(found, word, source), upper)


def _with_dimension(
    result: SolveResult, system: PolynomialSystem, zeros: _Zeros, budget: Budget
) -> SolveResult:
    """Dimension of the zero set; singular ends that may not be isolated are no solutions.

    Regular ends are isolated; if there are only such, the zero set found has dimension 0. Exact
    counting is asked where singular ends, or the lack of any zero, leave the dimension open.
    """
    if len(zeros.regular) and not len(zeros.singular):
        return replace(result, dimension=0)
    counts = _exact_counts(system, budget)
    if counts is None:
        return replace(result, dimension=None if zeros.suspicious else 0)
    notes = list(result.notes)
    solutions = list(result.solutions)
    isolated = counts.distinct.value
    explained = isolated == len(zeros.regular) + len(zeros.singular)
    if counts.dimension != 0 and len(zeros.singular) and not explained:
        solutions = solutions[: len(zeros.regular)]
        notes.append(
            f"the zero set has dimension {counts.dimension}: {len(zeros.singular)} singular ends "
            f"are not listed; exact counting finds {isolated} isolated zeros"
        )
    lower, upper = result.completeness.lower, counts.distinct.upper
    known = result.completeness.upper.value
    if upper.value is not None and (known is None or upper.value <= known):
        result = replace(result, completeness=Count(lower, upper))
    return replace(
        result, solutions=tuple(solutions), dimension=counts.dimension, notes=tuple(notes)
    )


def _exact_counts(system: PolynomialSystem, budget: Budget) -> ZeroCounts | None:
    """The algebra's counts, or None if they would take too long."""
    left = budget.remaining()
    seconds = COUNTING_SECONDS if left is None else min(COUNTING_SECONDS, 0.5 * left)
    share = Budget.of(seconds=seconds, memory_bytes=budget.memory_bytes, progress=budget.progress)
    try:
        return count_zeros(system, patterns=False, budget=share)
    except (LimitReached, AlgebraError):
        return None


def _in_torus(result: SolveResult) -> SolveResult:
    """Only the zeros without vanishing coordinates; paths to the others left the torus."""
    kept = [s for s in result.solutions if np.all(s.point != 0)]
    left = sum(s.multiplicity for s in result.solutions) - sum(s.multiplicity for s in kept)
    paths = replace(
        result.paths,
        success=result.paths.success - left,
        at_infinity=result.paths.at_infinity + left,
    )
    lower = result.completeness.lower
    certified = sum(s.certified for s in kept)
    value = certified if lower.word == Word.CERTIFIED else len(kept)
    return replace(
        result,
        solutions=tuple(kept),
        paths=paths,
        completeness=Count(replace(lower, value=value), result.completeness.upper),
    )


# -- the report ---------------------------------------------------------------------------------


def _sorted(result: SolveResult) -> SolveResult:
    """Solutions in canonical order: by rounded real parts, then imaginary parts."""

    def key(solution: Solution) -> tuple[Any, ...]:
        scale = max(1.0, float(np.max(np.abs(solution.point), initial=0.0)))
        rounded = np.round(solution.point / scale, 9) + 0.0
        return (round(scale, 6), tuple(rounded.real.tolist()), tuple(rounded.imag.tolist()))

    return replace(result, solutions=tuple(sorted(result.solutions, key=key)))


def _without_paths(
    system: PolynomialSystem, dimension: int | None, reason: str, seed: int, budget: Budget
) -> SolveResult:
    """The honest answer where no square system describes the zeros."""
    if dimension is None:
        counts = _exact_counts(system, budget)
        dimension = None if counts is None else counts.dimension
    if dimension == -1:
        count = Count.exactly(0, Word.CERTIFIED, reason)
    else:
        source = "fewer equations than unknowns: no isolated zeros"
        count = Count.exactly(0, Word.CERTIFIED, source)
    return SolveResult(
        system.variables, (), PathCounts(), count, dimension, "none", seed, notes=(reason,)
    )


def _without_variables(system: PolynomialSystem, seed: int) -> SolveResult:
    """No unknowns and no nonzero equation: the empty tuple is the one zero."""
    point = np.zeros(0, dtype=np.complex128)
    count = Count.exactly(1, Word.CERTIFIED, "no unknowns and no equations")
    solution = Solution(point, 0.0, True, True, 1)
    return SolveResult(system.variables, (solution,), PathCounts(), count, 0, "none", seed)


__all__ = ["partners", "polish", "solve", "target_symmetries"]
