"""How the elements of a homogeneous Gröbner basis follow from the equations, modulo one prime.

By increasing degree, each element is a combination of the equations and of earlier elements. In
one degree these are the S-polynomials of earlier elements and the equations of this degree, reduced
by multiples of earlier elements: the matrix of one round of F4, but with the operations kept. Such
relations are far smaller than cofactors in terms of the equations alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from flint import nmod_mat
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget

Exponents = tuple[int, ...]
#: {exponents: residue}, leading term first
Polynomial = dict[Exponents, int]
#: {(index, multiplier): residue}; the equations come first, then the elements
Relation = dict[tuple[int, Exponents], int]
IntArray = NDArray[np.int64]
#: Dense matrices beyond this many entries are refused.
ENTRY_LIMIT = 25_000_000


def relations_modulo(
    equations: Sequence[Polynomial],
    elements: Sequence[Polynomial],
    p: int,
    budget: Budget = UNLIMITED,
) -> list[Relation] | None:
    """Each element as Σ c · multiplier · (an equation or an earlier element) modulo p < 2^31.

    `elements` is a grevlex basis of the ideal of the equations modulo p, all are homogeneous and
    of ascending degree. None if an element is no combination (then the basis is another one), or
    if a matrix would be too large.
    """
    known = [*equations, *elements]
    first = len(equations)
    degrees = [sum(next(iter(f))) for f in known]
    leading = np.array([next(iter(g)) for g in elements], dtype=np.int64)
    pairs = list(critical_pairs([tuple(m) for m in leading.tolist()]))
    out: list[Relation] = []
    for degree in sorted(set(degrees[first:])):
        budget.check()
        budget.report("relations: degree", degree, degrees[-1])
        new = [k for k in range(first, len(known)) if degrees[k] == degree]
        matrix = _Matrix(known, first, leading[: new[0] - first], p)
        for i in range(first):
            if degrees[i] == degree:
                matrix.add(i, (0,) * leading.shape[1])
        for j, k, lcm in pairs:
            if sum(lcm) == degree and max(j, k) < new[0] - first:
                for i in (j, k):
                    matrix.add(first + i, tuple((np.array(lcm) - leading[i]).tolist()))
        found = matrix.solve([known[k] for k in new])
        if found is None:
            return None
        out += found
    return out


def critical_pairs(leading: Sequence[Exponents]) -> Iterator[tuple[int, int, Exponents]]:
    """Pairs (j, k), j < k, with their lcm, whose S-polynomials decide whether a basis is one.

    For each k the quotients lcm/lead_k that are minimal under division, one pair for each: these
    syzygies generate all syzygies of the leading monomials. Coprime pairs are left out.
    """
    for k, lead in enumerate(leading):
        shifts: dict[Exponents, int] = {}
        for j, other in enumerate(leading[:k]):
            shift = tuple(max(a - b, 0) for a, b in zip(other, lead, strict=True))
            if shift not in shifts or shift == other:
                shifts[shift] = j
        minimal: list[Exponents] = []
        for shift in sorted(shifts, key=sum):
            if not any(all(a <= b for a, b in zip(m, shift, strict=True)) for m in minimal):
                minimal.append(shift)
                if shift != leading[shifts[shift]]:
                    lcm = tuple(a + b for a, b in zip(lead, shift, strict=True))
                    yield shifts[shift], k, lcm


class _Matrix:
    """One degree: rows are multiples of equations and earlier elements, columns monomials."""

    def __init__(self, known: Sequence[Polynomial], first: int, leading: IntArray, p: int) -> None:
        """`leading` (k, n): leading monomials of the elements that may serve as reducers."""
        self.known, self.first, self.leading, self.p = known, first, leading, p
        self.rows: dict[tuple[int, Exponents], list[Exponents]] = {}
        self.seen: set[Exponents] = set()

    def add(self, index: int, multiplier: Exponents) -> None:
        """A row, and reducers for all its monomials."""
        waiting = self._expand(index, multiplier)
        while waiting:
            m = waiting.pop()
            if m in self.seen:
                continue
            self.seen.add(m)
            fitting = np.flatnonzero((self.leading <= np.array(m)).all(axis=1))
            if len(fitting):
                k = int(fitting[0])
                shift = tuple((np.array(m) - self.leading[k]).tolist())
                waiting += self._expand(self.first + k, shift)

    def _expand(self, index: int, multiplier: Exponents) -> list[Exponents]:
        if (index, multiplier) in self.rows:
            return []
        monomials = [tuple(map(sum, zip(m, multiplier, strict=True))) for m in self.known[index]]
        self.rows[index, multiplier] = monomials
        return list(monomials)

    def solve(self, targets: Sequence[Polynomial]) -> list[Relation] | None:
        """The targets as combinations of the rows; None if one is none, or the matrix too large."""
        columns = {m: k for k, m in enumerate(sorted(self.seen))}
        labels, width = list(self.rows), len(self.rows)
        if len(columns) * (width + len(targets)) > ENTRY_LIMIT:
            return None
        if any(m not in columns for g in targets for m in g):
            return None
        matrix = nmod_mat(len(columns), width + len(targets), self.p)
        for j, label in enumerate(labels):
            for m, c in zip(self.rows[label], self.known[label[0]].values(), strict=True):
                matrix[columns[m], j] = c
        for j, g in enumerate(targets, width):
            for m, c in g.items():
                matrix[columns[m], j] = c
        reduced, rank = matrix.rref()
        pivots, column = [], 0
        for i in range(rank):
            while int(reduced[i, column]) == 0:
                column += 1
            pivots.append(column)
        if pivots and pivots[-1] >= width:
            return None
        return [
            {labels[k]: c for i, k in enumerate(pivots) if (c := int(reduced[i, j]))}
            for j in range(width, width + len(targets))
        ]
