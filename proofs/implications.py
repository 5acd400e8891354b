"""Claims of the form "weights that vanish force others to vanish", decided exactly for given data.

With f the gradient of given data, h the weights assumed to vanish and g the product that should,
"h = 0 implies g = 0" fails exactly where f = h = 0 and y g = 1 has a zero. If that system is
inconsistent, some power of g is Σ cofactor · f + Σ cofactor · h, an identity the checker expands;
if not, its zeros are critical points that violate the claim, and one of them, with coordinates in
a number field, is an exact counterexample.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from algebra.errors import NotZeroDimensional
from algebra.groebner import groebner_basis
from algebra.ideals import Ideal
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.rational_representation import RepresentationPart, rational_representation
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document

#: Largest degree of a number field in a certificate (docs/certificates.md).
FIELD_DEGREE = 64
#: Cofactors of higher degree than the equations by more than this are not looked for.
EXTRA_DEGREE = 4


@dataclass(frozen=True)
class Implication:
    """All weights of `hypotheses` zero implies that one weight of `conclusion` is zero."""

    hypotheses: tuple[str, ...]
    conclusion: tuple[str, ...]

    def __str__(self) -> str:
        given = " = ".join(self.hypotheses)
        return f"{given} = 0 implies {'·'.join(self.conclusion)} = 0"


@dataclass(frozen=True)
class Decision:
    """What exact algebra says about a list of implications.

    Attributes
    ----------
    violated : Implication or None
        One that fails.
    certificates : tuple of documents
        The counterexample, or one identity for each implication; empty where none were found.
    """

    violated: Implication | None
    certificates: tuple[Document, ...] = ()


# -- the implications of the thesis ----------------------------------------------------------------


def rows_of_first_layer(network: LinearNetwork) -> Iterator[Implication]:
    """Proposition 3.1: a zero in a row of W_1 makes the row zero."""
    rows, columns = network.shapes[0]
    for i in range(1, rows + 1):
        for j, s in itertools.permutations(range(1, columns + 1), 2):
            yield Implication((f"w1_{i}_{j}",), (f"w1_{i}_{s}",))


def columns_of_last_layer(network: LinearNetwork) -> Iterator[Implication]:
    """Proposition 3.3: a zero in a column of W_{H+1} makes the column zero."""
    last = len(network.shapes)
    rows, columns = network.shapes[-1]
    for i in range(1, columns + 1):
        for k, e in itertools.permutations(range(1, rows + 1), 2):
            yield Implication((f"w{last}_{k}_{i}",), (f"w{last}_{e}_{i}",))


def rows_and_columns(network: LinearNetwork) -> Iterator[Implication]:
    """Proposition 3.2: row i of W_l is zero if and only if column i of W_{l+1} is."""
    for layer in range(1, network.hidden_layers + 1):
        before, width, after = network.widths[layer - 1 : layer + 2]
        for i in range(1, width + 1):
            row = tuple(f"w{layer}_{i}_{j}" for j in range(1, before + 1))
            column = tuple(f"w{layer + 1}_{k}_{i}" for k in range(1, after + 1))
            yield from (Implication(row, (name,)) for name in column)
            yield from (Implication(column, (name,)) for name in row)


def supports_are_products(network: LinearNetwork) -> Iterator[Implication]:
    """C4': w_ij = 0 implies w_is w_tj = 0: the support of every layer is a product of two sets."""
    for layer, (rows, columns) in enumerate(network.shapes, start=1):
        for (i, t), (j, s) in itertools.product(
            itertools.permutations(range(1, rows + 1), 2),
            itertools.permutations(range(1, columns + 1), 2),
        ):
            yield Implication((f"w{layer}_{i}_{j}",), (f"w{layer}_{i}_{s}", f"w{layer}_{t}_{j}"))


def null_rows_of_last_layer(network: LinearNetwork) -> Iterator[Implication]:
    """C3': a zero row of W_{H+1} makes all of it zero."""
    last = len(network.shapes)
    rows, columns = network.shapes[-1]
    for k, t in itertools.permutations(range(1, rows + 1), 2):
        row = tuple(f"w{last}_{k}_{i}" for i in range(1, columns + 1))
        yield from (Implication(row, (f"w{last}_{t}_{i}",)) for i in range(1, columns + 1))


def active_sets(network: LinearNetwork) -> Iterator[Implication]:
    """Together: nonempty sets of active neurons, or everything zero (docs/theory.md, section 3)."""
    yield from rows_of_first_layer(network)
    if network.hidden_layers == 1:
        yield from columns_of_last_layer(network)
    else:
        yield from null_rows_of_last_layer(network)
        yield from supports_are_products(network)
    yield from rows_and_columns(network)


# -- deciding them ---------------------------------------------------------------------------------


class Implications:
    """Implications about the zeros of one rational system; each is decided once.

    Parameters
    ----------
    system : PolynomialSystem
        Rational, without parameters.
    """

    def __init__(self, system: PolynomialSystem) -> None:
        self.system = system
        self._holds: dict[Implication, bool] = {}
        self._identities: dict[Implication, Document | None] = {}

    def decide(self, implications: Sequence[Implication], budget: Budget = UNLIMITED) -> Decision:
        """Which implication fails, if any.

        A violation is looked for first; identities are looked for only if there is none, and only
        while they are found.

        Raises
        ------
        LimitReached
            From `budget`.
        """
        for implication in implications:
            budget.check()
            if not self.holds(implication, budget):
                witness = exact_witness(self.system, implication, budget)
                return Decision(implication, () if witness is None else (witness,))
        documents = []
        for implication in implications:
            document = self.identity(implication, budget)
            if document is None:
                return Decision(None)
            documents.append(document)
        return Decision(None, tuple(documents))

    def holds(self, implication: Implication, budget: Budget = UNLIMITED) -> bool:
        """Whether no zero violates it, by a Gröbner basis (probable)."""
        if implication not in self._holds:
            violating = violating_system(self.system, implication)
            self._holds[implication] = groebner_basis(violating, budget=budget).is_unit
        return self._holds[implication]

    def identity(self, implication: Implication, budget: Budget = UNLIMITED) -> Document | None:
        """Its identity, or None if none was found."""
        if implication not in self._identities:
            self._identities[implication] = identity(self.system, implication, budget)
        return self._identities[implication]


def violating_system(system: PolynomialSystem, implication: Implication) -> PolynomialSystem:
    """The equations on the subspace of the hypotheses, and inverse · conclusion = 1."""
    kept = [name for name in system.variables if name not in implication.hypotheses]
    inverse = "inverse"
    ring = polynomial_ring((*kept, inverse))
    gens = dict(zip(ring.names(), ring.gens(), strict=True))
    zero = ring.constant(0)
    images = [gens.get(name, zero) for name in system.variables]
    equations = [f.compose(*images, ctx=ring) for f in system.equations]
    product = gens[inverse]
    for name in implication.conclusion:
        product *= gens.get(name, zero)
    return PolynomialSystem(ring.names(), (*(f for f in equations if f != 0), product - 1))


def identity(
    system: PolynomialSystem, implication: Implication, budget: Budget = UNLIMITED
) -> Document | None:
    """conclusion^N = Σ cofactor · f + Σ cofactor · hypothesis, or None if it was not found."""
    gens = dict(zip(system.variables, system.ring.gens(), strict=True))
    hypotheses = [gens[name] for name in implication.hypotheses]
    extended = PolynomialSystem(system.variables, (*system.equations, *hypotheses))
    conclusion = _product(system, implication.conclusion)
    found = Ideal(extended, budget).radical_contains(
        conclusion, cofactors=True, extra_degree=EXTRA_DEGREE
    )
    if found.cofactors is None:
        return None
    return certificates.identity(
        system, conclusion, found.cofactors, hypotheses=hypotheses, power=found.power
    )


def exact_witness(
    system: PolynomialSystem, implication: Implication, budget: Budget = UNLIMITED
) -> Document | None:
    """A counterexample over the smallest number field in which there is one.

    None if the violating zeros are infinitely many, or its degree would exceed the limit of
    certificates.
    """
    violating = violating_system(system, implication)
    try:
        found = rational_representation(violating, budget=budget)
    except NotZeroDimensional:
        return None
    factors = sorted(
        ((part, q) for part in found.parts for q, _ in part.f.factor()[1]),
        key=lambda pair: int(pair[1].degree()),
    )
    if not factors or int(factors[0][1].degree()) > FIELD_DEGREE:
        return None
    part, factor = factors[0]
    modulus = fmpq_poly(factor)
    values = dict(zip(violating.variables, coordinates(part, modulus), strict=True))
    point = [values.get(name, [fmpq(0)]) for name in system.variables]
    gens = dict(zip(system.variables, system.ring.gens(), strict=True))
    return certificates.counterexample(
        system,
        _product(system, implication.conclusion),
        point,
        hypotheses=[gens[name] for name in implication.hypotheses],
        minimal_polynomial=modulus.coeffs(),
        real=False,
    )


def coordinates(found: RepresentationPart, modulus: fmpq_poly) -> list[list[fmpq]]:
    """x_i = g_i/g_1 modulo an irreducible factor of f, as coefficient lists, constant first."""
    gcd, inverse, _ = fmpq_poly(found.denominator).xgcd(modulus)
    inverse = inverse / gcd[0]
    images = (fmpq_poly(g) * inverse % modulus for g in found.numerators)
    return [[fmpq(c) for c in image.coeffs()] or [fmpq(0)] for image in images]


def witness_point(document: Document) -> dict[str, Any]:
    """A counterexample's point for people: coordinates as polynomials in θ."""
    proof = document["proof"]
    minimal = fmpq_poly([_rational(c) for c in proof["minimal_polynomial"]])
    shown = {
        name: str(fmpq_poly([_rational(c) for c in value])).replace("x", "θ")
        for name, value in zip(document["system"]["variables"], proof["point"], strict=True)
    }
    return {"point": shown, "minimal_polynomial": str(minimal).replace("x", "θ")}


def _rational(text: str) -> fmpq:
    top, _, bottom = text.partition("/")
    return fmpq(int(top), int(bottom or 1))


def _product(system: PolynomialSystem, names: Sequence[str]) -> fmpq_mpoly:
    gens = dict(zip(system.variables, system.ring.gens(), strict=True))
    product = system.ring.constant(1)
    for name in names:
        product *= gens[name]
    return product


__all__ = [
    "Decision",
    "Implication",
    "Implications",
    "active_sets",
    "columns_of_last_layer",
    "rows_and_columns",
    "rows_of_first_layer",
    "witness_point",
]
