"""Cells of one or two parameters: halved until the test of moving boxes holds on them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from flint import fmpq

from algebra.errors import LimitReached
from algebra.limits import Budget
from algebra.programs import StraightLineProgram
from homotopy.members import Member
from homotopy.moving_boxes import CellCertifier

#: Most cells that are tested.
MAX_CELLS = 200_000
#: Cells tracked in one call.
BATCH = 256


@dataclass(frozen=True)
class Axis:
    """A parameter that varies.

    Attributes
    ----------
    name : str
    low, high : Fraction
        Exact ends.
    log : bool
        Whether lengths are ratios: cells are halved and drawn on a logarithmic scale.
    """

    name: str
    low: Fraction
    high: Fraction
    log: bool = False

    def share(self, low: Fraction, high: Fraction) -> float:
        """Length of a part of the range, as a share of all of it."""
        if not self.log:
            return float((high - low) / (self.high - self.low))
        return math.log(high / low) / math.log(self.high / self.low)

    def middle(self, low: Fraction, high: Fraction) -> Fraction:
        """Where a part of the range is halved."""
        if not self.log:
            return (low + high) / 2
        sign = 1 if low > 0 else -1
        exact = sign * math.sqrt(abs(low)) * math.sqrt(abs(high))
        # A short rational: the error is small beside the part that is halved.
        scale = 2 ** max(0, math.ceil(math.log2(64 / float(high - low))))
        return Fraction(round(exact * scale), scale)


@dataclass(frozen=True)
class Cell:
    """A product of intervals of the axes.

    Attributes
    ----------
    center, half : tuple of Fraction
        One entry per axis.
    real : int or None
        Number of real zeros of every member in the cell; None where it is not certified.
    at_center : int or None
        Certified number of real zeros of the member at the centre; None if it is not decided.
    """

    center: tuple[Fraction, ...]
    half: tuple[Fraction, ...]
    real: int | None = None
    at_center: int | None = None

    @property
    def ends(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Both ends per axis."""
        return tuple((c - h, c + h) for c, h in zip(self.center, self.half, strict=True))


@dataclass(frozen=True, eq=False)
class CellTests:
    """A family over cells of some of its parameters.

    Attributes
    ----------
    member : Member
    values : dict of fmpq
        The exact values of all parameters by name.
    axes : tuple of Axis
    conditions : StraightLineProgram or None
        Polynomials that may not vanish on a cell.
    """

    member: Member
    values: dict[str, fmpq]
    axes: tuple[Axis, ...]
    conditions: StraightLineProgram | None
    _certifier: CellCertifier = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = list(self.values)
        certifier = CellCertifier(
            self.member.family.program,
            list(self.values.values()),
            [names.index(a.name) for a in self.axes],
            self.conditions,
        )
        object.__setattr__(self, "_certifier", certifier)

    def cover(self, depth: int, budget: Budget) -> list[Cell]:
        """Cells that cover the range, with their counts.

        Raises
        ------
        LimitReached
            `partial` is the list so far, unfinished cells undecided.
        """
        ends = [(a.low, a.high) for a in self.axes]
        open_cells = [Cell(*_centered(ends))]
        done: list[Cell] = []
        tested = 0
        for level in range(depth + 1):
            following: list[Cell] = []
            for begin in range(0, len(open_cells), BATCH):
                batch = open_cells[begin : begin + BATCH]
                try:
                    budget.check()
                    if tested + len(batch) > MAX_CELLS:
                        raise LimitReached(f"more than {MAX_CELLS} cells")
                except LimitReached as limit:
                    cells = [*done, *following, *open_cells[begin:]]
                    raise LimitReached(str(limit), cells) from None
                tested += len(batch)
                budget.report("cells", tested)
                cells = self.decided(batch)
                done += [cell for cell in cells if cell.real is not None]
                left = [cell for cell in cells if cell.real is None]
                if level == depth and left:
                    done += self.decided(left, shrink=True)
                elif level < depth:
                    following += [part for cell in left for part in _split(cell, self.axes)]
            open_cells = following
        return done

    def decided(self, cells: Sequence[Cell], shrink: bool = False) -> list[Cell]:
        """The cells with their real counts where the test holds; `shrink`: at the centre only."""
        tests, member = self._certifier, self.member
        centers = np.array([[float(v) for v in cell.center] for cell in cells])
        half = np.array([[_reach(c, k, shrink) for k in range(len(c.center))] for c in cells])
        targets = np.tile(tests.base.astype(np.complex128), (len(cells), 1))
        targets[:, tests.positions] = centers
        ends, _ = member.track_to(targets)
        boxes = tests.certify(ends, centers, half).lifted(member.orbits, member.images)
        holds = tests.allowed(centers, half) & boxes.apart() & (boxes.real != 0).all(axis=1)
        out = []
        for cell, good, reality in zip(cells, holds.tolist(), boxes.real, strict=True):
            real = int((reality == 1).sum()) if good else None
            out.append(Cell(cell.center, cell.half, None if shrink else real, real))
        return out

    def counts_at(self, points: Sequence[Fraction]) -> list[int | None]:
        """Certified numbers of real zeros at values of the one axis; None where that fails."""
        cells = [Cell((p,), (Fraction(0),)) for p in points]
        return [cell.at_center for cell in self.decided(cells, shrink=True)]


def _centered(
    ends: Sequence[tuple[Fraction, Fraction]],
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    return tuple((a + b) / 2 for a, b in ends), tuple((b - a) / 2 for a, b in ends)


def _split(cell: Cell, axes: Sequence[Axis]) -> list[Cell]:
    halves = []
    for axis, (low, high) in zip(axes, cell.ends, strict=True):
        middle = axis.middle(low, high)
        halves.append([(low, middle), (middle, high)])
    return [Cell(*_centered(ends)) for ends in itertools.product(*halves)]


def _reach(cell: Cell, k: int, shrink: bool) -> float:
    """A double above the distance of the cell's edge, or centre, from the centre as a double."""
    center = cell.center[k]
    distance = abs(center - Fraction(float(center))) + (0 if shrink else cell.half[k])
    return _above(distance) if distance else 0.0


def _above(value: Fraction) -> float:
    """A double not below the value."""
    return float(np.nextafter(float(value), np.inf))
