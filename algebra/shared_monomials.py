"""Exponent vectors of many polynomials, each distinct monomial stored once.

The elements of a reduced Gröbner basis share their tails' monomials: numbers into one table take
a small part of the room of an exponent matrix per element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class SharedMonomials:
    """Lists of monomials as numbers into a table.

    Attributes
    ----------
    table : int64 (M, n)
        Exponent vectors.
    start : int64 (k + 1,)
        List i is numbers[start[i]:start[i + 1]].
    numbers : int32 (N,)
    """

    table: NDArray[np.int64]
    start: NDArray[np.int64]
    numbers: NDArray[np.int32]

    @classmethod
    def compact(
        cls, table: NDArray[np.int64], start: NDArray[np.int64], numbers: NDArray[np.int32]
    ) -> SharedMonomials:
        """The lists, with the rows of `table` that they use."""
        used = np.zeros(len(table), dtype=bool)
        used[numbers] = True
        position = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return cls(table[used], start, position[numbers])

    @classmethod
    def of(cls, lists: list[NDArray[np.int32]], table: NDArray[np.int64]) -> SharedMonomials:
        """As `compact`, from a list of arrays."""
        start = np.cumsum([0, *(len(numbers) for numbers in lists)]).astype(np.int64)
        return cls.compact(table, start, np.concatenate([np.zeros(0, dtype=np.int32), *lists]))

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, i: int) -> NDArray[np.int64]:
        """Exponents (m, n) of list i."""
        return self.table[self.numbers[self.start[i] : self.start[i + 1]]]

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        return (self[i] for i in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of monomials per list, int64 (k,)."""
        return np.diff(self.start)

    @property
    def first(self) -> NDArray[np.int64]:
        """Exponents (k, n) of the first monomial of every list; none may be empty."""
        return self.table[self.numbers[self.start[:-1]]]

    def select(self, kept: NDArray[np.bool_]) -> SharedMonomials:
        """Without the entries (N,) that are not kept."""
        ends = np.concatenate([[0], np.cumsum(kept)])
        return SharedMonomials(self.table, ends[self.start], self.numbers[kept])
