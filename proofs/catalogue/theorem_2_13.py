"""Theorem 2.13: the classical Bézout bound, on the gradient system."""

from __future__ import annotations

import math

from algebra.errors import LimitReached
from proofs import certificates
from proofs.catalogue.sources import THESIS, count_json, needs_nonzero_equations
from proofs.context import Context
from proofs.formulas import bezout_bound
from proofs.propositions import Claim, Finding, Verdict


def decide(context: Context) -> Finding:
    """The partition into one group gives Π deg f_i; compared with the number of zeros."""
    system = context.system
    bound = math.prod(system.degrees)
    everything = [list(range(len(system.variables)))]
    evidence: dict[str, object] = {
        "bound": bound,
        "degrees": list(system.degrees),
        "without_special_data": bezout_bound(context.network),
    }
    certificate = certificates.bezout(system, bound, everything)
    try:
        total = context.pattern_counts.total
    except LimitReached as limit:
        evidence["count"] = str(limit)
    else:
        evidence["count"] = count_json(total)
        if total.lower.value is not None and total.lower.value > bound:
            counts = context.pattern_counts.certificates
            return Finding(Verdict.FAILS, evidence, counts, (total.lower.word,))
    return Finding(Verdict.HOLDS, evidence, (certificate,))


CLAIMS = (
    Claim(
        "theorem-2.13",
        "Classical Bézout bound",
        "The gradient system has at most Π deg f_i ≤ (2H+1)^N isolated complex zeros.",
        (),
        f"{THESIS}, Theorem 2.13 (Bézout)",
        "literature",
        needs_nonzero_equations,
        decide,
    ),
)
