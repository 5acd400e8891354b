"""Paths in a random affine patch of (multi-)projective space, where nothing diverges.

Unknowns x of a group become x/x₀, equations are multiplied by powers of the x₀ until no
denominator is left, and ⟨v, (x₀, x)⟩ = 1 with random v chooses representatives. A path that
diverges in C^n ends at an ordinary point there, with x₀ = 0 for some group; a zero with
coordinates of 10¹⁵ is an ordinary point as well. The homotopy's parameters move as before.

A. P. Morgan, "A transformation to avoid solutions at infinity for polynomial systems", Appl. Math.
Comput. 18 (1986), 77-86.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homotopy.homotopies import Homotopy
from homotopy.results import PathStatus
from homotopy.tape import ADD, MUL, MULADD, SUB, Tape, TapeBuilder
from homotopy.tracker import TrackResult, track

ComplexArray = NDArray[np.complex128]

Degree = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Patch:
    """A homotopy in the coordinates (x, x₀ of each group) of a random patch.

    Attributes
    ----------
    homotopy : Homotopy
        n + g equations and unknowns, for n unknowns in g groups.
    groups : lists of variable indices
    forms : complex128 arrays
        Coefficients of each group's patch: of its unknowns, then of x₀.
    """

    homotopy: Homotopy
    groups: tuple[tuple[int, ...], ...]
    forms: tuple[ComplexArray, ...]

    def lifted(self, points: ComplexArray) -> ComplexArray:
        """Coordinates (k, n + g) of points (k, n) of C^n."""
        n = points.shape[1]
        out = np.concatenate([points, np.ones((len(points), len(self.groups)))], axis=1)
        for j, (group, form) in enumerate(zip(self.groups, self.forms, strict=True)):
            columns = [*group, n + j]
            out[:, columns] /= (out[:, columns] @ form)[:, None]
        return out

    def affine(self, points: ComplexArray) -> ComplexArray:
        """Points (k, n) of C^n from coordinates (k, n + g); infinite where x₀ = 0."""
        n = points.shape[1] - len(self.groups)
        out = points[:, :n].copy()
        with np.errstate(all="ignore"):
            for j, group in enumerate(self.groups):
                out[:, list(group)] /= points[:, n + j, None]
        return out


#: |x₀| relative to the group's largest coordinate below which an end is at infinity, if x₀ goes to
#: 0 like a power of t: singular ends are known to a few digits only.
AT_INFINITY_BELOW, VANISHING_EXPONENT = 1e-3, 0.05
#: The same for regular ends, where x₀ is known to rounding.
REGULAR_ZERO = 1e-13


def tracked_in_patch(
    homotopy: Homotopy,
    points: ComplexArray,
    *,
    rows: NDArray[np.int64],
    tracker: Callable[..., TrackResult] = track,
    seed: int = 0,
    **options: Any,
) -> TrackResult:
    """Ends of paths in C^n, followed in a patch: finite ones there, others AT_INFINITY.

    points (k, n), rows (k,) and the options are those of `track`.
    """
    patch = in_patch(homotopy, seed=seed)
    ends = tracker(patch.homotopy, patch.lifted(points), rows=rows, **options)
    n = points.shape[1]
    sizes = np.abs(ends.points)
    far = np.zeros(len(ends), dtype=bool)
    for j, group in enumerate(patch.groups):
        largest = sizes[:, list(group)].max(axis=1)
        vanishing = ends.valuations[:, n + j] > VANISHING_EXPONENT
        near_zero = sizes[:, n + j] < AT_INFINITY_BELOW * largest
        # A regular end may be reached before exponents are measured.
        exact = sizes[:, n + j] < REGULAR_ZERO * largest
        far |= near_zero & np.where(ends.status == PathStatus.SUCCESS, exact, vanishing)
    ended = ends.status <= PathStatus.SINGULAR
    # What a patch calls divergent is not understood: nothing diverges there.
    status = np.where(ended, ends.status, np.maximum(ends.status, PathStatus.STEP_TOO_SMALL))
    status[ended & far] = PathStatus.AT_INFINITY
    relative = ends.valuations[:, :n].copy()
    for j, group in enumerate(patch.groups):
        relative[:, list(group)] -= ends.valuations[:, n + j, None]
    return replace(
        ends,
        status=status,
        points=patch.affine(ends.points),
        checkpoints=patch.affine(ends.checkpoints),
        last=patch.affine(ends.last),
        valuations=relative,
        samples=(),
    )


def in_patch(
    homotopy: Homotopy, groups: Sequence[Sequence[int]] | None = None, *, seed: int = 0
) -> Patch:
    """The homotopy in a random patch; one group of all unknowns by default."""
    n = homotopy.tape.variable_count
    chosen = tuple(tuple(g) for g in groups) if groups is not None else (tuple(range(n)),)
    generator = np.random.default_rng([seed, 31])
    forms = tuple(
        np.exp(2j * np.pi * generator.random(len(g) + 1)) / np.sqrt(len(g) + 1) for g in chosen
    )
    tape = homogenised(homotopy.tape, chosen, forms)
    return Patch(replace(homotopy, tape=tape), chosen, forms)


def homogenised(tape: Tape, groups: Sequence[Sequence[int]], forms: Sequence[ComplexArray]) -> Tape:
    """The tape's equations made homogeneous in every group, then the patches.

    Every register gets a degree in each group; before a sum the term of lower degree is multiplied
    by powers of x₀. Where leading terms cancel, the degree is that of the formula.
    """
    n, p = tape.variable_count, tape.parameter_count
    count = len(groups)
    builder = TapeBuilder(n + count, p)
    zero: Degree = (0,) * count
    home = {k: j for j, group in enumerate(groups) for k in group}
    unit = [tuple(int(i == j) for i in range(count)) for j in range(count)]
    nodes = [builder.variable(i) for i in range(n)]
    degrees = [unit[home[i]] for i in range(n)]
    nodes += [builder.parameter(i) for i in range(p)]
    nodes += [builder.constant(complex(c)) for c in tape.arrays.constants]
    degrees += [zero] * (len(nodes) - n)
    powers: dict[tuple[int, int], int] = {}

    def power(j: int, exponent: int) -> int:
        if (j, exponent) not in powers:
            half = exponent // 2
            powers[j, exponent] = (
                builder.variable(n + j)
                if exponent == 1
                else builder.mul(power(j, half), power(j, exponent - half))
            )
        return powers[j, exponent]

    def raised(node: int, degree: Degree, wanted: Degree) -> int:
        for j in range(count):
            if wanted[j] > degree[j]:
                node = builder.mul(node, power(j, wanted[j] - degree[j]))
        return node

    def joined(operation: int, a: tuple[int, Degree], b: tuple[int, Degree]) -> tuple[int, Degree]:
        if operation == MUL:
            degree = tuple(x + y for x, y in zip(a[1], b[1], strict=True))
            return builder.mul(a[0], b[0]), degree
        degree = tuple(max(x, y) for x, y in zip(a[1], b[1], strict=True))
        left, right = raised(*a, degree), raised(*b, degree)
        made = builder.add(left, right) if operation == ADD else builder.sub(left, right)
        return made, degree

    values = list(zip(nodes, degrees, strict=True))
    for opcode, a, b, c in tape.arrays.operations[: int(tape.arrays.marks[4])].tolist():
        if opcode in (ADD, SUB, MUL):
            values.append(joined(opcode, values[a], values[b]))
        else:
            product = joined(MUL, values[a], values[b])
            first, second = (product, values[c]) if opcode == MULADD else (values[c], product)
            values.append(joined(ADD if opcode == MULADD else SUB, first, second))
    outputs = [values[i][0] for i in tape.arrays.outputs.tolist()]
    for j, (group, form) in enumerate(zip(groups, forms, strict=True)):
        total = builder.constant(-1)
        for k, coefficient in zip([*group, n + j], form.tolist(), strict=True):
            term = builder.mul(builder.constant(coefficient), builder.variable(k))
            total = builder.add(term, total)
        outputs.append(total)
    return builder.build(outputs, builder.derivatives(outputs))
