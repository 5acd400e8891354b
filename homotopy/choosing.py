"""Choosing a start system by estimated cost, which is not the number of paths alone.

A polyhedral start needs the mixed cells and two stages per path; products of degrees need one
stage and nothing else. So noon's 3^n paths beat its mixed volume 3^n - 2n, while cyclic-7's 924
cells beat 5040 paths. Where the numbers of paths are close, what counts is how many paths diverge
and how hard they are to follow there: reimer's 720 paths from the product of degrees need five
times the work of its 720 polyhedral ones. A few paths of both are tracked to find out.
"""

from __future__ import annotations

import math

import numpy as np

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.decoupled import decoupled_start
from homotopy.errors import StartUnavailable
from homotopy.homotopies import StartSystem
from homotopy.monodromy import monodromy_start
from homotopy.polyhedral import polyhedral_start
from homotopy.results import PathStatus
from homotopy.starts import (
    default_groups,
    group_degrees,
    multihomogeneous_number,
    multihomogeneous_start,
    total_degree_start,
)
from homotopy.tracker import DEFAULT, track
from polytopes import mixed_cells

#: Names accepted by `solve(start=…)`.
START_NAMES = ("auto", "polyhedral", "total-degree", "multihomogeneous", "monodromy", "decoupled")

#: Cost of a polyhedral path (toric and coefficient phase) in total-degree paths, set against the
#: paths that would diverge: each of those costs more than others and is a judgement.
POLYHEDRAL_COST = 1.15
#: Fewer paths than this are tracked before mixed cells are found.
NEVER_POLYHEDRAL = 8
#: From so many paths on, and up to such a ratio of their numbers, both starts are tried on a few.
WORTH_SAMPLING, CLEARLY_FEWER = 200, 4.0
SAMPLED_PATHS = 40
#: Work of a step in double-double and of a path that fails, in ordinary steps.
PRECISE_STEP, FAILED_PATH = 3.0, 3000.0


def choose_start(
    system: PolynomialSystem,
    name: str = "auto",
    *,
    region: str = "affine",
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> StartSystem:
    """The start system called `name`, or the one that seems cheapest.

    Raises
    ------
    InputError
        Unknown name.
    StartUnavailable
        There is no such start system for `system`.
    """
    if name not in START_NAMES:
        raise InputError(f"start={name!r}: expected one of {', '.join(START_NAMES)}")
    if name == "auto":
        return _cheapest(system, region, seed, budget)
    if name == "polyhedral":
        return polyhedral_start(system, region=region, seed=seed, budget=budget)
    if name == "total-degree":
        return total_degree_start(system, seed=seed)
    if name == "multihomogeneous":
        return multihomogeneous_start(system, seed=seed)
    if name == "decoupled":
        return decoupled_start(system, seed=seed)
    return monodromy_start(system, region=region, seed=seed, budget=budget)


def _cheapest(system: PolynomialSystem, region: str, seed: int, budget: Budget) -> StartSystem:
    if system.metadata.get("network") is not None:
        try:
            return decoupled_start(system, seed=seed)
        except StartUnavailable:
            pass
    bezout = math.prod(max(d, 0) for d in system.degrees)
    groups = default_groups(system)
    multihomogeneous = multihomogeneous_number(
        group_degrees(system, groups), [len(g) for g in groups]
    )
    fewest = min(bezout, multihomogeneous)

    def by_degrees() -> StartSystem:
        if multihomogeneous < bezout:
            return multihomogeneous_start(system, groups, seed=seed)
        return total_degree_start(system, seed=seed)

    if fewest <= NEVER_POLYHEDRAL:
        return by_degrees()
    cells = mixed_cells(system.supports, kind=region, seed=seed, budget=budget)
    volume = cells.mixed_volume

    def by_cells() -> StartSystem:
        return polyhedral_start(system, region=region, seed=seed, cells=cells, budget=budget)

    if fewest >= WORTH_SAMPLING and CLEARLY_FEWER * volume >= fewest:
        return min(by_degrees(), by_cells(), key=lambda start: estimated_work(start, budget))
    return by_cells() if POLYHEDRAL_COST * volume < fewest else by_degrees()


def estimated_work(start: StartSystem, budget: Budget = UNLIMITED) -> float:
    """Steps that all paths of a start system will need, from `SAMPLED_PATHS` of them."""
    # Not evenly spaced ones: start points are listed on a grid, which those would see one side of.
    generator = np.random.default_rng([start.path_count, 13])
    size = min(SAMPLED_PATHS, start.path_count)
    chosen = np.sort(generator.choice(start.path_count, size, replace=False))
    points, rows, work = start.points[chosen], start.rows[chosen], 0.0
    for homotopy in start.stages:
        result = track(
            homotopy, points, rows=rows, settings=DEFAULT, budget=budget,
            stage="comparing start systems",
        )  # fmt: skip
        steps = result.steps + result.rejected + (PRECISE_STEP - 1.0) * result.precise_steps
        work += float(np.sum(steps)) + FAILED_PATH * len(result.failed)
        points = result.points[result.status == PathStatus.SUCCESS]
        rows = np.zeros(len(points), np.int64)
    return work * start.path_count / len(chosen)
