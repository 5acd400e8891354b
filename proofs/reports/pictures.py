"""Pictures of a report besides the zero patterns: bounds, zeros in the complex plane, losses."""

from __future__ import annotations

import math
from collections.abc import Sequence

from proofs.reports import svg

#: Panels of the complex plane drawn at most; the first weights come first.
MAX_PANELS = 12
#: Points drawn per panel at most.
MAX_POINTS = 4000

#: Sizes of the bars; labels stand above them, so that a phone can show both.
_BAR, _ROW, _VALUE = 420.0, 37.0, 90.0


def bounds_bars(entries: Sequence[tuple[str, int, bool]]) -> str:
    """Horizontal bars on a logarithmic scale: (label, value, whether it is the exact number)."""
    largest = max((value for _, value, _ in entries), default=1)
    scale = _BAR / math.log10(max(largest, 10))
    elements = []
    for row, (label, value, exact) in enumerate(entries):
        y = 4 + row * _ROW
        length = max(2.0, scale * math.log10(max(value, 1)))
        elements += [
            svg.text(0, y + 11, label, "strong" if exact else ""),
            svg.rectangle(0, y + 16, length, 13, "bar tight" if exact else "bar", 3),
            svg.text(length + 7, y + 27, grouped(value), "strong"),
        ]
    return svg.picture(_BAR + _VALUE, len(entries) * _ROW + 4, *elements)


def complex_panels(
    names: Sequence[str], points: Sequence[tuple[Sequence[float], Sequence[float], bool | None]]
) -> str:
    """One panel per weight: its value at every critical point, real ones filled.

    Parameters
    ----------
    points : (real parts, imaginary parts, whether the point is real), one triple per point
        Distances from the origin are drawn as asinh(|z| / median |z|), so that clusters and
        outliers are both visible; angles are true.
    """
    side, gap, per_row = 150.0, 14.0, 4
    shown = names[:MAX_PANELS]
    rows = -(-len(shown) // per_row)
    elements = []
    for index, name in enumerate(shown):
        x0 = (index % per_row) * (side + gap) + 2
        y0 = (index // per_row) * (side + gap + 14) + 2
        values = [(complex(re[index], im[index]), real) for re, im, real in points[:MAX_POINTS]]
        elements += _panel(name, x0, y0, side, values)
    columns = min(per_row, max(len(shown), 1))
    return svg.picture(
        columns * (side + gap) - gap + 4, max(rows, 1) * (side + gap + 14), *elements
    )


def _panel(
    name: str, x0: float, y0: float, side: float, values: list[tuple[complex, bool | None]]
) -> list[str]:
    sizes = sorted(abs(value) for value, _ in values if value != 0)
    unit = sizes[len(sizes) // 2] if sizes else 1.0
    reach = math.asinh(sizes[-1] / unit) if sizes else 1.0
    radius, cx, cy = side / 2 - 8, x0 + side / 2, y0 + side / 2
    elements = [
        svg.rectangle(x0, y0, side, side, "node", 6),
        svg.line(x0 + 4, cy, x0 + side - 4, cy, "line"),
        svg.line(cx, y0 + 4, cx, y0 + side - 4, "line"),
        svg.text(x0 + 4, y0 + side + 13, name, "soft"),
        svg.text(x0 + side - 4, y0 + side + 13, f"|z| ≤ {sizes[-1] if sizes else 0:.3g}",
                 "soft", "end"),
    ]  # fmt: skip
    # Filled discs last: real points lie on the axis, where others may cover them.
    for value, real in sorted(values, key=lambda pair: bool(pair[1])):
        drawn = radius * math.asinh(abs(value) / unit) / reach
        angle = math.atan2(value.imag, value.real)
        elements.append(
            svg.circle(
                cx + drawn * math.cos(angle),
                cy - drawn * math.sin(angle),
                3.0,
                "real" if real else "nonreal",
                f"{value:.6g}",
            )
        )
    return elements


def path_panels(
    names: Sequence[str], paths: Sequence[tuple[Sequence[Sequence[Sequence[float]]], bool]]
) -> str:
    """One panel per coordinate: paths in the complex plane, from their starts to their ends.

    Parameters
    ----------
    paths : (per coordinate the samples (re, im), whether the path ends at a zero), one per path
        Distances from the origin are drawn as asinh of the distance over the median end.
    """
    side, gap = 300.0, 16.0
    elements = []
    for index, name in enumerate(names):
        x0 = index * (side + gap) + 2
        drawn = [(values[index], zero) for values, zero in paths]
        elements += _path_panel(name, x0, 2.0, side, drawn)
    return svg.picture(len(names) * (side + gap) - gap + 4, side + 24, *elements)


def _path_panel(
    name: str,
    x0: float,
    y0: float,
    side: float,
    paths: list[tuple[Sequence[Sequence[float]], bool]],
) -> list[str]:
    sizes = sorted(math.hypot(*values[0]) for values, _ in paths)
    unit = (sizes[len(sizes) // 2] if sizes else 1.0) or 1.0
    farthest = max(
        (math.hypot(*value) for values, zero in paths if zero for value in values), default=unit
    )
    # Paths to infinity are cut off at the frame: what matters is where they part from the others.
    limit = 1.05 * math.asinh(farthest / unit) or 1.0
    radius, cx, cy = side / 2 - 6, x0 + side / 2, y0 + side / 2

    def place(point: Sequence[float]) -> tuple[float, float]:
        size = math.hypot(*point)
        drawn = radius * min(math.asinh(size / unit) / limit, 1.0)
        angle = math.atan2(point[1], point[0])
        return cx + drawn * math.cos(angle), cy - drawn * math.sin(angle)

    elements = [
        svg.rectangle(x0, y0, side, side, "node", 6),
        svg.line(x0 + 4, cy, x0 + side - 4, cy, "line"),
        svg.line(cx, y0 + 4, cx, y0 + side - 4, "line"),
        svg.text(x0 + 4, y0 + side + 16, name, "soft"),
    ]
    for values, zero in sorted(paths, key=lambda path: path[1]):
        points = [place(value) for value in values]
        elements.append(svg.polyline(points, "path" if zero else "edge faint"))
    for values, zero in paths:
        if zero:
            elements.append(svg.circle(*place(values[-1]), 3.0, "real"))
    return elements


def course_panels(
    names: Sequence[str],
    paths: Sequence[tuple[Sequence[float], Sequence[Sequence[Sequence[float]]], bool]],
) -> str:
    """One panel per coordinate: its absolute value along each path, t from 1 (left) to 0 (right).

    Parameters
    ----------
    paths : (values of t, per coordinate the samples (re, im), whether it ends at a zero)
        Heights are asinh of the absolute value over the median end; paths that diverge leave the
        frame.
    """
    side, gap, height = 300.0, 16.0, 150.0
    elements = []
    for index, name in enumerate(names):
        x0 = index * (side + gap) + 2
        drawn = [
            (times, [math.hypot(*value) for value in values[index]], zero)
            for times, values, zero in paths
        ]
        elements += _course_panel(name, x0, 2.0, side, height, drawn)
    return svg.picture(len(names) * (side + gap) - gap + 4, height + 24, *elements)


def _course_panel(
    name: str,
    x0: float,
    y0: float,
    side: float,
    height: float,
    paths: list[tuple[Sequence[float], list[float], bool]],
) -> list[str]:
    ends = sorted(sizes[-1] for _, sizes, zero in paths if zero and sizes[-1] > 0)
    unit = ends[len(ends) // 2] if ends else 1.0
    highest = max((max(sizes) for _, sizes, zero in paths if zero), default=unit)
    limit = 1.05 * math.asinh(highest / unit) or 1.0
    elements = [
        svg.rectangle(x0, y0, side, height, "node", 6),
        svg.text(x0 + 4, y0 + height + 16, "t = 1", "soft"),
        svg.text(x0 + side / 2, y0 + height + 16, f"|{name}|", "soft", "middle"),
        svg.text(x0 + side - 4, y0 + height + 16, "t = 0", "soft", "end"),
    ]
    for times, sizes, zero in sorted(paths, key=lambda path: path[2]):
        points = []
        for time, size in zip(times, sizes, strict=True):
            level = math.asinh(size / unit) / limit
            if level > 1:
                break
            points.append(
                (x0 + 6 + (side - 12) * (1 - time), y0 + height - 5 - (height - 12) * level)
            )
        elements.append(svg.polyline(points, "path" if zero else "edge faint"))
        if zero and len(points) == len(sizes):
            elements.append(svg.circle(*points[-1], 3.0, "real"))
    return elements


def loss_by_index(points: Sequence[tuple[float, int | None]]) -> str | None:
    """Real critical points: loss to the right, Morse index upwards; minima in green."""
    known = [(loss, index) for loss, index in points if index is not None]
    if not known:
        return None
    low, high = min(p[0] for p in known), max(p[0] for p in known)
    spread = (high - low) or 1.0
    top = max(index for _, index in known)
    width, row, left, right = 640.0, 34.0, 62.0, 24.0
    height = (top + 1) * row + 44

    def place(loss: float, index: int) -> tuple[float, float]:
        return left + (width - left - right) * (loss - low) / spread, 14 + (top - index) * row

    elements = []
    for index in range(top + 1):
        _, y = place(low, index)
        elements += [
            svg.line(left - 10, y, width - right + 10, y, "line"),
            svg.text(left - 18, y + 4, str(index), "soft", "end"),
        ]
    for loss, index in sorted(known):
        style = "minimum" if index == 0 else "saddle"
        elements.append(svg.circle(*place(loss, index), 5, style, f"loss {loss:.8g}"))
    base = height - 18
    elements += [
        svg.text(left, base, f"{low:.5g}", "soft small", "start"),
        svg.text(width - right, base, f"{high:.5g}", "soft small", "end"),
        svg.text((left + width - right) / 2, base, "loss →", "soft small", "middle"),
        svg.text(4, 18, "index", "soft small"),
    ]
    return svg.picture(width, height, *elements)


def grouped(value: int) -> str:
    """An integer with thin spaces between groups of three digits."""
    return f"{value:,}".replace(",", "\N{THIN SPACE}")
