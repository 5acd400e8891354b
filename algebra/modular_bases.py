"""Gröbner bases of one system modulo many primes: learn once, apply in batches of eight.

A learning prime is accepted once most of the next eight primes follow its course, which includes
the leading monomials; primes that leave the course later are dropped.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event

import numpy as np
from numpy.typing import NDArray

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.f4 import ModularPolynomial, f4
from algebra.kernels.lanes import LANES
from algebra.limits import UNLIMITED, Budget
from algebra.modular import primes_below
from algebra.orders import MonomialOrder
from algebra.residue_store import Batch as Batch
from algebra.residue_store import ResidueStore
from algebra.shared_monomials import SharedMonomials
from algebra.tracing import Trace

#: (exponents int64 (m, n), integer coefficients): a generator with denominators cleared.
IntegerPolynomial = tuple[NDArray[np.int64], list[int]]
#: How many learning primes may fail to predict the next batch before giving up.
MOST_COURSES = 5
#: Batches in a row without a prime of use to whoever asked for them.
MOST_BARREN = 8
#: Primes among which a stored learning prime is looked for.
MOST_SKIPPED = 10_000
#: Primes that have to find the unit or zero ideal: there is nothing to lift that could be checked.
TRIVIAL_VOTES = 4


@dataclass(frozen=True, slots=True)
class _Cancellable(Budget):
    """A budget of a thread whose result nobody waits for once `stop` is set."""

    stop: Event = field(default_factory=Event)

    def check(self, partial: object | None = None, *, extra: int = 0) -> None:
        """As `Budget.check`; raises `LimitReached` as well once stopped."""
        if self.stop.is_set():
            raise LimitReached("stopped")
        Budget.check(self, partial, extra=extra)


def reduced(polynomial: IntegerPolynomial, p: int) -> ModularPolynomial:
    """The polynomial modulo p."""
    exponents, coefficients = polynomial
    return exponents, np.array([c % p for c in coefficients], dtype=np.uint32)


def lucky_primes(generators: Sequence[IntegerPolynomial]) -> Iterator[int]:
    """Descending 31-bit primes that divide no coefficient of extreme position of a generator."""
    for p in primes_below(first_bound(generators)):
        if all(c[0] % p and c[-1] % p for _, c in generators):
            yield p


def first_bound(generators: Sequence[IntegerPolynomial]) -> int:
    """Where the primes begin, between 3/4 · 2^31 and 2^31: a digest of the generators.

    Were the primes the same for all systems, a system could be made whose ideal is another one
    modulo all of the first primes, and these would agree on a wrong basis.
    """
    digest = hashlib.sha256()
    for exponents, coefficients in generators:
        digest.update(exponents.astype("<i8").tobytes())
        digest.update(",".join(map(hex, coefficients)).encode())
    return 2**31 - int.from_bytes(digest.digest()[:4], "little") % 2**29


class Barren:
    """Counts batches without a usable prime, so that no search among primes goes on for ever."""

    def __init__(self) -> None:
        self.batches = 0

    def note(self, usable: int, what: str) -> None:
        """After every batch: how many of its primes were of use.

        Raises
        ------
        EnginesDisagree
            None was in `MOST_BARREN` batches in a row.
        """
        self.batches = 0 if usable else self.batches + 1
        if self.batches == MOST_BARREN:
            raise EnginesDisagree(f"{what}: none of {MOST_BARREN * LANES} primes can be used")


class ModularBases:
    """The bases modulo successive primes, on the `monomials` of the learned one, descending."""

    def __init__(
        self,
        generators: list[IntegerPolynomial],
        n: int,
        order: MonomialOrder,
        budget: Budget = UNLIMITED,
        store: ResidueStore | None = None,
    ) -> None:
        self.generators, self.n, self.order, self.budget = generators, n, order, budget
        self.store = store
        self.primes = lucky_primes(generators)
        self.trace = Trace()
        self.monomials: SharedMonomials
        self.learning_prime: int
        self._first: Batch | None = None
        self._learn()

    @cached_property
    def exponents(self) -> list[NDArray[np.int64]]:
        """Exponents (m, n) of every element."""
        return list(self.monomials)

    @cached_property
    def coefficients(self) -> NDArray[np.int64] | NDArray[np.object_]:
        """Coefficients of all generators, one after the other: machine words if they fit."""
        joined = [c for _, coefficients in self.generators for c in coefficients]
        fits = all(-(2**63) <= c < 2**63 for c in joined)
        return np.array(joined, dtype=np.int64 if fits else object)

    @property
    def leading(self) -> NDArray[np.int64]:
        """Leading monomials (k, n)."""
        return self.monomials.first

    @property
    def is_trivial(self) -> bool:
        """Whether the ideal is zero or the whole ring, so that nothing is left to lift."""
        return len(self.leading) == 0 or not self.leading[0].any()

    def _learn(self) -> None:
        """A course that the first batch follows; trivial ideals need several equal votes."""
        if self.store is not None and (accepted := self.store.learning_prime) is not None:
            if accepted not in itertools.islice(self.primes, MOST_SKIPPED):
                raise InputError(
                    f"{self.store.path}: its learning prime is none of this system's; "
                    "delete the file to start again"
                )
            kept = self.store.course(accepted, self.n, len(self.coefficients))
            if kept is None:
                self._take_course(accepted)
                self.store.keep_course(accepted, self.monomials, self.trace)
            else:
                self.learning_prime, (self.monomials, self.trace) = accepted, kept
            self.store.accept_course(accepted, self.monomials)
            return
        seen: list[bytes] = []
        for p in self.primes:
            # A term that vanishes modulo the learning prime would be missing from the course, and
            # with it from the generators of every prime that follows.
            if not (self.coefficients % p).all():
                continue
            self._take_course(p)
            key = self.leading.tobytes()
            seen.append(key)
            if self.is_trivial:
                if seen.count(key) == TRIVIAL_VOTES:
                    return
                continue
            self._first = self._apply(self._next_primes())
            if 2 * len(self._first.primes) > LANES:
                if self.store is not None:
                    self.store.keep_course(p, self.monomials, self.trace)
                    self.store.accept_course(p, self.monomials)
                return
            self._first = None
            if len(seen) > MOST_COURSES:
                raise EnginesDisagree("most primes leave the course that the first primes took")

    def _take_course(self, p: int) -> None:
        generators = [reduced(g, p) for g in self.generators]
        self.trace, self.learning_prime = Trace(), p
        learned = f4(generators, self.n, self.order, p, trace=self.trace, budget=self.budget)
        self.monomials = learned.monomials

    def batches(self) -> Iterator[Batch]:
        """Batches of primes that followed the course, without end, in the order of the primes.

        With `budget.threads` > 1 as many batches are under way at once (kernels release the
        interpreter's lock); the primes are the same for any number of threads. A store gives its
        batches first and receives the others.
        """
        failures = number = 0
        for batch in self._stored():
            number += 1
            if batch.primes:
                yield batch
        for batch in self._computed():
            if self.store is not None:
                self.store.append(number, batch)
            number += 1
            if batch.primes:
                yield batch
                continue
            failures += 1
            if failures > MOST_COURSES:
                raise EnginesDisagree("most primes leave the course that the first primes took")

    def _stored(self) -> Iterator[Batch]:
        """Batches of an earlier run; the list of primes advances past theirs."""
        if self.store is None or self._first is not None:
            return
        for batch in self.store.batches(int((self.monomials.lengths - 1).sum())):
            if batch.tried != self._next_primes() or not set(batch.primes) <= set(batch.tried):
                raise InputError(f"{self.store.path}: its primes are not those of a run")
            yield batch

    def _computed(self) -> Iterator[Batch]:
        """The batch that judged the course, then batches of the following primes."""
        if self._first is not None:
            yield self._first
        if self.budget.threads < 2:
            while True:
                yield self._apply(self._next_primes())
        pool = ThreadPoolExecutor(self.budget.threads)
        running: deque[Future[Batch]] = deque()
        unwanted = Event()
        budget = _Cancellable(self.budget.deadline, self.budget.memory_bytes, stop=unwanted)
        try:
            while True:
                while len(running) < self.budget.threads:
                    running.append(pool.submit(self._apply, self._next_primes(), budget))
                yield running.popleft().result()
        finally:
            unwanted.set()
            pool.shutdown(cancel_futures=True)

    def _next_primes(self) -> list[int]:
        return [next(self.primes) for _ in range(LANES)]

    def polynomials(self, tails: NDArray[np.uint32]) -> list[ModularPolynomial]:
        """The basis modulo one prime from its flat tails."""
        out, position = [], 0
        for exponents in self.exponents:
            end = position + len(exponents) - 1
            residues = np.concatenate([np.ones(1, dtype=np.uint32), tails[position:end]])
            out.append((exponents, residues))
            position = end
        return out

    def _apply(self, primes: list[int], budget: Budget | None = None) -> Batch:
        residues = self.coefficients[:, None] % np.array(primes, dtype=np.int64)
        tails, good = self.trace.apply(residues.astype(np.uint32), primes, budget or self.budget)
        kept = [p for p, ok in zip(primes, good, strict=True) if ok]
        return Batch(primes, kept, np.ascontiguousarray(tails[:, good].T))
