"""`count`: how many isolated zeros, from every source at once.

Exact algebra modulo primes counts (probable). Homotopy continuation finds zeros, and boxes prove
that they are there (at least). Bézout numbers, mixed volumes and ranks of Macaulay matrices, for
one hidden layer after the reduction to d + p unknowns, prove that there are no more (at most).
The trace form counts distinct and real zeros once more, multiple ones included.
The checker has the last word.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from algebra.errors import BeyondFloats, InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.words import Bound, Count, Word
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import CertificateRejected, Facts, check_document, consequences
from proofs.settlement import Evidence, certificates_of

UNKNOWN = Bound(None, Word.NUMERICAL, "no bound known")
NOTHING = Bound(0, Word.NUMERICAL, "nothing found")

#: Start systems to try again with where zeros are missing.
OTHER_STARTS = ("polyhedral", "total-degree")
#: (largest number of zeros with multiplicity, most unknowns) for which the trace form is tried:
#: where boxes cannot prove the number, and where they have proved it already.
MULTIPLE_ZEROS = (64, 6)
SECOND_WAY = (40, 3)


@dataclass(frozen=True)
class CountResult:
    """Numbers of isolated zeros of one system.

    Attributes
    ----------
    system : PolynomialSystem
    dimension : int or None
        Of the zero set: -1 for no zeros, None where unknown.
    complex, with_multiplicity, torus, real, nonreal : Count
        Isolated zeros: each once, with multiplicity, without zero coordinate, real, not real.
    patterns : dict
        {names of the vanishing variables, comma-separated: Count}; "" is the torus.
    certificates : tuple of documents
        What the checker accepted: usually one of kind `count` that states everything.
    notes : tuple of str
        What a reader should know, in sentences.
    solution : SolveResult or None
        The zeros, where they were computed.
    """

    system: PolynomialSystem
    dimension: int | None
    complex: Count
    with_multiplicity: Count
    torus: Count
    real: Count
    nonreal: Count
    patterns: Mapping[str, Count] = field(default_factory=dict)
    certificates: tuple[Document, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    solution: Any = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "dimension": self.dimension,
            "complex": self.complex.to_dict(),
            "with_multiplicity": self.with_multiplicity.to_dict(),
            "torus": self.torus.to_dict(),
            "real": self.real.to_dict(),
            "nonreal": self.nonreal.to_dict(),
            "patterns": [
                {"zero": key.split(",") if key else [], **count.to_dict()}
                for key, count in self.patterns.items()
            ],
            "relies_on": list(self.complex.upper.relies_on),
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return (
            f"CountResult(dimension {self.dimension}, complex {self.complex!r}, "
            f"torus {self.torus!r}, real {self.real!r})"
        )

    def _repr_html_(self) -> str:
        names = ("complex", "with_multiplicity", "torus", "real")
        rows = "".join(
            f"<tr><th>{n.replace('_', ' ')}</th><td>{html.escape(repr(getattr(self, n)))}</td></tr>"
            for n in names
        )
        return f"<table>{rows}</table>"


def count(
    system: PolynomialSystem,
    *,
    torus: bool = True,
    real: bool = True,
    real_limit: int | None = None,
    certify: bool = True,
    solution: Any = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> CountResult:
    """Count the isolated zeros of a system, and prove the numbers where possible.

    Parameters
    ----------
    torus, real : bool
        Whether zeros without zero coordinate, and real zeros, are wanted from the algebra.
    real_limit : int, optional
        With more complex zeros than this the real ones are left to the boxes.
    certify : bool
        Whether to solve numerically and look for certificates; otherwise algebra alone counts.
    solution : SolveResult, optional
        A certified solution of the same system, if there is one already.
    seed : int
        Of the random choices; never changes a result.

    Raises
    ------
    InputError
        The system has parameters without values.
    EnginesDisagree
        Two sources contradict each other; the message shows both sides.

    Examples
    --------
    >>> system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -2}])
    >>> count(system).real
    Count(2, proved)
    """
    system.require_specialised()
    notes: list[str] = []
    counts, dimension = _algebraic_counts(system, torus, real, real_limit, notes, budget)
    documents: list[Document] = []
    if certify and dimension in (None, 0) and system.is_square:
        try:
            if solution is None:
                from homotopy.solve import solve

                solution = solve(system, seed=seed, budget=budget)
            documents = certificates_of(solution)
            documents = _found_again(system, solution, documents, counts, seed, notes, budget)
        except BeyondFloats as problem:
            notes.append(f"solving: {problem}")
        except LimitReached as limit:
            notes.append(f"solving: {limit}")
            if limit.partial is not None:
                documents = certificates_of(limit.partial)
    elif certify and not system.is_square:
        notes.append("not a square system: its zeros are counted, but not boxed")
    return _combine(system, dimension, counts, documents, solution, notes, budget)


def _found_again(
    system: PolynomialSystem,
    solution: Any,
    documents: list[Document],
    counts: dict[str, Count],
    seed: int,
    notes: list[str],
    budget: Budget,
) -> list[Document]:
    """More boxes from other starts while exact algebra counts more simple zeros than there are.

    A zero that one homotopy loses, another one rarely loses too; both are kept.
    """
    wanted = counts["complex"].value
    found = max((claimed(d).get(("complex", "at_least"), 0) for d in documents), default=0)
    if wanted is None or found >= wanted or wanted != counts["with_multiplicity"].value:
        return documents
    from homotopy.certify import certify
    from homotopy.solve import solve

    points = [solution.points]
    for attempt, start in enumerate(OTHER_STARTS, start=1):
        points.append(solve(system, start=start, seed=seed + attempt, budget=budget).points)
        together = certify(system, np.concatenate(points), budget=budget)
        if together.distinct_count > found:
            notes.append(
                f"lost by the first start, found by another one ({start}): "
                f"{together.distinct_count - found} of {wanted} zeros"
            )
            found, documents = together.distinct_count, [together.certificate]
        if found >= wanted:
            return documents
    notes.append(f"{wanted - found} of {wanted} zeros were not found numerically")
    return documents


def _combine(
    system: PolynomialSystem,
    dimension: int | None,
    counts: dict[str, Count],
    documents: list[Document],
    solution: Any,
    notes: list[str],
    budget: Budget,
) -> CountResult:
    """Merge the algebra's counts with what certificates prove."""
    documents = [with_exact_points(document) for document in documents]
    # What the boxes claim is a target for the upper bound; the checker has its say below, once.
    found = max((claimed(d).get(("complex", "at_least"), 0) for d in documents), default=0)
    probable = counts["with_multiplicity"].upper.value
    upper: list[Document] = []
    if (found or probable is not None) and dimension in (None, -1, 0):
        upper = _upper_documents(system, found, probable, notes, budget)
        upper += _trace_form_documents(system, found, probable, upper, notes, budget)
    whole = _whole(system, documents, upper)
    evidence = Evidence.of([whole] if whole is not None else documents, system)
    if whole is not None and evidence.problems:
        evidence = Evidence.of([*documents, *upper], system)
    notes += [problem for problem in evidence.problems.values() if problem]
    settled = {name: evidence.settle_count(value, name) for name, value in counts.items()}
    patterns = {
        quantity.partition(":")[2]: evidence.settle_count(
            counts.get(quantity, Count(NOTHING, UNKNOWN)), quantity
        )
        for quantity, _ in sorted(evidence.facts | dict.fromkeys((q, "") for q in counts))
        if quantity.startswith("pattern:")
    }
    if settled["torus"].lower.value or settled["torus"].upper.value:
        patterns = {"": settled["torus"], **patterns}
    if dimension is None and evidence.facts.get(("with_multiplicity", "at_most")) is not None:
        notes.append("the bound holds for the isolated zeros; the dimension was not computed")
    return CountResult(
        system,
        dimension,
        settled["complex"],
        settled["with_multiplicity"],
        settled["torus"],
        settled["real"],
        settled["nonreal"],
        patterns,
        evidence.documents,
        tuple(dict.fromkeys(notes)),
        solution,
    )


# -- algebra --------------------------------------------------------------------------------------


def _algebraic_counts(
    system: PolynomialSystem,
    torus: bool,
    real: bool,
    real_limit: int | None,
    notes: list[str],
    budget: Budget,
) -> tuple[dict[str, Count], int | None]:
    """Counts by `algebra.counting`, quantity by quantity, and the dimension."""
    from algebra.counting import count_zeros

    nothing = Count(NOTHING, UNKNOWN)
    counts = dict.fromkeys(("complex", "with_multiplicity", "torus", "real", "nonreal"), nothing)
    try:
        found = count_zeros(system, torus=torus, budget=budget)
    except LimitReached as limit:
        notes.append(f"exact algebra: {limit}")
        return counts, None
    except InputError as problem:
        notes.append(f"exact algebra: {problem}")
        return counts, None
    notes += found.notes
    counts["complex"] = found.distinct
    for name in ("with_multiplicity", "torus"):
        value = getattr(found, name)
        if value is not None:
            counts[name] = value
    if real:
        counts["real"] = _real_count(system, found, real_limit, notes, budget)
    total, on_line = counts["complex"].value, counts["real"].value
    if total is not None and on_line is not None:
        word = min(counts["complex"].word, counts["real"].word, key=lambda w: w.rank)
        counts["nonreal"] = Count.exactly(total - on_line, word, "the others")
    for names, value in found.patterns.items():
        if names:
            counts[f"pattern:{','.join(names)}"] = value
    boundary = [value for names, value in found.patterns.items() if names]
    if all(value.value is not None for value in boundary) and counts["torus"].value is not None:
        total = sum(value.value or 0 for value in boundary)
        counts["boundary"] = Count.exactly(total, counts["torus"].word, "sum over zero patterns")
    return counts, found.dimension


def _real_count(
    system: PolynomialSystem,
    found: Any,
    real_limit: int | None,
    notes: list[str],
    budget: Budget,
) -> Count:
    """The exact real count; a limit met here leaves the other counts as they are."""
    from algebra.counting import real_zero_count

    zeros = found.distinct.value
    if real_limit is not None and zeros is not None and zeros > real_limit:
        notes.append(f"{zeros} zeros: real ones are counted by boxes alone")
        return Count(NOTHING, UNKNOWN)
    try:
        count, remark = real_zero_count(system, found.dimension, zeros or 0, budget=budget)
        notes += [remark] if remark else []
        return count
    except LimitReached as limit:
        notes.append(f"real zeros: {limit}")
        return Count(NOTHING, UNKNOWN)


# -- upper bounds with certificates ---------------------------------------------------------------


def _upper_documents(
    system: PolynomialSystem, found: int, probable: int | None, notes: list[str], budget: Budget
) -> list[Document]:
    """Certificates of an upper bound: the number found if possible, else the algebra's.

    Tried in the order of their cost: Bézout numbers and mixed volumes of the system and of its
    reduction, then ranks of Macaulay matrices of the reduction and of the system.
    """
    if system.imaginary:
        return []
    wanted = max(found, probable or 0)
    subjects = list(_subjects(system))
    try:
        for subject, link in subjects:
            document = _bezout(subject, wanted, budget)
            if document is not None:
                return [*link, document]
        for subject, link in subjects:
            document = _mixed_volume(subject, wanted, budget)
            if document is not None:
                return [*link, document] if not link else _within(subject, wanted, link, document)
        from proofs.dimension_bounds import dimension_certificate

        for subject, link in reversed(subjects):
            document = dimension_certificate(subject, wanted, budget=budget)
            if document is not None:
                return [*link, document]
    except LimitReached as limit:
        notes.append(f"upper bound: {limit}")
        return []
    notes.append(f"no certificate of at most {wanted} zeros was found")
    return []


def _trace_form_documents(
    system: PolynomialSystem,
    found: int,
    probable: int | None,
    upper: list[Document],
    notes: list[str],
    budget: Budget,
) -> list[Document]:
    """The trace form: the only proof where zeros are multiple, else a second way to the real ones.

    Limits are by size, never by time, so that the result does not depend on the machine.
    """
    if system.imaginary or not probable:
        return []
    subject, link = list(_subjects(system))[-1]
    unknowns, multiple = len(subject.variables), found < probable
    most, widest = MULTIPLE_ZEROS if multiple else SECOND_WAY
    if probable > most or (unknowns > widest and not (link and not multiple)):
        return []
    from proofs.trace_form import signature_certificate

    try:
        document = signature_certificate(subject, budget=budget)
    except LimitReached as limit:
        notes.append(f"trace form: {limit}")
        return []
    if document is None:
        return []
    return [*(part for part in link if part not in upper), document]


def _subjects(system: PolynomialSystem) -> Iterator[tuple[PolynomialSystem, list[Document]]]:
    """The system itself, then an isomorphic one in fewer unknowns with the isomorphism."""
    yield system, []
    network, data = system.metadata.get("network"), system.metadata.get("data")
    if network is None or data is None:
        return
    from proofs.reduction import reduce_network

    try:
        reduction = reduce_network(network, data)
    except InputError:
        return
    if reduction.system.digest == system.digest:
        yield reduction.reduced, [reduction.certificate()]


def _bezout(system: PolynomialSystem, wanted: int, budget: Budget) -> Document | None:
    """A certificate that some multihomogeneous Bézout number is at most `wanted`."""
    from polytopes.bezout import best_partition

    if not system.is_square or any(f == 0 for f in system.equations):
        return None
    number, partition = best_partition(system.supports, budget)
    return write.bezout(system, number, partition) if number <= wanted else None


def _mixed_volume(system: PolynomialSystem, wanted: int, budget: Budget) -> Document | None:
    """A certificate that the affine mixed volume is at most `wanted`."""
    from polytopes import mixed_volume
    from proofs.mixed_volume_bounds import affine_supports, mixed_volume_certificate

    if not system.is_square or any(f == 0 for f in system.equations):
        return None
    if mixed_volume(system.supports, kind="affine", budget=budget).value > wanted:
        return None
    return mixed_volume_certificate(affine_supports(system), budget=budget)


def _within(
    reduced: PolynomialSystem, wanted: int, link: list[Document], document: Document
) -> list[Document]:
    """A mixed volume speaks of supports: the reduced system is named by a count around it."""
    bound = {"complex": wanted, "with_multiplicity": wanted}
    return [*link, write.count_document(reduced, {}, bound, [document])]


def with_exact_points(document: Document) -> Document:
    """A `boxes` document whose undecided zeros are named exactly where they are rational.

    Such zeros often lie on coordinate hyperplanes in a way that no restricted system shows.
    """
    counts = {q: v for (q, _), v in claimed(document).items()}
    decided = sum(v for q, v in counts.items() if q == "torus" or q.startswith("pattern:"))
    if decided >= counts.get("complex", 0) or document["system"]["imaginary"]:
        return document
    ring = polynomial_ring(document["system"]["variables"])
    equations = [
        ring.from_dict({tuple(m): fmpq(*map(int, c.split("/"))) for c, m in f})
        for f in document["system"]["equations"]
    ]
    boxes, changed = [], False
    for box in document["proof"]["boxes"]:
        point = [
            _simple(pair[0], radius)
            for pair, radius in zip(box["center"], box["radius"], strict=True)
        ]
        if None not in point and all(f(*point) == 0 for f in equations):
            box = {"center": box["center"], "radius": box["radius"], "exact": [*map(str, point)]}
            changed = True
        boxes.append(box)
    if not changed:
        return document
    improved = {
        **document,
        "claim": {"at_least": {}},
        "proof": {**document["proof"], "boxes": boxes},
    }
    try:
        facts = check_document(improved).facts
    except CertificateRejected:
        return document
    return {**improved, "claim": {"at_least": {q: v for (q, _), v in facts.items() if v}}}


def _simple(center: str, radius: str) -> fmpq | None:
    """The rational number of denominator ≤ 1000 in an interval, if it is plainly the one."""
    (m, e), (r, s) = (map(int, text.split("*2^")) for text in (center, radius))
    value, size = Fraction(m) * Fraction(2) ** e, Fraction(r) * Fraction(2) ** s
    simple = value.limit_denominator(1000)
    return fmpq(simple.numerator, simple.denominator) if abs(simple - value) <= size else None


def claimed(document: Document) -> Facts:
    """What a `boxes` document says it proves; the checker has not seen it yet."""
    if document.get("kind") != "boxes":
        return {}
    return {(q, "at_least"): value for q, value in document["claim"]["at_least"].items()}


def _whole(
    system: PolynomialSystem, lower: list[Document], upper: list[Document]
) -> Document | None:
    """One document that claims everything the parts prove together."""
    if system.imaginary or not (lower or upper):
        return None
    try:
        facts = check_document(write.count_document(system, {}, {}, upper)).facts
    except CertificateRejected:
        return None
    for document in lower:
        for key, value in claimed(document).items():
            facts[key] = max(value, facts.get(key, value))
    facts = consequences(facts)
    at_least = {q: v for (q, side), v in sorted(facts.items()) if side == "at_least" and v}
    at_most = {q: v for (q, side), v in sorted(facts.items()) if side == "at_most" and v >= 0}
    return write.count_document(system, at_least, at_most, [*lower, *upper])


def complete(
    solution: Any,
    system: PolynomialSystem,
    budget: Budget = UNLIMITED,
    *,
    region: str = "affine",
) -> Any:
    """A `SolveResult` whose completeness is settled with an upper bound, if one can be proved.

    Parameters
    ----------
    region : {"affine", "torus"}
        Which zeros `solution.completeness` counts.
    """
    quantity = "torus" if region == "torus" else "complex"
    counts = dict.fromkeys(
        ("complex", "with_multiplicity", "torus", "real", "nonreal"), Count(NOTHING, UNKNOWN)
    )
    counts[quantity] = solution.completeness
    result = _combine(system, None, counts, certificates_of(solution), solution, [], budget)
    return replace(solution, completeness=getattr(result, quantity))
