"""Regions of constant real count in one or two parameters, certified cell by cell.

If all zeros of a cell's centre pass the test of `homotopy.moving_boxes` over the whole cell, stay
apart, and each is decided to be real or not, then every member in the cell has these zeros, all
simple and as many of them real, and no others where no member has more than the generic number:
the discriminant does not vanish there. Cells that fail are split; at the last depth only the centre
is certified. The boundary between two counts lies in undecided cells.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.rationals import exact_rational
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.families import is_reducible, signal_conditions
from homotopy.members import Member, generic_member
from homotopy.moving_boxes import CellCertifier
from homotopy.sweep import choose_subject
from homotopy.sweep_subjects import NetworkSubject
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

    @property
    def width(self) -> Fraction:
        """Length of the range."""
        return self.high - self.low


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
    """

    name: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    zeros: int
    base: dict[str, Any]
    word: Word
    relies_on: tuple[str, ...]

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
            "word": str(self.word),
            "relies_on": list(self.relies_on),
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

        Full colour: certified on the whole cell. Pale: certified at its centre. Black: neither.
        For one axis a strip.
        """
        counts = sorted({c.at_center for c in self.cells if c.at_center is not None})
        colour = {k: _COLOURS[i % len(_COLOURS)] for i, k in enumerate(counts)}
        height = size if len(self.axes) == 2 else size // 8
        left, right, bottom = 70 if len(self.axes) == 2 else 24, 24, 46
        legend = 22 * (1 + len(counts))
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + size + right} '
            f'{height + bottom + legend + 12}" width="{left + size + right}" role="img">',
            "<style>text{font:13px sans-serif}</style>",
            f'<g transform="translate({left} 8)" shape-rendering="crispEdges">',
        ]
        for cell in self.cells:
            spans = [
                (float((c - h - axis.low) / axis.width), float(2 * h / axis.width))
                for axis, c, h in zip(self.axes, cell.center, cell.half, strict=True)
            ]
            (x, w), (y, h) = (*spans, (0.0, 1.0))[:2]
            fill = "#000" if cell.at_center is None else colour[cell.at_center]
            pale = cell.real is None and cell.at_center is not None
            parts.append(
                f'<rect x="{x * size:.2f}" y="{(1 - y - h) * height:.2f}" '
                f'width="{w * size:.2f}" height="{h * height:.2f}" fill="{fill}"'
                + (' fill-opacity="0.45"/>' if pale else "/>")
            )
        parts.append(f'</g><g transform="translate({left} 8)">')
        first, *rest = self.axes
        parts += _ticks(first, [(size * k / 4, height + 18, "middle") for k in range(5)])
        parts.append(_text(size / 2, height + 38, "middle", first.name))
        for axis in rest:
            parts += _ticks(axis, [(-8, height * (1 - k / 4) + 4, "end") for k in range(5)])
            parts.append(
                f'<text transform="translate({-50} {height / 2}) rotate(-90)" '
                f'text-anchor="middle">{html.escape(axis.name)}</text>'
            )
        for i, k in enumerate(counts):
            y = height + bottom + 22 * i
            share = self.shares.get(k, 0.0)
            parts.append(f'<rect y="{y}" width="14" height="14" fill="{colour[k]}"/>')
            parts.append(_text(22, y + 12, "start", f"{k} real, certified on {share:.1%}"))
        y = height + bottom + 22 * len(counts)
        parts.append(
            _text(0, y + 12, "start", "pale: certified at centres of cells only; black: undecided")
        )
        return "".join([*parts, "</g></svg>"])


def _ticks(axis: Axis, places: Sequence[tuple[float, float, str]]) -> list[str]:
    values = [axis.low + axis.width * Fraction(k, 4) for k in range(5)]
    return [
        _text(x, y, anchor, f"{float(value):.4g}")
        for value, (x, y, anchor) in zip(values, places, strict=True)
    ]


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


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
    conditions = None
    if isinstance(chosen, NetworkSubject) and is_reducible(chosen.network):
        # Few unknowns and well conditioned: cells hundreds of times wider than in all weights.
        network = chosen.network
        member = generic_member(network, coordinates="signals", seed=seed, budget=budget)
        conditions = signal_conditions(network)
    else:
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
    tests = CellCertifier(
        member.family.program,
        sample.values,
        [names.index(a.name) for a in ranges],
        conditions,
    )
    word, reason = chosen.upper

    def result(cells: Sequence[Cell]) -> RegionMap:
        return RegionMap(
            chosen.name, ranges, tuple(cells), member.count, sample.data, word, (reason,)
        )

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
                raise LimitReached(str(limit), result(cells)) from None
            tested += len(batch)
            budget.report("cells", tested)
            for cell in _decided(member, tests, batch):
                if cell.real is not None:
                    done.append(cell)
                elif level == depth:
                    (point,) = _decided(member, tests, [cell], shrink=True)
                    done.append(point)
                else:
                    following += _split(cell)
        open_cells = following
    return result(done)


def _decided(
    member: Member, tests: CellCertifier, cells: Sequence[Cell], shrink: bool = False
) -> list[Cell]:
    """The cells with their real counts where the test holds; `shrink`: at the centre only."""
    centers = np.array([[float(v) for v in cell.center] for cell in cells])
    half = np.array([[_reach(cell, k, shrink) for k in range(len(cell.center))] for cell in cells])
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


def _reach(cell: Cell, k: int, shrink: bool) -> float:
    """A double above the distance of the cell's edge, or centre, from the centre as a double."""
    center = cell.center[k]
    distance = abs(center - Fraction(float(center))) + (0 if shrink else cell.half[k])
    return _above(distance) if distance else 0.0


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
