"""Primes, Chinese remaindering and rational reconstruction.

Reconstruction: P. Wang, "A p-adic algorithm for univariate partial fractions", SYMSAC 1981: a
residue modulo N determines at most one a/b with |a|, b ≤ sqrt(N/2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from flint import fmpq, fmpz
from numpy.typing import NDArray

from algebra.kernels.remaindering import combine_residues, lehmer_step
from algebra.limits import UNLIMITED, Budget


def primes_below(limit: int = 2**31) -> Iterator[int]:
    """Primes in descending order, starting below `limit`; the same list on every machine."""
    candidate = limit - 1 if limit % 2 == 0 else limit - 2
    while candidate > 2:
        if fmpz(candidate).is_prime():
            yield candidate
        candidate -= 2


def chinese_remainder(x: list[int], modulus: int, y: list[int], other: int) -> list[int]:
    """Residues modulo modulus · other that agree with both vectors; the moduli are coprime."""
    inverse = pow(modulus, -1, other)
    return [a + modulus * ((b - a) * inverse % other) for a, b in zip(x, y, strict=True)]


def rational_reconstruction(residue: int, modulus: int) -> fmpq | None:
    """The fraction a/b ≡ residue with |a|, b ≤ sqrt(modulus / 2), or None."""
    bound = math.isqrt(modulus // 2)
    r0, r1, s0, s1 = modulus, residue % modulus, 0, 1
    matrix = np.zeros(4, dtype=np.int64)
    while r1.bit_length() > bound.bit_length() + 64:  # many quotients at once, never past the bound
        shift = r0.bit_length() - 62
        if lehmer_step(r0 >> shift, r1 >> shift, matrix) == 0:
            q = r0 // r1
            r0, r1, s0, s1 = r1, r0 - q * r1, s1, s0 - q * s1
            continue
        a, b, c, d = matrix.tolist()
        r0, r1, s0, s1 = a * r0 + b * r1, c * r0 + d * r1, a * s0 + b * s1, c * s0 + d * s1
    while r1 > bound:
        q = r0 // r1
        r0, r1 = r1, r0 - q * r1
        s0, s1 = s1, s0 - q * s1
    if abs(s1) > bound or math.gcd(r1, s1) != 1:
        return None
    return fmpq(r1, s1)


def reconstruct_vector(
    residues: list[int], modulus: int, hint: int = 1
) -> tuple[list[fmpq], int] | int:
    """Fractions for all residues and their common denominator, or the place of the first failure.

    Entries of one polynomial tend to share denominators: multiplied by the denominator found so
    far (or by `hint`, that of a neighbour) the next residue is usually an integer a with
    2 |a| · denominator far below the modulus, hence the right one; this saves Euclid's algorithm.
    """
    limit = modulus >> 24
    denominator = 1
    out = []
    for k, residue in enumerate(residues):
        value = None
        for trial in (denominator, hint):
            scaled = residue * trial % modulus
            if 2 * scaled > modulus:
                scaled -= modulus
            if abs(scaled) * trial < limit:
                value = fmpq(scaled, trial)
                break
        if value is None:
            value = rational_reconstruction(residue, modulus)
            if value is None:
                return k
        q = int(value.q)
        if denominator % q:
            denominator = math.lcm(denominator, q)
        out.append(value)
    return out, denominator


class VectorLift:
    """A vector of rational numbers from its residues modulo growing sets of primes."""

    def __init__(self) -> None:
        self.size = 0
        self.modulus = 1
        self.residues: list[int] = []
        self.waiting: list[tuple[list[int], int]] = []
        self.lifted: list[fmpq] | None = None
        self.next_attempt = 2

    def include(self, vector: list[int], p: int) -> list[fmpq] | None:
        """Add residues modulo p; the rational vector once it predicts those of the next prime."""
        self.size += 1
        if self.lifted is not None and self._agrees(vector, p):
            return self.lifted
        self.waiting.append((vector, p))
        if self.size >= self.next_attempt:
            residues, modulus = combine(self.waiting)
            if self.modulus > 1:
                residues = chinese_remainder(self.residues, self.modulus, residues, modulus)
            self.residues, self.modulus = residues, self.modulus * modulus
            self.waiting = []
            self.next_attempt = self.size + 1 + self.size // 8
            # A single entry of middling size tells cheaply that it is too early.
            witness = self.residues[len(self.residues) // 2]
            if rational_reconstruction(witness, self.modulus) is None:
                self.lifted = None
            else:
                found = reconstruct_vector(self.residues, self.modulus)
                self.lifted = None if isinstance(found, int) else found[0]
        return None

    def _agrees(self, vector: list[int], p: int) -> bool:
        assert self.lifted is not None
        return all(
            int(c.q) % p != 0 and (int(c.p) - r * int(c.q)) % p == 0
            for c, r in zip(self.lifted, vector, strict=True)
        )


def combine(parts: list[tuple[list[int], int]]) -> tuple[list[int], int]:
    """Chinese remaindering of several vectors by a product tree."""
    while len(parts) > 1:
        merged = []
        for k in range(0, len(parts) - 1, 2):
            (x, a), (y, b) = parts[k], parts[k + 1]
            merged.append((chinese_remainder(x, a, y, b), a * b))
        if len(parts) % 2:
            merged.append(parts[-1])
        parts = merged
    return parts[0]


def combine_matrix(
    residues: NDArray[np.uint32], primes: list[int], budget: Budget = UNLIMITED
) -> tuple[list[int], int]:
    """Numbers modulo Π primes from residues (number of primes, N), and that product."""
    modulus = math.prod(primes)
    limbs = (modulus.bit_length() + 31) // 32 + 2

    def split(x: int) -> NDArray[np.uint32]:
        return np.frombuffer(x.to_bytes(4 * limbs, "little"), dtype=np.uint32)

    others = [modulus // p for p in primes]
    weights = np.array([pow(q, -1, p) for q, p in zip(others, primes, strict=True)], np.int64)
    cofactors = np.stack([split(q) for q in others])
    out = np.empty((residues.shape[1], limbs), dtype=np.uint32)
    step = max(1, 100_000_000 // (limbs * len(primes)))
    for begin in range(0, len(out), step):
        end = min(len(out), begin + step)
        combine_residues(
            np.ascontiguousarray(residues),
            np.array(primes, dtype=np.int64),
            weights,
            cofactors,
            split(modulus),
            out,
            begin,
            end,
        )
        budget.check()
    data, width = out.tobytes(), 4 * limbs
    numbers = (int.from_bytes(data[k : k + width], "little") for k in range(0, len(data), width))
    return [x if x < modulus else x - modulus for x in numbers], modulus


class BasisLift:
    """Polynomials over Q from their flat coefficient vectors modulo batches of primes.

    A few witness coefficients are tried after every batch; only when all of them are found and
    predict the one prime held back is everything combined and reconstructed, then compared with
    that prime entry by entry. A coefficient that fails joins the witnesses.
    """

    WITNESSES = 8

    def __init__(self, lengths: list[int], budget: Budget = UNLIMITED) -> None:
        self.lengths, self.budget = lengths, budget
        total = sum(lengths)
        spread = np.linspace(0, total - 1, min(self.WITNESSES, total))
        self.witnesses: list[int] = sorted(set(spread.astype(int).tolist()))
        self.primes: list[int] = []
        self.residues: list[NDArray[np.uint32]] = []

    def include(self, residues: NDArray[np.uint32], primes: list[int]) -> list[list[fmpq]] | None:
        """Add residues (k, N) modulo k primes; the polynomials' coefficients once they settle."""
        self.residues += list(residues)
        self.primes += primes
        if len(self.primes) < 2:
            return None
        check, last = self.primes[-1], self.residues[-1]
        columns = np.array(self.witnesses, dtype=np.int64)
        matrix = np.stack([row[columns] for row in self.residues[:-1]])
        values, modulus = combine_matrix(matrix, self.primes[:-1], self.budget)
        for place, residue in zip(self.witnesses, values, strict=True):
            value = rational_reconstruction(residue, modulus)
            if value is None or not _predicts(value, int(last[place]), check):
                # The hardest witness is tried first next time.
                self.witnesses.remove(place)
                self.witnesses.insert(0, place)
                return None
        return self._lift(check, last.tolist())

    def _lift(self, check: int, expected: list[int]) -> list[list[fmpq]] | None:
        matrix = np.stack(self.residues[:-1])
        self.budget.report("lifting", len(self.primes), None)
        values, modulus = combine_matrix(matrix, self.primes[:-1], self.budget)
        out, position, hint = [], 0, 1
        for length in self.lengths:
            end = position + length
            found = reconstruct_vector(values[position:end], modulus, hint)
            self.budget.check()
            if isinstance(found, int):
                self.witnesses.insert(0, position + found)
                return None
            part, hint = found
            for k, value in enumerate(part):
                if not _predicts(value, expected[position + k], check):
                    self.witnesses.insert(0, position + k)
                    return None
            out.append(part)
            position = end
        return out


def _predicts(value: fmpq, residue: int, p: int) -> bool:
    """Whether value ≡ residue modulo p."""
    denominator = int(value.q) % p
    return denominator != 0 and (int(value.p) - residue * denominator) % p == 0
