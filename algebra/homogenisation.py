"""Homogenised systems: f^h = h^deg(f) · f(x/h), with one more variable, last and smallest.

The ideal of the f^h need not be the homogenisation of the ideal: zeros at infinity stay. Its
grevlex basis with h = 1 is a grevlex basis of the ideal (docs/certificates.md).
"""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from algebra.systems import PolynomialSystem, polynomial_ring

Terms = dict[tuple[int, ...], fmpq]


def homogenised(system: PolynomialSystem) -> PolynomialSystem:
    """The system of the f^h; rational coefficients, no parameters. Zero equations are left out."""
    system.require_rational()
    names = (*system.variables, _new_name(system.variables))
    ring = polynomial_ring(names)
    equations = (ring.from_dict(_raised(f)) for f in system.equations if f != 0)
    return PolynomialSystem(names, tuple(equations))


def _raised(f: fmpq_mpoly) -> Terms:
    terms = [(tuple(int(e) for e in m), c) for m, c in f.terms()]
    degree = max(sum(m) for m, _ in terms)
    return {(*m, degree - sum(m)): c for m, c in terms}


def _new_name(names: tuple[str, ...]) -> str:
    name = "h"
    while name in names:
        name += "h"
    return name
