"""Regions of constant real count in one or two parameters, certified cell by cell.

If all zeros of a cell's centre pass the test of `homotopy.moving_boxes` over the whole cell, stay
apart, and each is decided to be real or not, then every member in the cell has these zeros, all
simple and as many of them real, and no others where no member has more than the generic number:
the discriminant does not vanish there. Cells that fail are split; at the last depth only the centre
is certified. The boundary between two counts lies in undecided cells.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from algebra.errors import EnginesDisagree, InputError, LimitReached, NotZeroDimensional
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.programs import StraightLineProgram
from algebra.rationals import exact_rational
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.exact_boundaries import UNASKED_ZEROS, ExactBoundary, exact_boundary, unasked
from homotopy.families import is_reducible, signal_conditions
from homotopy.members import Member, generic_member
from homotopy.region_cells import Axis, Cell, CellTests
from homotopy.sweep import choose_subject
from homotopy.sweep_subjects import NetworkSubject, Subject
from homotopy.sweep_worker import sample_seed


@dataclass(frozen=True, eq=False)
class RegionMap:
    """Cells that cover a range of parameters.

    Attributes
    ----------
    name : str
    axes : tuple of Axis
    cells : tuple of Cell
        Disjoint up to their edges, covering the range.
    zeros : int
        Complex zeros of every member of a decided cell.
    base : dict
        The exact data at which the other parameters stay.
    word : Word
        How sure the counts of decided cells are; `relies_on` says what completeness rests on.
    relies_on : tuple of str
    exact : ExactBoundary or None
        For one axis: the roots of the discriminant and the counts between them.
    notes : tuple of str
    """

    name: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    zeros: int
    base: dict[str, Any]
    word: Word
    relies_on: tuple[str, ...]
    exact: ExactBoundary | None = None
    notes: tuple[str, ...] = ()

    @property
    def shares(self) -> dict[int | None, float]:
        """Share of the range per real count; None for what is not decided."""
        out: dict[int | None, float] = {}
        for cell in self.cells:
            size = math.prod(a.share(*ends) for a, ends in zip(self.axes, cell.ends, strict=True))
            out[cell.real] = out.get(cell.real, 0.0) + size
        return dict(sorted(out.items(), key=lambda item: (item[0] is None, item[0] or 0)))

    def intervals(self) -> list[tuple[Fraction, Fraction, int | None]]:
        """For one axis: (low, high, real count) with neighbours of equal count joined."""
        if len(self.axes) != 1:
            raise InputError(f"{len(self.axes)} axes: intervals belong to one axis")
        out: list[tuple[Fraction, Fraction, int | None]] = []
        for cell in sorted(self.cells, key=lambda c: c.center):
            ((low, high),) = cell.ends
            if out and out[-1][2] == cell.real:
                low = out.pop()[0]
            out.append((low, high, cell.real))
        return out

    def to_dict(self) -> dict[str, Any]:
        """JSON form with exact ends."""
        return {
            "subject": self.name,
            "axes": [
                {"name": a.name, "low": str(a.low), "high": str(a.high), "log": a.log}
                for a in self.axes
            ],
            "zeros": self.zeros,
            "base": self.base,
            "shares": {"undecided" if k is None else str(k): v for k, v in self.shares.items()},
            "cells": [
                {
                    "center": [str(v) for v in c.center],
                    "half": [str(v) for v in c.half],
                    "real": c.real,
                    "at_center": c.at_center,
                }
                for c in self.cells
            ],
            "exact": None if self.exact is None else self.exact.to_dict(),
            "word": str(self.word),
            "relies_on": list(self.relies_on),
            "notes": list(self.notes),
        }

    def confirmed(self, low: Fraction, high: Fraction) -> float:
        """Share of a part of the one axis that decided cells cover."""
        (axis,) = self.axes
        inside = [
            axis.share(max(a, low), min(b, high))
            for cell in self.cells
            for a, b in cell.ends
            if cell.real is not None and a < high and b > low
        ]
        return sum(inside) / axis.share(low, high)

    def __repr__(self) -> str:
        parts = ", ".join(
            f"{'undecided' if k is None else k}: {v:.1%}" for k, v in self.shares.items()
        )
        return f"RegionMap({self.name}, {len(self.cells)} cells; real zeros {parts})"

    def _repr_html_(self) -> str:
        return f"<figure>{self.to_svg()}<figcaption>{html.escape(repr(self))}</figcaption></figure>"

    def to_svg(self) -> str:
        """The picture of `homotopy.region_pictures`."""
        from homotopy.region_pictures import svg

        return svg(self)


def regions(
    subject: LinearNetwork | PolynomialSystem | str,
    axes: Sequence[tuple[str, Any, Any]],
    *,
    depth: int = 6,
    number: int = 0,
    signs: str | None = None,
    log: bool = False,
    exact: bool | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> RegionMap:
    """Cells of constant, certified real count in one or two parameters.

    Parameters
    ----------
    subject : as for `homotopy.sweep`
    axes : one or two of (parameter name, low, high)
        Exact ends (integers, rationals, decimal strings). A network's parameters are
        `LinearNetwork.parameters`.
    depth : int
        Times a cell is halved in every direction before it is left undecided.
    number : int
        The other parameters stay at those of this sample of the sweep with root `seed`.
    log : bool
        Halve the ranges on a logarithmic scale; their ends need one sign.
    exact : bool, optional
        Whether to find the exact boundary too, for one axis; not given: where it takes little.

    Raises
    ------
    InputError
        Unknown parameter, empty range, more than two axes.
    LimitReached
        `partial` is the RegionMap so far, unfinished cells undecided.

    Examples
    --------
    >>> square = PolynomialSystem.parse("variables x; parameters p; x^2 - p")
    >>> [k for _, _, k in regions(square, [("p", -1, 2)], depth=4).intervals()]
    [0, None, 2]
    """
    chosen = choose_subject(subject, signs, "full")
    try:
        member, conditions = _member(chosen, seed, budget)
    except LimitReached as limit:
        # Paths that were under way say nothing about regions.
        raise LimitReached(f"{limit} before a generic member was solved") from None
    names = member.family.program.parameters
    ranges = tuple(_axis(entry, names, log) for entry in axes)
    if not 1 <= len(ranges) <= 2 or len({a.name for a in ranges}) < len(ranges):
        raise InputError(f"{len(ranges)} axes: expected one or two different parameters")
    if not 0 <= depth <= 20:
        raise InputError(f"depth = {depth}: expected 0 to 20")
    if exact and len(ranges) != 1:
        raise InputError("the exact boundary is found for one parameter, not for two")
    sample = chosen.sample(sample_seed(seed, number))
    values = dict(zip(names, sample.values, strict=True))
    tests = CellTests(member, values, ranges, conditions)
    word, reason = chosen.upper

    def result(cells: Sequence[Cell]) -> RegionMap:
        return RegionMap(
            chosen.name, ranges, tuple(cells), member.count, sample.data, word, (reason,)
        )

    try:
        covered = result(tests.cover(depth, budget))
    except LimitReached as limit:
        so_far = limit.partial if isinstance(limit.partial, list) else []
        raise LimitReached(str(limit), result(so_far)) from None
    if exact is False or len(ranges) == 2 or (exact is None and member.count > UNASKED_ZEROS):
        return covered
    return _with_exact_boundary(covered, tests, exact is True, budget)


def _member(
    chosen: Subject, seed: int, budget: Budget
) -> tuple[Member, StraightLineProgram | None]:
    """A generic member of the family that is followed, and what may not vanish."""
    if isinstance(chosen, NetworkSubject) and is_reducible(chosen.network):
        # Few unknowns and well conditioned: cells hundreds of times wider than in all weights.
        network = chosen.network
        member = generic_member(network, coordinates="signals", seed=seed, budget=budget)
        return member, signal_conditions(network)
    return chosen.member(seed, budget), None


def _with_exact_boundary(
    covered: RegionMap, tests: CellTests, asked: bool, budget: Budget
) -> RegionMap:
    """The map with its exact boundary, or with a note that says why there is none."""
    (axis,) = covered.axes
    values = {name: v for name, v in tests.values.items() if name != axis.name}
    try:
        boundary = exact_boundary(
            tests.member.family.program, values, tests.conditions, (axis.low, axis.high),
            tests.counts_at, budget if asked else unasked(budget),
        )  # fmt: skip
    except LimitReached as limit:
        if asked:
            raise LimitReached(str(limit), covered) from None
        return replace(covered, notes=("the exact boundary takes longer: --exact goes on",))
    except (InputError, NotZeroDimensional) as reason:
        if asked:
            raise
        return replace(covered, notes=(f"no exact boundary: {reason}",))
    require_agreement(covered, boundary)
    return replace(covered, exact=boundary)


def require_agreement(cells: RegionMap, boundary: ExactBoundary) -> None:
    """Raise `EnginesDisagree` unless decided cells and the exact boundary say the same."""
    name = cells.axes[0].name
    lows = [cells.axes[0].low, *(v.high for v in boundary.values)]
    highs = [*(v.low for v in boundary.values), cells.axes[0].high]
    for cell in cells.cells:
        if cell.real is None:
            continue
        ((low, high),) = cell.ends
        for value in boundary.values:
            if value.meet and low < value.low and value.high < high:
                raise EnginesDisagree(
                    f"two zeros meet at {name} = {float(value):.9g}, in a cell where all are simple"
                )
        for a, b, count in zip(lows, highs, boundary.counts, strict=True):
            if max(a, low) < min(b, high) and cell.real != count:
                raise EnginesDisagree(
                    f"{cell.real} real zeros in boxes for {name} in [{low}, {high}], "
                    f"{count} by the trace form"
                )


def _axis(entry: tuple[str, Any, Any], names: Sequence[str], log: bool) -> Axis:
    name, low, high = entry
    if name not in names:
        raise InputError(f"{name!r} is no parameter: expected one of {', '.join(names)}")
    ends = [exact_rational(v)[0] for v in (low, high)]
    first, second = (Fraction(int(v.p), int(v.q)) for v in ends)
    if not first < second:
        raise InputError(f"{name}: the range from {low} to {high} is empty")
    if log and not first * second > 0:
        raise InputError(f"{name}: a logarithmic scale needs ends of one sign")
    return Axis(name, first, second, log)
