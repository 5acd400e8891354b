"""Start systems by degrees: total degree and multihomogeneous (linear products).

Both lead straight to the target, H = γt·G + (1−t)·F, with F in product form where it has one. Every
isolated zero of F in C^n, with multiplicity, is the end of some path for all but finitely many γ.

A. P. Morgan, A. J. Sommese, "A homotopy for solving general polynomial systems that respects
m-homogeneous structures", Appl. Math. Comput. 24 (1987), 101-113.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.programs import GaussianRational, Node, ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from homotopy.errors import StartUnavailable
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.scaling import Sizes, natural_sizes
from homotopy.tape import Tape
from polytopes.bezout import best_partition

ComplexArray = NDArray[np.complex128]

#: Most start points that are written down.
MAX_PATHS = 2_000_000

#: Names of the two path parameters γt and 1 − t; no variable can be called so.
_START, _TARGET = "<start>", "<target>"


def total_degree_start(system: PolynomialSystem, *, seed: int = 0) -> StartSystem:
    """Start at x_i^(d_i) = ρ_i: Π d_i paths.

    Raises
    ------
    StartUnavailable
        An equation is constant, or there are too many paths.
    """
    degrees, sizes = _prepare(system, "total-degree")
    generator = np.random.default_rng([seed, 1])
    n = len(degrees)
    count = _product(degrees)
    _require_paths(count, "total-degree")
    phases = np.exp(2j * np.pi * generator.random(n))
    radii = np.exp(np.clip(sizes.unknowns * np.array(degrees), -300, 300))
    rho = phases * radii
    builder = ProgramBuilder(system.variables, (_START, _TARGET))
    x = [builder.input(v) for v in system.variables]
    outputs = [
        _scaled(builder, np.exp(sizes.equations[i]) / radii[i], _power(x[i], degrees[i]), rho[i])
        for i in range(n)
    ]
    roots = [
        (rho[i] + 0j) ** (1 / d) * np.exp(2j * np.pi * np.arange(d) / d)
        for i, d in enumerate(degrees)
    ]
    grid = np.indices(degrees).reshape(n, -1) if n else np.zeros((0, 1), dtype=np.int64)
    points = np.stack([roots[i][grid[i]] for i in range(n)], axis=1)
    bound = Bound(
        count,
        Word.CERTIFIED,
        "Bézout's number",
        relies_on=("É. Bézout, Théorie générale des équations algébriques, 1779",),
    )
    return StartSystem(
        "total-degree",
        (_straight_line(system, builder, outputs, generator),),
        points,
        bound=bound,
        description=f"{count} paths from the product of degrees",
    )


def multihomogeneous_start(
    system: PolynomialSystem,
    groups: Sequence[Sequence[int]] | None = None,
    *,
    seed: int = 0,
) -> StartSystem:
    """Start at a product of random linear forms, each in the unknowns of one group.

    Parameters
    ----------
    groups : sequence of lists of variable indices, optional
        A partition of the variables. By default the layers of a network, otherwise the partition
        with the smallest bound among those tried.

    Raises
    ------
    StartUnavailable
        An equation is constant, or there are too many paths.
    InputError
        `groups` is not a partition of the variables.
    """
    _, sizes = _prepare(system, "multihomogeneous")
    n = len(system.variables)
    chosen = default_groups(system) if groups is None else [list(g) for g in groups]
    if sorted(k for g in chosen for k in g) != list(range(n)) or not all(chosen):
        raise InputError(f"groups {chosen}: expected a partition of 0 … {n - 1}")
    degrees = group_degrees(system, chosen)
    count = multihomogeneous_number(degrees, [len(g) for g in chosen])
    _require_paths(count, "multihomogeneous")
    generator = np.random.default_rng([seed, 2])
    builder = ProgramBuilder(system.variables, (_START, _TARGET))
    forms: dict[tuple[int, int, int], ComplexArray] = {}
    outputs = []
    for i in range(n):
        scale = complex(np.exp(sizes.equations[i]))
        total = builder.constant(_exact(scale))
        for j, group in enumerate(chosen):
            for k in range(degrees[i][j]):
                form = generator.normal(size=len(group) + 1) + 1j * generator.normal(
                    size=len(group) + 1
                )
                form[1:] *= np.exp(-sizes.unknowns[group])
                forms[i, j, k] = form
                total = total * _linear_form(builder, system, group, form)
        outputs.append(total)
    points = [
        _solve_choice(choice, chosen, degrees, forms, n, start)
        for choice in _assignments(degrees, [len(g) for g in chosen])
        for start in itertools.product(*(range(degrees[i][j]) for i, j in enumerate(choice)))
    ]
    names = " | ".join(",".join(system.variables[k] for k in g) for g in chosen)
    bound = Bound(
        count,
        Word.CERTIFIED,
        "multihomogeneous Bézout number",
        relies_on=("A. P. Morgan, A. J. Sommese, Appl. Math. Comput. 24 (1987), 101-113",),
    )
    return StartSystem(
        "multihomogeneous",
        (_straight_line(system, builder, outputs, generator),),
        np.array(points, dtype=np.complex128).reshape(len(points), n),
        bound=bound,
        description=f"{count} paths from linear products in the groups {names}",
    )


# -- groups of variables --------------------------------------------------------------------------


def default_groups(system: PolynomialSystem) -> list[list[int]]:
    """The layers of a network; otherwise the best partition that `polytopes.bezout` finds."""
    network = system.metadata.get("network")
    if network is not None:
        edges = np.cumsum([0, *(rows * columns for rows, columns in network.shapes)]).tolist()
        return [list(range(a, b)) for a, b in itertools.pairwise(edges)]
    return [list(group) for group in best_partition(system.supports)[1]]


def group_degrees(system: PolynomialSystem, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Degree of equation i in the unknowns of group j."""
    return [
        [int(support[:, list(group)].sum(axis=1).max(initial=0)) for group in groups]
        for support in system.supports
    ]


def multihomogeneous_number(degrees: Sequence[Sequence[int]], sizes: Sequence[int]) -> int:
    """Coefficient of Π α_j^(sizes[j]) in Π_i Σ_j degrees[i][j]·α_j."""
    counts: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
    for row in degrees:
        following: dict[tuple[int, ...], int] = {}
        for used, ways in counts.items():
            for j, degree in enumerate(row):
                if degree and used[j] < sizes[j]:
                    key = (*used[:j], used[j] + 1, *used[j + 1 :])
                    following[key] = following.get(key, 0) + ways * degree
        counts = following
    return counts.get(tuple(sizes), 0)


def _assignments(
    degrees: Sequence[Sequence[int]], sizes: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """Choices of one group per equation that use group j exactly sizes[j] times."""

    def extend(i: int, left: list[int]) -> Iterator[tuple[int, ...]]:
        if i == len(degrees):
            yield ()
            return
        for j, degree in enumerate(degrees[i]):
            if degree and left[j]:
                left[j] -= 1
                for tail in extend(i + 1, left):
                    yield (j, *tail)
                left[j] += 1

    return extend(0, list(sizes))


def _solve_choice(
    choice: Sequence[int],
    groups: Sequence[Sequence[int]],
    degrees: Sequence[Sequence[int]],
    forms: dict[tuple[int, int, int], ComplexArray],
    n: int,
    factors: Sequence[int],
) -> ComplexArray:
    """The start point at which factor `factors[i]` of group `choice[i]` of equation i vanishes."""
    point = np.zeros(n, dtype=np.complex128)
    for j, group in enumerate(groups):
        rows = np.array([forms[i, j, factors[i]] for i in range(n) if choice[i] == j])
        point[list(group)] = np.linalg.solve(rows[:, 1:], -rows[:, 0])
    return point


# -- the homotopy ---------------------------------------------------------------------------------


def _straight_line(
    system: PolynomialSystem,
    builder: ProgramBuilder,
    start: Sequence[Node],
    generator: np.random.Generator,
) -> Homotopy:
    """p_1·G + p_2·F with (p_1, p_2) from (γ, 0) to (0, 1)."""
    program = system.program or StraightLineProgram.from_system(system)
    first, second = builder.input(_START), builder.input(_TARGET)
    target = program.execute(
        [builder.input(v) for v in system.variables],
        [builder.constant(c) for c in program.constants],
    )
    outputs = [first * g + second * f for g, f in zip(start, target, strict=True)]
    gamma = np.exp(2j * np.pi * generator.random())
    return Homotopy.linear(Tape.from_program(builder.build(outputs)), [gamma, 0], [0, 1])


def _scaled(builder: ProgramBuilder, scale: float, node: Node, shift: complex) -> Node:
    """scale·(node − shift)."""
    difference = node - builder.constant(_exact(shift))
    return builder.constant(_exact(scale)) * difference


def _linear_form(
    builder: ProgramBuilder, system: PolynomialSystem, group: Sequence[int], form: ComplexArray
) -> Node:
    total = builder.constant(_exact(complex(form[0])))
    for k, coefficient in zip(group, form[1:], strict=True):
        variable = builder.input(system.variables[k])
        total = total + builder.constant(_exact(complex(coefficient))) * variable
    return total


def _power(x: Node, exponent: int) -> Node:
    if exponent == 1:
        return x
    half = _power(x, exponent // 2)
    square = half * half
    return square * x if exponent % 2 else square


def _exact(value: complex) -> GaussianRational:
    real, imaginary = Fraction(value.real), Fraction(value.imag)
    return GaussianRational(
        fmpq(real.numerator, real.denominator), fmpq(imaginary.numerator, imaginary.denominator)
    )


def _prepare(system: PolynomialSystem, name: str) -> tuple[tuple[int, ...], Sizes]:
    system.require_square()
    system.require_specialised()
    for i, degree in enumerate(system.degrees):
        if degree <= 0:
            raise StartUnavailable(name, f"equation {i + 1} is constant")
    return system.degrees, natural_sizes(system.supports, system.coefficients)


def _require_paths(count: int, name: str) -> None:
    if count > MAX_PATHS:
        raise StartUnavailable(name, f"{count} paths, more than {MAX_PATHS}")


def _product(values: Sequence[int]) -> int:
    total = 1
    for value in values:
        total *= value
    return total
