"""Bounds and certificates in, words out: the only place that writes `proved`.

A bound is upgraded when the checker accepts a certificate of the *same* system whose facts are at
least as strong as the bound, in the same direction; a correct proof of something else changes
nothing. Words that arrive too strong are lowered. Values are changed in one case only: where the
checker proved more than the engine claimed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from algebra.errors import EnginesDisagree
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Count, Word
from polytopes.bounds import Bounds
from polytopes.mixed_volume import MixedVolume
from polytopes.reductions import Reduction
from proofs import certificates as write
from proofs.checker import (
    CertificateRejected,
    Checked,
    Facts,
    System,
    Work,
    check_document,
    consequences,
    read_system,
)
from proofs.ideal_statements import IdealResult, settle_ideal
from proofs.settled_volumes import (
    at_most_certified,
    settle_mixed_bound,
    settle_mixed_volume,
    with_stable_bound,
)

Document = dict[str, Any]

#: Names of `Count` and `Bound` fields in results, and the quantity of docs/certificates.md.
QUANTITIES = {
    "complex": "complex",
    "distinct": "complex",
    "completeness": "complex",
    "with_multiplicity": "with_multiplicity",
    "torus": "torus",
    "boundary": "boundary",
    "real": "real",
    "nonreal": "nonreal",
}


#: Fields of `Bounds` that are mixed volumes with a certificate, and their kinds.
MIXED_VOLUMES = {"torus_mixed_volume": "torus", "affine_mixed_volume": "affine"}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one certificate.

    Attributes
    ----------
    word : Word
        `proved` if the checker accepted it and it is about the expected claim.
    proved, assumed : tuple of str
        The checker's sentences.
    facts : dict
        {(quantity, "at_least" | "at_most"): number}.
    problem : str
        Why it was not accepted; empty if it was.
    """

    word: Word
    proved: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)
    problem: str = ""


def settle_certificate(
    document: Document,
    *,
    system: PolynomialSystem | None = None,
    claim: Document | None = None,
    kind: str | None = None,
    otherwise: Word = Word.NUMERICAL,
    budget: Budget = UNLIMITED,
) -> Settled:
    """Run the checker on one certificate; `proved` only if it is about what the reader expects.

    Parameters
    ----------
    system, claim, kind
        What the certificate must be about; None leaves it to the caller to compare. `claim` is
        compared as JSON with the certificate's own.
    otherwise : Word
        The word if the certificate is not accepted; at most `certified`.

    Raises
    ------
    LimitReached
        Before the checker had decided.
    """
    word = at_most_certified(otherwise)
    try:
        checked = check_document(document, Work(tick=budget.check))
        if kind is not None and checked.kind != kind:
            raise CertificateRejected(f"a certificate of kind {checked.kind}, expected {kind}")
        if claim is not None and document["claim"] != claim:
            raise CertificateRejected("the certificate proves another claim")
        if system is not None and _subject(document) != _readable(system):
            raise CertificateRejected("the certificate speaks of another system")
    except CertificateRejected as problem:
        return Settled(word, problem=str(problem))
    return Settled(Word.PROVED, tuple(checked.proved), tuple(checked.assumed), checked.facts)


def settle(
    result: Any, *, system: PolynomialSystem | None = None, quantity: str = "complex"
) -> Any:
    """The same result with its words settled.

    Parameters
    ----------
    result : Count, Bound, mapping or frozen dataclass
        Fields that are counts or bounds, and mappings of them, are settled one by one; fields
        named `certificate` or `certificates` support all of them.
    system : PolynomialSystem, optional
        What the certificates must be about; default `result.system`. Without a system nothing
        becomes proved.
    quantity : str
        What a bare Count counts (docs/certificates.md, "Facts"); fields go by their names.

    Raises
    ------
    EnginesDisagree
        What was proved contradicts a bound of the result, or two certificates each other.
    """
    if isinstance(result, MixedVolume):
        return settle_mixed_volume(result)
    if isinstance(result, IdealResult):
        return settle_ideal(
            result, lambda document: settle_certificate(document, otherwise=Word.PROBABLE).word
        )
    if system is None:
        system = getattr(result, "system", None)
    evidence = Evidence.of(certificates_of(result), system)
    if isinstance(result, Bounds):
        evidence = dataclasses.replace(evidence, reductions=result.reductions)
    settled = _settle(result, quantity, evidence)
    return with_stable_bound(settled) if isinstance(settled, Bounds) else settled


@dataclass(frozen=True)
class Evidence:
    """Everything the checker accepted about one system, merged.

    Attributes
    ----------
    facts : dict
        Strongest facts, with their consequences.
    assumed : dict
        Per (quantity, direction) of `facts`, what the proofs behind it assume.
    problems : dict
        id of a certificate -> why it was not accepted.
    sources : dict
        (quantity, direction) -> the argument that gave it, for people.
    documents : tuple
        The accepted certificates about the system.
    reductions : dict
        How the mixed volumes of `Bounds` were found: hints for their certificates.
    """

    system: PolynomialSystem | None
    facts: Facts
    assumed: tuple[str, ...]
    problems: dict[int, str]
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    reductions: Mapping[str, Reduction] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        documents: Iterable[Document],
        system: PolynomialSystem | None,
        budget: Budget = UNLIMITED,
    ) -> Evidence:
        """Check every document once.

        Raises
        ------
        LimitReached
            Before all were checked.
        """
        sources: dict[tuple[str, str], str] = {}
        accepted = []
        facts: Facts = {}
        assumed: dict[str, None] = {}
        problems: dict[int, str] = {}
        subject: System | None = None
        if system is not None and not system.parameters:
            try:
                subject = _readable(system)
            except CertificateRejected as problem:
                problems[id(system)] = f"the checker does not read this system: {problem}"
                documents = ()
        for document in documents:
            if id(document) in problems:
                continue
            try:
                checked: Checked = check_document(document, Work(tick=budget.check))
            except CertificateRejected as problem:
                problems[id(document)] = f"certificate rejected: {problem}"
                continue
            if subject is None or _subject(document) != subject:
                continue
            assumed |= dict.fromkeys(checked.assumed)
            accepted.append(document)
            for (quantity, direction), value in checked.facts.items():
                key = (quantity, direction)
                known = facts.get(key)
                if known is None or (value > known if direction == "at_least" else value < known):
                    facts[key] = value
                    sources[key] = argument(document, direction)
        if subject is not None and facts:
            facts = consequences(facts)
        for (quantity, direction), value in facts.items():
            low = facts.get((quantity, "at_least"), 0)
            if direction == "at_most" and value < low:
                raise EnginesDisagree(
                    f"{quantity}: certificates prove at least {low} and at most {value}"
                )
        return cls(system, facts, tuple(assumed), problems, sources, tuple(accepted))

    def settle_bound(self, bound: Bound, quantity: str, direction: str) -> Bound:
        """One side of a count."""
        known = self.facts.get((quantity, direction))
        value = bound.value
        if known is not None and (
            value is None or (known >= value if direction == "at_least" else known <= value)
        ):
            source = self.sources.get((quantity, direction), "follows from certificates")
            relies = tuple(dict.fromkeys((*bound.relies_on, *self.assumed)))
            return Bound(known, Word.PROVED, source, self.documents, relies)
        problem = next(
            (self.problems[id(d)] for d in bound.certificates if id(d) in self.problems), ""
        )
        word = Word.NUMERICAL if problem else at_most_certified(bound.word)
        source = f"{bound.source} ({problem})" if problem else bound.source
        return dataclasses.replace(bound, word=word, source=source)

    def settle_count(self, count: Count, quantity: str) -> Count:
        """Both sides of a count."""
        settled = Count(
            self.settle_bound(count.lower, quantity, "at_least"),
            self.settle_bound(count.upper, quantity, "at_most"),
        )
        if not settled.consistent:
            raise EnginesDisagree(
                f"{quantity}: at least {settled.lower.value} ({settled.lower.word}, "
                f"{settled.lower.source}) but at most {settled.upper.value} "
                f"({settled.upper.word}, {settled.upper.source})"
            )
        return settled


#: What gave a bound, by the kind of its certificate.
ARGUMENTS = {
    "boxes": "disjoint certified boxes",
    "bezout": "multihomogeneous Bézout number",
    "quotient-dimension": "dimension of the quotient algebra",
    "groebner-basis": "staircase of a Gröbner basis",
    "signature": "trace form",
    "mixed-volume": "mixed volume",
}


def argument(document: Document, direction: str) -> str:
    """The argument behind the facts of a document, in a few words."""
    kind = str(document["kind"])
    if kind != "count":
        return ARGUMENTS.get(kind, kind)
    parts, here = document["proof"]["parts"], document["system"]
    lower = ("boxes", "signature", "groebner-basis")
    wanted = [p for p in parts if (p["kind"] in lower) == (direction == "at_least")]
    wanted = [p for p in wanted or parts if p["kind"] != "ring-isomorphism"]
    names = [
        argument(p, direction)
        + ("" if p.get("system", here) == here else " of an isomorphic system")
        for p in wanted
    ]
    return " and ".join(dict.fromkeys(names))


def _settle(value: Any, name: str, evidence: Evidence) -> Any:
    """A field of a result; `name` is the field's."""
    if isinstance(value, Count):
        quantity = QUANTITIES.get(name, name)
        return evidence.settle_count(value, quantity)
    if isinstance(value, Bound):
        return _settle_single(value, name, evidence)
    if isinstance(value, Mapping):
        return {
            key: _settle(item, _pattern(key, evidence), evidence) for key, item in value.items()
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for item in dataclasses.fields(value):
            if not item.init:
                continue
            old = getattr(value, item.name)
            if isinstance(old, Word):
                new: Any = at_most_certified(old)
            elif isinstance(old, Count | Bound) or _holds_counts(old):
                new = _settle(_with_partition(old, item.name, value, evidence), item.name, evidence)
            else:
                continue
            if new is not old:
                changes[item.name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value


def _settle_single(bound: Bound, name: str, evidence: Evidence) -> Bound:
    """A bound outside a count: an upper bound on the isolated zeros by exponents alone."""
    system = evidence.system
    if system is not None and name in MIXED_VOLUMES:
        reduction = evidence.reductions.get(name)
        return settle_mixed_bound(bound, MIXED_VOLUMES[name], system, reduction)
    for document in bound.certificates:
        if system is None or document.get("kind") != "bezout" or "bezout" not in name:
            continue
        settled = settle_certificate(document, system=system)
        if settled.facts.get(("complex", "at_most")) == bound.value:
            relies = tuple(dict.fromkeys((*bound.relies_on, *settled.assumed)))
            return dataclasses.replace(bound, word=Word.PROVED, relies_on=relies)
    return dataclasses.replace(bound, word=at_most_certified(bound.word))


def _with_partition(value: Any, name: str, owner: Any, evidence: Evidence) -> Any:
    """A Bézout number gets its certificate here: the partition is all that it needs."""
    system = evidence.system
    if not isinstance(value, Bound) or value.value is None or system is None:
        return value
    if name not in ("bezout", "multihomogeneous_bezout") or system.imaginary or system.parameters:
        return value
    everything = [list(range(len(system.variables)))]
    groups = everything if name == "bezout" else [list(g) for g in getattr(owner, "partition", ())]
    document = write.bezout(system, value.value, groups or everything)
    return dataclasses.replace(value, certificates=(*value.certificates, document))


def _holds_counts(value: Any) -> bool:
    return isinstance(value, Mapping) and any(isinstance(v, Count | Bound) for v in value.values())


def _pattern(key: Any, evidence: Evidence) -> str:
    """The quantity of a mapping's key: a name, or the vanishing variables by index or name."""
    if isinstance(key, str) and key in QUANTITIES:
        return QUANTITIES[key]
    if isinstance(key, str):
        names = [name for name in key.replace(" ", "").split(",") if name]
    else:
        variables = evidence.system.variables if evidence.system is not None else ()
        names = [variables[k] if isinstance(k, int) and k < len(variables) else str(k) for k in key]
    return f"pattern:{','.join(names)}" if names else "torus"


def certificates_of(result: Any) -> list[Document]:
    """All certificates inside a result, each document once."""
    found: dict[int, Document] = {}

    def visit(value: Any, name: str) -> None:
        if isinstance(value, Count):
            visit(value.lower, "")
            visit(value.upper, "")
        elif isinstance(value, Bound):
            found.update((id(d), d) for d in value.certificates)
        elif name == "certificate" and isinstance(value, dict):
            found[id(value)] = value
        elif name == "certificates" and isinstance(value, list | tuple):
            found.update((id(d), d) for d in value if isinstance(d, dict))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                visit(item, str(key))
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            visit(getattr(value, "certificate", None), "certificate")
            for item in dataclasses.fields(value):
                visit(getattr(value, item.name), item.name)

    visit(result, "")
    return list(found.values())


def _readable(system: PolynomialSystem) -> System:
    """The system as the checker reads it; `CertificateRejected` beyond the checker's limits."""
    return read_system(write.system_json(system), Work())


def _subject(document: Document) -> System | None:
    """The system a checked document speaks of."""
    return read_system(document["system"], Work()) if "system" in document else None
