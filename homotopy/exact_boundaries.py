"""The values of one parameter at which the number of real zeros may change, exactly.

They are the real roots of the discriminant and of the leading coefficients of
`algebra.discriminants`. Between neighbouring ones the count is that of any member: one with a short
rational parameter is counted twice, by certified boxes and by the signature of its trace form.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz_poly

from algebra.discriminants import Discriminant, canonical, discriminant, univariate
from algebra.errors import EnginesDisagree, LimitReached
from algebra.ideals import primitive
from algebra.limits import Budget, peak_memory
from algebra.programs import StraightLineProgram
from algebra.real_root_isolation import RealRoots
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.trace_form import trace_form
from algebra.words import Word

#: Bits of the enclosures shown, and at which telling roots apart is given up.
BITS, MOST_BITS = 80, 1 << 16
#: Zeros, seconds and bytes up to which the exact boundary is sought without being asked for.
UNASKED_ZEROS, UNASKED_SECONDS, UNASKED_BYTES = 100, 20.0, 2 << 30


@dataclass(frozen=True)
class CriticalValue:
    """A real root of one of the polynomials.

    Attributes
    ----------
    low, high : Fraction
        Enclosure, disjoint from those of the others; equal if the root is rational.
    meet : bool
        Two zeros meet there; otherwise a leading coefficient vanishes: zeros go to infinity, or
        nothing happens at all.
    polynomial : int
        Its position in `ExactBoundary.factors`, or in `conditions`.
    """

    low: Fraction
    high: Fraction
    meet: bool
    polynomial: int

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)


@dataclass(frozen=True, eq=False)
class ExactBoundary:
    """The open intervals on which the number of real zeros is constant.

    Attributes
    ----------
    factors, conditions : tuple of fmpz_poly
    values : tuple of CriticalValue
        Those inside the range, ascending.
    samples : tuple of Fraction
        One parameter value from each interval between them.
    counts : tuple of int
        Real zeros there.
    word : Word
        How sure it is that no critical value is missing.
    """

    factors: tuple[fmpz_poly, ...]
    conditions: tuple[fmpz_poly, ...]
    values: tuple[CriticalValue, ...]
    samples: tuple[Fraction, ...]
    counts: tuple[int, ...]
    word: Word

    def to_dict(self) -> dict[str, Any]:
        """JSON form; polynomials as coefficients, constant term first."""
        return {
            "factors": [[str(c) for c in f.coeffs()] for f in self.factors],
            "conditions": [[str(c) for c in f.coeffs()] for f in self.conditions],
            "values": [
                {
                    "low": str(v.low),
                    "high": str(v.high),
                    "kind": "meet" if v.meet else "condition",
                    "polynomial": v.polynomial,
                }
                for v in self.values
            ],
            "samples": [str(s) for s in self.samples],
            "counts": list(self.counts),
            "word": str(self.word),
        }

    def __repr__(self) -> str:
        parts = [str(self.counts[0])]
        for value, count in zip(self.values, self.counts[1:], strict=True):
            parts += [f"{float(value):.9g}", str(count)]
        return f"ExactBoundary({' | '.join(parts)}, {self.word})"


def exact_boundary(
    program: StraightLineProgram,
    values: dict[str, fmpq],
    conditions: StraightLineProgram | None,
    ends: tuple[Fraction, Fraction],
    certified_counts: Callable[[Sequence[Fraction]], list[int | None]],
    budget: Budget,
) -> ExactBoundary:
    """The critical values of the one parameter of `program` that is not among `values`.

    Parameters
    ----------
    conditions : StraightLineProgram, optional
        More polynomials in the parameters at whose roots anything may happen.
    ends : two Fractions
        Of the range.
    certified_counts : callable
        Real zeros at parameter values, certified by boxes; None where that fails.

    Raises
    ------
    InputError, NotZeroDimensional
        As `algebra.discriminants.discriminant`.
    EnginesDisagree
        Boxes and trace form find different numbers of real zeros.
    """
    member = program.specialise(values)
    ring = polynomial_ring((*member.variables, *member.parameters))
    system = PolynomialSystem(member.variables, member.expand(ring), member.parameters)
    found = discriminant(system, budget=budget)
    extra = _polynomials(conditions, values, member.parameters) if conditions is not None else []
    known = set(map(canonical, found.conditions))
    more = (*found.conditions, *(f for f in extra if canonical(f) not in known))
    critical = _critical_values(found.factors, more, *ends, budget)
    samples = _between([ends[0], *critical, ends[1]])
    counts = _counts(found, system, samples, certified_counts(samples), budget)
    return ExactBoundary(
        found.factors, more, tuple(critical), tuple(samples), tuple(counts), found.word
    )


def unasked(budget: Budget) -> Budget:
    """A small part of the budget, for work that was not asked for."""
    part = Budget.of(seconds=UNASKED_SECONDS)
    ends = [d for d in (part.deadline, budget.deadline) if d is not None]
    memory = peak_memory() + UNASKED_BYTES
    if budget.memory_bytes is not None:
        memory = min(memory, budget.memory_bytes)
    return replace(budget, deadline=min(ends), memory_bytes=memory)


def _polynomials(
    program: StraightLineProgram, values: dict[str, fmpq], names: Sequence[str]
) -> list[fmpz_poly]:
    """Irreducible factors of polynomials in one parameter."""
    ring = polynomial_ring(tuple(names))
    found = {
        canonical(univariate(primitive(g)))
        for f in program.specialise(values).expand(ring)
        for g, _ in f.factor()[1]
    }
    return [fmpz_poly(list(f)) for f in sorted(found) if len(f) > 1]


def _critical_values(
    factors: Sequence[fmpz_poly],
    conditions: Sequence[fmpz_poly],
    low: Fraction,
    high: Fraction,
    budget: Budget,
) -> list[CriticalValue]:
    """Real roots strictly inside the range, told apart."""
    named = [(f, False, k) for k, f in enumerate(conditions)]
    known = set(map(canonical, conditions))
    named += [(f, True, k) for k, f in enumerate(factors) if canonical(f) not in known]
    roots = [(RealRoots(f, budget), f, meet, k) for f, meet, k in named]
    bits = BITS
    while bits <= MOST_BITS:
        budget.check()
        out: list[CriticalValue] = []
        for isolated, f, meet, k in roots:
            if f.degree() == 1:
                root = Fraction(-int(f[0]), int(f[1]))
                out.append(CriticalValue(root, root, meet, k))
                continue
            for ball in isolated.enclosures(bits):
                out.append(CriticalValue(*_ends(ball), meet, k))
        out.sort(key=lambda v: v.low + v.high)
        # Different irreducible polynomials have different roots: balls part in the end. A factor
        # that is a condition of the reduced equations too is listed once.
        apart = all(a.high < b.low for a, b in itertools.pairwise(out))
        # An end of the range is rational: a root of higher degree is not equal to it.
        decided = all(
            v.low == v.high or not (v.low <= e <= v.high) for v in out for e in (low, high)
        )
        if apart and decided:
            return [v for v in out if low < v.low and v.high < high]
        bits *= 2
    raise LimitReached(f"roots closer than 2^-{MOST_BITS}")


def _ends(ball: arb) -> tuple[Fraction, Fraction]:
    """Rational ends of a ball."""
    ends = []
    for part in (ball.lower(), ball.upper()):
        mantissa, exponent = part.man_exp()
        power = Fraction(2) ** int(exponent)
        ends.append(int(mantissa) * power)
    return ends[0], ends[1]


def _between(ends: Sequence[Fraction | CriticalValue]) -> list[Fraction]:
    """A short rational near the middle of each gap."""
    out = []
    for a, b in itertools.pairwise(ends):
        left = a.high if isinstance(a, CriticalValue) else a
        right = b.low if isinstance(b, CriticalValue) else b
        scale = 1
        while Fraction(1, scale) > (right - left) / 8:
            scale *= 2
        out.append(Fraction(round((left + right) / 2 * scale), scale))
    return out


def _counts(
    found: Discriminant,
    system: PolynomialSystem,
    samples: Sequence[Fraction],
    certified: Sequence[int | None],
    budget: Budget,
) -> list[int]:
    (name,) = system.parameters
    out = []
    for sample, boxes in zip(samples, certified, strict=True):
        value = fmpq(sample.numerator, sample.denominator)
        form = trace_form(system.specialise({name: value}), budget=budget)
        if form.rank != found.zeros:
            raise EnginesDisagree(
                f"{form.rank} distinct zeros at {name} = {sample} where the discriminant, not 0, "
                f"says {found.zeros}"
            )
        if boxes is not None and boxes != form.signature:
            raise EnginesDisagree(
                f"{boxes} real zeros in boxes at {name} = {sample}, "
                f"{form.signature} by the trace form"
            )
        out.append(form.signature)
    return out
