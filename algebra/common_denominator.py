"""Vectors of rational numbers with one common denominator, from residues modulo primes.

Reconstructing one fraction with numerator and denominator of H bits takes a modulus of 2H bits. For
m entries a_i/b with the same b, (a_1, …, a_m, b) is a short vector of the lattice of all
(b r_1 mod N, …, b r_m mod N, b): H (1 + 1/m) bits suffice, and LLL finds it.
"""

from __future__ import annotations

from flint import fmpq, fmpz_mat

from algebra.modular import chinese_remainder, combine

#: Entries whose denominator is sought together, and the modulus (bits) above which fewer are taken.
TOGETHER = ((6_000, 6), (20_000, 4), (60_000, 2))
#: Bits by which all numerators have to stay below the modulus.
MARGIN = 24


class CommonDenominatorLift:
    """A vector of rational numbers from its residues modulo growing sets of primes."""

    def __init__(self) -> None:
        self.size = 0
        self.modulus = 1
        self.residues: list[int] = []
        self.waiting: list[tuple[list[int], int]] = []
        self.lifted: list[fmpq] | None = None
        self.next_attempt = 2
        self.doubted: list[int] = []

    def include(self, vector: list[int], p: int) -> list[fmpq] | None:
        """Add residues modulo p; the rational vector once it predicts those of the next prime."""
        self.size += 1
        if self.lifted is not None:
            if all(
                int(c.q) % p != 0 and (int(c.p) - r * int(c.q)) % p == 0
                for c, r in zip(self.lifted, vector, strict=True)
            ):
                return self.lifted
            self.lifted = None
        self.waiting.append((vector, p))
        if self.size >= self.next_attempt:
            residues, modulus = combine(self.waiting)
            if self.modulus > 1:
                residues = chinese_remainder(self.residues, self.modulus, residues, modulus)
            self.residues, self.modulus = residues, self.modulus * modulus
            self.waiting = []
            self.next_attempt = self.size + 1 + self.size // 16
            self.lifted = self._attempt()
        return None

    def _attempt(self) -> list[fmpq] | None:
        bits = self.modulus.bit_length()
        count = next((m for limit, m in TOGETHER if bits < limit), 1)
        # Numerators with a large common factor mislead the search for several; hence the others.
        for trial in (0, count, 1):
            denominator = self._denominator(self._witnesses(trial))
            # A wrong factor has half the modulus' bits, so that this ends soon; right ones are
            # short and may be as many as there are entries.
            while denominator is not None and not denominator >> (bits - MARGIN):
                found = self._numerators(denominator)
                if not isinstance(found, int):
                    return [fmpq(a, denominator) for a in found]
                if trial == 0:
                    break
                # The entry's denominator has one more factor.
                self.doubted = [found, *(j for j in self.doubted if j != found)]
                extra = self._denominator([found], denominator)
                denominator = None if extra in (None, 1) else denominator * extra
        return None

    def _numerators(self, denominator: int) -> list[int] | int:
        """Numerators that are far smaller than the modulus, or the place of the first failure."""
        n, limit = self.modulus, self.modulus >> MARGIN
        numerators = []
        for k, r in enumerate(self.residues):
            a = r * denominator % n
            a = a - n if 2 * a > n else a
            if abs(a) * denominator.bit_length() > limit:
                return k
            numerators.append(a)
        return numerators

    def _witnesses(self, count: int) -> list[int]:
        """Places of entries that are not small integers, spread over the vector."""
        if not count:
            return []
        bound = 1 << (self.modulus.bit_length() // 2)
        rest = [
            k for k, r in enumerate(self.residues) if bound < r < self.modulus - bound
        ]  # fmt: skip
        step = max(1, len(rest) // count)
        chosen = [k for k in self.doubted if k in set(rest)] + rest[step // 2 :: step]
        return list(dict.fromkeys(chosen))[:count]

    def _denominator(self, places: list[int], known: int = 1) -> int | None:
        """The common denominator of these entries times `known`; 1 if there are none."""
        if not places:
            return 1
        m, n = len(places), self.modulus
        rows = [[n if i == j else 0 for j in range(m + 1)] for i in range(m)]
        rows.append([*(self.residues[k] * known % n for k in places), 1])
        short = fmpz_mat(rows).lll()
        return abs(int(short[0, m])) or None
