"""Irreducible components: monodromy joins witness points, the trace test says when to stop.

Loops of the slicing linear space permute the witness points of an irreducible component
transitively and never lead from one component to another. The sum of a union of components'
witness points moves linearly when the space moves parallel to itself; the sum of some of an
irreducible component's points does not.

A. J. Sommese, J. Verschelde, C. W. Wampler, SIAM J. Numer. Anal. 40 (2002), 2026-2046.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from homotopy.accounting import follow, partners
from homotopy.homotopies import StartSystem
from homotopy.results import PathStatus
from homotopy.slicing import Slicing

ComplexArray = NDArray[np.complex128]
IntArray = NDArray[np.int64]

#: Loops after which groups whose traces are not linear are given back undecided.
MAX_LOOPS = 12
#: Relative second difference below which a trace is linear.
LINEAR_TRACE = 1e-8


def irreducible_parts(
    slicing: Slicing,
    k: int,
    points: ComplexArray,
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> list[tuple[IntArray, bool | None]]:
    """Partition the regular witness points (d, n) of dimension k by irreducible component.

    Returns
    -------
    list of (indices, irreducible); all other points with None where no test decides.
    """
    if len(points) == 1:
        return [(np.zeros(1, np.int64), True)]
    generator = np.random.default_rng([seed, 23])
    bends = _second_differences(slicing, k, points, generator, budget)
    if bends is None:
        return [(np.arange(len(points)), None)]
    labels = np.arange(len(points))
    for loop in range(MAX_LOOPS + 1):
        groups = [np.flatnonzero(labels == g) for g in np.unique(labels)]
        linear = [_is_linear(bends, group) for group in groups]
        if all(linear):
            return [(group, True) for group in groups]
        if loop == MAX_LOOPS:
            break
        for i, j in enumerate(_around(slicing, k, points, generator, budget)):
            if j >= 0:
                labels[labels == labels[j]] = labels[i]
    parts: list[tuple[IntArray, bool | None]] = [
        (group, True) for group, ok in zip(groups, linear, strict=True) if ok
    ]
    rest = np.concatenate([g for g, ok in zip(groups, linear, strict=True) if not ok])
    return [*parts, (np.sort(rest), None)]


def _moved(
    slicing: Slicing, points: ComplexArray, route: list[ComplexArray], budget: Budget
) -> ComplexArray | None:
    """Witness points carried along the forms of `route`; None if a path is lost."""
    matrices = [slicing.matrix(forms) for forms in route]
    stages = tuple(slicing.homotopy(a, b, generic=True) for a, b in itertools.pairwise(matrices))
    ends = follow(StartSystem("moved slice", stages, points), budget=budget).ends
    return ends.points if bool(np.all(ends.status == PathStatus.SUCCESS)) else None


def _around(
    slicing: Slicing, k: int, points: ComplexArray, generator: np.random.Generator, budget: Budget
) -> IntArray:
    """Where a random loop takes each point: an index, or −1."""
    own = slicing.forms[:k]
    route = [own, slicing.moved(generator, k), slicing.moved(generator, k), own]
    ends = _moved(slicing, points, route, budget)
    return np.full(len(points), -1) if ends is None else partners(points, ends)


def _second_differences(
    slicing: Slicing, k: int, points: ComplexArray, generator: np.random.Generator, budget: Budget
) -> tuple[ComplexArray, NDArray[np.float64]] | None:
    """What each point adds to the second difference of the trace, and how large it could be.

    The first form moves parallel to itself by ±1/2 of its constant.
    """
    own = slicing.forms[:k]
    shifted = []
    for step in (0.5, -0.5):
        forms = own.copy()
        forms[0, 0] *= 1.0 + step * 1j
        ends = _moved(slicing, points, [own, forms], budget)
        if ends is None:
            return None
        shifted.append(ends)
    form = np.exp(2j * np.pi * generator.random(slicing.n)) / slicing.unknowns
    values = [p @ form for p in (*shifted, points)]
    sizes = np.max(np.abs(values), axis=0)
    return values[0] + values[1] - 2.0 * values[2], sizes


def _is_linear(bends: tuple[ComplexArray, NDArray[np.float64]], group: IntArray) -> bool:
    second, sizes = bends
    return bool(abs(second[group].sum()) <= LINEAR_TRACE * float(sizes[group].sum()))
