"""The dimension of the zero set, and which singular ends are isolated zeros.

A component of dimension k meets k general hyperplanes, and no more. Whether F = 0 and k random
linear equations have a common zero is decided modulo a prime: where there is none, a Gröbner basis
of the overdetermined system finds the constant 1 at a low degree, in milliseconds. If the zero set
has dimension 0, every end is isolated. Otherwise the cascade of slices tells isolated multiple
zeros from points of components (`homotopy.components`).
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from algebra.counting import ZeroCounts, count_zeros, counting_primes, generators_modulo
from algebra.errors import AlgebraError, LimitReached
from algebra.f4 import f4
from algebra.limits import Budget, peak_memory
from algebra.orders import MonomialOrder
from algebra.staircase import krull_dimension
from algebra.systems import PolynomialSystem
from algebra.words import Count, Word
from homotopy.accounting import partners
from homotopy.components import Decomposition, decompose
from homotopy.huge import with_huge_zeros
from homotopy.results import PathCounts, Solution, SolveResult
from homotopy.tape import Tape
from homotopy.zeros import Zeros

#: Most seconds for exact counting, and where it only confirms what the cascade finds; most bytes
#: beyond what is used already.
COUNTING_SECONDS, CONFIRMING_SECONDS, COUNTING_BYTES = 20.0, 4.0, 2 * 2**30
#: Ends of one zero of multiplicity m scatter by SCATTER·ROUNDING^(1/m) at most.
SCATTER, ROUNDING = 10.0, 1e-15
#: Relative size below which a singular value counts as zero at a singular end.
RANK_TOLERANCE = 1e-5


def with_dimension(
    result: SolveResult,
    system: PolynomialSystem,
    zeros: Zeros,
    budget: Budget,
    *,
    surplus: bool = False,
) -> SolveResult:
    """The result with the dimension; singular ends that are not isolated are no solutions.

    `surplus`: the system has more equations than unknowns, so that start systems say little about
    the number of its zeros.
    """
    if not surplus and 0 < result.paths.success == result.paths.tracked:
        # All paths of a start system that bounds the number of zeros end regularly.
        return replace(result, dimension=0)
    dimension = dimension_by_slices(system, budget)
    regular = len(zeros.regular) > 0 and not len(zeros.singular) and not surplus
    if regular and dimension is not None and dimension <= 0:
        return replace(result, dimension=0)
    confirming = dimension is not None and dimension > 0
    seconds = CONFIRMING_SECONDS if confirming else COUNTING_SECONDS
    counts = exact_counts(system, budget, seconds)
    if counts is not None:
        dimension = counts.dimension
        result = _bounded(result, counts, surplus)
    elif dimension is not None and dimension <= 0:
        # No component: what singular ends there are are isolated.
        dimension = 0 if len(result.solutions) else None
    result = replace(result, dimension=dimension)
    if dimension is not None and dimension <= 0:
        if counts is None or counts.distinct.value is None:
            return result
        known = counts.distinct.value
        if not surplus and known == counts.with_multiplicity.value:
            result = with_huge_zeros(result, system, known, budget=budget)
        return _without_copies(result, known)
    top = _corank(system, zeros.singular) if dimension is None else dimension
    try:
        found = decompose(system, top=top + 1, seed=result.seed, budget=budget)
    except LimitReached as limit:
        kept = result.solutions[: len(zeros.regular)]
        note = "singular ends are not listed: whether they are isolated is not decided"
        partial = replace(result, solutions=kept, notes=(*result.notes, note))
        raise LimitReached(str(limit), partial) from None
    if counts is None and confirming and not found.decided.all():
        counts = exact_counts(system, budget, COUNTING_SECONDS)
    return _told_apart(result, zeros, found, counts)


def dimension_by_slices(system: PolynomialSystem, budget: Budget) -> int | None:
    """Dimension of the zero set modulo a prime; 0 stands for 0 or less, None for not found."""
    n = len(system.variables)
    share = _limited(budget, COUNTING_SECONDS)
    generator = np.random.default_rng(29)
    try:
        p = next(counting_primes(system))
        generators = generators_modulo(system, p)
        exponents = np.vstack([np.eye(n, dtype=np.int64), np.zeros((1, n), np.int64)])
        for k in range(1, n + 1):
            slices = generator.integers(1, p, size=(k, n + 1)).astype(np.uint32)
            equations = [*generators, *((exponents, form) for form in slices)]
            basis = f4(equations, n, MonomialOrder.parse("grevlex", n), p, budget=share)
            if krull_dimension(basis.leading.reshape(-1, n)) < 0:
                return k - 1
    except (LimitReached, AlgebraError):
        return None
    return n


def _without_copies(result: SolveResult, count: int) -> SolveResult:
    """The result with no more zeros than there are: ends of one multiple zero joined.

    A zero of multiplicity m is known to the m-th root of the rounding error only, so that its
    paths may seem to end at several points. The nearest are joined first, and none that are
    farther apart than that.
    """
    points = {k: s for k, s in enumerate(result.solutions) if not s.certified}
    surplus, unknown = len(result.solutions) - count, result.paths.failed
    while surplus > 0 and len(points) > 1:
        reach, a, b = min(
            (_reach(points[i], points[j], unknown), i, j)
            for i, j in itertools.combinations(points, 2)
        )
        if reach > 1.0:
            break
        points[a] = _joined(points[a], points.pop(b))
        surplus -= 1
    kept = [points.get(k, s) for k, s in enumerate(result.solutions) if s.certified or k in points]
    return replace(result, solutions=tuple(kept))


def _reach(a: Solution, b: Solution, unknown: int) -> float:
    """Distance of two ends, in units of what rounding may make of one multiple zero.

    `unknown` more paths may end there.
    """
    scale = max(1.0, float(np.max(np.abs(a.point), initial=0.0)))
    distance = float(np.max(np.abs(a.point - b.point), initial=0.0)) / scale
    return distance / (SCATTER * ROUNDING ** (1.0 / (a.multiplicity + b.multiplicity + unknown)))


def _joined(a: Solution, b: Solution) -> Solution:
    """One zero for two; where many more paths end near one point, it is the better one."""
    few, many = sorted((a, b), key=lambda s: s.multiplicity)
    total = a.multiplicity + b.multiplicity
    point = many.point
    if 3 * few.multiplicity > many.multiplicity:
        point = (few.multiplicity * few.point + many.multiplicity * many.point) / total
    return Solution(point, None, None, False, total)


def _told_apart(
    result: SolveResult, zeros: Zeros, found: Decomposition, counts: ZeroCounts | None
) -> SolveResult:
    """The regular zeros, the isolated multiple ones of the cascade, and the components."""
    seen = partners(found.isolated, zeros.regular) >= 0
    # Points of components may look regular; a certificate, or the cascade, shows that they are.
    regular = tuple(
        s
        for s, known in zip(result.solutions, seen, strict=False)
        if s.certified or known or found.contains(s.point) is False
    )
    others = partners(zeros.regular, found.isolated) < 0
    isolated = None if counts is None else counts.distinct.value
    if isolated == len(regular) + int(np.sum(others & found.decided)):
        # Exact counting leaves no room for points whose membership is open.
        others &= found.decided
    singular = tuple(
        Solution(point, None, None, False, int(m))
        for point, m in zip(found.isolated[others], found.multiplicities[others], strict=True)
    )
    dimension = found.dimension if result.dimension is None else result.dimension
    notes = [n for n in result.notes if "singular ends" not in n and "component" not in n]
    notes += found.notes
    if found.components:
        notes.append(_in_words(found, len(zeros.singular)))
    if counts is not None and found.dimension != dimension:
        notes.append(f"the cascade finds dimension {found.dimension}, algebra {dimension}")
    if isolated is not None and isolated != len(regular) + len(singular):
        notes.append(
            f"exact counting finds {isolated} isolated zeros, the paths {len(regular)} regular and "
            f"{len(singular)} multiple ones"
        )
    return replace(
        result,
        solutions=(*regular, *singular),
        dimension=dimension,
        components=found.components,
        notes=tuple(notes),
    )


def _in_words(found: Decomposition, singular: int) -> str:
    parts = ", ".join(
        f"degree {c.degree} in dimension {c.dimension}"
        + (f" (multiplicity {c.multiplicity})" if c.multiplicity > 1 else "")
        for c in found.components
    )
    ends = f"; of {singular} singular ends those on them are not listed" if singular else ""
    return f"components of positive dimension, numerically: {parts}{ends}"


def without_paths(
    system: PolynomialSystem, dimension: int | None, reason: str, seed: int, budget: Budget
) -> SolveResult:
    """The honest answer where there are no isolated zeros or none at all."""
    notes = [reason]
    result = SolveResult(system.variables, (), PathCounts(), dimension=dimension, seed=seed)
    if dimension == -1:
        count = Count.exactly(0, Word.CERTIFIED, reason)
        return replace(result, completeness=count, notes=tuple(notes))
    count = Count.exactly(0, Word.CERTIFIED, "fewer equations than unknowns: no isolated zeros")
    # With too few equations there are no isolated zeros: 0 or less means none at all.
    dimension = dimension_by_slices(system, budget)
    if dimension == 0:
        dimension = -1
    else:
        top = None if dimension is None else dimension + 1
        found = decompose(system, top=top, seed=seed, budget=budget)
        result = replace(result, components=found.components)
        notes += [*found.notes, *([_in_words(found, 0)] if found.components else [])]
        dimension = found.dimension if dimension is None else dimension
    return replace(result, dimension=dimension, completeness=count, notes=tuple(notes))


def exact_counts(system: PolynomialSystem, budget: Budget, seconds: float) -> ZeroCounts | None:
    """The algebra's counts, or None if they would take too long or too much memory."""
    try:
        return count_zeros(system, patterns=False, budget=_limited(budget, seconds))
    except (LimitReached, AlgebraError):
        return None


def _limited(budget: Budget, seconds: float) -> Budget:
    left = budget.remaining()
    if left is not None:
        seconds = min(seconds, 0.5 * left)
    memory = peak_memory() + COUNTING_BYTES
    if budget.memory_bytes is not None:
        memory = min(memory, budget.memory_bytes)
    return Budget.of(seconds=seconds, memory_bytes=memory, progress=budget.progress)


def _bounded(result: SolveResult, counts: ZeroCounts, surplus: bool) -> SolveResult:
    """With the exact number of isolated zeros as upper bound where it is the better one.

    For systems that were squared up it is the count itself: what satisfies all equations is proved
    for rational zeros only, but if as many were found as there are, these are they.
    """
    lower, upper = result.completeness.lower, counts.distinct.upper
    known = result.completeness.upper.value
    if upper.value is None or (known is not None and upper.value > known):
        return result
    if surplus and lower.value != upper.value and len(result.solutions) == upper.value:
        lower = counts.distinct.lower
    return replace(result, completeness=Count(lower, upper))


def _corank(system: PolynomialSystem, points: NDArray[np.complex128]) -> int:
    """Largest dimension that the kernel of the Jacobian has at one of the points (k, n)."""
    n = len(system.variables)
    if not len(points):
        return n
    equations = [f for f in system.equations if f != 0]
    tape = Tape.from_supports(system.with_equations(equations).supports)
    values = np.concatenate(system.with_equations(equations).coefficients)
    largest = 0
    for matrix in tape.jacobian(points, values[None, :]):
        rows = np.max(np.abs(matrix), axis=1, keepdims=True)
        singular = np.linalg.svd(matrix / np.where(rows > 0, rows, 1.0), compute_uv=False)
        largest = max(largest, n - int(np.sum(singular > RANK_TOLERANCE * max(1.0, singular[0]))))
    return largest
