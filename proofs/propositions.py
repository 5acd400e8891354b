"""Claims as objects: statement, hypotheses, source, a way to decide them, and the verdict.

A claim never settles itself. Its `decide` returns a `Finding`: a verdict with evidence,
certificates and the words of the results it used; `settled` runs the checker over the
certificates and combines the words, and a conjunction keeps the weakest.
"""

from __future__ import annotations

import enum
import html
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.words import Word, weakest
from proofs.certificates import Document

if TYPE_CHECKING:
    from proofs.context import Context


class Verdict(enum.StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "not-applicable"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """What deciding a claim brought to light, before the checker has spoken.

    Attributes
    ----------
    verdict : Verdict
    evidence : dict
        Plain data for people and JSON.
    certificates : tuple of documents
        Together they prove the verdict, up to `relies_on` and the results behind `words`.
    words : tuple of Word
        Words of the settled results (counts, bounds, other claims) that the verdict rests on.
    relies_on : tuple of str
        Theorems used without being checked: by citation, or "docs/theory.md, …" for our own.
    reason : str
        Why the claim does not apply or is undecided; for a failure, what fails.
    """

    verdict: Verdict
    evidence: Mapping[str, Any] = field(default_factory=dict)
    certificates: tuple[Document, ...] = field(default=(), repr=False)
    words: tuple[Word, ...] = ()
    relies_on: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement that software can decide for a network.

    Attributes
    ----------
    id : str
        "proposition-3.1": what `critnet verify` accepts.
    title : str
        A few words.
    statement : str
        In full; "the network" and "the data" are the given ones.
    hypotheses : tuple of str
        What the statement assumes.
    source : str
        Where it comes from.
    proof : str
        Where its written proof is.
    applies : callable
        `applies(context)` is None, or why the claim says nothing about the network.
    decide : callable
        `decide(context)` returns a Finding; may raise LimitReached.
    """

    id: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    source: str
    proof: str
    applies: Callable[[Context], str | None] = field(repr=False)
    decide: Callable[[Context], Finding] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the procedures."""
        return {
            "id": self.id,
            "title": self.title,
            "statement": self.statement,
            "hypotheses": list(self.hypotheses),
            "source": self.source,
            "proof": self.proof,
        }

    def __repr__(self) -> str:
        return f"Claim({self.id}: {self.title})"


@dataclass(frozen=True)
class ClaimResult:
    """A claim with its verdict and word.

    Attributes
    ----------
    claim : Claim
    verdict : Verdict
    word : Word
        How sure the verdict is; `numerical`, which promises nothing, where there is no verdict.
    relies_on : tuple of str
        What the checker did not itself verify.
    evidence : dict
    certificates : tuple of documents
    proved : tuple of str
        The checker's sentences about the certificates.
    reason : str
    seconds : float
        Wall-clock time of the decision, without what other claims had computed before.
    """

    claim: Claim
    verdict: Verdict
    word: Word
    relies_on: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    certificates: tuple[Document, ...] = field(default=(), repr=False)
    proved: tuple[str, ...] = field(default=(), repr=False)
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def id(self) -> str:
        """The claim's name."""
        return self.claim.id

    @property
    def statement(self) -> str:
        """The claim in full."""
        return self.claim.statement

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract; certificates travel beside it."""
        return {
            **self.claim.to_dict(),
            "verdict": str(self.verdict),
            "word": str(self.word),
            "relies_on": list(self.relies_on),
            "evidence": dict(self.evidence),
            "reason": self.reason,
            "certificates": len(self.certificates),
        }

    def __repr__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"ClaimResult({self.id} {self.verdict}, {self.word}{why})"

    def _repr_html_(self) -> str:
        cells = (
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
            for name, text in (
                ("claim", self.id),
                ("statement", self.statement),
                ("verdict", str(self.verdict)),
                ("word", str(self.word)),
                ("reason", self.reason),
            )
            if text
        )
        return f"<table>{''.join(cells)}</table>"


def decided(claim: Claim, context: Context) -> ClaimResult:
    """The claim decided for the context's network and data, and settled.

    Limits and disagreeing engines leave it undecided and are named; nothing else is caught.
    """
    start = time.perf_counter()
    reason = claim.applies(context)
    if reason is not None:
        return ClaimResult(claim, Verdict.NOT_APPLICABLE, Word.NUMERICAL, reason=reason)
    try:
        finding = claim.decide(context)
    except LimitReached as limit:
        finding = Finding(Verdict.UNDECIDED, reason=f"{limit}")
    except EnginesDisagree as problem:
        finding = Finding(Verdict.UNDECIDED, reason=f"engines disagree: {problem}")
        context.disagreements.append(f"{claim.id}: {problem}")
    except InputError as problem:
        finding = Finding(Verdict.UNDECIDED, reason=f"{problem}")
    return settled(claim, finding, context, time.perf_counter() - start)


def settled(claim: Claim, finding: Finding, context: Context, seconds: float = 0.0) -> ClaimResult:
    """Certificates checked, words combined: the weakest of all that the verdict rests on.

    A finding without certificates and without settled results is exact arithmetic that nobody
    has replayed: it gets `certified`, never more.
    """
    words = list(finding.words)
    proved: list[str] = []
    relies: dict[str, None] = dict.fromkeys(finding.relies_on)
    problems = []
    for document in finding.certificates:
        outcome = context.settle(document)
        words.append(outcome.word)
        proved += outcome.proved
        relies |= dict.fromkeys(outcome.assumed)
        if outcome.problem:
            problems.append(outcome.problem)
    if finding.verdict in (Verdict.UNDECIDED, Verdict.NOT_APPLICABLE):
        word = Word.NUMERICAL
    else:
        word = weakest(words[0], *words[1:]) if words else Word.CERTIFIED
    evidence = dict(finding.evidence)
    if problems:
        evidence["rejected_certificates"] = problems
    return ClaimResult(
        claim,
        finding.verdict,
        word,
        tuple(relies),
        evidence,
        finding.certificates,
        tuple(proved),
        finding.reason,
        seconds,
    )


def first_reason(
    *tests: Callable[[Context], str | None],
) -> Callable[[Context], str | None]:
    """`applies` from several tests: the first reason any of them gives."""

    def applies(context: Context) -> str | None:
        return next((r for r in (test(context) for test in tests) if r is not None), None)

    return applies


def always(context: Context) -> str | None:
    """`applies` of a claim about every network."""
    return None


def find(claims: Sequence[Claim], wanted: Sequence[str]) -> list[Claim]:
    """The claims with these ids, in the order wanted.

    Raises
    ------
    InputError
        An id is unknown; near ones are suggested.
    """
    import difflib

    known = {claim.id: claim for claim in claims}
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 3, 0.4)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise InputError(
                f"no claim is called {name!r}{hint}; `critnet verify --list` shows all"
            )
    return [known[name] for name in wanted]


__all__ = [
    "Claim",
    "ClaimResult",
    "Finding",
    "Verdict",
    "always",
    "decided",
    "find",
    "first_reason",
    "settled",
]
