"""Strata of C^n where a generic system has zeros: which coordinates vanish, and what is left there.

For a set K of coordinates let x_K = 0, all others not. The monomials free of K are alive. A support
with one monomial alive admits no zero there. Otherwise let k of the n supports have monomials
alive: in the n - |K| other coordinates they need k <= n - |K| for generic coefficients to have a
common zero. Where k = n - |K|, the stratum is `square`; where k is smaller, its zeros are not
isolated, and nothing is said here.

The search decides coordinate after coordinate. It stops where k is sure to be too large: supports
with a monomial that is free of all coordinates still open are alive in any case, and an open
coordinate x_j either joins K or, if a support of its own has a power of x_j, revives that support.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from algebra.limits import UNLIMITED, Budget
from polytopes.supports import ExactArray, unique_rows

#: Nodes of the search tree beyond which it is given up.
MAX_NODES = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """The stratum x_K = 0 and what the supports are on it and across it.

    Attributes
    ----------
    zero : tuple of int
        K, ascending.
    along : list of exact arrays
        Monomials alive of the supports that have any, in the coordinates outside K.
    across : list of exact arrays
        The other supports in the coordinates of K: none contains the origin.
    """

    zero: tuple[int, ...]
    along: list[ExactArray]
    across: list[ExactArray]


def square_strata(
    supports: Sequence[ExactArray], budget: Budget = UNLIMITED
) -> list[Stratum] | None:
    """All strata where as many supports are left as coordinates, each with two monomials at least.

    Parameters
    ----------
    supports : n exact arrays (m_i, n) of exponents >= 0

    Returns
    -------
    list of Stratum, or None
        None if fewer supports than coordinates are left on some stratum, no support having just one
        monomial, or if the search grows too large.
    """
    n = len(supports)
    masks = [_masks(a) for a in supports]
    search = _Search(masks, n)
    zeros = search.run(budget)
    if zeros is None:
        return None
    return [_stratum(supports, masks, zero, n) for zero in sorted(zeros, key=lambda z: (len(z), z))]


def _masks(support: ExactArray) -> list[int]:
    """Per monomial the set of its variables as bits."""
    return [sum(1 << j for j, e in enumerate(row) if e) for row in support.tolist()]


def _stratum(
    supports: Sequence[ExactArray], masks: list[list[int]], zero: tuple[int, ...], n: int
) -> Stratum:
    vanishing = sum(1 << j for j in zero)
    kept = [j for j in range(n) if j not in zero]
    along, across = [], []
    for a, variables in zip(supports, masks, strict=True):
        alive = [r for r, mask in enumerate(variables) if not mask & vanishing]
        if alive:
            along.append(unique_rows(a[alive][:, kept]))
        else:
            across.append(unique_rows(a[:, list(zero)]))
    return Stratum(zero, along, across)


class _Search:
    """Depth-first search over the sets K; notation of the module."""

    def __init__(self, masks: list[list[int]], n: int) -> None:
        # Points with the same variables live and die together: one or two of them matter.
        self.masks = [sorted((m, masks_i.count(m)) for m in set(masks_i)) for masks_i in masks]
        self.n = n
        graph = nx.Graph()
        left = {("variable", j) for j in range(n)}
        graph.add_nodes_from(left)
        graph.add_edges_from(
            (("variable", j), ("support", i))
            for i, variables in enumerate(masks)
            for j in range(n)
            if 1 << j in variables
        )
        matching = nx.bipartite.hopcroft_karp_matching(graph, left)
        #: variable -> the support of its own with a power of it
        self.own = {j: matching["variable", j][1] for j in range(n) if ("variable", j) in matching}

    def run(self, budget: Budget) -> list[tuple[int, ...]] | None:
        n, everything = self.n, (1 << self.n) - 1
        found: list[tuple[int, ...]] = []
        pending = [(0, 0)]  # coordinates that vanish, coordinates that do not
        for node in range(MAX_NODES):
            if not pending:
                return found
            if node % 256 == 0:
                budget.check()
            vanishing, left = pending.pop()
            open_ = everything & ~vanishing & ~left
            alive, is_empty = self._alive(vanishing, left, open_)
            if is_empty:
                continue
            zeros = vanishing.bit_count()
            if not open_:
                if alive.bit_count() < n - zeros:
                    return None
                if alive.bit_count() == n - zeros:
                    found.append(tuple(j for j in range(n) if vanishing >> j & 1))
                continue
            revived = sum(1 for j, i in self.own.items() if open_ >> j & 1 and not alive >> i & 1)
            if alive.bit_count() + zeros + revived > n:
                continue
            bit = self._next(vanishing, left, open_, alive)
            pending.append((vanishing, left | bit))
            pending.append((vanishing | bit, left))
        return None

    def _alive(self, vanishing: int, left: int, open_: int) -> tuple[int, bool]:
        """Supports that are alive whatever the open coordinates do; whether there is no zero."""
        alive = 0
        for i, variables in enumerate(self.masks):
            sure = possible = 0
            for mask, count in variables:
                if not mask & vanishing:
                    possible += count
                    if not mask & open_:
                        sure += count
            if sure:
                alive |= 1 << i
                if possible == 1:
                    return alive, True
        return alive, False

    def _next(self, vanishing: int, left: int, open_: int, alive: int) -> int:
        """The open coordinate to decide: of a support that needs a second monomial, if any."""
        best, fewest = open_ & -open_, self.n + 1
        for i, variables in enumerate(self.masks):
            if alive >> i & 1:
                for mask, _ in variables:
                    rest = mask & open_
                    if rest and not mask & vanishing and rest.bit_count() < fewest:
                        best, fewest = rest & -rest, rest.bit_count()
        return best
