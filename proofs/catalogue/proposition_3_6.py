"""Proposition 3.6: at most (4p)^d critical points with all weights nonzero."""

from __future__ import annotations

from proofs.catalogue.count_claims import compare_with_bound, torus_count
from proofs.catalogue.sources import (
    THESIS,
    needs_one_hidden_layer,
    needs_rank_one,
    theory,
)
from proofs.context import Context
from proofs.formulas import generic_torus_count, torus_bound
from proofs.propositions import Claim, Finding, first_reason


def decide(context: Context) -> Finding:
    """The Newton polytopes of the decoupled family; the torus count of these data against it."""
    _, d, p = context.network.widths
    return compare_with_bound(
        context,
        torus_count,
        "torus",
        torus_bound(d, p),
        {"formula": "(4p)^d", "generic_count": generic_torus_count(d, p)},
        (theory("section 4, decoupled family"),),
    )


CLAIMS = (
    Claim(
        "proposition-3.6",
        "At most (4p)^d critical points in the torus",
        "One hidden layer of d neurons, p outputs, rank X = 1: for all data at most B_C* = (4p)^d "
        "isolated critical points have all weights nonzero.",
        ("H = 1", "m = 1, or more data points on a line"),
        f"{THESIS}, Proposition 3.6",
        "docs/theory.md, section 4",
        first_reason(needs_one_hidden_layer, needs_rank_one),
        decide,
    ),
)
