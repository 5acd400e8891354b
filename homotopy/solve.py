"""Solving: start system, tracking, accounting, certification, completeness.

`solve` returns all isolated zeros it finds, every path's state, and a lower and an upper bound on
their number. Random constants come from `seed`; they change the work done, not the zeros: ends are
polished to the nearest doubles and sorted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Count, Word
from homotopy.accounting import notes_about, path_counts
from homotopy.attempts import track_to
from homotopy.certify import certify as certify_points
from homotopy.dimension import with_dimension, without_paths
from homotopy.homotopies import StartSystem
from homotopy.journal import Journal
from homotopy.multiple import with_exact_points
from homotopy.overdetermined import satisfies
from homotopy.results import PathCounts, PathStatus, Solution, SolveResult
from homotopy.shapes import Scaled, scale, square_up
from homotopy.tracker import TrackResult, track
from homotopy.zeros import Zeros, on_all_equations, rescued, zeros_of

ComplexArray = NDArray[np.complex128]

REGIONS = ("affine", "torus")
#: Relative size below which a coordinate is tested for being zero.
MAYBE_ZERO = 1e-12


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
        return without_paths(system, square.dimension, square.reason, seed, budget)
    if not system.variables:
        return _without_variables(system, seed)
    clock = {"begin": time.perf_counter()}
    scaled = scale(square.system)
    tracker, journal = _tracker(store, system, start, region, seed)
    try:
        chosen, outcome = track_to(
            scaled.system, start, region=region, seed=seed, budget=budget, tracker=tracker
        )
    finally:
        if journal is not None:
            journal.close()
    clock["tracked"] = time.perf_counter()
    ends = rescued(scaled, outcome.ends, square.system) if certify else outcome.ends
    outcome = replace(outcome, ends=ends)
    zeros = zeros_of(scaled, ends, square.system)
    if square.surplus:
        zeros = on_all_equations(system, scaled, zeros)
    result = SolveResult(
        system.variables,
        tuple(Solution(z, None, None, False, int(m)) for z, m in zeros.all()),
        path_counts(outcome),
        _completeness(len(zeros.regular), Word.NUMERICAL, chosen),
        start=chosen.name,
        seed=seed,
        open_paths=tuple(outcome.ends[int(k)] for k in outcome.ends.failed),
        notes=tuple(notes_about(outcome, len(zeros.singular), zeros.suspicious)),
        far_ends=scaled.original(ends.last[ends.of(PathStatus.AT_INFINITY)]),
    )
    if certify:
        original = system if square.surplus else None
        try:
            result, zeros = _certified(
                result, square.system, scaled, zeros, chosen, original, budget
            )
        except LimitReached as limit:
            raise LimitReached(str(limit), result) from None
    clock["certified"] = time.perf_counter()
    result = with_dimension(result, system, zeros, budget, surplus=square.surplus)
    if certify:
        result = with_exact_points(result, system)
    if region == "torus":
        result = _in_torus(result)
    return replace(
        result.in_order(),
        timings={
            "track": clock["tracked"] - clock["begin"],
            "certify": clock["certified"] - clock["tracked"],
        },
    )


def _tracker(
    store: str | Path | None, system: PolynomialSystem, start: str, region: str, seed: int
) -> tuple[Callable[..., TrackResult], Journal | None]:
    if store is None:
        return track, None
    journal = Journal.open(
        store, {"system": system.digest, "start": start, "region": region, "seed": seed}
    )
    return journal.track, journal


# -- certification and bounds ---------------------------------------------------------------------


def _certified(
    result: SolveResult,
    square: PolynomialSystem,
    scaled: Scaled,
    zeros: Zeros,
    chosen: StartSystem,
    original: PolynomialSystem | None,
    budget: Budget,
) -> tuple[SolveResult, Zeros]:
    """The result with certified boxes, exact zeros in coordinates and certified reality.

    `original` is the system that was squared up, if one was: zeros that are proved to be none of
    its own are taken out.
    """
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
    solutions: list[Solution | None] = list(result.solutions)
    for k, index in enumerate(_one_each(assignment, zeros.regular, certificate.points)):
        if index < 0:
            continue
        box = certificate.boxes[index]
        holds = True if original is None else satisfies(original, square, box)
        if holds is False:
            solutions[k] = None
            continue
        point = np.array(zeros.regular[k])
        point[list(box.zero_coordinates)] = 0.0
        if box.real:
            point = point.real.astype(np.complex128)
        radius = box.radius + float(np.max(np.abs(point - box.point), initial=0.0))
        # Where nothing is proved the box holds a zero of the squared-up system only.
        solutions[k] = Solution(point, radius if holds else None, box.real, bool(holds), 1)
    left = [k for k in range(len(zeros.regular)) if solutions[k] is not None]
    zeros = replace(zeros, regular=zeros.regular[left])
    kept = tuple(s for s in solutions if s is not None)
    count = certificate.distinct_count if original is None else sum(s.certified for s in kept)
    completeness = _completeness(count, Word.CERTIFIED, chosen)
    # Boxes of a squared-up system prove nothing about the original.
    proof = certificate if original is None else None
    result = replace(result, solutions=kept, completeness=completeness, proof=proof)
    return result, zeros


def _one_each(
    assignment: NDArray[np.int64], points: ComplexArray, centers: ComplexArray
) -> list[int]:
    """The box of each point, or −1: every box belongs to the nearest point that led to it.

    Newton's method may carry the end of another path, near a component, to an isolated zero.
    """
    led = np.flatnonzero(assignment >= 0)
    boxes = assignment[led]
    distances = np.max(np.abs(points[led] - centers[boxes]), axis=1, initial=0.0)
    order = np.lexsort((distances, boxes))
    _, first = np.unique(boxes[order], return_index=True)
    nearest = order[first]
    out = np.full(len(points), -1)
    out[led[nearest]] = boxes[nearest]
    return [int(index) for index in out]


def _completeness(found: int, word: Word, chosen: StartSystem) -> Count:
    source = "disjoint Krawczyk boxes" if word == Word.CERTIFIED else "distinct ends of paths"
    upper = chosen.bound or Bound(None, Word.NUMERICAL, "no bound")
    return Count(Bound(found, word, source), upper)


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


def _without_variables(system: PolynomialSystem, seed: int) -> SolveResult:
    """No unknowns and no nonzero equation: the empty tuple is the one zero."""
    point = np.zeros(0, dtype=np.complex128)
    count = Count.exactly(1, Word.CERTIFIED, "no unknowns and no equations")
    solution = Solution(point, 0.0, True, True, 1)
    return SolveResult(system.variables, (solution,), PathCounts(), count, 0, seed=seed)
