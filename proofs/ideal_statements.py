"""Statements about ideals settled: an identity that the checker expanded makes membership `proved`.

A derived ideal keeps its word: its generators are proved to belong there, that there are no more of
them rests on a Gröbner basis. Two ideals are proved equal once all generators are.
"""

from __future__ import annotations

from dataclasses import replace

from algebra.ideal_results import DerivedIdeal, Equality, Membership
from algebra.words import Word
from proofs.checker import CertificateRejected, check_document

IdealResult = Membership | DerivedIdeal | Equality


def settle_ideal(result: IdealResult) -> IdealResult:
    """The same result with the words that its identities justify."""
    if isinstance(result, Membership):
        return _settle_membership(result)
    evidence = tuple(_settle_membership(m) for m in result.evidence)
    if isinstance(result, DerivedIdeal):
        return replace(result, evidence=evidence)
    proved = bool(evidence) and all(m.word is Word.PROVED for m in evidence)
    return replace(
        result, evidence=evidence, word=Word.PROVED if proved and result.holds else Word.PROBABLE
    )


def _settle_membership(result: Membership) -> Membership:
    """`proved` if the identity is accepted; the certificate is written from the result itself."""
    document = result.certificate
    if result.holds and document is not None:
        try:
            check_document(document)
        except CertificateRejected:
            return replace(result, word=Word.PROBABLE)
        return replace(result, word=Word.PROVED)
    return replace(result, word=Word.PROBABLE)
