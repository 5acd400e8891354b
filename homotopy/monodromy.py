"""Zeros of a generic member of a family by monodromy: one zero, and loops in parameter space.

Loops through random parameters permute the zeros of a generic member that lie on one irreducible
component of the variety of all (zero, parameters) transitively: tracked around loops, one zero
leads to all of these. For all systems with given supports there is one component only; a network
has more (its zero patterns), each of which needs a zero to start from. Two things end the search:
a count that is known (the mixed volume of a family of supports, a theorem for a network), or a
trace test.

The trace test needs an affine curve and its linear slices. The zeros over a random line of
parameters, p = p₀ + s·q, form a curve in the space of (x, s); monodromy of random linear slices
finds the points of one slice, and their sum moves linearly with a parallel motion of the slice if
and only if none is missing. The slice s = 0 then holds the zeros of the member p₀.

T. Duff, C. Hill, A. Jensen, K. Lee, A. Leykin, J. Sommars, IMA J. Numer. Anal. 39 (2019),
1421-1446 (monodromy); A. J. Sommese, J. Verschelde, C. W. Wampler, SIAM J. Numer. Anal. 40 (2002),
2026-2046 (trace test); A. Leykin, J. I. Rodriguez, F. Sottile, Arnold Math. J. 4 (2018), 113-125.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.programs import GaussianRational, Node, ProgramBuilder, StraightLineProgram
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from homotopy.accounting import SAME_POINT, clusters, follow
from homotopy.errors import StartUnavailable
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.polyhedral import BERNSHTEIN, LI_WANG, aligned_coefficients
from homotopy.results import PathStatus
from homotopy.starts import MAX_PATHS
from homotopy.tape import Tape
from polytopes import mixed_cells

ComplexArray = NDArray[np.complex128]

#: Loops without a new zero after which a search with a known count gives up.
IDLE_LOOPS = 12
#: Loops in all.
MAX_LOOPS = 60
#: Relative second difference below which a trace is linear.
LINEAR_TRACE = 1e-8
#: The parameter of the line in parameter space; no variable can be called so.
_LINE = "<s>"


@dataclass(frozen=True, eq=False)
class MonodromyResult:
    """Zeros of a random member of a family.

    Attributes
    ----------
    parameters : complex128 array, shape (P,)
    points : complex128 array, shape (k, n)
        Its distinct zeros.
    loops : int
        Loops that were tracked.
    complete : bool
        Whether the count was reached or the trace test held (numerically).
    reason : str
        Which of them, or why not.
    """

    parameters: ComplexArray
    points: ComplexArray
    loops: int
    complete: bool
    reason: str

    def __repr__(self) -> str:
        state = "complete" if self.complete else "incomplete"
        return (
            f"MonodromyResult({len(self.points)} zeros after {self.loops} loops, "
            f"{state}: {self.reason})"
        )


def monodromy(
    family: StraightLineProgram | PolynomialSystem,
    *,
    start: tuple[Any, Any] | None = None,
    count: int | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> MonodromyResult:
    """All zeros of a generic member of a family with parameters, component by component.

    Parameters
    ----------
    family : StraightLineProgram or PolynomialSystem
        n equations in n unknowns with P parameters.
    start : (parameters, points), optional
        Generic parameters (P,) and regular zeros (k, n) of that member, at least one on each
        component that is wanted. By default a random point and parameters that make it a zero.
    count : int, optional
        Number of zeros of a generic member where it is known; otherwise a trace test decides.

    Raises
    ------
    StartUnavailable
        No `start` is given and no parameters make a random point a zero.
    InputError
        `start` has the wrong shapes.

    Examples
    --------
    >>> monodromy(  # doctest: +ELLIPSIS
    ...     PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")
    ... )
    MonodromyResult(3 zeros after ... loops, complete: trace test)
    """
    program = (
        family.program or StraightLineProgram.from_system(family)
        if isinstance(family, PolynomialSystem)
        else family
    )
    generator = np.random.default_rng([seed, 11])
    tape = Tape.from_program(program)
    if start is None:
        parameters, point = _seed_pair(tape, generator)
        points = point[None, :]
    else:
        parameters = np.asarray(start[0], dtype=np.complex128)
        points = np.atleast_2d(np.asarray(start[1], dtype=np.complex128))
        if parameters.shape != (tape.parameter_count,) or points.shape[1:] != (
            tape.variable_count,
        ):
            raise InputError(
                f"start of shapes {parameters.shape} and {points.shape}: expected "
                f"({tape.parameter_count},) and (k, {tape.variable_count})"
            )
    if count is not None:
        return _until_count(tape, parameters, points, count, generator, budget)
    return _until_trace(program, parameters, points, generator, budget)


def monodromy_start(
    system: PolynomialSystem, *, region: str = "affine", seed: int = 0, budget: Budget = UNLIMITED
) -> StartSystem:
    """Start from a random member of the family of all systems with the same supports.

    Its number of zeros is the mixed volume, which is computed exactly and ends the search.

    Raises
    ------
    StartUnavailable
        An equation is zero, there are too many zeros, or loops do not find all of them.
    """
    system.require_square()
    system.require_specialised()
    for i, support in enumerate(system.supports):
        if not len(support):
            raise StartUnavailable("monodromy", f"equation {i + 1} is zero")
    cells = mixed_cells(system.supports, kind=region, seed=seed, budget=budget)
    supports = [np.asarray(a, dtype=np.int64) for a in cells.supports]
    count = cells.mixed_volume
    if count > MAX_PATHS:
        raise StartUnavailable("monodromy", f"{count} zeros, more than {MAX_PATHS}")
    target = np.concatenate(aligned_coefficients(system, supports))
    tape = Tape.from_supports(supports)
    if count == 0:
        found = MonodromyResult(target, np.zeros((0, len(supports)), complex), 0, True, "no zeros")
    else:
        generator = np.random.default_rng([seed, 12])
        blocks = np.repeat(np.arange(len(supports)), [len(a) for a in supports])
        parameters, point = _seed_pair(tape, generator)
        found = _until_count(tape, parameters, point[None, :], count, generator, budget, blocks)
    if not found.complete:
        raise StartUnavailable("monodromy", f"{len(found.points)} of {count} zeros found")
    return StartSystem(
        "monodromy",
        (Homotopy.linear(tape, found.parameters, target),),
        found.points,
        bound=Bound(
            count,
            Word.PROBABLE,
            f"{region} mixed volume",
            relies_on=(BERNSHTEIN, LI_WANG) if region == "affine" else (BERNSHTEIN,),
        ),
        description=f"{count} zeros of a generic member after {found.loops} loops",
    )


# -- loops -----------------------------------------------------------------------------------------


def _until_count(
    tape: Tape,
    parameters: ComplexArray,
    points: ComplexArray,
    count: int,
    generator: np.random.Generator,
    budget: Budget,
    blocks: NDArray[np.int64] | None = None,
) -> MonodromyResult:
    """Loops until `count` zeros are known or `IDLE_LOOPS` in a row find none."""
    idle, loops = 0, 0
    while len(points) < count and idle < IDLE_LOOPS:
        budget.report("monodromy", len(points), count)
        known = len(points)
        points = _around(tape, parameters, points, generator, budget, blocks)
        idle = idle + 1 if len(points) == known else 0
        loops += 1
    complete = len(points) == count
    reason = "count reached" if complete else f"expected {count}"
    return MonodromyResult(parameters, points, loops, complete, reason)


def _around(
    tape: Tape,
    parameters: ComplexArray,
    points: ComplexArray,
    generator: np.random.Generator,
    budget: Budget,
    blocks: NDArray[np.int64] | None = None,
) -> ComplexArray:
    """`points` and where one random loop leads them.

    With `blocks`, the equation of each parameter in a family that is linear in them, equations may
    be multiplied by constants, so that there and back by other constants is a loop already;
    otherwise it is a triangle.
    """
    first = _random_like(parameters, generator)
    if blocks is None:
        second = _random_like(parameters, generator)
        corners = [(parameters, first), (first, second), (second, parameters)]
    else:
        units = np.exp(2j * np.pi * generator.random((3, int(blocks.max(initial=0)) + 1)))
        corners = [
            (units[0][blocks] * parameters, first),
            (units[1][blocks] * first, units[2][blocks] * parameters),
        ]
    stages = tuple(Homotopy.linear(tape, a, b, generic=True) for a, b in corners)
    outcome = follow(StartSystem("loop", stages, points), budget=budget)
    ends = outcome.ends.points[outcome.ends.of(PathStatus.SUCCESS)]
    together = np.concatenate([points, ends])
    _, first_of_each = np.unique(clusters(together, SAME_POINT), return_index=True)
    return together[np.sort(first_of_each)]


def _random_like(parameters: ComplexArray, generator: np.random.Generator) -> ComplexArray:
    """Random complex numbers with the sizes of `parameters`."""
    sizes = np.maximum(np.abs(parameters), 1e-3) * generator.uniform(0.5, 2.0, len(parameters))
    return np.asarray(sizes * np.exp(2j * np.pi * generator.random(len(parameters))))


def _seed_pair(tape: Tape, generator: np.random.Generator) -> tuple[ComplexArray, ComplexArray]:
    """A random point and parameters at which it is a regular zero, by Gauss-Newton steps."""
    n, count = tape.variable_count, tape.parameter_count
    for _ in range(8):
        point = _random_like(np.ones(n, complex), generator)
        parameters = _random_like(np.ones(count, complex), generator)
        for _ in range(20):
            values = tape.evaluate(point, parameters)
            step = np.linalg.lstsq(
                _parameter_jacobian(tape, point, parameters), -values, rcond=None
            )[0]
            parameters = parameters + step
            if np.abs(step).max(initial=0.0) < 1e-14 * np.abs(parameters).max(initial=1.0):
                break
        residual = np.abs(tape.evaluate(point, parameters)).max(initial=0.0)
        jacobian = tape.jacobian(point, parameters)
        if residual < 1e-10 and np.linalg.cond(jacobian) < 1e8:
            return np.asarray(parameters), point
    raise StartUnavailable("monodromy", "the parameters cannot make a random point a zero")


def _parameter_jacobian(tape: Tape, point: ComplexArray, parameters: ComplexArray) -> ComplexArray:
    """∂F/∂p, shape (n, P), by central differences: accurate enough for Gauss-Newton steps."""
    count = len(parameters)
    step = 1e-5 * np.maximum(np.abs(parameters), 1.0)
    shifted = np.concatenate([parameters + np.diag(step), parameters - np.diag(step)])
    values = tape.evaluate(np.broadcast_to(point, (2 * count, len(point))), shifted)
    return np.asarray((values[:count] - values[count:]).T / (2 * step))


# -- the trace test --------------------------------------------------------------------------------


def _until_trace(
    program: StraightLineProgram,
    parameters: ComplexArray,
    zeros: ComplexArray,
    generator: np.random.Generator,
    budget: Budget,
) -> MonodromyResult:
    """Loops of slices of the curve over a line of parameters until the trace is linear."""
    n = len(program.variables)
    tape = _curve(program, parameters, _random_like(parameters, generator))
    # The last equation is Σ a_i y_i + a_0, y = (x, s); only it has parameters. The known zeros lie
    # on the slice s = 0; a random slice reaches as many points and more.
    plane = np.concatenate([_random_like(np.ones(n + 1, complex), generator), [1.0]])
    fiber = np.zeros(n + 2, dtype=np.complex128)
    fiber[n] = 1.0
    lifted = np.concatenate([zeros, np.zeros((len(zeros), 1))], axis=1)
    away = StartSystem("slice", (Homotopy.linear(tape, fiber, plane, generic=True),), lifted)
    moved = follow(away, budget=budget).ends
    points = moved.points[moved.of(PathStatus.SUCCESS)]
    blocks = np.zeros(n + 2, dtype=np.int64)
    linear, loops = False, 0
    while not linear and loops < MAX_LOOPS:
        known = len(points)
        points = _around(tape, plane, points, generator, budget, blocks)
        loops += 1
        budget.report("monodromy", len(points), len(points))
        if len(points) == known:
            linear = trace_is_linear(tape, plane, points, budget=budget)
    back = StartSystem("slice", (Homotopy.linear(tape, plane, fiber),), points)
    outcome = follow(back, budget=budget)
    ends = outcome.ends.points[outcome.ends.of(PathStatus.SUCCESS)][:, :n]
    _, first = np.unique(clusters(ends, SAME_POINT), return_index=True)
    complete = linear and outcome.clean
    reason = "trace test" if complete else ("open paths" if linear else "the trace is not linear")
    return MonodromyResult(parameters, ends[np.sort(first)], loops, complete, reason)


def trace_is_linear(
    tape: Tape, plane: ComplexArray, points: ComplexArray, *, budget: Budget = UNLIMITED
) -> bool:
    """Whether the sum of the points of a linear slice moves linearly with the slice.

    Parameters
    ----------
    tape : Tape
        A curve in n unknowns and, last, its slice Σ a_i y_i + a_0 with parameters (a, a_0).
    plane : complex128 array, shape (n + 1,)
    points : complex128 array, shape (k, n)
        Points of the curve on that slice.
    """
    sums = [points.sum(axis=0)]
    spread = float(np.abs(points).sum())
    for sign in (1.0, -1.0):
        moved = plane.copy()
        moved[-1] += sign * 0.1 * np.abs(plane).max()
        stages = (Homotopy.linear(tape, plane, moved, generic=True),)
        outcome = follow(StartSystem("trace", stages, points), budget=budget)
        if len(outcome.ends.of(PathStatus.SUCCESS)) < len(points):
            return False
        sums.append(outcome.ends.points.sum(axis=0))
        spread = max(spread, float(np.abs(outcome.ends.points).sum()))
    bend = np.abs(sums[1] + sums[2] - 2 * sums[0]).max(initial=0.0)
    return bool(bend <= LINEAR_TRACE * spread)


def _curve(program: StraightLineProgram, origin: ComplexArray, direction: ComplexArray) -> Tape:
    """The family over p = origin + s·direction, and a slice in (x, s) with its own parameters."""
    names = (*program.variables, _LINE)
    planes = tuple(f"<a{i}>" for i in range(len(names) + 1))
    builder = ProgramBuilder(names, planes)
    unknowns: list[Node] = [builder.input(v) for v in names]
    line = unknowns[-1]
    moving = [
        builder.constant(_exact(a)) + builder.constant(_exact(b)) * line
        for a, b in zip(origin.tolist(), direction.tolist(), strict=True)
    ]
    outputs = list(
        program.execute([*unknowns[:-1], *moving], [builder.constant(c) for c in program.constants])
    )
    total = builder.input(planes[-1])
    for name, unknown in zip(planes, unknowns, strict=False):
        total = total + builder.input(name) * unknown
    return Tape.from_program(builder.build([*outputs, total]))


def _exact(value: complex) -> GaussianRational:
    real, imaginary = Fraction(value.real), Fraction(value.imag)
    return GaussianRational(
        fmpq(real.numerator, real.denominator), fmpq(imaginary.numerator, imaginary.denominator)
    )
