"""A few SVG elements as text; colours come from classes of the report's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def picture(width: float, height: float, *elements: str) -> str:
    """An `<svg>` of that size in pixels that shrinks with the page."""
    inner = "\n".join(elements)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" aria-hidden="true">\n{inner}\n</svg>'
    )


def text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> str:
    """A line of text; `anchor` is start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">'
        f"{escape(content)}</text>"
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


def rectangle(
    x: float, y: float, width: float, height: float, style: str, radius: float = 0.0
) -> str:
    """A rectangle with rounded corners."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{radius:g}" class="{style}"/>'
    )
