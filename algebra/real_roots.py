"""Real zeros of zero-dimensional systems over Q: exact counts, isolation, signs.

If t separates the complex zeros, real zeros correspond to real roots of the representation's
polynomials: a non-real zero and its conjugate have different, conjugate values of t. Roots are
isolated rigorously; what is probable is the lift (`algebra.rational_representation`).
"""

from __future__ import annotations

import flint
from flint import arb, fmpq_mpoly, fmpq_poly, fmpz_poly

from algebra.errors import EnginesDisagree, InputError
from algebra.limits import UNLIMITED, Budget
from algebra.rational_representation import (
    RationalRepresentation,
    RepresentationPart,
    primitive,
    rational_representation,
)
from algebra.real_root_isolation import RealRoots
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.words import Count, Word

#: Working precision (bits) at which sign decisions give up; exact zero tests come before.
HIGHEST_PRECISION = 1 << 20


def count_real_zeros(
    system: PolynomialSystem, *, check: bool = False, seed: int = 0, budget: Budget = UNLIMITED
) -> Count:
    """Number of distinct real zeros of a system with finitely many complex zeros.

    With complex coefficients: real points at which real and imaginary parts vanish. `check`
    counts again by the signature of the trace form.

    Raises
    ------
    NotZeroDimensional
        There are infinitely many complex zeros.
    EnginesDisagree
        The signature is another number.
    """
    if system.imaginary:
        system = real_and_imaginary_parts(system)
    representation = rational_representation(system, coordinates=False, seed=seed, budget=budget)
    count = representation.real_count(budget)
    source = (
        f"real roots of the eliminant of degree {representation.distinct}, "
        f"lifted from {len(representation.primes)} primes"
    )
    if check:
        from algebra.trace_form import trace_form

        form = trace_form(system, budget=budget)
        if (form.signature, form.rank) != (count, representation.distinct):
            raise EnginesDisagree(
                f"{count} real of {representation.distinct} zeros by the representation, "
                f"{form.signature} of {form.rank} by the trace form"
            )
        source += ", and signature of the trace form"
    return Count.exactly(count, Word.PROBABLE, source)


def real_and_imaginary_parts(system: PolynomialSystem) -> PolynomialSystem:
    """Twice as many rational equations with the same real zeros."""
    ring = polynomial_ring(system.variables)
    equations = []
    for i in range(len(system.equations)):
        terms = system.terms(i)
        equations.append(ring.from_dict({t.exponents: t.real for t in terms if t.real != 0}))
        equations.append(
            ring.from_dict({t.exponents: t.imaginary for t in terms if t.imaginary != 0})
        )
    return PolynomialSystem(system.variables, tuple(equations), name=system.name)


def real_zeros(
    system: PolynomialSystem, *, bits: int = 64, seed: int = 0, budget: Budget = UNLIMITED
) -> list[list[arb]]:
    """All real zeros as Arb enclosures of radius 2^-bits relative to max(1, |x|), by t."""
    representation = rational_representation(system, seed=seed, budget=budget)
    return enclosures(representation, bits, budget)


def enclosures(
    representation: RationalRepresentation, bits: int = 64, budget: Budget = UNLIMITED
) -> list[list[arb]]:
    """Enclosures of the coordinates of all real zeros, each of radius at most 2^-bits.

    Relative to max(1, |x|). Enclosures of different zeros are disjoint in the form t.
    """
    precision = bits + 64
    while True:
        roots = representation.roots_by_part(precision, budget)
        with flint.ctx.workprec(precision):
            points = [_point(part, t) for part, t in roots]
            limit = arb(2) ** -bits
            if all(
                c.is_finite() and (c.rad() <= limit or c.rad() <= limit * abs(c.mid()))
                for point in points
                for c in point
            ):
                return points
        precision *= 2


def sign_conditions(
    system: PolynomialSystem, h: fmpq_mpoly, *, seed: int = 0, budget: Budget = UNLIMITED
) -> dict[int, int]:
    """{sign: number of real zeros of the system at which h has it}, exact given the lift."""
    if h.context().names() != system.ring_names:
        raise InputError("h and the system live in different rings")
    representation = rational_representation(system, seed=seed, budget=budget)
    total = {-1: 0, 0: 0, 1: 0}
    for part in representation.parts:
        for sign, count in _signs(part, h).items():
            total[sign] += count
    return total


def _signs(part: RepresentationPart, h: fmpq_mpoly) -> dict[int, int]:
    exact_zero = RealRoots(_vanishing_factor(part, h))
    out = {-1: 0, 0: 0, 1: 0}
    precision = 128
    pending = True
    while pending and precision <= HIGHEST_PRECISION:
        out, pending = {-1: 0, 0: 0, 1: 0}, False
        with flint.ctx.workprec(precision):
            zeros = exact_zero.enclosures(precision)
            for t in part.real_roots().enclosures(precision):
                if any(t.overlaps(z) for z in zeros):
                    out[0] += 1
                    continue
                value = _evaluate(h, _point(part, t))
                sign = 1 if value > 0 else -1 if value < 0 else 0
                pending |= sign == 0
                out[sign] += 1
        precision *= 2
    return out


def _vanishing_factor(part: RepresentationPart, h: fmpq_mpoly) -> fmpz_poly:
    """Gcd of f and the numerator of h on the zeros."""
    f = fmpq_poly(part.f)
    images = [fmpq_poly(g) for g in part.numerators]
    below = fmpq_poly(part.denominator)
    top = max((sum(map(int, m)) for m in h.monoms()), default=0)
    total = fmpq_poly([0])
    for m, c in h.terms():
        term = fmpq_poly([c])
        for g, e in zip(images, m, strict=True):
            for _ in range(int(e)):
                term = term * g % f
        for _ in range(top - sum(map(int, m))):
            term = term * below % f
        total += term
    return primitive(f.gcd(total))


def _point(part: RepresentationPart, t: arb) -> list[arb]:
    below = part.denominator(t)
    return [g(t) / below for g in part.numerators]


def _evaluate(h: fmpq_mpoly, point: list[arb]) -> arb:
    total = arb(0)
    for m, c in h.terms():
        term = arb(c)
        for x, e in zip(point, m, strict=True):
            term *= x ** int(e)
        total += term
    return total
