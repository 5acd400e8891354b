"""At critical points Λ_l ∘ W_l has rank at most m."""

from __future__ import annotations

from math import comb

from proofs.catalogue.stray_zeros import prove_for_all_data
from proofs.context import Context
from proofs.identities import regularised_weights_have_low_rank
from proofs.propositions import Claim, Finding

#: Most minors that are written out.
MOST_MINORS = 200


def needs_minors(context: Context) -> str | None:
    """Reason if there is no (m+1)-minor, or too many."""
    size = context.network.m + 1
    minors = sum(comb(rows, size) * comb(columns, size) for rows, columns in context.network.shapes)
    if minors == 0:
        return f"no layer has a minor of size m + 1 = {size}"
    return None if minors <= MOST_MINORS else f"{minors} minors: at most {MOST_MINORS} are expanded"


def decide(context: Context) -> Finding:
    """Identity C4: all (m+1)-minors lie in the gradient ideal."""
    return prove_for_all_data(
        context, "low rank", regularised_weights_have_low_rank(context.network), ""
    )


CLAIMS = (
    Claim(
        "low-rank",
        "rank(Λ_l ∘ W_l) ≤ m",
        "For all data: at every critical point each Λ_l ∘ W_l has rank at most m; its "
        "(m+1)-minors lie in the gradient ideal.",
        (),
        "docs/theory.md, section 1, C4",
        "docs/theory.md, section 1, C4",
        needs_minors,
        decide,
    ),
)
