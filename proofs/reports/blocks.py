"""What a report consists of: sections, blocks and inline items, independent of the format.

A plain string is literal text everywhere; markup is a class of its own, so nothing that comes from
data can turn into markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in the TeX subset of `proofs.reports.mathematics`."""

    tex: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text in a fixed-width font: a command, a file name, an exact number."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Emphasised text."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A relative link to a file beside the report, or to a section ("#claims")."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of trust or a verdict; drawn as a coloured label."""

    word: str


Inline = str | Math | Code | Strong | Link | Mark
#: One run of text: literal, or several items.
Text = str | Sequence[Inline]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Formula:
    """A displayed formula."""

    tex: str


@dataclass(frozen=True, slots=True)
class Items:
    """A bulleted list."""

    items: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numeric` are the columns aligned to the right."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[Text]]
    caption: Text = ""
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as an SVG element that uses only the classes of the report's style sheet.

    `name` is the stem of its own file beside the report, which Markdown shows.
    """

    name: str
    svg: str
    caption: Text
    description: str


@dataclass(frozen=True, slots=True)
class Callout:
    """A sentence nobody may overlook; `tone` is "good", "warn" or "bad"."""

    tone: str
    title: str
    text: Text


@dataclass(frozen=True, slots=True)
class Listing:
    """Commands or equations, line by line."""

    text: str


@dataclass(frozen=True, slots=True)
class Details:
    """A part that is folded away on screen and open on paper."""

    summary: Text
    blocks: Sequence[Block]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One headline number with its word."""

    label: Text
    value: str
    word: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """The headline numbers of the report."""

    cards: Sequence[Card]


Block = Cards | Paragraph | Formula | Items | Table | Figure | Callout | Listing | Details


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the report; `anchor` is unique within it."""

    anchor: str
    title: str
    blocks: Sequence[Block]


def items(text: Text) -> Sequence[Inline]:
    """The inline items of a text."""
    return [text] if isinstance(text, str) else text
