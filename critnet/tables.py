"""Tables for people: every number with its word, in one style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

#: Colours of the words of trust and of the verdicts.
STYLES = {
    "proved": "bold green",
    "certified": "cyan",
    "probable": "yellow",
    "numerical": "magenta",
    "holds": "bold green",
    "fails": "bold red",
    "undecided": "yellow",
    "not-applicable": "dim",
}


def word(name: Any) -> str:
    """A word of trust or a verdict, in its colour."""
    text = "–" if name is None else str(name)
    style = STYLES.get(text)
    return f"[{style}]{text}[/]" if style else escape(text)


def number(value: Any) -> str:
    """An integer with thin groups of three digits, or a dash."""
    if value is None:
        return "–"
    return f"{value:,}".replace(",", "\N{THIN SPACE}") if isinstance(value, int) else str(value)


def plural(count: int, noun: str) -> str:
    """A number with its noun: 1 equation, 3 equations."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def count_text(count: Mapping[str, Any] | None) -> str:
    """A count or bound with value, or "lower … upper" where the two differ."""
    if count is None:
        return "–"
    if count.get("value") is not None:
        return number(count["value"])
    if "lower" not in count and "upper" not in count:
        return "–"
    lower, upper = count.get("lower"), count.get("upper")
    if upper is None:
        return f"at least {number(lower)}" if lower else "unknown"
    return f"{number(lower or 0)} … {number(upper)}"


def table(
    title: str | None, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: str = ""
) -> Table:
    """A table; `right` names the columns that are aligned to the right, separated by spaces."""
    result = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    numeric = set(right.split())
    for column in columns:
        result.add_column(column, justify="right" if column in numeric else "left")
    for row in rows:
        result.add_row(*row)
    return result


def counts_table(title: str | None, counts: Mapping[str, Mapping[str, Any] | None]) -> Table:
    """One row per count or bound: value, word, where it comes from."""
    rows = [
        (
            escape(name),
            count_text(entry),
            word(entry.get("word") if entry else None),
            escape(_origin(entry)),
        )
        for name, entry in counts.items()
    ]
    return table(title, ["", "value", "word", "from"], rows, right="value")


def heading(console: Console, text: str, details: str = "") -> None:
    """The first line of a command's answer."""
    console.print(f"[bold]{escape(text)}[/]" + (f"  {escape(details)}" if details else ""))


def notes(console: Console, lines: Iterable[str]) -> None:
    """Remarks below a table."""
    for line in lines:
        console.print(f"• {line}", markup=False)


def _origin(entry: Mapping[str, Any] | None) -> str:
    if not entry:
        return ""
    if entry.get("source"):
        return str(entry["source"])
    lower, upper = entry.get("lower_from"), entry.get("upper_from")
    if lower and upper and lower != upper:
        return f"≥ {lower}; ≤ {upper}"
    return str(lower or upper or "")
