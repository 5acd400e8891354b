"""How claims of the form "a zero weight forces others to be zero" are decided.

For all data: by the parametric identities (m = 1), or refuted by an exact counterexample found by
search (m ≥ 2). For given data: by the identities where their conditions hold, otherwise from the
exact number of critical points in every zero pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flint import fmpq

from algebra.errors import EnginesDisagree, LimitReached
from algebra.words import Count, Word
from proofs import certificates
from proofs.catalogue.sources import WRITTEN, count_json, listed, theory
from proofs.certificates import Document, conjunction, system_json
from proofs.context import Context, PatternCounts
from proofs.counterexamples import Counterexample
from proofs.fitting_points import find_point
from proofs.identities import Identity, signals
from proofs.implications import Implication, witness_point
from proofs.minimality import about_weights, needed_conditions
from proofs.propositions import Finding, Verdict

#: Share of the remaining time that the ideal of the gradient may take.
EXACT_SHARE = 0.25
#: Most conditions for which counterexamples without them are shown one by one.
MINIMALITY_LIMIT = 40
#: Generators a certificate may have (docs/certificates.md).
GENERATORS = 64

#: Given the names of the vanishing weights: how they contradict the claim, or None.
Violation = Callable[[frozenset[str]], str | None]


def parametric_size_reason(context: Context) -> str | None:
    """Why the identities of this network are too large for a certificate, or None."""
    network = context.network
    generators = network.weight_count + len(network.parameters)
    if generators > GENERATORS:
        return f"{generators} weights and data: a certificate takes at most {GENERATORS}"
    return None


def prove_for_all_data(
    context: Context, title: str, identities: Iterable[Identity], vacuous: str
) -> Finding:
    """The identities as one certificate; `vacuous` says why there may be none to prove."""
    reason = parametric_size_reason(context)
    if reason is not None:
        return Finding(Verdict.UNDECIDED, reason=f"{reason}; the written proof is uniform in size")
    found = list(identities)
    conditions = sorted({name for identity in found for name in identity.nonvanishing})
    evidence = {
        "identities": len(found),
        "nonvanishing": conditions,
        "sentences": [identity.sentence for identity in found[:200]],
        "vacuous": vacuous if not found else "",
    }
    if not found:
        return Finding(
            Verdict.HOLDS, evidence, (_vacuous_certificate(context),), reason=f"vacuous: {vacuous}"
        )
    if not all(identity.holds() for identity in found):
        wrong = next(identity for identity in found if not identity.holds())
        return Finding(Verdict.UNDECIDED, reason=f"identity {wrong.sentence} does not expand to 0")
    documents = [conjunction(title, [identity.certificate() for identity in found])]
    if conditions:
        documents += _minimality(context, title, found, evidence)
    return Finding(Verdict.HOLDS, evidence, tuple(documents))


def _minimality(
    context: Context, title: str, found: Sequence[Identity], evidence: dict[str, object]
) -> list[Document]:
    """Exact counterexamples without each of the conditions; what was shown enters the evidence."""
    shown = [identity for identity in found if about_weights(identity)]
    if sum(len(identity.nonvanishing) for identity in shown) > MINIMALITY_LIMIT:
        shown = shown[:1]  # the others are equal up to the order of neurons, inputs and outputs
    needed = context.once(
        f"minimality of {title}",
        lambda: needed_conditions(shown, seed=context.seed, budget=context.budget),
    )
    evidence["minimal"] = {
        "conditions": sum(len(identity.nonvanishing) for identity in shown),
        "needed": len(needed),
        "without": [f"{item.condition} = 0: not always {item.sentence}" for item in needed],
    }
    if not needed:
        return []
    documents = [item.certificate for item in needed]
    return [conjunction(f"{title}: conditions that cannot be dropped", documents)]


def refute_for_all_data(context: Context, found: Counterexample | None, what: str) -> Finding:
    """An exact counterexample, or undecided if the search came back empty-handed."""
    if found is None or not found.is_critical():
        return Finding(Verdict.UNDECIDED, reason="no counterexample was found by the search")
    return Finding(
        Verdict.FAILS,
        {"counterexample": found.to_dict()},
        (found.certificate(),),
        reason=(
            f"{what}: data without zeros and a critical point with {found.zero} = 0 and "
            f"{found.nonzero} ≠ 0, exact over Q"
        ),
    )


def decide_for_data(
    context: Context,
    violation: Violation,
    conditions: Sequence[tuple[str, fmpq]],
    for_all: Callable[[Context], Finding],
    implications: Iterable[Implication],
) -> Finding:
    """The claim for the given data.

    Parameters
    ----------
    conditions : pairs (name, value)
        Data that must not vanish for `for_all` to cover them.
    for_all : callable
        Decides the claim for all data that satisfy the conditions; used where they do.
    implications : iterable of Implication
        The claim, as weights that vanish because others do; used where the conditions fail.
    """
    broken = [f"{name} = 0" for name, value in conditions if value == 0]
    if context.network.m == 1 and not broken:
        finding = for_all(context)
        if finding.verdict is Verdict.HOLDS:
            evidence = {"broken_hypotheses": [], "by": "the identities for all data"}
            return Finding(Verdict.HOLDS, evidence, finding.certificates)
    if context.network.m > 1:
        broken.insert(0, f"m = {context.network.m}, expected 1")
    return decide_exactly(context, violation, implications, broken)


def decide_exactly(
    context: Context,
    violation: Violation,
    implications: Iterable[Implication],
    broken: Sequence[str] = (),
) -> Finding:
    """The claim for the given data: an identity for each implication, or an exact counterexample.

    Where exact algebra modulo primes decides but no certificate is found within its limits, the
    numbers of critical points by zero pattern are asked, for they may be proved.
    """
    prefix = f"broken hypothesis: {listed(broken)}; " if broken else ""
    evidence: dict[str, object] = {
        "broken_hypotheses": list(broken),
        "special_data": context.special,
    }
    listed_implications = list(implications)
    try:
        budget = context.budget.share(EXACT_SHARE)
        decision = context.implications.decide(listed_implications, budget)
    except LimitReached as limit:
        evidence["implications"] = str(limit)
        return decide_by_patterns(context, violation, broken)
    _compare_with_counts(context, violation, decision.violated is not None)
    evidence |= {
        "by": "the ideal of the gradient, one implication at a time",
        "implications": [str(item) for item in listed_implications[:200]],
    }
    if decision.violated is not None:
        if not decision.certificates:
            return decide_by_patterns(context, violation, broken)
        (witness,) = decision.certificates
        evidence["counterexample"] = {"violates": str(decision.violated), **witness_point(witness)}
        return Finding(
            Verdict.FAILS,
            evidence,
            (witness,),
            reason=f"{prefix}an exact critical point violates: {decision.violated}",
        )
    if decision.certificates or not listed_implications:
        documents = decision.certificates or (_vacuous_certificate(context),)
        document = conjunction("the claim for the given data", documents)
        return Finding(Verdict.HOLDS, evidence, (document,), reason=prefix[:-2])
    if context.known("pattern_counts") is not None:
        counted = decide_by_patterns(context, violation, broken)
        if counted.verdict is not Verdict.UNDECIDED:
            return counted
    evidence["certificates"] = "no cofactors were found within the limits of degree and size"
    return Finding(Verdict.HOLDS, evidence, (), (Word.PROBABLE,), reason=prefix[:-2])


def _compare_with_counts(context: Context, violation: Violation, violated: bool) -> None:
    """The ideal against the numbers by zero pattern, where those are known already.

    Raises
    ------
    EnginesDisagree
        One sees a critical point that violates the claim and the other does not.
    """
    counts = context.known("pattern_counts")
    if counts is None:
        return
    seen = [zero for zero, n in counts.patterns.items() if n.lower.value and violation(zero)]
    if seen and not violated:
        text = violation(seen[0])
        raise EnginesDisagree(f"counted critical points have {text}, the ideal excludes them")
    if violated and not seen and counts.complete:
        raise EnginesDisagree("the ideal has a zero that violates the claim, no counted one does")


def decide_by_patterns(
    context: Context, violation: Violation, broken: Sequence[str] = ()
) -> Finding:
    """The claim for the given data from the numbers of critical points by zero pattern."""
    evidence: dict[str, object] = {
        "broken_hypotheses": list(broken),
        "special_data": context.special,
    }
    try:
        counts = context.pattern_counts
    except LimitReached as limit:
        return Finding(Verdict.UNDECIDED, evidence, reason=str(limit))
    evidence |= {
        "by": f"critical points by zero pattern, {counts.source}",
        "total": count_json(counts.total),
        "dimension": counts.dimension,
        "patterns": [
            {"zero": sorted(zero), **count_json(count)} for zero, count in counts.patterns.items()
        ],
    }
    prefix = f"broken hypothesis: {listed(broken)}; " if broken else ""
    for zero, count in counts.patterns.items():
        text = violation(zero)
        if text is not None and count.lower.value:
            evidence["violating_pattern"] = sorted(zero)
            number, witness, word = _witnesses(context, zero, count, counts)
            return Finding(
                Verdict.FAILS,
                evidence,
                witness,
                (word,),
                reason=f"{prefix}at least {number} critical points have {text}",
            )
    if counts.complete:
        finite, relies = context.finiteness(counts)
        words = (counts.total.word, finite, *(c.lower.word for c in counts.patterns.values()))
        return Finding(Verdict.HOLDS, evidence, counts.certificates, words, relies, prefix[:-2])
    point = find_point(
        context.network,
        context.data,
        lambda zero: violation(zero) is not None,
        seed=context.seed,
        budget=context.budget,
    )
    if point is not None:
        evidence["critical_point"] = point.to_dict()
        return Finding(
            Verdict.FAILS,
            evidence,
            (point.certificate(),),
            reason=f"{prefix}an exact critical point has {violation(point.zero)}",
        )
    return Finding(
        Verdict.UNDECIDED,
        evidence,
        reason=f"{prefix}{_incomplete(counts.dimension)}",
    )


def _witnesses(
    context: Context, zero: frozenset[str], count: Count, counts: PatternCounts
) -> tuple[int, tuple[Document, ...], Word]:
    """How many critical points have the pattern, their certificates, and how sure that is.

    A refutation needs one certified point: a smaller number that is proved beats a larger one
    that is only probable.
    """
    if count.lower.word is not Word.PROVED:
        names = [name for name in context.system.variables if name in zero]
        quantity = f"pattern:{','.join(names)}" if names else "torus"
        for document in counts.certificates:
            settled = context.settle(document)
            number = settled.facts.get((quantity, "at_least"), 0)
            if number and document.get("system") == system_json(context.system):
                return number, (document,), settled.word
    return count.lower.value or 0, counts.certificates, count.lower.word


def generic_finding(
    context: Context, violation: Violation, implications: Iterable[Implication], section: str
) -> Finding:
    """The claim for generic data of any m: our theorem, checked on the data at hand."""
    here = decide_exactly(context, violation, implications)
    relies = (theory(section),)
    if here.verdict is Verdict.FAILS:
        return Finding(
            Verdict.HOLDS,
            {**here.evidence, "data_generic": False},
            words=(WRITTEN,),
            relies_on=relies,
            reason=f"the given data are special: {here.reason}",
        )
    if here.verdict is Verdict.HOLDS:
        words = (*here.words, WRITTEN)
        return Finding(Verdict.HOLDS, here.evidence, here.certificates, words, relies, here.reason)
    reason = f"by the written proof alone; these data: {here.reason}"
    return Finding(Verdict.HOLDS, here.evidence, (), (WRITTEN,), relies, reason)


def _incomplete(dimension: int | None) -> str:
    if dimension is not None and dimension > 0:
        return f"the critical points form a set of dimension {dimension}"
    return "not every critical point is accounted for by a zero pattern"


def _vacuous_certificate(context: Context) -> Document:
    """`w = 0 implies w = 0`: all that a claim about rows or columns of length one says."""
    s = signals(context.network)
    weight = s.weights[1][0][0]
    zero, one = s.ring.constant(0), s.ring.constant(1)
    cofactors = [*(zero for _ in s.equations), one]
    return certificates.identity(s.system, weight, cofactors, hypotheses=[weight])
