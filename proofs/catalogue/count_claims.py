"""How claims about numbers of critical points are decided on given data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from algebra.errors import EnginesDisagree, LimitReached
from algebra.networks import LinearNetwork
from algebra.words import Bound, Count, Word
from proofs.catalogue.sources import (
    BERNSTEIN,
    CONTINUATION,
    LI_WANG,
    WRITTEN,
    count_json,
    theory,
)
from proofs.certificates import Document
from proofs.context import Context, PatternCounts
from proofs.family_bounds import family_bound, universal_bound
from proofs.genericity import squared_sums
from proofs.propositions import Finding, Verdict
from proofs.reduction import reduce_family

#: Most weights for which a bound is also proved with indeterminate data.
PARAMETRIC_WEIGHTS = 15
#: What the bound for all data rests on besides its certificates.
FAMILY_RELIES = (
    BERNSTEIN,
    LI_WANG,
    CONTINUATION,  # for data with λ = 0
    theory("section 4, Theorem 5: the isomorphism specialises to all data, supports only shrink"),
    theory("section 1: data points on a line are one data point"),
)


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
    region: str,
    bound: int,
    evidence: Mapping[str, Any],
    relies_on: tuple[str, ...],
) -> Finding:
    """Whether a count is at most `bound`: by the decoupled family, refuted by its lower side.

    Parameters
    ----------
    region : {"complex", "torus"}
        What is bounded.
    relies_on : tuple of str
        What the claim rests on where no certificate can be had.
    """
    evidence = {**evidence, "bound": bound}
    found: list[Document] = []
    try:
        counts = context.pattern_counts
    except LimitReached as limit:
        evidence["count"] = str(limit)
    else:
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
            found += counts.certificates if count.upper.word is Word.PROVED else ()
    everywhere, here = by_the_family(context, region, bound)
    evidence |= {"for_all_data": everywhere is not None, "by_the_family": here is not None}
    documents = tuple(d for d in (everywhere, here, *found) if d is not None)
    if everywhere is not None:
        return Finding(Verdict.HOLDS, evidence, documents, (), FAMILY_RELIES)
    # The statement is about all data: a certificate for these data is not its proof.
    reason = "for all data by the written proof alone"
    if documents:
        reason += "; for these data by certificates"
    return Finding(Verdict.HOLDS, evidence, documents, (WRITTEN,), relies_on, reason)


def by_the_family(
    context: Context, region: str, bound: int
) -> tuple[Document | None, Document | None]:
    """The bound by the decoupled family: for all data, and for the data at hand."""
    network = context.network
    everywhere = here = None
    try:
        if network.weight_count <= PARAMETRIC_WEIGHTS:
            # Data on a line are those of one point, over C: (√s x, v/√s).
            single = LinearNetwork(network.widths)
            found = context.once(
                f"universal {region}", lambda: universal_bound(single, region, context.budget)
            )
            everywhere = found[1] if found is not None and found[0] <= bound else None
        if context.reducible and (region == "complex" or weights_are_monomials(context)):
            member = context.once("family member", lambda: reduce_family(network, context.data, 1))
            here = context.once(
                f"family {region}", lambda: family_bound(member, region, context.budget)
            )
    except LimitReached:
        pass
    if here is not None and here["claim"]["at_most"][region] > bound:
        raise EnginesDisagree(
            f"the decoupled family gives {here['claim']['at_most'][region]}, not {bound}"
        )
    return everywhere, here


def weights_are_monomials(context: Context) -> bool:
    """Whether no x_j and no S_i vanishes: weights are nonzero exactly where the signals are."""
    rank_one = context.rank_one
    return (
        rank_one is not None
        and all(x != 0 for x in rank_one.x)
        and all(S != 0 for S in squared_sums(context.data, rank_one))
    )


def compare_exactly(
    context: Context,
    count: Count,
    expected: int,
    counts: PatternCounts,
    evidence: Mapping[str, Any],
) -> Finding:
    """Whether a count equals `expected`."""
    evidence = {**evidence, "expected": expected, "count": count_json(count)}
    if count.value == expected:
        # Isolated points are counted; "exactly" also says that there are no others.
        word, relies = context.finiteness(counts) if counts.dimension == 0 else (Word.PROBABLE, ())
        evidence["finitely_many"] = str(word)
        return Finding(Verdict.HOLDS, evidence, counts.certificates, (count.word, word), relies)
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
