"""The sections of the critical points: the real ones, and all in the complex plane."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from proofs.reports import pictures, poset
from proofs.reports.blocks import (
    Block,
    Code,
    Figure,
    Items,
    Mark,
    Paragraph,
    Strong,
    Table,
    Text,
)

Document = Mapping[str, Any]

#: Real critical points listed; report.json has all.
MAX_LISTED = 60


def real(document: Document) -> list[Block]:
    """Real critical points and the global minimum."""
    points = document["real_points"]
    if not points:
        return []
    widths = document["network"]["widths"]
    svg = pictures.loss_by_index([(p["loss"], p["index"]) for p in points])
    rows: list[list[Text]] = [
        [
            str(number),
            f"{p['loss']:.10g}",
            "–" if p["index"] is None else str(p["index"]),
            p["kind"],
            poset.pattern_name(frozenset(p["zero"]), widths),
            [Code(", ".join(f"{w:.6g}" for w in p["weights"]))],
        ]
        for number, p in enumerate(points[:MAX_LISTED], 1)
    ]
    blocks: list[Block] = [
        Paragraph(
            "Each point lies in a certified box; loss and Morse index (the number of negative "
            "eigenvalues of the Hessian, 0 at a local minimum) are enclosed by ball arithmetic."
        )
    ]
    minimum = document["global_minimum"]
    if minimum is not None:
        lower, upper = (Decimal(side) for side in minimum["loss_enclosure"])
        attained = ", ".join(str(k + 1) for k in minimum["points"])
        holds = minimum["verdict"] == "holds"
        says = "The global minimum of the loss is " if holds else "The lowest loss found is "
        place = "points" if len(minimum["points"]) > 1 else "point"
        blocks.append(
            Paragraph(
                [
                    says,
                    Strong(f"{minimum['loss']:.12g}"),
                    f" (between {lower} and {upper}), attained at {place} {attained}. ",
                    Mark(minimum["word"]) if holds else "",
                    "" if holds else f"Not known to be the global minimum: {minimum['why']}.",
                ]
            )
        )
    if svg is not None:
        caption = "Every real critical point: loss and Morse index; green: minima."
        description = f"{len(points)} real critical points by loss and index."
        blocks.append(Figure("losses", svg, caption, description))
    columns = ["", "loss", "index", "kind", "pattern", "weights"]
    blocks.append(Table(columns, rows, numeric=frozenset({0, 1, 2})))
    if document["notes"]:
        blocks.append(Items(list(document["notes"])))
    if len(points) > MAX_LISTED:
        blocks.append(Paragraph(f"… and {len(points) - MAX_LISTED} more in report.json."))
    return blocks


def plane(document: Document) -> list[Block]:
    """Every critical point, one panel per weight."""
    points = document["points"]
    if not points:
        return []
    names = document["network"]["variables"]
    svg = pictures.complex_panels(names, [(p["re"], p["im"], p["real"]) for p in points])
    more = "" if len(names) <= pictures.MAX_PANELS else f" The first {pictures.MAX_PANELS} weights."
    return [
        Figure(
            "plane",
            svg,
            "The value of each weight at every critical point; filled: real points. Distances are "
            f"drawn as asinh of the distance over its median.{more}",
            f"{len(points)} critical points, one panel per weight.",
        )
    ]
