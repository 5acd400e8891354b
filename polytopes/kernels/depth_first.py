"""The depth-first loop over mixed cells, in two widths.

Circuits are in `kernels.circuits`, exchanges in `kernels.exchanges`. OVERFLOW leaves the current
cell as it is for wider integers.

A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818.
"""

from algebra.kernels.compilation import kernel
from polytopes.kernels.circuits import (
    CELLS,
    COLUMN,
    DEPTH,
    LAST_STAGE,
    LEAVES,
    MAX_DUAL,
    MAX_NORMAL,
    MODE,
    OWNER,
    PENDING,
    STAGE,
    STEPS,
    TOTAL,
    VOLUME,
    WIDE,
    columns_below,
    first_crossed,
)
from polytopes.kernels.exchanges import (
    begin_exchange,
    circuit_of,
    circuits_fit,
    enter_stage,
    normal_fits,
    settle_exchange,
)
from polytopes.kernels.lanes import LANES, load, lowest_bit, number, store

# Status of `traverse`.
DONE = 0  # the subtree is finished
RUNNING = 1  # max_steps reached: call again
CELLS_FULL = 2  # cell buffer full: empty it, call again
STACK_FULL = 3  # enlarge the stack, call again
OVERFLOW = 4  # widen the arrays and call again, or do the cell elsewhere and set MODE to POP

# Values of state[MODE].
VISIT = 0
POP = 1

# Columns of `stack`.
CONFIGURATION = 4  # of the column that is to enter, after STAGE, VOLUME and the two bounds
ENTERING = 5
HEIGHT = 6
STACK_SIZE = 7


@kernel(forceinline=True, _nrt=False)
def copied(source, at, target, to, size):
    """Copy whole vectors."""
    for j in range(0, size, LANES):
        store(target, to + j, load(source, at + j))


@kernel(forceinline=True, _nrt=False)
def push(state, cell, dual, normal, circuit, stack, stack_dual, stack_cell):
    """Remember the cell and the circuit of the column that is to enter."""
    depth = state[DEPTH]
    n = cell.shape[1]
    for k in range(n):
        stack_cell[depth, 0, k] = cell[0, k]
        stack_cell[depth, 1, k] = cell[1, k]
    at = depth * stack_dual.shape[1] * stack_dual.shape[2]
    copied(dual, 0, stack_dual, at, dual.size)
    copied(normal, 0, stack_dual, at + dual.size, normal.size)
    copied(circuit, 0, stack_dual, at + dual.size + normal.size, circuit.size)
    stack[depth, 0] = state[STAGE]
    stack[depth, 1] = state[VOLUME]
    stack[depth, 2] = state[MAX_DUAL]
    stack[depth, 3] = state[MAX_NORMAL]
    state[DEPTH] = depth + 1


@kernel(forceinline=True, _nrt=False)
def restore(state, cell, dual, normal, circuit, stack, stack_dual, stack_cell):
    """Make the topmost remembered cell the current one; it stays on the stack."""
    depth = state[DEPTH] - 1
    n = cell.shape[1]
    for k in range(n):
        cell[0, k] = stack_cell[depth, 0, k]
        cell[1, k] = stack_cell[depth, 1, k]
    at = depth * stack_dual.shape[1] * stack_dual.shape[2]
    copied(stack_dual, at, dual, 0, dual.size)
    copied(stack_dual, at + dual.size, normal, 0, normal.size)
    copied(stack_dual, at + dual.size + normal.size, circuit, 0, circuit.size)
    state[STAGE] = stack[depth, 0]
    state[VOLUME] = stack[depth, 1]
    state[MAX_DUAL] = stack[depth, 2]
    state[MAX_NORMAL] = stack[depth, 3]
    state[PENDING] = -1


@kernel(forceinline=True, _nrt=False)
def emit(state, cell, normal, out_cells):
    """Count a cell of the last stage, and write it out if there is a lifting; False if full."""
    n = cell.shape[1]
    if float(state[TOTAL]) + state[VOLUME] > WIDE:
        return False
    if state[STAGE] == n:
        at = state[CELLS]
        if at >= out_cells.shape[0]:
            return False
        for k in range(n):
            out_cells[at, k] = cell[0, k]
            out_cells[at, n + k] = cell[1, k]
            out_cells[at, 2 * n + k] = normal[k]
        out_cells[at, 3 * n] = state[VOLUME]
        state[CELLS] = at + 1
    state[TOTAL] += state[VOLUME]
    state[LEAVES] += 1
    return True


def _signature(narrow):
    """Signature of `traverse`; `narrow` is the type of dual, normal, points and their products."""
    wide = "int64"
    row, table, cube = "[::1]", "[:,::1]", "[:,:,::1]"
    problem = [
        *(narrow + table, narrow + cube, wide + table, wide + row, wide + row, wide + row),
        *(wide + row, "float64", "float64", "float64"),
    ]
    current = [wide + row, wide + table, narrow + table, narrow + row, narrow + row]
    stack = [wide + table, narrow + cube, wide + cube]
    work = [wide + table, narrow + row, narrow + table, narrow + table, wide + row, wide + row]
    return f"int64(int64, {', '.join([*problem, *current, *stack, *work])})"


def traverse(
    max_steps,
    columns,
    points,
    plays,
    first_play,
    first,
    degrees,
    lifting,
    reach,
    spread,
    limit,
    state,
    cell,
    dual,
    normal,
    circuit,
    stack,
    stack_dual,
    stack_cell,
    out_cells,
    bars,
    heights,
    levels,
    found,
    masks,
):
    """Go on with the traversal for at most `max_steps` exchanges; returns a status.

    Parameters
    ----------
    columns (m, p) : narrow
        Coordinates of all columns, simplices unscaled; p is n, padded.
    points (u, n or n+1, LANES) : narrow
        Blocks of columns, simplices as scaled, with the target lifting as last coordinate if
        there is one.
    plays (v, 5), first_play (n+2,)
        Blocks in play (`kernels.circuits`), stage after stage; where each stage begins.
    first (n+1,), degrees (n,), lifting (m,)
        First column, and scale of the simplex, of each configuration; target lifting of stage n,
        maximum convention.
    reach, spread, limit : float64
        Largest 1-norm of a column, absolute lifting, and magnitude allowed in narrow arrays.
    state, cell (2, n), dual (n, w), normal (w,), circuit (p,)
        The current cell, and the circuit of the column that entered last; w is 2 n, padded.
    stack (d, 7), stack_dual (d, r, w), stack_cell (d, 2, n)
        Parents whose second successor is pending.
    out_cells (k, 3 n + 1) : int64
        Cells of the lifting: columns a, columns b, normal, V.
    bars (n+1,), heights (v, LANES), levels (v, LANES) : narrow;  found (v,), masks (v,)
        Work space.
    """
    n = degrees.shape[0]
    steps = 0
    while True:
        if state[MODE] == POP:
            if state[DEPTH] == 0:
                return DONE
            if steps >= max_steps:
                return RUNNING
            restore(state, cell, dual, normal, circuit, stack, stack_dual, stack_cell)
            top = state[DEPTH] - 1
            if not begin_exchange(
                state, cell, dual, normal, circuit, reach, spread, limit,
                stack[top, CONFIGURATION], stack[top, ENTERING], stack[top, HEIGHT], True,
            ):  # fmt: skip
                return OVERFLOW
            state[DEPTH] -= 1
            state[MODE] = VISIT
            steps += 1
            state[STEPS] += 1
        stage = state[STAGE]
        if not normal_fits(state, normal, n, reach, spread, limit):
            return OVERFLOW
        count = columns_below(
            state, normal, points, plays, first_play[stage], first_play[stage + 1], bars, heights,
            found, masks,
        )  # fmt: skip
        if count == 0:
            if stage < n and min(cell[0, stage], cell[1, stage]) <= first[stage] + n:
                state[MODE] = POP  # an edge of the simplex is left: no cell of the supports
                continue
            if stage == state[LAST_STAGE]:
                if not emit(state, cell, normal, out_cells):
                    return CELLS_FULL
                state[MODE] = POP
                continue
            if not settle_exchange(state, dual, circuit, n, reach, limit):
                return OVERFLOW
            if not enter_stage(
                state, cell, dual, normal, columns, first, degrees, lifting, reach, spread, limit
            ):
                return OVERFLOW
            continue
        if steps >= max_steps:
            return RUNNING
        if not settle_exchange(state, dual, circuit, n, reach, limit):
            return OVERFLOW
        if not circuits_fit(state, dual, n, reach, limit):
            return OVERFLOW
        volume = state[VOLUME]
        top_level = 2 * float(state[MAX_DUAL]) * reach + volume
        top_height = 2 * float(state[MAX_NORMAL]) * reach + (2 * spread + 1) * volume
        safe = top_level * top_height < WIDE
        if not first_crossed(
            state, cell, dual, points, plays, heights, found, masks, count, levels, safe
        ):
            return OVERFLOW
        play = found[0]
        one = lowest_bit(masks[0])
        entering = plays[play, COLUMN] + one
        height = number(heights, play * LANES + one)
        i = plays[play, OWNER]
        circuit_of(cell, dual, columns, degrees, stage, first, entering, i, circuit)
        x_a = number(circuit, i)
        x_b = volume - x_a
        # A merge is reached from two cells: the one whose leaving column comes earlier goes on.
        replace_a = x_a > 0 and (x_b >= 0 or cell[1, i] < entering)
        replace_b = x_b > 0 and (x_a >= 0 or cell[0, i] < entering)
        if not (replace_a or replace_b):
            state[MODE] = POP
            continue
        both = replace_a and replace_b
        if both:
            depth = state[DEPTH]
            if depth >= stack.shape[0]:
                return STACK_FULL
            push(state, cell, dual, normal, circuit, stack, stack_dual, stack_cell)
            stack[depth, CONFIGURATION] = i
            stack[depth, ENTERING] = entering
            stack[depth, HEIGHT] = height
        if not begin_exchange(
            state, cell, dual, normal, circuit, reach, spread, limit, i, entering, height,
            not replace_a,
        ):  # fmt: skip
            if both:
                state[DEPTH] -= 1
            return OVERFLOW
        steps += 1
        state[STEPS] += 1


#: The same source for both widths: int32 first, int64 once it is too narrow.
traverse_narrow = kernel(_signature("int32"), _nrt=False)(traverse)
traverse_wide = kernel(_signature("int64"), _nrt=False)(traverse)
