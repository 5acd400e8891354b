"""Proposition 3.1: no stray zeros in W_1."""

from __future__ import annotations

from flint import fmpq

from proofs.catalogue.sources import THESIS, needs_hidden_layer
from proofs.catalogue.stray_zeros import (
    Violation,
    decide_for_data,
    generic_finding,
    prove_for_all_data,
    refute_for_all_data,
)
from proofs.context import Context
from proofs.counterexamples import stray_zero
from proofs.identities import no_stray_zeros_in_first_layer
from proofs.implications import rows_of_first_layer
from proofs.propositions import Claim, Finding, first_reason


def for_all_data(context: Context) -> Finding:
    """Identity C1 for m = 1; for m ≥ 2 a counterexample, where a row has two entries."""
    network = context.network
    if network.m > 1 and network.widths[0] > 1:
        found = stray_zero(network, 1, (1, 1), (1, 2), seed=context.seed, budget=context.budget)
        return refute_for_all_data(context, found, f"m = {network.m}")
    found_identities = no_stray_zeros_in_first_layer(network) if network.m == 1 else ()
    return prove_for_all_data(
        context, "Proposition 3.1", found_identities, "every row of W_1 has one entry"
    )


def for_data(context: Context) -> Finding:
    """The identities where no x_j and λ of the first layer vanish, else exact algebra."""
    network, data = context.network, context.data
    conditions: list[tuple[str, fmpq]] = []
    if network.widths[0] > 1:
        conditions += [(f"x{j}_1", row[0]) for j, row in enumerate(data.X, start=1)]
        conditions += [
            (f"l1_{i}_{j}", entry)
            for i, row in enumerate(data.Lambda[0], start=1)
            for j, entry in enumerate(row, start=1)
        ]
    return decide_for_data(
        context, violation(context), conditions, for_all_data, rows_of_first_layer(network)
    )


def violation(context: Context) -> Violation:
    """A row of W_1 with a zero and a nonzero entry."""
    rows, columns = context.network.shapes[0]

    def violates(zero: frozenset[str]) -> str | None:
        for i in range(1, rows + 1):
            row = [f"w1_{i}_{j}" for j in range(1, columns + 1)]
            vanishing = [name for name in row if name in zero]
            if vanishing and len(vanishing) < columns:
                other = next(name for name in row if name not in zero)
                return f"{vanishing[0]} = 0 and {other} ≠ 0"
        return None

    return violates


def generic(context: Context) -> Finding:
    """Our theorem on zero patterns, any m."""
    implications = rows_of_first_layer(context.network)
    return generic_finding(context, violation(context), implications, "section 3")


def needs_more_points(context: Context) -> str | None:
    """Reason if m = 1: then the claim for all data says more."""
    return None if context.network.m > 1 else "m = 1: the claim for all data says more"


STATEMENT = "a_ij = 0 implies a_is = 0 for all s: a row of W_1 is zero or has no zero"

CLAIMS = (
    Claim(
        "proposition-3.1",
        "No stray zeros in W_1, all data",
        f"For all data with x, y and λ nonzero: at every critical point {STATEMENT}.",
        ("λ_is ≠ 0 and x_j ≠ 0 for the pair (j, s) in question", "m = 1 (it fails for m ≥ 2)"),
        f"{THESIS}, Proposition 3.1",
        "docs/theory.md, section 1, C1",
        needs_hidden_layer,
        for_all_data,
    ),
    Claim(
        "proposition-3.1-data",
        "No stray zeros in W_1, given data",
        f"For the given data: at every critical point {STATEMENT}.",
        (),
        f"{THESIS}, Proposition 3.1, for these data whether or not its hypotheses hold",
        "docs/theory.md, sections 1 and 3",
        needs_hidden_layer,
        for_data,
    ),
    Claim(
        "proposition-3.1-generic",
        "No stray zeros in W_1, generic data, m ≥ 2",
        f"For generic data with this number of data points: at every critical point {STATEMENT}.",
        ("(Λ, X, Y) outside a proper Zariski-closed set",),
        "docs/theory.md, section 3",
        "docs/theory.md, section 3",
        first_reason(needs_hidden_layer, needs_more_points),
        generic,
    ),
)
