"""The cascade: what a zero set has in common with general linear spaces, dimension by dimension.

It starts where no slice meets the zero set. Whoever of the zeros of F + Λ·L with k slices has
nonzero slack is regular and starts a path to k − 1 slices; ends with zero slack lie on the zero
set and form a *witness superset* of dimension k − 1: at least all isolated points of the slice of
the zero set, with points of components of higher dimension among them.

A. J. Sommese, J. Verschelde, "Numerical homotopies to compute generic points on positive
dimensional algebraic sets", J. Complexity 16 (2000), 572-602.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from homotopy.accounting import SAME_SINGULAR_POINT, Outcome, clusters, follow
from homotopy.attempts import track_to
from homotopy.homotopies import StartSystem
from homotopy.results import PathStatus
from homotopy.slicing import Slicing

ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]

#: Slack, relative to its terms, below which a regular or a singular end has none.
NO_SLACK, NO_SLACK_SINGULAR = 1e-8, 1e-4

#: Which points of shape (k, n), known with the relative accuracy given, satisfy all equations.
Test = Callable[[ComplexArray, float], NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class Level:
    """Ends of the paths to the system with `dimension` slices.

    Attributes
    ----------
    dimension : int
    points : complex128 array, shape (k, n)
        Distinct points of the zero set on the slices: the witness superset.
    regular : bool array, shape (k,)
        Whether the sliced system seems regular there: a smooth point of a component of exactly this
        dimension on which the equations are reduced.
    multiplicities : int64 array, shape (k,)
        How many paths end at each.
    sources : tuple of complex128 arrays, shape (multiplicity, n)
        Per point, the zeros with one slice more whose paths end there.
    slack : complex128 array, shape (l, n)
        Zeros off the zero set, where the next level starts.
    tracked, failed : int
        Paths, and how many of them have no understood end.
    """

    dimension: int
    points: ComplexArray
    regular: NDArray[np.bool_]
    multiplicities: IntArray
    sources: tuple[ComplexArray, ...]
    slack: ComplexArray
    tracked: int
    failed: int


def cascade(
    slicing: Slicing,
    top: int,
    holds: Test,
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Iterator[Level]:
    """Witness supersets of dimensions n − 1 … 0 at most, the highest first.

    Parameters
    ----------
    top : int
        Number of slices to begin with; raised as long as such slices meet the zero set.
    holds : callable
        Which of the zeros without slack satisfy all equations, for systems that were squared up.
    """
    n = slicing.n
    while True:
        _, outcome = track_to(slicing.level(top), seed=seed, budget=budget)
        level = _level(slicing, top, outcome, None, holds)
        if not len(level.points) or top == n:
            break
        # Where slices meet the zero set no level above tells which paths lead there.
        top += 1
    yield level
    while level.dimension and len(level.slack):
        k = level.dimension - 1
        stage = slicing.homotopy(
            slicing.matrix(slicing.forms[: k + 1]), slicing.matrix(slicing.forms[:k])
        )
        start = StartSystem(f"cascade to dimension {k}", (stage,), level.slack)
        target = slicing.system if k == 0 else slicing.level(k)
        outcome = follow(start, system=target, budget=budget)
        level = _level(slicing, k, outcome, level.slack, holds)
        yield level


def _level(
    slicing: Slicing, k: int, outcome: Outcome, starts: ComplexArray | None, holds: Test
) -> Level:
    """Sort the ends of the paths to k slices."""
    ends, forms = outcome.ends, slicing.forms[:k]
    regular, singular = ends.of(PathStatus.SUCCESS), ends.of(PathStatus.SINGULAR)
    slacks = slicing.slack_sizes(ends.points, forms)
    without = np.zeros(len(ends), dtype=bool)
    without[regular] = slacks[regular] < NO_SLACK
    without[singular] = slacks[singular] < NO_SLACK_SINGULAR
    if k:
        going_on = regular[~without[regular]]
    else:
        going_on = np.zeros(0, np.int64)
    smooth, rough = regular[without[regular]], singular[without[singular]]
    labels = np.concatenate(
        [np.arange(len(smooth)), len(smooth) + clusters(ends.points[rough], SAME_SINGULAR_POINT)]
    )
    candidates = np.concatenate([smooth, rough])
    points, flags, multiplicities, sources = [], [], [], []
    for label in np.unique(labels):
        members = candidates[labels == label]
        best = members[np.argmin(ends.accuracy[members])]
        is_regular = label < len(smooth)
        if not holds(ends.points[best][None, :], 1e-10 if is_regular else 1e-6)[0]:
            continue
        points.append(ends.points[best])
        flags.append(is_regular)
        multiplicities.append(len(members))
        sources.append(ends.points[:0] if starts is None else starts[members])
    return Level(
        k,
        np.array(points, dtype=np.complex128).reshape(-1, slicing.n),
        np.array(flags, dtype=bool),
        np.array(multiplicities, dtype=np.int64),
        tuple(sources),
        ends.points[going_on],
        len(ends),
        len(ends.failed) + int(np.sum(~without[singular])),
    )
