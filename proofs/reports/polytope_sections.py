"""The section of the Newton polytopes: a picture and the exact polygons behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.reports import polygons
from proofs.reports.blocks import Block, Code, Figure, Paragraph, Table, Text
from proofs.reports.notation import typeset


def newton(document: Mapping[str, Any]) -> list[Block]:
    """The blocks of the section; empty without polygons."""
    entries = document["newton_polygons"]
    if not entries:
        return []
    two = document["network"]["H"] == 1
    degrees = "the degrees in W_1 and W_2" if two else "the degrees in its own and the other layers"
    more = len(entries) - polygons.MAX_PANELS
    rows: list[list[Text]] = [
        [
            f"{len(entry['equations'])} in layer {entry['layer']}",
            _range(entry["terms"]),
            _range(entry["dimension"]),
            [Code(" ".join(f"({x}, {y})" for x, y in entry["vertices"]))],
        ]
        for entry in entries
    ]
    caption = (
        "Number pairs: the two degrees, times how many monomials of one equation have them. "
        "Ring: the origin, which the bound for all isolated zeros adds to every polytope; dashed: "
        "what it adds."
        + (f" {more} more kinds of equation stand in the table." if more > 0 else "")
    )
    description = "; ".join(
        f"{len(entry['equations'])} equations of layer {entry['layer']}: polygon with vertices "
        + ", ".join(f"({x}, {y})" for x, y in entry["vertices"])
        for entry in entries[: polygons.MAX_PANELS]
    )
    return [
        Paragraph(typeset(
            "The Newton polytope of an equation is the convex hull of the exponents of its "
            "monomials; the mixed volume of all of them is the BKK bound. They live in as many "
            f"dimensions as there are weights: here is their exact image in the plane of {degrees}."
        )),
        Figure("newton", polygons.draw(entries), caption, description),
        Table(["equations", "monomials each", "dimension of the polytope",
               "vertices of the polygon"], rows, numeric=frozenset({1, 2})),
    ]  # fmt: skip


def _range(ends: list[int]) -> str:
    least, most = ends
    return str(least) if least == most else f"{least}–{most}"
