"""Certificates of kind `signature`: distinct and real zeros from the trace form, exactly.

The multiplication matrices come from a Gröbner basis over Q, which nobody needs to trust: the
checker verifies that they commute and satisfy the equations (so the quotient has at least their
size) and that the quotient has at most this dimension (`dimension_bounds`). Multiple
zeros are no obstacle.
"""

from __future__ import annotations

from algebra.errors import NotZeroDimensional
from algebra.limits import UNLIMITED, Budget
from algebra.modular import primes_below
from algebra.systems import PolynomialSystem
from proofs import certificates as write
from proofs.certificates import Document
from proofs.dimension_bounds import finite_bound

#: Largest dimension for which the matrices are written out.
DIMENSION_LIMIT = 140


def signature_certificate(
    system: PolynomialSystem, *, simple: bool = False, budget: Budget = UNLIMITED
) -> Document | None:
    """Exactly how many distinct and real zeros; None if infinitely many, none, or too many.

    Parameters
    ----------
    system : PolynomialSystem
        Rational, without parameters; any number of equations.
    simple : bool
        The system is square and all its zeros are simple: the Jacobian, invertible modulo a prime,
        takes the place of the bound, and the document says "at least" instead of "exactly".
    """
    from algebra.groebner import groebner_basis
    from algebra.quotient import QuotientAlgebra
    from algebra.rational_representation import rational_representation

    system.require_rational()
    algebra = QuotientAlgebra(groebner_basis(system, budget=budget))
    try:
        basis = algebra.standard_monomials
    except NotZeroDimensional:
        return None
    size = len(basis)
    if not 0 < size <= DIMENSION_LIMIT:
        return None
    columns = [algebra.multiplication_columns(i) for i in range(len(system.variables))]
    numbers = [c for matrix in columns for column in matrix for c in column.values()]
    numbers += [c for f in system.equations for c in f.coeffs()]
    if simple:
        whole = (p for p in primes_below() if all(int(c.q) % p for c in numbers))
        support: Document = {"prime": str(next(whole))}
    else:
        upper = finite_bound(system, size, budget=budget)
        if upper is None:
            return None
        support = {"upper": upper}
    matrices = [
        [[[row, str(c)] for row, c in sorted(column.items())] for column in matrix]
        for matrix in columns
    ]
    found = rational_representation(system, coordinates=False, budget=budget)
    real = found.real_count(budget)
    claim = {"dimension": size, "distinct": int(found.distinct), "real": real}
    proof = {"basis": [list(m) for m in basis], "matrices": matrices, **support}
    return write.document("signature", system, claim, proof)
