"""Theorem 2.22: Bernstein's bound on the zeros with all coordinates nonzero."""

from __future__ import annotations

from algebra.words import Word
from proofs.catalogue.sources import BERNSTEIN, THESIS, count_json
from proofs.context import Context
from proofs.propositions import Claim, Finding, Verdict, always


def decide(context: Context) -> Finding:
    """Upper bound on the torus zeros ≤ volume of verified mixed cells ≤ mixed volume."""
    from polytopes import mixed_cells

    cells = context.once(
        "torus_cells",
        lambda: mixed_cells(context.system.supports, seed=context.seed, budget=context.budget),
    )
    volume = cells.mixed_volume
    counts = context.pattern_counts
    torus = counts.patterns.get(frozenset())
    evidence: dict[str, object] = {"mixed_volume": volume, "cells": len(cells.volumes)}
    if torus is None:
        upper = 0 if counts.complete else None
        word = counts.total.word
        evidence["torus_count"] = {"value": upper}
    else:
        evidence["torus_count"] = count_json(torus)
        upper, word = torus.upper.value, torus.upper.word
        if torus.lower.value is not None and torus.lower.value > volume:
            words = (torus.lower.word, Word.PROBABLE)
            return Finding(Verdict.FAILS, evidence, counts.certificates, words)
    if upper is None or upper > volume:
        reason = "no upper bound on the torus zeros of this instance is below the mixed volume"
        return Finding(Verdict.UNDECIDED, evidence, relies_on=(BERNSTEIN,), reason=reason)
    return Finding(Verdict.HOLDS, evidence, (cells.certificate(), *counts.certificates), (word,))


CLAIMS = (
    Claim(
        "theorem-2.22",
        "Bernstein's bound",
        "The isolated zeros with all coordinates nonzero are at most the mixed volume of the "
        "Newton polytopes of the gradient system.",
        (),
        f"{THESIS}, Theorem 2.22 (Bernstein)",
        "literature",
        always,
        decide,
    ),
)
