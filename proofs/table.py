"""Table 3.1 recomputed: every entry live, with its word, beside the printed one.

A row is a network with one hidden layer and one data point. N_C and N_C* come from data with small
exact entries that pass the genericity tests of docs/theory.md, through the reduction to d + p
unknowns, and from the full gradient system as well up to `CROSS_CHECK` weights. The maximal number
of real critical points for λ > 0 is the bound of docs/theory.md, reached by exact data that a
search finds and whose real points are certified one by one.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flint import fmpq

from algebra.errors import EnginesDisagree, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Count, Word, weakest
from proofs import certificates, formulas
from proofs.any_sign import AnySign, most_real_any_sign
from proofs.context import Context, PatternCounts
from proofs.genericity import genericity
from proofs.printed_table import COLUMNS, PRINTED, parse_rows, printed_row
from proofs.settlement import settle, settle_certificate
from proofs.table_entries import REAL_POINTS, Entry
from proofs.table_store import append_row, entries_of, read_store

#: Weights up to which N_C is also counted on the full gradient system.
CROSS_CHECK = 12

THEOREM_3_9 = "docs/theory.md, section 4, decoupled family (own theorem, proved in writing)"


@dataclass(frozen=True)
class TableRow:
    """One row: the network and its entries by column name.

    `any_sign` says how many real critical points λ of any sign are known to have; the column
    max_N_R is about λ > 0.
    """

    row: int
    d: int
    dx: int
    dy: int
    entries: dict[str, Entry]
    any_sign: AnySign | None = None

    @property
    def differences(self) -> tuple[str, ...]:
        """Columns in which the print differs."""
        return tuple(name for name, entry in self.entries.items() if entry.differs)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        entries = {name: entry.to_dict() for name, entry in self.entries.items()}
        document = {"row": self.row, "d": self.d, "dx": self.dx, "dy": self.dy, **entries}
        if self.any_sign is not None:
            document["max_N_R_any_sign"] = self.any_sign.to_dict()
        return document


@dataclass(frozen=True)
class Table:
    """Table 3.1, recomputed rows in order."""

    rows: tuple[TableRow, ...]

    @property
    def differences(self) -> tuple[tuple[int, str], ...]:
        """(row, column) wherever the print differs."""
        return tuple((row.row, name) for row in self.rows for name in row.differences)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "columns": list(COLUMNS),
            "rows": [row.to_dict() for row in self.rows],
            "differences": [{"row": row, "column": name} for row, name in self.differences],
        }

    def to_dataframe(self) -> Any:
        """A pandas table: one row per row, recomputed and printed values."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        records = []
        for row in self.rows:
            record: dict[str, Any] = {"row": row.row, "d": row.d, "dx": row.dx, "dy": row.dy}
            for name, entry in row.entries.items():
                record |= {name: entry.value, f"{name}_printed": entry.printed}
            records.append(record)
        return pd.DataFrame(records)

    def __repr__(self) -> str:
        return f"Table({len(self.rows)} rows, {len(self.differences)} differences from the print)"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("row", "d", "dx", "dy", *COLUMNS))
        body = "".join(
            f"<tr><td>{row.row}</td><td>{row.d}</td><td>{row.dx}</td><td>{row.dy}</td>"
            + "".join(_cell(row.entries.get(name)) for name in COLUMNS)
            + "</tr>"
            for row in self.rows
        )
        return f"<table><tr>{head}</tr>{body}</table>"


def table(
    rows: str | Iterable[int] | None = None,
    *,
    bounds_only: bool = False,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    on_row: Callable[[TableRow], None] | None = None,
    store: str | Path | None = None,
) -> Table:
    """Table 3.1, recomputed.

    Parameters
    ----------
    rows : "1-26", "3,7-9" or numbers, optional
        Default: all 26.
    bounds_only : bool
        Only N, CBB, BKK, B_C and B_C*.
    seed : int
        Of the searches; changes no value.
    on_row : callable, optional
        Called with each row as it is finished.
    store : path, optional
        A file with one finished row per line (JSON). What takes long is not computed again: the
        certificates found there are checked, against this very table, and numbers and words are
        read off them.

    Raises
    ------
    InputError
        No such row.
    LimitReached
        `partial` is the Table so far.
    """
    wanted = parse_rows(rows)
    known = {} if bounds_only else read_store(store)
    done: list[TableRow] = []
    for k, number in enumerate(wanted):
        budget.report("table row", k, len(wanted))
        try:
            budget.check()
            row = table_row(
                number,
                bounds_only=bounds_only,
                seed=seed,
                budget=budget,
                stored=known.get((number, seed)),
            )
            if not bounds_only and (number, seed) not in known:
                append_row(store, row, seed)
        except LimitReached as limit:
            raise LimitReached(str(limit), Table(tuple(done))) from None
        done.append(row)
        if on_row is not None:
            on_row(row)
    return Table(tuple(done))


def table_row(
    number: int,
    *,
    bounds_only: bool = False,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    stored: Any | None = None,
) -> TableRow:
    """One row, recomputed; `stored` is a line of a store, used as far as its certificates go.

    Raises
    ------
    EnginesDisagree
        The reduced and the full system have different numbers of zeros, or the algebra contradicts
        certified zeros.
    """
    _, d, dx, dy, *printed = PRINTED[number - 1]
    expected = dict(zip(COLUMNS, printed, strict=True))
    network = LinearNetwork((dx, d, dy))
    context = Context(network, generic_data(network, seed), seed, budget)
    entries = _exponent_bounds(context, expected)
    if not bounds_only:
        known = None if stored is None else entries_of(stored, context, expected)
        if known is None:
            known = _counts(context, context.reduced_patterns, expected)
            known["max_N_R"] = _most_real(network, expected["max_N_R"], seed, budget)
        entries |= known
    entries |= _thesis_bounds(context, expected, certify=not bounds_only)
    ordered = {name: entries[name] for name in COLUMNS if name in entries}
    any_sign = None if bounds_only else most_real_any_sign(network, seed=seed, budget=budget)
    return TableRow(number, d, dx, dy, ordered, any_sign)


def generic_data(network: LinearNetwork, seed: int = 0) -> NetworkData:
    """Data with small exact entries that pass the genericity tests (i)-(iii).

    Inverses of λ are small integers, so that the reduced system has small integer coefficients;
    the seed only moves the first candidate.
    """
    n, d, p = network.widths
    for shift in itertools.count(seed):
        numbers = (2 + (7 * k * k + 5 * k + shift) % 29 for k in itertools.count(shift))
        x = tuple((fmpq(next(numbers)),) for _ in range(n))
        y = tuple((fmpq(1 + next(numbers)),) for _ in range(p))
        first = tuple(tuple(x[j][0] * x[j][0] / next(numbers) for j in range(n)) for _ in range(d))
        second = tuple(tuple(fmpq(1, next(numbers)) for _ in range(d)) for _ in range(p))
        data = NetworkData(x, y, (first, second), ("small exact data that pass the tests",))
        if genericity(network, data).holds:
            return data
    raise AssertionError("generic data are dense")


# -- entries --------------------------------------------------------------------------------------


def _exponent_bounds(context: Context, printed: dict[str, int]) -> dict[str, Entry]:
    """N, CBB and BKK: from the exponents of the gradient system alone."""
    from polytopes import mixed_volume

    network, system = context.network, context.system
    n = len(system.variables)
    bezout = 1
    for degree in system.degrees:
        bezout *= degree
    certificate = certificates.bezout(system, bezout, [list(range(n))])
    settled = settle_certificate(certificate, system=system)
    volume = mixed_volume(system.supports, kind="affine", seed=context.seed, budget=context.budget)
    dx, d, dy = network.widths
    formula = formulas.newton_bound(dx, d, dy)
    # Like the other bounds this one is as sure as its upper side.
    bound = settle(volume, system=system).upper
    note = "tropical homotopy"
    if volume.value == formula:
        note += "; equals (Σ_k 4^k C(n,k) C(p,k))^d"
    else:
        note += f"; the formula of docs/theory.md gives {formula}"
    return {
        "N": Entry(n, settled.word, printed["N"], "d(d_x + d_y)", (), (certificate,)),
        "CBB": Entry(
            bezout, settled.word, printed["CBB"], "Π deg f_i", settled.assumed, (certificate,)
        ),
        "BKK": Entry(
            volume.value, bound.word, printed["BKK"], note, bound.relies_on, bound.certificates
        ),
    }


def _counts(context: Context, counts: PatternCounts, printed: dict[str, int]) -> dict[str, Entry]:
    """N_C and N_C* from the reduced system, cross-checked on the full one."""
    network = context.network
    _, d, p = network.widths
    total, torus = counts.total, _torus(counts)
    note = f"data pass the genericity tests; {len(context.reduction.reduced.variables)} unknowns"
    if network.weight_count <= CROSS_CHECK:
        full = _full_count(context)
        if full is None:
            note += "; full system not counted within the limits"
        elif full.value != total.value:
            raise EnginesDisagree(
                f"{network.name}: {total.value} zeros of the reduced system, {full.value} of the "
                "gradient system"
            )
        else:
            note += f"; the gradient system in {network.weight_count} unknowns agrees ({full.word})"
    for value, formula in (
        (total.value, formulas.generic_count(d, p)),
        (torus.value, formulas.generic_torus_count(d, p)),
    ):
        if value is not None and value != formula:
            note += f"; {value} is not the {formula} of docs/theory.md"
    return {
        "N_C": _entry(total, printed["N_C"], note, counts),
        "N_Cstar": _entry(torus, printed["N_Cstar"], note, counts),
    }


def _full_count(context: Context) -> Count | None:
    """Zeros of the gradient system by exact algebra modulo primes, or None beyond a limit."""
    from algebra.counting import count_zeros

    try:
        found = count_zeros(context.system, torus=False, real=False, budget=context.budget)
    except LimitReached:
        return None
    return found.distinct if found.distinct.value is not None else None


def _torus(counts: PatternCounts) -> Count:
    from proofs.catalogue.count_claims import torus_count

    return torus_count(counts)


def _entry(count: Count, printed: int, note: str, counts: PatternCounts) -> Entry:
    # A count of 0 in the torus follows from the others and rests on what they rest on.
    sides = (counts.total.lower, counts.total.upper, count.lower, count.upper)
    relies = tuple(dict.fromkeys(text for side in sides for text in side.relies_on))
    return Entry(count.value, count.word, printed, note, relies, counts.certificates)


def _most_real(network: LinearNetwork, printed: int, seed: int, budget: Budget) -> Entry:
    """The bound for λ > 0, and exact data with as many certified real points."""
    from homotopy.certify import certify
    from proofs.real_points import data_with_most_real_points, real_critical_points

    _, d, p = network.widths
    bound = formulas.real_bound(d, p)
    data, _ = data_with_most_real_points(network, seed=seed, budget=budget)
    system = network.gradient_system(data=data)
    found = certify(system, real_critical_points(network, data), budget=budget)
    settled = settle_certificate(found.certificate, system=system)
    reached = settled.facts.get(("real", "at_least"), found.real_count)
    if reached > bound:
        raise EnginesDisagree(
            f"{network.name}: {reached} certified real critical points, the bound is {bound}"
        )
    note = f"bound {bound} of docs/theory.md; data with {reached} certified real points found"
    if reached < bound:
        return Entry(None, Word.PROBABLE, printed, f"{reached}..{bound}; {note}", (REAL_POINTS,))
    if reached != printed:
        note += (
            f"; the printed {printed} is no real count of any data: finite counts are odd (parity)"
            if printed % 2 == 0
            else f"; samples that reached only {printed} are no maximum"
        )
    # The lower half is certified; the upper half is a theorem that no certificate covers.
    word = weakest(settled.word, Word.PROBABLE)
    note += f" (at least {reached}: {settled.word})"
    relies = (REAL_POINTS, *settled.assumed)
    return Entry(reached, word, printed, note, relies, (found.certificate,), data)


def _thesis_bounds(context: Context, printed: dict[str, int], certify: bool) -> dict[str, Entry]:
    """B_C and B_C*: the formulas, proved as bounds by the decoupled family (docs/theory.md).

    For all data where the network is small enough, otherwise for the data of the row. Checking
    the family's isomorphism takes longer than all mixed volumes: a table of bounds alone rests on
    the written proof.
    """
    from proofs.catalogue.count_claims import FAMILY_RELIES, by_the_family

    _, d, p = context.network.widths
    entries = {}
    for name, region, value, note in (
        ("B_C", "complex", formulas.affine_bound(d, p), "(1+4p)^d"),
        ("B_Cstar", "torus", formulas.torus_bound(d, p), "(4p)^d"),
    ):
        everywhere, here = by_the_family(context, region, value) if certify else (None, None)
        document = here if everywhere is None else everywhere
        if document is None:
            entries[name] = Entry(value, Word.PROBABLE, printed[name], note, (THEOREM_3_9,))
            continue
        note += ", a bound for all data" if document is everywhere else ", a bound for these data"
        settled = settle_certificate(document)
        relies = tuple(dict.fromkeys((*settled.assumed, *FAMILY_RELIES)))
        entries[name] = Entry(value, settled.word, printed[name], note, relies, (document,))
    return entries


def _cell(entry: Entry | None) -> str:
    if entry is None:
        return "<td></td>"
    text = "?" if entry.value is None else str(entry.value)
    if entry.differs:
        text = f"<b>{text}</b> (printed {entry.printed})"
    return f'<td title="{html.escape(entry.note)}">{text}</td>'


__all__ = ["COLUMNS", "PRINTED", "Entry", "Table", "TableRow", "generic_data", "parse_rows"]
__all__ += ["printed_row", "table", "table_row"]
