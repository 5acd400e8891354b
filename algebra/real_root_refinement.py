"""Isolated real roots refined to any width, by signs of the polynomial at dyadic points alone.

Quadratic interval refinement: a linear interpolation guesses in which of 2^(2^e) equal parts the
root lies; the signs at its two ends confirm it, and then e grows, or refute it, and then e shrinks.
At e = 0 this is bisection, which never fails, so every refinement ends; near a simple root the
number of right bits doubles per step.
J. Abbott, "Quadratic interval refinement for real roots", ACM Commun. Comput. Algebra 48 (2014).
"""

from __future__ import annotations

import flint
from flint import arb, arb_poly, fmpz_poly

#: Working precision (bits) of the first evaluation; doubled where a sign is undecided.
FIRST_PRECISION = 128


class Evaluator:
    """Values of an integer polynomial at dyadic points, precise enough to know their signs."""

    def __init__(self, f: fmpz_poly) -> None:
        self.f = f
        self._rounded: dict[int, arb_poly] = {}

    def at(self, c: int, k: int, precision: int) -> tuple[arb, int]:
        """f(c 2^k), either without 0 or exactly 0, and the precision that this took.

        Ends: at some precision nothing is rounded any more.
        """
        while True:
            with flint.ctx.workprec(precision):
                if precision not in self._rounded:
                    self._rounded[precision] = arb_poly(self.f)
                value = self._rounded[precision](arb((c, k)))
                if value > 0 or value < 0 or value == 0:
                    return value, precision
            precision *= 2


class RefinableRoot:
    """The only root of a polynomial in (c 2^k, (c + 1) 2^k), c ≥ 0, or c 2^k itself if `exact`.

    The polynomial has different signs at both ends.
    """

    def __init__(self, evaluator: Evaluator, c: int, k: int, *, exact: bool = False) -> None:
        self.evaluator = evaluator
        self.c, self.k, self.exact = c, k, exact
        self._level = 1
        self._precision = FIRST_PRECISION
        self._ends: tuple[arb, arb] | None = None

    def enclosure(self, bits: int) -> arb:
        """A ball around the root of relative width at most 2^(1 - bits)."""
        while not self.exact and self.c.bit_length() <= bits:
            self._step(bits)
        if self.exact:
            return arb((self.c, self.k))
        return arb((2 * self.c + 1, self.k - 1), (1, self.k - 1))

    def _value(self, c: int, k: int) -> arb:
        value, self._precision = self.evaluator.at(c, k, self._precision)
        return value

    def _step(self, bits: int) -> None:
        if self._ends is None:
            self._ends = self._value(self.c, self.k), self._value(self.c + 1, self.k)
        left, right = self._ends
        split = min(1 << self._level, bits + 1)
        parts = 1 << split
        with flint.ctx.workprec(split + 32):
            share = (left.mid() / (left.mid() - right.mid())).mid()
            guess = int((share * parts + arb(0.5)).mid().floor().unique_fmpz())
        place = min(max(guess, 1), parts - 1)
        base, k = self.c << split, self.k - split
        value = self._value(base + place, k)
        if value == 0:
            self.c, self.k, self.exact = base + place, k, True
            return
        if (value > 0) == (left > 0):
            first, ends = place, (value, self._at_part(base, place + 1, parts, k))
        else:
            first, ends = place - 1, (self._at_part(base, place - 1, parts, k), value)
        low, high = ends
        if low == 0 or high == 0:
            self.c, self.k, self.exact = base + (first if low == 0 else first + 1), k, True
        elif (low > 0) == (high > 0):
            self._level -= 1
        else:
            self.c, self.k, self._ends = base + first, k, ends
            self._level += 1

    def _at_part(self, base: int, place: int, parts: int, k: int) -> arb:
        """The value where part `place` begins; at both ends of the interval it is known."""
        assert self._ends is not None
        if place in (0, parts):
            return self._ends[0 if place == 0 else 1]
        return self._value(base + place, k)
