"""Polynomial identities that prove the propositions for all data, with the data as variables.

Everything lives in Z[weights, x, y, λ]: the entries of X, Y and Λ are indeterminates. An identity

    multiplier · conclusion = Σ cofactor · (gradient entry) + Σ cofactor · (hypothesis)

says: wherever the multiplier, a monomial in the data, does not vanish, every critical point at
which the hypotheses vanish satisfies the conclusion. Expanding both sides is the whole proof, so
Propositions 3.1-3.3 of the thesis hold for every field and all data with those nonvanishing
entries. The derivations are in docs/theory.md, whose labels C1-C5 are used here.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from algebra.errors import InputError
from algebra.gradients import product, transposed
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document

Polynomials = Sequence[fmpq_mpoly]


@dataclass(frozen=True)
class Identity:
    """`multiplier · conclusion = Σ cofactors · gradient + Σ hypothesis_cofactors · hypotheses`.

    Attributes
    ----------
    label : str
        The name in docs/theory.md: "C1" … "C5".
    sentence : str
        What the identity implies, for people.
    multiplier : fmpq_mpoly
        A monomial in the data.
    conclusion : fmpq_mpoly
    cofactors : dict
        {index of a gradient entry: fmpq_mpoly}; absent entries are zero.
    hypotheses : tuple of (fmpq_mpoly, fmpq_mpoly)
        Pairs (polynomial assumed to vanish, its cofactor).
    """

    label: str
    sentence: str
    network: LinearNetwork
    multiplier: fmpq_mpoly
    conclusion: fmpq_mpoly
    cofactors: dict[int, fmpq_mpoly] = field(repr=False)
    hypotheses: tuple[tuple[fmpq_mpoly, fmpq_mpoly], ...] = field(default=(), repr=False)

    @property
    def nonvanishing(self) -> tuple[str, ...]:
        """The data that must not vanish: the indeterminates of the multiplier."""
        names = self.multiplier.context().names()
        return tuple(n for n, e in zip(names, self.multiplier.degrees(), strict=True) if e)

    def difference(self) -> fmpq_mpoly:
        """Left side minus right side, expanded; the identity holds iff it is zero."""
        gradient = signals(self.network).equations
        total = self.multiplier * self.conclusion
        for index, cofactor in self.cofactors.items():
            total -= cofactor * gradient[index]
        for hypothesis, cofactor in self.hypotheses:
            total -= cofactor * hypothesis
        return total

    def holds(self) -> bool:
        """Whether both sides agree, by expansion."""
        return bool(self.difference() == 0)

    def certificate(self) -> Document:
        """A document of kind `identity` about the parametric gradient system."""
        s = signals(self.network)
        zero, gens = s.ring.constant(0), s.ring.gens()
        cofactors = [self.cofactors.get(k, zero) for k in range(len(s.equations))]
        return certificates.identity(
            s.system,
            self.conclusion,
            [*cofactors, *(q for _, q in self.hypotheses)],
            hypotheses=[h for h, _ in self.hypotheses],
            conditions=[(gens[k], int(e)) for k, e in enumerate(self.multiplier.degrees()) if e],
        )


@dataclass(frozen=True)
class Signals:
    """A network over its parametric ring, with the signals that flow through it.

    All matrices are lists of rows of polynomials. `weights`, `penalties`: one matrix per layer;
    `forward[l]` = W_l⋯W_1 X for l = 0 … H+1; `backward[l]` = (W_{H+1}⋯W_{l+1})ᵀ R for
    l = 1 … H+1, with R the residual (entry 0 is unused); `gradient[l]` is the gradient of layer
    l (entry 0 unused), `equations` all of it in the order of the variables.
    """

    network: LinearNetwork
    system: PolynomialSystem
    ring: fmpq_mpoly_ctx
    weights: list[Any]
    x: Any
    y: Any
    penalties: list[Any]
    forward: list[Any]
    backward: list[Any]
    gradient: list[Any]
    equations: tuple[fmpq_mpoly, ...]

    @property
    def loss(self) -> fmpq_mpoly:
        """Twice the loss, Σ R² + Σ λ w²."""
        total = self.ring.constant(0)
        for row in self.backward[-1]:
            for entry in row:
                total += entry * entry
        for penalties, weights in zip(self.penalties[1:], self.weights[1:], strict=True):
            for p_row, w_row in zip(penalties, weights, strict=True):
                for p, w in zip(p_row, w_row, strict=True):
                    total += p * w * w
        return total


@functools.lru_cache(maxsize=8)
def signals(network: LinearNetwork) -> Signals:
    """The signals of a network with weights, X, Y and Λ as indeterminates."""
    system = network.parametric_system()
    ring = polynomial_ring(system.ring_names)
    entries = iter(ring.gens())

    def matrix(rows: int, columns: int) -> list[list[fmpq_mpoly]]:
        return [[next(entries) for _ in range(columns)] for _ in range(rows)]

    weights: list[Any] = [None, *(matrix(*shape) for shape in network.shapes)]
    x = matrix(network.widths[0], network.m)
    y = matrix(network.widths[-1], network.m)
    penalties: list[Any] = [None, *(matrix(*shape) for shape in network.shapes)]
    forward = [x]
    for layer_weights in weights[1:]:
        forward.append(product(layer_weights, forward[-1]))
    residual = [
        [c - t for c, t in zip(*rows, strict=True)] for rows in zip(forward[-1], y, strict=True)
    ]
    backward: list[Any] = [None] * len(weights)
    backward[-1] = residual
    for layer in range(len(weights) - 2, 0, -1):
        backward[layer] = product(transposed(weights[layer + 1]), backward[layer + 1])
    remaining = iter(system.equations)
    gradient: list[Any] = [
        None,
        *([[next(remaining) for _ in range(c)] for _ in range(r)] for r, c in network.shapes),
    ]
    return Signals(
        network,
        system,
        ring,
        weights,
        x,
        y,
        penalties,
        forward,
        backward,
        gradient,
        system.equations,
    )


# -- C1: Proposition 3.1 --------------------------------------------------------------------------


def no_stray_zeros_in_first_layer(network: LinearNetwork) -> Iterator[Identity]:
    """C1, m = 1, any H: `w1_i_j = 0` implies `w1_i_s = 0`, where λ_is and x_j do not vanish.

    λ_is x_j a_is = λ_ij x_s a_ij + x_j F_is − x_s F_ij.
    """
    _require_one_data_point(network, "C1")
    s = signals(network)
    rows, columns = network.shapes[0]
    for i in range(rows):
        for j, k in itertools.permutations(range(columns), 2):
            yield Identity(
                "C1",
                f"{_name(1, i, j)} = 0 implies {_name(1, i, k)} = 0",
                network,
                s.penalties[1][i][k] * s.x[j][0],
                s.weights[1][i][k],
                {_at(network, 1, i, k): s.x[j][0], _at(network, 1, i, j): -s.x[k][0]},
                ((s.weights[1][i][j], s.penalties[1][i][j] * s.x[k][0]),),
            )


# -- C2: Proposition 3.2 --------------------------------------------------------------------------


def null_rows_match_null_columns(network: LinearNetwork) -> Iterator[Identity]:
    """C2, any m and H: row i of W_l is zero iff column i of W_{l+1} is, where no λ vanishes.

    μ_ki b_ki = G_ki − Σ_t T_kt C_it and C_it = Σ_j a_ij C_jt; likewise backwards.
    """
    s = signals(network)
    for layer in range(1, network.hidden_layers + 1):
        for i in range(network.widths[layer]):
            row = s.weights[layer][i]
            column = [w[i] for w in s.weights[layer + 1]]
            # d(signal of neuron i) / d(weight): what a weight of the row or column multiplies.
            into = s.forward[layer - 1]
            out_of = s.backward[layer + 1]
            for k, weight in enumerate(column):
                yield Identity(
                    "C2",
                    f"row {i + 1} of W_{layer} = 0 implies {_name(layer + 1, k, i)} = 0",
                    network,
                    s.penalties[layer + 1][k][i],
                    weight,
                    {_at(network, layer + 1, k, i): s.ring.constant(1)},
                    tuple((w, -_dot(out_of[k], into[j])) for j, w in enumerate(row)),
                )
            for j, weight in enumerate(row):
                yield Identity(
                    "C2",
                    f"column {i + 1} of W_{layer + 1} = 0 implies {_name(layer, i, j)} = 0",
                    network,
                    s.penalties[layer][i][j],
                    weight,
                    {_at(network, layer, i, j): s.ring.constant(1)},
                    tuple((w, -_dot(out_of[k], into[j])) for k, w in enumerate(column)),
                )


# -- C3: Proposition 3.3 --------------------------------------------------------------------------


def no_stray_zeros_in_last_layer(network: LinearNetwork) -> Iterator[Identity]:
    """C3, m = 1, any H: `b_ki = 0` implies `b_li = 0` in the last layer.

    Needs y_k, μ_li and all μ_ki' with i' ≠ i nonzero. With Π = Π_{i'≠i} μ_ki', Π_i' = Π/μ_ki':
    Π y_k c_i = b_ki [Π c_i² + Π μ_ki + μ_ki Σ Π_i' c_i'²] + Σ Π_i' c_i' c_i G_ki'
                − [Π + Σ Π_i' c_i'²] G_ki,
    y_k Π μ_li b_li = y_k Π G_li − r_l (Π y_k c_i).
    """
    _require_one_data_point(network, "C3")
    s = signals(network)
    last = len(network.shapes)
    rows, columns = network.shapes[-1]
    c = [entry[0] for entry in s.forward[last - 1]]
    r = [entry[0] for entry in s.backward[last]]
    for k, i in itertools.product(range(rows), range(columns)):
        mu = s.penalties[last][k]
        others = [e for e in range(columns) if e != i]
        everything = _product(s.ring, (mu[e] for e in others))
        partial = {e: _product(s.ring, (mu[f] for f in others if f != e)) for e in others}
        squares = s.ring.constant(0)
        for e in others:
            squares += partial[e] * c[e] * c[e]
        on_hypothesis = everything * c[i] * c[i] + everything * mu[i] + mu[i] * squares
        for target in range(rows):
            if target == k:
                continue
            cofactors = {
                _at(network, last, k, e): -r[target] * partial[e] * c[e] * c[i] for e in others
            }
            cofactors[_at(network, last, k, i)] = r[target] * (everything + squares)
            cofactors[_at(network, last, target, i)] = s.y[k][0] * everything
            yield Identity(
                "C3",
                f"{_name(last, k, i)} = 0 implies {_name(last, target, i)} = 0",
                network,
                s.y[k][0] * everything * s.penalties[last][target][i],
                s.weights[last][target][i],
                cofactors,
                ((s.weights[last][k][i], -r[target] * on_hypothesis),),
            )


def null_output_row_kills_last_layer(network: LinearNetwork) -> Iterator[Identity]:
    """C3', m = 1, any H: if row k of W_{H+1} is zero and y_k, μ_li are not, then `b_li = 0`.

    With b_k· = 0 the residual r_k is −y_k and G_ki − μ_ki b_ki = r_k c_i.
    """
    _require_one_data_point(network, "C3'")
    s = signals(network)
    last = len(network.shapes)
    rows, columns = network.shapes[-1]
    c = [entry[0] for entry in s.forward[last - 1]]
    r = [entry[0] for entry in s.backward[last]]
    for k, target in itertools.permutations(range(rows), 2):
        for i in range(columns):
            # y_k c_i = Σ_e b_ke c_e c_i − r_k c_i and r_k c_i = G_ki − μ_ki b_ki.
            on_row = [c[e] * c[i] for e in range(columns)]
            on_row[i] += s.penalties[last][k][i]
            yield Identity(
                "C3'",
                f"row {k + 1} of W_{last} = 0 implies {_name(last, target, i)} = 0",
                network,
                s.y[k][0] * s.penalties[last][target][i],
                s.weights[last][target][i],
                {
                    _at(network, last, target, i): s.y[k][0],
                    _at(network, last, k, i): r[target],
                },
                tuple((w, -r[target] * q) for w, q in zip(s.weights[last][k], on_row, strict=True)),
            )


# -- C4, C5: low rank and balancedness ------------------------------------------------------------


def regularised_weights_have_low_rank(network: LinearNetwork) -> Iterator[Identity]:
    """C4, any m and H: all (m+1)-minors of Λ_l ∘ W_l lie in the gradient ideal; no condition.

    Λ ∘ W = ∇ − T Cᵀ and T Cᵀ has rank at most m: replacing the columns of the minor one by one,
    det(∇ − TCᵀ) = Σ_j det(−TCᵀ, …, ∇_j, …, Λ∘W) + det(−TCᵀ).
    """
    s = signals(network)
    size = network.m + 1
    for layer, (rows, columns) in enumerate(network.shapes, start=1):
        weighted = [
            [p * w for p, w in zip(*pair, strict=True)]
            for pair in zip(s.penalties[layer], s.weights[layer], strict=True)
        ]
        low_rank = [
            [weighted[i][j] - s.gradient[layer][i][j] for j in range(columns)] for i in range(rows)
        ]
        for chosen_rows in itertools.combinations(range(rows), size):
            for chosen in itertools.combinations(range(columns), size):
                cofactors = {}
                for place, column in enumerate(chosen):
                    for position, row in enumerate(chosen_rows):
                        rest = [i for i in chosen_rows if i != row]
                        minor = [
                            [low_rank[i][j] for j in chosen[:place]]
                            + [weighted[i][j] for j in chosen[place + 1 :]]
                            for i in rest
                        ]
                        value = determinant(minor, s.ring)
                        sign = -1 if (place + position) % 2 else 1
                        cofactors[_at(network, layer, row, column)] = sign * value
                yield Identity(
                    "C4",
                    f"minor of Λ_{layer} ∘ W_{layer}, rows {_listed(chosen_rows)}, columns "
                    f"{_listed(chosen)}, vanishes",
                    network,
                    s.ring.constant(1),
                    determinant([[weighted[i][j] for j in chosen] for i in chosen_rows], s.ring),
                    cofactors,
                )


def supports_are_products(network: LinearNetwork) -> Iterator[Identity]:
    """C4', m = 1, any H: `w_ij = 0` implies `w_is w_tj = 0`, where λ_is and λ_tj do not vanish.

    The 2 × 2 minor of C4 with one entry of its diagonal zero: the support of every layer is a
    product of a set of neurons and a set of inputs.
    """
    _require_one_data_point(network, "C4'")
    s = signals(network)
    for layer, (rows, columns) in enumerate(network.shapes, start=1):
        low_rank = [
            [p * w - g for p, w, g in zip(*triple, strict=True)]
            for triple in zip(s.penalties[layer], s.weights[layer], s.gradient[layer], strict=True)
        ]
        for (i, t), (j, k) in itertools.product(
            itertools.permutations(range(rows), 2), itertools.permutations(range(columns), 2)
        ):
            p, w = s.penalties[layer], s.weights[layer]
            # (λw)_ik (λw)_tj − (λw)_ij (λw)_tk with λw = P + ∇ and P of rank one.
            yield Identity(
                "C4'",
                f"{_name(layer, i, j)} = 0 implies {_name(layer, i, k)}·{_name(layer, t, j)} = 0",
                network,
                p[i][k] * p[t][j],
                w[i][k] * w[t][j],
                {
                    _at(network, layer, i, k): p[t][j] * w[t][j],
                    _at(network, layer, t, j): low_rank[i][k],
                    _at(network, layer, i, j): -p[t][k] * w[t][k],
                    _at(network, layer, t, k): -low_rank[i][j],
                },
                ((w[i][j], p[i][j] * p[t][k] * w[t][k]),),
            )


def balancedness(network: LinearNetwork) -> Iterator[Identity]:
    """C5, any m and H: Σ_j λ_ij w_ij² over row i of W_l equals Σ_k μ_ki b_ki² over column i."""
    s = signals(network)
    for layer in range(1, network.hidden_layers + 1):
        for i in range(network.widths[layer]):
            conclusion = s.ring.constant(0)
            cofactors = {}
            for j, weight in enumerate(s.weights[layer][i]):
                conclusion += s.penalties[layer][i][j] * weight * weight
                cofactors[_at(network, layer, i, j)] = weight
            for k, row in enumerate(s.weights[layer + 1]):
                conclusion -= s.penalties[layer + 1][k][i] * row[i] * row[i]
                cofactors[_at(network, layer + 1, k, i)] = -row[i]
            yield Identity(
                "C5",
                f"neuron {i + 1} of layer {layer} is balanced",
                network,
                s.ring.constant(1),
                conclusion,
                cofactors,
            )


# -- helpers --------------------------------------------------------------------------------------


def determinant(matrix: Sequence[Sequence[Any]], ring: fmpq_mpoly_ctx) -> Any:
    """Determinant over any commutative ring by expansion along the first row."""
    if not matrix:
        return ring.constant(1)
    total = ring.constant(0)
    for j, entry in enumerate(matrix[0]):
        minor = [[*row[:j], *row[j + 1 :]] for row in matrix[1:]]
        value = entry * determinant(minor, ring)
        total = total - value if j % 2 else total + value
    return total


def _require_one_data_point(network: LinearNetwork, label: str) -> None:
    if network.m != 1:
        raise InputError(f"{label} needs m = 1: {network.name} has m = {network.m}")


def _at(network: LinearNetwork, layer: int, row: int, column: int) -> int:
    """Position of a weight (row and column from 0) among variables and gradient entries."""
    return network.weight_index(layer, row + 1, column + 1)


def _name(layer: int, row: int, column: int) -> str:
    return f"w{layer}_{row + 1}_{column + 1}"


def _listed(indices: Sequence[int]) -> str:
    return ",".join(str(i + 1) for i in indices)


def _product(ring: fmpq_mpoly_ctx, factors: Iterator[fmpq_mpoly]) -> fmpq_mpoly:
    total = ring.constant(1)
    for factor in factors:
        total *= factor
    return total


def _dot(a: Polynomials, b: Polynomials) -> fmpq_mpoly:
    total = a[0] * b[0]
    for p, q in zip(a[1:], b[1:], strict=True):
        total += p * q
    return total
