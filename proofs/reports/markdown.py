"""A report as Markdown: readable in a terminal, rendered by GitHub and pandoc."""

from __future__ import annotations

import re
from collections.abc import Sequence

from proofs.reports.blocks import (
    Block,
    Callout,
    Cards,
    Code,
    Details,
    Figure,
    Formula,
    Inline,
    Items,
    Link,
    Listing,
    Mark,
    Math,
    Paragraph,
    Section,
    Strong,
    Table,
    Text,
    items,
)

#: Folder of the pictures beside the report.
PICTURES = "pictures"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#$~])")


def to_markdown(title: str, sections: Sequence[Section]) -> str:
    """The whole report as one Markdown text."""
    lines = [f"# {escape(title)}", ""]
    for section in sections:
        lines += [f'<a id="{section.anchor}"></a>', "", f"## {escape(section.title)}", ""]
        lines += _blocks(section.blocks)
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """Literal text on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def inline(text: Text) -> str:
    """One run of text."""
    return "".join(_item(item) for item in items(text))


def _item(item: Inline) -> str:
    match item:
        case Math(tex):
            return f"${tex}$"
        case Code(text):
            fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
            return f"{fence}{text}{fence}".replace("|", "\\|")
        case Strong(text):
            return f"**{escape(text)}**"
        case Link(text, target):
            return f"[{escape(text)}]({target})"
        case Mark(word):
            return f"**{escape(word)}**" if word else ""
        case _:
            leading = " " if item[:1].isspace() else ""
            trailing = " " if item[-1:].isspace() and item.strip() else ""
            return leading + escape(item) + trailing


def _blocks(blocks: Sequence[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [*_block(block), ""]
    return lines


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph(text):
            return [inline(text)]
        case Formula(tex):
            return [f"$${tex}$$"]
        case Cards(cards):
            rows = [[c.label, c.value, [Mark(c.word)], c.note] for c in cards]
            return _table(Table(["", "value", "word", ""], rows, numeric=frozenset({1})))
        case Items(entries):
            return [f"- {inline(entry)}" for entry in entries]
        case Callout(tone, title, text):
            sign = {"good": "NOTE", "warn": "WARNING", "bad": "CAUTION"}[tone]
            return [f"> [!{sign}]", f"> **{escape(title)}** {inline(text)}"]
        case Listing(text):
            return ["```", *text.rstrip("\n").split("\n"), "```"]
        case Figure(name, _, caption, description):
            return [f"![{escape(description)}]({PICTURES}/{name}.svg)", "", inline(caption)]
        case Table():
            return _table(block)
        case Details(summary, inner, anchor):
            head = [f'<a id="{anchor}"></a>', ""] if anchor else []
            return [*head, f"**{inline(summary).replace('**', '')}**", "", *_blocks(inner)[:-1]]
    raise TypeError(f"{type(block).__name__} is no block")


def _table(table: Table) -> list[str]:
    rule = ["---:" if i in table.numeric else "---" for i in range(len(table.columns))]
    lines = [_row([inline(c) for c in table.columns]), _row(rule)]
    lines += [_row([inline(cell) for cell in row]) for row in table.rows]
    caption = inline(table.caption)
    return [*([f"{caption}", ""] if caption else []), *lines]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
