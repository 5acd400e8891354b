"""Multiple zeros with coordinates in Q(i): exact, isolated, with their multiplicity.

Interval tests cannot prove that a zero is multiple, since the next system has none there. Where
the coordinates are rational exact arithmetic can. At a zero p the functionals
c = Σ c_a·∂^a/a!, |a| ≤ d, with c(x^b·f_i) = 0 for all |b| < d and all i form a space D_d;
D_0 ⊂ D_1 ⊂ … stops growing if and only if p is isolated, and its last dimension is the
multiplicity of p.

F. S. Macaulay, "The Algebraic Theory of Modular Systems", 1916; B. H. Dayton, Z. Zeng, "Computing
the multiplicity structure in solving polynomial systems", ISSAC 2005, 116-123.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from algebra.systems import PolynomialSystem
from homotopy.results import Solution, SolveResult

ComplexArray = NDArray[np.complex128]
Gaussian = tuple[fmpq, fmpq]
#: Polynomial around a point: {exponents: coefficient}.
Shifted = dict[tuple[int, ...], Gaussian]

#: Largest denominator of a coordinate that is recognised.
DENOMINATOR = 1000
#: A zero of multiplicity m is known to SCATTER·ROUNDING^(1/m), or to NEAR if that is less.
SCATTER, ROUNDING, NEAR = 10.0, 1e-15, 1e-6
#: Entries of the largest matrix whose rank is computed.
MAX_ENTRIES = 300_000


def with_exact_points(result: SolveResult, system: PolynomialSystem) -> SolveResult:
    """The result with the multiple zeros that are rational made exact, multiplicities included."""
    exact: dict[tuple[Gaussian, ...], Solution] = {}
    others = []
    for solution in result.solutions:
        point = None
        if not solution.certified:
            point = rational_candidate(solution.point, solution.multiplicity)
        key = tuple(point or ())
        if point is None:
            others.append(solution)
            continue
        if key not in exact:
            multiplicity = exact_multiplicity(system, point, solution.multiplicity)
            if multiplicity is None:
                others.append(solution)
                continue
            value = np.array([complex(_float(a), _float(b)) for a, b in point])
            real = all(b == 0 for _, b in point)
            radius = float(np.max(np.spacing(np.abs(value)), initial=0.0))
            exact[key] = Solution(value, radius, real, False, multiplicity, exact=True)
    solutions = (*others, *exact.values())
    if not exact:
        return result
    return replace(
        result,
        solutions=solutions,
        notes=_notes(result, sum(not s.certified for s in others), len(exact)),
    )


def _notes(result: SolveResult, numerical: int, exact: int) -> tuple[str, ...]:
    """The notes with what is said of singular ends brought up to date."""
    notes = [n for n in result.notes if "singular ends are numerical" not in n]
    if result.dimension is not None and result.dimension <= 0:
        notes = [n for n in notes if "may lie on a component" not in n]
    if numerical:
        notes.append(f"{numerical} singular ends are numerical: multiplicities count paths")
    if exact:
        notes.append(f"{exact} multiple zeros are rational: isolated, multiplicities are exact")
    return tuple(notes)


def rational_candidate(point: ComplexArray, multiplicity: int = 1) -> list[Gaussian] | None:
    """The simplest numbers of Q(i) near a point (n,); None if denominators are large.

    How near depends on the `multiplicity` that the point is thought to have. Nothing is proved.
    """
    near = Fraction(max(NEAR, min(SCATTER * ROUNDING ** (1.0 / multiplicity), 0.1)))
    out = []
    for z in point.tolist():
        parts = []
        for value in (z.real, z.imag):
            if not math.isfinite(value):
                return None
            exact = Fraction(value)
            width = near * max(Fraction(1), abs(exact))
            simple = simplest_between(exact - width, exact + width)
            if simple.denominator > DENOMINATOR:
                return None
            parts.append(fmpq(simple.numerator, simple.denominator))
        out.append((parts[0], parts[1]))
    return out


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the least denominator in [low, high], low < high.

    Examples
    --------
    >>> simplest_between(Fraction(31, 100), Fraction(34, 100))
    Fraction(1, 3)
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    floor = math.floor(low)
    return floor + 1 / simplest_between(1 / (high - floor), 1 / (low - floor))


def exact_multiplicity(
    system: PolynomialSystem, point: Sequence[Gaussian], expected: int
) -> int | None:
    """Multiplicity of an isolated zero at `point`; None if it is none, or not isolated.

    Also None if it exceeds twice `expected`, or if matrices would become too large.
    """
    shifted = [expansion(system, i, point) for i in range(len(system.equations))]
    n = len(point)
    constant = (0,) * n
    if any(constant in f for f in shifted):
        return None
    before = 1
    for degree in range(1, 2 * expected + 1):
        nullity = _nullity(shifted, n, degree)
        if nullity is None or nullity > 2 * expected:
            return None
        if nullity == before:
            return nullity
        before = nullity
    return None


def expansion(system: PolynomialSystem, i: int, point: Sequence[Gaussian]) -> Shifted:
    """Equation i in powers of x − point, without zero terms."""
    out: Shifted = {}
    for term in system.terms(i):
        partial: Shifted = {(): (term.real, term.imaginary)}
        for x, exponent in zip(point, term.exponents, strict=True):
            powers = [(fmpq(1), fmpq(0))]
            for _ in range(exponent):
                powers.append(_product(powers[-1], x))
            grown: Shifted = {}
            for key, value in partial.items():
                for k in range(exponent + 1):
                    a, b = _product(value, powers[exponent - k])
                    if a != 0 or b != 0:
                        binomial = math.comb(exponent, k)
                        grown[*key, k] = (a * binomial, b * binomial)
            partial = grown
        for key, (a, b) in partial.items():
            c, d = out.get(key, (fmpq(0), fmpq(0)))
            out[key] = (a + c, b + d)
    return {key: value for key, value in out.items() if value != (fmpq(0), fmpq(0))}


def _nullity(shifted: Sequence[Shifted], n: int, degree: int) -> int | None:
    """Dimension of D_degree: functionals of that order that vanish on the multiples."""
    columns = {e: k for k, e in enumerate(_exponents(n, degree))}
    multipliers = list(_exponents(n, degree - 1))
    imaginary = any(b != 0 for f in shifted for _, b in f.values())
    width = len(columns) * (2 if imaginary else 1)
    height = len(multipliers) * len(shifted) * (2 if imaginary else 1)
    if width * height > MAX_ENTRIES:
        return None
    rows = []
    for f in shifted:
        for shift in multipliers:
            real, unreal = [fmpq(0)] * len(columns), [fmpq(0)] * len(columns)
            for key, (a, b) in f.items():
                column = columns.get(tuple(x + y for x, y in zip(key, shift, strict=True)))
                if column is not None:
                    real[column], unreal[column] = a, b
            if imaginary:
                # Multiplication by a + bi as a real matrix: the rank doubles.
                rows.append([*real, *(-b for b in unreal)])
                rows.append([*unreal, *real])
            else:
                rows.append(real)
    rank = int(fmpq_mat(rows).rank())
    return len(columns) - (rank // 2 if imaginary else rank)


def _exponents(n: int, degree: int) -> list[tuple[int, ...]]:
    """All exponent vectors of total degree at most `degree`, ascending."""
    out = []
    for total in range(degree + 1):
        for bars in itertools.combinations(range(total + n - 1), n - 1):
            edges = (-1, *bars, total + n - 1)
            out.append(tuple(b - a - 1 for a, b in itertools.pairwise(edges)))
    return out


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def _product(a: Gaussian, b: Gaussian) -> Gaussian:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]
