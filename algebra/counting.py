"""Numbers of zeros: complex, with multiplicity, in the torus, real, and per zero pattern.

Everything is counted modulo two primes above 2**30 that have to agree; the words are therefore
`probable`. Real zeros are counted over Q (`algebra.real_roots`).
"""

from __future__ import annotations

import html
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from algebra.errors import EnginesDisagree
from algebra.f4 import ModularPolynomial, f4
from algebra.groebner import check_modulus, integer_generators
from algebra.isolated import isolated_ideal
from algebra.limits import UNLIMITED, Budget
from algebra.modular_bases import lucky_primes, reduced
from algebra.orders import MonomialOrder
from algebra.quotient import Border, ModularQuotient
from algebra.staircase import hilbert_series, krull_dimension
from algebra.systems import PolynomialSystem
from algebra.univariate import UnivariateRepresentation, random_form, univariate_representation
from algebra.words import Bound, Count, Word

#: Primes tried before giving up on two that agree.
MOST_PRIMES = 7


@dataclass(frozen=True, eq=False)
class ModularCounts:
    """What one prime says; `patterns` maps indices of zero coordinates to (points, length)."""

    dimension: int
    degree: int
    length: int
    distinct: int
    patterns: dict[tuple[int, ...], tuple[int, int]]
    multiplicities: dict[int, int] = field(default_factory=dict)
    representation: UnivariateRepresentation | None = field(default=None, repr=False)

    def key(self) -> tuple[Any, ...]:
        """What two primes have to agree on."""
        parts = tuple(sorted(self.patterns.items()))
        multiple = tuple(sorted(self.multiplicities.items()))
        return self.dimension, self.degree, self.length, self.distinct, parts, multiple


@dataclass(frozen=True, eq=False)
class ZeroCounts:
    """Counts of the isolated zeros of a system in C^n.

    Attributes
    ----------
    variables : tuple of str
    dimension : int
        Of the complex zero set; -1 if there are no zeros.
    degree : int
        Of the leading ideal: the length of the quotient when the dimension is 0.
    with_multiplicity, distinct : Count
        Isolated zeros; with multiplicity it is the dimension of the quotient algebra (or of its
        isolated part).
    torus, torus_with_multiplicity : Count
        Isolated zeros without a zero coordinate.
    real : Count or None
        Real zeros, if asked for; None also when the dimension is positive.
    patterns : dict
        {names of the coordinates that are zero: Count of distinct isolated zeros}.
    multiplicities : dict
        {multiplicity: number of isolated zeros that have it}, ascending.
    radical : bool or None
        Whether the ideal is radical (None in positive dimension).
    primes : tuple of int
        The primes that agree.
    notes : tuple of str
        Sentences for people.
    """

    variables: tuple[str, ...]
    dimension: int
    degree: int
    with_multiplicity: Count
    distinct: Count
    torus: Count
    torus_with_multiplicity: Count
    real: Count | None
    patterns: dict[tuple[str, ...], Count]
    multiplicities: dict[int, int]
    radical: bool | None
    primes: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract's *count*, with more beside it."""
        return {
            "variables": list(self.variables),
            "dimension": self.dimension,
            "degree": self.degree,
            "complex": self.distinct.to_dict(),
            "with_multiplicity": self.with_multiplicity.to_dict(),
            "torus": self.torus.to_dict(),
            "torus_with_multiplicity": self.torus_with_multiplicity.to_dict(),
            "real": None if self.real is None else self.real.to_dict(),
            "patterns": [
                {"zero": list(zero), **count.to_dict()} for zero, count in self.patterns.items()
            ],
            "multiplicities": [
                {"multiplicity": m, "zeros": k} for m, k in self.multiplicities.items()
            ],
            "radical": self.radical,
            "primes": [str(p) for p in self.primes],
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        real = "" if self.real is None else f", {self.real.value} real"
        return (
            f"ZeroCounts(dimension {self.dimension}, {self.distinct.value} isolated zeros"
            f"{real}, {self.torus.value} in the torus, "
            f"{self.with_multiplicity.value} with multiplicity)"
        )

    def _repr_html_(self) -> str:
        rows = {
            "dimension": self.dimension,
            "isolated zeros": self.distinct.value,
            "with multiplicity": self.with_multiplicity.value,
            "in the torus": self.torus.value,
            "real": None if self.real is None else self.real.value,
        }
        cells = (f"<tr><th>{k}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows.items())
        return f"<table>{''.join(cells)}</table>"


def count_zeros(
    system: PolynomialSystem,
    *,
    torus: bool = True,
    real: bool = False,
    patterns: bool = True,
    modulus: int | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> ZeroCounts:
    """Dimension of the zero set and numbers of its isolated points.

    Parameters
    ----------
    system : PolynomialSystem
        Any number of equations, complex rational coefficients allowed, parameters not.
    torus, patterns : bool
        Counted in any case at no extra cost; False leaves `patterns` empty.
    real : bool
        Count real zeros over Q as well.
    modulus : int or None
        Use this prime only instead of two that agree.
    seed : int
        Of the separating forms; never changes a result unless both primes are unlucky.

    Raises
    ------
    EnginesDisagree
        No two primes agree.
    InputError, ModulusError, LimitReached

    Examples
    --------
    >>> count_zeros(PolynomialSystem.from_terms("x", [{(3,): 1, (1,): -1}]))
    ZeroCounts(dimension 0, 3 isolated zeros, 2 in the torus, 3 with multiplicity)
    """
    system.require_specialised()
    counts, primes = _agreeing_counts(system, modulus, seed, budget)
    names = system.variables
    source = "quotient algebra modulo " + " and ".join(map(str, primes))
    points = sum(k for z, (k, _) in counts.patterns.items() if not z)
    length = sum(k for z, (_, k) in counts.patterns.items() if not z)

    def probable(value: int, what: str) -> Count:
        return Count.exactly(value, Word.PROBABLE, f"{what} {source}")

    notes = []
    if counts.dimension > 0:
        notes.append(
            f"infinitely many zeros (dimension {counts.dimension}): the counts are those of the "
            "isolated ones"
        )
    real_count = None
    if real:
        real_count, remark = real_zero_count(
            system, counts.dimension, counts.distinct, seed=seed, budget=budget
        )
        notes += [remark] if remark else []
    ordered = sorted(counts.patterns.items(), key=lambda entry: (len(entry[0]), entry[0]))
    return ZeroCounts(
        names,
        counts.dimension,
        counts.degree,
        probable(counts.length, "length of the"),
        probable(counts.distinct, "distinct values of a random linear form on the"),
        probable(points, "zeros without a zero coordinate,"),
        probable(length, "length of the torus part of the"),
        real_count,
        {
            tuple(names[i] for i in zero): probable(k, "factor of the eliminant over the")
            for zero, (k, _) in ordered
            if patterns
        },
        dict(sorted(counts.multiplicities.items())),
        None if counts.dimension > 0 else counts.distinct == counts.length,
        primes,
        tuple(notes),
    )


def real_zero_count(
    system: PolynomialSystem,
    dimension: int,
    isolated: int,
    *,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> tuple[Count, str]:
    """Real points among the isolated zeros, exactly, and a remark where there is one.

    `isolated`: number of isolated complex zeros of the system, whose zero set has this dimension.
    """
    if dimension <= 0:
        from algebra.real_roots import count_real_zeros

        return count_real_zeros(system, seed=seed, budget=budget), ""
    from algebra.isolated_real import MOST_ISOLATED, count_isolated_real_zeros

    if system.imaginary or isolated > MOST_ISOLATED:
        lower = Bound(0, Word.PROBABLE, "trivially")
        upper = Bound(isolated, Word.PROBABLE, "isolated complex zeros")
        return Count(lower, upper), (
            "real zeros are counted in positive dimension for rational systems with at most "
            f"{MOST_ISOLATED} isolated zeros only"
        )
    count = count_isolated_real_zeros(system, isolated, seed=seed, budget=budget)
    return count, "real zeros: the real points among the isolated complex zeros"


def _agreeing_counts(
    system: PolynomialSystem, modulus: int | None, seed: int, budget: Budget
) -> tuple[ModularCounts, tuple[int, ...]]:
    if modulus is not None:
        check_modulus(modulus)
        return modular_counts(system, modulus, seed, budget), (modulus,)
    seen: dict[tuple[Any, ...], list[int]] = {}
    borders: dict[bytes, Border] = {}
    for p in itertools.islice(counting_primes(system), MOST_PRIMES):
        budget.report("counting modulo primes", sum(map(len, seen.values())), 2)
        counts = modular_counts(system, p, seed, budget, borders)
        primes = seen.setdefault(counts.key(), [])
        primes.append(p)
        if len(primes) == 2:
            return counts, tuple(primes)
    raise EnginesDisagree(f"no two of {MOST_PRIMES} primes give the same counts")


def counting_primes(system: PolynomialSystem) -> Iterator[int]:
    """Descending primes that keep denominators and leading coefficients; -1 a square if needed."""
    generators, _ = integer_generators(system)
    for p in lucky_primes(generators):
        if not system.imaginary or p % 4 == 1:
            yield p


def generators_modulo(system: PolynomialSystem, p: int) -> list[ModularPolynomial]:
    """The equations in the variables modulo p, `I` replaced by a square root of -1."""
    generators, _ = integer_generators(system)
    if not system.imaginary:
        return [reduced(g, p) for g in generators]
    n = len(system.variables)
    root = next(r for g in range(2, p) if (r := pow(g, (p - 1) // 4, p)) ** 2 % p == p - 1)
    out = []
    for exponents, coefficients in generators[:-1]:  # the last one is I² + 1
        terms: Counter[tuple[int, ...]] = Counter()
        for m, c in zip(exponents.tolist(), coefficients, strict=True):
            terms[tuple(m[:n])] += c * pow(root, m[n], p)
        residues = np.array([c % p for c in terms.values()], dtype=np.uint32)
        out.append((np.array(list(terms), dtype=np.int64), residues))
    return out


def modular_counts(
    system: PolynomialSystem,
    p: int,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    borders: dict[bytes, Border] | None = None,
) -> ModularCounts:
    """The counts over the algebraic closure of GF(p); `borders` are shared between primes."""
    n = len(system.variables)
    order = MonomialOrder.parse("grevlex", n)
    generators = generators_modulo(system, p)
    basis = f4(generators, n, order, p, budget=budget)
    leading = basis.leading.reshape(len(basis.polynomials), n)
    dimension = krull_dimension(leading)
    if dimension < 0:
        return ModularCounts(-1, 0, 0, 0, {})
    polynomials = basis.polynomials
    degree = 0
    if dimension > 0:
        degree = hilbert_series(leading).degree
        polynomials = isolated_ideal(polynomials, n, p, seed, budget)
        order = MonomialOrder.parse("grevlex", n + 2)
        leading = np.array([e[0] for e, _ in polynomials], dtype=np.int64)
        if not leading[0].any():
            return ModularCounts(dimension, degree, 0, 0, {})
    borders = {} if borders is None else borders
    key = leading.tobytes()
    if key not in borders:
        borders[key] = Border(leading, order, budget=budget)
    quotient = ModularQuotient(borders[key], polynomials, p, budget)
    form = np.zeros(leading.shape[1], dtype=np.int64)
    form[:n] = random_form(n, p, seed)
    representation = univariate_representation(quotient, form, budget)
    patterns: dict[tuple[int, ...], tuple[int, int]] = {}
    multiplicities: Counter[int] = Counter()
    for zero, part in representation.zero_patterns(n).items():
        lengths = representation.multiplicities(part, quotient.dimension)
        multiplicities.update(lengths)
        total = sum(m * k for m, k in lengths.items())
        patterns[zero] = (int(part.degree()), total)
    return ModularCounts(
        dimension,
        degree or quotient.dimension,
        quotient.dimension,
        representation.distinct,
        patterns,
        dict(multiplicities),
        representation,
    )
