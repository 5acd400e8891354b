"""How the elements of a homogeneous Gröbner basis follow from the equations, modulo one prime.

By increasing degree, each element is a combination of equations of its degree and of S-polynomials
of earlier elements, up to multiples of earlier elements. The multiples need not be written down:
division finds them, always by the first element whose leading monomial divides. So a relation is a
short list of coefficients, where cofactors in terms of the equations fill megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from algebra.sparse_solutions import echelon_form

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
    """Σ c · multiplier · (an equation or an earlier element) for each element, modulo p < 2^31.

    The element minus this sum leaves no remainder on division by the earlier elements.

    Parameters
    ----------
    equations, elements
        Homogeneous, terms in descending order, ascending degrees of the elements. These are
        a grevlex basis of the ideal of the equations modulo p.

    Returns
    -------
    list of relations or None
        None if an element does not follow (the basis is another one), or if a matrix would be
        too large.
    """
    first = len(equations)
    degrees = [sum(next(iter(g))) for g in elements]
    leading = np.array([next(iter(g)) for g in elements], dtype=np.int64)
    pairs = list(critical_pairs([tuple(m) for m in leading.tolist()]))
    inverses = [pow(next(iter(g.values())), -1, p) for g in elements]
    out: list[Relation] = []
    for degree in sorted(set(degrees)):
        budget.check()
        budget.report("relations: degree", degree, degrees[-1])
        earlier = degrees.index(degree)
        new = elements[earlier : len(degrees) - degrees[::-1].index(degree)]
        sources: list[Relation] = [
            {(i, (0,) * leading.shape[1]): 1}
            for i, f in enumerate(equations)
            if sum(next(iter(f))) == degree
        ]
        for j, k, lcm in pairs:
            if sum(lcm) == degree and max(j, k) < earlier:
                sources.append(
                    {
                        (first + i, tuple((np.array(lcm) - leading[i]).tolist())): c % p
                        for i, c in ((k, inverses[k]), (j, -inverses[j]))
                    }
                )
        known = [*equations, *elements[:earlier]]
        rows = [_combined(source, known, p) for source in sources]
        remainders = _remainders([*rows, *new], elements[:earlier], leading[:earlier], p, budget)
        if remainders is None:
            return None
        for combination in _triangular(remainders, len(rows), p):
            if combination is None:
                return None
            relation: Relation = {}
            for source, c in combination.items():
                for label, value in sources[source].items():
                    relation[label] = (relation.get(label, 0) + c * value) % p
            out.append({label: c for label, c in relation.items() if c})
    return out


def _combined(relation: Relation, known: Sequence[Polynomial], p: int) -> Polynomial:
    """The polynomial that a relation stands for."""
    total: Polynomial = {}
    for (index, multiplier), c in relation.items():
        for m, value in known[index].items():
            key = tuple(map(sum, zip(m, multiplier, strict=True)))
            total[key] = (total.get(key, 0) + c * value) % p
    return {m: c for m, c in total.items() if c}


def _remainders(
    rows: Sequence[Polynomial],
    elements: Sequence[Polynomial],
    leading: IntArray,
    p: int,
    budget: Budget,
) -> IntArray | None:
    """Remainders of polynomials of one degree, as a matrix (row, monomial); None if too large."""
    reducers: dict[Exponents, Polynomial] = {}
    seen: set[Exponents] = set()
    waiting = [m for f in rows for m in f]
    while waiting:
        m = waiting.pop()
        if m in seen:
            continue
        seen.add(m)
        fitting = np.flatnonzero((leading <= np.array(m)).all(axis=1))
        if len(fitting):
            k = int(fitting[0])
            shift = tuple((np.array(m) - leading[k]).tolist())
            inverse = pow(next(iter(elements[k].values())), -1, p)
            reducers[m] = _combined({(k, shift): inverse}, elements, p)
            waiting += reducers[m]
    columns = sorted(seen, key=lambda m: m[::-1])  # descending in grevlex
    if len(rows) * len(columns) > ENTRY_LIMIT:
        return None
    place = {m: k for k, m in enumerate(columns)}
    matrix = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for i, f in enumerate(rows):
        matrix[i, [place[m] for m in f]] = list(f.values())
    for k, m in enumerate(columns):
        if m in reducers:
            used = np.flatnonzero(matrix[:, k])
            if len(used):
                budget.check()
                where = np.ix_(used, np.array([place[c] for c in reducers[m]]))
                values = np.array(list(reducers[m].values()), dtype=np.int64)
                matrix[where] = (matrix[where] - matrix[used, k][:, None] * values) % p
    return matrix[:, [m not in reducers for m in columns]]


def _triangular(matrix: IntArray, sources: int, p: int) -> Iterator[dict[int, int] | None]:
    """Each target as a combination of source rows, up to a combination of earlier targets.

    The first `sources` rows are the sources, the others the targets. None for a target without.
    """
    chosen = echelon_form(matrix[:sources].T, p)[1]
    for target in range(sources, len(matrix)):
        rows = [*range(sources, target), *chosen, target]
        reduced, pivots = echelon_form(matrix[rows].T, p)
        if pivots and pivots[-1] == len(rows) - 1:
            yield None
            return
        column = ((rows[k], int(reduced[i, len(rows) - 1])) for i, k in enumerate(pivots))
        yield {row: c for row, c in column if c and row < sources}


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
