"""First open question of the thesis: are B_C* and B_C ever attained?"""

from __future__ import annotations

from proofs.catalogue.count_claims import torus_count, total_count
from proofs.catalogue.sources import (
    WRITTEN,
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    theory,
)
from proofs.context import Context
from proofs.formulas import affine_bound, generic_count, torus_bound
from proofs.propositions import Claim, Finding, Verdict, first_reason


def decide(context: Context) -> Finding:
    """Attained for d = 1, never for d ≥ 2: the count of these data on the right side of it."""
    _, d, p = context.network.widths
    bound, most = affine_bound(d, p), generic_count(d, p)
    counts = context.pattern_counts
    total = total_count(counts)
    evidence = {
        "B_C": bound,
        "B_C*": torus_bound(d, p),
        "most_isolated_with_multiplicity": most,
        "count": count_json(total),
        "torus_count": count_json(torus_count(counts)),
    }
    relies = (theory("section 2, corollary"),)
    if total.value is None:
        reason = "the count of these data is open: by the written proof alone"
        return Finding(Verdict.HOLDS, evidence, (), (WRITTEN,), relies, reason)
    attained = total.value == bound
    if d > 1 and attained:
        return Finding(Verdict.FAILS, evidence, counts.certificates, (total.word,))
    return Finding(
        Verdict.HOLDS,
        {**evidence, "attained_here": attained},
        counts.certificates,
        (total.word, WRITTEN),
        relies,
        "attained for d = 1" if d == 1 else f"d = {d}: at most {most} < {bound} for all data",
    )


CLAIMS = (
    Claim(
        "question-bounds-attained",
        "Open question: are B_C and B_C* attained?",
        "Rank X = 1: for d = 1 generic data attain B_C = 1+4p and B_C* = 4p; for d ≥ 2 no data "
        "attain either bound, even with multiplicity. (For rank X ≥ 2 they are no bounds.)",
        ("H = 1", "rank X = 1"),
        "Open question of the thesis; answered in docs/theory.md, section 2, corollary",
        "docs/theory.md, section 2",
        first_reason(needs_one_hidden_layer, needs_rank_one),
        decide,
    ),
)
