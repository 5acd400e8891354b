"""`critnet table`: Table 3.1 recomputed beside the printed one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from critnet.options import WRITABLE, common_options
from critnet.session import Session
from critnet.tables import STYLES, number
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from proofs.table import Entry, Table, TableRow

#: Column of the document -> (heading, width).
COLUMNS = {
    "N": ("N", 4),
    "CBB": ("CBB", 12),
    "BKK": ("BKK", 9),
    "B_C": ("B_C", 7),
    "B_Cstar": ("B_C*", 7),
    "N_C": ("N_C", 7),
    "N_Cstar": ("N_C*", 7),
    "max_N_R": ("max N_R", 9),
}
#: Width of the last column: most real critical points known for λ of any sign.
ANY_SIGN = 7
#: Letter behind a number for its word.
LETTERS = {"proved": "p", "certified": "c", "probable": "~", "numerical": "?"}


@click.command("table")
@click.option("--rows", metavar="ROWS", help="Such as 14, 1-9 or 3,7-9 (default: all 26).")
@click.option("--bounds-only", is_flag=True, help="Only N, CBB, BKK, B_C and B_C*.")
@click.option("--store", type=WRITABLE, help="Finished rows; a stopped table goes on from it.")
@common_options("table")
def command(session: Session, rows: str | None, bounds_only: bool, store: Path | None) -> None:
    """Recompute Table 3.1 of the thesis; differences from the print are marked."""
    from critnet.warmup import prepare_cache

    prepare_cache()
    from proofs.table import parse_rows, table

    parse_rows(rows)
    if not bounds_only:
        warm_up(session)  # bounds alone load what they need
    console = session.console()
    started = False

    def show(row: TableRow) -> None:
        nonlocal started
        session.clear()
        if not session.json:
            if not started:
                console.print(_header(), style="bold", markup=False)
            console.print(_line(row))
        started = True

    with session.stage("table"):
        result = table(
            rows,
            bounds_only=bounds_only,
            seed=session.seed,
            budget=session.budget,
            on_row=show,
            store=store,
        )
    session.emit({"variables": [], **result.to_dict()}, lambda out: _legend(out, result))


def _header() -> str:
    names = "".join(name.rjust(width) for name, width in COLUMNS.values())
    return " No  d dx dy" + names + "any λ".rjust(ANY_SIGN)


def _line(row: TableRow) -> str:
    """One row; a number that differs from the print stands as printed→recomputed."""
    cells = "".join(_cell(row.entries.get(name), width) for name, (_, width) in COLUMNS.items())
    found = row.any_sign
    last = "" if found is None else ("" if found.value is not None else "≥") + str(found.lower)
    return f"{row.row:3d} {row.d:2d} {row.dx:2d} {row.dy:2d}{cells}{last.rjust(ANY_SIGN)}"


def _cell(entry: Entry | None, width: int) -> str:
    if entry is None:
        return "".rjust(width)
    text = number(entry.value) + LETTERS[str(entry.word)]
    if entry.differs:
        text = f"{number(entry.printed)}→{text}"
        return f"[bold red]{text.rjust(width)}[/]"
    style = STYLES[str(entry.word)]
    return f"[{style}]{text.rjust(width)}[/]"


def _legend(console: Console, result: Table) -> None:
    words = ", ".join(f"{letter} {word}" for word, letter in LETTERS.items())
    console.print(f"\n{words}; a→b: printed a, recomputed b", markup=False)
    console.print(
        "max N_R: λ > 0; any λ: the best data found, λ ≠ 0 of any sign, certified (--json)"
    )
    for row in result.rows:
        for name in row.differences:
            entry = row.entries[name]
            console.print(
                f"row {row.row}, {COLUMNS[name][0]}: printed {entry.printed}, "
                f"recomputed {entry.value} ({entry.word}): {entry.note}",
                markup=False,
                soft_wrap=True,
            )
    if not result.differences:
        console.print(f"{len(result.rows)} rows, all as printed", markup=False)
    reliances = dict.fromkeys(
        text for row in result.rows for entry in row.entries.values() for text in entry.relies_on
    )
    for text in reliances:
        console.print(f"relies on: {escape(text)}")
