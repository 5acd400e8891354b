"""Balancedness: weighted norms of consecutive layers agree, neuron by neuron."""

from __future__ import annotations

from proofs.catalogue.sources import needs_hidden_layer
from proofs.catalogue.stray_zeros import prove_for_all_data
from proofs.context import Context
from proofs.identities import balancedness
from proofs.propositions import Claim, Finding


def decide(context: Context) -> Finding:
    """Identity C5, any m and H."""
    return prove_for_all_data(context, "balancedness", balancedness(context.network), "")


CLAIMS = (
    Claim(
        "balancedness",
        "Balancedness",
        "For all data: at every critical point Σ_j λ_ij w_ij² over row i of W_l equals "
        "Σ_k λ_ki w_ki² over column i of W_{l+1}.",
        (),
        "docs/theory.md, section 1, C5; the regularised form of a known conservation law",
        "docs/theory.md, section 1, C5",
        needs_hidden_layer,
        decide,
    ),
)
