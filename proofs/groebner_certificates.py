"""Certificates that a Gröbner basis over Q is one of the ideal of a system.

Arnold's verification with the homogenised system (`homogenised_bases`); where that needs too many
elements, cofactors that show them in the ideal; the checker divides for the rest. Nothing rests on
the primes that found the basis (docs/certificates.md).
"""

from __future__ import annotations

from algebra.groebner import GroebnerBasis
from algebra.limits import UNLIMITED, Budget
from algebra.membership import membership_certificate
from algebra.systems import PolynomialSystem
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import BASIS_LIMIT
from proofs.homogenised_bases import homogenised_certificate

#: Orders that the checker knows.
ORDERS = ("grevlex", "lex")


def groebner_certificate(
    system: PolynomialSystem, basis: GroebnerBasis, *, budget: Budget = UNLIMITED
) -> Document | None:
    """A document of kind `groebner-basis`, or None where one is out of reach.

    Out of reach are complex coefficients, parameters, orders other than `ORDERS`, elements whose
    cofactors `membership_certificate` does not find. The checker has not seen the document yet.
    """
    simple = not (system.imaginary or system.parameters or basis.characteristic)
    if not simple or basis.order.name not in ORDERS or len(basis) > BASIS_LIMIT:
        return None
    document = homogenised_certificate(system, basis, effort_limit=None, budget=budget)
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
    claim = {
        "order": basis.order.name,
        "basis": write.polynomials_json(basis.polynomials),
    }
    return write.document("groebner-basis", system, claim, {"cofactors": cofactors})
