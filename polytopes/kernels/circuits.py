"""Tropical homotopy: depth-first traversal of mixed cells, one circuit exchange per step.

The Cayley columns come configuration by configuration: n+1 columns of the simplex L_c (scaled by
`degrees[c]` while configuration c is the stage's own, by 1 in later ones), then the points of A_c.
In stage s < n the columns in play are A_c for c < s, L_s and A_s, and L_c for c > s; stage n plays
all A_c. A cell holds two columns per configuration; E is the matrix of their differences,
V = |det E|, `adj` = V E^-1 (row k is dual to edge k), and `g` is V times the normal of the cell for
the target lifting. So the circuit of a column q of configuration c has the coefficients

    x_a(q) = adj[k] . (q - b_c) at a_k,  V [k == c] - x_a(q) at b_k,  -V at q,

and its product with the target lifting tau is g . (q - b_c) + V (tau[b_c] - tau[q]). Nothing but
adj and g is stored (the revised form of the circuit table): n^2 + n numbers per cell.

A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818.
Overflow: every product is bounded in float64 beforehand; OVERFLOW leaves the current cell intact.
"""

from algebra.kernels.compilation import kernel

# Status of `traverse`.
DONE = 0  # the subtree is finished
RUNNING = 1  # max_steps reached: call again
CELLS_FULL = 2  # cell buffer full: empty it, call again
STACK_FULL = 3  # enlarge the stack, call again
OVERFLOW = (
    4  # the current cell needs wider integers; set state[MODE] = POP once it is done elsewhere
)

# Entries of `state`.
STAGE = 0
MODE = 1
VOLUME = 2
PENDING = 3  # configuration whose exchange `adj` still lacks, or -1
ENTERED = 4  # the column that entered
OLD_VOLUME = 5
DEPTH = 6
CELLS = 7  # cells in the buffer
TOTAL = 8  # volume summed since the caller last read it
STEPS = 9  # exchanges since the caller last read them
LEAVES = 10  # target cells of the last stage counted
LAST_STAGE = 11  # n-1: only the mixed volume; n: cells of the lifting as well
STOP_STAGE = 12  # cells that reach this stage are written to the buffer instead; -1 never
MAX_ADJ = 13  # bound on the entries of adj
STATE_SIZE = 14

# Values of state[MODE].
VISIT = 0
POP = 1

SAFE = 4.0e18  # below 2^62, with room for the rounding of the float64 bounds


@kernel()
def odd_inverse(volume):
    """(y, k): volume = p 2^k with p odd, y p = 1 modulo 2^64 (Newton from 5 correct bits)."""
    shift = 0
    p = volume
    while p & 1 == 0:
        p >>= 1
        shift += 1
    y = (3 * p) ^ 2
    for _ in range(4):
        y = y * (2 - p * y)
    return y, shift


@kernel()
def point_entry(column, c, j, stage, n, offsets, degrees, points):
    """Coordinate j of a column of configuration c."""
    local = column - offsets[c] - c * (n + 1)
    if local > n:
        return points[column - (c + 1) * (n + 1), j]
    if local == j + 1:
        return degrees[c] if c == stage else 1
    return 0


@kernel()
def coordinate(row, column, c, stage, n, offsets, degrees, points):
    """Product of `row` and a column of configuration c."""
    local = column - offsets[c] - c * (n + 1)
    if local > n:
        q = column - (c + 1) * (n + 1)
        total = 0
        for j in range(n):
            total += row[j] * points[q, j]
        return total
    if local == 0:
        return 0
    return row[local - 1] * (degrees[c] if c == stage else 1)


@kernel()
def lifting_of(column, c, stage, n, offsets, lifting):
    """Target lifting of a column in play: -1 on L_s in stage s < n, the lifting in stage n."""
    local = column - offsets[c] - c * (n + 1)
    if stage == n:
        return lifting[column - (c + 1) * (n + 1)]
    if c == stage and local <= n:
        return -1
    return 0


@kernel()
def evaluate_points(row, known, parents, start, index, factor, values):
    """values[u] = row . point u for u < known; a point is its parent plus a sparse difference."""
    for u in range(known):
        parent = parents[u]
        value = values[parent] if parent >= 0 else 0
        for e in range(start[u], start[u + 1]):
            value += factor[e] * row[index[e]]
        values[u] = value


@kernel()
def columns_below(
    state, cell, g, n, offsets, degrees, points, point_ids, lifting, values, candidates, heights
):
    """Columns whose circuit is negative on the target lifting, ascending, with those products.

    `values` holds g . u for the distinct points. Returns their number.
    """
    stage = state[STAGE]
    volume = state[VOLUME]
    count = 0
    for c in range(n):
        base = offsets[c] + c * (n + 1)
        b = cell[1, c]
        level = coordinate(g, b, c, stage, n, offsets, degrees, points)
        if c >= stage:
            scale = 1
            if c == stage:
                scale = degrees[c]
                level -= volume * (lifting_of(b, c, stage, n, offsets, lifting) + 1)
            if level > 0:
                candidates[count] = base
                heights[count] = -level
                count += 1
            for j in range(n):
                height = scale * g[j] - level
                if height < 0:
                    candidates[count] = base + j + 1
                    heights[count] = height
                    count += 1
        if c == stage:
            level += volume
        if (c < stage and stage < n) or c == stage:
            base += n + 1
            first = offsets[c]
            for q in range(first, offsets[c + 1]):
                height = values[point_ids[q]] - level
                if height < 0:
                    candidates[count] = base + q - first
                    heights[count] = height
                    count += 1
        elif stage == n:
            base += n + 1
            first = offsets[c]
            level -= volume * lifting[b - (c + 1) * (n + 1)]
            for q in range(first, offsets[c + 1]):
                height = values[point_ids[q]] - level - volume * lifting[q]
                if height < 0:
                    candidates[count] = base + q - first
                    heights[count] = height
                    count += 1
    return count


@kernel()
def keep_least(values, candidates, heights, configurations, count):
    """Keep the candidates whose values[e] / |heights[e]| is least, in order; their number."""
    best_value = values[0]
    best_height = heights[0]
    kept = 0
    for e in range(count):
        # heights are negative: v/|h| < v'/|h'|  <=>  v |h'| < v' |h|  <=>  v h' > v' h
        left = values[e] * best_height
        right = best_value * heights[e]
        if left > right:
            best_value = values[e]
            best_height = heights[e]
            kept = 0
        if left >= right:
            candidates[kept] = candidates[e]
            heights[kept] = heights[e]
            configurations[kept] = configurations[e]
            values[kept] = values[e]
            kept += 1
    return kept


@kernel()
def first_crossed(
    state,
    cell,
    adj,
    n,
    offsets,
    degrees,
    points,
    candidates,
    heights,
    configurations,
    levels,
    count,
):
    """Move the first crossed column to candidates[0], or return False if int64 is too narrow.

    The start lifting decreases infinitely fast along the columns, so (circuit . start) / |height|
    is compared coordinate by coordinate, in the order of the columns. Only the columns of the cell
    and the candidates themselves carry coordinates.
    """
    stage = state[STAGE]
    volume = state[VOLUME]
    c = 0
    for e in range(count):
        while c < n - 1 and candidates[e] >= offsets[c + 1] + (c + 1) * (n + 1):
            c += 1
        configurations[e] = c
    for k in range(n):
        if count == 1:
            return True
        low = min(cell[0, k], cell[1, k])
        high = max(cell[0, k], cell[1, k])
        if candidates[0] < low:
            return True  # its own coordinate -V comes first
        row = adj[k]
        mixed = False
        for e in range(count):
            c = configurations[e]
            x = coordinate(row, candidates[e], c, stage, n, offsets, degrees, points)
            x -= coordinate(row, cell[1, c], c, stage, n, offsets, degrees, points)
            if cell[0, k] != low:
                x = (volume if c == k else 0) - x
            if c == k:
                mixed = True
            levels[e] = x
        count = keep_least(levels, candidates, heights, configurations, count)
        if count == 1 or candidates[0] < high:
            return True
        if mixed:
            for e in range(count):
                levels[e] = (volume if configurations[e] == k else 0) - levels[e]
            count = keep_least(levels, candidates, heights, configurations, count)
    return True


@kernel()
def settle_exchange(state, cell, adj, column, n, offsets, degrees, points):
    """Carry out the pending exchange on `adj`; False (nothing changed) if int64 is too narrow."""
    i = state[PENDING]
    if i < 0:
        return True
    stage = state[STAGE]
    new = state[VOLUME]
    old = state[OLD_VOLUME]
    for k in range(n):
        column[k] = 0
    for j in range(n):
        step = point_entry(state[ENTERED], i, j, stage, n, offsets, degrees, points)
        step -= point_entry(cell[1, i], i, j, stage, n, offsets, degrees, points)
        if step != 0:
            for k in range(n):
                column[k] += step * adj[k, j]
    largest = 0
    for k in range(n):
        if k != i:
            largest = max(largest, abs(column[k]))
    pivot_row = 0
    for j in range(n):
        pivot_row = max(pivot_row, abs(adj[i, j]))
    inverse, shift = odd_inverse(old)
    bound = (float(new) * state[MAX_ADJ] + float(largest) * pivot_row) / old
    if bound * 2.0**shift > SAFE:
        return False
    largest = pivot_row
    first = new * inverse
    for k in range(n):
        if k == i:
            continue
        if column[k] == 0 and new == old:
            for j in range(n):
                largest = max(largest, abs(adj[k, j]))
            continue
        second = column[k] * inverse
        for j in range(n):
            entry = (first * adj[k, j] - second * adj[i, j]) >> shift
            adj[k, j] = entry
            largest = max(largest, abs(entry))
    state[MAX_ADJ] = largest
    state[PENDING] = -1
    return True


@kernel()
def begin_exchange(
    state, cell, adj, g, i, entering, replace_b, height, n, offsets, degrees, points
):
    """Exchange a_i (or b_i) by `entering`: cell, V and g now, `adj` when it is needed.

    False (nothing changed) if int64 is too narrow.
    """
    stage = state[STAGE]
    old = state[VOLUME]
    new = coordinate(adj[i], entering, i, stage, n, offsets, degrees, points)
    new -= coordinate(adj[i], cell[1, i], i, stage, n, offsets, degrees, points)
    if replace_b:
        new = old - new
    inverse, shift = odd_inverse(old)
    largest = 0
    pivot_row = 0
    for j in range(n):
        largest = max(largest, abs(g[j]))
        pivot_row = max(pivot_row, abs(adj[i, j]))
    bound = (float(new) * largest + float(-height) * pivot_row) / old
    if bound * 2.0**shift > SAFE:
        return False
    if replace_b:
        a = cell[0, i]
        cell[0, i] = cell[1, i]
        cell[1, i] = a
        for j in range(n):
            adj[i, j] = -adj[i, j]
    first = new * inverse
    second = height * inverse
    for j in range(n):
        g[j] = (first * g[j] - second * adj[i, j]) >> shift
    cell[0, i] = entering
    state[PENDING] = i
    state[ENTERED] = entering
    state[OLD_VOLUME] = old
    state[VOLUME] = new
    return True


@kernel()
def enter_stage(state, cell, adj, g, n, offsets, degrees, lifting):
    """Go on to the next stage: scale for its simplex, g for its target; False if too wide."""
    stage = state[STAGE] + 1
    largest = 0.0
    if stage < n:
        degree = degrees[stage]
        if max(float(state[MAX_ADJ]), float(state[VOLUME])) * degree > SAFE:
            return False
        for k in range(n):
            if k != stage:
                for j in range(n):
                    adj[k, j] *= degree
        state[VOLUME] *= degree
        state[MAX_ADJ] *= degree
        # Both columns of every edge have equal target lifting: the normal is 0.
        for j in range(n):
            g[j] = 0
    else:
        for k in range(n):
            step = lifting[cell[0, k] - (k + 1) * (n + 1)] - lifting[cell[1, k] - (k + 1) * (n + 1)]
            largest += abs(float(step))
        if largest * state[MAX_ADJ] > SAFE:
            return False
        for j in range(n):
            g[j] = 0
        for k in range(n):
            step = lifting[cell[0, k] - (k + 1) * (n + 1)] - lifting[cell[1, k] - (k + 1) * (n + 1)]
            for j in range(n):
                g[j] += step * adj[k, j]
    state[STAGE] = stage
    return True


@kernel()
def narrow_enough(state, g, n, reach, spread):
    """Whether all point products of this cell stay in int64.

    reach: largest 1-norm of a column; spread: largest absolute target lifting.
    """
    largest = 0
    for j in range(n):
        largest = max(largest, abs(g[j]))
    top = 2.0 * largest * reach + 2.0 * (spread + 1.0) * state[VOLUME]
    side = 2.0 * state[MAX_ADJ] * reach + state[VOLUME]
    return top < SAFE and side < SAFE


SIGNATURE = (
    "int64(int64, int64[:,::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], float64, float64,"
    " int64[::1], int64[:,::1], int64[:,::1], int64[::1], int64[:,::1], int64[:,:,::1],"
    " int64[:,::1], int64[:,:,::1], int64[:,::1], int64[:,::1])"
)


@kernel(SIGNATURE)
def traverse(
    max_steps,
    points,
    offsets,
    degrees,
    point_ids,
    known,
    parents,
    start,
    index,
    factor,
    lifting,
    values,
    reach,
    spread,
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
):
    """Go on with the traversal for at most `max_steps` exchanges; returns a status.

    Parameters
    ----------
    points (m, n), offsets (n+1,), degrees (n,), point_ids (m,) : int64
        The supports one below the other, translated to coordinates >= 0.
    known (n+1,), parents, start, index, factor : int64
        Evaluation tree of the distinct points; the first known[s] are in play in stage s.
    lifting (m,) : int64
        Target lifting of stage n (maximum convention).
    state, cell (2, n), adj (n, n), g (n,)
        The current cell: modified in place; see the constants above.
    stack_* : int64
        Parents whose second successor is pending; the leading axis is the depth.
    out_cells (k, 2 n + n + 1 + n n) : int64
        Cells: columns a, columns b, g, V (and adj for cells that stop at state[STOP_STAGE]).
    workspace (5, columns) : int64
    """
    n = degrees.shape[0]
    candidates = workspace[0]
    heights = workspace[1]
    configurations = workspace[2]
    levels = workspace[3]
    column = workspace[4]
    steps = 0
    while True:
        if state[MODE] == POP:
            if state[DEPTH] == 0:
                return DONE
            if steps >= max_steps:
                return RUNNING
            depth = state[DEPTH] - 1
            top = stack_state[depth]
            for k in range(n):
                cell[0, k] = stack_cell[depth, 0, k]
                cell[1, k] = stack_cell[depth, 1, k]
                g[k] = stack_g[depth, k]
                for j in range(n):
                    adj[k, j] = stack_adj[depth, k, j]
            state[STAGE] = top[0]
            state[VOLUME] = top[1]
            state[MAX_ADJ] = top[2]
            state[PENDING] = -1
            state[DEPTH] = depth
            state[MODE] = VISIT
            if not begin_exchange(
                state, cell, adj, g, top[3], top[4], True, top[5], n, offsets, degrees, points
            ):
                # Hand the parent's second successor to the caller as it is.
                state[DEPTH] = depth + 1
                state[MODE] = POP
                return OVERFLOW
            steps += 1
            state[STEPS] += 1
        stage = state[STAGE]
        if not narrow_enough(state, g, n, reach, spread if stage == n else 1.0):
            return OVERFLOW
        evaluate_points(g, known[stage], parents, start, index, factor, values)
        count = columns_below(
            state,
            cell,
            g,
            n,
            offsets,
            degrees,
            points,
            point_ids,
            lifting,
            values,
            candidates,
            heights,
        )
        if count == 0:
            if stage < n:
                first = offsets[stage] + stage * (n + 1) + n
                if cell[0, stage] <= first or cell[1, stage] <= first:
                    state[MODE] = POP
                    continue
            if stage == state[LAST_STAGE]:
                if float(state[TOTAL]) + state[VOLUME] > SAFE:
                    return CELLS_FULL
                if stage == n:
                    at = state[CELLS]
                    if at >= out_cells.shape[0]:
                        return CELLS_FULL
                    for k in range(n):
                        out_cells[at, k] = cell[0, k]
                        out_cells[at, n + k] = cell[1, k]
                        out_cells[at, 2 * n + k] = g[k]
                    out_cells[at, 3 * n] = state[VOLUME]
                    state[CELLS] = at + 1
                state[TOTAL] += state[VOLUME]
                state[LEAVES] += 1
                state[MODE] = POP
                continue
            if not settle_exchange(state, cell, adj, column, n, offsets, degrees, points):
                return OVERFLOW
            if not enter_stage(state, cell, adj, g, n, offsets, degrees, lifting):
                return OVERFLOW
            continue
        if steps >= max_steps:
            return RUNNING
        if not settle_exchange(state, cell, adj, column, n, offsets, degrees, points):
            return OVERFLOW
        volume = state[VOLUME]
        # Which column is crossed first.
        if count > 1:
            tallest = 0
            for e in range(count):
                tallest = min(tallest, heights[e])
            if (2.0 * state[MAX_ADJ] * reach + volume) * -float(tallest) > SAFE:
                return OVERFLOW
        first_crossed(
            state,
            cell,
            adj,
            n,
            offsets,
            degrees,
            points,
            candidates,
            heights,
            configurations,
            levels,
            count,
        )
        entering = candidates[0]
        height = heights[0]
        i = 0
        while i < n - 1 and entering >= offsets[i + 1] + (i + 1) * (n + 1):
            i += 1
        x_a = coordinate(adj[i], entering, i, stage, n, offsets, degrees, points)
        x_a -= coordinate(adj[i], cell[1, i], i, stage, n, offsets, degrees, points)
        x_b = volume - x_a
        # A merge is reached from two cells: the one whose leaving column comes earlier goes on.
        replace_a = x_a > 0 and (x_b >= 0 or cell[1, i] < entering)
        replace_b = x_b > 0 and (x_a >= 0 or cell[0, i] < entering)
        if replace_a and replace_b:
            depth = state[DEPTH]
            if depth >= stack_state.shape[0]:
                return STACK_FULL
            for k in range(n):
                stack_cell[depth, 0, k] = cell[0, k]
                stack_cell[depth, 1, k] = cell[1, k]
                stack_g[depth, k] = g[k]
                for j in range(n):
                    stack_adj[depth, k, j] = adj[k, j]
            stack_state[depth, 0] = stage
            stack_state[depth, 1] = volume
            stack_state[depth, 2] = state[MAX_ADJ]
            stack_state[depth, 3] = i
            stack_state[depth, 4] = entering
            stack_state[depth, 5] = height
            state[DEPTH] = depth + 1
        if replace_a or replace_b:
            if not begin_exchange(
                state, cell, adj, g, i, entering, not replace_a, height, n, offsets, degrees, points
            ):
                if replace_a and replace_b:
                    state[DEPTH] -= 1
                return OVERFLOW
            steps += 1
            state[STEPS] += 1
        else:
            state[MODE] = POP
