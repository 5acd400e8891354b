"""Pictures of Newton polytopes and mixed subdivisions in two and three dimensions.

The format follows the file's suffix: everything matplotlib writes (.png, .svg, .pdf), or .html for
a stand-alone interactive page (needs plotly). Positions are exact until they are drawn.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from algebra.errors import InputError
from polytopes.hull import Row, as_rows, convex_hull
from polytopes.mixed_cells import MixedCells
from polytopes.newton import NewtonPolytope, newton_polytope

#: Fill of the cells by type: mixed, then one colour per support for its translates.
MIXED_COLOUR = "#4c72b0"
OTHER_COLOURS = ("#f0e2c8", "#d9ead3", "#ead1dc")
EDGE_COLOUR = "#333333"
#: Mixed cells labelled with their volume up to this many.
MAX_LABELS = 60


@dataclass(frozen=True, slots=True)
class PlaneCell:
    """One cell of a mixed subdivision in the plane: corners in order, type, twice its area."""

    corners: list[Row]
    kind: tuple[int, int]  # dimensions of the two summands
    doubled_area: int


def plane_subdivision(cells: MixedCells) -> list[PlaneCell]:
    """All cells, mixed or not, of the subdivision of P_1 + P_2 that the lifting induces (n = 2).

    Projections of the lower facets of the lifted Minkowski sum; exact.
    """
    first, second = (as_rows(a) for a in cells.supports)
    w1, w2 = ([int(x) for x in w] for w in cells.liftings)
    heights: dict[Row, int] = {}
    origin: dict[Row, tuple[int, int]] = {}
    for i, p in enumerate(first):
        for j, q in enumerate(second):
            total = (p[0] + q[0], p[1] + q[1])
            height = w1[i] + w2[j]
            if total not in heights or height < heights[total]:
                heights[total] = height
                origin[total] = (i, j)
    lifted = [(*p, h) for p, h in heights.items()]
    # A point far above everything makes the hull full-dimensional without touching lower facets.
    x = sum(p[0] for p in lifted) // len(lifted)
    y = sum(p[1] for p in lifted) // len(lifted)
    top = (
        x,
        y,
        1 + 4 * (1 + max(h for *_, h in lifted) - min(h for *_, h in lifted)) * len(lifted),
    )
    out = []
    for facet in convex_hull([*lifted, top]).facets:
        if facet.normal[2] >= 0:
            continue
        used = [lifted[k] for k in facet.points if k < len(lifted)]
        sums = [(p[0], p[1]) for p in used]
        parts = [origin[s] for s in sums]
        kind = (
            _rank([first[i] for i, _ in parts]),
            _rank([second[j] for _, j in parts]),
        )
        corners = _around(sums)
        out.append(PlaneCell(corners, kind, _doubled_area(corners)))
    return sorted(out, key=lambda c: (c.kind, c.corners))


def draw_mixed_cells(cells: MixedCells, path: str | Path) -> None:
    """Draw the mixed subdivision: in the plane all cells, in space the mixed cells.

    Parameters
    ----------
    cells : MixedCells
        With n = 2 or 3.
    path : str or Path
        Where to; the suffix decides the format.

    Raises
    ------
    InputError
        Another dimension, a format matplotlib does not know, or .html without plotly.
    """
    n = len(cells.supports)
    if n not in (2, 3):
        raise InputError(f"n = {n}: pictures need 2 or 3 variables")
    target = Path(path)
    if target.suffix == ".html":
        _write_html(_space_faces(cells) if n == 3 else _plane_faces(cells), target)
        return
    figure = Figure(figsize=(7, 6), layout="constrained")
    if n == 2:
        _draw_plane(figure, cells)
    else:
        _draw_space(figure, cells)
    _save(figure, target)


def draw_newton_polytope(polytope: NewtonPolytope, path: str | Path) -> None:
    """Draw a Newton polygon or polytope with its lattice points of the support (n = 2 or 3)."""
    points = polytope.points.astype(float)
    n = points.shape[1]
    if n not in (2, 3):
        raise InputError(f"n = {n}: pictures need 2 or 3 variables")
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    title = f"{len(polytope.vertices)} vertices, {n}!·volume {polytope.normalised_volume}"
    if n == 2:
        axes = figure.add_subplot()
        corners = np.array(_around([p for p in as_rows(polytope.points)]), dtype=float)
        axes.fill(*corners.T, color=MIXED_COLOUR, alpha=0.25)
        axes.plot(*np.vstack([corners, corners[:1]]).T, color=MIXED_COLOUR)
        axes.scatter(*points.T, color=EDGE_COLOUR, zorder=3)
        axes.set_aspect("equal")
    else:
        axes = figure.add_subplot(projection="3d")
        if polytope.dimension == 3:
            _add_faces(axes, _polytope_faces(polytope), MIXED_COLOUR, 0.25)
        axes.scatter(*points.T, color=EDGE_COLOUR)
    axes.set_title(title)
    _save(figure, Path(path))


# -- the plane -------------------------------------------------------------------------------------


def _draw_plane(figure: Figure, cells: MixedCells) -> None:
    axes = figure.add_subplot()
    pieces = plane_subdivision(cells)
    mixed = [c for c in pieces if c.kind == (1, 1)]
    for cell in pieces:
        corners = np.array(cell.corners, dtype=float)
        axes.fill(*corners.T, facecolor=_colour(cell.kind), edgecolor=EDGE_COLOUR, linewidth=1)
        if len(mixed) <= MAX_LABELS and cell.kind == (1, 1):
            axes.annotate(
                str(cell.doubled_area // 2),
                corners.mean(axis=0),
                ha="center",
                va="center",
                color="white",
            )
    axes.set_aspect("equal")
    axes.set_title(f"mixed volume {cells.mixed_volume} = area of {len(mixed)} mixed cells (blue)")
    axes.set_xlabel("P₁ + P₂; other colours: translates of cells of one polygon", fontsize=9)


def _colour(kind: tuple[int, int]) -> str:
    return MIXED_COLOUR if kind == (1, 1) else OTHER_COLOURS[0 if kind[0] == 2 else 1]


def _around(points: Sequence[Row]) -> list[Row]:
    """Corners of the convex hull of points in the plane, counterclockwise (monotone chain)."""
    rows = sorted(set(points))
    corners: list[Row] = []
    for sweep in (rows, rows[::-1]):
        chain: list[Row] = []
        for p in sweep:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        corners += chain[:-1] if len(chain) > 1 else chain
    return corners


def _turn(a: Row, b: Row, c: Row) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _doubled_area(corners: Sequence[Row]) -> int:
    pairs = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return abs(sum(p[0] * q[1] - p[1] * q[0] for p, q in pairs))


def _rank(points: Sequence[Row]) -> int:
    """Dimension of the affine hull of points in the plane."""
    distinct = sorted(set(points))
    if len(distinct) == 1:
        return 0
    return 2 if any(_turn(distinct[0], distinct[-1], p) for p in distinct) else 1


# -- space -----------------------------------------------------------------------------------------

Face = NDArray[np.float64]


def _draw_space(figure: Figure, cells: MixedCells) -> None:
    axes = figure.add_subplot(projection="3d")
    for j in range(len(cells)):
        shade = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3")[j % 5]
        corners, faces = _parallelepiped(cells, j)
        _add_faces(axes, faces, shade, 0.55)
        if len(cells) <= MAX_LABELS:
            axes.text(*corners.mean(axis=0), str(cells.volumes[j]), ha="center")
    total = _sum(cells)
    if total.dimension == 3:
        _add_faces(axes, _polytope_faces(total), "#999999", 0.06)
    low, high = total.points.astype(float).min(axis=0), total.points.astype(float).max(axis=0)
    for set_limit, a, b in zip(
        (axes.set_xlim, axes.set_ylim, axes.set_zlim), low, high, strict=True
    ):
        set_limit(a, max(b, a + 1))
    axes.set_title(f"{len(cells)} mixed cells in P₁ + P₂ + P₃, mixed volume {cells.mixed_volume}")


def _sum(cells: MixedCells) -> NewtonPolytope:
    """The Minkowski sum of the supports' hulls."""
    first, *others = (newton_polytope(a) for a in cells.supports)
    for other in others:
        first = first + other
    return first


def _parallelepiped(cells: MixedCells, j: int) -> tuple[Face, list[Face]]:
    """Corners (8, 3) and faces of mixed cell j in the Minkowski sum."""
    ends = [a[cells.edges[j, i]].astype(float) for i, a in enumerate(cells.supports)]
    corners = {
        choice: sum(e[b] for e, b in zip(ends, choice, strict=True))
        for choice in itertools.product((0, 1), repeat=3)
    }
    faces = []
    for axis in range(3):
        u, v = (k for k in range(3) if k != axis)
        for side in (0, 1):
            around = []
            for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)):
                choice = [side] * 3
                choice[u], choice[v] = x, y
                around.append(corners[tuple(choice)])
            faces.append(np.array(around))
    return np.array(list(corners.values())), faces


def _polytope_faces(polytope: NewtonPolytope) -> list[Face]:
    """Facets of a polytope in space as polygons in order."""
    rows = as_rows(polytope.points)
    vertices = set(polytope.vertices)
    out = []
    for normal, _, on in polytope.inequalities:
        corners = np.array([rows[i] for i in on if i in vertices], dtype=float)
        middle = corners.mean(axis=0)
        direction = np.array(normal, dtype=float)
        u = corners[0] - middle
        v = np.cross(direction / np.linalg.norm(direction), u)
        angles = [math.atan2(float((c - middle) @ v), float((c - middle) @ u)) for c in corners]
        out.append(corners[np.argsort(angles)])
    return out


def _add_faces(axes: Any, faces: list[Face], colour: str, alpha: float) -> None:
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]

    axes.add_collection3d(
        Poly3DCollection(
            faces, facecolors=colour, edgecolors=EDGE_COLOUR, linewidths=0.6, alpha=alpha
        )
    )
    points = np.concatenate(faces)
    axes.auto_scale_xyz(*points.T)


# -- files -----------------------------------------------------------------------------------------


def _save(figure: Figure, path: Path) -> None:
    known = figure.canvas.get_supported_filetypes()
    if path.suffix[1:] not in known:
        raise InputError(
            f"{path.name}: unknown picture format; use one of .html, "
            + ", ".join(f".{k}" for k in sorted(known))
        )
    figure.savefig(path, dpi=150)


def _plane_faces(cells: MixedCells) -> list[tuple[str, str, Face]]:
    """(label, colour, corners in the plane z = 0) of every cell."""
    out = []
    for cell in plane_subdivision(cells):
        corners = np.array([(*p, 0) for p in cell.corners], dtype=float)
        name = "mixed" if cell.kind == (1, 1) else f"type {cell.kind}"
        out.append((f"{name}, area {cell.doubled_area / 2:g}", _colour(cell.kind), corners))
    return out


def _space_faces(cells: MixedCells) -> list[tuple[str, str, Face]]:
    """(label, colour, corners) of the faces of every mixed cell."""
    shades = (MIXED_COLOUR, "#dd8452", "#55a868", "#c44e52", "#8172b3")
    return [
        (f"cell {j + 1}, volume {cells.volumes[j]}", shades[j % 5], face)
        for j in range(len(cells))
        for face in _parallelepiped(cells, j)[1]
    ]


def _write_html(faces: list[tuple[str, str, Face]], path: Path) -> None:
    try:
        from plotly import graph_objects
    except ImportError as error:
        raise InputError(
            "interactive pictures need plotly: install critnet[interactive] or write .png or .svg"
        ) from error
    figure = graph_objects.Figure()
    for label, colour, corners in faces:
        fan = range(1, len(corners) - 1)
        figure.add_trace(
            graph_objects.Mesh3d(
                x=corners[:, 0],
                y=corners[:, 1],
                z=corners[:, 2],
                i=[0] * len(fan),
                j=list(fan),
                k=[f + 1 for f in fan],
                color=colour,
                opacity=0.6,
                name=label,
                hovertemplate=label + "<extra></extra>",
            )
        )
        closed = np.vstack([corners, corners[:1]])
        figure.add_trace(
            graph_objects.Scatter3d(
                x=closed[:, 0],
                y=closed[:, 1],
                z=closed[:, 2],
                mode="lines",
                line={"color": EDGE_COLOUR},
                hoverinfo="skip",
                showlegend=False,
            )
        )
    figure.write_html(path, include_plotlyjs=True)
