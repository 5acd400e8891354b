"""Polynomials over Q from their coefficients modulo many primes, in bulk.

Entries of one polynomial share denominators. With D a multiple of them all, the residues times D
are those of integers, small beside the product M of the primes: one pass of a kernel combines
them, sees from Σ y_k / p_k that they are small, and compares each with a prime held back. Euclid's
algorithm is needed only where D is found: a few times per polynomial, never per coefficient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from algebra.kernels.remaindering import (
    LIMB,
    combine_scaled,
    first_large,
    reduce_words,
    remainder_tables,
)
from algebra.limits import UNLIMITED, Budget
from algebra.modular import chinese_remainder, combine, reconstructed

#: An integer counts as found when it is below 2^-SLACK times the product of the primes: a wrong D
#: gets through with probability 2^-29 per entry, and then has to agree with the prime held back.
SLACK = 30
TOLERANCE = 2.0**-SLACK
#: Denominators of earlier polynomials that are tried on the next one.
HINTS = 3
Residues = NDArray[np.uint32]


class Moduli:
    """Distinct primes below 2^31 and what combining residues modulo them needs.

    `primes` uint32 (K + 1,): the last is held back as a check and is no part of `modulus`.
    """

    def __init__(self, primes: Sequence[int]) -> None:
        *combined, self.check = primes
        self.primes = np.array(primes, dtype=np.uint32)
        self.modulus = math.prod(combined)
        bits = self.modulus.bit_length() + len(primes).bit_length() + 1
        self.limbs = 2 * (-(-bits // (2 * LIMB)))  # even, so that limbs fill whole bytes
        self.words = -(-self.limbs * LIMB // 32) + 1
        self.modulus_limbs = self._limbs_of(self.modulus)
        self.cofactors = np.empty((len(combined), self.limbs), dtype=np.uint32)
        self.inverses = np.empty(len(combined), dtype=np.uint32)
        remainder_tables(self.modulus_limbs, self.primes[:-1], self.cofactors, self.inverses)
        powers = [1]
        while len(powers) <= self.limbs:
            powers.append((powers[-1] << LIMB) % self.check)
        self.powers = np.array(powers, dtype=np.uint32)
        self.one = np.ones(len(primes), dtype=np.uint32)

    def _limbs_of(self, x: int) -> Residues:
        """28-bit limbs, little endian."""
        data = np.frombuffer(x.to_bytes(self.limbs * LIMB // 8, "little"), dtype=np.uint8)
        bits = np.unpackbits(data, bitorder="little").reshape(self.limbs, LIMB)
        return bits.astype(np.uint32) @ (np.uint32(1) << np.arange(LIMB, dtype=np.uint32))

    def modulo(self, x: int) -> Residues:
        """The number x ≥ 0 modulo every prime."""
        words = np.frombuffer(x.to_bytes(4 * (x.bit_length() // 32 + 1), "little"), dtype=np.uint32)
        out = np.empty(len(self.primes), dtype=np.uint32)
        reduce_words(words, self.primes, out)
        return out

    def product(self, x: Residues, y: Residues) -> Residues:
        """Products x · y modulo every prime."""
        return (x.astype(np.uint64) * y % self.primes).astype(np.uint32)

    def first_large(self, residues: Residues, scale: Residues, begin: int = 0) -> int:
        """Place of the first entry from `begin` on that is not scale⁻¹ times a small integer.

        residues (K + 1, N), one row per prime; scale (K + 1,). N if there is none.
        """
        arguments = residues, self.primes, scale, self.inverses, TOLERANCE, begin
        return int(first_large(*arguments))

    def integers(self, residues: Residues, scale: Residues) -> list[int] | int:
        """Integers of least absolute value ≡ scale · residues, one per column.

        residues (K + 1, N); if one differs modulo `check`, the place of the first is returned.
        """
        out = np.empty((residues.shape[1], self.words), dtype=np.uint32)
        place = self._combine(residues, scale, self.check, out)
        if place < len(out):
            return place
        width, data = 4 * self.words, out.tobytes()
        starts = range(0, len(data), width)
        return [int.from_bytes(data[k : k + width], "little", signed=True) for k in starts]

    def integer(self, residues: Residues, scale: Residues) -> int:
        """The integer of least absolute value ≡ scale · residues (K + 1,), the last unused."""
        out = np.empty((1, self.words), dtype=np.uint32)
        self._combine(np.ascontiguousarray(residues[:, None]), scale, 0, out)
        return int.from_bytes(out.tobytes(), "little", signed=True)

    def _combine(self, residues: Residues, scale: Residues, check: int, out: Residues) -> int:
        return int(
            combine_scaled(
                residues, self.primes, scale, self.inverses, self.cofactors, self.modulus_limbs,
                self.powers, residues[-1], check, out,
            )
        )  # fmt: skip


#: A polynomial with leading coefficient 1: common denominator D and D times the tail.
ScaledTail = tuple[int, list[int]]


class BasisLift:
    """Tails of monic polynomials over Q from their flat coefficients modulo batches of primes.

    A few witness coefficients are tried after every batch, the hardest first; only when all of
    them are found and predict the prime held back are the polynomials lifted. Each is done once:
    where one fails, its coefficient joins the witnesses and the others are kept.
    """

    WITNESSES = 8

    def __init__(self, lengths: Sequence[int], budget: Budget = UNLIMITED) -> None:
        self.budget = budget
        self.ends = np.cumsum([0, *lengths]).tolist()
        total = self.ends[-1]
        spread = np.linspace(0, total - 1, min(self.WITNESSES, total))
        self.witnesses: list[int] = sorted(set(spread.astype(int).tolist()))
        # Residues of the witnesses modulo the product of the first `used` primes.
        self.used, self.values, self.modulus = 0, [0] * len(self.witnesses), 1
        self.primes: list[int] = []
        self.residues: list[Residues] = []
        self.lifted: list[ScaledTail | None] = [None] * len(lengths)
        self._hints: list[tuple[int, Residues]] = []

    def include(self, residues: Residues, primes: list[int]) -> list[ScaledTail] | None:
        """Add residues (k, N) modulo k primes; the polynomials once all have settled."""
        self.residues.append(residues)
        self.primes += primes
        if len(self.primes) < 2:
            return None
        self._combine_witnesses()
        for k in range(len(self.witnesses)):
            if not self._settles(self.values[k], self.witnesses[k]):
                # The hardest witness is tried first next time.
                self.witnesses.insert(0, self.witnesses.pop(k))
                self.values.insert(0, self.values.pop(k))
                return None
        self._lift()
        done = [tail for tail in self.lifted if tail is not None]
        return done if len(done) == len(self.lifted) else None

    def _combine_witnesses(self) -> None:
        """Bring the residues of the witnesses up to all primes but the last."""
        last = len(self.primes) - 1
        rows = np.concatenate([batch[:, self.witnesses] for batch in self.residues])
        new = zip(rows[self.used : last].tolist(), self.primes[self.used : last], strict=True)
        values, product = combine(list(new))
        self.values = chinese_remainder(self.values, self.modulus, values, product)
        self.used, self.modulus = last, self.modulus * product

    def _settles(self, value: int, place: int) -> bool:
        """Whether the coefficient with this residue is a fraction that predicts the last prime."""
        found = reconstructed(value, self.modulus, slack=SLACK)
        if found is None:
            return False
        p, residue = self.primes[-1], int(self.residues[-1][-1, place])
        return found[1] % p != 0 and (found[0] - residue * found[1]) % p == 0

    def _lift(self) -> None:
        moduli = Moduli(self.primes)
        self._hints = []
        for g, tail in enumerate(self.lifted):
            if tail is not None:
                continue
            part = slice(self.ends[g], self.ends[g + 1])
            block = np.concatenate([batch[:, part] for batch in self.residues])
            found = self._polynomial(moduli, block)
            if isinstance(found, int):
                self.witnesses.insert(0, part.start + found)
                value = moduli.integer(block[:, found], moduli.one)
                self.values.insert(0, value % self.modulus)
            else:
                self.lifted[g] = found
            self.budget.report("lifting", g + 1, len(self.lifted))
            self.budget.check()

    def _polynomial(self, moduli: Moduli, block: Residues) -> ScaledTail | int:
        """One polynomial, or the place of the coefficient that needs more primes."""
        size = block.shape[1]
        if size == 0:
            return 1, []
        # Neighbours share most of their denominators; the hint that fits longest saves most.
        fits = [moduli.first_large(block, scale) for _, scale in self._hints]
        if any(fits):
            hint = self._hints[fits.index(max(fits))]
            found = self._from_denominator(moduli, block, *hint, max(fits))
            if not isinstance(found, int):
                return found
        return self._from_denominator(moduli, block, 1, moduli.one, 0)

    def _from_denominator(
        self,
        moduli: Moduli,
        block: Residues,
        denominator: int,
        scale: Residues,
        place: int,
    ) -> ScaledTail | int:
        """As `_polynomial`, for multiples of `denominator`, with which the first entries fit."""
        size, grown = block.shape[1], False
        while (place := moduli.first_large(block, scale, place)) < size:
            residue = moduli.integer(block[:, place], scale)
            fraction = reconstructed(residue, moduli.modulus, slack=SLACK)
            if fraction is None or fraction[1] == 1:
                return place
            denominator, grown = denominator * fraction[1], True
            scale = moduli.product(scale, moduli.modulo(fraction[1]))
        if all(denominator != known for known, _ in self._hints):
            self._hints = [(denominator, scale), *self._hints][:HINTS]
        # Scaled by the denominator of all, entries seen early may have grown too large.
        if grown and (place := moduli.first_large(block, scale)) < size:
            return place
        values = moduli.integers(block, scale)
        return values if isinstance(values, int) else _lowest_terms(denominator, values)


def _lowest_terms(denominator: int, values: list[int]) -> ScaledTail:
    common = math.gcd(denominator, *values)
    return (denominator, values) if common == 1 else (
        denominator // common, [v // common for v in values]
    )  # fmt: skip
