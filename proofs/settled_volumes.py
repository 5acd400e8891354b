"""Mixed volumes settled: part of `proofs.settle`, the only place that writes `proved`.

A torus or affine mixed volume is proved by the certificates of `proofs.mixed_volume_bounds`, made
here where they are small; a stable one where it equals one of these two.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from algebra.errors import EnginesDisagree, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from polytopes.agreement import second_stable_count, second_volume
from polytopes.block_cells import block_cells
from polytopes.bounds import Bounds
from polytopes.mixed_cells import MixedCells, lifted_points, mixed_cells
from polytopes.mixed_volume import SOURCES, MixedVolume, mixed_volume
from polytopes.reductions import Reduction
from proofs.certificates import Document, conjunction
from proofs.checker import CertificateRejected, Checked, check_document
from proofs.mixed_volume_bounds import mixed_volume_certificate

#: Seconds spent on making a certificate that nobody asked for.
CERTIFICATE_SECONDS = 1.0
STABLE_BETWEEN = "torus ≤ stable ≤ affine mixed volume (Huber, Sturmfels 1997)"
NOTHING = Checked([], [])
AGREEMENT = "two runs with unrelated liftings and orders of the supports agree"


Accepted = tuple[Document, Checked]


def certify_mixed_volume(
    result: MixedVolume, *, seed: int = 0, budget: Budget = UNLIMITED
) -> MixedVolume:
    """Both sides proved where a certificate is small enough, a second run elsewhere.

    Where the certificate of the upper side does not prove the lower one (block theorem), mixed
    cells are found for it. What remains unproved is computed once more, without reductions, from
    another lifting and with the supports in another order.

    Raises
    ------
    EnginesDisagree
        A certificate or the second run contradicts the value.
    LimitReached
        The budget is exhausted; `partial` is the result as far as it is settled.
    """
    known = result
    try:
        known = settle_mixed_volume(known, budget)
        if known.kind != "stable" and known.lower.word is not Word.PROVED:
            known = known.with_cells(_few_cells(known, seed, budget))
            facts = [_checked(document, known.supports) for document in known.lower.certificates]
            lower = _settled_side(known.value, known.lower, "at_least", facts)
            known = dataclasses.replace(known, lower=lower)
        if known.word is Word.PROVED:
            return known
        if known.kind == "stable":
            second = second_stable_count(known.supports, seed=seed, budget=budget)
            agree = (second.value, second.patterns) == (known.value, known.patterns)
        else:
            agree = second_volume(known.supports, seed=seed, budget=budget) == known.value
    except LimitReached as limit:
        raise LimitReached(str(limit), known) from limit
    if not agree:
        raise EnginesDisagree(
            f"{known.kind} mixed volume {known.value}: a second run with another lifting and "
            "another order of the supports finds another one; please report it"
        )
    return dataclasses.replace(
        known, lower=_with_agreement(known.lower), upper=_with_agreement(known.upper)
    )


def _few_cells(result: MixedVolume, seed: int, budget: Budget) -> MixedCells:
    """Mixed cells that add up to the mixed volume: products of the blocks' cells if possible."""
    reduction = result.reduction
    if reduction is not None and reduction.method == "blocks":
        cells = block_cells(reduction, result.kind, seed=seed, budget=budget)
        if cells is not None:
            return cells
    return mixed_cells(result.supports, kind=result.kind, seed=seed, budget=budget)


def _with_agreement(bound: Bound) -> Bound:
    if bound.word is Word.PROVED:
        return bound
    return dataclasses.replace(bound, source=f"{bound.source}; {AGREEMENT}")


def mixed_volume_document(result: MixedVolume) -> Document | None:
    """One certificate for both sides of a settled mixed volume; None if neither is proved."""
    proved = [b for b in (result.lower, result.upper) if b.word is Word.PROVED]
    documents: list[Document] = []
    for document in (d for bound in proved for d in bound.certificates):
        if document not in documents:
            documents.append(document)
    sides = " and ".join(
        f"{'at least' if bound is result.lower else 'at most'} {bound.value}" for bound in proved
    )
    title = f"The {result.kind} mixed volume is {sides}."
    return conjunction(title, documents) if documents else None


def settle_mixed_volume(result: MixedVolume, budget: Budget | None = None) -> MixedVolume:
    """A mixed volume with both sides settled; certificates are made here where they are small.

    A stable mixed volume lies between the torus and the affine one: it is settled by theirs where
    it equals them. Without a budget a second is spent on a certificate, and none is no failure.

    Raises
    ------
    EnginesDisagree
        A certificate contradicts the value.
    LimitReached
        An explicit budget is exhausted.
    """
    if not result.supports:
        return result
    if result.kind == "stable":
        return _settle_stable(result, budget)
    documents = [*result.lower.certificates, *result.upper.certificates]
    documents += _mixed_volume_document(result.supports, budget, result.reduction)
    facts = [_checked(document, result.supports) for document in documents]
    return dataclasses.replace(
        result,
        lower=_settled_side(result.value, result.lower, "at_least", facts),
        upper=_settled_side(result.value, result.upper, "at_most", facts),
    )


def _settled_side(value: int, bound: Bound, direction: str, facts: list[Accepted]) -> Bound:
    """One side of a mixed volume, proved if one of the accepted documents proves it."""
    for document, checked in facts:
        fact = checked.facts.get(("mixed_volume", direction))
        if fact == value:
            own = document in bound.certificates
            return Bound(
                value,
                Word.PROVED,
                _mixed_volume_source(document),
                bound.certificates if own else (*bound.certificates, document),
                tuple(checked.assumed),  # how it was computed no longer matters
            )
        if fact is not None and (fact > value) == (direction == "at_least"):
            raise EnginesDisagree(
                f"mixed volume {value}, but a certificate proves {direction} {fact}"
            )
    return dataclasses.replace(bound, word=at_most_certified(bound.word))


def _settle_stable(result: MixedVolume, budget: Budget | None) -> MixedVolume:
    """The sides of a stable mixed volume that equals the torus or the affine one."""
    sides = {}
    for name, kind in (("lower", "torus"), ("upper", "affine")):
        own: Bound = getattr(result, name)
        sides[name] = dataclasses.replace(own, word=at_most_certified(own.word))
        limit = _limited(budget)
        try:
            other = mixed_volume(result.supports, kind=kind, budget=limit)
            if other.value != result.value:
                continue
            if name == "lower":
                other = other.with_cells(mixed_cells(result.supports, kind=kind, budget=limit))
        except LimitReached:
            if budget is None:
                continue
            raise
        side: Bound = getattr(settle_mixed_volume(other, budget), name)
        if side.word is Word.PROVED:
            relies = tuple(dict.fromkeys((*side.relies_on, STABLE_BETWEEN)))
            sides[name] = dataclasses.replace(
                side, source=f"equal to the {kind} mixed volume: {side.source}", relies_on=relies
            )
    return dataclasses.replace(result, lower=sides["lower"], upper=sides["upper"])


def _mixed_volume_source(document: Document) -> str:
    """The argument of a certificate about a mixed volume, in a few words."""
    proof = document["proof"]
    if document["kind"] == "mixed-cells":
        return f"mixed cells of one lifting ({len(proof['cells'])})"
    if proof["method"] == "blocks":
        return f"block theorem, {len(proof['parts'])} blocks"
    cells = sum(len(stage["cells"]) for stage in proof["stages"])
    return f"complete lists of mixed cells ({cells}), support by support"


def settle_mixed_bound(
    bound: Bound, kind: str, system: PolynomialSystem, reduction: Reduction | None = None
) -> Bound:
    """A mixed volume as an upper bound on the zeros of a system."""
    lowered = dataclasses.replace(bound, word=at_most_certified(bound.word))
    if bound.value is None:
        return lowered
    if not system.is_square or system.parameters or any(len(a) == 0 for a in system.supports):
        return lowered
    supports = lifted_points(system.supports, kind)
    for document in (*bound.certificates, *_mixed_volume_document(supports, None, reduction)):
        _, checked = _checked(document, supports)
        if checked.facts.get(("mixed_volume", "at_most")) == bound.value:
            known = any(document is d for d in bound.certificates)
            certificates = bound.certificates if known else (*bound.certificates, document)
            relies = (SOURCES[kind], *checked.assumed)
            return dataclasses.replace(
                bound, word=Word.PROVED, certificates=certificates, relies_on=relies
            )
    return lowered


def with_stable_bound(bounds: Bounds) -> Bounds:
    """The stable mixed volume is a proved bound where it equals the affine one that is."""
    affine, stable = bounds.affine_mixed_volume, bounds.stable_mixed_volume
    if stable.value != affine.value or affine.word is not Word.PROVED:
        return bounds
    relies = tuple(dict.fromkeys((*affine.relies_on, STABLE_BETWEEN)))
    equal = Bound(
        stable.value,
        Word.PROVED,
        "equal to the affine mixed volume",
        affine.certificates,
        relies,
    )
    return dataclasses.replace(bounds, stable_mixed_volume=equal)


def _mixed_volume_document(
    supports: Any, budget: Budget | None, reduction: Reduction | None
) -> list[Document]:
    """A certificate of the upper bound, or none if it would be too large or take too long."""
    try:
        document = mixed_volume_certificate(supports, reduction=reduction, budget=_limited(budget))
    except LimitReached:
        if budget is None:
            return []
        raise
    return [] if document is None else [document]


def _limited(budget: Budget | None) -> Budget:
    """Seconds that start now for a certificate that nobody asked for."""
    return Budget.of(seconds=CERTIFICATE_SECONDS) if budget is None else budget


def _checked(document: Document, supports: Any) -> Accepted:
    """The document and what it proves about the mixed volume of exactly these supports."""
    try:
        checked = check_document(document)
    except CertificateRejected:
        return document, NOTHING
    given = [{tuple(q) for q in a} for a in document.get("supports", ())]
    wanted = [{tuple(int(x) for x in q) for q in a} for a in supports]
    return document, checked if given == wanted else NOTHING


def at_most_certified(word: Word) -> Word:
    """A word that arrives without a proof."""
    return Word.CERTIFIED if word is Word.PROVED else word
