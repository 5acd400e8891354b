"""Second open question of the thesis: zero patterns for more hidden layers."""

from __future__ import annotations

import itertools
from dataclasses import replace

from flint import fmpq

from algebra.networks import LinearNetwork
from proofs.catalogue.proposition_3_1 import needs_more_points
from proofs.catalogue.sources import needs_hidden_layer, theory
from proofs.catalogue.stray_zeros import (
    Violation,
    decide_for_data,
    generic_finding,
    prove_for_all_data,
)
from proofs.context import Context
from proofs.counterexamples import partly_active
from proofs.identities import (
    no_stray_zeros_in_first_layer,
    null_output_row_kills_last_layer,
    null_rows_match_null_columns,
    supports_are_products,
)
from proofs.implications import active_sets
from proofs.propositions import Claim, Finding, Verdict, first_reason


def for_all_data(context: Context) -> Finding:
    """C1, C2, C3' and C4' together: see docs/theory.md for how the theorem follows."""
    network = context.network
    found = prove_for_all_data(
        context,
        "zero patterns for every depth",
        itertools.chain(
            supports_are_products(network),
            null_rows_match_null_columns(network),
            no_stray_zeros_in_first_layer(network),
            null_output_row_kills_last_layer(network),
        ),
        "",
    )
    return replace(found, relies_on=(*found.relies_on, theory("section 3, Theorem 3")))


def for_data(context: Context) -> Finding:
    """The identities where no datum vanishes, else the ideal of the gradient."""
    network, data = context.network, context.data
    conditions: list[tuple[str, fmpq]] = []
    if network.m == 1:
        conditions = list(zip(network.parameters, data.parameter_values, strict=True))
    found = decide_for_data(
        context, violation(network), conditions, for_all_data, active_sets(network)
    )
    if found.verdict is not Verdict.HOLDS:
        return found
    # That the implications add up to sets of active neurons is the last step of the proof.
    steps = dict.fromkeys((*found.relies_on, theory("section 3, Theorem 3")))
    return replace(found, relies_on=tuple(steps))


def violation(network: LinearNetwork) -> Violation:
    """A zero pattern that is not given by nonempty sets of active neurons."""

    def violates(zero: frozenset[str]) -> str | None:
        if len(zero) == network.weight_count:
            return None
        active = [
            [i for i in range(1, width + 1) if _reads(network, layer, i, zero)]
            for layer, width in enumerate(network.widths[1:-1], start=1)
        ]
        sets = [list(range(1, network.widths[0] + 1)), *active]
        sets.append(list(range(1, network.widths[-1] + 1)))
        for layer, (rows, columns) in enumerate(network.shapes, start=1):
            for i, j in itertools.product(range(1, rows + 1), range(1, columns + 1)):
                name = f"w{layer}_{i}_{j}"
                if (name in zero) == (i in sets[layer] and j in sets[layer - 1]):
                    what = "vanishes" if name in zero else "does not vanish"
                    return f"active neurons {active}, but {name} {what}"
        return None

    return violates


def _reads(network: LinearNetwork, layer: int, i: int, zero: frozenset[str]) -> bool:
    """Whether neuron i of a hidden layer has a nonzero incoming weight."""
    before = network.widths[layer - 1]
    return any(f"w{layer}_{i}_{j}" not in zero for j in range(1, before + 1))


def generic(context: Context) -> Finding:
    """Our theorem for generic data, any m."""
    network = context.network
    return generic_finding(context, violation(network), active_sets(network), "section 3")


def naive(context: Context) -> Finding:
    """A critical point with one inactive neuron has a row with zero and nonzero entries."""
    found = partly_active(context.network, seed=context.seed)
    if found is None or not found.is_critical():
        return Finding(Verdict.UNDECIDED, reason="no such critical point was found")
    return Finding(
        Verdict.FAILS,
        {"counterexample": found.to_dict()},
        (found.certificate(),),
        reason=(
            f"middle layers need “row or column”: a critical point with {found.zero} = 0 and "
            f"{found.nonzero} ≠ 0 in the same row, exact over Q"
        ),
    )


def needs_middle_layer(context: Context) -> str | None:
    """Reason if there is no layer between hidden neurons, or no neuron can be off in it."""
    network = context.network
    if network.hidden_layers < 2:
        return "there is no layer between two hidden layers"
    if all(width == 1 for width in network.widths[1:-2]):
        return "every row of the middle layers has one entry"
    return None


STATEMENT = (
    "a critical point is zero, or there are nonempty sets A_l of active hidden neurons such that "
    "W_l[i, j] ≠ 0 exactly for i in A_l and j in A_{l-1} (all inputs and outputs are active)"
)
_SOURCE = "Open question of the thesis (zero patterns for H > 1); docs/theory.md, section 3"

CLAIMS = (
    Claim(
        "deep-patterns",
        "Zero patterns for every depth, all data, m = 1",
        f"For all data with x, y and λ nonzero: {STATEMENT}.",
        ("no x_j, y_k or λ vanishes", "m = 1"),
        _SOURCE,
        "docs/theory.md, section 3",
        first_reason(
            needs_hidden_layer,
            lambda c: None if c.network.m == 1 else f"m = {c.network.m}: see deep-patterns-generic",
        ),
        for_all_data,
    ),
    Claim(
        "deep-patterns-data",
        "Zero patterns for every depth, given data",
        f"For the given data: {STATEMENT}.",
        (),
        _SOURCE,
        "docs/theory.md, section 3",
        needs_hidden_layer,
        for_data,
    ),
    Claim(
        "deep-patterns-generic",
        "Zero patterns for every depth, generic data, m ≥ 2",
        f"For generic data with this number of data points: {STATEMENT}.",
        ("(Λ, X, Y) outside a proper Zariski-closed set",),
        _SOURCE,
        "docs/theory.md, section 3",
        first_reason(needs_hidden_layer, needs_more_points),
        generic,
    ),
    Claim(
        "middle-layers-naive",
        "A zero weight makes its row zero, middle layers",
        "For all data with x, y and λ nonzero: at every critical point a zero weight of a layer "
        "between two hidden layers makes its row zero, as it does in the first layer.",
        ("no x_j, y_k or λ vanishes",),
        "The literal extension of Proposition 3.1; see docs/theory.md, section 3",
        "docs/theory.md, section 3",
        needs_middle_layer,
        naive,
    ),
)
