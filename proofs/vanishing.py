"""Certificates that a polynomial in the data vanishes at the given data.

f(v) = 0 if and only if f lies in the ideal (z_1 − v_1, …, z_k − v_k); the cofactors come from
replacing one variable after the other by its value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import fmpq, fmpq_mpoly

from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates as write
from proofs.certificates import Document

#: Largest determinant that is expanded.
SIZE_LIMIT = 5


def vanishing_certificate(
    values: Mapping[str, fmpq], build: Callable[[Mapping[str, fmpq_mpoly]], fmpq_mpoly]
) -> Document | None:
    """A membership: `build(variables)` = 0 wherever every variable has its value.

    Parameters
    ----------
    values : dict
        name -> value; the variables of the ring.
    build : callable
        The polynomial, from the variables by name.

    Returns
    -------
    document or None
        None if it does not vanish there.

    Examples
    --------
    >>> vanishing_certificate({"a": fmpq(2)}, lambda v: v["a"] ** 2 - 4)["kind"]
    'membership'
    >>> vanishing_certificate({"a": fmpq(2)}, lambda v: v["a"]) is None
    True
    """
    names = tuple(values)
    gens = polynomial_ring(names).gens()
    conclusion = rest = build(dict(zip(names, gens, strict=True)))
    equations = [x - values[name] for name, x in zip(names, gens, strict=True)]
    cofactors = []
    for name, equation in zip(names, equations, strict=True):
        following = rest.subs({name: values[name]})
        cofactors.append((rest - following) // equation)
        rest = following
    if rest != 0:
        return None
    system = PolynomialSystem(names, tuple(equations))
    return write.identity(system, conclusion, cofactors, kind="membership")


def determinant(rows: Sequence[Sequence[Any]]) -> Any:
    """Leibniz' formula; entries of any ring.

    Examples
    --------
    >>> determinant([[1, 2], [3, 4]])
    -2
    """
    total: Any = 0
    for order in itertools.permutations(range(len(rows))):
        inversions = sum(a > b for a, b in itertools.combinations(order, 2))
        term: Any = (-1) ** inversions
        for row, column in zip(rows, order, strict=True):
            term = term * row[column]
        total = total + term
    return total
