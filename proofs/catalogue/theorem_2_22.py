"""Theorem 2.22: Bernstein's bound on the zeros with all coordinates nonzero."""

from __future__ import annotations

from algebra.words import Word
from proofs.catalogue.count_claims import torus_count
from proofs.catalogue.newton_power import mixed_cell_certificate
from proofs.catalogue.sources import BERNSTEIN, THESIS, count_json, needs_nonzero_equations
from proofs.context import Context
from proofs.propositions import Claim, Finding, Verdict


def decide(context: Context) -> Finding:
    """Upper bound on the torus zeros ≤ volume of verified mixed cells ≤ mixed volume."""
    volume = context.bounds.torus_mixed_volume
    number = volume.value
    assert number is not None
    evidence: dict[str, object] = {"mixed_volume": number, "word": str(volume.word)}
    cells = mixed_cell_certificate(context, "torus", number)
    counts = context.pattern_counts
    torus = torus_count(counts)
    evidence["torus_count"] = count_json(torus)
    if torus.lower.value is not None and torus.lower.value > number:
        words = (torus.lower.word, volume.word)
        documents = (*counts.certificates, *volume.certificates)
        return Finding(Verdict.FAILS, evidence, documents, words)
    upper = torus.upper.value
    if upper is None or upper > number:
        reason = "no upper bound on the torus zeros of this instance is below the mixed volume"
        return Finding(Verdict.UNDECIDED, evidence, relies_on=(BERNSTEIN,), reason=reason)
    if cells is None:
        # That the mixed volume is at least this rests on the computation alone.
        words = (torus.upper.word, Word.PROBABLE)
        return Finding(
            Verdict.HOLDS, evidence, counts.certificates, words, reason="too many mixed cells"
        )
    return Finding(Verdict.HOLDS, evidence, (cells, *counts.certificates), (torus.upper.word,))


CLAIMS = (
    Claim(
        "theorem-2.22",
        "Bernstein's bound",
        "The isolated zeros with all coordinates nonzero are at most the mixed volume of the "
        "Newton polytopes of the gradient system.",
        (),
        f"{THESIS}, Theorem 2.22 (Bernstein)",
        "literature",
        needs_nonzero_equations,
        decide,
    ),
)
