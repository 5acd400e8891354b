"""Vector operations: compiled code against the plain definitions, in both widths."""

import numba
import numpy as np
import pytest

from polytopes.kernels import lanes
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
    total,
    where_below,
    where_ratio_below,
    where_ratio_equal,
)


def every_operation(a, b, heights, out, k):
    """All operations on one pair of vectors: vectors into `out`, numbers returned."""
    v, w = load(a, 3), load(b, 8)
    h, i = load(heights, 0), load(heights, 8)
    below = where_below(v, w)
    store(out, 0, v + w)
    store(out, 8, v - w)
    store(out, 16, v * w)
    store(out, 24, (v * spread(a, k)) >> 3)
    store(out, 32, rotated(v, 1))
    store(out, 40, spread_at(a, 5))
    store(out, 48, chosen(below, v, w))
    return (
        below,
        where_ratio_below(v, h, w, i),
        where_ratio_equal(v, h, w, i),
        where_ratio_equal(v, h, v, h),
        total(v),
        number(a, 7),
        lowest_bit(below | 64),
    )


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("seed", range(5))
def test_compiled_vectors_do_what_the_plain_definitions_say(kind, seed):
    rng = np.random.default_rng(seed)
    # Ranges in which products of two numbers fit int64, and sums and products wrap in int32.
    top = 2**30
    a, b = (rng.integers(-top, top, 16).astype(kind) for _ in range(2))
    heights = -rng.integers(1, top, 16).astype(kind)
    if seed == 0:  # equal ratios
        a[3:11], b[8:16] = 6 * np.arange(LANES), 3 * np.arange(LANES)
        heights[:8], heights[8:] = -2, -1
    compiled, plain = np.zeros((7, LANES), kind), np.zeros((7, LANES), kind)
    with np.errstate(over="ignore"):
        expected = every_operation(a, b, heights, plain, 12345)
    assert numba.njit(every_operation)(a, b, heights, compiled, 12345) == expected
    assert np.array_equal(compiled, plain)
    if seed == 0:
        assert expected[1:3] == (0, 255)


def test_arrays_that_are_not_contiguous_are_refused():
    with pytest.raises(numba.TypingError):
        numba.njit(lambda array: lanes.number(array, 0))(np.zeros((4, 4)).T[::2])
