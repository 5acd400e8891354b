"""Explicit cofactors g = Σ h_i f_i by linear algebra in bounded degree.

The multiples m · f_i with deg(m f_i) ≤ d are rows of a Macaulay matrix. Modulo one prime the rows
that occur in a solution are found; the small system on these rows is then solved over Q. If the
identity is found it is exact, whatever the prime; if not, nothing is said about membership.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from flint import fmpq, fmpq_mat, fmpq_mpoly, nmod_mat

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem

PRIME = 2147483647
#: Dense Macaulay matrices beyond this many entries are refused.
ENTRY_LIMIT = 16_000_000
Exponents = tuple[int, ...]


def membership_certificate(
    system: PolynomialSystem,
    polynomial: fmpq_mpoly,
    *,
    extra_degree: int = 4,
    budget: Budget = UNLIMITED,
) -> list[fmpq_mpoly] | None:
    """Cofactors h_i with polynomial = Σ h_i f_i exactly, or None if none were found.

    Parameters
    ----------
    system : PolynomialSystem
        Rational, without parameters: the f_i.
    polynomial : fmpq_mpoly
        In the same ring.
    extra_degree : int
        The degree of the products h_i f_i may exceed the larger of deg(polynomial) and
        max deg(f_i) by this much.

    Raises
    ------
    InputError
        The polynomial lives in another ring.
    LimitReached
        From `budget`.

    Examples
    --------
    >>> system = PolynomialSystem.parse("x + y; x - y")
    >>> membership_certificate(system, system.ring.gen(1))
    [1/2, -1/2]
    """
    system.require_rational()
    ring = system.ring
    if polynomial.context().names() != ring.names():
        raise InputError("the polynomial and the system live in different rings")
    if polynomial.is_zero():
        return [ring.constant(0) for _ in system.equations]
    equations = [(i, f) for i, f in enumerate(system.equations) if not f.is_zero()]
    if not equations:
        return None
    lowest = max(_degree(polynomial), max(_degree(f) for _, f in equations))
    for degree in range(max(_degree(polynomial), 0), lowest + extra_degree + 1):
        budget.check()
        labels, rows = _multiples(equations, len(system.variables), degree)
        columns = sorted({m for row in rows for m in row} | set(_terms(polynomial)))
        if len(rows) * len(columns) > ENTRY_LIMIT:
            return None
        solution = _solve(rows, columns, _terms(polynomial))
        if solution is None:
            continue
        parts: list[dict[Exponents, fmpq]] = [{} for _ in system.equations]
        for k, c in solution.items():
            index, shift = labels[k]
            parts[index][shift] = c
        cofactors = [ring.from_dict(part) for part in parts]
        total = ring.constant(0)
        for h, f in zip(cofactors, system.equations, strict=True):
            total += h * f
        if total == polynomial:
            return cofactors
    return None


def _degree(f: fmpq_mpoly) -> int:
    return max((sum(int(e) for e in m) for m in f.monoms()), default=-1)


def _terms(f: fmpq_mpoly) -> dict[Exponents, fmpq]:
    return {tuple(int(e) for e in m): c for m, c in f.terms()}


def monomials_up_to(n: int, degree: int) -> Iterator[Exponents]:
    """All exponent vectors of total degree ≤ degree, by increasing degree."""
    for d in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(n), d):
            m = [0] * n
            for j in chosen:
                m[j] += 1
            yield tuple(m)


def _multiples(
    equations: Sequence[tuple[int, fmpq_mpoly]], n: int, degree: int
) -> tuple[list[tuple[int, Exponents]], list[dict[Exponents, fmpq]]]:
    labels, rows = [], []
    for index, f in equations:
        terms = _terms(f)
        for shift in monomials_up_to(n, degree - _degree(f)):
            labels.append((index, shift))
            rows.append({tuple(map(sum, zip(shift, m, strict=True))): c for m, c in terms.items()})
    return labels, rows


def _solve(
    rows: list[dict[Exponents, fmpq]], columns: list[Exponents], target: dict[Exponents, fmpq]
) -> dict[int, fmpq] | None:
    """{row: coefficient} with Σ coefficient · row = target, or None.

    Modulo the prime the pivots of the transposed matrix are independent rows; a triangular
    solution on them has few entries, and only those rows enter the exact system.
    """
    if not rows:
        return None
    place = {m: k for k, m in enumerate(columns)}
    width = len(rows) + 1
    entries = [0] * (len(columns) * width)
    try:
        for j, row in enumerate([*rows, target]):
            for m, c in row.items():
                entries[place[m] * width + j] = int(c.p) * pow(int(c.q), -1, PRIME) % PRIME
    except ValueError:  # the prime divides a denominator
        return None
    reduced, rank = nmod_mat(len(columns), width, entries, PRIME).rref()
    used = []
    for i in range(rank):
        pivot = next(j for j in range(width) if int(reduced[i, j]))
        if pivot == width - 1:
            return None  # the target is no combination modulo the prime
        if int(reduced[i, width - 1]):
            used.append(pivot)
    if not used:
        return None
    support = sorted({m for j in used for m in rows[j]} | set(target))
    # As many independent equations as unknowns make a square system for the exact solver.
    matrix = nmod_mat(
        len(used),
        len(support),
        [
            int(c.p) * pow(int(c.q), -1, PRIME) % PRIME if (c := rows[j].get(m)) is not None else 0
            for j in used
            for m in support
        ],
        PRIME,
    )
    echelon, _ = matrix.rref()
    chosen = [
        support[next(k for k in range(len(support)) if int(echelon[i, k]))]
        for i in range(len(used))
    ]
    zero = fmpq(0)
    square = fmpq_mat([[rows[j].get(m, zero) for j in used] for m in chosen])
    right = fmpq_mat([[target.get(m, zero)] for m in chosen])
    solution = square.solve(right)
    return {j: solution[k, 0] for k, j in enumerate(used) if solution[k, 0] != 0}
