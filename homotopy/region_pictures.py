"""Pictures of regions: the range of one or two parameters coloured by the number of real zeros.

Full colour: constant on the whole cell, certified. Pale: certified at the centre of the cell only.
Dark grey: neither. For one axis a strip, with marks at the exact boundary where that is known.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogFormatterSciNotation, LogLocator

from algebra.errors import InputError

if TYPE_CHECKING:
    from homotopy.region_cells import Axis
    from homotopy.regions import RegionMap

SUFFIXES = (".svg", ".png", ".pdf")
#: Paul Tol's bright scheme, without its grey: distinguishable with any colour vision.
COLOURS = ("#4477AA", "#CCBB44", "#228833", "#EE6677", "#66CCEE", "#AA3377")
UNDECIDED = "#555555"
#: More counts than colours: a scale from light to dark instead.
SCALE = "viridis_r"


def draw_regions(regions: RegionMap, path: str | Path) -> None:
    """Write the picture; the suffix of `path` is one of `SUFFIXES`."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name}: expected a name that ends in {', '.join(SUFFIXES)}")
    _figure(regions).savefig(path, dpi=200)


def svg(regions: RegionMap) -> str:
    """The picture as SVG text."""
    out = io.StringIO()
    _figure(regions).savefig(out, format="svg")
    return out.getvalue()[out.getvalue().index("<svg") :]


def _figure(regions: RegionMap) -> Figure:
    plane = len(regions.axes) == 2
    figure = Figure(figsize=(6.4, 6.0 if plane else 2.3), layout="constrained")
    axes: Any = figure.subplots()
    counts = sorted({c.at_center for c in regions.cells if c.at_center is not None})
    colour = _colours(counts)
    corners, faces = [], []
    for cell in regions.cells:
        left, right = cell.ends[0]
        low, high = cell.ends[1] if plane else (Fraction(0), Fraction(1))
        corners.append([(float(x), float(y)) for x, y in (
            (left, low), (right, low), (right, high), (left, high))])  # fmt: skip
        face = UNDECIDED if cell.at_center is None else colour[cell.at_center]
        pale = cell.real is None and cell.at_center is not None
        faces.append(_paler(face) if pale else _rgb(face))
    cells = PolyCollection(corners, facecolors=faces, edgecolors=faces, linewidths=0.2)
    axes.add_collection(cells)
    first, *rest = regions.axes
    _scale(axes, "x", first)
    if rest:
        _scale(axes, "y", rest[0])
    else:
        axes.set_ylim(0, 1)
        axes.set_yticks([])
        _mark_boundary(axes, regions)
    shares = regions.shares
    handles: list[Any] = [
        Patch(color=colour[k], label=f"{k} real: certified on {shares.get(k, 0.0):.1%}")
        for k in counts
    ]
    kinds = {(c.real is None, c.at_center is None) for c in regions.cells}
    if (True, False) in kinds:
        handles.append(Patch(color=_paler(COLOURS[0]), label="pale: certified at centres"))
    if (True, True) in kinds:
        handles.append(Patch(color=UNDECIDED, label="undecided"))
    meet = {v.meet for v in regions.exact.values} if regions.exact is not None else set()
    if True in meet:
        handles.append(Line2D([], [], color="black", lw=0.8, label="two zeros meet (exact)"))
    if False in meet:
        label = "zeros may pass through infinity"
        handles.append(Line2D([], [], color="black", lw=0.8, ls=":", label=label))
    columns = 2 if plane else 3
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, fontsize=8)
    axes.set_title(f"{regions.name}: number of real zeros", fontsize=10)
    return figure


def _mark_boundary(axes: Any, regions: RegionMap) -> None:
    """Lines where zeros meet, and the exact counts above the strip."""
    boundary = regions.exact
    if boundary is None:
        return
    (axis,) = regions.axes
    for value in boundary.values:
        axes.axvline(float(value), color="black", linewidth=0.8, ls="-" if value.meet else ":")
    ends = [float(axis.low), *map(float, boundary.values), float(axis.high)]
    width = abs(_place(axis, ends[-1]) - _place(axis, ends[0]))
    for a, b, count in zip(ends, ends[1:], boundary.counts, strict=False):
        if abs(_place(axis, b) - _place(axis, a)) > 0.03 * width:
            middle = np.sqrt(a * b) * np.sign(a) if axis.log else (a + b) / 2
            axes.text(middle, 0.5, str(count), ha="center", va="center", color="white",
                      fontweight="bold")  # fmt: skip


def _place(axis: Axis, value: float) -> float:
    return float(np.log(abs(value))) if axis.log else value


def _scale(axes: Any, which: str, axis: Axis) -> None:
    getattr(axes, f"set_{which}lim")(float(axis.low), float(axis.high))
    getattr(axes, f"set_{which}label")(axis.name)
    if axis.log:
        getattr(axes, f"set_{which}scale")("log" if axis.low > 0 else "symlog")
        ticks = getattr(axes, f"{which}axis")
        if axis.low > 0 and axis.high / axis.low < 100:
            # Less than two decades: powers of ten alone would leave one tick or none.
            ticks.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ticks.set_major_formatter("{x:g}")
            ticks.set_minor_formatter("")
        elif axis.low > 0:
            ticks.set_major_formatter(LogFormatterSciNotation())


def _colours(counts: list[int]) -> dict[int, str]:
    if len(counts) <= len(COLOURS):
        return dict(zip(counts, COLOURS, strict=False))
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    steps = colormaps[SCALE](np.linspace(0.05, 1, len(counts)))
    return {k: to_hex(c) for k, c in zip(counts, steps, strict=True)}


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))


def _paler(colour: str) -> tuple[float, ...]:
    """Mixed with white: unlike transparency it hides what lies below."""
    return tuple(0.4 * c + 0.6 for c in _rgb(colour))
