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
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document


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
    if network.hidden_layers != 1:
        raise InputError(f"{network.name}: the reduction needs exactly one hidden layer")
    if not data.regularised:
        raise InputError("some λ is zero: the reduction divides by it")
    rank_one = rank_one_data(data)
    if rank_one is None:
        raise InputError("the rank of X is not one: there is no reduction to d + p unknowns")
    system = network.gradient_system(data=data)
    n, d, p = network.widths
    names = _reduced_names(d, p)
    inverses = [[[1 / entry for entry in row] for row in matrix] for matrix in data.Lambda]
    return _build(system, names, (), d, p, n, rank_one, (data.Lambda[0], data.Lambda[1]), inverses)


@functools.lru_cache(maxsize=4)
def parametric_reduction(network: LinearNetwork) -> Reduction:
    """The reduction with x, y, λ and inverses of λ as further variables, for all data at once.

    The relations λ·(1/λ) = 1 belong to both systems: they say "λ is nonzero".
    """
    if network.hidden_layers != 1 or network.m != 1:
        raise InputError(f"{network.name}: the reduction needs one hidden layer and m = 1")
    n, d, p = network.widths
    inverse_names = tuple("i" + name[1:] for name in network.variables)
    # x, y, λ by their own names, then the inverses i1_1_1 = 1/l1_1_1 and so on.
    shared = (*network.parameters, *inverse_names)
    weights = network.variables
    ring = polynomial_ring(weights + shared)
    parametric = network.parametric_system()
    images = [ring.gen(ring.names().index(name)) for name in parametric.ring_names]
    relations = _relations(ring, network)
    system = PolynomialSystem(
        weights + shared,
        (*(f.compose(*images, ctx=ring) for f in parametric.equations), *relations),
        name=f"network:{network.name}, all data",
    )
    return _build(system, _reduced_names(d, p), shared, d, p, n, None, None, None)


# -- construction ---------------------------------------------------------------------------------


class _Side:
    """The data as elements of one ring, whether constants or variables."""

    def __init__(
        self,
        ring: fmpq_mpoly_ctx,
        network_sizes: tuple[int, int, int],
        rank_one: RankOneData | None,
        penalties: Any,
        inverses: Any,
    ) -> None:
        n, d, p = network_sizes
        self.ring, names = ring, ring.names()

        def value(name: str) -> fmpq_mpoly:
            return ring.gen(names.index(name))

        def matrix(prefix: str, layer: int, rows: int, columns: int) -> Any:
            return [
                [value(f"{prefix}{layer}_{i + 1}_{j + 1}") for j in range(columns)]
                for i in range(rows)
            ]

        if rank_one is None:
            self.x = [value(f"x{j + 1}_1") for j in range(n)]
            self.v = [value(f"y{k + 1}_1") for k in range(p)]
            self.s = ring.constant(1)
            self.rho, self.sigma = matrix("i", 1, d, n), matrix("i", 2, p, d)
            first, second = matrix("l", 1, d, n), matrix("l", 2, p, d)
        else:
            self.x = [ring.constant(entry) for entry in rank_one.x]
            self.v = [ring.constant(entry) for entry in rank_one.v]
            self.s = ring.constant(rank_one.s)
            self.rho, self.sigma = (
                [[ring.constant(e) for e in row] for row in matrix] for matrix in inverses
            )
            first, second = (
                [[ring.constant(e) for e in row] for row in matrix] for matrix in penalties
            )
        self.relation_1 = [
            [a * b - 1 for a, b in zip(*rows, strict=True)]
            for rows in zip(self.rho, first, strict=True)
        ]
        self.relation_2 = [
            [a * b - 1 for a, b in zip(*rows, strict=True)]
            for rows in zip(self.sigma, second, strict=True)
        ]
        self.S = [
            _sum(ring, (x * x * e for x, e in zip(self.x, row, strict=True))) for row in self.rho
        ]


def _build(
    system: PolynomialSystem,
    names: tuple[str, ...],
    shared: tuple[str, ...],
    d: int,
    p: int,
    n: int,
    rank_one: RankOneData | None,
    penalties: Any,
    inverses: Any,
) -> Reduction:
    """Both systems, both maps and all cofactors; see docs/theory.md for the derivations."""
    up = _Side(system.ring, (n, d, p), rank_one, penalties, inverses)
    ring = polynomial_ring(names + shared)
    down = _Side(ring, (n, d, p), rank_one, penalties, inverses)
    neurons, outputs, inputs = range(d), range(p), range(n)
    # t_i = scale[i] · (the i-th unknown).
    scale = [fmpq(1)] * d
    if rank_one is not None:
        sums = [down_sum.coefficient(0) if down_sum != 0 else fmpq(1) for down_sum in down.S]
        scale = [1 / value for value in sums]
    weights = system.ring.gens()
    a = [[weights[i * n + j] for j in inputs] for i in neurons]
    b = [[weights[d * n + k * d + i] for i in neurons] for k in outputs]
    t = [gen * value for gen, value in zip(ring.gens()[:d], scale, strict=True)]
    r = ring.gens()[d : d + p]

    # The reduced equations, and the same signals as polynomials in the weights.
    S, sigma = down.S, down.sigma
    A = [
        t[i] * (S[i] * _sum(ring, (sigma[k][i] * r[k] * r[k] for k in outputs)) - 1)
        for i in neurons
    ]
    growth = [
        _sum(ring, (sigma[k][i] * S[i] * S[i] * t[i] * t[i] for i in neurons)) for k in outputs
    ]
    B = [r[k] * (1 + down.s * growth[k]) + down.v[k] for k in outputs]
    C = [_sum(up.ring, (a[i][j] * up.x[j] for j in inputs)) for i in neurons]
    R = [up.s * _sum(up.ring, (b[k][i] * C[i] for i in neurons)) - up.v[k] for k in outputs]
    T = [_sum(up.ring, (R[k] * b[k][i] for k in outputs)) for i in neurons]
    Q = [_sum(up.ring, (up.sigma[k][i] * R[k] * R[k] for k in outputs)) for i in neurons]

    reduced = PolynomialSystem(
        names + shared,
        (*A, *B, *(_shared_relations(ring, system, shared))),
        name=f"{system.name}, reduced",
    )
    # Positions of equations: F_ij, G_ki, then relations in the order of the weights.
    N = d * n + p * d
    at_f = [[i * n + j for j in inputs] for i in neurons]
    at_g = [[d * n + k * d + i for i in neurons] for k in outputs]
    total_up, total_down = len(system.equations), len(reduced.equations)
    tied = total_up > N  # whether the relations are equations, or vanish identically

    def row_up(entries: dict[int, fmpq_mpoly]) -> tuple[fmpq_mpoly, ...]:
        return _row(entries, total_up, up.ring)

    def row_down(entries: dict[int, fmpq_mpoly]) -> tuple[fmpq_mpoly, ...]:
        return _row(entries, total_down, ring)

    def relation(entries: dict[int, fmpq_mpoly], offset: int) -> dict[int, fmpq_mpoly]:
        return {offset + k: e for k, e in entries.items()} if tied else {}

    share_down = [ring.gen(d + p + k) for k in range(len(shared))]
    share_up = [system.ring.gen(N + k) for k in range(len(shared))]
    first = [-down.x[j] * down.rho[i][j] * t[i] for i in neurons for j in inputs]
    second = [S[i] * sigma[k][i] * t[i] * r[k] for k in outputs for i in neurons]

    # f(φ) in terms of A, B.
    forward_cofactors = []
    on_B = [{d + k: -S[i] * sigma[k][i] * t[i] * r[k] for k in outputs} for i in neurons]
    for i in neurons:
        for j in inputs:
            x_j = down.x[j]
            entries = {k: x_j * e for k, e in on_B[i].items()}
            entries[i] = x_j
            entries |= relation({at_f[i][j]: -x_j * t[i]}, d + p)
            forward_cofactors.append(row_down(entries))
    for k in outputs:
        for i in neurons:
            entries = {d + k: S[i] * t[i]}
            entries |= relation({at_g[k][i]: S[i] * t[i] * r[k]}, d + p)
            forward_cofactors.append(row_down(entries))
    # g(ψ) in terms of F, G. U_i = S_i T_i + C_i lies in the ideal: U = Σ x ρ F − Σ relation x a.
    in_U = []
    for i in neurons:
        entries = {at_f[i][j]: up.x[j] * up.rho[i][j] for j in inputs}
        entries |= relation({at_f[i][j]: -up.x[j] * a[i][j] for j in inputs}, N)
        in_U.append(entries)
    backward_cofactors = []
    for i in neurons:
        entries = {index: Q[i] * e for index, e in in_U[i].items()}
        entries |= {at_g[k][i]: -up.sigma[k][i] * R[k] for k in outputs}
        entries |= relation({at_g[k][i]: R[k] * b[k][i] for k in outputs}, N)
        backward_cofactors.append(row_up(entries))
    for k in outputs:
        entries = {}
        for i in neurons:
            factor = up.s * up.sigma[k][i] * R[k] * (up.S[i] * T[i] - C[i])
            entries |= {index: factor * e for index, e in in_U[i].items()}
            entries[at_g[k][i]] = up.s * C[i] * up.sigma[k][i]
            entries |= relation({at_g[k][i]: -up.s * b[k][i] * C[i]}, N)
        backward_cofactors.append(row_up(entries))
    # ψ(φ(w)) − w and φ(ψ(·)) − ·.
    round_trip = []
    for i in neurons:
        for j in inputs:
            entries = {at_f[i][j]: -up.rho[i][j]} | relation({at_f[i][j]: a[i][j]}, N)
            round_trip.append(row_up(entries))
    for k in outputs:
        for i in neurons:
            entries = {index: up.sigma[k][i] * R[k] * e for index, e in in_U[i].items()}
            entries[at_g[k][i]] = -up.sigma[k][i]
            entries |= relation({at_g[k][i]: b[k][i]}, N)
            round_trip.append(row_up(entries))
    reduced_round_trip = [
        *(
            row_down({k: e / scale[i] for k, e in ({i: ring.constant(1)} | on_B[i]).items()})
            for i in neurons
        ),
        *(row_down({d + k: ring.constant(-1)}) for k in outputs),
    ]

    # Relations and shared variables map to themselves.
    relations = range(total_up - N)
    forward_cofactors += [row_down({d + p + k: ring.constant(1)}) for k in relations]
    backward_cofactors += [row_up({N + k: up.ring.constant(1)}) for k in relations]
    round_trip += [row_up({}) for _ in shared]
    reduced_round_trip += [row_down({}) for _ in shared]
    return Reduction(
        system,
        reduced,
        (*first, *second, *share_down),
        (*(value / unit for value, unit in zip(T, scale, strict=True)), *R, *share_up),
        tuple(forward_cofactors),
        tuple(backward_cofactors),
        tuple(round_trip),
        tuple(reduced_round_trip),
    )


def _reduced_names(d: int, p: int) -> tuple[str, ...]:
    return (*(f"t{i + 1}" for i in range(d)), *(f"r{k + 1}" for k in range(p)))


def _relations(ring: fmpq_mpoly_ctx, network: LinearNetwork) -> list[fmpq_mpoly]:
    names = ring.names()
    return [
        ring.gen(names.index("i" + w[1:])) * ring.gen(names.index("l" + w[1:])) - 1
        for w in network.variables
    ]


def _shared_relations(
    ring: fmpq_mpoly_ctx, system: PolynomialSystem, shared: tuple[str, ...]
) -> list[fmpq_mpoly]:
    """λ·(1/λ) − 1 in the reduced ring, in the order of the weights."""
    names = ring.names()
    return [
        ring.gen(names.index(name)) * ring.gen(names.index("l" + name[1:])) - 1
        for name in shared
        if name.startswith("i")
    ]


def _row(
    entries: dict[int, fmpq_mpoly], length: int, ring: fmpq_mpoly_ctx
) -> tuple[fmpq_mpoly, ...]:
    zero = ring.constant(0)
    return tuple(entries.get(k, zero) for k in range(length))


def _pairs(polynomials: Any, rows: Any) -> Any:
    return zip(polynomials, rows, strict=True)


def _combination(cofactors: Any, generators: Any, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    return _sum(ring, (q * f for q, f in zip(cofactors, generators, strict=True) if q != 0))


def _sum(ring: fmpq_mpoly_ctx, terms: Any) -> fmpq_mpoly:
    total = ring.constant(0)
    for term in terms:
        total += term
    return total


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
