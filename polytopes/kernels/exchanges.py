"""Circuit exchanges: the cell and its normal at once, the dual vectors when they are needed.

Exchange of a_i by column q with circuit x and height h < 0 (notation of `kernels.circuits`):

    V' = x_i,  normal' = (V' normal - h dual_i) / V,  dual_k' = (V' dual_k - x_k dual_i) / V

for k != i, dual_i staying as it is; b_i is exchanged after swapping a_i and b_i. The divisions are
exact: with V = p 2^s, p odd, they are products by the inverse of p modulo the range of the type,
followed by a shift. What wraps on the way is harmless as long as 2^s times the result fits; where
only the result itself fits, int32 rows are computed in int64.

Functions return False, and leave everything as it is, where the types are too narrow.
"""

from algebra.kernels.compilation import kernel
from polytopes.kernels.circuits import (
    MAX_DUAL,
    MAX_NORMAL,
    OLD_VOLUME,
    PENDING,
    STAGE,
    VOLUME,
    WIDE,
)
from polytopes.kernels.lanes import LANES, load, number, spread, spread_at, store, total

#: Outweighs the rounding errors of a bound computed in float64.
ROUND_UP = 1.0 + 1.0e-9

#: Largest magnitudes allowed in the narrow arrays of either width.
NARROW_LIMIT = 1.0e9
WIDE_LIMIT = WIDE


@kernel(forceinline=True, _nrt=False)
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


@kernel(forceinline=True, _nrt=False)
def largest(array, at, size):
    """Largest magnitude among `size` numbers from `at` on."""
    found = 0
    for j in range(at, at + size):
        found = max(found, abs(number(array, j)))
    return found


@kernel(forceinline=True, _nrt=False)
def tighten_dual(state, dual, n):
    """The exact bound on the entries of all dual_k."""
    found = 0
    for k in range(n):
        found = max(found, largest(dual, k * dual.shape[1], n))
    state[MAX_DUAL] = found


@kernel(forceinline=True, _nrt=False)
def normal_fits(state, normal, n, reach, spread_, limit):
    """Whether products of the normal with all columns fit; tightens the bound if it must."""
    extra = (spread_ if state[STAGE] == n else 1.0) * state[VOLUME]
    if float(state[MAX_NORMAL]) * reach + 2 * extra < limit:
        return True
    state[MAX_NORMAL] = largest(normal, 0, n)
    return float(state[MAX_NORMAL]) * reach + 2 * extra < limit


@kernel(forceinline=True, _nrt=False)
def circuits_fit(state, dual, n, reach, limit):
    """Whether all circuits fit; tightens the bound if it must."""
    volume = float(state[VOLUME])
    if 2 * float(state[MAX_DUAL]) * reach + volume < limit:
        return True
    tighten_dual(state, dual, n)
    return 2 * float(state[MAX_DUAL]) * reach + volume < limit


@kernel(forceinline=True, _nrt=False)
def circuit_of(cell, dual, columns, degrees, stage, first, q, c, circuit):
    """circuit[k] = x_k(q) for column q of configuration c."""
    n = cell.shape[1]
    scale = degrees[c] if c == stage and q <= first[c] + n else 1
    for k in range(n):
        at = k * dual.shape[1]
        sums = load(dual, at) * load(columns, q * columns.shape[1])
        for j in range(LANES, columns.shape[1], LANES):
            sums = sums + load(dual, at + j) * load(columns, q * columns.shape[1] + j)
        circuit[k] = scale * total(sums) - number(dual, at + n + c)


@kernel(forceinline=True, _nrt=False)
def begin_exchange(
    state, cell, dual, normal, circuit, reach, spread_, limit, i, entering, height, replace_b
):
    """Exchange a_i (or b_i) by `entering`: cell, V and normal; the dual vectors stay pending.

    `circuit` is that of `entering`; its entry i is changed to what `settle_exchange` needs.
    """
    n = cell.shape[1]
    old = state[VOLUME]
    x = int(circuit[i])
    if replace_b:
        x = old - x
    inverse, shift = odd_inverse(old)
    power = float(1 << shift)
    extra = (spread_ if state[STAGE] == n else 1.0) * x
    bound = (float(x) * state[MAX_NORMAL] + float(-height) * state[MAX_DUAL]) / old
    level = bound * reach + extra
    if level * power > limit:
        state[MAX_NORMAL] = largest(normal, 0, n)
        tighten_dual(state, dual, n)
        bound = (float(x) * state[MAX_NORMAL] + float(-height) * state[MAX_DUAL]) / old
        level = bound * reach + extra
        if level > limit or (level * power > limit and limit > NARROW_LIMIT):
            return False
    width = dual.shape[1]
    at = i * width
    if replace_b:
        cell[1, i] = cell[0, i]
        dual[i, n + i] += old
        zero = spread(dual, 0)
        for j in range(at, at + width, LANES):
            store(dual, j, zero - load(dual, j))
    if level * power > limit:
        for j in range(2 * n):
            exact = (x * inverse) * normal[j] - (height * inverse) * dual[i, j]
            normal[j] = exact >> shift  # modulo 2^64
    else:
        lead = spread(dual, x * inverse)
        second = spread(dual, height * inverse)
        for j in range(0, width, LANES):
            store(normal, j, (lead * load(normal, j) - second * load(dual, at + j)) >> shift)
    state[MAX_NORMAL] = int(bound * ROUND_UP) + 1
    cell[0, i] = entering
    state[PENDING] = i
    state[OLD_VOLUME] = old
    state[VOLUME] = x
    circuit[i] = x - old  # leaves dual_i as it is
    return True


@kernel(forceinline=True, _nrt=False)
def settle_exchange(state, dual, circuit, n, reach, limit):
    """Carry out the pending exchange on `dual`."""
    i = state[PENDING]
    if i < 0:
        return True
    new = state[VOLUME]
    old = state[OLD_VOLUME]
    inverse, shift = odd_inverse(old)
    power = float(1 << shift)
    room = limit / reach
    factor = (float(new) + largest(circuit, 0, n)) / old
    bound = factor * state[MAX_DUAL]
    if bound * power > room:
        tighten_dual(state, dual, n)
        bound = factor * state[MAX_DUAL]
        if bound > room or (bound * power > room and limit > NARROW_LIMIT):
            return False
    width = dual.shape[1]
    if bound * power > room:
        for k in range(n):
            if k != i:
                for j in range(2 * n):
                    exact = (new * inverse) * dual[k, j] - (circuit[k] * inverse) * dual[i, j]
                    dual[k, j] = exact >> shift  # modulo 2^64
    else:
        lead = spread(dual, new * inverse)
        again = spread(dual, inverse)
        pivot = i * width
        for k in range(n):
            second = spread_at(circuit, k) * again
            at = k * width
            for j in range(0, width, LANES):
                row = lead * load(dual, at + j) - second * load(dual, pivot + j)
                store(dual, at + j, row >> shift)
    state[MAX_DUAL] = int(bound * ROUND_UP) + 1
    state[PENDING] = -1
    return True


@kernel(forceinline=True, _nrt=False)
def enter_stage(state, cell, dual, normal, columns, first, degrees, lifting, reach, spread_, limit):
    """Go on to the next stage: scale for its simplex, and the normal for its target."""
    n = cell.shape[1]
    stage = state[STAGE] + 1
    tighten_dual(state, dual, n)
    degree = degrees[stage] if stage < n else 1
    volume = float(state[VOLUME])
    if max(float(state[MAX_DUAL]), volume) * degree * reach > limit:
        return False
    slope = 0.0
    if stage == n:
        for k in range(n):
            slope += abs(float(lifting[cell[0, k]] - lifting[cell[1, k]]))
        if slope * state[MAX_DUAL] * reach + spread_ * volume > limit:
            return False
    state[STAGE] = stage
    state[VOLUME] *= degree
    state[MAX_DUAL] *= degree
    state[MAX_NORMAL] = int(slope * state[MAX_DUAL] * ROUND_UP) + 1
    for k in range(n):
        for j in range(n):
            if k != stage:
                dual[k, j] *= degree
        for c in range(n):
            b = cell[1, c]
            scale = degrees[c] if c == stage and b <= first[c] + n else 1
            sums = 0
            for j in range(n):
                sums += dual[k, j] * columns[b, j]
            dual[k, n + c] = sums * scale
    # Before the last stage both columns of every edge have equal target lifting: the normal is 0.
    for j in range(2 * n):
        normal[j] = 0
    if stage < n:
        if cell[1, stage] <= first[stage] + n:
            normal[n + stage] = state[VOLUME]
    else:
        for k in range(n):
            step = lifting[cell[0, k]] - lifting[cell[1, k]]
            for j in range(2 * n):
                normal[j] += step * dual[k, j]
        for c in range(n):
            normal[n + c] -= state[VOLUME] * lifting[cell[1, c]]
    return True
