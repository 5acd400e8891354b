"""Gröbner bases over Q and over GF(p): `groebner_basis`; checks of its own in `algebra.division`.

Over Q the basis is computed modulo several primes and lifted; a basis that agrees modulo one more
prime is returned as `probable`.
"""

from __future__ import annotations

import contextlib
import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpz, nmod_mpoly_ctx
from numpy.typing import NDArray

from algebra.division import Terms, is_groebner, normal_form
from algebra.errors import InputError, LimitReached, ModulusError, NotZeroDimensional
from algebra.f4 import f4
from algebra.lifting import BasisLift, ScaledTail
from algebra.limits import UNLIMITED, Budget
from algebra.modular_bases import IntegerPolynomial, ModularBases, lucky_primes, reduced
from algebra.orders import Block, MonomialOrder
from algebra.residue_store import ResidueStore, system_fingerprint
from algebra.shared_monomials import SharedMonomials
from algebra.staircase import hilbert_series
from algebra.systems import IMAGINARY_UNIT, PolynomialSystem, polynomial_ring
from algebra.words import Word

__all__ = ["GroebnerBasis", "groebner_basis", "is_groebner", "normal_form"]


@dataclass(frozen=True, eq=False)
class GroebnerBasis:
    """A reduced Gröbner basis, ascending leading monomials, leading coefficients 1.

    Attributes
    ----------
    variables : tuple of str
        Generators of the ring; ends with `I` for systems with complex coefficients, and the
        basis then contains I² + 1.
    monomials : SharedMonomials
        Monomials of every element, descending.
    coefficients : tuple of lists of int, or of uint32 arrays
        Over Q primitive integers, the leading one positive; otherwise residues modulo the
        characteristic, the leading one 1.
    order : MonomialOrder
    characteristic : int
        0 over Q.
    word : Word
        `probable`: exact arithmetic, but reduction modulo primes that may be unlucky.
    primes : tuple of int
        Primes used.
    """

    variables: tuple[str, ...]
    monomials: SharedMonomials
    coefficients: tuple[list[int] | NDArray[np.uint32], ...]
    order: MonomialOrder
    characteristic: int
    word: Word
    primes: tuple[int, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.monomials)

    @property
    def integral(self) -> Iterator[tuple[NDArray[np.int64], list[int]]]:
        """Elements (exponents int64 (m, n), coefficients) with the stored coefficients."""
        for exponents, values in zip(self.monomials, self.coefficients, strict=True):
            yield exponents, values if isinstance(values, list) else values.tolist()

    @cached_property
    def elements(self) -> tuple[tuple[NDArray[np.int64], list[Any]], ...]:
        """Monic elements (exponents, coefficients): fmpq, or ints modulo the characteristic."""
        if self.characteristic:
            return tuple(self.integral)
        return tuple((e, [fmpq(c, values[0]) for c in values]) for e, values in self.integral)

    @property
    def leading(self) -> NDArray[np.int64]:
        """Exponent vectors (k, n) of the leading monomials."""
        return self.monomials.first

    @property
    def is_unit(self) -> bool:
        """Whether the ideal is the whole ring, so that there are no zeros."""
        return len(self) == 1 and not self.leading.any()

    @property
    def terms(self) -> list[Terms]:
        """The elements as {exponents: coefficient} maps, in descending order."""
        return [
            dict(zip(map(tuple, exponents.tolist()), coefficients, strict=True))
            for exponents, coefficients in self.elements
        ]

    @property
    def polynomials(self) -> tuple[Any, ...]:
        """The elements as python-flint polynomials: fmpq_mpoly, or nmod_mpoly modulo p."""
        if self.characteristic:
            ring = nmod_mpoly_ctx.get(self.variables, self.characteristic, Ordering.degrevlex)
        else:
            ring = polynomial_ring(self.variables)
        return tuple(ring.from_dict(terms) for terms in self.terms)

    def strings(self) -> list[str]:
        """Elements as text, primitive with positive leading coefficient over Q, in this order."""
        return [_to_string(self.variables, e, values) for e, values in self.integral]

    def to_dict(self) -> dict[str, Any]:
        """JSON form; dimension and degree are those of the zero set in the listed variables."""
        series = hilbert_series(self.leading)
        # Over Q(i) the ideal is the product of two conjugate copies.
        copies = 2 if self.variables[-1:] == (IMAGINARY_UNIT,) else 1
        return {
            "basis": self.strings(),
            "variables": list(self.variables),
            "order": self.order.name,
            "characteristic": self.characteristic,
            "word": str(self.word),
            "degree": series.degree // copies,
            "dimension": series.dimension,
        }

    def __repr__(self) -> str:
        field_name = f"GF({self.characteristic})" if self.characteristic else "Q"
        return (
            f"GroebnerBasis({len(self)} elements over {field_name}, {self.order.name}, {self.word})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(s)}</td></tr>" for s in self.strings()[:50])
        return f"<p>{html.escape(repr(self))}</p><table>{rows}</table>"


def groebner_basis(
    system: PolynomialSystem,
    *,
    order: str | MonomialOrder = "grevlex",
    modulus: int | None = None,
    probabilistic: bool = True,
    store: str | Path | None = None,
    budget: Budget = UNLIMITED,
) -> GroebnerBasis:
    """Reduced Gröbner basis of the ideal of the equations.

    Parameters
    ----------
    system : PolynomialSystem
        Parameters must have values. Complex coefficients adjoin `I` as a last variable, smaller
        than all others, with I² + 1 among the generators.
    order : str or MonomialOrder
        "grevlex", "lex", "elim:K" or "weighted:w1,…,wn".
    modulus : int or None
        A prime below 2**31 to compute over GF(p); None for Q.
    probabilistic : bool
        Whether random combinations of rows may be reduced (over Q never for the first prime).
    store : path or None
        File (SQLite) that keeps the residues modulo every prime done; a run over Q that was
        interrupted continues from it, with the same result.
    budget : Budget
        Limits and progress.

    Raises
    ------
    InputError
        Unknown order, parameters without values, a modulus that divides a denominator; a store
        of another system, or with a modulus.
    ModulusError
        The modulus is not a prime between 3 and 2**31.
    LimitReached
        From `budget`.

    Examples
    --------
    >>> equations = [{(2, 0): 1, (0, 1): -1}, {(1, 1): 1, (0, 0): -1}]  # x^2 - y, x*y - 1
    >>> system = PolynomialSystem.from_terms("xy", equations)
    >>> groebner_basis(system).strings()
    ['y^2 - x', 'x*y - 1', 'x^2 - y']
    """
    generators, names = integer_generators(system)
    parsed = _adjoined_order(MonomialOrder.parse(order, len(system.variables)), system.imaginary)
    if modulus is not None:
        if store is not None:
            raise InputError("a store keeps runs over Q; modulo one prime there is nothing to keep")
        check_modulus(modulus)
        _refuse_denominators(system, modulus)
        basis = f4(
            [reduced(g, modulus) for g in generators], len(names), parsed, modulus,
            probabilistic=probabilistic, budget=budget,
        )  # fmt: skip
        residues = tuple(np.split(basis.residues, basis.monomials.start[1:-1]))[
            : len(basis.monomials)
        ]
        return GroebnerBasis(
            names, basis.monomials, residues, parsed, modulus, Word.PROBABLE, (modulus,)
        )
    if store is None:
        if parsed.name == "lex" and not system.imaginary:
            # Zero-dimensional ideals: grevlex and linear algebra beat F4 in lex by far.
            from algebra.fglm import change_order

            with contextlib.suppress(NotZeroDimensional):
                return change_order(system, parsed, budget=budget)
        return _lifted_basis(generators, names, parsed, budget)
    kept = ResidueStore(store, system_fingerprint(generators, names, parsed))
    try:
        return _lifted_basis(generators, names, parsed, budget, kept)
    finally:
        kept.close()


def integer_generators(
    system: PolynomialSystem,
) -> tuple[list[IntegerPolynomial], tuple[str, ...]]:
    """Nonzero equations with denominators cleared, and the names of the ring's generators."""
    system.require_specialised()
    names = system.ring_names
    equations = list(system.equations)
    if system.imaginary:
        unit = system.ring.gen(len(names) - 1)
        equations.append(unit**2 + 1)
    out = []
    for f in equations:
        if f.is_zero():
            continue
        values = f.coeffs()
        scale = math.lcm(*(int(c.q) for c in values))
        exponents = np.array(f.monoms(), dtype=np.int64).reshape(len(values), len(names))
        out.append((exponents, [int(c.p) * (scale // int(c.q)) for c in values]))
    return out, names


def check_modulus(p: int) -> None:
    """Raise `ModulusError` unless p is a prime with 2 < p < 2**31."""
    if not 2 < p < 2**31 or not fmpz(p).is_prime():
        raise ModulusError(f"modulus {p}: expected a prime between 3 and 2^31")


def usable_prime(system: PolynomialSystem) -> int:
    """A 31-bit prime for `modulus` that divides no denominator of the system."""
    generators, _ = integer_generators(system)
    return next(p for p in lucky_primes(generators) if not _divides_denominator(system, p))


def _refuse_denominators(system: PolynomialSystem, p: int) -> None:
    if _divides_denominator(system, p):
        raise InputError(f"modulus {p} divides a denominator of the input: try another prime")


def _divides_denominator(system: PolynomialSystem, p: int) -> bool:
    return any(int(c.q) % p == 0 for f in system.equations for c in f.coeffs())


def _adjoined_order(order: MonomialOrder, imaginary: bool) -> MonomialOrder:
    """The order with a last block for `I`, so that the field stays below the variables."""
    if not imaginary:
        return order
    n = order.blocks[-1].stop
    return MonomialOrder(order.name, (*order.blocks, Block("grevlex", n, n + 1)))


def _lifted_basis(
    generators: list[IntegerPolynomial],
    names: tuple[str, ...],
    order: MonomialOrder,
    budget: Budget,
    store: ResidueStore | None = None,
) -> GroebnerBasis:
    """Multimodular basis over Q: learn, apply to batches of primes, lift once witnesses settle."""
    bases = ModularBases(generators, len(names), order, budget, store)
    monomials = bases.monomials
    if bases.is_trivial:
        ones = tuple([1] for _ in monomials)
        return GroebnerBasis(
            names, monomials, ones, order, 0, Word.PROBABLE, (bases.learning_prime,)
        )
    tails, primes = _settled_tails(bases, budget)
    coefficients = [[denominator, *tail] for denominator, tail in tails]
    nonzero = np.array([c != 0 for values in coefficients for c in values], dtype=bool)
    if not nonzero.all():
        monomials = monomials.select(nonzero)
        coefficients = [[c for c in values if c != 0] for values in coefficients]
    return GroebnerBasis(names, monomials, tuple(coefficients), order, 0, Word.PROBABLE, primes)


def _settled_tails(bases: ModularBases, budget: Budget) -> tuple[list[ScaledTail], tuple[int, ...]]:
    """Tails over Q and the primes they took; `LimitReached` carries what is known."""
    lift = BasisLift((bases.monomials.lengths - 1).tolist(), budget)
    try:
        for batch in bases.batches():
            lifted = lift.include(batch.tails, batch.primes)
            budget.report("primes", len(lift.primes), None)
            if lifted is not None:
                return lifted, tuple(lift.primes)
    except LimitReached as limit:
        series = hilbert_series(bases.leading)
        known = {"primes": len(lift.primes), "dimension": series.dimension, "degree": series.degree}
        raise LimitReached(str(limit), known) from None
    raise AssertionError("batches never end")


def _to_string(
    variables: Sequence[str], exponents: NDArray[np.int64], coefficients: Sequence[int]
) -> str:
    text = ""
    for row, c in zip(exponents.tolist(), coefficients, strict=True):
        factors = [v if e == 1 else f"{v}^{e}" for v, e in zip(variables, row, strict=True) if e]
        size = fmpz(abs(c))  # str() of an int refuses more than 4300 digits
        body = "*".join(([str(size)] if size != 1 or not factors else []) + factors)
        sign = "-" if c < 0 else "+"
        text += (f" {sign} " if text else ("-" if c < 0 else "")) + body
    return text
