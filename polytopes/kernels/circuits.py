"""Tropical homotopy: depth-first traversal of mixed cells, one circuit exchange per step.

The Cayley columns come configuration by configuration: n+1 columns of the simplex L_c (scaled by
`degrees[c]` while configuration c is the stage's own, by 1 in later ones), then the points of A_c.
In stage s < n the columns in play are A_c for c < s, L_s and A_s, and L_c for c > s; stage n plays
all A_c. A cell holds two columns per configuration; E is the matrix of their differences,
V = |det E|, `adj` = V E^-1 (row k is dual to edge k), and `g` is V times the normal of the cell for
the target lifting. So the circuit of a column q of configuration c has the coefficients

    x_a(q) = adj[k] . (q - b_c) at a_k,  V [k == c] - x_a(q) at b_k,  -V at q,

and its product with the target lifting tau is g . (q - b_c) + V (tau[b_c] - tau[q]). Nothing but
adj and g is stored (the revised form of the circuit table): n^2 + n numbers per cell, so that a
second successor costs a copy of them, not an exchange on the way back.

A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818.

Types: adj, g, points and their products come as int32 or int64 (two compilations of one source);
`limit` is the largest magnitude allowed there, all else is int64. Every product is bounded in
float64 beforehand. OVERFLOW leaves the current cell as it is for wider integers.
"""

import numpy as np

from algebra.kernels.compilation import kernel

# Status of `kernels.depth_first.traverse`.
DONE = 0  # the subtree is finished
RUNNING = 1  # max_steps reached: call again
CELLS_FULL = 2  # cell buffer full: empty it, call again
STACK_FULL = 3  # enlarge the stack, call again
OVERFLOW = 4  # widen the arrays and call again, or do the cell elsewhere and set MODE to POP

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
LEAVES = 10  # cells of the last stage since the caller last read them
LAST_STAGE = 11  # n-1: only the mixed volume; n: cells of the lifting as well
MAX_ADJ = 12  # bound on the entries of adj
STATE_SIZE = 13

# Values of state[MODE].
VISIT = 0
POP = 1

#: Candidates from which on a row is evaluated on all points: it needs no gathering.
MANY = 8

#: Bounds computed in float64 stay below this; 2^62 less room for their rounding.
WIDE = 4.0e18

#: Largest magnitudes allowed in the narrow arrays of either width.
NARROW_LIMIT = 1.0e9
WIDE_LIMIT = WIDE


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
def product(adj, k, column, scale, start, index, factor):
    """Product of row k of adj and a column, times `scale`."""
    total = 0
    for e in range(start[column], start[column + 1]):
        total += adj[k, index[e]] * factor[e]
    return total * scale


@kernel()
def evaluate_points(row, known, distinct, values):
    """values[u] = row . distinct[:, u] for u < known."""
    for u in range(known):
        values[u] = 0
    for j in range(row.shape[0]):
        entry = row[j]
        if entry != 0:
            for u in range(known):
                values[u] += entry * distinct[j, u]


@kernel()
def columns_below(state, cell, g, values, first, degrees, point_ids, lifting, candidates, heights):
    """Columns whose circuit is negative on the target lifting, ascending, with those products.

    `values` holds g . u for the distinct points. Returns their number.
    """
    n = g.shape[0]
    stage = state[STAGE]
    volume = state[VOLUME]
    count = 0
    lowest = np.int64(0)
    for j in range(n):
        lowest = min(lowest, np.int64(g[j]))
    for c in range(n):
        column = first[c]
        b = cell[1, c]
        simplex = b <= column + n and c >= stage
        if simplex:
            level = 0 if b == column else np.int64(g[b - column - 1])
            if c == stage:
                level *= degrees[c]
        else:
            level = np.int64(values[point_ids[b]])
        # Target lifting in stages before the last: -1 on the stage's simplex, 0 elsewhere.
        if c >= stage:
            scale = 1
            if c == stage:
                scale = degrees[c]
                if not simplex:
                    level -= volume
            if level > 0:
                candidates[count] = column
                heights[count] = -level
                count += 1
            if scale * lowest < level:
                for j in range(n):
                    height = scale * g[j] - level
                    if height < 0:
                        candidates[count] = column + j + 1
                        heights[count] = height
                        count += 1
            if c > stage:
                continue
            level += volume
        begin = column + n + 1
        if stage < n:
            for q in range(begin, first[c + 1]):
                height = values[point_ids[q]] - level
                if height < 0:
                    candidates[count] = q
                    heights[count] = height
                    count += 1
        else:
            level -= volume * lifting[b]
            for q in range(begin, first[c + 1]):
                height = values[point_ids[q]] - level - volume * lifting[q]
                if height < 0:
                    candidates[count] = q
                    heights[count] = height
                    count += 1
    return count


@kernel()
def keep_least(levels, candidates, heights, owners, count):
    """Keep the candidates whose levels[e] / |heights[e]| is least, in order; their number."""
    best_level = levels[0]
    best_height = heights[0]
    kept = 0
    for e in range(count):
        # Heights are negative: v/|h| < v'/|h'|  <=>  v h' > v' h.
        left = levels[e] * best_height
        right = best_level * heights[e]
        if left > right:
            best_level = levels[e]
            best_height = heights[e]
            kept = 0
        if left >= right:
            candidates[kept] = candidates[e]
            heights[kept] = heights[e]
            owners[kept] = owners[e]
            levels[kept] = levels[e]
            kept += 1
    return kept


@kernel()
def first_crossed(
    state, cell, adj, start, index, factor, first, degrees, distinct, known, point_ids,
    candidates, heights, owners, levels, values, many, count,
):  # fmt: skip
    """Move the column that is crossed first to candidates[0]; False if products may overflow.

    The start lifting decreases infinitely fast along the columns, so (circuit . start) / |height|
    is compared coordinate by coordinate, in the order of the columns. Only the columns of the cell
    and the candidates themselves carry coordinates. From `many` candidates on, a row is evaluated
    on all points at once.
    """
    n = adj.shape[0]
    stage = state[STAGE]
    volume = state[VOLUME]
    deepest = 0
    for e in range(count):
        deepest = min(deepest, heights[e])
    c = 0
    for e in range(count):
        while candidates[e] >= first[c + 1]:
            c += 1
        owners[e] = c
    for k in range(n):
        low = min(cell[0, k], cell[1, k])
        high = max(cell[0, k], cell[1, k])
        if count == 1 or candidates[0] < low:
            return True  # a candidate's own coordinate is -V, the others' is 0 there
        at_once = count > many
        if at_once:
            evaluate_points(adj[k], known[stage], distinct, values)
        c = -1
        base = np.int64(0)
        last = np.int64(0)
        mixed = False
        tallest = np.int64(0)
        flip = cell[0, k] != low
        for e in range(count):
            if owners[e] != c:
                c = owners[e]
                last = first[c] + n if c >= stage else -1  # last column of the simplex
                scale = degrees[c] if c == stage else 1
                b = cell[1, c]
                base = product(adj, k, b, scale if b <= last else 1, start, index, factor)
                mixed = mixed or c == k
            q = candidates[e]
            if q <= last:
                r = q - first[c]
                x = np.int64(0) if r == 0 else scale * adj[k, r - 1]
            elif at_once:
                x = np.int64(values[point_ids[q]])
            else:
                x = product(adj, k, q, 1, start, index, factor)
            x -= base
            if flip:
                x = (volume if c == k else 0) - x
            levels[e] = x
            tallest = max(tallest, abs(x))
        if (float(tallest) + volume) * -float(deepest) > WIDE:
            return False
        count = keep_least(levels, candidates, heights, owners, count)
        if count == 1 or candidates[0] < high:
            return True
        if mixed:
            for e in range(count):
                levels[e] = (volume if owners[e] == k else 0) - levels[e]
            count = keep_least(levels, candidates, heights, owners, count)
    return True


@kernel()
def settle_exchange(state, cell, adj, columns, first, degrees, limit, levels, spare):
    """Carry out the pending exchange on `adj`; False (nothing changed) if it is too narrow."""
    i = state[PENDING]
    if i < 0:
        return True
    n = adj.shape[0]
    stage = state[STAGE]
    new = state[VOLUME]
    old = state[OLD_VOLUME]
    for k in range(n):
        levels[k] = 0
    entered = state[ENTERED]
    b = cell[1, i]
    last = first[i] + n
    scale_entered = degrees[i] if i == stage and entered <= last else 1
    scale_b = degrees[i] if i == stage and b <= last else 1
    for j in range(n):
        step = columns[entered, j] * scale_entered - columns[b, j] * scale_b
        if step != 0:
            for k in range(n):
                levels[k] += step * adj[k, j]
    largest = 0
    for k in range(n):
        if k != i:
            largest = max(largest, abs(levels[k]))
    pivot = 0
    for j in range(n):
        pivot = max(pivot, abs(adj[i, j]))
    inverse, shift = odd_inverse(old)
    bound = (float(new) * state[MAX_ADJ] + float(largest) * pivot) / old
    if bound * 2.0**shift > limit:
        return False
    largest = pivot
    lead = new * inverse
    for k in range(n):
        if k == i:
            continue
        if levels[k] != 0 or new != old:
            second = levels[k] * inverse
            for j in range(n):
                spare[j] = lead * adj[k, j] - second * adj[i, j]  # modulo the type's range
            for j in range(n):
                adj[k, j] = spare[j] >> shift
        for j in range(n):
            largest = max(largest, abs(adj[k, j]))
    state[MAX_ADJ] = largest
    state[PENDING] = -1
    return True


@kernel()
def begin_exchange(state, cell, adj, g, limit, spare, i, entering, x, replace_b, height):
    """Exchange a_i (or b_i) by `entering`: cell, V = x and g now, `adj` when it is needed.

    False (nothing changed) if the types are too narrow.
    """
    n = adj.shape[0]
    old = state[VOLUME]
    inverse, shift = odd_inverse(old)
    largest = 0
    pivot = 0
    for j in range(n):
        largest = max(largest, abs(g[j]))
        pivot = max(pivot, abs(adj[i, j]))
    bound = (float(x) * largest + float(-height) * pivot) / old
    if bound * 2.0**shift > limit:
        return False
    if replace_b:
        cell[1, i] = cell[0, i]
        for j in range(n):
            adj[i, j] = -adj[i, j]
    first = x * inverse
    second = height * inverse
    for j in range(n):
        spare[j] = first * g[j] - second * adj[i, j]  # modulo the type's range
    for j in range(n):
        g[j] = spare[j] >> shift
    cell[0, i] = entering
    state[PENDING] = i
    state[ENTERED] = entering
    state[OLD_VOLUME] = old
    state[VOLUME] = x
    return True


@kernel()
def enter_stage(state, cell, adj, g, degrees, lifting, limit):
    """Go on to the next stage: scale for its simplex, g for its target; False if too narrow."""
    n = adj.shape[0]
    stage = state[STAGE] + 1
    if stage < n:
        degree = degrees[stage]
        if max(float(state[MAX_ADJ]), float(state[VOLUME])) * degree > limit:
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
        largest = 0.0
        for k in range(n):
            largest += abs(float(lifting[cell[0, k]] - lifting[cell[1, k]]))
        if largest * state[MAX_ADJ] > limit:
            return False
        for j in range(n):
            g[j] = 0
        for k in range(n):
            step = lifting[cell[0, k]] - lifting[cell[1, k]]
            for j in range(n):
                g[j] += step * adj[k, j]
    state[STAGE] = stage
    return True


@kernel()
def narrow_enough(state, g, stage, reach, spread, limit):
    """Whether all point products of this cell stay within the types."""
    largest = 0
    for j in range(g.shape[0]):
        largest = max(largest, abs(g[j]))
    if stage < g.shape[0]:
        spread = 1.0
    top = largest * reach
    side = state[MAX_ADJ] * reach
    volume = float(state[VOLUME])
    return top < limit and 2 * top + 2 * spread * volume < WIDE and 2 * side + volume < WIDE
