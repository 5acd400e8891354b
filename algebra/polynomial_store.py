"""Sparse polynomials over GF(p) for one F4 run: a monomial table and a pool of terms."""

from __future__ import annotations

import functools
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from algebra.errors import AlgebraError
from algebra.kernels import exponents as kernels
from algebra.orders import Layout, Words

Ids = NDArray[np.int32]
Residues = NDArray[np.uint32]
Hashes = NDArray[np.uint32]
_T = TypeVar("_T", bound=np.generic)


class ExponentOverflow(AlgebraError):
    """An exponent left the packed field; the caller starts again with wider fields."""


@functools.lru_cache(maxsize=64)
def _hash_weights(n: int) -> NDArray[np.uint32]:
    """Fixed odd multipliers of the linear hash: the run must not depend on any seed."""
    return np.random.default_rng(20240229).integers(0, 2**31, n).astype(np.uint32) * 2 + 1


def grown(array: NDArray[_T], size: int) -> NDArray[_T]:
    """A longer array with the same beginning, or the array itself if it is long enough."""
    if len(array) >= size:
        return array
    out = np.empty((max(size, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    out[: len(array)] = array
    return out


class MonomialTable:
    """Packed monomials numbered in order of appearance.

    `words` uint64 (capacity, W), `hashes` uint32, `slots` int32 (power of two, -1 free);
    `size` int64 (1,) is shared with the kernels.
    """

    def __init__(self, layout: Layout, capacity: int = 1024) -> None:
        self.layout = layout
        self.weights = _hash_weights(layout.n)
        self.words: Words = np.empty((capacity, len(layout.guard)), dtype=np.uint64)
        self.hashes: Hashes = np.empty(capacity, dtype=np.uint32)
        self.slots: Ids = np.full(4 * capacity, -1, dtype=np.int32)
        self.size = np.zeros(1, dtype=np.int64)

    def __len__(self) -> int:
        return int(self.size[0])

    def reserve(self, extra: int) -> None:
        """Room for `extra` more monomials at a load of at most 0.4."""
        needed = len(self) + extra
        self.words = grown(self.words, needed)
        self.hashes = grown(self.hashes, needed)
        if 5 * needed > 2 * len(self.slots):
            size = len(self.slots)
            while 5 * needed > 2 * size:
                size *= 2
            self.slots = np.full(size, -1, dtype=np.int32)
            kernels.rebuild_slots(self.slots, self.hashes, len(self))

    def clear(self) -> None:
        """Forget all monomials, keep the memory."""
        self.size[0] = 0
        self.slots.fill(-1)

    def hash_exponents(self, exponents: NDArray[np.int64]) -> Hashes:
        """Linear hashes of exponent vectors (k, n)."""
        return (exponents.astype(np.uint32) * self.weights).sum(axis=1, dtype=np.uint32)

    def intern(self, words: Words, hashes: Hashes) -> Ids:
        """Numbers of the given monomials, new ones appended."""
        self.reserve(len(words))
        out = np.empty(len(words), dtype=np.int32)
        kernels.intern_monomials(words, hashes, self.words, self.hashes, self.slots, self.size, out)
        return out


class PolynomialStore:
    """Monic polynomials with descending monomials, and what F4 asks about their leading terms.

    Polynomial g is `pool[start[g] : start[g] + length[g]]` (numbers in `table`) with coefficients
    `values` at the same places. Arrays beyond `count` entries are spare room.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.field = np.uint64((1 << layout.bits) - 1)
        self.table = MonomialTable(layout)
        self.count = 0
        self.used = 0
        self.start = np.zeros(64, dtype=np.int64)
        self.length = np.zeros(64, dtype=np.int64)
        self.pool: Ids = np.empty(4096, dtype=np.int32)
        self.values: Residues = np.empty(4096, dtype=np.uint32)
        self.lead: Words = np.zeros((64, len(layout.guard)), dtype=np.uint64)
        self.lead_hash: Hashes = np.zeros(64, dtype=np.uint32)
        self.mask = np.zeros(64, dtype=np.uint32)
        self.redundant = np.zeros(64, dtype=np.uint8)
        self.sugar = np.zeros(64, dtype=np.int64)

    def extend(
        self,
        words: Words,
        hashes: Hashes,
        values: Residues,
        start: NDArray[np.int64],
        sugar: NDArray[np.int64],
        *,
        redundant: bool = False,
    ) -> range:
        """Append k polynomials given by descending packed monomials; returns their indices.

        start int64 (k + 1,): where each begins in words, hashes and values; sugar int64 (k,).
        """
        first, end = self.count, self.count + len(sugar)
        position, size = self.used, len(words)
        if end > len(self.start):
            for name in ("start", "length", "lead", "lead_hash", "mask", "redundant", "sugar"):
                setattr(self, name, grown(getattr(self, name), end))
        self.pool = grown(self.pool, position + size)
        self.values = grown(self.values, position + size)
        self.start[first:end] = start[:-1] + position
        self.length[first:end] = start[1:] - start[:-1]
        self.pool[position : position + size] = self.table.intern(words, hashes)
        self.values[position : position + size] = values
        self.lead[first:end] = words[start[:-1]]
        self.lead_hash[first:end] = hashes[start[:-1]]
        kernels.divisor_masks(
            self.lead[first:end],
            self.mask[first:end],
            self.layout.word,
            self.layout.shift,
            self.field,
        )
        self.redundant[first:end] = redundant
        self.sugar[first:end] = sugar
        self.count, self.used = end, position + size
        return range(first, end)

    def terms(self, g: int) -> tuple[Words, Residues]:
        """Packed monomials (descending) and residues of polynomial g."""
        part = slice(int(self.start[g]), int(self.start[g] + self.length[g]))
        return self.table.words[self.pool[part]], self.values[part].copy()
