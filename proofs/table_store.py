"""A store of finished rows of Table 3.1: certificates in, numbers out.

A line holds what takes long: the certificates of N_C and N_C* and of many real critical points,
with the data of the latter. Nothing in it is believed: the checker reads the certificates again,
their systems must be those of the row, and numbers and words come from the facts they prove.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algebra.errors import InputError
from algebra.networks import NetworkData
from algebra.words import Word, weakest
from proofs import formulas
from proofs.certificates import Document, system_json
from proofs.settlement import Settled, settle_certificate
from proofs.table_entries import REAL_POINTS, Entry

if TYPE_CHECKING:
    from proofs.context import Context
    from proofs.table import TableRow

VERSION = 3


def read_store(store: str | Path | None) -> dict[tuple[int, int], Any]:
    """Lines by (row, seed); those that are incomplete or of another version are ignored."""
    if store is None or not Path(store).exists():
        return {}
    found: dict[tuple[int, int], Any] = {}
    for line in Path(store).read_text(encoding="utf-8").splitlines():
        try:
            document = json.loads(line)
            if document["version"] == VERSION:
                found[int(document["row"]), int(document["seed"])] = document
        except (ValueError, KeyError, TypeError):
            continue
    return found


def append_row(store: str | Path | None, row: TableRow, seed: int) -> None:
    """Keep a finished row, if there is a store and the maximum was reached."""
    if store is None:
        return
    most = row.entries["max_N_R"]
    if most.data is None:
        return
    document = {
        "version": VERSION,
        "row": row.row,
        "seed": seed,
        "counts": list(row.entries["N_C"].certificates),
        "note": row.entries["N_C"].note,
        "real": list(most.certificates),
        "real_data": most.data.to_dict(),
        "real_note": most.note,
    }
    with Path(store).open("a", encoding="utf-8") as file:
        file.write(json.dumps(document, sort_keys=True) + "\n")


def entries_of(document: Any, context: Context, printed: dict[str, int]) -> dict[str, Entry] | None:
    """N_C, N_C* and max N_R from a stored line, or None if it does not prove them here."""
    try:
        counts = [_about(part, context.reduction.reduced) for part in document["counts"]]
        data = NetworkData.from_dict(document["real_data"], context.network)
        most = _about(document["real"][0], context.network.gradient_system(data=data))
        notes = str(document["note"]), str(document["real_note"])
    except (InputError, LookupError, TypeError, ValueError):
        return None
    if most is None or any(e <= 0 for matrix in data.Lambda for row in matrix for e in row):
        return None
    known = [settled for settled in counts if settled is not None]
    entries: dict[str, Entry] = {}
    for name, quantity in (("N_C", "complex"), ("N_Cstar", "torus")):
        value = _exact(known, quantity)
        if value is None:
            return None
        relies = tuple(dict.fromkeys(text for settled in known for text in settled.assumed))
        documents = (context.reduction.certificate(), *document["counts"])
        word = weakest(*(settled.word for settled in known))
        entries[name] = Entry(value, word, printed[name], notes[0], relies, documents)
    reached = most.facts.get(("real", "at_least"), 0)
    _, d, p = context.network.widths
    if reached != formulas.real_bound(d, p):
        return None
    entries["max_N_R"] = Entry(
        reached,
        Word.PROBABLE,
        printed["max_N_R"],
        notes[1],
        (REAL_POINTS, *most.assumed),
        tuple(document["real"]),
        data,
    )
    return entries


def _about(document: Document, system: Any) -> Settled | None:
    """What an accepted certificate proves about this very system; None about another one."""
    if document.get("system") != system_json(system):
        return None
    settled = settle_certificate(document, system=system)
    return settled if settled.word is Word.PROVED else None


def _exact(known: list[Settled], quantity: str) -> int | None:
    """The number that certificates bound from both sides alike."""
    low = max((s.facts.get((quantity, "at_least"), 0) for s in known), default=0)
    high = [s.facts[quantity, "at_most"] for s in known if (quantity, "at_most") in s.facts]
    return low if high and min(high) == low else None
