"""Objectives: real functions whose critical points are wanted, with exact values and symmetries.

A network's loss keeps its product form; any other objective is one polynomial, or the gradient of
one, which is then integrated exactly.
"""

from __future__ import annotations

import abc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly, nmod_mat
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from proofs.inertia import exact_inertia

FloatArray = NDArray[np.float64]

NETWORK_COERCIVE = "L(w) ≥ ½ min λ ‖w‖², all λ > 0: the loss attains its infimum"
NETWORK_NOT_COERCIVE = "some λ ≤ 0: the loss need not attain an infimum"
FORM_COERCIVE = (
    "the leading form is positive definite: the objective grows in all directions and attains its "
    "infimum"
)
FORM_UNKNOWN = "it is not known that the objective attains an infimum"


@dataclass(frozen=True, eq=False)
class SignedPermutation:
    """The symmetry w → signs·w[order] of an objective.

    Attributes
    ----------
    order : int64 array, shape (n,)
    signs : int8 array, shape (n,)
    """

    order: NDArray[np.int64]
    signs: NDArray[np.int8]

    def __call__(self, point: Sequence[Any]) -> list[Any]:
        """The image of a point with coordinates of any kind."""
        return [
            point[int(k)] if s > 0 else -point[int(k)]
            for k, s in zip(self.order, self.signs, strict=True)
        ]


class Objective(abc.ABC):
    """A polynomial function on R^n.

    Attributes
    ----------
    gradient : PolynomialSystem
        Its partial derivatives; square, rational.
    attains_minimum : bool
        Whether `why` argues that the infimum is attained.
    why : str
        The argument, or what is missing.
    """

    gradient: PolynomialSystem
    attains_minimum: bool
    why: str

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self.gradient.variables)

    @abc.abstractmethod
    def exact(self, point: Sequence[Any]) -> Any:
        """The value over any ring that multiplies with fmpq: fmpq or arb."""

    @abc.abstractmethod
    def values(self, points: FloatArray) -> FloatArray:
        """Floating-point values at points of shape (k, n), as an array (k,)."""

    @abc.abstractmethod
    def _permutations(self) -> list[NDArray[np.int64]]:
        """Exchanges of variables that leave the function as it is."""

    def slopes(self, points: FloatArray) -> FloatArray:
        """Floating-point gradients, shape (k, n)."""
        return np.asarray(self.gradient.evaluate(points).real, dtype=np.float64)

    def symmetries(self) -> list[SignedPermutation]:
        """Generators of the symmetries that are used: sign changes, and exchanges of variables."""
        n = self.n
        same, plus = np.arange(n, dtype=np.int64), np.ones(n, dtype=np.int8)
        return [SignedPermutation(same, s) for s in sign_symmetries(self.gradient)] + [
            SignedPermutation(order, plus) for order in self._permutations()
        ]


class NetworkLoss(Objective):
    """The loss of a deep linear network for given data."""

    def __init__(self, network: LinearNetwork, data: NetworkData, gradient: PolynomialSystem):
        self.network, self.data, self.gradient = network, data, gradient
        self.attains_minimum = all(v > 0 for matrix in data.Lambda for row in matrix for v in row)
        self.why = NETWORK_COERCIVE if self.attains_minimum else NETWORK_NOT_COERCIVE

    def exact(self, point: Sequence[Any]) -> Any:
        """The loss at exact numbers or balls."""
        return self.network.exact_loss(list(point), self.data)

    def values(self, points: FloatArray) -> FloatArray:
        """Losses in floating point."""
        return np.asarray(self.network.loss(points, self.data), dtype=np.float64)

    def _permutations(self) -> list[NDArray[np.int64]]:
        return self.network.permutations_fixing(self.data)


class PolynomialObjective(Objective):
    """One rational polynomial."""

    def __init__(self, polynomial: PolynomialSystem):
        polynomial.require_specialised()
        polynomial.require_rational()
        (self.polynomial,) = polynomial.equations
        self.system = polynomial
        self.gradient = polynomial.with_equations(
            [self.polynomial.derivative(k) for k in range(len(polynomial.variables))]
        )
        self.attains_minimum = definite_leading_form(self.polynomial)
        self.why = FORM_COERCIVE if self.attains_minimum else FORM_UNKNOWN

    def exact(self, point: Sequence[Any]) -> Any:
        """The value at exact numbers or balls."""
        total: Any = fmpq(0)
        for exponents, coefficient in self.polynomial.terms():
            term: Any = coefficient
            for base, exponent in zip(point, exponents, strict=True):
                if exponent:
                    term = base ** int(exponent) * term
            total = term + total
        return total

    def values(self, points: FloatArray) -> FloatArray:
        """Values in floating point."""
        return np.asarray(self.system.evaluate(points).real[..., 0], dtype=np.float64)

    def _permutations(self) -> list[NDArray[np.int64]]:
        terms = {tuple(map(int, e)): c for e, c in self.polynomial.terms()}
        return [order for order in _transpositions(self.n) if _unchanged(terms, order)]


def objective_of(subject: Any) -> Objective:
    """The objective a user means.

    Parameters
    ----------
    subject : Objective, fmpq_mpoly or PolynomialSystem
        A polynomial; a network's gradient system; a system of one equation, which is the
        objective; or a square system with symmetric Jacobian, which is integrated.

    Raises
    ------
    InputError
        None of these.
    """
    if isinstance(subject, Objective):
        return subject
    if isinstance(subject, fmpq_mpoly):
        names = tuple(str(name) for name in subject.context().names())
        return PolynomialObjective(PolynomialSystem(names, (subject,)))
    if not isinstance(subject, PolynomialSystem):
        raise InputError(
            f"{type(subject).__name__}: expected a network, a polynomial or a gradient system"
        )
    network, data = subject.metadata.get("network"), subject.metadata.get("data")
    if isinstance(network, LinearNetwork) and isinstance(data, NetworkData):
        return NetworkLoss(network, data, subject)
    if len(subject.equations) == 1:
        return PolynomialObjective(subject)
    return PolynomialObjective(subject.with_equations([potential(subject)]))


def potential(gradient: PolynomialSystem) -> fmpq_mpoly:
    """The polynomial without constant term whose partial derivatives are the given equations.

    Σ_i x_i ∫_0^1 f_i(t·x) dt, term by term: a term of degree e of f_i is divided by e + 1.

    Raises
    ------
    InputError
        The Jacobian is not symmetric: the system is no gradient.
    """
    gradient.require_specialised()
    gradient.require_rational()
    n = len(gradient.variables)
    jacobian = gradient.jacobian() if len(gradient.equations) == n else []
    if not jacobian or any(jacobian[i][j] != jacobian[j][i] for i in range(n) for j in range(i)):
        raise InputError(
            f"{len(gradient.equations)} equations in {n} unknowns that are no gradient: expected a "
            "network's gradient, one polynomial whose critical points are wanted, or a system with "
            "symmetric Jacobian"
        )
    gens = gradient.ring.gens()
    total = gradient.ring.constant(0)
    for x, equation in zip(gens, gradient.equations, strict=True):
        scaled = {e: c / (sum(map(int, e)) + 1) for e, c in equation.terms()}
        total += x * gradient.ring.from_dict(scaled)
    return total


# -- growth ----------------------------------------------------------------------------------------


def definite_leading_form(polynomial: fmpq_mpoly) -> bool:
    """Whether the leading form is seen to be positive definite; False means not seen.

    Degree 2: by exact inertia. Degree 2k: |x^a| ≤ Σ (a_i/2k) x_i^{2k} (weighted means), so it is
    enough that every coefficient of x_i^{2k} exceeds Σ_a |c_a| a_i/2k over the other terms that
    can be negative.
    """
    n = len(polynomial.context().names())
    degree = int(polynomial.total_degree()) if polynomial != 0 else 0
    if n == 0:
        return True
    if degree < 2 or degree % 2:
        return False
    form = [(tuple(map(int, e)), c) for e, c in polynomial.terms() if sum(map(int, e)) == degree]
    if degree == 2:
        return _quadratic_inertia(form, n).positive == n
    slack = [fmpq(0)] * n
    for exponents, c in form:
        if degree in exponents:
            slack[exponents.index(degree)] += c
        elif c < 0 or any(e % 2 for e in exponents):
            for i, e in enumerate(exponents):
                slack[i] -= abs(c) * fmpq(e, degree)
    return all(s > 0 for s in slack)


def _quadratic_inertia(form: list[tuple[tuple[int, ...], fmpq]], n: int) -> Any:
    matrix = [[fmpq(0)] * n for _ in range(n)]
    for exponents, c in form:
        i, j = [k for k, e in enumerate(exponents) for _ in range(e)]
        matrix[i][j] += c
        matrix[j][i] += c
    return exact_inertia(matrix)


# -- symmetries ------------------------------------------------------------------------------------


def sign_symmetries(gradient: PolynomialSystem) -> list[NDArray[np.int8]]:
    """Generators of the sign changes s with f(s∘x) = f(x), from the gradient's exponents.

    s = (−1)^σ is one if σ·a is even for every exponent a of f: a linear system over GF(2).
    For networks these are the sign changes of hidden units, and more where data vanish.
    """
    n = len(gradient.variables)
    rows = set()
    for i, support in enumerate(gradient.supports):
        shifted = np.array(support, dtype=np.int64)
        shifted[:, i] += 1
        rows |= set(map(tuple, (shifted % 2).tolist()))
    rows.discard((0,) * n)
    if not rows:
        kernel = [[int(i == j) for j in range(n)] for i in range(n)]
    else:
        basis, rank = nmod_mat(sorted(rows), 2).nullspace()
        kernel = [[int(basis[i, j]) for i in range(n)] for j in range(rank)]
    return [np.array([-1 if bit else 1 for bit in vector], dtype=np.int8) for vector in kernel]


def _transpositions(n: int) -> Iterator[NDArray[np.int64]]:
    for i in range(n):
        for j in range(i + 1, n):
            order = np.arange(n, dtype=np.int64)
            order[[i, j]] = order[[j, i]]
            yield order


def _unchanged(terms: dict[tuple[int, ...], fmpq], order: NDArray[np.int64]) -> bool:
    where = order.tolist()
    return all(terms.get(tuple(e[k] for k in where)) == c for e, c in terms.items())
