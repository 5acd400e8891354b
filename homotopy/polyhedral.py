"""Polyhedral start systems: a generic system with given supports, solved cell by cell.

The mixed cells of a lifting ω turn into toric homotopies H_i = Σ_a c_ia·e^(w_ia·s)·y^a in
logarithmic time s = log t: in the cell with inner normal γ, w_ia = ω(a) + ⟨γ, a⟩ − β_i is exact,
zero on the two ends of the cell's edge and positive elsewhere, so that at s = −∞ a binomial system
is left. At s = 0 all cells meet in the generic system G; a coefficient homotopy leads from G to the
target.

B. Huber, B. Sturmfels, Math. Comp. 64 (1995), 1541-1555; T. Y. Li, X. Wang, Math. Comp. 65 (1996),
1477-1484 (origin added: all isolated zeros in C^n).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from homotopy.binomial import binomial_residual, solve_binomial
from homotopy.errors import StartUnavailable
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.scaling import natural_sizes
from homotopy.starts import MAX_PATHS
from homotopy.tape import Tape
from polytopes import MixedCells, mixed_cells

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]

#: Relative size of the largest neglected term where a toric path starts. The tracker corrects the
#: start point and refuses one that does not contract; smaller values only add quiet steps.
NEGLECTED = 1e-4
#: Largest accepted relative residual of a start point in its binomial system.
BINOMIAL_ACCURACY = 1e-10

BERNSHTEIN = (
    "D. N. Bernshtein, The number of roots of a system of equations, "
    "Functional Analysis and its Applications 9 (1975), 183-185"
)
LI_WANG = "T. Y. Li, X. Wang, The BKK root count in C^n, Math. Comp. 65 (1996), 1477-1484"


def polyhedral_start(
    system: PolynomialSystem,
    *,
    region: str = "affine",
    seed: int = 0,
    cells: MixedCells | None = None,
    budget: Budget = UNLIMITED,
) -> StartSystem:
    """Start from the mixed cells of the supports; as many paths as the mixed volume.

    Parameters
    ----------
    region : {"affine", "torus"}
        "affine" adds the origin to supports that lack it (target coefficient 0), so that every
        isolated zero in C^n is reached; "torus" reaches those with all coordinates nonzero.
    cells : MixedCells, optional
        Cells of the supports found before; otherwise a lifting is drawn from `seed`.

    Raises
    ------
    StartUnavailable
        An equation is zero, or a start point is inaccurate.
    """
    if region not in ("affine", "torus"):
        raise InputError(f"region={region!r}: expected 'affine' or 'torus'")
    system.require_square()
    system.require_specialised()
    for i, support in enumerate(system.supports):
        if not len(support):
            raise StartUnavailable("polyhedral", f"equation {i + 1} is zero")
    if cells is None:
        cells = mixed_cells(system.supports, kind=region, seed=seed, budget=budget)
    supports = [np.asarray(a, dtype=np.int64) for a in cells.supports]
    if cells.mixed_volume > MAX_PATHS:
        raise StartUnavailable("polyhedral", f"{cells.mixed_volume} paths, more than {MAX_PATHS}")
    generator = np.random.default_rng([seed, 3])
    target = aligned_coefficients(system, supports)
    generic = generic_coefficients(system, supports, generator)
    tape = Tape.from_supports(supports)
    points, rows, weights, begins = _cell_paths(cells, supports, generic, budget)
    stages = (
        Homotopy.exponential(tape, np.concatenate(generic), weights, begins),
        Homotopy.linear(tape, np.concatenate(generic), np.concatenate(target)),
    )
    bound = Bound(
        cells.mixed_volume,
        Word.PROBABLE,
        f"{region} mixed volume",
        relies_on=(BERNSHTEIN, LI_WANG) if region == "affine" else (BERNSHTEIN,),
    )
    return StartSystem(
        "polyhedral",
        stages,
        points,
        rows,
        bound,
        f"{len(points)} paths from {len(cells)} mixed cells ({region})",
    )


def generic_coefficients(
    system: PolynomialSystem,
    supports: Sequence[NDArray[np.int64]],
    generator: np.random.Generator,
) -> list[ComplexArray]:
    """Random complex coefficients whose zeros have about the sizes of the target's zeros."""
    sizes = natural_sizes(system.supports, system.coefficients)
    out = []
    for i, support in enumerate(supports):
        moduli = sizes.moduli(i, support) * generator.uniform(0.9, 1.1, len(support))
        phases = np.exp(2j * np.pi * generator.random(len(support)))
        out.append(np.asarray(moduli * phases, dtype=np.complex128))
    return out


def cell_weights(cells: MixedCells, j: int) -> tuple[list[FloatArray], float]:
    """Exponents of t in cell j, one array (m_i,) per support, and the smallest positive one.

    Exact until the last division: w·volume is an integer.

    Raises
    ------
    InputError
        The cell is not a mixed cell of its lifting.
    """
    volume = int(cells.volumes[j])
    normal = [int(x) for x in cells.scaled_normals[j]]
    smallest: int | None = None
    weights = []
    for i, support in enumerate(cells.supports):
        heights = [
            volume * int(w) + sum(int(e) * g for e, g in zip(point, normal, strict=True))
            for point, w in zip(support.tolist(), cells.liftings[i].tolist(), strict=True)
        ]
        low = heights[int(cells.edges[j, i, 0])]
        raised = [h - low for h in heights]
        if raised[int(cells.edges[j, i, 1])] != 0 or sum(r <= 0 for r in raised) != 2:
            raise InputError(f"cell {j} is not a mixed cell of its lifting")
        positive = min((r for r in raised if r > 0), default=None)
        if positive is not None and (smallest is None or positive < smallest):
            smallest = positive
        weights.append(np.array([r / volume for r in raised]))
    return weights, 1.0 if smallest is None else smallest / volume


def _cell_paths(
    cells: MixedCells,
    supports: Sequence[NDArray[np.int64]],
    coefficients: Sequence[ComplexArray],
    budget: Budget,
) -> tuple[ComplexArray, NDArray[np.int64], ComplexArray, FloatArray]:
    """Start points, their rows, weights (cells, P) and starting times (cells,) of all cells."""
    n = cells.edges.shape[1]
    points, rows = [], []
    weights = np.zeros((len(cells), sum(len(a) for a in supports)), dtype=np.complex128)
    begins = np.full(len(cells), -1.0)
    for j in range(len(cells)):
        if j % 256 == 0:
            budget.check()
            budget.report("start points", j, len(cells))
        per_support, smallest = cell_weights(cells, j)
        # Rescaled time: the smallest exponent becomes 1 and all cells start at about -20.
        scaled = [w / smallest for w in per_support]
        weights[j] = np.concatenate(scaled)
        zeros = _binomial_zeros(cells.edges[j], supports, coefficients)
        begins[j] = _starting_time(zeros, scaled, cells.edges[j], supports, coefficients)
        points.append(zeros)
        rows.append(np.full(len(zeros), j, dtype=np.int64))
    if not points:
        return np.zeros((0, n), np.complex128), np.zeros(0, np.int64), weights, begins
    return np.concatenate(points), np.concatenate(rows), weights, begins


def _binomial_zeros(
    edges: NDArray[np.int64],
    supports: Sequence[NDArray[np.int64]],
    coefficients: Sequence[ComplexArray],
) -> ComplexArray:
    """Zeros of c_a·x^a + c_b·x^b = 0 for the cell's edges (a_i, b_i)."""
    exponents = np.array([a[p] - a[q] for a, (p, q) in zip(supports, edges, strict=True)])
    values = np.array([-c[q] / c[p] for c, (p, q) in zip(coefficients, edges, strict=True)])
    zeros = solve_binomial(exponents, values)
    residual = binomial_residual(exponents, values, zeros)
    if not residual < BINOMIAL_ACCURACY * max(1, int(np.abs(exponents).max())):
        raise StartUnavailable(
            "polyhedral", f"a start point misses its binomial system by {residual:.1e}"
        )
    return zeros


def _starting_time(
    zeros: ComplexArray,
    weights: Sequence[FloatArray],
    edges: NDArray[np.int64],
    supports: Sequence[NDArray[np.int64]],
    coefficients: Sequence[ComplexArray],
) -> float:
    """S < 0 at which no neglected term exceeds `NEGLECTED` times the edge's terms."""
    # All zeros of a binomial system have the same moduli.
    sizes = np.log(np.abs(zeros[0]))
    latest = -1.0
    for i, (support, c) in enumerate(zip(supports, coefficients, strict=True)):
        terms = np.log(np.abs(c)) + support @ sizes
        excess = terms - terms[edges[i, 0]] - np.log(NEGLECTED)
        rest = weights[i] > 0
        latest = min(latest, float((-excess[rest] / weights[i][rest]).min(initial=-1.0)))
    return latest


def aligned_coefficients(
    system: PolynomialSystem, supports: Sequence[NDArray[np.int64]]
) -> list[ComplexArray]:
    """Target coefficients in the order of the lifted points; 0 at an added origin."""
    out = []
    for own, values, lifted in zip(system.supports, system.coefficients, supports, strict=True):
        known = {tuple(a): c for a, c in zip(own.tolist(), values.tolist(), strict=True)}
        out.append(np.array([known.get(tuple(a), 0) for a in lifted.tolist()], np.complex128))
    return out
