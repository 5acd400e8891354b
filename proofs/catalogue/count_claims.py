"""How claims about numbers of critical points are decided on given data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from algebra.errors import LimitReached
from algebra.words import Bound, Count, Word
from proofs.catalogue.sources import WRITTEN, count_json
from proofs.context import Context, PatternCounts
from proofs.propositions import Finding, Verdict


def total_count(counts: PatternCounts) -> Count:
    """All isolated critical points."""
    return counts.total


def torus_count(counts: PatternCounts) -> Count:
    """Critical points with all weights nonzero; none if the other patterns account for all."""
    found = counts.patterns.get(frozenset())
    if found is not None:
        return found
    if counts.complete:
        word = counts.total.word
        return Count(Bound(0, word, counts.source), Bound(0, word, counts.source))
    return Count(Bound(0, Word.NUMERICAL, "no lower bound"), counts.total.upper)


def compare_with_bound(
    context: Context,
    which: Callable[[PatternCounts], Count],
    bound: int,
    evidence: Mapping[str, Any],
    relies_on: tuple[str, ...],
) -> Finding:
    """Whether a count is at most `bound`: by its upper side, refuted by its lower side.

    Where the count cannot be had, the claim rests on `relies_on` alone.
    """
    evidence = {**evidence, "bound": bound}
    try:
        counts = context.pattern_counts
    except LimitReached as limit:
        evidence["count"] = str(limit)
        return Finding(
            Verdict.HOLDS, evidence, (), (WRITTEN,), relies_on, "by the written proof alone"
        )
    count = which(counts)
    evidence |= {"count": count_json(count), "attained": count.value == bound}
    evidence["source"] = counts.source
    if count.lower.value is not None and count.lower.value > bound:
        return Finding(
            Verdict.FAILS,
            evidence,
            counts.certificates,
            (count.lower.word,),
            reason=f"at least {count.lower.value} > {bound}",
        )
    if count.upper.value is not None and count.upper.value <= bound:
        return Finding(Verdict.HOLDS, evidence, counts.certificates, (count.upper.word,))
    return Finding(
        Verdict.HOLDS,
        evidence,
        (),
        (WRITTEN,),
        relies_on,
        f"the computed upper bound is {count.upper.value}: by the written proof alone",
    )


def compare_exactly(
    count: Count, expected: int, counts: PatternCounts, evidence: Mapping[str, Any]
) -> Finding:
    """Whether a count equals `expected`."""
    evidence = {**evidence, "expected": expected, "count": count_json(count)}
    if count.value == expected:
        return Finding(Verdict.HOLDS, evidence, counts.certificates, (count.word,))
    low, high = count.lower.value, count.upper.value
    if (low is not None and low > expected) or (high is not None and high < expected):
        word = count.lower.word if low is not None and low > expected else count.upper.word
        return Finding(
            Verdict.FAILS,
            evidence,
            counts.certificates,
            (word,),
            reason=f"{low}..{high} critical points, not {expected}",
        )
    return Finding(
        Verdict.UNDECIDED, evidence, reason=f"only {low}..{high} is known, {expected} is expected"
    )
