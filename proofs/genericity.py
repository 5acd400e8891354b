"""Exact tests of what "generic" means, for given data of one hidden layer and rank X = 1.

With S_i = Σ_j x_j²/λ_ij, s_i = 1/S_i and M = (1/μ_ki), docs/theory.md proves: if (i) holds, the
critical points form a finite scheme of length Σ_k 4^k C(d,k) C(p,k) if and only if (ii) and (iii)
hold, and there are that many distinct ones if and only if (iv) holds too.

(i)   no λ, μ, y_k and S_i vanishes;
(ii)  for all I with |I| ≤ min(d, p+1): all maximal minors of [M_Iᵀ | s_I] are nonzero;
(iii) for |I| = e ≤ min(d, p−1): all (e+1)-minors of [1 | M_I] are nonzero;
(iv)  the reduced ideal is radical (decided by the algebra, not here).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from algebra.networks import LinearNetwork, NetworkData
from proofs.reduction import RankOneData, rank_one_data


@dataclass(frozen=True)
class Failure:
    """One condition that the data violate.

    Attributes
    ----------
    condition : str
        "(i)", "(ii)" or "(iii)".
    what : str
        The vanishing quantity, in words and indices.
    effect : str
        What follows for the critical points.
    """

    condition: str
    what: str
    effect: str

    def __str__(self) -> str:
        return f"{self.condition} {self.what}: {self.effect}"


@dataclass(frozen=True)
class Genericity:
    """Outcome of the tests (i)-(iii).

    Attributes
    ----------
    failures : tuple of Failure
        Empty iff (i), (ii) and (iii) hold.
    tested : int
        Number of exact quantities that were shown to be nonzero.
    """

    failures: tuple[Failure, ...]
    tested: int

    @property
    def holds(self) -> bool:
        """Whether (i)-(iii) hold."""
        return not self.failures

    def __str__(self) -> str:
        if self.holds:
            return f"generic: {self.tested} exact quantities are nonzero"
        return "; ".join(str(failure) for failure in self.failures)


def special_data(network: LinearNetwork, data: NetworkData) -> list[str]:
    """What is special about the data, in words: zeros, repeated λ, dead neurons, low rank.

    None of this need break a claim; it names hypotheses that do not hold.
    """
    notes = []
    for name, matrix in (("x", data.X), ("y", data.Y)):
        for j, row in enumerate(matrix, start=1):
            for t, entry in enumerate(row, start=1):
                if entry == 0:
                    notes.append(f"{name}{j}_{t} = 0")
    seen: dict[tuple[int, int], str] = {}
    for layer, matrix in enumerate(data.Lambda, start=1):
        for i, row in enumerate(matrix, start=1):
            for j, entry in enumerate(row, start=1):
                name, key = f"l{layer}_{i}_{j}", (int(entry.p), int(entry.q))
                if entry == 0:
                    notes.append(f"{name} = 0")
                elif key in seen:
                    notes.append(f"{name} = {seen[key]}")
                else:
                    seen[key] = name
    rank = matrix_rank(data.X)
    if rank < min(network.widths[0], network.m):
        notes.append(f"rank X = {rank}")
    if network.hidden_layers == 1 and data.regularised:
        rank_one = rank_one_data(data)
        if rank_one is not None:
            for i, value in enumerate(squared_sums(data, rank_one), start=1):
                if value == 0:
                    notes.append(f"S_{i} = Σ_j x_j²/λ_{i}j = 0")
    return notes


def matrix_rank(matrix: Sequence[Sequence[fmpq]]) -> int:
    """Exact rank."""
    return int(fmpq_mat([list(row) for row in matrix]).rank())


def squared_sums(data: NetworkData, rank_one: RankOneData) -> list[fmpq]:
    """S_i = Σ_j x_j²/λ_ij for every hidden neuron; all λ must be nonzero."""
    return [
        sum((x * x / entry for x, entry in zip(rank_one.x, row, strict=True)), fmpq(0))
        for row in data.Lambda[0]
    ]


def genericity(network: LinearNetwork, data: NetworkData) -> Genericity:
    """Conditions (i), (ii) and (iii) for one hidden layer and rank X = 1, decided exactly."""
    _, d, p = network.widths
    failures = []
    for layer, matrix in enumerate(data.Lambda, start=1):
        for i, row in enumerate(matrix, start=1):
            for j, entry in enumerate(row, start=1):
                if entry == 0:
                    failures.append(Failure("(i)", f"l{layer}_{i}_{j} = 0", "no reduction"))
    rank_one = rank_one_data(data)
    if failures or rank_one is None:
        if rank_one is None:
            failures.append(Failure("(i)", f"rank X = {matrix_rank(data.X)}", "expected 1"))
        return Genericity(tuple(failures), 0)
    for k, value in enumerate(rank_one.v, start=1):
        if value == 0:
            failures.append(
                Failure("(i)", f"the target of output {k} is 0", "the tests assume it is not")
            )
    sums = squared_sums(data, rank_one)
    for i, value in enumerate(sums, start=1):
        if value == 0:
            failures.append(Failure("(i)", f"S_{i} = 0", f"neuron {i} is dead"))
    if failures:
        return Genericity(tuple(failures), 0)
    tested = network.weight_count + d + p
    # For m > 1 the scale s of the data multiplies the rows of M in (iii), which changes no minor
    # from zero to nonzero: s does not enter.
    inverse = [[1 / entry for entry in row] for row in data.Lambda[1]]
    thresholds = [1 / value for value in sums]
    for size in range(1, min(d, p + 1) + 1):
        for chosen in itertools.combinations(range(d), size):
            rows = [[*(inverse[k][i] for k in range(p)), thresholds[i]] for i in chosen]
            for columns in _vanishing_minors(rows):
                failures.append(_second(size, p, chosen, columns))
            tested += math.comb(p + 1, size)
            if size <= p - 1:
                table = [[fmpq(1), *(inverse[k][i] for i in chosen)] for k in range(p)]
                transposed = [list(column) for column in zip(*table, strict=True)]
                for columns in _vanishing_minors(transposed):
                    failures.append(_third(chosen, columns))
                tested += math.comb(p, size + 1)
    return Genericity(tuple(failures), tested)


def _vanishing_minors(rows: list[list[fmpq]]) -> list[tuple[int, ...]]:
    """Column sets of the vanishing maximal minors of a wide matrix."""
    return [
        columns
        for columns in itertools.combinations(range(len(rows[0])), len(rows))
        if fmpq_mat([[row[c] for c in columns] for row in rows]).det() == 0
    ]


def _second(size: int, p: int, chosen: tuple[int, ...], columns: tuple[int, ...]) -> Failure:
    names = ", ".join("s" if c == p else f"output {c + 1}" for c in columns)
    effect = (
        "infinitely many critical points"
        if size == p + 1
        else "the length drops or there are infinitely many critical points"
    )
    return Failure("(ii)", f"minor of neurons {_listed(chosen)}, columns {names}, is 0", effect)


def _third(chosen: tuple[int, ...], columns: tuple[int, ...]) -> Failure:
    return Failure(
        "(iii)",
        f"minor of [1 | M] for neurons {_listed(chosen)}, outputs {_listed(columns)}, is 0",
        "the length drops or there are infinitely many critical points",
    )


def _listed(indices: tuple[int, ...]) -> str:
    return ", ".join(str(i + 1) for i in indices)
