"""Proposition 3.3: no stray zeros in the last layer."""

from __future__ import annotations

from flint import fmpq

from algebra.networks import LinearNetwork
from proofs.catalogue.proposition_3_1 import needs_more_points
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
from proofs.identities import no_stray_zeros_in_last_layer
from proofs.implications import columns_of_last_layer
from proofs.propositions import Claim, Finding, first_reason


def for_all_data(context: Context) -> Finding:
    """Identity C3 for m = 1; for m ≥ 2 a counterexample, where a column has two entries."""
    network = context.network
    last = len(network.shapes)
    if network.m > 1 and network.widths[-1] > 1:
        found = stray_zero(network, last, (1, 1), (2, 1), seed=context.seed, budget=context.budget)
        return refute_for_all_data(context, found, f"m = {network.m}")
    found_identities = no_stray_zeros_in_last_layer(network) if network.m == 1 else ()
    return prove_for_all_data(
        context, "Proposition 3.3", found_identities, "every column of the last layer has one entry"
    )


def for_data(context: Context) -> Finding:
    """The identities where no y_k and λ of the last layer vanish, else exact algebra."""
    network, data = context.network, context.data
    conditions: list[tuple[str, fmpq]] = []
    if network.widths[-1] > 1:
        conditions += [(f"y{k}_1", row[0]) for k, row in enumerate(data.Y, start=1)]
        conditions += [
            (f"l{len(network.shapes)}_{k}_{i}", entry)
            for k, row in enumerate(data.Lambda[-1], start=1)
            for i, entry in enumerate(row, start=1)
        ]
    return decide_for_data(
        context, violation(network), conditions, for_all_data, columns_of_last_layer(network)
    )


def violation(network: LinearNetwork) -> Violation:
    """A column of the last layer with a zero and a nonzero entry."""
    last = len(network.shapes)
    rows, columns = network.shapes[-1]

    def violates(zero: frozenset[str]) -> str | None:
        for i in range(1, columns + 1):
            column = [f"w{last}_{k}_{i}" for k in range(1, rows + 1)]
            vanishing = [name for name in column if name in zero]
            if vanishing and len(vanishing) < rows:
                other = next(name for name in column if name not in zero)
                return f"{vanishing[0]} = 0 and {other} ≠ 0"
        return None

    return violates


def generic(context: Context) -> Finding:
    """Our theorem on zero patterns, any m."""
    implications = columns_of_last_layer(context.network)
    return generic_finding(context, violation(context.network), implications, "section 3")


STATEMENT = "b_ki = 0 implies b_·i = 0: a column of the last layer is zero or has no zero"

CLAIMS = (
    Claim(
        "proposition-3.3",
        "No stray zeros in W_{H+1}, all data",
        f"For all data with x, y and λ nonzero: at every critical point {STATEMENT}.",
        (
            "y_k ≠ 0, and the λ of the last layer in row k (other columns) and at (l, i) nonzero",
            "m = 1 (it fails for m ≥ 2)",
        ),
        f"{THESIS}, Proposition 3.3",
        "docs/theory.md, section 1, C3",
        needs_hidden_layer,
        for_all_data,
    ),
    Claim(
        "proposition-3.3-data",
        "No stray zeros in W_{H+1}, given data",
        f"For the given data: at every critical point {STATEMENT}.",
        (),
        f"{THESIS}, Proposition 3.3, for these data whether or not its hypotheses hold",
        "docs/theory.md, sections 1 and 3",
        needs_hidden_layer,
        for_data,
    ),
    Claim(
        "proposition-3.3-generic",
        "No stray zeros in W_{H+1}, generic data, m ≥ 2",
        f"For generic data with this number of data points: at every critical point {STATEMENT}.",
        ("(Λ, X, Y) outside a proper Zariski-closed set",),
        "docs/theory.md, section 3",
        "docs/theory.md, section 3",
        first_reason(needs_hidden_layer, needs_more_points),
        generic,
    ),
)
