"""Certification in compiled double-precision arithmetic: the fast first attempt.

Everything that depends on the system alone is prepared once; parameters may change from call to
call, so that a sweep pays microseconds per zero. What the kernel leaves open goes to Arb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import acb, acb_mat, fmpq
from numpy.typing import NDArray

from algebra.programs import GaussianRational, StraightLineProgram
from homotopy.boxes import Box, ends_along_form
from homotopy.kernels import intervals

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

#: Newton steps before the test; candidates come from a tracker and are nearly converged.
POLISHING_STEPS = 3
#: More unknowns than this are not worth the compiled attempt (registers and n³ work per zero).
MAX_UNKNOWNS = 200


@dataclass(frozen=True, eq=False)
class CertifiedBatch:
    """What the kernel found for k candidates in n unknowns.

    Attributes
    ----------
    centers : complex128 (k, n); exponents : int64 (k, n); tight : float64 (k, n)
        Boxes with radii 2**exponents; the zeros lie within `tight` of the centres.
    inverses : complex128 (k, n, n)
    status, reality : int64 (k,)
        FAILED, UNDECIDED, DECIDED and NOT_REAL, REAL, UNKNOWN of `homotopy.kernels.intervals`.
    zeros : bool (k, n)
        Coordinates proved to vanish.
    """

    centers: ComplexArray
    exponents: NDArray[np.int64]
    tight: FloatArray
    inverses: ComplexArray
    status: NDArray[np.int64]
    reality: NDArray[np.int64]
    zeros: NDArray[np.bool_]

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Which candidates need no further work."""
        return np.asarray(self.status == intervals.DECIDED)

    @property
    def certified(self) -> NDArray[np.bool_]:
        """Which candidates have a box."""
        return np.asarray(self.status != intervals.FAILED)

    def disjoint(self) -> bool:
        """Whether all candidates have boxes and their zeros are certainly different.

        A sweep along a linear form; pairs that it cannot tell apart are compared by coordinates.
        The zeros lie within `tight` of the centres, so that is what must not meet.
        """
        if not self.certified.all():
            return False
        low, high = ends_along_form(self.centers, self.tight)
        order = np.argsort(low, kind="stable")
        active: list[int] = []
        for i in order.tolist():
            active = [k for k in active if not high[k] < low[i]]
            if active and not self._apart(i, np.array(active)):
                return False
            active.append(i)
        return True

    def _apart(self, i: int, others: NDArray[np.int64]) -> bool:
        """Whether zero i differs from all the others in some coordinate."""
        gap = self.centers[others] - self.centers[i]
        reach = (self.tight[others] + self.tight[i]) * (1 + 2.0**-40)
        apart = (np.abs(gap.real) * (1 - 2.0**-40) > reach) | (
            np.abs(gap.imag) * (1 - 2.0**-40) > reach
        )
        return bool(apart.any(axis=1).all())

    def morse_indices(self) -> NDArray[np.int64]:
        """Certified number of negative eigenvalues of the Jacobian at every real zero, shape (k,).

        −1 where it is not decided or the zero is not certified real. Only for a certifier built
        with `symmetric`: S = J(zero) and the preconditioner Y are then real symmetric with
        ‖I − Y·S‖ < 1, so (1−t)·S + t·Y⁻¹ is invertible for 0 ≤ t ≤ 1, and S and Y have the same
        inertia.
        """
        out = np.full(len(self.status), -1, dtype=np.int64)
        real = self.certified & (self.reality == intervals.REAL)
        real &= (self.inverses.imag == 0).all(axis=(1, 2))
        out[real] = negative_counts(np.ascontiguousarray(self.inverses[real].real))
        return out

    def box(self, k: int) -> Box:
        """Candidate k's box; its status must not be FAILED."""
        n = self.centers.shape[1]
        real = {intervals.REAL: True, intervals.NOT_REAL: False}.get(int(self.reality[k]))
        return Box(
            tuple(acb(z.real, z.imag) for z in self.centers[k].tolist()),
            tuple(self.exponents[k].tolist()),
            tuple(math.frexp(t)[1] for t in self.tight[k].tolist()),
            acb_mat(n, n, [acb(z.real, z.imag) for z in self.inverses[k].ravel().tolist()]),
            53,
            real,
            tuple(np.flatnonzero(self.zeros[k]).tolist()),
        )


class CompiledCertifier:
    """A square system, possibly with parameters, ready for the compiled test.

    Parameters
    ----------
    program : StraightLineProgram
        F, then its Jacobian row by row (`homotopy.enclosures.with_jacobian`).
    supports : n int64 arrays (m_i, n)
        Exponents of all terms that may occur: decide which equations vanish identically.
    symmetric : bool
        Whether the Jacobian is symmetric, as that of a gradient is: allows `morse_indices`.
    """

    def __init__(
        self,
        program: StraightLineProgram,
        supports: Sequence[NDArray[np.int64]],
        *,
        symmetric: bool = False,
    ) -> None:
        self.symmetric = symmetric
        self.n = len(program.variables)
        self.parameter_count = len(program.parameters)
        self.is_real = all(c.imaginary == 0 for c in program.constants)
        self._operations = np.ascontiguousarray(program.operations, dtype=np.int32)
        self._first = program.input_count
        self._outputs = np.ascontiguousarray(program.outputs, dtype=np.int32)
        self._constants = balls([(c.real, c.imaginary) for c in program.constants])
        self._present = np.ascontiguousarray(
            np.concatenate([np.zeros((0, self.n), np.int64), *supports]) > 0
        )
        self._starts = np.cumsum([0, *(len(a) for a in supports)], dtype=np.int64)

    def certify(
        self, points: ComplexArray, parameters: Sequence[fmpq] | FloatArray = ()
    ) -> CertifiedBatch:
        """Test candidates (k, n) at exact real parameter values (balls (P, 3) are accepted too)."""
        values = parameters if isinstance(parameters, np.ndarray) else balls(
            [(v, fmpq(0)) for v in parameters]
        )  # fmt: skip
        constants = np.ascontiguousarray(np.concatenate([values.reshape(-1, 3), self._constants]))
        centers = np.array(points, dtype=np.complex128, order="C").reshape(-1, self.n)
        k, n = centers.shape
        batch = CertifiedBatch(
            centers,
            np.zeros((k, n), np.int64),
            np.zeros((k, n)),
            np.zeros((k, n, n), np.complex128),
            np.zeros(k, np.int64),
            np.zeros(k, np.int64),
            np.zeros((k, n), np.bool_),
        )
        intervals.certify_points(
            self._operations,
            self._first,
            self._outputs,
            constants,
            self._present,
            self._starts,
            self.is_real,
            self.symmetric,
            POLISHING_STEPS,
            batch.centers,
            batch.exponents,
            batch.tight,
            batch.inverses,
            batch.status,
            batch.reality,
            batch.zeros,
        )
        return batch


def negative_counts(matrices: FloatArray) -> NDArray[np.int64]:
    """Number of negative eigenvalues of exact symmetric float64 matrices (k, n, n); −1: undecided.

    With V the computed eigenvectors divided by √|eigenvalue|, B = VᵀWV; |fl(B) − B| is at most
    (2n + 4)·u·|V|ᵀ|W||V| in every order of summation. If every Gershgorin disc of B, widened by
    that, avoids 0, Sylvester's law counts the negative ones.
    """
    count, n, _ = matrices.shape
    if not (np.isfinite(matrices).all() and np.array_equal(matrices, matrices.transpose(0, 2, 1))):
        return np.full(count, -1, dtype=np.int64)
    eigenvalues, vectors = np.linalg.eigh(matrices)
    scaled = vectors / np.sqrt(np.maximum(np.abs(eigenvalues), 1e-300))[:, None, :]
    flipped = scaled.transpose(0, 2, 1)
    product = flipped @ matrices @ scaled
    error = np.abs(flipped) @ np.abs(matrices) @ np.abs(scaled) * ((2 * n + 8) * 2.0**-53 * 1.01)
    diagonal = np.einsum("kii->ki", product)
    radius = (np.abs(product) + error).sum(axis=2) * (1 + n * 2.0**-50) - np.abs(diagonal)
    # Subtracting |diagonal| may round: the comparison keeps a margin.
    decided = (np.abs(diagonal) > radius + 1e-6).all(axis=1)
    negative = (diagonal < 0).sum(axis=1)
    return np.where(decided, negative, -1).astype(np.int64)


def balls(values: Sequence[tuple[fmpq, fmpq] | GaussianRational]) -> FloatArray:
    """Double-precision balls (k, 3), columns re, im, radius, around exact complex rationals.

    A number beyond the double range gets an infinite radius: nothing is certified from it.
    """
    out = np.zeros((len(values), 3))
    for k, (real, imaginary) in enumerate(values):
        (re, first), (im, second) = _rounded(real), _rounded(imaginary)
        out[k] = re, im, (first + second) * (1 + 2.0**-50)
    return out


def _rounded(value: fmpq) -> tuple[float, float]:
    """The nearest double and an upper bound of its error."""
    exact = Fraction(int(value.p), int(value.q))
    try:
        nearest = float(exact)
    except OverflowError:
        return 0.0, math.inf
    error = abs(exact - Fraction(nearest))
    # Correctly rounded, then one step up.
    return nearest, math.nextafter(float(error), math.inf) if error else 0.0
