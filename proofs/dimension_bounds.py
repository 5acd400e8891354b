"""Certificates of dim Q[x]/I ≤ D from ranks of Macaulay matrices, without a Gröbner basis.

For growing degree d the rows are the multiples m·f_i of degree ≤ d, the columns their monomials.
Modulo one prime the leading monomials of the row space leave a staircase B; once |B| is the wanted
D and the rows rewrite the border of B (ranks with and without the border differ by its size), the
rank argument of docs/certificates.md proves the bound over Q. Ranks split along the connected
components of the matrix, which sign symmetries make small.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpz, nmod_mat

from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from proofs import certificates as write
from proofs.certificates import Document
from proofs.checker import (
    ORDERS,
    WORK_LIMIT,
    CertificateRejected,
    Work,
    blocks,
    components,
    divides,
    integer_row,
    read_system,
)

Exponents = tuple[int, ...]
Row = dict[Exponents, int]

#: Largest prime below 2^31: dense elimination in FLINT is fastest for half-word moduli.
PRIME = 2**31 - 1
#: Larger checks are not asked for: about a minute of ranks.
CHECK_STEPS = WORK_LIMIT // 2
#: Matrices beyond this many entries per component are left to other arguments.
ENTRY_LIMIT = 12_000_000


class _TooLong(Exception):
    """The proof exists, but checking it would take too long; a higher degree takes longer still."""


@dataclass(frozen=True)
class Macaulay:
    """All multiples of degree ≤ `degree`: (equation, multiplier) labels and sparse rows."""

    degree: int
    labels: list[tuple[int, Exponents]]
    rows: list[Row]


def finite_bound(
    system: PolynomialSystem, target: int, *, budget: Budget = UNLIMITED
) -> Document | None:
    """A certificate of dim Q[x]/I ≤ target: the homogenised basis where it is small, or ranks."""
    from proofs.homogenised_bases import bound_by_homogenising

    found = bound_by_homogenising(system, target, budget=budget)
    return found or dimension_certificate(system, target, budget=budget)


def dimension_certificate(
    system: PolynomialSystem,
    target: int,
    *,
    highest_degree: int | None = None,
    budget: Budget = UNLIMITED,
) -> Document | None:
    """A certificate of dim Q[x]/I ≤ target, or None if the search gives up.

    Parameters
    ----------
    system : PolynomialSystem
        Rational, without parameters.
    target : int
        The wanted bound; usually the number of certified zeros.
    highest_degree : int, optional
        Where to stop; by default the Macaulay bound Σ (deg f_i − 1) + 2.

    Returns
    -------
    dict or None
        A document of kind `quotient-dimension`, method `rank`. The checker has not seen it yet.
    """
    try:
        subject = read_system(write.system_json(system), Work())
    except CertificateRejected:
        return None  # beyond the checker's limits
    scaled = [integer_row(f) for f in subject.equations if len(f)]
    positions = [i for i, f in enumerate(subject.equations) if len(f)]
    degrees = [max(map(sum, row)) for row in scaled]
    if not scaled or not _promising(system, target, budget):
        return None
    if highest_degree is None:
        highest_degree = sum(d - 1 for d in degrees) + 2
    n = len(subject.variables)
    for degree in range(max(degrees), highest_degree + 1):
        budget.check()
        budget.report("upper bound: degree", degree, highest_degree)
        macaulay = multiples(scaled, positions, n, degree)
        leading = leading_monomials(macaulay)
        if leading is None:
            return None
        basis = staircase(leading, n, target)
        if basis is None:
            continue
        try:
            proof = rank_proof(macaulay, basis)
        except _TooLong:
            return None
        if proof is not None:
            return write.document(
                "quotient-dimension", write.system_json(system), {"at_most": target}, proof
            )
    return None


def _promising(system: PolynomialSystem, target: int, budget: Budget) -> bool:
    """Whether the dimension modulo a prime allows the bound; else no degree is high enough."""
    from algebra.groebner import groebner_basis, usable_prime
    from algebra.staircase import hilbert_series

    basis = groebner_basis(system, modulus=usable_prime(system), budget=budget)
    if basis.is_unit:
        return True
    series = hilbert_series(basis.leading)
    return series.dimension == 0 and series.degree <= target


def multiples(scaled: Sequence[Row], positions: Sequence[int], n: int, degree: int) -> Macaulay:
    """The rows m·f_i of degree ≤ `degree`."""
    labels, rows = [], []
    for index, row in zip(positions, scaled, strict=True):
        room = degree - max(map(sum, row))
        for shift in monomials_up_to(n, room):
            labels.append((index, shift))
            rows.append({tuple(map(sum, zip(shift, m, strict=True))): c for m, c in row.items()})
    return Macaulay(degree, labels, rows)


def monomials_up_to(n: int, degree: int) -> list[Exponents]:
    """Exponent vectors of total degree ≤ degree."""
    out = []
    for bars in itertools.combinations(range(degree + n), n):
        ends = (-1, *bars)
        out.append(tuple(b - a - 1 for a, b in itertools.pairwise(ends)))
    return out


def leading_monomials(macaulay: Macaulay) -> set[Exponents] | None:
    """Grevlex leading monomials of the row space modulo PRIME; None if a matrix is too large."""
    key, leading = ORDERS["grevlex"], set()
    for part in components(macaulay.rows):
        columns = sorted({m for k in part for m in macaulay.rows[k]}, key=key, reverse=True)
        if len(part) * len(columns) > ENTRY_LIMIT:
            return None
        reduced, rank = _dense([macaulay.rows[k] for k in part], columns).rref()
        column = 0
        for k in range(rank):
            while int(reduced[k, column]) == 0:
                column += 1
            leading.add(columns[column])
    return _minimal(leading)


def _minimal(monomials: set[Exponents]) -> set[Exponents]:
    kept: list[Exponents] = []
    for m in sorted(monomials, key=sum):
        if not any(divides(k, m) for k in kept):
            kept.append(m)
    return set(kept)


def staircase(leading: set[Exponents], n: int, limit: int) -> list[Exponents] | None:
    """The monomials below the leading ones; None if there are more than `limit`."""
    one = (0,) * n
    if one in leading:
        return []
    found, layer = [one], [one]
    while layer:
        steps = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in layer for i in range(n)}
        layer = [m for m in steps if not any(divides(a, m) for a in leading)]
        found += layer
        if len(found) > limit:
            return None
    return sorted(found, key=ORDERS["grevlex"])


def rank_proof(macaulay: Macaulay, basis: list[Exponents]) -> Document | None:
    """The proof that the rows rewrite the border of `basis`; None if they do not.

    Raises
    ------
    _TooLong
        So many ranks would be needed that the checker should not be asked.
    """
    n = len(macaulay.labels[0][1])
    inside = set(basis)
    steps = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in basis for i in range(n)}
    border = (steps - inside) if basis else {(0,) * n}
    chosen: list[int] = []
    out_rank = gain = outside = 0
    for part in components(macaulay.rows):
        rows = [macaulay.rows[k] for k in part]
        seen = {m for row in rows for m in row}
        out = sorted(seen - inside - border)
        here = sorted(seen & border)
        if not here:
            continue
        # Out columns first: pivots of the transpose then prefer rows that span the out part.
        _, rank_out = _dense(rows, out).rref() if out else (None, 0)
        reduced, rank = _dense(rows, out + here).transpose().rref()
        if rank - rank_out < len(here):
            return None
        pivots, column = [], 0
        for k in range(rank):
            while int(reduced[k, column]) == 0:
                column += 1
            pivots.append(column)
        chosen += [part[k] for k in pivots]
        gain += len(here)
        out_rank += rank_out
        outside += len(out)
    if gain < len(border):
        return None
    primes: list[str] = []
    rows = [macaulay.rows[k] for k in chosen]
    if out_rank < outside:
        primes = _enough_primes(rows, {m for row in rows for m in row} - inside - border)
    return {
        "method": "rank",
        "basis": [list(m) for m in basis],
        "rows": [[macaulay.labels[k][0], list(macaulay.labels[k][1])] for k in chosen],
        "prime": str(PRIME),
        "out_rank": out_rank,
        "primes": primes,
    }


def _enough_primes(rows: Sequence[Row], out: set[Exponents]) -> list[str]:
    """Primes below 2^31, largest first: enough for Hadamard's bound on every deficient block."""
    needed, steps = fmpz(0), 0
    for part in blocks(rows, sorted(out)):
        rank = part.rank_modulo(PRIME, Work())
        if rank < min(part.entries.nrows(), part.entries.ncols()):
            bound = fmpz(1)
            for norm in part.norms[: rank + 1]:
                bound *= norm
            needed = max(needed, bound)
            steps += part.steps * (1 + bound.bit_length() // 61)
    if steps > CHECK_STEPS:
        raise _TooLong
    primes, square, candidate = [str(PRIME)], fmpz(PRIME) ** 2, fmpz(PRIME)
    while square <= needed:
        candidate -= 2
        if candidate.is_prime():
            primes.append(str(candidate))
            square *= candidate**2
    return primes


def _dense(rows: Sequence[Row], columns: Sequence[Exponents]) -> Any:
    place = {m: k for k, m in enumerate(columns)}
    entries = [0] * (len(rows) * len(columns))
    for r, row in enumerate(rows):
        for m, c in row.items():
            k = place.get(m)
            if k is not None:
                entries[r * len(columns) + k] = c % PRIME
    return nmod_mat(len(rows), len(columns), entries, PRIME)
