"""Regions of constant real count in one or two parameters, each cell with a proof.

A cell of parameter values becomes one ball per parameter. If all zeros of the cell's centre pass
the Krawczyk test with these balls in place of numbers, stay apart, and each is decided to be real
or not, then every member in the cell has exactly these zeros, as many of them real: the
discriminant does not vanish there. Cells that fail are split; at the last depth only the centre is
certified. The boundary between two counts lies in cells that are not proved.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.rationals import exact_rational
from algebra.systems import PolynomialSystem
from homotopy.compiled import CertifiedBatch, balls
from homotopy.kernels.intervals import REAL, UNKNOWN
from homotopy.members import Member
from homotopy.sweep import choose_subject
from homotopy.sweep_worker import sample_seed

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
    """

    name: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Cell:
    """A product of intervals of the axes.

    Attributes
    ----------
    center, half : tuple of Fraction
        One entry per axis.
    real : int or None
        Number of real zeros of every member in the cell; None where it is not proved.
    at_center : int or None
        Certified number of real zeros of the member at the centre; None if it is not decided.
    """

    center: tuple[Fraction, ...]
    half: tuple[Fraction, ...]
    real: int | None = None
    at_center: int | None = None


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
    """

    name: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    zeros: int
    base: dict[str, Any]

    @property
    def shares(self) -> dict[int | None, float]:
        """Share of the range per real count; None for what is not decided."""
        total = float(np.prod([float(a.high - a.low) for a in self.axes]))
        out: dict[int | None, float] = {}
        for cell in self.cells:
            size = float(np.prod([2 * float(h) for h in cell.half]))
            out[cell.real] = out.get(cell.real, 0.0) + size / total
        return dict(sorted(out.items(), key=lambda item: (item[0] is None, item[0] or 0)))

    def intervals(self) -> list[tuple[Fraction, Fraction, int | None]]:
        """For one axis: (low, high, real count) with neighbours of equal count joined."""
        if len(self.axes) != 1:
            raise InputError(f"{len(self.axes)} axes: intervals belong to one axis")
        out: list[tuple[Fraction, Fraction, int | None]] = []
        for cell in sorted(self.cells, key=lambda c: c.center):
            low, high = cell.center[0] - cell.half[0], cell.center[0] + cell.half[0]
            if out and out[-1][2] == cell.real:
                low = out.pop()[0]
            out.append((low, high, cell.real))
        return out

    def to_dict(self) -> dict[str, Any]:
        """JSON form with exact ends."""
        return {
            "subject": self.name,
            "axes": [{"name": a.name, "low": str(a.low), "high": str(a.high)} for a in self.axes],
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
            "word": "certified",
        }

    def __repr__(self) -> str:
        parts = ", ".join(
            f"{'undecided' if k is None else k}: {v:.1%}" for k, v in self.shares.items()
        )
        return f"RegionMap({self.name}, {len(self.cells)} cells; real zeros {parts})"

    def _repr_html_(self) -> str:
        return f"<figure>{self.to_svg()}<figcaption>{html.escape(repr(self))}</figcaption></figure>"

    def to_svg(self, size: int = 480) -> str:
        """Picture of the range coloured by the real count.

        Full colour: proved on the cell. Pale: certified at its centre. Black: neither.
        """
        counts = sorted({c.at_center for c in self.cells if c.at_center is not None})
        colour = {k: _COLOURS[i % len(_COLOURS)] for i, k in enumerate(counts)}
        height = size if len(self.axes) == 2 else size // 8
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{height + 40}">',
            "<style>text{font:12px sans-serif}</style>",
        ]
        for cell in self.cells:
            spans = []
            for axis, center, half in zip(self.axes, cell.center, cell.half, strict=True):
                width = axis.high - axis.low
                spans.append((float((center - half - axis.low) / width), float(2 * half / width)))
            (x, w), (y, h) = (*spans, (0.0, 1.0))[:2]
            fill = "#000" if cell.at_center is None else colour[cell.at_center]
            opacity = 1 if cell.real is not None or cell.at_center is None else 0.55
            parts.append(
                f'<rect x="{x * size:.2f}" y="{(1 - y - h) * height:.2f}" '
                f'width="{w * size:.2f}" height="{h * height:.2f}" fill="{fill}" '
                f'fill-opacity="{opacity}"/>'
            )
        names = " × ".join(f"{a.name} in [{a.low}, {a.high}]" for a in self.axes)
        parts.append(f'<text x="4" y="{height + 16}">{html.escape(names)}</text>')
        for i, k in enumerate(counts):
            parts.append(
                f'<rect x="{4 + 60 * i}" y="{height + 24}" width="10" height="10" '
                f'fill="{colour[k]}"/><text x="{18 + 60 * i}" y="{height + 34}">{k} real</text>'
            )
        return "".join([*parts, "</svg>"])


_COLOURS = ("#4477aa", "#ccbb44", "#228833", "#ee6677", "#66ccee", "#aa3377", "#bbbbbb")


def regions(
    subject: LinearNetwork | PolynomialSystem | str,
    axes: Sequence[tuple[str, Any, Any]],
    *,
    depth: int = 6,
    number: int = 0,
    signs: str | None = None,
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
    member = chosen.member(seed, budget)
    names = member.family.program.parameters
    ranges = tuple(_axis(entry, names) for entry in axes)
    if not 1 <= len(ranges) <= 2 or len({a.name for a in ranges}) < len(ranges):
        raise InputError(f"{len(ranges)} axes: expected one or two different parameters")
    if not 0 <= depth <= 20:
        raise InputError(f"depth = {depth}: expected 0 to 20")
    sample = chosen.sample(sample_seed(seed, number))
    whole = Cell(
        tuple((a.low + a.high) / 2 for a in ranges), tuple((a.high - a.low) / 2 for a in ranges)
    )
    positions = [names.index(a.name) for a in ranges]
    open_cells, tested = [whole], 0
    done: list[Cell] = []
    for level in range(depth + 1):
        following: list[Cell] = []
        for begin in range(0, len(open_cells), BATCH):
            batch = open_cells[begin : begin + BATCH]
            try:
                budget.check()
                if tested + len(batch) > MAX_CELLS:
                    raise LimitReached(f"more than {MAX_CELLS} cells")
            except LimitReached as limit:
                cells = (*done, *following, *open_cells[begin:])
                partial = RegionMap(chosen.name, ranges, cells, member.count, sample.data)
                raise LimitReached(str(limit), partial) from None
            tested += len(batch)
            budget.report("cells", tested)
            for cell in _decided(member, sample.values, positions, batch):
                if cell.real is not None:
                    done.append(cell)
                elif level == depth:
                    (point,) = _decided(member, sample.values, positions, [cell], shrink=True)
                    done.append(point)
                else:
                    following += _split(cell)
        open_cells = following
    return RegionMap(chosen.name, ranges, tuple(done), member.count, sample.data)


def _decided(
    member: Member,
    base: Sequence[fmpq],
    positions: Sequence[int],
    cells: Sequence[Cell],
    shrink: bool = False,
) -> list[Cell]:
    """The cells with their real counts where the test holds; `shrink`: at the centre only."""
    enclosures = []
    for cell in cells:
        values = list(base)
        for position, center in zip(positions, cell.center, strict=True):
            values[position] = fmpq(center.numerator, center.denominator)
        enclosure = balls([(v, fmpq(0)) for v in values])
        for position, half in zip(positions, cell.half, strict=True):
            if not shrink:
                radius = enclosure[position, 2] + _above(half)
                enclosure[position, 2] = np.nextafter(radius, np.inf)
        enclosures.append(enclosure)
    targets = np.array([e[:, 0] for e in enclosures], dtype=np.complex128)
    ends, _ = member.track_to(targets)
    out = []
    for cell, enclosure, end in zip(cells, enclosures, ends, strict=True):
        zeros = member.lifted(end)
        zeros = zeros[np.isfinite(zeros).all(axis=1)]
        batch = member.family.certifier.certify(zeros, enclosure)
        real = int((batch.reality == REAL).sum()) if _holds(member, batch) else None
        out.append(Cell(cell.center, cell.half, None if shrink else real, real))
    return out


def _holds(member: Member, batch: CertifiedBatch) -> bool:
    complete = len(batch.status) == member.count and batch.disjoint()
    return complete and bool((batch.reality != UNKNOWN).all())


def _split(cell: Cell) -> list[Cell]:
    half = tuple(h / 2 for h in cell.half)
    return [
        Cell(tuple(c + s * h for c, s, h in zip(cell.center, signs, half, strict=True)), half)
        for signs in itertools.product((-1, 1), repeat=len(half))
    ]


def _axis(entry: tuple[str, Any, Any], names: Sequence[str]) -> Axis:
    name, low, high = entry
    if name not in names:
        raise InputError(f"{name!r} is no parameter: expected one of {', '.join(names)}")
    ends = [exact_rational(v)[0] for v in (low, high)]
    first, second = (Fraction(int(v.p), int(v.q)) for v in ends)
    if not first < second:
        raise InputError(f"{name}: the range from {low} to {high} is empty")
    return Axis(name, first, second)


def _above(value: Fraction) -> float:
    """A double not below the value."""
    return float(np.nextafter(float(value), np.inf))
