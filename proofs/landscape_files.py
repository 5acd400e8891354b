"""Files of a landscape: the table of points, its picture, the certificate of the points."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proofs.descent import Merge, disconnectivity
from proofs.landscape import Landscape
from proofs.reports import svg

STYLE = (
    "<style>text{font:12px sans-serif;fill:#333}.axis{stroke:#999}.edge{stroke:#4477aa;fill:none}"
    ".minimum{fill:#228833}.saddle{fill:#ee6677}.maximum{fill:#aa3377}.undecided{fill:#bbb}</style>"
)
WIDTH, HEIGHT, MARGIN = 380.0, 320.0, 46.0


def write_landscape(landscape: Landscape, folder: Path) -> list[Path]:
    """Write points.csv, landscape.svg and certificate.json; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    table, picture, certificate = (
        folder / name for name in ("points.csv", "landscape.svg", "certificate.json")
    )
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["loss", "index", "kind", "orbit", *landscape.system.variables])
        for p in landscape.points:
            row: list[Any] = [repr(float(p.loss.mid())), p.index, p.kind, p.orbit]
            writer.writerow([*row, *map(repr, p.weights.tolist())])
    picture.write_text(landscape_picture(landscape), encoding="utf-8")
    certificate.write_text(json.dumps(landscape.certificate, indent=1), encoding="utf-8")
    return [table, picture, certificate]


def landscape_picture(landscape: Landscape) -> str:
    """Loss against Morse index, and beside it the disconnectivity graph where there is one."""
    elements = [STYLE, *_index_panel(landscape)]
    width = WIDTH
    if landscape.system.metadata.get("network") is not None and landscape.points:
        elements += _graph_panel(landscape, disconnectivity(landscape))
        width *= 2
    return svg.picture(width, HEIGHT, *elements)


def _heights(landscape: Landscape) -> list[float]:
    """Vertical position of every point, by loss."""
    losses = [float(p.loss.mid()) for p in landscape.points]
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    span = (high - low) or 1.0
    return [HEIGHT - MARGIN - (v - low) / span * (HEIGHT - 2 * MARGIN) for v in losses]


def _index_panel(landscape: Landscape) -> list[str]:
    n = max((p.index or 0 for p in landscape.points), default=0)
    step = (WIDTH - 2 * MARGIN) / max(1, n)
    elements = [
        svg.line(MARGIN, HEIGHT - MARGIN + 12, WIDTH - MARGIN, HEIGHT - MARGIN + 12, "axis"),
        svg.text(WIDTH / 2, HEIGHT - 6, "Morse index", anchor="middle"),
        svg.text(8, MARGIN - 24, "loss"),
    ]
    elements += [
        svg.text(MARGIN + k * step, HEIGHT - MARGIN + 26, str(k), anchor="middle")
        for k in range(n + 1)
    ]
    for k, (p, y) in enumerate(zip(landscape.points, _heights(landscape), strict=True)):
        title = f"point {k}: {p.kind}, index {p.index}, loss {float(p.loss.mid()):.6g}"
        elements.append(svg.circle(MARGIN + (p.index or 0) * step, y, 5, p.kind, title))
    return elements


def _graph_panel(landscape: Landscape, merges: Sequence[Merge]) -> list[str]:
    heights = _heights(landscape)
    order = _leaf_order([k for k, p in enumerate(landscape.points) if p.index == 0], merges)
    step = (WIDTH - 2 * MARGIN) / max(1, len(order) - 1)
    place: dict[tuple[int, ...], tuple[float, float]] = {
        (k,): (WIDTH + MARGIN + i * step, heights[k]) for i, k in enumerate(order)
    }
    elements = [svg.text(1.5 * WIDTH, HEIGHT - 6, "minima, joined at saddles", anchor="middle")]
    for merge in merges:
        (x1, y1), (x2, y2), top = place[merge.left], place[merge.right], heights[merge.saddle]
        for x, y in ((x1, y1), (x2, y2)):
            elements.append(svg.line(x, y, x, top, "edge"))
        elements.append(svg.line(x1, top, x2, top, "edge"))
        place[tuple(sorted((*merge.left, *merge.right)))] = ((x1 + x2) / 2, top)
    for k in order:
        x, y = place[(k,)]
        elements.append(svg.circle(x, y, 5, "minimum", f"point {k}"))
    return elements


def _leaf_order(minima: list[int], merges: Sequence[Merge]) -> list[int]:
    """Minima ordered so that merged groups are neighbours."""
    lists: dict[tuple[int, ...], list[int]] = {(k,): [k] for k in minima}
    for merge in merges:
        joined = lists.pop(merge.left) + lists.pop(merge.right)
        lists[tuple(sorted((*merge.left, *merge.right)))] = joined
    return [k for group in lists.values() for k in group]
