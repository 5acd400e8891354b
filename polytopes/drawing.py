"""Pictures of Newton polytopes and mixed subdivisions in two and three dimensions.

The format follows the file's suffix: everything matplotlib writes (.png, .svg, .pdf), or .html for
a stand-alone interactive page (needs plotly). What is shown is decided in `polytopes.scenes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colors, patheffects
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from algebra.errors import InputError
from polytopes.mixed_cells import MixedCells
from polytopes.newton import NewtonPolytope, newton_polytope
from polytopes.scenes import (
    EDGE_COLOUR,
    EXPONENT_OF,
    POLYTOPE_COLOURS,
    Piece,
    Points,
    Scene,
    polytope_scene,
    subdivision_scene,
)
from polytopes.stable import StableCells

#: Cells are labelled with their volumes up to this many.
MAX_LABELS = 80
#: How far cells in space move away from the middle, relative to their distance.
EXPLOSION = 0.55
#: Direction the light comes from, in space.
LIGHT = np.array([0.35, -0.55, 0.76])
#: Pictures keep equal scales up to this ratio of the sides.
MAX_ASPECT = 12


def draw_mixed_cells(
    cells: MixedCells | StableCells, path: str | Path, *, variables: Sequence[str] = ()
) -> None:
    """Draw the polytopes and the mixed subdivision of their sum.

    In the plane all cells tile the sum; in space they are moved apart, cells that are not mixed
    transparent. Cells are coloured by type (stable ones by the zeros they predict) and labelled
    with their volumes.

    Parameters
    ----------
    cells : MixedCells or StableCells
        With n = 2 or 3.
    path : str or Path
        Where to; the suffix decides the format.
    variables : names of the coordinates, optional

    Raises
    ------
    InputError
        Another dimension, a format matplotlib does not know, or .html without plotly.
    """
    target = Path(path)
    scene = subdivision_scene(cells, variables=variables)
    supports = (cells.cells if isinstance(cells, StableCells) else cells).supports
    summands = [
        polytope_scene(newton_polytope(a), variables=variables, name=f"P{'₁₂₃'[i]}", colour=colour)
        for i, (a, colour) in enumerate(zip(supports, POLYTOPE_COLOURS, strict=False))
    ]
    if target.suffix == ".html":
        from polytopes.interactive import write_subdivision

        write_subdivision(scene, summands, target)
        return
    n = scene.dimension
    figure = Figure(figsize=(11, 7.2), layout="constrained")
    grid = figure.add_gridspec(n, 2, width_ratios=(1, 2.6))
    projection = None if n == 2 else "3d"
    for i, summand in enumerate(summands):
        axes = figure.add_subplot(grid[i, 0], projection=projection)
        _paint(axes, summand, small=True)
    _paint(figure.add_subplot(grid[:, 1], projection=projection), scene)
    handles = [
        Patch(facecolor=p.colour, edgecolor=EDGE_COLOUR, label=p.kind)
        for p in _legend(scene.pieces)
    ]
    if handles:
        figure.legend(
            handles=handles, loc="outside lower center", ncols=n, frameon=False, fontsize=9
        )
    _save(figure, target)


def draw_newton_polytope(
    polytope: NewtonPolytope, path: str | Path, *, variables: Sequence[str] = ()
) -> None:
    """Draw a Newton polygon or polytope with the points of its support (n = 2 or 3).

    Parameters and errors as for `draw_mixed_cells`.
    """
    target = Path(path)
    scene = polytope_scene(polytope, variables=variables)
    if target.suffix == ".html":
        from polytopes.interactive import write_polytope

        write_polytope(scene, target)
        return
    figure = Figure(figsize=(7, 6.2), layout="constrained")
    _paint(figure.add_subplot(projection=None if scene.dimension == 2 else "3d"), scene)
    _save(figure, target)


# -- axes ------------------------------------------------------------------------------------------


def _paint(axes: Any, scene: Scene, *, small: bool = False) -> None:
    if scene.dimension == 2:
        _paint_plane(axes, scene)
    else:
        _paint_space(axes, scene, small)
    size = 9 if small else 11
    axes.set_title(scene.title, fontsize=size)
    for axis, name in zip(("x", "y", "z"), scene.axes, strict=False):
        # Small axes in space have no room for more than the variable.
        short = name.removeprefix(EXPONENT_OF) if small and scene.dimension == 3 else name
        pad = -6 if short is not name else None
        getattr(axes, f"set_{axis}label")(short, fontsize=size - 2, labelpad=pad)
        getattr(axes, f"{axis}axis").set_major_locator(MaxNLocator(5 if small else 8, integer=True))
        axes.tick_params(labelsize=size - 3, **({"pad": 0} if pad else {}))


def _paint_plane(axes: Any, scene: Scene) -> None:
    for piece in scene.pieces:
        for face in piece.faces:
            if len(face) < 3:
                axes.plot(*face.T, color=piece.colour, linewidth=3)
                continue
            axes.fill(*face.T, facecolor=piece.colour, edgecolor=EDGE_COLOUR, linewidth=1.1)
    if len(scene.pieces) <= MAX_LABELS:
        for piece in scene.pieces:
            axes.annotate(piece.label, piece.centre, ha="center", va="center", **_style(piece))
    if scene.points:
        axes.scatter(*_floats(scene.points).T, color=EDGE_COLOUR, s=18, zorder=3)
    corners = scene.corners()
    width, height = np.ptp(corners, axis=0)
    if max(width, height) <= MAX_ASPECT * max(min(width, height), 1e-300):
        axes.set_aspect("equal")
    axes.margins(0.08)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(color="#e3e6ea", linewidth=0.6)
    axes.set_axisbelow(True)


def _paint_space(axes: Any, scene: Scene, small: bool) -> None:
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]

    corners = scene.corners()
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle = (low + high) / 2
    spread = EXPLOSION if len(scene.pieces) > 1 else 0.0
    faces, fills, lines = [], [], []
    for piece in scene.pieces:
        shift = spread * (piece.centre - middle)
        for face in piece.faces:
            faces.append(face + shift)
            opacity = (0.45 if scene.points else 0.93) if piece.strong else 0.11
            fills.append((*_shaded(piece.colour, face), opacity))
            lines.append(colors.to_rgba(EDGE_COLOUR, 0.85 if piece.strong else 0.2))
    # One collection: its faces are sorted by depth together.
    axes.add_collection3d(
        Poly3DCollection(faces, facecolors=fills, edgecolors=lines, linewidths=0.7)
    )
    axes.computed_zorder = False
    if len(scene.pieces) <= MAX_LABELS:
        for piece in scene.pieces:
            if piece.strong:
                place = piece.centre + spread * (piece.centre - middle)
                axes.text(*place, piece.label, ha="center", va="center", zorder=20, **_style(piece))
    if scene.points:
        axes.scatter(*_floats(scene.points).T, color=EDGE_COLOUR, s=10, zorder=10, depthshade=False)
    reach = np.maximum((1 + spread) * (high - low) / 2, 0.5)
    for set_limits, m, r in zip(
        (axes.set_xlim, axes.set_ylim, axes.set_zlim), middle, reach, strict=True
    ):
        set_limits(m - r, m + r)
    if reach.max() <= MAX_ASPECT * reach.min():
        axes.set_box_aspect(reach, zoom=1.0 if small else 0.95)
    axes.view_init(elev=22, azim=-58)
    if spread:
        # Cells that have moved apart have no coordinates to read off.
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.set_ticklabels([])
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color((0.97, 0.975, 0.98, 1.0))
        axis._axinfo["grid"].update(color="#dfe3e8", linewidth=0.6)


def _style(piece: Piece) -> dict[str, Any]:
    """White with a dark rim on strong colours, small and grey on the others."""
    if not piece.strong:
        return {"color": "#5b626c", "fontsize": 8}
    rim = patheffects.withStroke(linewidth=2.2, foreground="#1c2733")
    return {"color": "white", "fontsize": 11, "fontweight": "bold", "path_effects": [rim]}


def _shaded(colour: str, face: Points) -> tuple[float, float, float]:
    """The colour of a face in the light: darker where it turns away."""
    normal = np.cross(face[1] - face[0], face[2] - face[0]) if len(face) > 2 else LIGHT
    length = float(np.linalg.norm(normal)) or 1.0
    light = 0.72 + 0.28 * abs(float(normal @ LIGHT)) / length
    red, green, blue = colors.to_rgb(colour)
    return red * light, green * light, blue * light


def _floats(points: Sequence[Any]) -> Points:
    return np.array(points, dtype=float)


def _legend(pieces: Sequence[Piece]) -> list[Piece]:
    """One piece of each kind, those that stand out first."""
    return list({p.kind: p for p in reversed(pieces)}.values())


def _save(figure: Figure, path: Path) -> None:
    known = figure.canvas.get_supported_filetypes()
    if path.suffix[1:] not in known:
        raise InputError(
            f"{path.name}: unknown picture format; use one of .html, "
            + ", ".join(f".{k}" for k in sorted(known))
        )
    figure.savefig(path, dpi=150)
