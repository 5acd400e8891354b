"""Figure 3.1: the critical points by zero pattern, one set of active neurons each."""

from __future__ import annotations

import itertools

from algebra.words import Count
from proofs.catalogue.exact_count import needs_generic_data
from proofs.catalogue.sources import (
    THESIS,
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    needs_regulariser,
)
from proofs.context import Context
from proofs.formulas import generic_torus_count
from proofs.propositions import Claim, Finding, Verdict, first_reason


def needs_nonzero_inputs(context: Context) -> str | None:
    """Reason if an x_j vanishes: then weights vanish whose neuron is active."""
    rank_one = context.rank_one
    if rank_one is None:
        return None
    zeros = [f"x{j} = 0" for j, x in enumerate(rank_one.x, start=1) if x == 0]
    return f"{', '.join(zeros)}: weights of active neurons vanish" if zeros else None


def decide(context: Context) -> Finding:
    """Expected: 4^e C(p, e) critical points for each set of e active neurons, no others."""
    _, d, p = context.network.widths
    expected = {}
    for e in range(d + 1):
        for active in itertools.combinations(range(1, d + 1), e):
            number = generic_torus_count(e, p)
            if number:
                expected[active] = number
    counts = context.pattern_counts
    rows = []
    matches, words = True, [counts.total.word]
    unexpected = dict(counts.patterns)
    for active, number in expected.items():
        zero = vanishing(context, active)
        count = unexpected.pop(zero, None)
        rows.append(
            {
                "active": list(active),
                "off": [i for i in range(1, d + 1) if i not in active],
                "expected": number,
                "count": None if count is None else count_json(count),
            }
        )
        if count is None or count.value != number:
            matches = False
        else:
            words += [count.lower.word, count.upper.word]
    stray = {
        ",".join(sorted(zero)): count_json(count)
        for zero, count in unexpected.items()
        if count.upper.value != 0
    }
    evidence = {"patterns": rows, "other_patterns": stray, "source": counts.source}
    if matches and not stray and counts.complete:
        word, relies = context.finiteness(counts)
        words.append(word)
        return Finding(Verdict.HOLDS, evidence, counts.certificates, tuple(words), relies)
    contradicted = any(c.lower.value for c in unexpected.values()) or any(
        not _possible(counts.patterns.get(vanishing(context, active)), number)
        for active, number in expected.items()
    )
    if contradicted:
        return Finding(
            Verdict.FAILS,
            evidence,
            counts.certificates,
            tuple(words),
            reason="the computed patterns differ from the expected ones",
        )
    return Finding(Verdict.UNDECIDED, evidence, reason="not all patterns are counted exactly")


def _possible(count: Count | None, number: int) -> bool:
    """Whether the number lies between the bounds of the count."""
    if count is None:
        return True
    low, high = count.lower.value, count.upper.value
    return (low is None or low <= number) and (high is None or number <= high)


def vanishing(context: Context, active: tuple[int, ...]) -> frozenset[str]:
    """Weights of the inactive neurons of the hidden layer."""
    n, d, p = context.network.widths
    off = [i for i in range(1, d + 1) if i not in active]
    return frozenset(
        [f"w1_{i}_{j}" for i in off for j in range(1, n + 1)]
        + [f"w2_{k}_{i}" for i in off for k in range(1, p + 1)]
    )


CLAIMS = (
    Claim(
        "figure-3.1",
        "Zero patterns",
        "For the given data (generic, one hidden layer, rank X = 1): each set of e active neurons "
        "carries exactly 4^e C(p, e) critical points, at which exactly the weights of the other "
        "neurons vanish; there are no others. For 2-2-2: 8, 8, 16 and 1.",
        ("H = 1, rank X = 1", "no x_j vanishes", "conditions (i)-(iii) of docs/theory.md"),
        f"{THESIS}, Figure 3.1, generalised in docs/theory.md, sections 2 and 3",
        "docs/theory.md, sections 2 and 3",
        first_reason(
            needs_one_hidden_layer,
            needs_rank_one,
            needs_regulariser,
            needs_nonzero_inputs,
            needs_generic_data,
        ),
        decide,
    ),
)
