"""Gröbner bases of one system modulo many primes: learn once, apply in batches of eight.

A learning prime is accepted once most of the next eight primes follow its course, which includes
the leading monomials; primes that leave the course later are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.errors import EnginesDisagree
from algebra.f4 import ModularBasis, ModularPolynomial, f4
from algebra.kernels.lanes import LANES
from algebra.limits import UNLIMITED, Budget
from algebra.modular import primes_below
from algebra.orders import MonomialOrder
from algebra.tracing import Trace

#: (exponents int64 (m, n), integer coefficients): a generator with denominators cleared.
IntegerPolynomial = tuple[NDArray[np.int64], list[int]]
#: How many learning primes may fail to predict the next batch before giving up.
MOST_COURSES = 5
#: Primes that have to find the unit or zero ideal: there is nothing to lift that could be checked.
TRIVIAL_VOTES = 4


class Batch(NamedTuple):
    """Tails of the reduced basis, flat, one row per prime: uint32 (k, N)."""

    primes: list[int]
    tails: NDArray[np.uint32]


def reduced(polynomial: IntegerPolynomial, p: int) -> ModularPolynomial:
    """The polynomial modulo p."""
    exponents, coefficients = polynomial
    return exponents, np.array([c % p for c in coefficients], dtype=np.uint32)


def lucky_primes(generators: Sequence[IntegerPolynomial]) -> Iterator[int]:
    """Descending 31-bit primes that divide no coefficient of extreme position of a generator."""
    for p in primes_below():
        if all(c[0] % p and c[-1] % p for _, c in generators):
            yield p


class ModularBases:
    """The bases modulo successive primes, on the monomials `exponents` of the learned one."""

    def __init__(
        self,
        generators: list[IntegerPolynomial],
        n: int,
        order: MonomialOrder,
        budget: Budget = UNLIMITED,
    ) -> None:
        self.generators, self.n, self.order, self.budget = generators, n, order, budget
        self.primes = lucky_primes(generators)
        self.trace = Trace()
        self.learned: ModularBasis
        self.learning_prime: int
        self._first: list[int] = []
        self._learn()

    @property
    def exponents(self) -> list[NDArray[np.int64]]:
        """Monomials (m, n) of every element, descending."""
        return [e for e, _ in self.learned.polynomials]

    @property
    def leading(self) -> NDArray[np.int64]:
        """Leading monomials (k, n)."""
        return self.learned.leading.reshape(len(self.learned.polynomials), self.n)

    @property
    def is_trivial(self) -> bool:
        """Whether the ideal is zero or the whole ring, so that nothing is left to lift."""
        return len(self.leading) == 0 or not self.leading[0].any()

    def _learn(self) -> None:
        """A course that the first batch follows; trivial ideals need several equal votes."""
        seen: list[bytes] = []
        for p in self.primes:
            generators = [reduced(g, p) for g in self.generators]
            trace = Trace()
            basis = f4(generators, self.n, self.order, p, trace=trace, budget=self.budget)
            self.trace, self.learned, self.learning_prime = trace, basis, p
            key = basis.leading.tobytes()
            seen.append(key)
            if self.is_trivial:
                if seen.count(key) == TRIVIAL_VOTES:
                    return
                continue
            self._first = [next(self.primes) for _ in range(LANES)]
            if 2 * len(self._apply(self._first).primes) > LANES:
                return
            self._first = []
            if len(seen) > MOST_COURSES:
                raise EnginesDisagree("most primes leave the course that the first primes took")

    def batches(self) -> Iterator[Batch]:
        """Batches of primes that followed the course, without end."""
        pending, self._first = self._first, []
        failures = 0
        while True:
            if not pending:
                pending = [next(self.primes) for _ in range(LANES)]
            batch = self._apply(pending)
            pending = []
            if batch.primes:
                yield batch
                continue
            failures += 1
            if failures > MOST_COURSES:
                raise EnginesDisagree("most primes leave the course that the first primes took")

    def polynomials(self, tails: NDArray[np.uint32]) -> list[ModularPolynomial]:
        """The basis modulo one prime from its flat tails."""
        out, position = [], 0
        for exponents in self.exponents:
            end = position + len(exponents) - 1
            residues = np.concatenate([np.ones(1, dtype=np.uint32), tails[position:end]])
            out.append((exponents, residues))
            position = end
        return out

    def _apply(self, primes: list[int]) -> Batch:
        residues = [
            np.array([[c % p for p in primes] for c in coefficients], dtype=np.uint32)
            for _, coefficients in self.generators
        ]
        tails, good = self.trace.apply(residues, primes, self.budget)
        kept = [p for p, ok in zip(primes, good, strict=True) if ok]
        return Batch(kept, np.ascontiguousarray(tails[:, good].T))
