"""Gröbner bases over Q proved with the homogenised system: Arnold's verification.

The grevlex basis of the homogenised equations is lifted; over Q the checker divides, and modulo one
prime `algebra.relations` tells how each element follows from the equations. No cofactors over Q
are needed, and no luck with the prime (docs/certificates.md, `groebner-basis`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpz

from algebra.groebner import GroebnerBasis, groebner_basis, usable_prime
from algebra.homogenisation import homogenised
from algebra.limits import UNLIMITED, Budget
from algebra.relations import Polynomial, critical_pairs, relations_modulo
from algebra.staircase import hilbert_series
from algebra.systems import PolynomialSystem
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import BASIS_LIMIT, integer_row

#: Largest prime below 2^31; the next ones follow where it divides a leading coefficient.
PRIME = 2**31 - 1
#: Where nobody asked for this certificate, the checker should not divide for more than half a
#: minute (S-pairs · terms · half kilobits of the coefficients).
EFFORT_LIMIT = 10**8


def homogenised_certificate(
    system: PolynomialSystem,
    basis: GroebnerBasis | None = None,
    *,
    effort_limit: int | None = EFFORT_LIMIT,
    budget: Budget = UNLIMITED,
) -> Document | None:
    """A document of kind `groebner-basis`, method `homogenised`; None where it is out of reach.

    Parameters
    ----------
    system : PolynomialSystem
        Rational, without parameters.
    basis : GroebnerBasis, optional
        A basis over Q, in grevlex or lex; by default the reduced one in grevlex.
    effort_limit : int, optional
        What the checker's divisions may cost, about 0.3 microseconds each; None for anything.

    Returns
    -------
    dict or None
        The checker has not seen it yet. None if the homogenised ideal needs too many elements.
    """
    raised = homogenised(system)
    effort = _effort(groebner_basis(raised, modulus=usable_prime(raised), budget=budget))
    if effort is None or (effort_limit is not None and effort > effort_limit):
        return None
    elements = _integral(groebner_basis(raised, budget=budget))
    longest = max((c.bit_length() for g in elements for c in g.values()), default=0)
    if effort_limit is not None and effort * (1 + longest // 512) > effort_limit:
        return None
    equations = [integer_row(f) for f in raised.equations]
    prime = _prime([next(iter(g.values())) for g in elements])
    found = relations_modulo(
        [_residues(f, prime) for f in equations],
        [_residues(g, prime) for g in elements],
        prime,
        budget,
    )
    if found is None:
        return None
    claimed = groebner_basis(system, budget=budget) if basis is None else basis
    claim = {"order": claimed.order.name, "basis": [_json(g) for g in _integral(claimed)]}
    proof = {
        "method": "homogenised",
        "elements": [_json(g) for g in elements],
        "prime": str(prime),
        "relations": [_relation_json(relation) for relation in found],
    }
    return write.document("groebner-basis", system, claim, proof)


def bound_by_homogenising(
    system: PolynomialSystem, wanted: int, *, budget: Budget = UNLIMITED
) -> Document | None:
    """The certificate if it says dim Q[x]/I ≤ wanted; None otherwise."""
    basis = groebner_basis(system, budget=budget)
    series = hilbert_series(basis.leading)
    if basis.is_unit or (series.dimension == 0 and series.degree <= wanted):
        return homogenised_certificate(system, basis, budget=budget)
    return None


def _effort(basis: GroebnerBasis) -> int | None:
    """S-pairs times terms, which the time of the checker follows; None for too many elements."""
    if len(basis) > BASIS_LIMIT:
        return None
    pairs = critical_pairs([tuple(m) for m in basis.leading.tolist()])
    return sum(1 for _ in pairs) * int(basis.monomials.lengths.sum())


def _integral(basis: GroebnerBasis) -> list[Polynomial]:
    return [
        dict(zip(map(tuple, exponents.tolist()), values, strict=True))
        for exponents, values in basis.integral
    ]


def _residues(f: Polynomial, p: int) -> Polynomial:
    return {m: r for m, c in f.items() if (r := c % p)}


def _prime(leading: Sequence[int]) -> int:
    """The largest prime ≤ PRIME that divides no leading coefficient."""
    candidate = fmpz(PRIME)
    while not candidate.is_prime() or any(c % int(candidate) == 0 for c in leading):
        candidate -= 2
    return int(candidate)


def _json(f: Polynomial) -> list[list[Any]]:
    return [[str(fmpz(c)), list(m)] for m, c in f.items()]


def _relation_json(relation: Any) -> list[list[Any]]:
    """[[index, polynomial], …] with one entry for each index."""
    grouped: dict[int, list[list[Any]]] = {}
    for (index, multiplier), c in relation.items():
        grouped.setdefault(index, []).append([str(c), list(multiplier)])
    return [[index, terms] for index, terms in sorted(grouped.items())]
