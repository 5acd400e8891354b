"""Counts, evidence and other facts of a report's document in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proofs.reports import pictures
from proofs.reports.blocks import (
    Inline,
    Link,
    Mark,
    Text,
)

Document = Mapping[str, Any]

#: Sentences of the checker shown per claim, and characters of a sentence; report.json has all.
MAX_SENTENCES, MAX_CHARACTERS = 5, 260


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
        text.append(f": {count[f'{side}_from']} ")
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
    return links or entry.get("source", "")


def clipped(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def dimension(value: int | None) -> str:
    """The dimension in words."""
    if value is None:
        return "unknown"
    return {-1: "-1 (there is none)", 0: "0 (finitely many points)"}.get(value, str(value))


def plain(value: Any) -> Text:
    """Plain data as text."""
    if isinstance(value, Mapping):
        return clipped("; ".join(f"{key}: {plain(item)}" for key, item in value.items()))
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, Sequence):
        shown = clipped(", ".join(str(plain(item)) for item in value[:12]))
        return shown + (f", … ({len(value)} in all)" if len(value) > 12 else "")
    return str(value)


def short_source(source: str) -> str:
    """A source without the thesis's full citation."""
    return source.rpartition("arXiv:2301.12651, ")[2]
