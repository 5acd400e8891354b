"""Theorem 3.9: at most (1+4p)^d critical points."""

from __future__ import annotations

from proofs.catalogue.count_claims import compare_with_bound, total_count
from proofs.catalogue.sources import (
    THESIS,
    needs_one_hidden_layer,
    needs_rank_one,
    theory,
)
from proofs.context import Context
from proofs.formulas import affine_bound, generic_count
from proofs.propositions import Claim, Finding, first_reason


def decide(context: Context) -> Finding:
    """The Newton polytopes of the decoupled family; the count of these data against it."""
    _, d, p = context.network.widths
    return compare_with_bound(
        context,
        total_count,
        "complex",
        affine_bound(d, p),
        {"formula": "(1+4p)^d", "generic_count": generic_count(d, p)},
        (theory("section 4, decoupled family"),),
    )


CLAIMS = (
    Claim(
        "theorem-3.9",
        "At most (1+4p)^d critical points",
        "One hidden layer of d neurons, p outputs, rank X = 1: for all data at most B_C = (1+4p)^d "
        "isolated complex critical points.",
        ("H = 1", "m = 1, or more data points on a line"),
        f"{THESIS}, Theorem 3.9",
        "docs/theory.md, section 4",
        first_reason(needs_one_hidden_layer, needs_rank_one),
        decide,
    ),
)
