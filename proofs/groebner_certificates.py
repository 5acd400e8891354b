"""Certificates that a Gröbner basis over Q is one of the ideal of a system.

Arnold's verification with the homogenised system (`homogenised_bases`); where that needs too many
elements, both inclusions by explicit combinations and Buchberger's criterion with standard
representations. Nothing rests on the primes that found the basis (docs/certificates.md).
"""

from __future__ import annotations

import itertools
from typing import Any

from algebra.division import Terms, divide, s_polynomial
from algebra.groebner import GroebnerBasis
from algebra.limits import UNLIMITED, Budget
from algebra.membership import membership_certificate
from algebra.systems import PolynomialSystem
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import BASIS_LIMIT, divides
from proofs.homogenised_bases import homogenised_certificate

#: Orders that the checker knows.
ORDERS = ("grevlex", "lex")


def groebner_certificate(
    system: PolynomialSystem, basis: GroebnerBasis, *, budget: Budget = UNLIMITED
) -> Document | None:
    """A document of kind `groebner-basis`, or None where one is out of reach.

    Out of reach are complex coefficients, parameters, orders other than `ORDERS`, elements whose
    cofactors `membership_certificate` does not find, and a basis that is none of this ideal. The
    checker has not seen the document yet.
    """
    simple = not (system.imaginary or system.parameters or basis.characteristic)
    if not simple or basis.order.name not in ORDERS or len(basis) > BASIS_LIMIT:
        return None
    document = homogenised_certificate(system, basis, budget=budget)
    if document is not None:
        return document
    cofactors = []
    for done, g in enumerate(basis.polynomials):
        budget.check()
        budget.report("cofactors of the basis", done, len(basis))
        found = membership_certificate(system, g, budget=budget)
        if found is None:
            return None
        cofactors.append(write.polynomials_json(found))
    quotients = []
    for f in system.equations:
        row, remainder = divide(f, basis)
        if remainder:
            return None
        quotients.append(_json(system, row))
    pairs = _pairs(system, basis, budget)
    if pairs is None:
        return None
    claim = {
        "order": basis.order.name,
        "basis": write.polynomials_json(basis.polynomials),
    }
    proof = {"cofactors": cofactors, "quotients": quotients, "pairs": pairs}
    return write.document("groebner-basis", system, claim, proof)


def _pairs(system: PolynomialSystem, basis: GroebnerBasis, budget: Budget) -> list[Document] | None:
    """Every pair without coprime leading monomials, by increasing lcm."""
    leading = [tuple(row) for row in basis.leading.tolist()]
    lcms = {
        (j, k): tuple(map(max, leading[j], leading[k]))
        for j, k in itertools.combinations(range(len(leading)), 2)
    }
    settled = {(j, k) for j, k in lcms if not any(map(min, leading[j], leading[k]))}
    waiting = sorted((pair for pair in lcms if pair not in settled), key=lambda p: sum(lcms[p]))
    out: list[Document] = []
    for done, (j, k) in enumerate(waiting):
        budget.check()
        budget.report("S-pairs", done, len(waiting))
        middle = _chain(leading, lcms[j, k], j, k, settled)
        if middle is not None:
            out.append({"pair": [j, k], "chain": middle})
        else:
            row, remainder = divide(s_polynomial(basis, j, k), basis)
            if remainder:
                return None
            out.append({"pair": [j, k], "quotients": _json(system, row)})
        settled.add((j, k))
    return out


def _chain(
    leading: list[tuple[int, ...]],
    lcm: tuple[int, ...],
    j: int,
    k: int,
    settled: set[tuple[int, int]],
) -> int | None:
    """An element between j and k whose pairs with both are settled."""
    for middle, m in enumerate(leading):
        pairs = {(min(middle, i), max(middle, i)) for i in (j, k)}
        if middle not in (j, k) and pairs <= settled and divides(m, lcm):
            return middle
    return None


def _json(system: PolynomialSystem, row: list[Terms]) -> list[Any]:
    return write.polynomials_json([system.ring.from_dict(q) for q in row])
