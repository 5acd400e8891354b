"""A landscape as one self-contained HTML page: pictures that answer to the pointer, and the table.

Panels stand side by side where there is room and below one another on a phone. Plotly (extra
`interactive`) draws them; its script is part of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from algebra.errors import InputError
from proofs.critical_points import enclosure_strings
from proofs.descent import connections, disconnectivity
from proofs.landscape import Landscape
from proofs.landscape_plots import LEVELS, STYLES, Slice, contour_levels, slice_through, tree_of

SYMBOLS = {
    "minimum": "circle", "saddle": "triangle-up", "maximum": "square",
    "degenerate": "diamond", "undecided": "x",
}  # fmt: skip
#: Points in the page's table; the others are in the CSV file.
ROWS = 300
#: Weights shown when the pointer rests on a point.
WEIGHTS = 12

# Columns are `auto-fill`: each picture is drawn before the panels beside it exist.
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
html { overflow-y: scroll; }
body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; padding: 0 1rem 2rem;
       max-width: 90rem; color: #222; }
.panels { display: grid; gap: 1rem;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
.panel { min-width: 0; } .panel h2 { font-size: 1rem; margin: .5rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #ddd;
         white-space: nowrap; }
td.number { text-align: right; }
</style>
{{ script }}
</head><body>
<h1>{{ title }}</h1>
<p>{{ summary }}</p>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}<div class="panels">
{% for panel in panels %}<div class="panel"><h2>{{ panel.title }}</h2>{{ panel.picture }}</div>
{% endfor %}</div>
<h2>Critical points</h2>
<div class="scroll"><table><thead><tr><th>point</th><th>kind</th><th>index</th><th>loss</th>
<th>word</th><th>orbit</th><th>zero coordinates</th></tr></thead><tbody>
{% for row in rows %}<tr><td class="number">{{ row.number }}</td><td>{{ row.kind }}</td>
<td class="number">{{ row.index }}</td><td class="number">{{ row.loss }}</td><td>{{ row.word }}</td>
<td class="number">{{ row.orbit }}</td><td>{{ row.zero }}</td></tr>
{% endfor %}</tbody></table></div>
{% if hidden %}<p>{{ hidden }} more points are in the table that --csv writes.</p>{% endif %}
</body></html>
"""


def write_page(landscape: Landscape, target: Path, points: Sequence[int] | None = None) -> Path:
    """Write the page; `points` span the slice.

    Raises
    ------
    InputError
        plotly is missing.
    """
    try:
        from markupsafe import Markup
        from plotly import graph_objects as go
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise InputError(
            "an HTML picture needs plotly: install critnet[interactive], or write .svg or .png"
        ) from None
    pictures = [
        ("Loss and Morse index", _loss_against_index(landscape, go)),
        ("Minima joined at saddles (numerical flow)", _disconnectivity(landscape, go)),
    ]
    if len(landscape.points) > 1:
        cut = slice_through(landscape, points)
        names = ", ".join(map(str, cut.points))
        pictures.append((f"Slice through points {names}", _slice(landscape, go, cut)))
    panels = []
    for title, figure in pictures:
        figure.update_layout(
            template="plotly_white",
            height=420,
            margin={"l": 55, "r": 10, "t": 15, "b": 45},
            legend={"orientation": "h", "y": -0.15},
        )
        # Plotly escapes the JSON it writes into scripts; names that come from files are data in it.
        drawn = figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            config={"responsive": True, "displaylogo": False},
        )
        panels.append({"title": title, "picture": Markup(drawn)})
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    text = environment.from_string(_PAGE).render(
        title=f"Landscape of {landscape.system.name or 'an objective'}",
        script=Markup(f"<script>{get_plotlyjs()}</script>"),
        summary=_summary(landscape),
        lines=_lines(landscape),
        panels=panels,
        rows=[_row(landscape, k) for k in range(min(ROWS, len(landscape.points)))],
        hidden=max(0, len(landscape.points) - ROWS),
    )
    target.write_text(text, encoding="utf-8")
    return target


def _summary(landscape: Landscape) -> str:
    kinds = ", ".join(f"{number} {kind}" for kind, number in landscape.kind_counts.items())
    if landscape.complete:
        state = f"no real critical point is missing ({landscape.completeness.word})"
    else:
        state = f"perhaps not all: {landscape.completeness.why}"
    return f"{len(landscape.points)} real critical points ({kinds}); {state}."


def _lines(landscape: Landscape) -> list[str]:
    """The global minimum, or why the lowest value is not known to be one."""
    minimum = landscape.global_minimum
    if minimum is None:
        return []
    low, high = enclosure_strings(minimum.loss)
    places = ", ".join(map(str, minimum.points))
    if minimum.verdict == "holds":
        reasons = "; ".join(minimum.relies_on)
        return [
            f"Global minimum in [{low}, {high}] ({minimum.word}), at points {places}.",
            f"Relies on: {reasons}.",
        ]
    return [
        f"Lowest value found in [{low}, {high}], at points {places}; as a global minimum "
        f"{minimum.verdict}: {minimum.why}."
    ]


def _row(landscape: Landscape, k: int) -> dict[str, Any]:
    point = landscape.points[k]
    return {
        "number": k,
        "kind": point.kind,
        "index": "?" if point.index is None else point.index,
        "loss": f"{point.value:.10g}",
        "word": "certified" if point.certified else "numerical",
        "orbit": point.orbit,
        "zero": ", ".join(landscape.system.variables[i] for i in point.zero) or "none",
    }


# -- pictures --------------------------------------------------------------------------------------


def _loss_against_index(landscape: Landscape, go: Any) -> Any:
    """One trace per kind, so that the legend switches kinds off and on."""
    figure = go.Figure()
    for kind, number in landscape.kind_counts.items():
        chosen = landscape.of_kind(kind)
        indices = [landscape.points[k].index for k in chosen]
        figure.add_trace(
            go.Scatter(
                x=[-1 if i is None else i for i in indices],
                y=[landscape.points[k].value for k in chosen],
                mode="markers",
                name=f"{kind} ({number})",
                marker={"color": STYLES[kind][0], "symbol": SYMBOLS[kind], "size": 10},
                text=[_hover(landscape, k) for k in chosen],
                hoverinfo="text",
            )
        )
    figure.update_xaxes(title_text="Morse index", dtick=1)
    figure.update_yaxes(title_text="loss")
    return figure


def _disconnectivity(landscape: Landscape, go: Any) -> Any:
    figure = go.Figure()
    tree = tree_of(landscape, disconnectivity(landscape, connections(landscape)))
    for xs, ys in tree.lines:
        line = go.Scatter(x=xs, y=ys, mode="lines", line={"color": "#4477aa"}, showlegend=False)
        figure.add_trace(line)
    figure.add_trace(_marks(landscape, go, tree.leaves, "bottom center", "#222222"))
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(title_text="loss")
    return figure


def _slice(landscape: Landscape, go: Any, cut: Slice) -> Any:
    figure = go.Figure()
    places = {
        k: (float(w[0]), float(w[1]) if len(w) > 1 else landscape.points[k].value)
        for k, w in cut.marks
    }
    if len(cut.grids) == 1:
        line = go.Scatter(x=cut.grids[0], y=cut.values, mode="lines", showlegend=False)
        figure.add_trace(line)
    else:
        levels = contour_levels(landscape, cut)
        # The square root shows what lies between the minima, not only the steep rim.
        height = np.sqrt(np.clip(cut.values - levels[0], 0.0, levels[-1] - levels[0]))
        figure.add_trace(
            go.Contour(
                x=cut.grids[0], y=cut.grids[1], z=height, customdata=cut.values,
                colorscale="Viridis", ncontours=LEVELS, showscale=False,
                hovertemplate="loss %{customdata:.6g}<extra></extra>",
            )
        )  # fmt: skip
        figure.update_yaxes(scaleanchor="x", constrain="domain")
        figure.update_xaxes(constrain="domain")
    colour = "#222222" if len(cut.grids) == 1 else "#ffffff"
    figure.add_trace(_marks(landscape, go, places, "top center", colour))
    return figure


def _marks(
    landscape: Landscape,
    go: Any,
    places: dict[int, tuple[float, float]],
    position: str,
    colour: str,
) -> Any:
    """Critical points at given places of one panel, numbered, with their facts on hovering."""
    kinds = [landscape.points[k].kind for k in places]
    return go.Scatter(
        x=[x for x, _ in places.values()],
        y=[y for _, y in places.values()],
        mode="markers+text",
        text=[str(k) for k in places],
        textposition=position,
        textfont={"color": colour},
        hovertext=[_hover(landscape, k) for k in places],
        hoverinfo="text",
        marker={
            "color": [STYLES[kind][0] for kind in kinds],
            "symbol": [SYMBOLS[kind] for kind in kinds],
            "size": 11,
            "line": {"color": "white", "width": 1},
        },
        showlegend=False,
    )


def _hover(landscape: Landscape, k: int) -> str:
    point = landscape.points[k]
    pairs = zip(landscape.system.variables, point.weights.tolist(), strict=True)
    weights = "<br>".join(f"{name} = {value:.6g}" for name, value in list(pairs)[:WEIGHTS])
    index = "?" if point.index is None else point.index
    return f"point {k}: {point.kind}, index {index}<br>loss {point.value:.9g}<br>{weights}"
