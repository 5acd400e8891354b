"""A report as one HTML file that needs nothing else: style, pictures and formulas are inside."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proofs.reports.blocks import Figure, Section, Text, items
from proofs.reports.mathematics import mathml

if TYPE_CHECKING:
    from jinja2 import Environment


def to_html(title: str, subtitle: Text, sections: Sequence[Section]) -> str:
    """The whole report as one HTML document."""
    template = _environment().get_template("report.html.j2")
    return template.render(title=title, subtitle=subtitle, sections=sections)


def standalone_picture(svg: str) -> str:
    """An SVG file of its own: the report's style sheet goes inside."""
    style = _environment().get_template("picture.css").render()
    head, close, body = svg.partition(">")
    return f"{head}{close}\n<style>\n{style}\n</style>{body}\n"


def pictures(sections: Sequence[Section]) -> dict[str, str]:
    """All pictures of a report: {name: stand-alone SVG}."""
    return {
        block.name: standalone_picture(block.svg)
        for section in sections
        for block in section.blocks
        if isinstance(block, Figure)
    }


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("proofs.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def formula(tex: str, display: bool = False) -> Markup:
        return Markup(mathml(tex, display=display))

    environment.filters["mathml"] = formula
    environment.filters["items"] = items
    environment.filters["kind"] = kind
    return environment


def kind(value: object) -> str:
    """Name of the class of a block or inline item, in lower case: what templates branch on."""
    return type(value).__name__.lower()
