"""Table 3.1: the row of the network, recomputed beside the print."""

from __future__ import annotations

from algebra.words import Word
from proofs.catalogue.sources import THESIS
from proofs.context import Context
from proofs.propositions import Claim, Finding, Verdict
from proofs.table import COLUMNS, printed_row, table_row


def needs_a_row(context: Context) -> str | None:
    """Reason if the table has no such network."""
    if printed_row(context.network) is None:
        return f"Table 3.1 has no row for {context.network.name}"
    return None


def decide(context: Context) -> Finding:
    """All columns of the row; the data at hand play no role."""
    number = printed_row(context.network)
    assert number is not None
    row = context.once(
        "table_row", lambda: table_row(number, seed=context.seed, budget=context.budget)
    )
    evidence = row.to_dict()
    certificates = tuple(
        {id(c): c for name in COLUMNS for c in row.entries[name].certificates}.values()
    )
    open_columns = [name for name in COLUMNS if row.entries[name].value is None]
    relies = tuple(dict.fromkeys(t for e in row.entries.values() for t in e.relies_on))
    words: tuple[Word, ...] = tuple(entry.word for entry in row.entries.values())
    if row.differences:
        differing = {name: row.entries[name] for name in row.differences}
        return Finding(
            Verdict.FAILS,
            evidence,
            certificates,
            tuple(entry.word for entry in differing.values()),
            relies,
            "; ".join(
                f"{name}: {entry.value}, printed {entry.printed} ({entry.note})"
                for name, entry in differing.items()
            ),
        )
    if open_columns:
        return Finding(Verdict.UNDECIDED, evidence, reason=f"open: {', '.join(open_columns)}")
    return Finding(Verdict.HOLDS, evidence, certificates, words, relies, f"row {number}")


CLAIMS = (
    Claim(
        "table-3.1",
        "Table 3.1, this network's row",
        "All numbers of the network's row of Table 3.1 (N, CBB, BKK, B_C, B_C*, N_C, N_C*, "
        "max N_R) are as printed, for generic data and, in the last column, λ > 0.",
        ("H = 1, m = 1", "generic data"),
        f"{THESIS}, Table 3.1",
        "docs/theory.md, sections 2 and 4",
        needs_a_row,
        decide,
    ),
)
