"""Circuits of a mixed cell: which columns are still to be crossed, and which one is crossed first.

The Cayley columns come configuration by configuration: n+1 columns of the simplex L_c (scaled by
`degrees[c]` while configuration c is the stage's own, by 1 in later ones), then the points of A_c.
In stage s < n the columns in play are A_c for c < s, L_s and A_s, and L_c for c > s; stage n plays
all A_c. A cell holds two columns per configuration; E is the matrix of their differences and
V = |det E|. The circuit of a column q of configuration c has the coefficients

    x_k(q) = dual_k . (q - b_c) at a_k,  V [k == c] - x_k(q) at b_k,  -V at q,

where dual_k is row k of V E^-1. Its product with the target lifting tau is the height

    h(q) = (normal . q - V tau[q]) - (normal . b_c - V tau[b_c])

of q, with V times the cell's normal for tau. So a cell is n + 1 rows of 2 n numbers (the revised
form of the circuit table, which has n m): `dual[k]` holds dual_k and then dual_k . b_c for all c;
`normal` holds V times the normal and then the levels normal . b_c - V tau[b_c].

A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818.

Columns come in blocks of LANES (`kernels.lanes`): block t holds coordinate j of its columns at
`points[t, j]`. Which blocks a stage plays is a list `plays` of rows (block, first column,
configuration, mask of the columns that are there, position of the level in `bars`), ascending.

Types: dual, normal, points and their products come as int32 or int64 (two compilations of one
source); all else is int64. Every product is bounded beforehand.
"""

from algebra.kernels.compilation import kernel
from polytopes.kernels.lanes import (
    LANES,
    chosen,
    load,
    lowest_bit,
    number,
    rotated,
    spread,
    spread_at,
    store,
    where_below,
    where_ratio_below,
    where_ratio_equal,
)

# Entries of `state`.
STAGE = 0
MODE = 1
VOLUME = 2
PENDING = 3  # configuration whose exchange `dual` still lacks, or -1
OLD_VOLUME = 4
DEPTH = 5
CELLS = 6  # cells in the buffer
TOTAL = 7  # volume summed since the caller last read it
STEPS = 8  # exchanges since the caller last read them
LEAVES = 9  # cells of the last stage since the caller last read them
LAST_STAGE = 10  # n-1: only the mixed volume; n: cells of the lifting as well
MAX_DUAL = 11  # bound on the entries of all dual_k
MAX_NORMAL = 12  # bound on the entries of the normal
STATE_SIZE = 13

# Columns of `plays`.
BLOCK = 0
COLUMN = 1
OWNER = 2
THERE = 3
BAR = 4

#: Bounds computed in float64 stay below this; 2^62 less room for their rounding.
WIDE = 4.0e18


@kernel(forceinline=True, _nrt=False)
def products(row, at, points, block, n):
    """The products of n numbers of `row` from `at` on with the columns of a block."""
    position = block * points.shape[1] * LANES
    result = spread_at(row, at) * load(points, position)
    for j in range(1, n):
        position += LANES
        result = result + spread_at(row, at + j) * load(points, position)
    return result


@kernel(forceinline=True, _nrt=False)
def columns_below(state, normal, points, plays, begin, end, bars, heights, found, masks):
    """Blocks with columns of negative height; their number.

    found[e] is a row of `plays`, masks[e] tells its columns, heights[found[e]] their heights.
    """
    n = bars.shape[0] - 1
    stage = state[STAGE]
    volume = state[VOLUME]
    lifted = points.shape[1] > n
    for c in range(n):
        bars[c] = number(normal, n + c)
    if stage < n:
        # The stage's target lifting is -1 on its simplex, 0 elsewhere.
        bars[n] = bars[stage] - volume
    count = 0
    for e in range(begin, end):
        block = plays[e, BLOCK]
        value = products(normal, 0, points, block, n)
        if lifted and stage == n:
            lift = load(points, (block * points.shape[1] + n) * LANES)
            value = value - spread(points, volume) * lift
        bar = spread_at(bars, plays[e, BAR])
        store(heights, e * LANES, value - bar)
        below = where_below(value, bar) & plays[e, THERE]
        found[count] = e
        masks[count] = below
        count += below != 0
    return count


@kernel(forceinline=True, _nrt=False)
def keep_least(levels, heights, found, masks, count):
    """Keep the columns whose level / |height| is least, in order; the number of blocks left.

    levels[e] belongs to the columns of found[e].
    """
    one = lowest_bit(masks[0])
    best_level = spread_at(levels, one)
    best_height = spread_at(heights, found[0] * LANES + one)
    for e in range(count):
        level = load(levels, e * LANES)
        height = load(heights, found[e] * LANES)
        less = where_ratio_below(level, height, best_level, best_height) & masks[e]
        best_level = chosen(less, level, best_level)
        best_height = chosen(less, height, best_height)
    level = rotated(best_level, 4)
    height = rotated(best_height, 4)
    less = where_ratio_below(level, height, best_level, best_height)
    best_level = chosen(less, level, best_level)
    best_height = chosen(less, height, best_height)
    level = rotated(best_level, 2)
    height = rotated(best_height, 2)
    less = where_ratio_below(level, height, best_level, best_height)
    best_level = chosen(less, level, best_level)
    best_height = chosen(less, height, best_height)
    level = rotated(best_level, 1)
    height = rotated(best_height, 1)
    less = where_ratio_below(level, height, best_level, best_height)
    best_level = chosen(less, level, best_level)
    best_height = chosen(less, height, best_height)
    kept = 0
    for e in range(count):
        level = load(levels, e * LANES)
        height = load(heights, found[e] * LANES)
        equal = where_ratio_equal(level, height, best_level, best_height) & masks[e]
        store(levels, kept * LANES, level)
        found[kept] = found[e]
        masks[kept] = equal
        kept += equal != 0
    return kept


@kernel(forceinline=True, _nrt=False)
def comparable(levels, heights, found, masks, count, volume):
    """Whether products of levels (or V less a level) and heights fit int64."""
    tallest = 0
    deepest = 0
    for e in range(count):
        left = masks[e]
        while left != 0:
            one = lowest_bit(left)
            left &= left - 1
            tallest = max(tallest, abs(number(levels, e * LANES + one)))
            deepest = max(deepest, abs(number(heights, found[e] * LANES + one)))
    return (float(tallest) + volume) * deepest < WIDE


@kernel(forceinline=True, _nrt=False)
def first_crossed(state, cell, dual, points, plays, heights, found, masks, count, levels, safe):
    """Leave only the column that is crossed first in found[0], masks[0]; False on overflow.

    The start lifting decreases infinitely fast along the columns, so (circuit . start) / |height|
    is compared coordinate by coordinate, in the order of the columns. Only the columns of the cell
    and the candidates themselves carry coordinates. `safe` says that products cannot overflow.
    """
    n = cell.shape[1]
    volume = state[VOLUME]
    for k in range(n):
        one = masks[0]
        if count == 1 and one & (one - 1) == 0:
            break
        leading = plays[found[0], COLUMN] + lowest_bit(one)
        low = min(cell[0, k], cell[1, k])
        high = max(cell[0, k], cell[1, k])
        if leading < low:
            break  # a candidate's own coordinate is -V, the others' is 0 there
        flip = cell[0, k] != low
        mixed = False
        at = k * dual.shape[1]
        for e in range(count):
            play = found[e]
            c = plays[play, OWNER]
            level = products(dual, at, points, plays[play, BLOCK], n) - spread_at(dual, at + n + c)
            if flip:
                level = spread(dual, volume if c == k else 0) - level
            store(levels, e * LANES, level)
            mixed |= c == k
        if not safe and not comparable(levels, heights, found, masks, count, volume):
            return False
        count = keep_least(levels, heights, found, masks, count)
        if not mixed or plays[found[0], COLUMN] + lowest_bit(masks[0]) < high:
            continue
        for e in range(count):
            own = spread(dual, volume if plays[found[e], OWNER] == k else 0)
            store(levels, e * LANES, own - load(levels, e * LANES))
        count = keep_least(levels, heights, found, masks, count)
    return True
