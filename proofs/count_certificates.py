"""Certificates behind a count: upper bounds, the trace form, exact points, and all in one document.

Upper bounds are tried in the order of their cost; where the system is a network with one hidden
layer they may speak of an isomorphic one in fewer unknowns, and the isomorphism comes along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from flint import fmpq

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import (
    DIMENSION_LIMIT,
    ORDERS,
    CertificateRejected,
    Facts,
    Work,
    check_document,
    consequences,
    staircase_size,
)

#: A method's name, and the search for its document.
Attempt = tuple[str, Callable[..., Document | None]]

#: Largest number of zeros with multiplicity, and most unknowns, for which the trace form is tried.
TRACE_FORM = (140, 12)


def upper_documents(
    system: PolynomialSystem, found: int, probable: int | None, notes: list[str], budget: Budget
) -> list[Document]:
    """Certificates of an upper bound: the number found if possible, else the algebra's.

    Tried in the order of their cost: Bézout numbers and mixed volumes of the system and of its
    reduction, then a Gröbner basis of the homogenised reduction or system, or ranks of Macaulay
    matrices. Each may use half of the time that is left.
    """
    if system.imaginary:
        return []
    from proofs.dimension_bounds import dimension_certificate
    from proofs.homogenised_bases import bound_by_homogenising

    wanted = max(found, probable or 0)
    subjects = list(_subjects(system))
    cheap: list[Attempt] = [("Bézout numbers", _bezout), ("mixed volumes", _mixed_volume)]
    dear: list[Attempt] = [
        ("the homogenised basis", bound_by_homogenising),
        ("Macaulay ranks", dimension_certificate),
    ]
    plan = [(*one, *subject) for one in cheap for subject in subjects]
    plan += [(*one, *subject) for subject in reversed(subjects) for one in dear]
    for name, attempt, subject, link in plan:
        try:
            document = attempt(subject, wanted, budget=budget.share(0.5))
        except LimitReached as limit:
            notes.append(f"upper bound by {name}: {limit}")
            continue
        if document is None:
            continue
        if link and document["kind"] == "mixed-volume":
            return _within(subject, wanted, link, document)
        return [*link, document]
    notes.append(f"no certificate of at most {wanted} zeros was found")
    return []


def trace_form_documents(
    system: PolynomialSystem,
    found: int,
    probable: int | None,
    upper: list[Document],
    notes: list[str],
    budget: Budget,
) -> list[Document]:
    """The trace form: the only proof where zeros are multiple, else a second way to real ones."""
    if system.imaginary or not probable:
        return []
    subject, link = list(_subjects(system))[-1]
    unknowns, multiple = len(subject.variables), found < probable
    if probable > TRACE_FORM[0] or unknowns > TRACE_FORM[1]:
        return []
    from proofs.trace_form import signature_certificate

    try:
        document = signature_certificate(subject, simple=not multiple, budget=budget)
    except LimitReached as limit:
        notes.append(f"trace form: {limit}")
        return []
    if document is None:
        return []
    return [*(part for part in link if part not in upper), document]


def _subjects(system: PolynomialSystem) -> Iterator[tuple[PolynomialSystem, list[Document]]]:
    """The system itself, then an isomorphic one in fewer unknowns with the isomorphism."""
    yield system, []
    reduction = reduction_of(system)
    if reduction is not None:
        yield reduction.reduced, [reduction.certificate()]


def reduction_of(system: PolynomialSystem) -> Any:
    """The `Reduction` of the gradient of a one-hidden-layer network, or None."""
    network, data = system.metadata.get("network"), system.metadata.get("data")
    if network is None or data is None:
        return None
    from proofs.reduction import reduce_network

    try:
        reduction = reduce_network(network, data)
    except InputError:
        return None
    return reduction if reduction.system.digest == system.digest else None


def _bezout(system: PolynomialSystem, wanted: int, *, budget: Budget) -> Document | None:
    """A certificate that some multihomogeneous Bézout number is at most `wanted`."""
    from polytopes.bezout import best_partition

    if not system.is_square or any(f == 0 for f in system.equations):
        return None
    number, partition = best_partition(system.supports, budget)
    return write.bezout(system, number, partition) if number <= wanted else None


def _mixed_volume(system: PolynomialSystem, wanted: int, *, budget: Budget) -> Document | None:
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


def with_exact_points(document: Document, budget: Budget = UNLIMITED) -> Document:
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
        facts = check_document(improved, Work(tick=budget.check)).facts
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
    """What a document says it proves about its zeros; the checker has not seen it yet."""
    kind, claim, proof = document["kind"], document["claim"], document["proof"]
    facts: Facts = {}
    for side in ("at_least", "at_most"):
        bounds = claim.get(side, {})
        if isinstance(bounds, int):
            bounds = dict.fromkeys(("complex", "with_multiplicity"), bounds)
        facts |= {(q, side): value for q, value in bounds.items()}
    if kind == "signature":
        numbers = {"complex": claim["distinct"], "real": claim["real"]}
        numbers["nonreal"] = claim["distinct"] - claim["real"]
        numbers["with_multiplicity"] = claim["dimension"]
        sides = ("at_least", "at_most") if "upper" in proof else ("at_least",)
        facts = {(q, side): value for q, value in numbers.items() for side in sides}
    if kind == "groebner-basis":
        key = ORDERS[claim["order"]]
        leading = [max((tuple(m) for _, m in g), key=key) for g in claim["basis"]]
        size = staircase_size(
            leading, len(document["system"]["variables"]), DIMENSION_LIMIT, Work()
        )
        facts = {(q, "at_most"): size for q in ("complex", "with_multiplicity") if size is not None}
        if size is not None:
            facts["with_multiplicity", "at_least"] = size
    return facts


def whole_document(
    system: PolynomialSystem, lower: list[Document], upper: list[Document]
) -> Document | None:
    """One document that claims everything the parts say together; the checker sees it once."""
    if system.imaginary or not (lower or upper):
        return None
    facts: Facts = {}
    for document in (*lower, *upper):
        for key, value in claimed(document).items():
            facts[key] = (max if key[1] == "at_least" else min)(value, facts.get(key, value))
    facts = consequences(facts)
    at_least = {q: v for (q, side), v in sorted(facts.items()) if side == "at_least" and v}
    at_most = {q: v for (q, side), v in sorted(facts.items()) if side == "at_most" and v >= 0}
    return write.count_document(system, at_least, at_most, [*lower, *upper])
