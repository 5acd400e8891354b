"""The queue of S-pairs: Gebauer–Möller update, selection by degree or by sugar."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.kernels.pairs import update_pairs
from algebra.orders import Words
from algebra.polynomial_store import ExponentOverflow, PolynomialStore, grown


class Selection(NamedTuple):
    """Critical pairs of one round, grouped by least common multiple.

    `polynomial` int64 (k,) and `lcm` uint64 (k, W): multiples lcm / lead(polynomial) ·
    polynomial, without repetitions. `is_pivot` bool (k,): the one row of each lcm that serves as
    its reducer. `degree`: of the lcms; `sugar`: the largest sugar degree among the pairs.
    """

    polynomial: NDArray[np.int64]
    lcm: Words
    is_pivot: NDArray[np.bool_]
    degree: int
    sugar: int
    pairs: int


class PairQueue:
    """Pairs (first, second) of indices into a store, with their lcm and sugar degree."""

    def __init__(self, store: PolynomialStore) -> None:
        self.store = store
        width = len(store.layout.guard)
        self.count = 0
        self.first = np.empty(256, dtype=np.int32)
        self.second = np.empty(256, dtype=np.int32)
        self.sugar = np.empty(256, dtype=np.int64)
        self.lcm: Words = np.empty((256, width), dtype=np.uint64)

    def __len__(self) -> int:
        return self.count

    def update(self, new: range) -> None:
        """Add the pairs of the polynomials `new`, one after the other, with those before them.

        The criteria drop what they allow of the new pairs and of the old ones.
        """
        store, layout = self.store, self.store.layout
        constant = layout.unit, layout.word, layout.shift, layout.guard, store.field, layout.degree
        for g in new:
            if self.count + g > len(self.first):
                for name in ("first", "second", "sugar", "lcm"):
                    setattr(self, name, grown(getattr(self, name), self.count + g))
            count = update_pairs(
                g, store.lead, store.mask, store.redundant, store.sugar,
                self.first, self.second, self.sugar, self.lcm, self.count, *constant,
            )  # fmt: skip
            if count < 0:
                raise ExponentOverflow
            self.count = count

    def select(self, *, by_sugar: bool, limit: int) -> Selection:
        """Remove the pairs of smallest degree (or sugar degree) and return their multiples.

        At most about `limit` pairs, but never only some of those with equal lcm.
        """
        n, store = self.count, self.store
        degree = self.lcm[:n, store.layout.degree].astype(np.int64)
        key = self.sugar[:n] if by_sugar else degree
        chosen = np.flatnonzero(key == key.min())
        if by_sugar:  # among equal sugar the smallest lcm degree first keeps rounds small
            chosen = chosen[degree[chosen] == degree[chosen].min()]
        # Both polynomials of every pair by ascending lcm; the shortest of a group of equal lcms
        # comes first, it makes the cheapest pivot row.
        pair = np.concatenate([chosen, chosen])
        members = np.concatenate([self.first[chosen], self.second[chosen]]).astype(np.int64)
        lcm = self.lcm[pair]
        order = np.lexsort((members, store.length[members], *store.layout.keys(lcm)))
        members, lcm = members[order], lcm[order]
        is_pivot = np.ones(len(members), dtype=bool)
        (lcm[1:] != lcm[:-1]).any(axis=1, out=is_pivot[1:])
        if len(chosen) > limit:
            later = np.flatnonzero(is_pivot[2 * limit :])
            if len(later):
                end = 2 * limit + int(later[0])
                members, lcm, is_pivot = members[:end], lcm[:end], is_pivot[:end]
                chosen = np.unique(pair[order[:end]])
        fresh = is_pivot.copy()
        fresh[1:] |= members[1:] != members[:-1]
        selection = Selection(
            members[fresh],
            lcm[fresh],
            is_pivot[fresh],
            int(degree[chosen].max()),
            int(self.sugar[chosen].max()),
            len(chosen),
        )
        keep = np.ones(n, dtype=bool)
        keep[chosen] = False
        self.count = int(keep.sum())
        for name in ("first", "second", "sugar", "lcm"):
            array = getattr(self, name)
            array[: self.count] = array[:n][keep]
        return selection
