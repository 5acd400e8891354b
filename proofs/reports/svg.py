"""A few SVG elements as text; colours come from classes of the report's style sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

#: A subscript after a single capital letter, as in W_1 and N_C*.
_SCRIPTED = re.compile(r"(?<=\b[A-Z])_(\w)\b")


#: Pictures are drawn larger up to this width in pixels, by at most this factor.
FULL_WIDTH, MAX_SCALE = 860.0, 1.4
#: On a phone they shrink to this factor, then scroll.
SMALLEST = 0.56


def picture(width: float, height: float, *elements: str) -> str:
    """An `<svg>` of these units, drawn as large as the page likes; it shrinks with the page."""
    scale = min(MAX_SCALE, max(1.0, FULL_WIDTH / width))
    inner = "\n".join(elements)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width * scale:g}" height="{height * scale:g}" '
        f'style="--least:{SMALLEST * width:.0f}px" aria-hidden="true">'
        f"\n{inner}\n</svg>"
    )


def text(
    x: float,
    y: float,
    content: str,
    style: str = "",
    anchor: str = "start",
    turned: float = 0.0,
) -> str:
    """A line of text; `anchor` is start, middle or end, `turned` in degrees clockwise.

    Names such as W_1 and N_C* get their subscript.
    """
    turn = f' transform="rotate({turned:g} {x:.1f} {y:.1f})"' if turned else ""
    inner = ""
    pieces = _SCRIPTED.split(content)
    for k, piece in enumerate(pieces):
        if k % 2:
            inner += f'<tspan dy="3" font-size="75%">{escape(piece)}</tspan>'
        elif piece:
            inner += f'<tspan dy="-3">{escape(piece)}</tspan>' if k else escape(piece)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}"{turn}>{inner}</text>'
    )


def circle(x: float, y: float, radius: float, style: str, title: str = "") -> str:
    """A disc; `title` shows when the pointer rests on it."""
    tip = f"<title>{escape(title)}</title>" if title else ""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" class="{style}">{tip}</circle>'


def line(x1: float, y1: float, x2: float, y2: float, style: str, width: float = 1.0) -> str:
    """A segment."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}" '
        f'stroke-width="{width:g}"/>'
    )


def polyline(points: Sequence[tuple[float, float]], style: str) -> str:
    """A line through points."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{through}" class="{style}"/>'


def polygon(points: Sequence[tuple[float, float]], style: str) -> str:
    """A closed polygon."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{through}" class="{style}"/>'


def rectangle(
    x: float, y: float, width: float, height: float, style: str, radius: float = 0.0
) -> str:
    """A rectangle with rounded corners."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{radius:g}" class="{style}"/>'
    )
