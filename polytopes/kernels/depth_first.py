"""The depth-first loop over mixed cells, in two widths; its steps are in `kernels.circuits`.

A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818.
"""

from algebra.kernels.compilation import kernel
from polytopes.kernels.circuits import (
    CELLS,
    CELLS_FULL,
    DEPTH,
    DONE,
    LAST_STAGE,
    LEAVES,
    MANY,
    MAX_ADJ,
    MODE,
    OVERFLOW,
    PENDING,
    POP,
    RUNNING,
    STACK_FULL,
    STAGE,
    STEPS,
    TOTAL,
    VISIT,
    VOLUME,
    WIDE,
    begin_exchange,
    columns_below,
    enter_stage,
    evaluate_points,
    first_crossed,
    narrow_enough,
    product,
    settle_exchange,
)


@kernel()
def push(state, cell, adj, g, stack_state, stack_adj, stack_g, stack_cell, i, entering, x, height):
    """Remember the cell and that its b_i is still to be replaced."""
    n = adj.shape[0]
    depth = state[DEPTH]
    for k in range(n):
        stack_cell[depth, 0, k] = cell[0, k]
        stack_cell[depth, 1, k] = cell[1, k]
        stack_g[depth, k] = g[k]
        for j in range(n):
            stack_adj[depth, k, j] = adj[k, j]
    stack_state[depth, 0] = state[STAGE]
    stack_state[depth, 1] = state[VOLUME]
    stack_state[depth, 2] = state[MAX_ADJ]
    stack_state[depth, 3] = i
    stack_state[depth, 4] = entering
    stack_state[depth, 5] = x
    stack_state[depth, 6] = height
    state[DEPTH] = depth + 1


@kernel()
def restore(state, cell, adj, g, stack_state, stack_adj, stack_g, stack_cell):
    """Make the topmost remembered cell the current one; it stays on the stack."""
    n = adj.shape[0]
    depth = state[DEPTH] - 1
    for k in range(n):
        cell[0, k] = stack_cell[depth, 0, k]
        cell[1, k] = stack_cell[depth, 1, k]
        g[k] = stack_g[depth, k]
        for j in range(n):
            adj[k, j] = stack_adj[depth, k, j]
    state[STAGE] = stack_state[depth, 0]
    state[VOLUME] = stack_state[depth, 1]
    state[MAX_ADJ] = stack_state[depth, 2]
    state[PENDING] = -1


@kernel()
def emit(state, cell, g, out_cells):
    """Count a cell of the last stage, and write it out if there is a lifting; False if full."""
    n = g.shape[0]
    if float(state[TOTAL]) + state[VOLUME] > WIDE:
        return False
    if state[STAGE] == n:
        at = state[CELLS]
        if at >= out_cells.shape[0]:
            return False
        for k in range(n):
            out_cells[at, k] = cell[0, k]
            out_cells[at, n + k] = cell[1, k]
            out_cells[at, 2 * n + k] = g[k]
        out_cells[at, 3 * n] = state[VOLUME]
        state[CELLS] = at + 1
    state[TOTAL] += state[VOLUME]
    state[LEAVES] += 1
    return True


def _signature(narrow):
    """Signature of `traverse`; `narrow` is the type of adj, g, the points and their products."""
    wide = "int64"
    problem = [
        *(f"{narrow}[:,::1]", f"{wide}[::1]", "uint32[::1]", f"{narrow}[::1]", f"{wide}[::1]"),
        *(f"{wide}[::1]", f"{narrow}[:,::1]", f"{wide}[::1]", "uint32[::1]", f"{wide}[::1]"),
        *("float64", "float64", "float64"),
    ]
    current = [f"{wide}[::1]", f"{wide}[:,::1]", f"{narrow}[:,::1]", f"{narrow}[::1]"]
    stack = [f"{wide}[:,::1]", f"{narrow}[:,:,::1]", f"{narrow}[:,::1]", f"{wide}[:,:,::1]"]
    work = [f"{wide}[:,::1]", f"{wide}[:,::1]", f"{narrow}[::1]", f"{narrow}[::1]"]
    return f"int64(int64, {', '.join([*problem, *current, *stack, *work])})"


def traverse(
    max_steps,
    columns,
    start,
    index,
    factor,
    first,
    degrees,
    distinct,
    known,
    point_ids,
    lifting,
    reach,
    spread,
    limit,
    state,
    cell,
    adj,
    g,
    stack_state,
    stack_adj,
    stack_g,
    stack_cell,
    out_cells,
    workspace,
    values,
    spare,
):
    """Go on with the traversal for at most `max_steps` exchanges; returns a status.

    Parameters
    ----------
    columns (m, n), start (m+1,), index, factor
        Coordinates of all columns (simplices unscaled), dense and as lists of nonzeros.
    first (n+1,), degrees (n,)
        First column, and scale of the simplex, of each configuration.
    distinct (n, u), known (n+1,), point_ids (m,)
        Distinct points of the supports; how many occur in stage s; that of a column.
    lifting (m,)
        Target lifting of stage n, maximum convention.
    reach, spread, limit : float64
        Largest 1-norm of a column, absolute lifting, and magnitude allowed in narrow arrays.
    state, cell (2, n), adj (n, n), g (n,)
        The current cell: modified in place; see the constants above.
    stack_state (d, 7), stack_adj (d, n, n), stack_g (d, n), stack_cell (d, 2, n)
        Parents whose second successor is pending.
    out_cells (k, 3 n + 1) : int64
        Cells of the lifting: columns a, columns b, g, V.
    workspace (4, m) : int64;  values (u,), spare (n,) : narrow
    """
    n = degrees.shape[0]
    candidates = workspace[0]
    heights = workspace[1]
    owners = workspace[2]
    levels = workspace[3]
    steps = 0
    while True:
        if state[MODE] == POP:
            if state[DEPTH] == 0:
                return DONE
            if steps >= max_steps:
                return RUNNING
            restore(state, cell, adj, g, stack_state, stack_adj, stack_g, stack_cell)
            top = state[DEPTH] - 1
            if not begin_exchange(
                state,
                cell,
                adj,
                g,
                limit,
                spare,
                stack_state[top, 3],
                stack_state[top, 4],
                stack_state[top, 5],
                True,
                stack_state[top, 6],
            ):
                return OVERFLOW
            state[DEPTH] -= 1
            state[MODE] = VISIT
            steps += 1
            state[STEPS] += 1
        stage = state[STAGE]
        if not narrow_enough(state, g, stage, reach, spread, limit):
            return OVERFLOW
        evaluate_points(g, known[stage], distinct, values)
        count = columns_below(
            state, cell, g, values, first, degrees, point_ids, lifting, candidates, heights
        )
        if count == 0:
            if stage < n and min(cell[0, stage], cell[1, stage]) <= first[stage] + n:
                state[MODE] = POP  # an edge of the simplex is left: no cell of the supports
                continue
            if stage == state[LAST_STAGE]:
                if not emit(state, cell, g, out_cells):
                    return CELLS_FULL
                state[MODE] = POP
                continue
            if not settle_exchange(state, cell, adj, columns, first, degrees, limit, levels, spare):
                return OVERFLOW
            if not enter_stage(state, cell, adj, g, degrees, lifting, limit):
                return OVERFLOW
            continue
        if steps >= max_steps:
            return RUNNING
        if not settle_exchange(state, cell, adj, columns, first, degrees, limit, levels, spare):
            return OVERFLOW
        volume = state[VOLUME]
        # `values` holds rows of adj times points only where their type is wide enough for them.
        many = MANY if state[MAX_ADJ] * reach < limit else count
        if count > 1 and not first_crossed(
            state, cell, adj, start, index, factor, first, degrees, distinct, known, point_ids,
            candidates, heights, owners, levels, values, many, count,
        ):  # fmt: skip
            return OVERFLOW
        entering = candidates[0]
        height = heights[0]
        i = 0
        while entering >= first[i + 1]:
            i += 1
        last = first[i] + n if i == stage else -1
        scale = degrees[i] if entering <= last else 1
        x_a = product(adj, i, entering, scale, start, index, factor)
        scale = degrees[i] if cell[1, i] <= last else 1
        x_a -= product(adj, i, cell[1, i], scale, start, index, factor)
        x_b = volume - x_a
        # A merge is reached from two cells: the one whose leaving column comes earlier goes on.
        replace_a = x_a > 0 and (x_b >= 0 or cell[1, i] < entering)
        replace_b = x_b > 0 and (x_a >= 0 or cell[0, i] < entering)
        if not (replace_a or replace_b):
            state[MODE] = POP
            continue
        if replace_a and replace_b:
            if state[DEPTH] >= stack_state.shape[0]:
                return STACK_FULL
            push(
                state, cell, adj, g, stack_state, stack_adj, stack_g, stack_cell, i, entering,
                x_b, height,
            )  # fmt: skip
        x = x_a if replace_a else x_b
        if not begin_exchange(
            state, cell, adj, g, limit, spare, i, entering, x, not replace_a, height
        ):
            if replace_a and replace_b:
                state[DEPTH] -= 1
            return OVERFLOW
        steps += 1
        state[STEPS] += 1


#: The same source for both widths: int32 first, int64 once it is too narrow.
traverse_narrow = kernel(_signature("int32"))(traverse)
traverse_wide = kernel(_signature("int64"))(traverse)
