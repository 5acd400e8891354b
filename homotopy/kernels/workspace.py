"""Tape and workspace of one tracking thread, and the numbers by which kernels address it."""

from typing import NamedTuple

import numpy as np


class TapeArrays(NamedTuple):
    """The tape as kernels see it.

    operations : uint32 (k, 4), rows (opcode, a, b, c); operation j fills register marks[2] + j
    marks : int64 (7,), n, P, first operation's register, ends of the three sections, registers
    constants : complex128 (c,), registers marks[2] - c …
    outputs : uint32 (n,), registers of the equations
    jacobian : uint32 (nnz, 3), rows (equation, variable, register); other entries are 0
    """

    operations: np.ndarray
    marks: np.ndarray
    constants: np.ndarray
    outputs: np.ndarray
    jacobian: np.ndarray


class Path(NamedTuple):
    """One homotopy path's equations: H(x, t) = F(x; p(t)).

    tape : TapeArrays of F
    first, second : complex128 (P,), what p(t) is made of (`homotopy.homotopies`)
    """

    tape: TapeArrays
    first: np.ndarray
    second: np.ndarray


class Workspace(NamedTuple):
    """Arrays that one thread owns; R registers, n unknowns.

    registers complex128 (4, R): Taylor coefficients of the registers by order
    precise float64 (4, R): double-double registers
    matrix complex128 (n, n), pivots int64 (n,), row_scales float64 (n,): the last factorisation
    vectors complex128 (VECTORS, n): rows named below
    weights float64 (n,): sizes of the unknowns, by which norms divide
    state float64 (STATES,): scalars named below
    options float64 (OPTIONS,): the tracker's settings, named below
    times complex128 (k,), samples complex128 (k, n): record of a path; k = 0 for none
    """

    registers: np.ndarray
    precise: np.ndarray
    matrix: np.ndarray
    pivots: np.ndarray
    row_scales: np.ndarray
    vectors: np.ndarray
    weights: np.ndarray
    state: np.ndarray
    options: np.ndarray
    times: np.ndarray
    samples: np.ndarray


# Rows of `vectors`: the current point, its Taylor coefficients, the prediction, the corrected
# point, a residual or correction, and what the endgame keeps (LAST: where it looked last).
X, X1, X2, X3, PREDICTED, CORRECTED, DELTA, LOOP, SUM, LIMIT, SPARE, LAST = range(12)
VECTORS = 12

# Scalars of `state`. OMEGA, MU: Lipschitz constant and limit accuracy of Newton's method along
# the path; TRUST: distance to the nearest singularity as Padé sees it; ERROR: coefficient of the
# local error; PRECISE: 1 while residuals are computed in double-double.
OMEGA, OMEGA_BEFORE, MU, MU_LOW, TRUST, ERROR, STEP, PRECISE = range(8)
STEPS, REJECTED, THETA, ITERATIONS, NEW_OMEGA, NEW_MU, LAST_FAILED, CONDITION = range(8, 16)
POSITION, PRECISE_STEPS, RECORDED, WINDING, ACCURACY, RESIDUAL = range(16, 22)
# KIND: how the parameters move now (PathKind). SERIES_KNOWN: 1 if X1, X2, X3 belong to X already.
# RECORDING: 1 while samples are kept.
# ROUGH: 1 while steps need not end at full accuracy; SINCE_MU: such steps since MU was measured.
# LAST_T: t of the vector LAST.
KIND, SERIES_KNOWN, RECORDING, ROUGH, SINCE_MU, LAST_T = range(22, 28)
STATES = 28

# Entries of `options`.
BETA_OMEGA, BETA_TAU, CONTRACTION, MAX_STEPS, ALWAYS_PRECISE, ENDGAME_START = range(6)
MAX_WINDING, GROWTH, LAST_LOG_TIME, MAX_LOG_STEP, MAX_CONDITION, GIVE_UP_TIME = range(6, 12)
NEAR_INFINITY, END_BETA_OMEGA, END_BETA_TAU, WEIGHT_FLOOR, PATIENCE, LOOK_STEPS = range(12, 18)
OPTIONS = 18

# Outputs of a path: columns of the float64 and int64 tables.
OUT_T, OUT_RESIDUAL, OUT_ACCURACY, OUT_CONDITION, OUT_LAST_T = range(5)
OUT_FLOATS = 5
OUT_STATUS, OUT_WINDING, OUT_STEPS, OUT_REJECTED, OUT_PRECISE = range(5)
OUT_INTEGERS = 5


def make_workspace(registers: int, n: int, options: np.ndarray, record: int = 0) -> Workspace:
    """A fresh workspace for a tape with that many registers and n unknowns."""
    return Workspace(
        np.zeros((4, registers), dtype=np.complex128),
        np.zeros((4, registers)),
        np.zeros((n, n), dtype=np.complex128),
        np.zeros(n, dtype=np.int64),
        np.zeros(n),
        np.zeros((VECTORS, n), dtype=np.complex128),
        np.ones(n),
        np.zeros(STATES),
        options,
        np.zeros(record, dtype=np.complex128),
        np.zeros((record, n), dtype=np.complex128),
    )
