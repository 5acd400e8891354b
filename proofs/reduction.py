"""The reduction of one hidden layer and data of rank one to d + p unknowns (docs/theory.md, C6).

Let X = x uᵀ, s = uᵀu, v = Y u (for m = 1: s = 1, v = y), r = s W_2W_1x − v the residual signal and
t = W_2ᵀ r. At a critical point a_ij = −x_j t_i/λ_ij and b_ki = S_i t_i r_k/μ_ki with
S_i = Σ_j x_j²/λ_ij, so t and r are the only unknowns left:

    A_i = t_i (S_i Σ_k r_k²/μ_ki − 1) = 0,    B_k = r_k (1 + s Σ_i S_i² t_i²/μ_ki) + v_k = 0.

For given data the unknown written down is u_i = S_i t_i where S_i ≠ 0: the coefficients are much
shorter then.

The maps (a, b) ↔ (t, r) are inverse isomorphisms of the quotient rings whenever all λ and μ are
nonzero, without any condition on x, y or S. The certificate is the list of cofactors, written
down below in closed form; it exists for given data and for indeterminate data.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from algebra.errors import InputError
from algebra.networks import EPSILON, LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document
from proofs.signal_maps import SignalMaps, total


@dataclass(frozen=True)
class RankOneData:
    """Data that enter the gradient when rank X = 1: X = x uᵀ, s = uᵀu, v = Y u.

    Attributes
    ----------
    x : tuple of fmpq, length d_x
    v : tuple of fmpq, length d_y
    s : fmpq
        Nonzero for real data.
    """

    x: tuple[fmpq, ...]
    v: tuple[fmpq, ...]
    s: fmpq


def rank_one_data(data: NetworkData) -> RankOneData | None:
    """The factors of X if its rank is one, otherwise None; for m = 1 simply x, y and 1."""
    points = list(zip(*data.X, strict=True))
    if len(points) == 1:
        if all(entry == 0 for entry in points[0]):
            return None
        return RankOneData(points[0], tuple(row[0] for row in data.Y), fmpq(1))
    x = next((p for p in points if any(entry != 0 for entry in p)), None)
    if x is None:
        return None
    pivot = next(j for j, entry in enumerate(x) if entry != 0)
    u = [p[pivot] / x[pivot] for p in points]
    if any(p[j] != u_t * x[j] for p, u_t in zip(points, u, strict=True) for j in range(len(x))):
        return None
    v = tuple(sum((y * w for y, w in zip(row, u, strict=True)), fmpq(0)) for row in data.Y)
    return RankOneData(x, v, sum((w * w for w in u), fmpq(0)))


@dataclass(frozen=True)
class Reduction:
    """An isomorphism from the gradient system to a system in t_1 … t_d, r_1 … r_p.

    Attributes
    ----------
    system, reduced : PolynomialSystem
    forward : tuple of fmpq_mpoly
        Images of the variables of `system` in the ring of `reduced`.
    backward : tuple of fmpq_mpoly
        Images of the variables of `reduced` in the ring of `system`.
    forward_cofactors, backward_cofactors, round_trip, reduced_round_trip
        Rows of cofactors: see `identities` for what each row proves.
    """

    system: PolynomialSystem
    reduced: PolynomialSystem
    forward: tuple[fmpq_mpoly, ...]
    backward: tuple[fmpq_mpoly, ...]
    forward_cofactors: tuple[tuple[fmpq_mpoly, ...], ...] = field(repr=False)
    backward_cofactors: tuple[tuple[fmpq_mpoly, ...], ...] = field(repr=False)
    round_trip: tuple[tuple[fmpq_mpoly, ...], ...] = field(repr=False)
    reduced_round_trip: tuple[tuple[fmpq_mpoly, ...], ...] = field(repr=False)

    def differences(self) -> list[fmpq_mpoly]:
        """Left minus right side of every identity of the certificate; all zero iff it is right."""
        f, g = self.system.equations, self.reduced.equations
        x, y = self.system.ring, self.reduced.ring
        forward, backward = self.forward, self.backward

        def down(polynomial: fmpq_mpoly) -> fmpq_mpoly:
            return polynomial.compose(*forward, ctx=y)

        def up(polynomial: fmpq_mpoly) -> fmpq_mpoly:
            return polynomial.compose(*backward, ctx=x)

        return [
            *(down(p) - _combination(q, g, y) for p, q in _pairs(f, self.forward_cofactors)),
            *(up(p) - _combination(q, f, x) for p, q in _pairs(g, self.backward_cofactors)),
            *(
                up(image) - x.gen(k) - _combination(q, f, x)
                for k, (image, q) in enumerate(_pairs(forward, self.round_trip))
            ),
            *(
                down(image) - y.gen(k) - _combination(q, g, y)
                for k, (image, q) in enumerate(_pairs(backward, self.reduced_round_trip))
            ),
        ]

    def holds(self) -> bool:
        """Whether all identities hold, by expansion."""
        return all(difference == 0 for difference in self.differences())

    def certificate(self) -> Document:
        """A document of kind `ring-isomorphism`."""
        return certificates.ring_isomorphism(
            self.system,
            self.reduced,
            self.forward,
            self.backward,
            self.forward_cofactors,
            self.backward_cofactors,
            self.round_trip,
            self.reduced_round_trip,
        )

    def lift(self, point: Any) -> list[Any]:
        """A zero of the reduced system as weights; `point` over any ring or in floating point."""
        return [_evaluate(image, point) for image in self.forward]


def reduce_network(network: LinearNetwork, data: NetworkData) -> Reduction:
    """The reduced system of given data, with the isomorphism.

    Raises
    ------
    InputError
        More than one hidden layer, rank X ≠ 1, or a zero λ: the reduction does not exist.
    """
    rank_one = _require_reducible(network, data)
    system = network.gradient_system(data=data)
    given = (rank_one, (data.Lambda[0], data.Lambda[1]))
    return _assembled(SignalMaps(system, (), _sizes(network), given))


@functools.lru_cache(maxsize=4)
def parametric_reduction(network: LinearNetwork) -> Reduction:
    """The reduction with x, y, λ and inverses of λ as further variables, for all data at once.

    The relations λ·(1/λ) = 1 belong to both systems: they say "λ is nonzero".
    """
    if network.hidden_layers != 1 or network.m != 1:
        raise InputError(f"{network.name}: the reduction needs one hidden layer and m = 1")
    parametric = network.parametric_system()
    system, shared = _with_data(network, parametric.equations, parametric.ring_names)
    return _assembled(SignalMaps(system, shared, _sizes(network), None))


def reduce_family(network: LinearNetwork, data: NetworkData, coupling: fmpq | int) -> Reduction:
    """A member of the decoupled family of given data in d(1+p) unknowns, with the isomorphism.

    Every neuron keeps residual signals of its own; the Newton polytopes then show the bounds of
    the thesis (docs/theory.md, section 4). The coupling 1 gives the gradient system itself.

    Raises
    ------
    InputError
        More than one hidden layer, rank X ≠ 1, or a zero λ: the reduction does not exist.
    """
    rank_one = _require_reducible(network, data)
    if coupling == 1:
        system = network.gradient_system(data=data)
    else:
        system = network.decoupled_system(data).specialise({EPSILON: coupling})
    given = (rank_one, (data.Lambda[0], data.Lambda[1]))
    maps = SignalMaps(system, (), _sizes(network), given, lambda ring: ring.constant(coupling))
    return _assembled(maps)


@functools.lru_cache(maxsize=4)
def parametric_family(network: LinearNetwork) -> Reduction:
    """The decoupled family in d(1+p) unknowns with ε, x, y, λ, 1/λ as further variables."""
    if network.hidden_layers != 1 or network.m != 1:
        raise InputError(f"{network.name}: the reduction needs one hidden layer and m = 1")
    program = network.decoupled_program()
    names = (*network.variables, *network.parameters, EPSILON)
    equations = program.expand(polynomial_ring(names))
    system, shared = _with_data(network, equations, names)

    def coupling(ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
        return ring.gen(ring.names().index(EPSILON))

    return _assembled(SignalMaps(system, shared, _sizes(network), None, coupling))


# -- construction ---------------------------------------------------------------------------------


def _require_reducible(network: LinearNetwork, data: NetworkData) -> RankOneData:
    if network.hidden_layers != 1:
        raise InputError(f"{network.name}: the reduction needs exactly one hidden layer")
    if not data.regularised:
        raise InputError("some λ is zero: the reduction divides by it")
    rank_one = rank_one_data(data)
    if rank_one is None:
        raise InputError("the rank of X is not one: there is no reduction to signals")
    return rank_one


def _sizes(network: LinearNetwork) -> tuple[int, int, int]:
    n, d, p = network.widths
    return n, d, p


def _with_data(
    network: LinearNetwork, equations: Sequence[fmpq_mpoly], names: Sequence[str]
) -> tuple[PolynomialSystem, tuple[str, ...]]:
    """Equations with data and inverses of λ as variables, the relations λ·(1/λ) − 1 appended.

    `names` are the generators of the equations: weights first, then data. The inverse of l1_1_1
    is called i1_1_1.
    """
    weights = network.variables
    inverses = tuple("i" + name[1:] for name in weights)
    shared = (*names[len(weights) :], *inverses)
    ring = polynomial_ring(weights + shared)
    gens = dict(zip(ring.names(), ring.gens(), strict=True))
    images = [gens[name] for name in names]
    relations = [gens["i" + name[1:]] * gens["l" + name[1:]] - 1 for name in weights]
    system = PolynomialSystem(
        weights + shared,
        (*(f.compose(*images, ctx=ring) for f in equations), *relations),
        name=f"network:{network.name}, all data",
    )
    return system, shared


def _assembled(maps: SignalMaps) -> Reduction:
    return Reduction(
        maps.system,
        maps.reduced,
        maps.forward,
        maps.backward,
        maps.forward_cofactors,
        maps.backward_cofactors,
        maps.round_trip,
        maps.reduced_round_trip,
    )


def _pairs(polynomials: Any, rows: Any) -> Any:
    return zip(polynomials, rows, strict=True)


def _combination(cofactors: Any, generators: Any, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    return total(ring, (q * f for q, f in zip(cofactors, generators, strict=True) if q != 0))


def _evaluate(polynomial: fmpq_mpoly, point: Any) -> Any:
    total: Any = 0
    for exponents, coefficient in polynomial.terms():
        exact = any(isinstance(v, fmpq) for v in point)
        term: Any = coefficient if exact else int(coefficient.p) / int(coefficient.q)
        for value, power in zip(point, exponents, strict=True):
            for _ in range(int(power)):
                term = term * value
        total = total + term
    return total
