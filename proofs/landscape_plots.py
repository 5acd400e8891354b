"""Pictures of landscapes: loss against index, disconnectivity graph, slices through points.

`draw_landscape` writes them side by side to PNG, SVG or PDF; to HTML see `proofs.landscape_page`.
Heights of points are certified; flow lines behind the disconnectivity graph are floating point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from proofs.descent import Merge, connections, disconnectivity
from proofs.landscape import Landscape

FloatArray = NDArray[np.float64]

#: Colour and matplotlib marker of each kind: a colour-blind safe palette (P. Tol), and shapes.
STYLES = {
    "minimum": ("#228833", "o"),
    "saddle": ("#4477aa", "^"),
    "maximum": ("#ee6677", "s"),
    "degenerate": ("#ccbb44", "D"),
    "undecided": ("#999999", "X"),
}
SUFFIXES = (".png", ".svg", ".pdf", ".html")
#: Points per side of a slice, contour levels, margin around the points of a slice.
GRID, LEVELS, MARGIN = 161, 24, 0.45
#: A point lies in a slice if it is this near to the plane, relative to the slice's size.
IN_PLANE = 1e-6


@dataclass(frozen=True, eq=False)
class Slice:
    """Values of the objective on a plane, or on a line where only two points are given.

    Attributes
    ----------
    points : tuple of int
        Positions of the critical points that span it.
    axes : float64 array, shape (d, n), d = 1 or 2
        Orthonormal directions.
    origin : float64 array, shape (n,)
    grids : d float64 arrays
        Coordinates along the axes.
    values : float64 array, shape (len(grids[-1]), …, len(grids[0]))
    marks : list of (position, coordinates (d,))
        Critical points that lie in it.
    """

    points: tuple[int, ...]
    axes: FloatArray
    origin: FloatArray
    grids: tuple[FloatArray, ...]
    values: FloatArray
    marks: list[tuple[int, FloatArray]]


def slice_through(
    landscape: Landscape, points: Sequence[int] | None = None, *, grid: int = GRID
) -> Slice:
    """The slice spanned by three critical points, or by two where no three span a plane.

    Parameters
    ----------
    points : positions, optional
        Default: the lowest point, and those that follow it first (minima of other orbits, then
        saddles from the lowest on) and span a plane.

    Raises
    ------
    InputError
        Fewer than two critical points, or the chosen ones do not span a line or a plane.
    """
    positions = _spanning(landscape) if points is None else list(points)
    if len(positions) not in (2, 3):
        raise InputError(f"{len(positions)} points: a slice goes through 2 or 3 critical points")
    if any(not 0 <= k < len(landscape.points) for k in positions):
        raise InputError(f"the landscape has points 0 to {len(landscape.points) - 1} only")
    weights = np.array([landscape.points[k].weights for k in positions])
    axes = _orthonormal(weights[1:] - weights[0])
    if len(axes) < len(positions) - 1:
        raise InputError(f"points {positions} lie on a line: choose others")
    everything = np.array([p.weights for p in landscape.points])
    flat = (everything - weights[0]) @ axes.T
    size = float(np.abs(flat[positions]).max())
    distance = np.abs(everything - weights[0] - flat @ axes).max(axis=1)
    marks = [k for k in range(len(everything)) if distance[k] <= IN_PLANE * size]
    low, high = flat[marks].min(axis=0), flat[marks].max(axis=0)
    border = MARGIN * float((high - low).max())
    grids = tuple(np.linspace(a - border, b + border, grid) for a, b in zip(low, high, strict=True))
    mesh = np.stack([g.ravel() for g in np.meshgrid(*grids)], axis=1)
    values = landscape.objective.values(weights[0] + mesh @ axes)
    shape = tuple(len(g) for g in reversed(grids))
    return Slice(
        tuple(positions), axes, weights[0], grids, values.reshape(shape),
        [(k, flat[k]) for k in marks],
    )  # fmt: skip


def _spanning(landscape: Landscape) -> list[int]:
    """Up to three points that span a plane, preferring minima, then one per orbit."""
    if len(landscape.points) < 2:
        raise InputError("a slice needs two critical points")
    minima, others = landscape.of_kind("minimum"), range(len(landscape.points))
    order = list(dict.fromkeys([*minima[:1], *minima[1:], *others]))
    chosen = order[:1]
    start = landscape.points[chosen[0]].weights
    for k in order[1:]:
        steps = [landscape.points[j].weights - start for j in (*chosen[1:], k)]
        if len(_orthonormal(np.array(steps))) == len(steps):
            chosen.append(k)
        if len(chosen) == 3:
            break
    return chosen


def _orthonormal(steps: FloatArray) -> FloatArray:
    """Gram–Schmidt on the rows; dependent rows are left out."""
    axes: list[FloatArray] = []
    for step in steps:
        rest = step - sum((np.dot(step, a) * a for a in axes), np.zeros_like(step))
        length = float(np.linalg.norm(rest))
        if length > 1e-6 * float(np.linalg.norm(steps, axis=1).max()):
            axes.append(rest / length)
    return np.array(axes).reshape(len(axes), steps.shape[1])


# -- matplotlib ------------------------------------------------------------------------------------


def draw_landscape(
    landscape: Landscape, path: str | Path, *, points: Sequence[int] | None = None
) -> Path:
    """Write all pictures of a landscape to one file; its suffix chooses the format.

    Parameters
    ----------
    points : positions, optional
        Critical points that span the slice.

    Raises
    ------
    InputError
        Unknown suffix, no critical points, or plotly is missing for HTML.
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise InputError(f"{target.name}: expected a name that ends in {', '.join(SUFFIXES)}")
    if not landscape.points:
        raise InputError("nothing to draw: there are no real critical points")
    if target.suffix.lower() == ".html":
        from proofs.landscape_page import write_page

        return write_page(landscape, target, points)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 4.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    plot_loss_against_index(landscape, left)
    plot_disconnectivity(landscape, middle)
    plot_slice(landscape, right, points)
    metadata = {"Date": None} if target.suffix.lower() == ".svg" else None
    figure.savefig(target, dpi=150, metadata=metadata)
    return target


def plot_loss_against_index(landscape: Landscape, axes: Any) -> None:
    """One mark per orbit: horizontally the Morse index, vertically the loss."""
    for kind, index, value, number in _orbit_marks(landscape):
        colour, marker = STYLES[kind]
        axes.scatter([index], [value], s=60, c=colour, marker=marker, zorder=3)
        if number > 1:
            axes.annotate(f"×{number}", (index, value), (7, -3), textcoords="offset points")
    for kind, number in landscape.kind_counts.items():
        colour, marker = STYLES[kind]
        axes.scatter([], [], c=colour, marker=marker, label=f"{kind} ({number})")
    axes.set_xlabel("Morse index")
    axes.set_ylabel("loss")
    axes.set_title("Critical points: loss and Morse index")
    indices = [p.index for p in landscape.points if p.index is not None]
    axes.set_xticks(range(max(indices, default=0) + 1))
    axes.margins(x=0.15)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def _orbit_marks(landscape: Landscape) -> list[tuple[str, int, float, int]]:
    """(kind, index or −1, loss, number of points) of every orbit."""
    orbits = [p.orbit for p in landscape.points]
    first = [orbits.index(o) for o in dict.fromkeys(orbits)]
    chosen = [landscape.points[k] for k in first]
    return [
        (p.kind, -1 if p.index is None else p.index, p.value, orbits.count(p.orbit)) for p in chosen
    ]


def plot_disconnectivity(landscape: Landscape, axes: Any) -> None:
    """Minima as leaves, joined at the height of the lowest saddle between them."""
    tree = tree_of(landscape, disconnectivity(landscape, connections(landscape)))
    for xs, ys in tree.lines:
        axes.plot(xs, ys, color="#4477aa", lw=1.4)
    colour, marker = STYLES["minimum"]
    for k, (x, y) in tree.leaves.items():
        axes.scatter([x], [y], s=60, c=colour, marker=marker, zorder=3)
        axes.annotate(str(k), (x, y), (0, -14), textcoords="offset points", ha="center")
    axes.set_xticks([])
    axes.set_ylabel("loss")
    axes.set_title("Minima joined at saddles (numerical flow)")
    axes.margins(0.12)
    axes.grid(alpha=0.3)


@dataclass(frozen=True)
class Tree:
    """Disconnectivity graph as drawn: polylines, and minimum -> place."""

    lines: list[tuple[list[float], list[float]]]
    leaves: dict[int, tuple[float, float]]


def tree_of(landscape: Landscape, merges: Sequence[Merge]) -> Tree:
    """Places of the minima and polylines that join them, in the order of the merges."""
    heights = [p.value for p in landscape.points]
    order = _leaf_order(landscape.of_kind("minimum"), merges)
    place: dict[tuple[int, ...], tuple[float, float]] = {
        (k,): (float(i), heights[k]) for i, k in enumerate(order)
    }
    leaves = {k: place[(k,)] for k in order}
    lines = []
    for merge in merges:
        (x1, y1), (x2, y2) = place[merge.left], place[merge.right]
        top = heights[merge.saddle]
        lines.append(([x1, x1, x2, x2], [y1, top, top, y2]))
        place[tuple(sorted((*merge.left, *merge.right)))] = ((x1 + x2) / 2, top)
    return Tree(lines, leaves)


def _leaf_order(minima: Sequence[int], merges: Sequence[Merge]) -> list[int]:
    """Minima ordered so that merged groups are neighbours."""
    lists: dict[tuple[int, ...], list[int]] = {(k,): [k] for k in minima}
    for merge in merges:
        joined = lists.pop(merge.left) + lists.pop(merge.right)
        lists[tuple(sorted((*merge.left, *merge.right)))] = joined
    return [k for group in lists.values() for k in group]


def plot_slice(landscape: Landscape, axes: Any, points: Sequence[int] | None = None) -> None:
    """Level lines of the objective on a plane through critical points, or its graph on a line."""
    if len(landscape.points) < 2:
        axes.set_axis_off()
        axes.set_title("one critical point: no slice")
        return
    cut = slice_through(landscape, points)
    names = ", ".join(map(str, cut.points))
    axes.set_title(f"Slice through points {names}")
    if len(cut.grids) == 1:
        axes.plot(cut.grids[0], cut.values, color="#555555")
    else:
        levels = contour_levels(landscape, cut)
        drawn = axes.contourf(*cut.grids, cut.values, levels=levels, cmap="viridis", extend="max")
        lines = axes.contour(*cut.grids, cut.values, levels=levels, colors="white", linewidths=0.3)
        # As paths, thousands of contour vertices would make up most of an SVG or PDF file.
        drawn.set_rasterized(True)
        lines.set_rasterized(True)
        axes.figure.colorbar(drawn, ax=axes, label="loss")
        axes.set_aspect("equal")
    for k, where in cut.marks:
        point = landscape.points[k]
        colour, marker = STYLES[point.kind]
        spot = (where[0], where[1] if len(where) > 1 else point.value)
        axes.scatter(*[[v] for v in spot], s=60, c=colour, marker=marker, ec="white", zorder=3)
        axes.annotate(
            str(k), spot, (5, 5), textcoords="offset points",
            color="white" if len(where) > 1 else "black",
        )  # fmt: skip


def contour_levels(landscape: Landscape, cut: Slice) -> FloatArray:
    """Contour levels, dense between the lowest value and a little above the highest point.

    Square roots are spaced evenly: near a minimum the objective is quadratic.
    """
    low = float(cut.values.min())
    top = max(landscape.points[k].value for k, _ in cut.marks)
    top = low + 1.5 * (top - low) if top > low else low + 1.0
    return low + (top - low) * np.linspace(0, 1, LEVELS) ** 2
