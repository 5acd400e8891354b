"""Whole paths: from a start point at t = 1 (or s₀) to the end, for a batch of paths."""

import numpy as np
from numba import types

from algebra.kernels.compilation import kernel
from homotopy.kernels.endgame import endgame, finish
from homotopy.kernels.evaluation import set_parameters
from homotopy.kernels.linear_algebra import solve
from homotopy.kernels.stepping import (
    ACCURACY_LIMIT,
    SINGULAR,
    START_INVALID,
    SUCCESS,
    UNIT_ROUNDOFF,
    newton,
    residual_and_factor,
    set_weights,
    track_segment,
    weighted_maximum,
)
from homotopy.kernels.workspace import (
    ACCURACY,
    ALWAYS_PRECISE,
    CONDITION,
    CORRECTED,
    DELTA,
    ENDGAME_START,
    KIND,
    LAST,
    LAST_T,
    MAX_CONDITION,
    MAX_STEPS,
    MU,
    MU_LOW,
    OMEGA,
    OMEGA_BEFORE,
    OUT_ACCURACY,
    OUT_CONDITION,
    OUT_LAST_T,
    OUT_PRECISE,
    OUT_REJECTED,
    OUT_RESIDUAL,
    OUT_STATUS,
    OUT_STEPS,
    OUT_T,
    OUT_WINDING,
    POSITION,
    PRECISE,
    PRECISE_STEPS,
    PREDICTED,
    RECORDING,
    REJECTED,
    RESIDUAL,
    ROUGH,
    SPARE,
    STEPS,
    WINDING,
    Path,
    TapeArrays,
    Workspace,
    X,
)


@kernel()
def start_newton(path, tau, ws):
    """Correct X at the start and measure ω and μ; False if Newton's method does not contract.

    ω is read off from two iterations after a small displacement of every coordinate.
    """
    vectors, weights, state = ws.vectors, ws.weights, ws.state
    n = weights.shape[0]
    x, delta = vectors[X], vectors[DELTA]
    set_weights(x, ws, False)
    set_parameters(path, tau, ws)
    state[PRECISE] = 1.0
    for _ in range(3):
        if not residual_and_factor(path, tau, x, ws):
            return False
        solve(ws.matrix, ws.pivots, ws.row_scales, delta)
        correction = weighted_maximum(delta)
        if not correction < 0.1:
            return False
        for i in range(n):
            x[i] -= weights[i] * delta[i]
    if correction > 1e-6:
        return False
    set_weights(x, ws, False)
    state[PRECISE] = ws.options[ALWAYS_PRECISE]
    vectors[SPARE] = x
    displacement = 1e-3
    for _ in range(6):
        for i in range(n):
            # Alternating signs: no coordinate direction is special.
            sign = 1.0 if i % 2 == 0 else -1.0
            x[i] = vectors[SPARE, i] + sign * displacement * weights[i]
        sizes0, sizes1 = np.nan, np.nan
        good = True
        for iteration in range(2):
            good = residual_and_factor(path, tau, x, ws)
            if not good:
                break
            solve(ws.matrix, ws.pivots, ws.row_scales, delta)
            norm = weighted_maximum(delta)
            if iteration == 0:
                sizes0 = norm
            else:
                sizes1 = norm
            for i in range(n):
                x[i] -= weights[i] * delta[i]
        if good and sizes1 < 0.1 * sizes0:
            x[:] = vectors[SPARE]
            state[OMEGA] = max(2.0 * sizes1 / (sizes0 * sizes0), 0.1)
            state[OMEGA_BEFORE] = state[OMEGA]
            if not residual_and_factor(path, tau, x, ws):
                return False
            solve(ws.matrix, ws.pivots, ws.row_scales, delta)
            state[MU] = max(weighted_maximum(delta), UNIT_ROUNDOFF)
            state[MU_LOW] = state[MU]
            return state[MU] < 1e-3
        displacement *= 0.1
    return False


@kernel()
def track_path(path, kind, generic, begin, ws, checkpoint, valuations):
    """Track X from `begin` to 0; returns (PathStatus, t reached).

    Unless the end is generic, the path stops at ENDGAME_START on the way, and `checkpoint` (n,)
    complex128 receives the point there: no two paths may share it.
    """
    state = ws.state
    state[:] = 0.0
    state[ACCURACY] = np.nan
    state[RESIDUAL] = np.nan
    state[CONDITION] = np.nan
    state[LAST_T] = np.nan
    ws.vectors[LAST] = np.nan
    state[KIND] = kind
    valuations[:] = 0.0
    if not start_newton(path, complex(begin, 0.0), ws):
        return START_INVALID, begin
    end = 0.0 if generic else ws.options[ENDGAME_START]
    state[RECORDING] = 1.0
    # Who asks for the samples of a path wants them accurate.
    state[ROUGH] = 1.0 if ws.times.shape[0] == 0 else 0.0
    limit = ws.options[MAX_STEPS]
    status = track_segment(path, complex(begin, 0.0), complex(end, 0.0), limit, ws)
    state[RECORDING], state[ROUGH] = 0.0, 0.0
    if status != SUCCESS:
        return status, begin + (state[POSITION] if begin < 0.0 else -state[POSITION])
    if not generic:
        ws.vectors[PREDICTED] = ws.vectors[X]
        if not newton(path, complex(end, 0.0), ws):
            return ACCURACY_LIMIT, end
        ws.vectors[X] = ws.vectors[CORRECTED]
        checkpoint[:] = ws.vectors[X]
        return endgame(path, end, ws, valuations)
    regular = finish(path, 0j, ws)
    if not regular or state[CONDITION] > ws.options[MAX_CONDITION]:
        return SINGULAR, 0.0
    return SUCCESS, 0.0


_real_row, _complex_row = types.float64[::1], types.complex128[::1]
_real_table, _complex_table = types.float64[:, ::1], types.complex128[:, ::1]
_integer_row, _integer_table = types.int64[::1], types.int64[:, ::1]
_tape_type = types.NamedTuple(
    [types.uint32[:, ::1], _integer_row, _complex_row, types.uint32[::1], types.uint32[:, ::1]],
    TapeArrays,
)
_workspace_type = types.NamedTuple(
    [
        *(_complex_table, _real_table, _complex_table, _integer_row, _real_row, _complex_table),
        *(_real_row, _real_row, _real_row, _complex_row, _complex_table),
    ],
    Workspace,
)


@kernel(
    types.void(
        *(_tape_type, types.int64, types.boolean, _complex_table, _complex_table, _real_row),
        *(_integer_row, _complex_table, _integer_row),
        *(_complex_table, _complex_table, _complex_table, _real_table, _integer_table, _real_table),
        _workspace_type,
    )
)
def track_batch(
    tape, kind, generic, first, second, begin, rows, starts, indices,
    points, checkpoints, last, floats, integers, valuations, ws,
):  # fmt: skip
    """Track the paths `indices` (b,) int64 and fill their rows of the output arrays.

    first, second complex128 (rows, P), begin float64 (rows,): the homotopy; rows int64 (k,) and
    starts complex128 (k, n): row and start point of each path. Outputs: points, checkpoints
    and last complex128 (k, n), floats (k, OUT_FLOATS), integers (k, OUT_INTEGERS), valuations
    float64 (k, n).
    """
    base = tape.marks[2] - tape.constants.shape[0]
    for i in range(tape.constants.shape[0]):
        ws.registers[0, base + i] = tape.constants[i]
        ws.precise[0, base + i] = tape.constants[i].real
        ws.precise[2, base + i] = tape.constants[i].imag
    state = ws.state
    for index in indices:
        row = rows[index]
        ws.vectors[X] = starts[index]
        path = Path(tape, first[row], second[row])
        status, t = track_path(
            path, kind, generic, begin[row], ws, checkpoints[index], valuations[index]
        )
        points[index] = ws.vectors[X]
        last[index] = ws.vectors[LAST]
        floats[index, OUT_LAST_T] = state[LAST_T]
        floats[index, OUT_T] = t
        floats[index, OUT_RESIDUAL] = state[RESIDUAL]
        floats[index, OUT_ACCURACY] = state[ACCURACY]
        floats[index, OUT_CONDITION] = state[CONDITION]
        integers[index, OUT_STATUS] = status
        integers[index, OUT_WINDING] = int(state[WINDING])
        integers[index, OUT_STEPS] = int(state[STEPS])
        integers[index, OUT_REJECTED] = int(state[REJECTED])
        integers[index, OUT_PRECISE] = int(state[PRECISE_STEPS])
