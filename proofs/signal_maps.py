"""Weights and signals of one hidden layer: both maps, and the cofactors that make them inverse.

The unknowns on the other side are t_1 … t_d, one backward signal for each neuron, and the residual
signal r: either one r_k for all neurons, or r_ik for each (the decoupled family). With X = x uᵀ,
s = uᵀu, v = Y u, ρ = 1/λ, σ = 1/μ and S_i = Σ_j x_j² ρ_ij the maps are

    φ: a_ij ↦ −x_j ρ_ij t_i,  b_ki ↦ S_i σ_ki t_i r_ik;   ψ: t_i ↦ Σ_k R_ik b_ki,  r_ik ↦ R_ik

with R_ik = s Σ_e ε^[e≠i] b_ke c_e − v_k and c_i = Σ_j a_ij x_j. Derivations of the cofactors stand
in docs/theory.md, C6; whoever uses them expands the identities once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from algebra.systems import PolynomialSystem, polynomial_ring

#: Cofactors of one identity by the index of the equation they belong to.
Entries = dict[int, Any]
Rows = tuple[tuple[fmpq_mpoly, ...], ...]


class RingData:
    """Data as elements of one ring: constants if given, generators if indeterminate.

    Attributes
    ----------
    x, v, s
        x_j, v_k and s.
    rho, sigma : nested lists
        1/λ_ij by (i, j) and 1/μ_ki by (k, i).
    first, second : nested lists
        λ_ij/λ_ij − 1 and μ_ki/μ_ki − 1: zero for given data, relations for indeterminate ones.
    S : list
        S_i.
    """

    def __init__(
        self, ring: fmpq_mpoly_ctx, sizes: tuple[int, int, int], given: Any | None
    ) -> None:
        n, d, p = sizes
        names = ring.names()

        def matrix(letter: str, layer: int, rows: int, columns: int) -> Any:
            return [
                [ring.gen(names.index(f"{letter}{layer}_{i + 1}_{j + 1}")) for j in range(columns)]
                for i in range(rows)
            ]

        if given is None:
            self.x = [ring.gen(names.index(f"x{j + 1}_1")) for j in range(n)]
            self.v = [ring.gen(names.index(f"y{k + 1}_1")) for k in range(p)]
            self.s = ring.constant(1)
            self.rho, self.sigma = matrix("i", 1, d, n), matrix("i", 2, p, d)
            penalties = matrix("l", 1, d, n), matrix("l", 2, p, d)
        else:
            rank_one, penalties = given
            self.x = [ring.constant(entry) for entry in rank_one.x]
            self.v = [ring.constant(entry) for entry in rank_one.v]
            self.s = ring.constant(rank_one.s)
            self.rho, self.sigma = (
                [[ring.constant(1 / entry) for entry in row] for row in matrix]
                for matrix in penalties
            )
        self.first, self.second = (
            [[a * b - 1 for a, b in zip(*rows, strict=True)] for rows in zip(*pair, strict=True)]
            for pair in ((self.rho, penalties[0]), (self.sigma, penalties[1]))
        )
        self.S = [
            total(ring, (x * x * e for x, e in zip(self.x, row, strict=True))) for row in self.rho
        ]


class SignalMaps:
    """The reduced system, the two maps and the four lists of cofactors.

    Parameters
    ----------
    system : PolynomialSystem
        Variables: weights, then `shared`. Equations: the gradient or a member of the decoupled
        family; for indeterminate data the relations λ·(1/λ) − 1 follow, in the order of weights.
    shared : tuple of str
        Variables that both systems have in common and that map to themselves.
    sizes : (n, d, p)
    given : (RankOneData, (λ, μ)) or None
        The data; None where they are among the shared variables.
    coupling : callable, optional
        ε in a given ring. With it every neuron has residual signals of its own.
    """

    def __init__(
        self,
        system: PolynomialSystem,
        shared: tuple[str, ...],
        sizes: tuple[int, int, int],
        given: Any | None,
        coupling: Callable[[fmpq_mpoly_ctx], fmpq_mpoly] | None = None,
    ) -> None:
        self.n, self.d, self.p = n, d, p = sizes
        self.system, self.shared, self.coupling = system, shared, coupling
        self.inputs, self.neurons, self.outputs = range(n), range(d), range(p)
        self.apart = coupling is not None
        residuals = (
            [f"r{i + 1}_{k + 1}" for i in self.neurons for k in self.outputs]
            if self.apart
            else [f"r{k + 1}" for k in self.outputs]
        )
        self.names = (*(f"t{i + 1}" for i in self.neurons), *residuals)
        #: (i, k) of the unknown residual signals, in order; i stands for all neurons if shared.
        self.residuals = [
            (i, k) for i in (self.neurons if self.apart else [0]) for k in self.outputs
        ]
        self.up_ring, self.down_ring = system.ring, polynomial_ring(self.names + shared)
        self.up = RingData(self.up_ring, sizes, given)
        self.down = RingData(self.down_ring, sizes, given)
        # For given data the unknown written down is S_i t_i where S_i ≠ 0: t_i = scale · unknown.
        self.scale = [fmpq(1)] * d
        if given is not None:
            self.scale = [1 / S.coefficient(0) if S != 0 else fmpq(1) for S in self.down.S]
        gens = self.down_ring.gens()
        self.t = [gen * unit for gen, unit in zip(gens[:d], self.scale, strict=True)]
        self.r = [[gens[self.at_residual(i, k)] for k in self.outputs] for i in self.neurons]
        self._signals_of_weights()
        self.reduced = PolynomialSystem(
            self.names + shared,
            (*self._backward_equations(), *self._residual_equations(), *self._relations()),
            name=f"{system.name}, reduced",
        )

    # -- where things stand -----------------------------------------------------------------------

    def at_residual(self, i: int, k: int) -> int:
        """Index of r_ik among the unknowns, and of its equation B_ik."""
        return self.d + (i * self.p + k if self.apart else k)

    def at_a(self, i: int, j: int) -> int:
        """Index of a_ij among the weights, and of its equation F_ij."""
        return i * self.n + j

    def at_b(self, k: int, i: int) -> int:
        """Index of b_ki among the weights, and of its equation G_ki."""
        return self.d * self.n + k * self.d + i

    @property
    def weights(self) -> int:
        """Number of weights."""
        return self.d * (self.n + self.p)

    @property
    def tied(self) -> bool:
        """Whether the relations λ·(1/λ) − 1 are equations, or vanish identically."""
        return len(self.system.equations) > self.weights

    def weight_of(self, ring: fmpq_mpoly_ctx, i: int, e: int) -> fmpq_mpoly:
        """What neuron e counts in the residual of neuron i: 1 or ε."""
        return ring.constant(1) if e == i or self.coupling is None else self.coupling(ring)

    # -- the two systems --------------------------------------------------------------------------

    def _signals_of_weights(self) -> None:
        """a, b, c, R, T, Q as polynomials in the weights."""
        ring, up, gens = self.up_ring, self.up, self.up_ring.gens()
        self.a = [[gens[self.at_a(i, j)] for j in self.inputs] for i in self.neurons]
        self.b = [[gens[self.at_b(k, i)] for i in self.neurons] for k in self.outputs]
        self.C = [total(ring, (self.a[i][j] * up.x[j] for j in self.inputs)) for i in self.neurons]
        self.R = [
            [
                up.s
                * total(
                    ring,
                    (self.weight_of(ring, i, e) * self.b[k][e] * self.C[e] for e in self.neurons),
                )
                - up.v[k]
                for k in self.outputs
            ]
            for i in self.neurons
        ]
        self.T = [
            total(ring, (self.R[i][k] * self.b[k][i] for k in self.outputs)) for i in self.neurons
        ]
        self.Q = [
            total(ring, (up.sigma[k][i] * self.R[i][k] ** 2 for k in self.outputs))
            for i in self.neurons
        ]

    def _backward_equations(self) -> list[fmpq_mpoly]:
        """A_i = t_i (S_i Σ_k σ_ki r_ik² − 1)."""
        ring, data = self.down_ring, self.down
        return [
            self.t[i]
            * (
                data.S[i]
                * total(ring, (data.sigma[k][i] * self.r[i][k] ** 2 for k in self.outputs))
                - 1
            )
            for i in self.neurons
        ]

    def _residual_equations(self) -> list[fmpq_mpoly]:
        """B_ik = r_ik + s Σ_e ε^[e≠i] σ_ke S_e² t_e² r_ek + v_k."""
        ring, data = self.down_ring, self.down
        return [
            self.r[i][k]
            + data.s
            * total(
                ring,
                (
                    self.weight_of(ring, i, e)
                    * data.sigma[k][e]
                    * (data.S[e] * self.t[e]) ** 2
                    * self.r[e][k]
                    for e in self.neurons
                ),
            )
            + data.v[k]
            for i, k in self.residuals
        ]

    def _relations(self) -> list[fmpq_mpoly]:
        """λ·(1/λ) − 1 in the reduced ring, in the order of the weights; none for given data."""
        if not self.tied:
            return []
        return [e for matrix in (self.down.first, self.down.second) for row in matrix for e in row]

    # -- the maps ---------------------------------------------------------------------------------

    @property
    def forward(self) -> tuple[fmpq_mpoly, ...]:
        """φ: images of the variables of `system`."""
        data = self.down
        first = [-data.x[j] * data.rho[i][j] * self.t[i] for i in self.neurons for j in self.inputs]
        second = [
            data.S[i] * data.sigma[k][i] * self.t[i] * self.r[i][k]
            for k in self.outputs
            for i in self.neurons
        ]
        shared = self.down_ring.gens()[len(self.names) :]
        return (*first, *second, *shared)

    @property
    def backward(self) -> tuple[fmpq_mpoly, ...]:
        """ψ: images of the variables of `reduced`."""
        signals = [value / unit for value, unit in zip(self.T, self.scale, strict=True)]
        residuals = [self.R[i][k] for i, k in self.residuals]
        return (*signals, *residuals, *self.up_ring.gens()[self.weights :])

    # -- cofactors --------------------------------------------------------------------------------

    def _up(self, entries: Entries, relations: Entries | None = None) -> tuple[fmpq_mpoly, ...]:
        """A row of cofactors of the equations of `system`; relations by the index of a weight."""
        if self.tied and relations:
            entries = entries | {self.weights + k: e for k, e in relations.items()}
        return _row(entries, len(self.system.equations), self.up_ring)

    def _down(self, entries: Entries, relations: Entries | None = None) -> tuple[fmpq_mpoly, ...]:
        """A row of cofactors of the equations of `reduced`."""
        if self.tied and relations:
            entries = entries | {len(self.names) + k: e for k, e in relations.items()}
        return _row(entries, len(self.reduced.equations), self.down_ring)

    def _in_U(self, i: int, factor: Any) -> tuple[Entries, Entries]:
        """factor·U_i with U_i = S_i T_i + c_i = Σ_j x_j ρ_ij F_ij − Σ_j (λρ − 1) x_j a_ij."""
        up = self.up
        return (
            {self.at_a(i, j): factor * up.x[j] * up.rho[i][j] for j in self.inputs},
            {self.at_a(i, j): -factor * up.x[j] * self.a[i][j] for j in self.inputs},
        )

    def _on_B(self, i: int) -> Entries:
        """Σ_k −S_i σ_ki t_i r_ik B_ik."""
        data = self.down
        return {
            self.at_residual(i, k): -data.S[i] * data.sigma[k][i] * self.t[i] * self.r[i][k]
            for k in self.outputs
        }

    @property
    def forward_cofactors(self) -> Rows:
        """f(φ) in terms of A and B, for every equation f of `system`."""
        data, t, r = self.down, self.t, self.r
        rows = []
        for i in self.neurons:
            for j in self.inputs:
                entries = {k: data.x[j] * e for k, e in self._on_B(i).items()}
                entries[i] = data.x[j]
                rows.append(self._down(entries, {self.at_a(i, j): -data.x[j] * t[i]}))
        for k in self.outputs:
            for i in self.neurons:
                entries = {self.at_residual(i, k): data.S[i] * t[i]}
                rows.append(self._down(entries, {self.at_b(k, i): data.S[i] * t[i] * r[i][k]}))
        one = self.down_ring.constant(1)
        rows += [self._down({}, {k: one}) for k in range(self.weights if self.tied else 0)]
        return tuple(rows)

    @property
    def backward_cofactors(self) -> Rows:
        """g(ψ) in terms of F and G, for every equation g of `reduced`."""
        up, b, C, R, T = self.up, self.b, self.C, self.R, self.T
        rows = []
        for i in self.neurons:
            entries, relations = self._in_U(i, self.Q[i])
            entries |= {self.at_b(k, i): -up.sigma[k][i] * R[i][k] for k in self.outputs}
            relations |= {self.at_b(k, i): R[i][k] * b[k][i] for k in self.outputs}
            rows.append(self._up(entries, relations))
        for i, k in self.residuals:
            entries, relations = {}, {}
            for e in self.neurons:
                share = up.s * self.weight_of(self.up_ring, i, e)
                factor = share * up.sigma[k][e] * R[e][k] * (up.S[e] * T[e] - C[e])
                for whole, part in zip((entries, relations), self._in_U(e, factor), strict=True):
                    whole |= part
                entries[self.at_b(k, e)] = share * up.sigma[k][e] * C[e]
                relations[self.at_b(k, e)] = -share * b[k][e] * C[e]
            rows.append(self._up(entries, relations))
        one = self.up_ring.constant(1)
        rows += [self._up({}, {k: one}) for k in range(self.weights if self.tied else 0)]
        return tuple(rows)

    @property
    def round_trip(self) -> Rows:
        """ψ(φ(w)) − w in terms of F and G, for every variable w of `system`."""
        up = self.up
        rows = [
            self._up(
                {self.at_a(i, j): -up.rho[i][j]},
                {self.at_a(i, j): self.a[i][j]},
            )
            for i in self.neurons
            for j in self.inputs
        ]
        for k in self.outputs:
            for i in self.neurons:
                entries, relations = self._in_U(i, up.sigma[k][i] * self.R[i][k])
                entries[self.at_b(k, i)] = -up.sigma[k][i]
                relations[self.at_b(k, i)] = self.b[k][i]
                rows.append(self._up(entries, relations))
        return (*rows, *(self._up({}) for _ in self.shared))

    @property
    def reduced_round_trip(self) -> Rows:
        """φ(ψ(u)) − u in terms of A and B, for every variable u of `reduced`."""
        one = self.down_ring.constant(1)
        rows = [
            self._down({k: e / self.scale[i] for k, e in ({i: one} | self._on_B(i)).items()})
            for i in self.neurons
        ]
        rows += [self._down({self.at_residual(i, k): -one}) for i, k in self.residuals]
        return (*rows, *(self._down({}) for _ in self.shared))


def total(ring: fmpq_mpoly_ctx, terms: Iterable[fmpq_mpoly]) -> fmpq_mpoly:
    """The sum, 0 in `ring` if there are no terms."""
    out = ring.constant(0)
    for term in terms:
        out += term
    return out


def _row(entries: Entries, length: int, ring: fmpq_mpoly_ctx) -> tuple[fmpq_mpoly, ...]:
    zero = ring.constant(0)
    return tuple(ring.constant(0) + entries[k] if k in entries else zero for k in range(length))
