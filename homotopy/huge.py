"""Zeros so large that doubles take them for infinite.

Rounded coefficients turn points at infinity into zeros with coordinates like 10⁸ … 10¹⁵, and the
rounding of coefficients to doubles moves those by as much as they are large: no tracking in double
precision can find them. Newton's method on the exact equations can, in a patch of multiprojective
space, where such a zero is an ordinary point near the end of its path: x₀ shrinks by a factor of
two a step until it has its size, or falls to 0 without end if the path really diverges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from flint import acb, ctx, fmpq
from numpy.typing import NDArray

from algebra.errors import LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.programs import GaussianRational, Node, ProgramBuilder
from algebra.systems import PolynomialSystem
from homotopy.boxes import CertifyResult
from homotopy.certify import certify
from homotopy.enclosures import Enclosure, with_jacobian
from homotopy.krawczyk import newton, power_of_two
from homotopy.results import SolveResult
from polytopes.bezout import best_partition

ComplexArray = NDArray[np.complex128]
Form = tuple[GaussianRational, ...]

#: Bits and Newton steps in a patch; x₀ loses one bit a step on its way to a double point.
PRECISION, STEPS = 424, 120
#: Binary logarithm of |x₀| below which it counts as 0: zeros of this size are beyond doubles.
VANISHING = -110
#: Denominator of the patches' coefficients.
GRID = 64


def with_huge_zeros(
    result: SolveResult,
    system: PolynomialSystem,
    wanted: int,
    *,
    budget: Budget = UNLIMITED,
) -> SolveResult:
    """The result with certified zeros near the ends of divergent paths, until `wanted` are known.

    `wanted` is an exact count of simple zeros: nothing is done if the result has as many.

    Raises
    ------
    LimitReached
        With the result as it was as `partial`.
    """
    points = result.far_ends
    if points is None or not len(points) or not system.is_square or result.proof is None:
        return result
    if result.proof.distinct_count >= wanted:
        return result
    try:
        return _completed(result, result.proof, points, system, wanted, budget)
    except LimitReached as limit:
        raise LimitReached(str(limit), result) from None


def _completed(
    result: SolveResult,
    proof: CertifyResult,
    points: ComplexArray,
    system: PolynomialSystem,
    wanted: int,
    budget: Budget,
) -> SolveResult:
    known: list[object] = [box.center for box in proof.boxes]
    found = len(proof.boxes)
    real = not system.imaginary
    for groups in _partitions(system):
        candidates = []
        patch = ExactPatch(system, groups, seed=result.seed)
        for done, point in enumerate(points):
            budget.report("zeros near infinity", done, len(points))
            budget.check()
            candidate = patch.nearest_zero(point)
            if candidate is not None:
                candidates.append(candidate)
                if real:
                    candidates.append([c.conjugate() for c in candidate])
        together = certify(system, [*known, *candidates], max_precision=PRECISION, budget=budget)
        if together.distinct_count > proof.distinct_count:
            proof = together
            known = [box.center for box in together.boxes]
        if proof.distinct_count >= wanted:
            break
    new = len(proof.boxes) - found
    if new <= 0:
        return result
    moved = min(new, result.paths.at_infinity)
    paths = replace(
        result.paths,
        success=result.paths.success + moved,
        at_infinity=result.paths.at_infinity - moved,
    )
    note = f"{new} of the zeros are so large that their paths seemed to diverge"
    return replace(result.with_boxes(proof), paths=paths, notes=(*result.notes, note))


def _partitions(system: PolynomialSystem) -> list[tuple[tuple[int, ...], ...]]:
    """The partition with the least Bézout number, then one group of all unknowns."""
    everything = (tuple(range(len(system.variables))),)
    best = tuple(tuple(int(k) for k in group) for group in best_partition(system.supports)[1])
    return [best] if best == everything else [best, everything]


class ExactPatch:
    """A system's equations in a random patch of multiprojective space, with exact coefficients.

    Parameters
    ----------
    system : PolynomialSystem, square
    groups : partition of the indices of the unknowns
    """

    def __init__(
        self, system: PolynomialSystem, groups: Sequence[Sequence[int]], *, seed: int = 0
    ) -> None:
        self.n, self.groups = len(system.variables), [list(g) for g in groups]
        generator = np.random.default_rng([seed, 37])
        self.forms: list[Form] = [
            tuple(
                GaussianRational(fmpq(int(a), GRID), fmpq(int(b), GRID))
                for a, b in generator.integers(-GRID, GRID + 1, size=(len(g) + 1, 2))
            )
            for g in self.groups
        ]
        names = [f"x{k}" for k in range(self.n + len(self.groups))]
        builder = ProgramBuilder(names)
        x = [builder.input(name) for name in names]
        powers: dict[tuple[int, int], Node] = {}

        def power(k: int, exponent: int) -> Node:
            if exponent == 1:
                return x[k]
            if (k, exponent) not in powers:
                half = exponent // 2
                powers[k, exponent] = power(k, half) * power(k, exponent - half)
            return powers[k, exponent]

        outputs = []
        for i in range(len(system.equations)):
            terms = list(system.terms(i))
            exponents = np.array([t.exponents for t in terms], dtype=np.int64)
            degrees = np.stack([exponents[:, g].sum(axis=1) for g in self.groups], axis=1)
            missing = degrees.max(axis=0) - degrees
            total = builder.constant(0)
            for term, row in zip(terms, np.hstack([exponents, missing]).tolist(), strict=True):
                value = builder.constant(GaussianRational(term.real, term.imaginary))
                for k, exponent in enumerate(row):
                    if exponent:
                        value = value * power(k, exponent)
                total = total + value
            outputs.append(total)
        for j, (group, form) in enumerate(zip(self.groups, self.forms, strict=True)):
            total = builder.constant(-1)
            for k, coefficient in zip([*group, self.n + j], form, strict=True):
                total = total + builder.constant(coefficient) * x[k]
            outputs.append(total)
        program = builder.build(outputs)
        self.enclosure = Enclosure(program, with_jacobian(program))

    def lifted(self, point: ComplexArray) -> ComplexArray:
        """Coordinates (n + g,) of a point (n,) of C^n."""
        out = np.concatenate([point, np.ones(len(self.groups))]).astype(np.complex128)
        for j, (group, form) in enumerate(zip(self.groups, self.forms, strict=True)):
            columns = [*group, self.n + j]
            out[columns] /= out[columns] @ np.array([complex(c) for c in form])
        return out

    def nearest_zero(self, point: ComplexArray) -> list[acb] | None:
        """The affine zero that Newton's method finds from a point (n,); None if it is infinite.

        A candidate: nothing is proved here.
        """
        start = self.lifted(point)
        if not np.isfinite(start).all():
            return None
        polished = newton(
            self.enclosure, [acb(z.real, z.imag) for z in start.tolist()], PRECISION, STEPS
        )
        if polished is None:
            return None
        y = polished[0]
        with ctx.workprec(PRECISION):
            out = [acb(0)] * self.n
            for j, group in enumerate(self.groups):
                x0 = y[self.n + j]
                if x0.abs_upper() < power_of_two(VANISHING):
                    return None
                for k in group:
                    out[k] = y[k] / x0
        return out
