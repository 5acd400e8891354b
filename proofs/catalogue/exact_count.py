"""The exact number of critical points for one hidden layer and rank X = 1."""

from __future__ import annotations

from algebra.errors import EnginesDisagree
from proofs.catalogue.count_claims import compare_exactly, torus_count, total_count
from proofs.catalogue.sources import needs_one_hidden_layer, needs_rank_one, needs_regulariser
from proofs.context import Context
from proofs.formulas import generic_count, generic_torus_count
from proofs.propositions import Claim, Finding, Verdict, first_reason


def needs_generic_data(context: Context) -> str | None:
    """Reason if one of the conditions (i)-(iii) fails; names it and its effect."""
    tests = context.genericity
    if tests.holds:
        return None
    counts = context.known("pattern_counts")
    if counts is None or counts.total.value is None:
        return f"not generic: {tests.failures[0]}"
    return (
        f"not generic: {tests.failures[0]}; these data have {counts.total.value} isolated "
        f"critical points ({counts.total.word})"
    )


def genericity(context: Context) -> Finding:
    """Whether the data are generic: (i)-(iii) exactly, (iv) by the number of distinct zeros."""
    _, d, p = context.network.widths
    tests = context.genericity
    expected = generic_count(d, p)
    evidence: dict[str, object] = {
        "tested_quantities": tests.tested,
        "failures": [str(failure) for failure in tests.failures],
        "expected_if_generic": expected,
    }
    counts = context.pattern_counts
    finding = compare_exactly(context, total_count(counts), expected, counts, evidence)
    if tests.holds:
        # (iv): as many distinct zeros as the length means that every zero is simple.
        low = counts.total.lower.value
        if low is not None and low > expected:
            raise EnginesDisagree(
                f"{low} critical points of generic data, the theorem says {expected}"
            )
        if finding.verdict is Verdict.FAILS:
            return Finding(
                Verdict.FAILS,
                {**finding.evidence, "condition_iv": False},
                finding.certificates,
                finding.words,
                reason="(iv) fails: fewer distinct critical points than the length of the scheme",
            )
        return finding
    reason = "; ".join(str(failure) for failure in tests.failures[:3])
    shown = [failure.certificate for failure in tests.failures if failure.certificate is not None]
    return Finding(
        Verdict.FAILS,
        {**finding.evidence, "count_is_still_the_formula": counts.total.value == expected},
        tuple(shown[:1]),
        reason=reason,
    )


def all_zeros(context: Context) -> Finding:
    """N_C for generic data."""
    _, d, p = context.network.widths
    counts = context.pattern_counts
    evidence = {"formula": "Σ_k 4^k C(d,k) C(p,k)", "genericity": str(context.genericity)}
    return compare_exactly(context, total_count(counts), generic_count(d, p), counts, evidence)


def torus_zeros(context: Context) -> Finding:
    """N_C* for generic data."""
    _, d, p = context.network.widths
    counts = context.pattern_counts
    evidence = {"formula": "4^d C(p,d)", "genericity": str(context.genericity)}
    return compare_exactly(
        context, torus_count(counts), generic_torus_count(d, p), counts, evidence
    )


def needs_all_inputs(context: Context) -> str | None:
    """Reason if an x_j vanishes."""
    rank_one = context.rank_one
    zeros = [] if rank_one is None else [j for j, x in enumerate(rank_one.x, start=1) if x == 0]
    return f"x{zeros[0]} = 0: no critical point has all weights nonzero" if zeros else None


_APPLIES = (needs_one_hidden_layer, needs_rank_one, needs_regulariser)
_HYPOTHESES = ("H = 1", "rank X = 1", "conditions (i)-(iv) of docs/theory.md, section 2")
_SOURCE = "docs/theory.md, section 2 (own theorem)"

CLAIMS = (
    Claim(
        "genericity",
        "The data are generic",
        "The data satisfy the exact conditions (i)-(iv) under which the number of critical points "
        "is that of generic data.",
        ("H = 1", "rank X = 1"),
        _SOURCE,
        "docs/theory.md, section 2",
        first_reason(needs_one_hidden_layer, needs_rank_one),
        genericity,
    ),
    Claim(
        "exact-count",
        "N_C = Σ_k 4^k C(d,k) C(p,k)",
        "The given data are generic, and there are exactly Σ_k 4^k C(d,k) C(p,k) complex critical "
        "points, independently of the number of inputs.",
        _HYPOTHESES,
        _SOURCE,
        "docs/theory.md, section 2",
        first_reason(*_APPLIES, needs_generic_data),
        all_zeros,
    ),
    Claim(
        "exact-torus-count",
        "N_C* = 4^d C(p,d)",
        "The given data are generic, and exactly 4^d C(p,d) complex critical points have all "
        "weights nonzero.",
        (*_HYPOTHESES, "no x_j vanishes"),
        _SOURCE,
        "docs/theory.md, section 2",
        first_reason(*_APPLIES, needs_all_inputs, needs_generic_data),
        torus_zeros,
    ),
)
