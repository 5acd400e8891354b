"""Finite numbers of critical points are 1 modulo 2^H."""

from __future__ import annotations

from algebra.errors import EnginesDisagree
from proofs.catalogue.sources import (
    count_json,
    needs_hidden_layer,
    needs_regulariser,
)
from proofs.context import Context
from proofs.formulas import parity_modulus
from proofs.propositions import Claim, Finding, Verdict, first_reason


def decide(context: Context) -> Finding:
    """The complex and the real count; a count that contradicts the theorem is a bug of ours."""
    modulus = parity_modulus(context.network)
    counts = context.pattern_counts
    evidence: dict[str, object] = {"modulus": modulus, "dimension": counts.dimension}
    if counts.dimension is not None and counts.dimension > 0:
        return Finding(
            Verdict.NOT_APPLICABLE,
            evidence,
            reason=f"infinitely many critical points, dimension {counts.dimension}",
        )
    if counts.dimension is None:
        return Finding(Verdict.UNDECIDED, evidence, reason="whether they are finite is not known")
    finite, relies = context.finiteness(counts)
    words = []
    for name, count in (("complex", counts.total), ("real", counts.real)):
        evidence[name] = count_json(count)
        if count.value is None:
            continue
        if count.value % modulus != 1 % modulus:
            raise EnginesDisagree(
                f"{count.value} {name} critical points, but a finite count is 1 modulo {modulus}"
            )
        words.append(count.word)
    if not words:
        return Finding(Verdict.UNDECIDED, evidence, reason="no count of these data is exact")
    return Finding(Verdict.HOLDS, evidence, counts.certificates, (*words, finite), relies)


CLAIMS = (
    Claim(
        "parity",
        "N_C ≡ N_R ≡ 1 modulo 2^H",
        "For the given data: the number of critical points is 1 modulo 2^H, and so is the number "
        "of real ones.",
        ("no λ vanishes", "finitely many critical points"),
        "docs/theory.md, section 2 (own theorem)",
        "docs/theory.md, section 2, parity",
        first_reason(needs_hidden_layer, needs_regulariser),
        decide,
    ),
)
