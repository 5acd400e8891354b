"""Counts, evidence and other facts of a report's document in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proofs.reports import pictures
from proofs.reports.blocks import (
    Inline,
    Link,
    Mark,
    Text,
)
from proofs.reports.notation import typeset

Document = Mapping[str, Any]

#: Characters of a sentence that are shown; report.json has all.
MAX_CHARACTERS = 260
#: Where raw data begin: a coefficient or variable times a variable, a power of one, a list of
#: variables, of patterns.
_RAW = re.compile(
    r"-?(?:\d+(?:/\d+)?\*[a-z]|[a-z]\w*(?:\^\d+)?\*|[a-z]\w*\d\w*\^)|of \d+ equations in|\bpattern:"
)
#: Where a sentence may end before a polynomial that it would run into.
_BREAKS = re.compile(r"[,;:]? (?:wherever|because|by|and)\b|[,;:]? (?=of \d)|[,;:] ")
#: The beginning of a sentence says something if it has this many characters.
MIN_CHARACTERS = 30


def count_text(count: Mapping[str, Any]) -> str:
    """A count's value, or its two sides."""
    if count.get("value") is not None:
        return pictures.grouped(count["value"])
    lower, upper = count.get("lower"), count.get("upper")
    if upper is None:
        return f"≥ {lower or 0}"
    return f"{lower or 0} … {upper}"


def side(sign: str, count: Mapping[str, Any], side: str) -> Text:
    """One side of a count with its argument and word."""
    if count.get(side) is None:
        return "–"
    text: list[Inline] = [f"{sign} {count[side]}"]
    if count.get(f"{side}_from"):
        text += [": ", *typeset(str(count[f"{side}_from"])), " "]
    if count.get(f"{side}_word"):
        text += [" ", Mark(count[f"{side}_word"])]
    return text


def evidence(entry: Mapping[str, Any]) -> Text:
    """Links to the certificates, or the source."""
    files = entry.get("certificates") or ()
    links: list[Inline] = []
    for number, file in enumerate(files, 1):
        links += [
            ", " if links else "",
            Link(f"certificate {number}" if len(files) > 1 else "certificate", file),
        ]
    return links or typeset(str(entry.get("source", "")))


def clipped(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def dimension(value: int | None) -> str:
    """The dimension in words."""
    if value is None:
        return "unknown"
    return {-1: "-1 (there is none)", 0: "0 (finitely many points)"}.get(value, str(value))


def set_sentence(text: str) -> Text:
    """A sentence with its formulas typeset, shortened where it is long."""
    return typeset(clipped(text))


def readable(sentence: str) -> str | None:
    """A sentence of the checker up to the first raw polynomial or list; None if little is left.

    Identities among polynomials fill lines and are for machines: report.json has them.
    """
    found = _RAW.search(sentence)
    if found is None:
        return clipped(sentence)
    ends = [match.start() for match in _BREAKS.finditer(sentence, 0, found.start())]
    return clipped(f"{sentence[: ends[-1]]} …") if ends and ends[-1] >= MIN_CHARACTERS else None


def short_source(source: str) -> str:
    """A source without the thesis's full citation."""
    return source.rpartition("arXiv:2301.12651, ")[2]
