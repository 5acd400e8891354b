"""Newton polytopes of the equations, projected to the plane of two degrees, exactly, and drawn.

The polytope of an equation lives in as many dimensions as there are weights. The linear map that
sends an exponent vector to (degree in one layer, degree in the others) takes it to a polygon with
integer vertices: the image of the convex hull is the hull of the images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from polytopes.newton import newton_polytope
from proofs.reports import poset, svg

#: Panels drawn at most; report.json has all.
MAX_PANELS = 12
#: A panel whose degrees are larger shows no lattice points.
MAX_LATTICE = 30


def polygons(variables: Sequence[str], widths: Sequence[int], supports: Sequence[Any]) -> list[Any]:
    """One entry per kind of equation: layer of its weight and projected support.

    Parameters
    ----------
    supports : integer arrays (m_i, N), one per equation and variable
        Equation i is the derivative with respect to variable i. Equations without terms are
        left out.

    Returns
    -------
    list of dict
        `layer`; `axes`, names of the two degrees; `equations`, the variables; `terms` and
        `dimension` of the Newton polytope (ranges [least, most] over the equations); `points`,
        triples (degree, degree, most monomials of one equation over it); `vertices` of the
        polygon, counterclockwise from the lowest of the leftmost.
    """
    layers = [poset.weight_names(widths)[name][0] for name in variables]
    depth = len(widths) - 1
    kinds: dict[tuple[int, frozenset[tuple[int, int]]], list[tuple[str, Counter[Any], int]]] = {}
    for name, layer, support in zip(variables, layers, supports, strict=True):
        if not len(support):
            continue
        # With two layers, both axes keep their meaning from panel to panel.
        across = 1 if depth == 2 else layer
        over = Counter(_degrees(row, layers, across) for row in support.tolist())
        kind = (layer, frozenset(over))
        kinds.setdefault(kind, []).append((name, over, newton_polytope(support).dimension))
    return [_entry(layer, depth, members) for (layer, _), members in kinds.items()]


def _degrees(row: Sequence[int], layers: Sequence[int], across: int) -> tuple[int, int]:
    own = sum(e for e, layer in zip(row, layers, strict=True) if layer == across)
    return own, sum(row) - own


def _entry(
    layer: int, depth: int, members: Sequence[tuple[str, Counter[Any], int]]
) -> dict[str, Any]:
    first, second = (1, "2") if depth == 2 else (layer, "the other layers")
    terms = [sum(over.values()) for _, over, _ in members]
    dimensions = [dimension for _, _, dimension in members]
    most: Counter[Any] = Counter()
    for _, over, _ in members:
        most |= over
    polygon = newton_polytope(sorted(most))
    corners = [(int(x), int(y)) for x, y in polygon.points[list(polygon.vertices)].tolist()]
    return {
        "layer": layer,
        "axes": [f"degree in W_{first}", f"degree in {'W_' if depth == 2 else ''}{second}"],
        "equations": [name for name, _, _ in members],
        "terms": [min(terms), max(terms)],
        "dimension": [min(dimensions), max(dimensions)],
        "points": [[x, y, most[x, y]] for x, y in sorted(most)],
        "vertices": [list(corner) for corner in around(corners)],
    }


def around(corners: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Vertices of a convex polygon counterclockwise, from the lowest of the leftmost; exact."""
    base, *rest = sorted(set(corners))
    # From the leftmost vertex all others lie to the right: slopes order them.
    ordered: list[tuple[int, int]] = []
    for corner in rest:
        place = len(ordered)
        while place and _turn(base, ordered[place - 1], corner) < 0:
            place -= 1
        ordered.insert(place, corner)
    return [base, *ordered]


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def draw(entries: Sequence[Mapping[str, Any]]) -> str:
    """One panel per kind of equation, all to the same scale of degrees."""
    shown = entries[:MAX_PANELS]
    reach = max(1, *(max(x, y) for entry in shown for x, y, _ in entry["points"]))
    side, gap, left, below, per_row = 190.0, 26.0, 34.0, 48.0, 3
    elements = []
    for index, entry in enumerate(shown):
        x0 = left + (index % per_row) * (side + gap + left)
        y0 = 26 + (index // per_row) * (side + below + 30)
        elements += _panel(entry, x0, y0, side, reach)
    columns, rows = min(per_row, len(shown)), -(-len(shown) // per_row)
    return svg.picture(
        columns * (side + gap + left) - gap + 8, rows * (side + below + 30), *elements
    )


def _panel(entry: Mapping[str, Any], x0: float, y0: float, side: float, reach: int) -> list[str]:
    step = (side - 28) / reach

    def place(x: float, y: float) -> tuple[float, float]:
        return x0 + 14 + x * step, y0 + side - 14 - y * step

    corners = [place(*corner) for corner in entry["vertices"]]
    origin = place(0, 0)
    elements = [svg.rectangle(x0, y0, side, side, "node", 6)]
    elements += [
        svg.line(*origin, *place(reach, 0), "line"),
        svg.line(*origin, *place(0, reach), "line"),
    ]
    if reach <= MAX_LATTICE:
        elements += [
            svg.circle(*place(x, y), 1.4, "lattice")
            for x in range(reach + 1)
            for y in range(reach + 1)
        ]
    stride = max(1, -(-reach // 10))
    for degree in range(0, reach + 1, stride):
        elements += [
            svg.text(place(degree, 0)[0], y0 + side + 14, str(degree), "small soft", "middle"),
            svg.text(x0 - 5, place(0, degree)[1] + 4, str(degree), "small soft", "end"),
        ]
    if [0, 0] not in entry["vertices"]:
        # Hull with the origin, which the bound for all isolated zeros adds to every support.
        whole = around(hull_with_origin(entry["vertices"]))
        elements.append(svg.polygon([place(*corner) for corner in whole], "affine"))
    elements.append(svg.polygon(corners, "polygon"))
    elements.append(svg.circle(*origin, 5.5, "origin", "the origin"))
    for x, y, monomials in entry["points"]:
        vertex = [x, y] in entry["vertices"]
        tip = f"degrees ({x}, {y}): {monomials} monomial{'s' if monomials > 1 else ''}"
        elements.append(svg.circle(*place(x, y), 4.2 if vertex else 3.2, "real", tip))
        px, py = place(x, y)
        anchor, dx = ("end", -8) if x > reach / 2 else ("start", 8)
        dy = 15 if py < y0 + side / 2 else -7
        label = f"({x}, {y})" + (f" × {monomials}" if monomials > 1 else "")
        elements.append(svg.text(px + dx, py + dy, label, "small", anchor))
    number = len(entry["equations"])
    elements += [
        svg.text(x0, y0 - 9, f"{number} equation{'s' if number > 1 else ''} ∂L/∂w in W_"
                 f"{entry['layer']}", "strong"),
        svg.text(x0 + side / 2, y0 + side + 30, f"{entry['axes'][0]} →", "small soft", "middle"),
        svg.text(x0 - 22, y0 + side / 2, f"{entry['axes'][1]} →", "small soft", "middle", -90),
    ]  # fmt: skip
    return elements


def hull_with_origin(vertices: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Vertices of the hull of a polygon and the origin; exact."""
    whole = newton_polytope([[0, 0], *([int(x), int(y)] for x, y in vertices)])
    return [(int(whole.points[k][0]), int(whole.points[k][1])) for k in whole.vertices]
