"""Vectors of rational numbers with one common denominator, from residues modulo primes.

Reconstructing one fraction with numerator and denominator of H bits takes a modulus of 2H bits. For
m entries a_i/b with the same b, (a_1, …, a_m, b) is a short vector of the lattice of all
(b r_1 mod N, …, b r_m mod N, b): H (1 + 1/m) bits suffice, and LLL finds it. Where numerators are
shorter than b, as at the lower end of a polynomial whose roots are all small, they alone are made
short: that takes their bits times m/(m - 1), and b may be as long as N.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq, fmpz_mat

from algebra.modular import chinese_remainder, combine, reconstructed

#: Entries whose denominator is sought together, and the modulus (bits) above which fewer are taken.
TOGETHER = ((6_000, 6), (20_000, 4), (60_000, 2))
#: Entries of the first quarter, whose numerators may be short; and bits of the largest modulus
#: with which that is tried.
FIRST = 4
SHORT_LIMIT = 10_000
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

    def include(self, vector: list[int], p: int, *, attempt: bool = True) -> list[fmpq] | None:
        """Add residues modulo p; the rational vector once it predicts those of the next prime.

        attempt: whether to look for it among these primes.
        """
        self.size += 1
        if self.lifted is not None:
            if all(
                int(c.q) % p != 0 and (int(c.p) - r * int(c.q)) % p == 0
                for c, r in zip(self.lifted, vector, strict=True)
            ):
                return self.lifted
            self.lifted = None
        self.waiting.append((vector, p))
        if attempt and self.size >= self.next_attempt:
            residues, modulus = combine(self.waiting)
            if self.modulus > 1:
                residues = chinese_remainder(self.residues, self.modulus, residues, modulus)
            self.residues, self.modulus = residues, self.modulus * modulus
            self.waiting = []
            self.next_attempt = self.size + 1 + self.size // 14
            self.lifted = self._attempt()
        return None

    def _attempt(self) -> list[fmpq] | None:
        for places, short_numerators in self._trials():
            denominator = self._denominator(places, short_numerators) if places else 1
            if 0 < denominator <= self.modulus >> MARGIN:  # not the modulus itself
                found, doubted = self._entries(denominator)
                if found is not None:
                    return found
                if places:
                    self.doubted = [*doubted, *(k for k in self.doubted if k not in doubted)]
        return None

    def _entries(self, denominator: int) -> tuple[list[fmpq] | None, list[int]]:
        """The entries, all far smaller than the modulus if times the right denominator.

        Where one is not, its own denominator has one more factor, if the modulus tells it; None
        if it does not. The second value are the places of these.
        """
        n, limit = self.modulus, self.modulus >> MARGIN
        entries, doubted = [], []
        for k, r in enumerate(self.residues):
            a = r * denominator % n
            a = a - n if 2 * a > n else a
            if abs(a) * denominator.bit_length() > limit:
                doubted.append(k)
                fraction = reconstructed(a, n, slack=MARGIN)
                if fraction is None:
                    return None, doubted
                a = fraction[0]
                denominator *= fraction[1]
                if denominator > limit:
                    return None, doubted
            entries.append(fmpq(a, denominator))
        return entries, doubted

    def _trials(self) -> Iterator[tuple[list[int], bool]]:
        """Entries whose common denominator may be that of all; whether numerators are shorter.

        None, so that the first entry is reconstructed alone, as numerators with a large common
        factor mislead the search for several; some spread over the vector; some near its beginning.
        """
        yield [], False
        bits = self.modulus.bit_length()
        count = next((m for limit, m in TOGETHER if bits < limit), 1)
        bound = 1 << (bits // 2)  # not the small integers
        rest = [k for k, r in enumerate(self.residues) if bound < r < self.modulus - bound]
        if count == 1 or not rest:
            return
        spread = rest[len(rest) // (2 * count) :: max(1, len(rest) // count)]
        doubted = [k for k in self.doubted if k in set(rest)]
        yield list(dict.fromkeys(doubted + spread))[:count], False
        if len(rest) > 2 * count and bits < SHORT_LIMIT:
            # Neighbours often have a common factor.
            yield rest[: len(rest) // 4 : max(1, len(rest) // (4 * FIRST))][:FIRST], True

    def _denominator(self, places: list[int], short_numerators: bool) -> int:
        """The common denominator of these entries, or what looks like it."""
        m, n = len(places), self.modulus
        # With a weight beyond the modulus only the numerators count: first comes (0, …, 0, N).
        weight = n.bit_length() if short_numerators else 0
        rows = [[n << weight if i == j else 0 for j in range(m + 1)] for i in range(m)]
        rows.append([*(self.residues[k] << weight for k in places), 1])
        short = fmpz_mat(rows).lll()
        return abs(int(short[1 if short_numerators else 0, m]))


class RowsLift:
    """Several polynomials lifted one after the other, each with its own denominator."""

    def __init__(self) -> None:
        self.lifts: list[CommonDenominatorLift] = []
        self.done: dict[int, list[fmpq]] = {}
        self.hopeful = True

    def include(
        self, rows: list[list[int]], p: int, attempt: bool = True
    ) -> list[list[fmpq]] | None:
        """Add residues modulo p; all rows once each predicts those of another prime."""
        if not self.lifts:
            self.lifts = [CommonDenominatorLift() for _ in rows]
        self.hopeful = attempt
        for k, (lift, row) in enumerate(zip(self.lifts, rows, strict=True)):
            if k in self.done:
                continue
            # Rows need about as many primes each: the others wait until this one is found.
            value = lift.include(row, p, attempt=self.hopeful)
            self.hopeful &= lift.lifted is not None
            if value is not None:
                self.done[k] = value
        if len(self.done) < len(rows):
            return None
        return [self.done[k] for k in range(len(rows))]
