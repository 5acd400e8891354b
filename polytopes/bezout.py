"""Bézout's number, and the multihomogeneous one of the best partition of the variables found.

The number of a partition is the coefficient of Π α_j^|group j| in Π_i Σ_j deg_j(f_i) α_j. A. P.
Morgan, A. J. Sommese, "A homotopy for solving general polynomial systems that respects
m-homogeneous structures", Appl. Math. Comput. 24 (1987), 101-113. Finding the best partition is
NP-hard (G. Malajovich, K. Meer, Theory Comput. Syst. 40 (2007)): small n are searched in full,
larger ones by local moves, so there the number is a bound but perhaps not the least one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray

Partition = tuple[tuple[int, ...], ...]

#: All partitions are tried up to this many variables (877 partitions of 7).
EXHAUSTIVE = 7
#: Partitions tried by local search before it settles for the best so far, and how often it starts
#: from a random one.
MAX_TRIALS = 3000
RANDOM_STARTS = 8
#: Size of the table of partial products beyond which a partition is not tried.
MAX_STATES = 1 << 14


def bezout_number(supports: Sequence[ExactArray]) -> int:
    """Product of the total degrees; exponents must be nonnegative."""
    product = 1
    for a in supports:
        product *= max(sum(int(x) for x in row) for row in a)
    return product


def multihomogeneous_number(supports: Sequence[ExactArray], partition: Partition) -> int:
    """Bézout's number of one partition of the variables (exact).

    Parameters
    ----------
    supports : n exact arrays (m_i, n), nonnegative
    partition : groups of variable indices, disjoint, covering all
    """
    degrees = _group_degrees(supports, partition)
    return _coefficient(degrees, [len(group) for group in partition], None)


def best_partition(
    supports: Sequence[ExactArray], budget: Budget = UNLIMITED
) -> tuple[int, Partition]:
    """The least multihomogeneous number found and its partition; ties go to fewer groups."""
    n = len(supports)
    table = _DegreeTable(supports)
    everything: Partition = (tuple(range(n)),)
    best, best_value = everything, table.number(everything, None)
    if n <= EXHAUSTIVE:
        for partition in sorted(_partitions(n), key=len):
            value = table.number(partition, best_value)
            if value < best_value:
                best, best_value = partition, value
            budget.check()
        return best_value, best
    starts = [everything, _independent_groups(supports), tuple((j,) for j in range(n))]
    merged = [p for p in _merged_groups(supports) if table.states(p) <= MAX_STATES]
    starts.append(min(merged, key=lambda p: table.number(p, None)))
    generator = np.random.default_rng(n)
    starts += [_random_partition(n, generator) for _ in range(RANDOM_STARTS)]
    for start in starts:
        if table.states(start) > MAX_STATES:
            continue
        partition, value = start, table.number(start, None)
        improved = True
        while improved and table.trials < MAX_TRIALS:
            improved = False
            for neighbour in _neighbours(partition):
                budget.check()
                if table.states(neighbour) > MAX_STATES:
                    continue
                other = table.number(neighbour, value)
                if other < value or (other == value and len(neighbour) < len(partition)):
                    partition, value, improved = neighbour, other, True
                    break
        if value < best_value or (value == best_value and len(partition) < len(best)):
            best, best_value = partition, value
    return best_value, tuple(sorted(best))


class _DegreeTable:
    """Group degrees of the supports, remembered per group."""

    def __init__(self, supports: Sequence[ExactArray]) -> None:
        self.supports = supports
        self.trials = 0
        self._known: dict[tuple[int, ...], list[int]] = {}
        self._values: dict[frozenset[tuple[int, ...]], int] = {}

    @staticmethod
    def states(partition: Partition) -> int:
        product = 1
        for group in partition:
            product *= len(group) + 1
        return product

    def number(self, partition: Partition, limit: int | None) -> int:
        """The partition's number; at least `limit` (but maybe less than it is) above `limit`."""
        key = frozenset(partition)
        if key not in self._values:
            self.trials += 1
            columns = [self._degrees(group) for group in partition]
            rows = [list(row) for row in zip(*columns, strict=True)]
            self._values[key] = _coefficient(rows, [len(g) for g in partition], limit)
        return self._values[key]

    def _degrees(self, group: tuple[int, ...]) -> list[int]:
        if group not in self._known:
            self._known[group] = [
                max(sum(int(row[j]) for j in group) for row in a) for a in self.supports
            ]
        return self._known[group]


def _group_degrees(supports: Sequence[ExactArray], partition: Partition) -> list[list[int]]:
    return [
        [max(sum(int(row[j]) for j in group) for row in a) for group in partition] for a in supports
    ]


def _coefficient(degrees: list[list[int]], sizes: list[int], limit: int | None) -> int:
    """Coefficient of Π α_j^size_j in the product of the linear forms with rows `degrees`.

    The partial products are arrays indexed by the exponents of α, cut off at the sizes.
    """
    bound = 1
    for row in degrees:
        bound *= max(1, sum(row))
    kind = np.int64 if bound < 1 << 62 else object
    table = np.zeros([s + 1 for s in sizes], dtype=kind)
    table[(0,) * len(sizes)] = 1
    # Equations with few groups first keep the table sparse and the cut-off effective.
    for row in degrees:
        new = np.zeros_like(table)
        for axis, degree in enumerate(row):
            if degree:
                to = [slice(None)] * len(sizes)
                of = list(to)
                to[axis], of[axis] = slice(1, None), slice(None, -1)
                new[tuple(to)] += degree * table[tuple(of)]
        table = new
    return int(table[tuple(sizes)])


def _partitions(n: int) -> Iterator[Partition]:
    """All set partitions of range(n) by restricted growth."""

    def grow(groups: list[list[int]], j: int) -> Iterator[Partition]:
        if j == n:
            yield tuple(tuple(g) for g in groups)
            return
        for group in groups:
            group.append(j)
            yield from grow(groups, j + 1)
            group.pop()
        groups.append([j])
        yield from grow(groups, j + 1)
        groups.pop()

    yield from grow([], 0)


def _neighbours(partition: Partition) -> Iterator[Partition]:
    """Partitions after one merge of two groups or one move of a variable."""
    groups = [list(g) for g in partition]
    for i in range(len(groups)):
        for j in range(i):
            rest = [g for k, g in enumerate(groups) if k not in (i, j)]
            yield _normal([*rest, groups[i] + groups[j]])
    for i, group in enumerate(groups):
        for v in group:
            without = [x for x in group if x != v]
            for j in range(len(groups) + 1):
                if j == i or (j == len(groups) and not without):
                    continue
                moved = [list(g) for g in groups] + [[]]
                moved[i] = without
                moved[j] = [*moved[j], v]
                yield _normal([g for g in moved if g])


def _normal(groups: list[list[int]]) -> Partition:
    return tuple(sorted(tuple(sorted(g)) for g in groups))


def _random_partition(n: int, generator: np.random.Generator) -> Partition:
    """Variables thrown into two to n/2 groups."""
    owner = generator.integers(0, generator.integers(2, max(3, n // 2 + 1)), n)
    return _normal([[j for j in range(n) if owner[j] == c] for c in sorted(set(owner.tolist()))])


def _merged_groups(supports: Sequence[ExactArray]) -> Iterator[Partition]:
    """Partitions from single variables to one group, merging the two groups most alike each time.

    Variables are alike if their joint degrees fall short of the sum of their degrees: they compete
    for the same places in the monomials, as the weights of one layer of a network do.
    """
    n = len(supports)
    alike = np.zeros((n, n))
    for a in supports:
        rows = np.array(a, dtype=float)
        single = rows.max(axis=0)
        joint = (rows[:, :, None] + rows[:, None, :]).max(axis=0)
        alike += single[:, None] + single[None, :] - joint
    groups = [[j] for j in range(n)]
    yield _normal(groups)
    while len(groups) > 1:
        pairs = ((i, j) for i in range(len(groups)) for j in range(i))
        i, j = max(pairs, key=lambda p: alike[np.ix_(groups[p[0]], groups[p[1]])].mean())
        groups[j] += groups.pop(i)
        yield _normal(groups)


def _independent_groups(supports: Sequence[ExactArray]) -> Partition:
    """Variables coloured so that no two of one group divide a common monomial (greedily)."""
    n = len(supports)
    together: list[set[int]] = [set() for _ in range(n)]
    for a in supports:
        for row in a:
            present = [j for j in range(n) if row[j]]
            for j in present:
                together[j].update(present)
    groups: list[list[int]] = []
    for j in range(n):
        for group in groups:
            if not together[j].intersection(group):
                group.append(j)
                break
        else:
            groups.append([j])
    return _normal(groups)
