"""Exact tests of what "generic" means, for given data of one hidden layer and rank X = 1.

With S_i = Σ_j x_j²/λ_ij, s_i = 1/S_i and M = (1/μ_ki), docs/theory.md proves: if (i) holds, the
critical points form a finite scheme of length Σ_k 4^k C(d,k) C(p,k) if and only if (ii) and (iii)
hold, and there are that many distinct ones if and only if (iv) holds too.

(i)   no λ, μ, y_k and S_i vanishes;
(ii)  for all I with |I| ≤ min(d, p+1): all maximal minors of [M_Iᵀ | s_I] are nonzero;
(iii) for |I| = e ≤ min(d, p−1): all (e+1)-minors of [1 | M_I] are nonzero;
(iv)  the reduced ideal is radical (decided by the algebra, not here).

A condition that fails comes with a certificate: the quantity, a polynomial in the data once its
denominators are cleared, lies in the ideal of the given data.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.networks import LinearNetwork, NetworkData
from proofs.certificates import Document
from proofs.reduction import RankOneData, rank_one_data
from proofs.vanishing import SIZE_LIMIT, determinant, vanishing_certificate


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
    certificate : document or None
        That the quantity vanishes at the given data; the names are those of the data, x the factor
        of X. None for large minors.
    """

    condition: str
    what: str
    effect: str
    certificate: Document | None = field(default=None, repr=False)

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
                    zero = _single(f"l{layer}_{i}_{j}")
                    failures.append(Failure("(i)", f"l{layer}_{i}_{j} = 0", "no reduction", zero))
    rank_one = rank_one_data(data)
    if failures or rank_one is None:
        if rank_one is None:
            failures.append(Failure("(i)", f"rank X = {matrix_rank(data.X)}", "expected 1"))
        return Genericity(tuple(failures), 0)
    for k, value in enumerate(rank_one.v, start=1):
        if value == 0:
            failures.append(
                Failure(
                    "(i)",
                    f"the target of output {k} is 0",
                    "the tests assume it is not",
                    _single(f"y{k}_1") if network.m == 1 else None,
                )
            )
    sums, symbols = squared_sums(data, rank_one), _Symbols(data, rank_one)
    for i, value in enumerate(sums, start=1):
        if value == 0:
            zero = symbols.dead(i)
            failures.append(Failure("(i)", f"S_{i} = 0", f"neuron {i} is dead", zero))
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
                failures.append(_second(size, p, chosen, columns, symbols))
            tested += math.comb(p + 1, size)
            if size <= p - 1:
                table = [[fmpq(1), *(inverse[k][i] for i in chosen)] for k in range(p)]
                transposed = [list(column) for column in zip(*table, strict=True)]
                for columns in _vanishing_minors(transposed):
                    failures.append(_third(chosen, columns, symbols))
                tested += math.comb(p, size + 1)
    return Genericity(tuple(failures), tested)


def _vanishing_minors(rows: list[list[fmpq]]) -> list[tuple[int, ...]]:
    """Column sets of the vanishing maximal minors of a wide matrix."""
    return [
        columns
        for columns in itertools.combinations(range(len(rows[0])), len(rows))
        if fmpq_mat([[row[c] for c in columns] for row in rows]).det() == 0
    ]


def _single(name: str) -> Document | None:
    return vanishing_certificate({name: fmpq(0)}, lambda v: v[name])


@dataclass(frozen=True)
class _Symbols:
    """The data by name, and the quantities of (i)-(iii) as polynomials in them."""

    data: NetworkData
    rank_one: RankOneData

    def values(self, wanted: Sequence[tuple[Any, ...]]) -> dict[str, fmpq]:
        """("x",), ("l1", i): row i of the first λ, ("l2", i): column i of the second; from 1."""
        out: dict[str, fmpq] = {}
        for kind, *index in wanted:
            if kind == "x":
                out |= {f"x{j}": value for j, value in enumerate(self.rank_one.x, start=1)}
            elif kind == "l1":
                row = self.data.Lambda[0][index[0] - 1]
                out |= {f"l1_{index[0]}_{j}": value for j, value in enumerate(row, start=1)}
            else:
                column = [row[index[0] - 1] for row in self.data.Lambda[1]]
                out |= {f"l2_{k}_{index[0]}": value for k, value in enumerate(column, start=1)}
        return out

    def certificate(
        self, wanted: Sequence[tuple[Any, ...]], build: Callable[[Mapping[str, Any]], Any]
    ) -> Document | None:
        """That the polynomial vanishes at the data."""
        return vanishing_certificate(self.values(wanted), build)

    def dead(self, i: int) -> Document | None:
        """S_i = 0."""
        return self.certificate([("l1", i), ("x",)], lambda v: self.scaled_sum(v, i))

    def scale(self, v: Mapping[str, Any], i: int) -> Any:
        """Π_j λ_ij."""
        return math.prod(v[f"l1_{i}_{j}"] for j in range(1, len(self.rank_one.x) + 1))

    def scaled_sum(self, v: Mapping[str, Any], i: int) -> Any:
        """S_i · Π_j λ_ij = Σ_j x_j² Π_{j' ≠ j} λ_ij'."""
        inputs = range(1, len(self.rank_one.x) + 1)
        return sum(
            v[f"x{j}"] ** 2 * math.prod(v[f"l1_{i}_{k}"] for k in inputs if k != j) for j in inputs
        )


def _second(
    size: int, p: int, chosen: tuple[int, ...], columns: tuple[int, ...], symbols: _Symbols
) -> Failure:
    names = ", ".join("s" if c == p else f"output {c + 1}" for c in columns)
    effect = (
        "infinitely many critical points"
        if size == p + 1
        else "the length drops or there are infinitely many critical points"
    )
    outputs = [c + 1 for c in columns if c < p]

    def row(v: Mapping[str, Any], i: int) -> list[Any]:
        """1/μ_ki for the outputs, then s_i, times Π_k μ_ki and the numerator of S_i."""
        weights = [v[f"l2_{k}_{i}"] for k in outputs]
        out = [math.prod(w for w in weights if w is not weight) for weight in weights]
        if p not in columns:
            return out
        numerator = symbols.scaled_sum(v, i)
        return [*(numerator * entry for entry in out), symbols.scale(v, i) * math.prod(weights)]

    certificate = None
    if size <= SIZE_LIMIT:
        wanted = [(kind, i + 1) for i in chosen for kind in ("l1", "l2")]
        certificate = symbols.certificate(
            [*wanted, ("x",)], lambda v: determinant([row(v, i + 1) for i in chosen])
        )
    what = f"minor of neurons {_listed(chosen)}, columns {names}, is 0"
    return Failure("(ii)", what, effect, certificate)


def _third(chosen: tuple[int, ...], columns: tuple[int, ...], symbols: _Symbols) -> Failure:
    def row(v: Mapping[str, Any], k: int) -> list[Any]:
        """1 and 1/μ_ki for the chosen neurons, times Π_i μ_ki."""
        weights = [v[f"l2_{k}_{i + 1}"] for i in chosen]
        rest = [math.prod(w for w in weights if w is not weight) for weight in weights]
        return [math.prod(weights), *rest]

    certificate = None
    if len(columns) <= SIZE_LIMIT:
        certificate = symbols.certificate(
            [("l2", i + 1) for i in chosen],
            lambda v: determinant([row(v, k + 1) for k in columns]),
        )
    return Failure(
        "(iii)",
        f"minor of [1 | M] for neurons {_listed(chosen)}, outputs {_listed(columns)}, is 0",
        "the length drops or there are infinitely many critical points",
        certificate,
    )


def _listed(indices: tuple[int, ...]) -> str:
    return ", ".join(str(i + 1) for i in indices)
