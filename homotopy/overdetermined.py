"""More equations than unknowns: which zeros of the squared-up system satisfy all of them.

A certified box holds one zero of the squared-up system. If an original equation, evaluated on an
enclosure of that zero, excludes 0, the zero is none of the original system: that is a proof. That
it is one cannot be proved by enclosures; it is where its coordinates are rational and the equations
vanish exactly. What remains satisfies the equations to `DIGITS[-1]` digits, which is no proof, and
is not called certified.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import acb, arb, ctx, fmpq

from algebra.errors import InputError
from algebra.systems import PolynomialSystem
from homotopy.boxes import Box
from homotopy.certify import refine

#: Digits to which a zero is refined before the equations are looked at, in turn.
DIGITS = (30, 120)
#: Largest denominator of a rational coordinate that is recognised.
DENOMINATOR = 10**12

Gaussian = tuple[fmpq, fmpq]


def satisfies(system: PolynomialSystem, square: PolynomialSystem, box: Box) -> bool | None:
    """Whether the zero of `square` in the box is one of `system`; None if nothing is proved."""
    for digits in DIGITS:
        try:
            sharp = refine(square, box, digits)
        except InputError:
            return None
        if excluded(system, sharp.balls(), digits):
            return False
        point = rational_point(sharp.center, digits)
        if point is not None and vanishes(system, point):
            return True
    return None


def excluded(system: PolynomialSystem, balls: Sequence[acb], digits: int) -> bool:
    """Whether some equation has no zero in the product of balls."""
    with ctx.workprec(4 * digits + 64):
        for i in range(len(system.equations)):
            total = acb(0)
            for term in system.terms(i):
                value = acb(arb(term.real), arb(term.imaginary))
                for x, exponent in zip(balls, term.exponents, strict=True):
                    if exponent:
                        value *= x**exponent
                total += value
            if not total.contains(0):
                return True
    return False


def rational_point(center: Sequence[acb], digits: int) -> list[Gaussian] | None:
    """Numbers of Q(i) with small denominators that agree with the centre to half the digits."""
    near = Fraction(1, 10 ** (digits // 2 + 12))
    out = []
    for c in center:
        parts = []
        for part in (c.real, c.imag):
            mantissa, exponent = part.man_exp()
            value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
            simple = value.limit_denominator(DENOMINATOR)
            if abs(simple - value) > near * max(Fraction(1), abs(value)):
                return None
            parts.append(fmpq(simple.numerator, simple.denominator))
        out.append((parts[0], parts[1]))
    return out


def vanishes(system: PolynomialSystem, point: Sequence[Gaussian]) -> bool:
    """Whether all equations are exactly 0 at a point with coordinates in Q(i)."""
    for i in range(len(system.equations)):
        total = (fmpq(0), fmpq(0))
        for term in system.terms(i):
            value = (term.real, term.imaginary)
            for x, exponent in zip(point, term.exponents, strict=True):
                for _ in range(exponent):
                    value = _product(value, x)
            total = (total[0] + value[0], total[1] + value[1])
        if total != (fmpq(0), fmpq(0)):
            return False
    return True


def _product(a: Gaussian, b: Gaussian) -> Gaussian:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]
