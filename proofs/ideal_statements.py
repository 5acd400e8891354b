"""Statements about ideals settled: what the checker says of an identity is the word of membership.

A derived ideal keeps its word: its generators are settled one by one, that there are no more of
them rests on a Gröbner basis. Two equal ideals get the weakest word of all memberships.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from algebra.ideal_results import DerivedIdeal, Equality, Membership
from algebra.words import Word, weakest

IdealResult = Membership | DerivedIdeal | Equality
#: The word that the checker's verdict on a certificate justifies.
Verdict = Callable[[dict[str, Any]], Word]


def settle_ideal(result: IdealResult, verdict: Verdict) -> IdealResult:
    """The same result with the words that its identities justify."""
    if isinstance(result, Membership):
        return _settle_membership(result, verdict)
    evidence = tuple(_settle_membership(m, verdict) for m in result.evidence)
    word = Word.PROBABLE
    if isinstance(result, Equality) and result.holds and evidence:
        word = weakest(*(m.word for m in evidence))
    return replace(result, evidence=evidence, word=word)


def _settle_membership(result: Membership, verdict: Verdict) -> Membership:
    """The certificate is written from the result itself, so it cannot speak of something else."""
    document = result.certificate
    settled = result.holds and document is not None
    return replace(result, word=verdict(document) if settled and document else Word.PROBABLE)
