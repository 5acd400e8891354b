"""The bound on real critical points for positive regularisers."""

from __future__ import annotations

from proofs.catalogue.sources import (
    WRITTEN,
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    needs_regulariser,
    theory,
)
from proofs.context import Context
from proofs.convexity import uniqueness_certificate
from proofs.formulas import real_bound
from proofs.propositions import Claim, Finding, Verdict, first_reason


def needs_positive_regulariser(context: Context) -> str | None:
    """Reason if some λ is negative."""
    for layer, matrix in enumerate(context.data.Lambda, start=1):
        for i, row in enumerate(matrix, start=1):
            for j, entry in enumerate(row, start=1):
                if entry < 0:
                    return f"l{layer}_{i}_{j} = {entry} is negative"
    return None


def decide(context: Context) -> Finding:
    """The real count of the data at hand against Σ_{k ≤ min(d,p')} 2^k C(d,k)."""
    _, d, p = context.network.widths
    rank_one = context.rank_one
    assert rank_one is not None
    targets = sum(1 for value in rank_one.v if value != 0)
    bound = real_bound(d, targets)
    counts = context.pattern_counts
    real = counts.real
    evidence = {
        "bound": bound,
        "nonzero_targets": targets,
        "real": count_json(real),
        "attained": real.value == bound,
        "dimension": counts.dimension,
    }
    relies = (theory("section 2, real points"),)
    unique = context.once(
        "unique residuals",
        lambda: tuple(uniqueness_certificate(e, p) for e in range(1, min(d, p) + 1)),
    )
    evidence["residuals_are_unique_for_each_active_set"] = len(unique)
    low, high = real.lower.value, real.upper.value
    if low is not None and low > bound and counts.dimension == 0:
        return Finding(
            Verdict.FAILS,
            evidence,
            counts.certificates,
            (real.lower.word,),
            reason=f"at least {low} > {bound} real critical points",
        )
    if high is not None and high <= bound and counts.dimension == 0:
        documents = (*counts.certificates, *unique)
        finite, steps = context.finiteness(counts)
        return Finding(Verdict.HOLDS, evidence, documents, (real.upper.word, finite), steps)
    reason = "the real count of these data is open: by the written proof alone"
    return Finding(Verdict.HOLDS, evidence, unique, (WRITTEN,), relies, reason)


CLAIMS = (
    Claim(
        "real-bound",
        "N_R ≤ Σ_{k ≤ min(d,p')} 2^k C(d,k) for λ > 0",
        "For the given data (one hidden layer, rank X = 1, all λ > 0, p' outputs with nonzero "
        "target): infinitely many real critical points, or at most Σ_{k ≤ min(d,p')} 2^k C(d,k).",
        ("H = 1", "rank X = 1", "all λ > 0"),
        "docs/theory.md, section 2 (own theorem)",
        "docs/theory.md, section 2, real points",
        first_reason(
            needs_one_hidden_layer, needs_rank_one, needs_regulariser, needs_positive_regulariser
        ),
        decide,
    ),
)
