"""Training data recovered from a printed gradient system.

Only the moments S = X Xᵀ and M = Y Xᵀ enter the gradient, and they and Λ enter linearly. Comparing
coefficients therefore is a linear system over Q. Data with these moments are then found among the
integer points: the rows of X are lattice vectors with prescribed inner products.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from algebra.errors import InputError
from algebra.gradients import Rows, gradient_of_moments
from algebra.network_data import Matrix, NetworkData
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem, polynomial_ring

#: Most lattice vectors looked at for one row of X.
MAX_VECTORS = 200_000


@dataclass(frozen=True)
class Moments:
    """What a gradient system knows of its data: S = X Xᵀ, M = Y Xᵀ and Λ, exact."""

    x_moments: Matrix
    y_moments: Matrix
    Lambda: tuple[Matrix, ...]


def recover_moments(system: PolynomialSystem, network: LinearNetwork) -> Moments:
    """The moments and the regulariser for which `system` is the gradient system of `network`.

    Variables and equations correspond by position: W_1 row by row, then W_2, and so on.

    Raises
    ------
    InputError
        No moments give these coefficients, or more than one choice does.
    """
    system.require_rational()
    n = network.weight_count
    if len(system.variables) != n or len(system.equations) != n:
        raise InputError(
            f"{len(system.equations)} equations in {len(system.variables)} unknowns: the gradient "
            f"of {network.name} has {n} of each"
        )
    names, equations = _symbolic_gradient(network)
    rows: list[list[fmpq]] = []
    for symbolic, equation in zip(equations, system.equations, strict=True):
        given = {tuple(int(e) for e in m): c for m, c in equation.terms()}
        forms: dict[tuple[int, ...], list[fmpq]] = {}
        for exponents, coefficient in symbolic.terms():
            key = tuple(int(e) for e in exponents)
            form = forms.setdefault(key[:n], [fmpq(0)] * len(names))
            form[key[n:].index(1)] += coefficient
        unexpected = set(given) - set(forms)
        if unexpected:
            raise InputError(f"a monomial with exponents {unexpected.pop()} occurs in no gradient")
        rows += [[*form, given.get(key, fmpq(0))] for key, form in forms.items()]
    solution = _solve(rows, len(names))
    return _as_moments(network, solution)


def recover_data(system: PolynomialSystem, network: LinearNetwork) -> NetworkData:
    """Data, integer if possible, for which `network` has exactly this gradient system.

    Among the integer X with X Xᵀ = S (scaled if S is not integer) the first with integer Y and
    small, positive entries is taken; if no X gives an integer Y, the first X with rational Y.

    Raises
    ------
    InputError
        No moments fit, or no X with so many data points was found.
    """
    moments = recover_moments(system, network)
    scale = math.lcm(*(int(v.q) for row in moments.x_moments for v in row))
    gram = [[int((v * scale * scale).p) for v in row] for row in moments.x_moments]
    best: tuple[tuple[object, ...], Matrix, Matrix] | None = None
    for rows in _gram_factors(gram, network.m):
        x = tuple(tuple(fmpq(v, scale) for v in row) for row in rows)
        y = _targets(x, moments)
        if y is None:
            continue
        entries = [v for row in (*x, *y) for v in row]
        rank = (
            max(int(v.q) for v in entries),
            max(abs(v) for v in entries),
            sum(1 for v in entries if v < 0),
            x,
        )
        if best is None or rank < best[0]:
            best = (rank, x, y)
    if best is None:
        raise InputError(
            f"no X with {network.m} data points and X Xᵀ = {gram} / {scale * scale} was found "
            "among its lattice points; more data points may help"
        )
    return NetworkData(best[1], best[2], moments.Lambda, ("recovered from a gradient system",))


def _symbolic_gradient(network: LinearNetwork) -> tuple[list[str], list[Any]]:
    """Names of the moments and the gradient with the moments as further variables."""
    inputs, outputs = network.widths[0], network.widths[-1]
    pairs = list(itertools.combinations_with_replacement(range(inputs), 2))
    names = [f"s{i}_{j}" for i, j in pairs]
    names += [f"m{k}_{j}" for k in range(outputs) for j in range(inputs)]
    names += [f"l{v[1:]}" for v in network.variables]
    ring = polynomial_ring((*network.variables, *names))
    gens = iter(ring.gens())
    weights = _take(gens, network.shapes)
    entries = dict(zip(pairs, gens, strict=False))
    x_moments = [[entries[min(i, j), max(i, j)] for j in range(inputs)] for i in range(inputs)]
    (y_moments,) = _take(gens, [(outputs, inputs)])
    penalties = _take(gens, network.shapes)
    return names, gradient_of_moments(weights, x_moments, y_moments, penalties)


def _take(values: Iterator[Any], shapes: Sequence[tuple[int, int]]) -> list[Rows[Any]]:
    return [[[next(values) for _ in range(c)] for _ in range(r)] for r, c in shapes]


def _solve(rows: list[list[fmpq]], count: int) -> list[fmpq]:
    """The unique solution of an overdetermined linear system, last column the right-hand side."""
    reduced, rank = fmpq_mat(rows).rref()
    pivots = [next((j for j in range(count + 1) if reduced[i, j] != 0), count) for i in range(rank)]
    if count in pivots:
        raise InputError("these coefficients are not those of a gradient system, for any data")
    if rank < count:
        raise InputError("the coefficients do not determine the moments of the data")
    return [reduced[i, count] for i in range(count)]


def _as_moments(network: LinearNetwork, solution: list[fmpq]) -> Moments:
    values = iter(solution)
    inputs, outputs = network.widths[0], network.widths[-1]
    s = {p: next(values) for p in itertools.combinations_with_replacement(range(inputs), 2)}
    x_moments = tuple(tuple(s[min(i, j), max(i, j)] for j in range(inputs)) for i in range(inputs))
    y_moments = tuple(tuple(next(values) for _ in range(inputs)) for _ in range(outputs))
    penalties = tuple(
        tuple(tuple(next(values) for _ in range(c)) for _ in range(r)) for r, c in network.shapes
    )
    return Moments(x_moments, y_moments, penalties)


def _gram_factors(gram: list[list[int]], m: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Integer matrices with m columns and the given Gram matrix, by extending rows one by one.

    Columns may be permuted and change sign, so the first row is taken nonnegative and sorted.
    """

    def extend(rows: list[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], ...]]:
        k = len(rows)
        if k == len(gram):
            yield tuple(rows)
            return
        for vector in _vectors_of_norm(gram[k][k], m):
            if k == 0 and (min(vector) < 0 or list(vector) != sorted(vector)):
                continue
            if all(
                sum(a * b for a, b in zip(vector, row, strict=True)) == gram[k][i]
                for i, row in enumerate(rows)
            ):
                yield from extend([*rows, vector])

    yield from extend([])


def _vectors_of_norm(norm: int, m: int) -> Iterator[tuple[int, ...]]:
    """Integer vectors of length m with this sum of squares, at most `MAX_VECTORS` of them."""

    def extend(left: int, places: int) -> Iterator[tuple[int, ...]]:
        if places == 1:
            root = math.isqrt(left)
            if root * root == left:
                yield from {(root,), (-root,)}
            return
        for first in range(math.isqrt(left), -1, -1):
            for rest in extend(left - first * first, places - 1):
                yield (first, *rest)
                if first:
                    yield (-first, *rest)

    if norm >= 0:
        yield from itertools.islice(extend(norm, m), MAX_VECTORS)


def _targets(x: Matrix, moments: Moments) -> Matrix | None:
    """A solution Y of Y Xᵀ = M, None if there is none; free entries are zero."""
    points = len(x[0])
    columns = [list(row) for row in moments.y_moments]
    augmented = [[*row, *(c[i] for c in columns)] for i, row in enumerate(x)]
    reduced, rank = fmpq_mat(augmented).rref()
    y = [[fmpq(0)] * points for _ in columns]
    for i in range(rank):
        pivot = next(j for j in range(points + len(columns)) if reduced[i, j] != 0)
        if pivot >= points:
            return None
        for k in range(len(columns)):
            y[k][pivot] = reduced[i, points + k]
    return tuple(tuple(row) for row in y)
