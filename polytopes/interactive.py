"""Stand-alone interactive pages of polytopes and mixed subdivisions, with plotly.

One legend entry per type of cell switches it on and off; pointing at a cell shows its type and
volume; in space a slider moves the cells apart, and cells that are not mixed appear on demand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from algebra.errors import InputError
from polytopes.scenes import EDGE_COLOUR, EXPONENT_OF, Piece, Points, Scene

#: Positions of the slider that moves cells apart.
EXPLOSIONS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
START = 2
#: Readable on white and on the colours of the cells.
LABEL_COLOUR = "#e8590c"
FAINT = {"color": "#ccd2d9", "width": 1}
FONT = {"family": "system-ui, sans-serif", "color": "#1f2933"}


def write_polytope(scene: Scene, path: Path) -> None:
    """One polygon or polytope with the points of its support.

    Raises
    ------
    InputError
        plotly is not installed.
    """
    graph = _plotly()
    figure = graph.Figure()
    figure.add_traces(_traces(graph, scene, 0.0))
    _lay_out(figure)
    figure.update_layout(title=scene.title)
    _name_axes(figure, scene, None, None)
    figure.write_html(path, include_plotlyjs=True, auto_play=False)


def write_subdivision(scene: Scene, summands: list[Scene], path: Path) -> None:
    """The subdivision with its polytopes beside it; in space with a slider.

    Raises
    ------
    InputError
        plotly is not installed.
    """
    graph = _plotly()
    from plotly.subplots import make_subplots

    n = scene.dimension
    kind = "xy" if n == 2 else "scene"
    figure = make_subplots(
        rows=n,
        cols=2,
        column_widths=[0.26, 0.74],
        specs=[
            [{"type": kind}, {"type": kind, "rowspan": n} if i == 0 else None] for i in range(n)
        ],
        subplot_titles=[summands[0].title, scene.title, *(s.title for s in summands[1:])],
        horizontal_spacing=0.05,
        vertical_spacing=0.12 if n == 2 else 0.06,
    )
    for i, summand in enumerate(summands):
        for trace in _traces(graph, summand, 0.0, legend=False):
            figure.add_trace(trace, row=i + 1, col=1)
    before = len(figure.data)
    start = 0.0 if n == 2 else EXPLOSIONS[START]
    for trace in _traces(graph, scene, start):
        figure.add_trace(trace, row=1, col=2)
    _lay_out(figure)
    _name_axes(figure, scene, 1, 2)
    for i, summand in enumerate(summands):
        _name_axes(figure, summand, i + 1, 1)
    if n == 3:
        # Transparent cells hide labels: they wait in the legend until they are asked for.
        weak = {piece.kind for piece in scene.pieces if not piece.strong}
        for trace in figure.data[before:]:
            trace.visible = "legendonly" if trace.legendgroup in weak else True
        _add_slider(graph, figure, scene, before)
    figure.write_html(path, include_plotlyjs=True, auto_play=False)


def _plotly() -> Any:
    try:
        from plotly import graph_objects
    except ImportError as error:
        raise InputError(
            "interactive pictures need plotly: install critnet[interactive] or write .png or .svg"
        ) from error
    return graph_objects


# -- traces ----------------------------------------------------------------------------------------


def _traces(graph: Any, scene: Scene, explosion: float, *, legend: bool = True) -> list[Any]:
    """Cells, their edges, labels and points; always the same number for one scene."""
    make = _polygon if scene.dimension == 2 else _solid
    seen: set[str] = set()
    out = []
    # What stands out comes first in the legend.
    for piece in sorted(scene.pieces, key=lambda p: not p.strong):
        shown = legend and len(scene.pieces) > 1 and piece.kind not in seen
        seen.add(piece.kind)
        out += make(graph, piece, _shift(scene, piece, explosion), shown)
    if scene.points:
        for trace in out:
            if trace.type == "mesh3d":
                trace.opacity = 0.6  # points inside show through
        points = np.array(scene.points, dtype=float)
        out.append(_scatter(graph, points, mode="markers", marker=_dots(scene), showlegend=False))
    return out


def _polygon(graph: Any, piece: Piece, shift: Points, shown: bool) -> list[Any]:
    corners = np.vstack([piece.faces[0], piece.faces[0][:1]])
    area = _scatter(
        graph,
        corners,
        mode="lines",
        fill="toself",
        fillcolor=piece.colour,
        line={"color": EDGE_COLOUR, "width": 1.2},
        name=piece.kind,
        legendgroup=piece.kind,
        showlegend=shown,
        hoveron="fills",
        text=piece.hover,
        hoverinfo="text",
    )
    return [area, _label(graph, piece, piece.centre)]


def _solid(graph: Any, piece: Piece, shift: Points, shown: bool) -> list[Any]:
    corners: list[Points] = []
    triangles, outline = [], []
    for face in piece.faces:
        first = len(corners)
        corners += list(face + shift)
        triangles += [(first, first + k, first + k + 1) for k in range(1, len(face) - 1)]
        outline += [*(face + shift), face[0] + shift, np.full(3, np.nan)]
    x, y, z = np.array(corners).T
    i, j, k = np.array(triangles).T if triangles else ([], [], [])
    mesh = graph.Mesh3d(
        x=x,
        y=y,
        z=z,
        i=i,
        j=j,
        k=k,
        color=piece.colour,
        opacity=1.0 if piece.strong else 0.16,
        flatshading=True,
        lighting={"ambient": 0.72, "diffuse": 0.5, "specular": 0.1, "roughness": 0.8},
        name=piece.kind,
        legendgroup=piece.kind,
        showlegend=shown,
        text=piece.hover,
        hoverinfo="text",
    )
    edges = _scatter(
        graph,
        np.array(outline),
        mode="lines",
        line={"color": EDGE_COLOUR, "width": 2.5} if piece.strong else FAINT,
        legendgroup=piece.kind,
        showlegend=False,
        hoverinfo="skip",
    )
    # Inside the cell its label would be hidden: it floats above the highest corner.
    top = max(corners, key=lambda p: float(p[2]))
    height = float(top[2] - min(p[2] for p in corners))
    return [mesh, edges, _label(graph, piece, top + np.array([0, 0, 0.12 * height]))]


def _label(graph: Any, piece: Piece, place: Points) -> Any:
    in_space = len(place) == 3
    strong = {"size": 16, "color": LABEL_COLOUR if in_space else "white"}
    weak = {"size": 10, "color": "#5b626c"}
    return _scatter(
        graph,
        place[None, :],
        mode="text",
        text=[piece.label if piece.strong or not in_space else ""],
        textfont=strong if piece.strong else weak,
        legendgroup=piece.kind,
        showlegend=False,
        hoverinfo="skip",
    )


def _scatter(graph: Any, points: Points, **options: Any) -> Any:
    x, y, *z = points.T
    if z:
        return graph.Scatter3d(x=x, y=y, z=z[0], **options)
    return graph.Scatter(x=x, y=y, **options)


def _dots(scene: Scene) -> dict[str, Any]:
    return {"color": EDGE_COLOUR, "size": 8 if scene.dimension == 2 else 4}


# -- layout ----------------------------------------------------------------------------------------


def _shift(scene: Scene, piece: Piece, explosion: float) -> Points:
    if explosion == 0 or len(scene.pieces) < 2:
        return np.zeros(scene.dimension)
    corners = scene.corners()
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return explosion * (piece.centre - middle)


def _lay_out(figure: Any) -> None:
    figure.update_layout(
        template="plotly_white",
        font=FONT,
        legend={"x": 1.01, "y": 1, "font": {"size": 12}},
        margin={"l": 60, "r": 20, "t": 60, "b": 60},
        height=780,
    )
    figure.update_annotations(font_size=14)


def _name_axes(figure: Any, scene: Scene, row: int | None, col: int | None) -> None:
    place = {} if row is None else {"row": row, "col": col}
    if scene.dimension == 2:
        figure.update_xaxes(title_text=scene.axes[0], dtick=_tick(scene, 0), **place)
        figure.update_yaxes(title_text=scene.axes[1], dtick=_tick(scene, 1), **place)
        index = 1 if row is None else _axis_number(row, col)
        figure.update_yaxes(scaleanchor=f"x{'' if index == 1 else index}", **place)
        return
    size = 10 if col == 1 else 12
    axes = {
        f"{a}axis": {
            "title": {"text": name.removeprefix(EXPONENT_OF), "font": {"size": size + 2}},
            "tickfont": {"size": size - 2},
            "dtick": _tick(scene, k),
        }
        for k, (a, name) in enumerate(zip("xyz", scene.axes, strict=True))
    }
    camera = {"eye": {"x": 1.35, "y": -1.55, "z": 0.8}}
    figure.update_scenes(aspectmode="data", camera=camera, **axes, **place)


def _axis_number(row: int, col: int | None) -> int:
    """Number of the axes of a subplot: the wide one is second, then come the lower rows."""
    return 2 if col == 2 else 1 if row == 1 else row + 1


def _tick(scene: Scene, axis: int) -> float:
    """At most about ten integer ticks."""
    values = scene.corners()[:, axis]
    return float(max(1, round(float(np.ptp(values)) / 8)))


def _add_slider(graph: Any, figure: Any, scene: Scene, before: int) -> None:
    """Frames with the cells moved apart; traces from number `before` on belong to the cells."""
    count = len(figure.data) - before
    numbers = list(range(before, before + count))
    figure.frames = [
        graph.Frame(name=f"{e:g}", data=_traces(graph, scene, e), traces=numbers)
        for e in EXPLOSIONS
    ]
    steps = [
        {
            "label": f"{e:g}",
            "method": "animate",
            "args": [[f"{e:g}"], {"mode": "immediate", "frame": {"duration": 0, "redraw": True}}],
        }
        for e in EXPLOSIONS
    ]
    figure.update_layout(
        sliders=[
            {
                "active": START,
                "steps": steps,
                "currentvalue": {"prefix": "cells moved apart by "},
                "x": 0.32,
                "len": 0.6,
                "y": 0,
                "pad": {"t": 10},
            }
        ]
    )
