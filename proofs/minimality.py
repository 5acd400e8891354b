"""Whether a nonvanishing condition of an identity is needed: exact counterexamples without it.

For an identity "where c_1, …, c_k ≠ 0, the hypotheses force w = 0" and one of the c the search
looks for exact data with that c = 0, the other c nonzero, and a critical point at which the
hypotheses hold and w ≠ 0. As in `proofs.counterexamples` the weights and inputs are chosen first:
what remains is linear in the residual R, for λ_w = −(T Cᵀ)_w / w and Y = W_{H+1}⋯W_1 X − R.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from algebra.gradients import product, transposed
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from proofs import certificates
from proofs.certificates import Document
from proofs.identities import Identity

#: Draws before the search gives up.
TRIES = 600
Matrix = list[list[fmpq]]


@dataclass(frozen=True)
class Needed:
    """A condition that cannot be dropped.

    Attributes
    ----------
    condition : str
        Name of the datum.
    sentence : str
        The implication that is false without it.
    certificate : dict
        Kind `counterexample`, over Q.
    """

    condition: str
    sentence: str
    certificate: Document


def needed_conditions(
    identities: Iterable[Identity], *, seed: int = 0, budget: Budget = UNLIMITED
) -> list[Needed]:
    """Counterexamples for every condition of these identities that can be shown to be needed.

    Identities that are not `about_weights` are skipped.
    """
    found = []
    for identity in filter(about_weights, identities):
        names = [str(h) for h, _ in identity.hypotheses]
        for condition in identity.nonvanishing:
            budget.check()
            document = without(identity, names, condition, seed)
            if document is not None:
                found.append(Needed(condition, identity.sentence, document))
    return found


def about_weights(identity: Identity) -> bool:
    """Whether it says that one weight vanishes where certain weights do."""
    weights = set(identity.network.variables)
    return {str(identity.conclusion), *(str(h) for h, _ in identity.hypotheses)} <= weights


def without(
    identity: Identity, hypotheses: Sequence[str], condition: str, seed: int = 0
) -> Document | None:
    """A counterexample with `condition` = 0 and the other conditions nonzero, or None."""
    network = identity.network
    generator = np.random.default_rng(seed)
    others = [name for name in identity.nonvanishing if name != condition]
    free = [w for w in network.variables if w not in hypotheses and w != str(identity.conclusion)]
    for attempt in range(TRIES):
        # Few further zeros first; half of the weights in the end.
        share = 0.5 * attempt / TRIES
        zero = {*hypotheses, *(w for w in free if generator.random() < share)}
        values = _attempt(network, zero, condition, generator)
        if values is None or any(values[name] == 0 for name in others):
            continue
        system = network.parametric_system()
        gens = dict(zip(system.ring_names, system.ring.gens(), strict=True))
        return certificates.counterexample(
            system,
            identity.conclusion,
            [[values[name]] for name in system.ring_names],
            hypotheses=[gens[condition], *(gens[name] for name in hypotheses)],
            conditions=[gens[name] for name in others],
        )
    return None


def _attempt(
    network: LinearNetwork, zero: set[str], condition: str, generator: np.random.Generator
) -> dict[str, fmpq] | None:
    """Values of all weights and data with the weights critical and the condition zero, or None."""
    names = iter(network.variables)
    weights = [
        [[_draw(generator, next(names) not in zero) for _ in range(c)] for _ in range(r)]
        for r, c in network.shapes
    ]
    inputs, outputs, m = network.widths[0], network.widths[-1], network.m
    x = [
        [_draw(generator, condition != f"x{j + 1}_{t + 1}") for t in range(m)]
        for j in range(inputs)
    ]
    forward = [x]
    for matrix in weights:
        forward.append(product(matrix, forward[-1]))
    entries = [(k, t) for k in range(outputs) for t in range(m)]
    columns = []
    for entry in entries:
        unit = [[fmpq(int((k, t) == entry)) for t in range(m)] for k in range(outputs)]
        columns.append(_sensitivities(weights, forward, unit))
    by_weight = dict(zip(network.variables, zip(*columns, strict=True), strict=True))
    penalties = dict(zip(network.variables, _penalty_names(network), strict=True))
    # Σ coefficient · R_kt = right side, for weights that vanish or whose λ is to vanish.
    rows = [
        [*row, fmpq(0)]
        for name, row in by_weight.items()
        if name in zero or penalties[name] == condition
    ]
    for position, (k, t) in enumerate(entries):
        if condition == f"y{k + 1}_{t + 1}":
            row = [fmpq(int(position == e)) for e in range(len(entries))]
            rows.append([*row, forward[-1][k][t]])
    residual = _random_solution(rows, len(entries), generator)
    if residual is None:
        return None
    values = dict(
        zip(network.variables, (e for w in weights for row in w for e in row), strict=True)
    )
    for j in range(inputs):
        values |= {f"x{j + 1}_{t + 1}": x[j][t] for t in range(m)}
    for (k, t), r in zip(entries, residual, strict=True):
        values[f"y{k + 1}_{t + 1}"] = forward[-1][k][t] - r
    for name, sensitivities in by_weight.items():
        total = sum((a * r for a, r in zip(sensitivities, residual, strict=True)), fmpq(0))
        penalty = penalties[name]
        if values[name] != 0:
            values[penalty] = -total / values[name]
        else:
            values[penalty] = fmpq(0) if penalty == condition else fmpq(1)
    return values if values[condition] == 0 else None


def _penalty_names(network: LinearNetwork) -> list[str]:
    return ["l" + name[1:] for name in network.variables]


def _sensitivities(weights: Sequence[Matrix], forward: Sequence[Any], residual: Any) -> list[fmpq]:
    """(T Cᵀ)_w for all weights in order, linear in the residual."""
    backward: Any = residual
    layers: list[Any] = []
    for layer in range(len(weights) - 1, -1, -1):
        layers.append(product(backward, transposed(forward[layer])))
        backward = product(transposed(weights[layer]), backward)
    return [entry for matrix in layers[::-1] for row in matrix for entry in row]


def _random_solution(
    rows: list[list[fmpq]], unknowns: int, generator: np.random.Generator
) -> list[fmpq] | None:
    """A solution of augmented linear equations, free unknowns drawn; None if there is none."""
    solution = [_draw(generator, True) for _ in range(unknowns)]
    if not rows:
        return solution
    reduced, rank = fmpq_mat(rows).rref()
    pivots = [next(j for j in range(unknowns + 1) if reduced[r, j] != 0) for r in range(rank)]
    if unknowns in pivots:
        return None
    for r, j in enumerate(pivots):
        others = (reduced[r, e] * solution[e] for e in range(unknowns) if e not in pivots)
        solution[j] = reduced[r, unknowns] - sum(others, fmpq(0))
    return solution


def _draw(generator: np.random.Generator, nonzero: bool) -> fmpq:
    """A nonzero integer in ±4, or 0."""
    return fmpq(int(generator.integers(1, 5) * generator.choice([-1, 1]))) if nonzero else fmpq(0)
