"""Explicit cofactors g = Σ h_i f_i by linear algebra in bounded degree.

The multiples m · f_i with deg(m f_i) ≤ d are rows of a Macaulay matrix, restricted to one degree of
the finest grading (`algebra.gradings`) at a time. Modulo one prime the rows of a solution with few
entries are found; the small system on these rows is then solved over Q. An identity that is found
is exact, whatever the prime; if none is found, nothing is said about membership.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.gradings import Grading
from algebra.limits import UNLIMITED, Budget
from algebra.sparse_solutions import independent_rows, sparse_combination
from algebra.systems import PolynomialSystem

#: Tried one after the other: a prime may divide a denominator or a minor.
PRIMES = (2147483647, 2147483629)
#: Dense Macaulay matrices beyond this many entries are refused.
ENTRY_LIMIT = 16_000_000
#: Multipliers looked at per equation before their degree is sorted out.
MULTIPLIER_LIMIT = 2_000_000
Exponents = tuple[int, ...]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Generator:
    index: int
    exponents: IntArray
    coefficients: list[fmpq]
    total_degree: int
    graded_degree: IntArray


def membership_certificate(
    system: PolynomialSystem,
    polynomial: fmpq_mpoly,
    *,
    extra_degree: int = 4,
    budget: Budget = UNLIMITED,
) -> list[fmpq_mpoly] | None:
    """Cofactors h_i with polynomial = Σ h_i f_i exactly, or None if none were found.

    The degree of the products is the smallest for which there is a solution in each degree of the
    grading, and the number of terms is reduced by local search.

    Parameters
    ----------
    system : PolynomialSystem
        Rational coefficients: the f_i. Parameters count as variables.
    polynomial : fmpq_mpoly
        In the same ring.
    extra_degree : int
        The degree of the products h_i f_i may exceed the larger of deg(polynomial) and
        max deg(f_i) by this much.

    Raises
    ------
    InputError
        The polynomial lives in another ring, or there are complex coefficients.
    LimitReached
        From `budget`.

    Examples
    --------
    >>> system = PolynomialSystem.parse("x + y; x - y")
    >>> membership_certificate(system, system.ring.gen(1))
    [1/2, -1/2]
    """
    if system.imaginary:
        raise InputError("complex coefficients: expected rational ones here")
    ring = system.ring
    if polynomial.context().names() != ring.names():
        raise InputError("the polynomial and the system live in different rings")
    n = len(ring.names())
    supports = [_exponents(f, n) for f in system.equations]
    grading = Grading(supports, n)
    generators = [
        _Generator(
            i, a, [c for _, c in f.terms()], int(a.sum(axis=1).max()), grading.degrees(a[:1])[0]
        )
        for i, (f, a) in enumerate(zip(system.equations, supports, strict=True))
        if len(a)
    ]
    parts: list[dict[Exponents, fmpq]] = [{} for _ in system.equations]
    for target in _homogeneous_parts(polynomial, grading):
        solution = _cofactors(generators, target, grading, n, extra_degree, budget)
        if solution is None:
            return None
        for (index, shift), c in solution.items():
            parts[index][shift] = parts[index].get(shift, fmpq(0)) + c
    cofactors = [ring.from_dict(part) for part in parts]
    total = ring.constant(0)
    for h, f in zip(cofactors, system.equations, strict=True):
        total += h * f
    return cofactors if total == polynomial else None


def _exponents(f: fmpq_mpoly, n: int) -> IntArray:
    rows = [[int(e) for e in m] for m in f.monoms()]
    return np.array(rows, dtype=np.int64).reshape(len(rows), n)


def _homogeneous_parts(f: fmpq_mpoly, grading: Grading) -> list[dict[Exponents, fmpq]]:
    """The parts of f by degree of the grading, as {exponents: coefficient}."""
    exponents = _exponents(f, grading.n)
    parts: dict[Exponents, dict[Exponents, fmpq]] = {}
    degrees = grading.degrees(exponents)
    for degree, m, c in zip(degrees.tolist(), exponents.tolist(), f.coeffs(), strict=True):
        parts.setdefault(tuple(degree), {})[tuple(m)] = c
    return list(parts.values())


def _cofactors(
    generators: Sequence[_Generator],
    target: dict[Exponents, fmpq],
    grading: Grading,
    n: int,
    extra_degree: int,
    budget: Budget,
) -> dict[tuple[int, Exponents], fmpq] | None:
    """{(equation, multiplier): coefficient} for a target of one degree of the grading."""
    if not generators:
        return None
    wanted = grading.degrees(np.array([next(iter(target))], dtype=np.int64))[0]
    degree_of_target = max(map(sum, target))
    lowest = max(degree_of_target, max(g.total_degree for g in generators))
    tried = -1
    for degree in range(degree_of_target, lowest + extra_degree + 1):
        budget.check()
        budget.report("cofactors: degree", degree, lowest + extra_degree)
        labels, rows = _multiples(generators, grading, wanted, n, degree)
        if labels is None:
            return None
        if len(labels) == tried or not labels:
            continue
        tried = len(labels)
        columns = {m for row in rows for m in row}
        if not columns.issuperset(target):
            continue
        if (len(rows) + 1) * len(columns) > ENTRY_LIMIT:
            return None
        solution = _solve(rows, sorted(columns), target, budget)
        if solution is not None:
            return {labels[k]: c for k, c in solution.items()}
    return None


def monomials_up_to(n: int, degree: int) -> Iterator[Exponents]:
    """All exponent vectors of total degree ≤ degree, by increasing degree."""
    for d in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(n), d):
            m = [0] * n
            for j in chosen:
                m[j] += 1
            yield tuple(m)


def _multiples(
    generators: Sequence[_Generator], grading: Grading, wanted: IntArray, n: int, degree: int
) -> tuple[list[tuple[int, Exponents]] | None, list[dict[Exponents, fmpq]]]:
    """Labels and rows of the multiples of the wanted degree; (None, []) if there are too many."""
    labels, rows = [], []
    monomials: dict[int, IntArray] = {}
    for g in generators:
        room = degree - g.total_degree
        if room < 0:
            continue
        if math.comb(n + room, n) > MULTIPLIER_LIMIT:
            return None, []
        if room not in monomials:
            monomials[room] = np.array(list(monomials_up_to(n, room)), np.int64).reshape(-1, n)
        shifts = monomials[room]
        fitting = (grading.degrees(shifts + g.exponents[0]) == wanted).all(axis=1)
        for shift in shifts[fitting]:
            labels.append((g.index, tuple(shift.tolist())))
            products = map(tuple, (g.exponents + shift).tolist())
            rows.append(dict(zip(products, g.coefficients, strict=True)))
    return labels, rows


def _solve(
    rows: list[dict[Exponents, fmpq]],
    columns: list[Exponents],
    target: dict[Exponents, fmpq],
    budget: Budget,
) -> dict[int, fmpq] | None:
    """{row: coefficient} with Σ coefficient · row = target, or None."""
    place = {m: k for k, m in enumerate(columns)}
    for p in PRIMES:
        matrix = np.zeros((len(columns), len(rows) + 1), dtype=np.int64)
        try:
            for j, row in enumerate([*rows, target]):
                for m, c in row.items():
                    matrix[place[m], j] = int(c.p) * pow(int(c.q), -1, p) % p
        except ValueError:  # the prime divides a denominator
            continue
        used = sparse_combination(matrix, p, budget)
        if used is None:
            return None  # the target is no combination modulo the prime
        chosen = independent_rows(matrix[:, used], p)
        zero = fmpq(0)
        square = fmpq_mat([[rows[j].get(columns[k], zero) for j in used] for k in chosen])
        right = fmpq_mat([[target.get(columns[k], zero)] for k in chosen])
        solution = square.solve(right)
        found = {j: solution[k, 0] for k, j in enumerate(used) if solution[k, 0] != 0}
        total = dict.fromkeys(target, zero)
        for j, c in found.items():
            for m, value in rows[j].items():
                total[m] = total.get(m, zero) + c * value
        if all(c == target.get(m, zero) for m, c in total.items()):
            return found
    return None
