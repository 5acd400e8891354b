"""Monomial orders and the packing of exponent vectors that turns them into word comparisons.

A packed monomial is a row of uint64 words. Words are either weighted degrees or fields of `bits`
bits, each with a guard bit on top. Everything is linear in the exponents, so the product of two
monomials is the sum of their words. After `words ^ flip`, comparing rows lexicographically as
unsigned numbers is comparing monomials in the order.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Block:
    """Variables `first ≤ j < stop`, ordered by `kind` ("grevlex" or "lex")."""

    kind: str
    first: int
    stop: int
    weights: tuple[int, ...] | None = None


class Layout(NamedTuple):
    """How exponent vectors of `n` variables are packed into `W` words.

    `unit` uint64 (W, n): `words = unit @ exponents`. `word`, `shift` int64 and uint64 (n,): where
    the field of each variable sits. `guard` uint64 (W,): guard bits (0 for degree words). `flip`
    uint64 (W,): all ones where a larger word means a smaller monomial. `degree`: index of the
    word that holds the total degree (weighted if the order is).
    """

    n: int
    bits: int
    unit: Words
    word: NDArray[np.int64]
    shift: NDArray[np.uint64]
    guard: Words
    flip: Words
    degree: int

    @property
    def limit(self) -> int:
        """Largest exponent that fits below the guard bit."""
        return (1 << (self.bits - 1)) - 1

    def pack(self, exponents: NDArray[np.int64]) -> Words:
        """Words (k, W) of exponent vectors (k, n); the caller keeps exponents within `limit`."""
        return np.ascontiguousarray(exponents.astype(np.uint64) @ self.unit.T)

    def unpack(self, words: Words) -> NDArray[np.int64]:
        """Exponent vectors (k, n) of packed monomials (k, W)."""
        mask = np.uint64((1 << self.bits) - 1)
        return ((words[:, self.word] >> self.shift) & mask).astype(np.int64)

    def descending(self, words: Words) -> NDArray[np.int64]:
        """Indices that sort packed monomials from largest to smallest."""
        return np.lexsort(self.keys(words))[::-1]

    def keys(self, words: Words) -> Words:
        """Sort keys (W, k) of packed monomials as `np.lexsort` wants them, ascending."""
        return (words ^ self.flip).T[::-1]


@dataclass(frozen=True, slots=True)
class MonomialOrder:
    """A block order: blocks are compared from first to last.

    `name` is "grevlex", "lex", "elim:K" (the first K variables are eliminated: grevlex on them,
    then grevlex on the others) or "weighted:w1,…,wn" (weighted degree, ties as in grevlex).
    """

    name: str
    blocks: tuple[Block, ...]

    @classmethod
    def parse(cls, name: str | MonomialOrder, n: int) -> MonomialOrder:
        """The order called `name` on `n` variables; `InputError` if there is none."""
        if isinstance(name, MonomialOrder):
            return name
        if name in ("grevlex", "lex"):
            return cls(name, (Block(name, 0, n),))
        if match := re.fullmatch(r"elim:(\d{1,4})", name):
            k = int(match[1])
            if not 0 < k < n:
                raise InputError(f"order {name}: K must lie between 1 and {n - 1} here")
            return cls(name, (Block("grevlex", 0, k), Block("grevlex", k, n)))
        if match := re.fullmatch(r"weighted:(\d{1,6}(?:,\d{1,6})*)", name):
            weights = tuple(int(w) for w in match[1].split(","))
            if len(weights) != n or min(weights) < 1:
                raise InputError(f"order {name}: expected {n} positive weights")
            return cls(name, (Block("grevlex", 0, n, weights),))
        raise InputError(
            f"unknown monomial order {name!r}: expected grevlex, lex, elim:K or weighted:w1,…,wn"
        )

    @functools.lru_cache(maxsize=64)  # noqa: B019 - orders are small and compare by value
    def layout(self, n: int, bits: int = 8) -> Layout:
        """The packing of this order with fields of 8, 16 or 32 bits."""
        per_word = 64 // bits
        guard_bits = sum(1 << (bits * (k + 1) - 1) for k in range(per_word))
        rows: list[list[int]] = []
        word, shift = [0] * n, [0] * n
        guard: list[int] = []
        flip: list[int] = []
        degree = None

        def degree_word(weights: Sequence[int]) -> None:
            rows.append(list(weights))
            guard.append(0)
            flip.append(0)

        for block in self.blocks:
            size = block.stop - block.first
            if block.kind == "grevlex":
                if size == n:
                    degree = len(rows)
                weights = block.weights or (1,) * size
                degree_word([0] * block.first + list(weights) + [0] * (n - block.stop))
            variables = list(range(block.first, block.stop))
            if block.kind == "grevlex":
                variables.reverse()  # the last variable decides first, and smaller wins
            for start in range(0, size, per_word):
                row = [0] * n
                for position, j in enumerate(variables[start : start + per_word]):
                    word[j], shift[j] = len(rows), 64 - bits * (position + 1)
                    row[j] = 1 << shift[j]
                rows.append(row)
                guard.append(guard_bits)
                flip.append(2**64 - 1 if block.kind == "grevlex" else 0)
        if degree is None:
            degree = len(rows)
            degree_word([1] * n)
        return Layout(
            n,
            bits,
            np.array(rows, dtype=np.uint64).reshape(len(rows), n),
            np.array(word, dtype=np.int64),
            np.array(shift, dtype=np.uint64),
            np.array(guard, dtype=np.uint64),
            np.array(flip, dtype=np.uint64),
            degree,
        )
