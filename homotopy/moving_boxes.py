"""Zeros of a whole cell of parameters, each in a box that moves along its tangent.

Over the cell p = p₀ + δ, |δ_l| ≤ h_l, a zero is sought as x₀ + X₁δ + z with X₁ near dx/dp. With
G(z; δ) = F(x₀ + X₁δ + z; p₀ + δ), Y near the inverse of F_x, and derivatives in `AffineArray`s,

    |Y·F(x₀; p₀)| + |Y·(F_x X₁ + F_p)|·h + |I − Y·F_x|·ρ < ρ        (componentwise)

shows for every δ that exactly one zero has |z_j| ≤ ρ_j, and that it is simple: G(0; δ) is enclosed
by the mean value theorem along the segment from 0 to δ, and Krawczyk's operator maps the polydisc
of radii ρ into itself and contracts. R. Krawczyk, Computing 4 (1969), 187-201.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.programs import StraightLineProgram
from homotopy.affine_balls import AffineArray, identity, product, stacked, times_exact
from homotopy.ball_arrays import BallArray
from homotopy.compiled import balls
from homotopy.enclosures import with_jacobian

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]

#: Newton steps at the centre before the test.
POLISHING_STEPS = 2
#: Rounds in which radii are proposed, and the factor by which each widens them.
ROUNDS, WIDENING = 8, 1.2
#: Candidates whose imaginary parts are this small are tested as real ones.
ALMOST_REAL = 1e-7


@dataclass(frozen=True, eq=False)
class MovingBoxes:
    """Boxes of r candidates in each of c cells.

    Attributes
    ----------
    centers : complex128 (c, r, n); tangents : complex128 (c, r, n, k); radii : float64 (c, r, n)
        The zero of member p₀ + δ lies within `radii` of centers + tangents·δ.
    half : float64 (c, k)
        Bounds of |δ|.
    certified : bool (c, r)
        Whether the test held.
    real : int8 (c, r)
        1: real for every real δ; −1: not real for any; 0: undecided.
    """

    centers: ComplexArray
    tangents: ComplexArray
    radii: FloatArray
    half: FloatArray
    certified: NDArray[np.bool_]
    real: NDArray[np.int8]

    def lifted(self, orbits: NDArray[np.int64], images: NDArray[np.int8]) -> MovingBoxes:
        """Boxes of all zeros, where zero i is the image under signs images[i] of orbits[i]."""
        return MovingBoxes(
            self.centers[:, orbits] * images,
            self.tangents[:, orbits] * images[:, :, None],
            self.radii[:, orbits],
            self.half,
            self.certified[:, orbits],
            self.real[:, orbits],
        )

    def apart(self) -> NDArray[np.bool_]:
        """For each cell whether all zeros are certified and distinct for every δ, shape (c,).

        Distinct at δ = 0 is enough: each zero is simple and depends continuously on δ, so where two
        met they would be one zero, near that δ and so on the whole cell.
        """
        count = self.centers.shape[1]
        out = np.asarray(self.certified.all(axis=1))
        for i in range(count - 1):
            gap = np.abs(self.centers[:, i + 1 :] - self.centers[:, i, None])
            reach = self.radii[:, i + 1 :] + self.radii[:, i, None]
            # The factor covers the rounding of these few operations.
            apart = np.any(gap * (1 - 2.0**-40) > reach * (1 + 2.0**-40), axis=2)
            out = out & np.all(apart, axis=1)
        return np.asarray(out)


class CellCertifier:
    """A family of square systems over cells in some of its parameters, the others fixed.

    Parameters
    ----------
    program : StraightLineProgram
        Equations with parameters.
    values : exact values of all parameters
    positions : of the parameters that vary
    conditions : StraightLineProgram, optional
        Polynomials in the same parameters that may not vanish on a cell.
    """

    def __init__(
        self,
        program: StraightLineProgram,
        values: Sequence[fmpq],
        positions: Sequence[int],
        conditions: StraightLineProgram | None = None,
    ) -> None:
        self.base = np.array([int(v.p) / int(v.q) for v in values], dtype=np.float64)
        self.positions = list(positions)
        names = program.parameters
        moving = [names[i] for i in positions]
        fixed = {n: v for n, v in zip(names, values, strict=True) if n not in moving}
        rest = program.specialise(fixed)
        # The moving parameters, in the program's order, become variables to differentiate by.
        self._order = [moving.index(name) for name in rest.parameters]
        unknowns = (*rest.variables, *rest.parameters)
        self._program = with_jacobian(
            StraightLineProgram(unknowns, (), rest.constants, rest.operations, rest.outputs)
        )
        self.n, self.k = len(rest.variables), len(rest.parameters)
        self._is_real = all(c.imaginary == 0 for c in rest.constants)
        enclosed = balls([(c.real, c.imaginary) for c in self._program.constants])
        self._constants = [
            BallArray(np.asarray(re + 1j * im), np.asarray(radius)) for re, im, radius in enclosed
        ]
        self._conditions = conditions
        self._values = [
            BallArray(np.asarray(re + 0j), np.asarray(radius))
            for re, _, radius in balls([(v, fmpq(0)) for v in values])
        ]

    def allowed(self, centers: FloatArray, half: FloatArray) -> NDArray[np.bool_]:
        """For each cell whether no condition vanishes anywhere on it, shape (c,)."""
        out = np.ones(len(centers), dtype=np.bool_)
        if self._conditions is None:
            return out
        inputs = list(self._values)
        for column, position in enumerate(self.positions):
            inputs[position] = BallArray(centers[:, column].astype(np.complex128), half[:, column])
        enclosed = balls([(c.real, c.imaginary) for c in self._conditions.constants])
        constants = [BallArray(np.asarray(re + 1j * im), np.asarray(r)) for re, im, r in enclosed]
        for value in self._conditions.execute(inputs, constants):
            out &= np.abs(value.mid) * (1 - 2.0**-40) > value.rad
        return out

    def certify(self, starts: ComplexArray, centers: FloatArray, half: FloatArray) -> MovingBoxes:
        """Test candidates starts (c, r, n) near the zeros at centers (c, k), for |δ| ≤ half (c, k).

        `centers` and `half` are in the order of `positions`.
        """
        p, h = centers[:, self._order], half[:, self._order]
        with np.errstate(all="ignore"):
            x, inverse, tangents = self._polished(starts, p)
            radii, certified = self._tested(x, inverse, tangents, p, h)
            certified &= np.isfinite(radii).all(axis=2)
            real = self._reality(x, tangents, radii, h, certified)
        back = np.argsort(self._order)
        return MovingBoxes(x, tangents[..., back], radii, half, certified, real)

    def _polished(
        self, starts: ComplexArray, p: FloatArray
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
        """Newton's method at the centres; the zero, an approximate inverse and the tangent."""
        sizes = np.maximum(np.abs(starts).max(axis=2, keepdims=True), 1.0)
        almost = (np.abs(starts.imag) <= ALMOST_REAL * sizes).all(axis=2, keepdims=True)
        x = np.where(almost, starts.real, starts).astype(np.complex128)
        for _ in range(POLISHING_STEPS):
            value, jacobian, _ = self._floats(x, p)
            step = _inverse(jacobian) @ value[..., None]
            x = x - step[..., 0]
        _, jacobian, motion = self._floats(x, p)
        inverse = _inverse(jacobian)
        return x, inverse, -inverse @ motion

    def _floats(
        self, x: ComplexArray, p: FloatArray
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
        c, r, n = x.shape
        points = np.concatenate([x, np.broadcast_to(p[:, None, :], (c, r, self.k))], axis=2)
        flat = self._program.evaluate(points.reshape(c * r, -1))
        table = flat[:, n:].reshape(c, r, n, n + self.k)
        return flat[:, :n].reshape(c, r, n), table[..., :n], table[..., n:]

    def _tested(
        self,
        x: ComplexArray,
        inverse: ComplexArray,
        tangents: ComplexArray,
        p: FloatArray,
        h: FloatArray,
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Radii (c, r, n) and whether the inequality of this file's head holds with them."""
        offset = self._residual(x, p, inverse)
        jacobian, motion = self._along(x, tangents, np.zeros(x.shape), p, h)
        drift = product(inverse, _transported(jacobian, tangents, motion)).magnitude()
        offset = (offset + (drift * h[:, None, None, :]).sum(axis=3)) * (1 + 2.0**-40)
        radii = _spread(offset, self._gap(inverse, jacobian))
        # Once more: where a coordinate does not move, the radii of others are what moves it.
        jacobian, _ = self._along(x, tangents, radii, p, h)
        radii = _spread(offset, self._gap(inverse, jacobian))
        jacobian, _ = self._along(x, tangents, radii, p, h)
        gap = self._gap(inverse, jacobian)
        contraction = (gap * radii[:, :, None, :]).sum(axis=3) * (1 + 2.0**-40)
        holds = ((offset + contraction) * (1 + 2.0**-40) < radii).all(axis=2)
        return radii, holds

    def _gap(self, inverse: ComplexArray, jacobian: AffineArray) -> FloatArray:
        """Bounds of |I − Y·F_x|."""
        return (identity(self.n, jacobian.half) - product(inverse, jacobian)).magnitude()

    def _residual(self, x: ComplexArray, p: FloatArray, inverse: ComplexArray) -> FloatArray:
        """Bounds of |Y·F| at the centres."""
        inputs = [BallArray.exact(x[..., j]) for j in range(self.n)]
        inputs += [BallArray.exact(p[:, None, j]) for j in range(self.k)]
        values = self._program.execute(inputs, self._constants)[: self.n]
        still = np.zeros((1, 1, 1))
        flat = stacked([AffineArray.constant(v, still) for v in values], x.shape[:2], still)
        column = AffineArray(
            flat.mid[..., None], flat.slope[..., None, :], flat.rad[..., None], still[None]
        )
        return product(inverse, column).magnitude()[..., 0]

    def _along(
        self,
        x: ComplexArray,
        tangents: ComplexArray,
        radii: FloatArray,
        p: FloatArray,
        h: FloatArray,
    ) -> tuple[AffineArray, AffineArray]:
        """F_x (c, r, n, n) and F_p (c, r, n, k) at x + tangents·δ + z, |z| ≤ radii, and p + δ."""
        c, r, n = x.shape
        half = h[:, None, :]
        inputs = [
            AffineArray(x[..., j], tangents[..., j, :], radii[..., j], half) for j in range(n)
        ]
        for j, direction in enumerate(np.eye(self.k, dtype=np.complex128)):
            middle = p[:, None, j].astype(np.complex128)
            slope = np.broadcast_to(direction, (*middle.shape, self.k))
            inputs.append(AffineArray(middle, slope, np.zeros(middle.shape), half))
        constants = [AffineArray.constant(ball, half[:1] * 0) for ball in self._constants]
        values = self._program.execute(inputs, constants)[n:]
        flat = stacked(values, (c, r), half)
        table = AffineArray(
            flat.mid.reshape(c, r, n, n + self.k),
            flat.slope.reshape(c, r, n, n + self.k, self.k),
            flat.rad.reshape(c, r, n, n + self.k),
            h[:, None, None, None, :],
        )
        return table.columns(slice(0, n)), table.columns(slice(n, None))

    def _reality(
        self,
        x: ComplexArray,
        tangents: ComplexArray,
        radii: FloatArray,
        h: FloatArray,
        certified: NDArray[np.bool_],
    ) -> NDArray[np.int8]:
        """A box symmetric under conjugation holds one zero, so a real one."""
        real = (x.imag == 0).all(axis=2) & (tangents.imag == 0).all(axis=(2, 3))
        sway = (np.abs(tangents.imag) * h[:, None, None, :]).sum(axis=3) + radii
        not_real = (np.abs(x.imag) * (1 - 2.0**-40) > sway * (1 + 2.0**-40)).any(axis=2)
        decided = np.where(real & self._is_real, 1, np.where(not_real, -1, 0))
        return np.where(certified, decided, 0).astype(np.int8)


def _spread(offset: FloatArray, gap: FloatArray) -> FloatArray:
    """Radii near the fixed point ρ = offset + gap·ρ, widened, where they are proposed to hold.

    In the proportions of `offset` alone the test fails for zeros of badly scaled systems: what one
    coordinate is off moves the others.
    """
    radii = offset
    for _ in range(ROUNDS):
        radii = WIDENING * (offset + (gap * radii[:, :, None, :]).sum(axis=3))
    return radii + 1e-290


def _transported(jacobian: AffineArray, tangents: ComplexArray, motion: AffineArray) -> AffineArray:
    """F_x·X₁ + F_p, X₁ exact."""
    total = motion
    for j in range(tangents.shape[2]):
        total = total + times_exact(jacobian.columns(slice(j, j + 1)), tangents[..., None, j, :])
    return total


def _inverse(matrices: ComplexArray) -> ComplexArray:
    """Approximate inverses; not-a-number where there is none."""
    finite = np.isfinite(matrices).all(axis=(-2, -1), keepdims=True)
    safe = np.where(finite, matrices, np.eye(matrices.shape[-1]))
    try:
        return np.asarray(np.where(finite, np.linalg.inv(safe), np.nan))
    except np.linalg.LinAlgError:
        flat = safe.reshape(-1, *safe.shape[-2:])
        out = np.full(flat.shape, np.nan, dtype=np.complex128)
        for i, matrix in enumerate(flat):
            try:
                out[i] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return out.reshape(safe.shape)
