"""The evidence of a claim, plain data of any shape, as readable blocks.

Numbers and short lists become one line each; records of the same shape become a table of their
own; long lists are shortened, and the page says that report.json has the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from proofs.reports import phrases
from proofs.reports.blocks import (
    Block,
    Code,
    Inline,
    Items,
    Mark,
    Paragraph,
    Strong,
    Table,
    Text,
    items,
)
from proofs.reports.notation import typeset

#: Entries of a list, rows of a table, and columns of a table that are shown.
MAX_ENTRIES, MAX_ROWS, MAX_COLUMNS = 4, 12, 7
#: A list whose entries are longer together is set as a bulleted list.
MAX_LINE = 110
#: Facts up to this many characters share a paragraph.
SHORT = 40
#: Records of one shape beside other facts become a table if there are more of them.
MIN_TOGETHER = 3
#: Fields of records that stand elsewhere on the page.
_ELSEWHERE = ("relies_on", "word")


def blocks(evidence: Mapping[str, Any]) -> list[Block]:
    """Simple facts in running text, then what needs a line, a list or a table of its own."""
    known = {key: value for key, value in evidence.items() if not _is_empty(key, value)}
    # Several records of one shape, such as the columns of a row of Table 3.1, are one table.
    together = {key: value for key, value in known.items() if isinstance(value, Mapping)}
    records = _records(together) if len(together) > MIN_TOGETHER else None
    if records is not None:
        known = {key: value for key, value in known.items() if key not in together}
    short: list[Text] = []
    lines: list[Text] = []
    larger: list[Block] = [_table("", records)] if records is not None else []
    for key, value in known.items():
        name = label(key)
        if (rows := _records(value)) is not None:
            larger.append(_table(name, rows))
        elif _is_long(value):
            larger.append(_long_list(name, value))
        elif isinstance(value, Mapping) and any(_is_long(inner) for inner in value.values()):
            simple = {k: v for k, v in value.items() if not _is_long(v)}
            lines.append([Strong(f"{name}: "), *items(line(simple))])
            larger += [
                _long_list(f"{name}: {label(k)}", v) for k, v in value.items() if _is_long(v)
            ]
        else:
            shown = items(line(value))
            text: Text = [Strong(f"{name}: "), *shown]
            (short if _length(shown) <= SHORT else lines).append(text)
    return [
        *([Paragraph(_joined(short, " · "))] if short else []),
        *([Items(lines)] if lines else []),
        *larger,
    ]


def _is_empty(key: str, value: Any) -> bool:
    return key in _ELSEWHERE or value in ("", None, [], {})


def _length(shown: Sequence[Inline]) -> int:
    return sum(len(item) if isinstance(item, str) else 8 for item in shown)


def label(key: str) -> str:
    """The name of a fact in words."""
    name = str(key)
    # Names of variables and of quantities (w1_2_1, N_C) keep theirs.
    return name.replace("_", " ") if name.islower() and not re.search(r"\d_\d", name) else name


def line(value: Any) -> Text:
    """Plain data on one line."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return phrases.set_sentence(value)
        case {"word": str(word), "value": int() | None}:
            return _valued(value, word)
        case Mapping():
            return _joined(
                [[f"{label(key)} ", *items(line(inner))] for key, inner in value.items()], "; "
            )
        case [[*_], *_] if all(_is_row(row) for row in value):
            return [Code("; ".join(", ".join(map(str, row)) for row in value))]
        case [*_]:
            shown: list[Text] = [line(inner) for inner in value[: 2 * MAX_ENTRIES]]
            more = len(value) - len(shown)
            return _joined([*shown, *([f"… ({more} more in report.json)"] if more else [])], ", ")
        case None:
            return "–"
    return str(value)


def _is_row(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(x, str | int) for x in value)


def _valued(record: Mapping[str, Any], word: str) -> list[Inline]:
    """A number with its word, and the one printed in the thesis where it stands beside it."""
    shown: list[Inline] = [phrases.count_text(record), " ", Mark(word)]
    if record.get("printed") is not None:
        shown.append(f" (printed: {record['printed']})")
    if record.get("note"):
        shown += [" ", *items(phrases.set_sentence(str(record["note"])))]
    return shown


def _joined(texts: Sequence[Text], separator: str) -> list[Inline]:
    joined: list[Inline] = []
    for text in texts:
        joined += [separator, *items(text)] if joined else items(text)
    return joined


def _records(value: Any) -> list[tuple[str, Mapping[str, Any]]] | None:
    """(name, record) of records that make a table: two or more of them with common fields."""
    named: Sequence[tuple[str, Any]]
    if isinstance(value, list):
        named = [("", entry) for entry in value]
    elif isinstance(value, Mapping):
        named = [(str(name), entry) for name, entry in value.items()]
    else:
        return None
    if len(named) < 2 or not all(isinstance(entry, Mapping) for _, entry in named):
        return None
    common = set.intersection(*(set(entry) for _, entry in named))
    return list(named) if common and not common <= {"value", "lower", "upper", "word"} else None


def _table(caption: str, records: Sequence[tuple[str, Mapping[str, Any]]]) -> Table:
    """Records as rows; a field that is empty in all of them is left out."""
    fields = list(dict.fromkeys(field for _, record in records for field in record))
    kept = [
        field
        for field in fields
        if field not in _ELSEWHERE
        and any(record.get(field) not in ("", None, [], {}) for _, record in records)
    ][:MAX_COLUMNS]
    named = any(name for name, _ in records)
    rows: list[list[Text]] = []
    for name, record in records[:MAX_ROWS]:
        cells: list[Text] = [line(record.get(field)) for field in kept]
        match record:
            case {"word": str(word), "value": int() | None} if "value" in kept:
                cells[kept.index("value")] = [phrases.count_text(record), " ", Mark(word)]
        rows.append([*([typeset(name)] if named else []), *cells])
    more = len(records) - len(rows)
    return Table(
        [*([""] if named else []), *(label(field) for field in kept)],
        rows,
        caption + (f" ({more} more in report.json)" if more else ""),
    )


def _is_long(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(entry, str) for entry in value)
        and sum(map(len, value)) > MAX_LINE
    )


def _long_list(caption: str, entries: Sequence[str]) -> Items:
    shown: list[Text] = [phrases.set_sentence(entry) for entry in entries[:MAX_ENTRIES]]
    shown[0] = [Strong(f"{caption}: "), *items(shown[0])]
    more = len(entries) - len(shown)
    return Items([*shown, *([f"… and {more} more in report.json"] if more else [])])
