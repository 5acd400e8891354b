"""Solutions with few entries modulo a prime."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.sparse_solutions import independent_rows, sparse_combination

P = 32003


def solves(matrix, columns):
    from flint import nmod_mat

    def rank(part):
        return nmod_mat(*part.shape, part.ravel().tolist(), P).rank()

    return rank(matrix[:, columns]) == rank(matrix[:, [*columns, -1]]) == len(columns)


def test_one_column_is_found_where_the_first_pivots_need_three():
    # The target is the fourth column; the first three columns span it as well.
    matrix = np.array([[1, 0, 0, 2, 2], [0, 1, 0, 3, 3], [0, 0, 1, 4, 4]])
    assert sparse_combination(matrix, P) == [3]


def test_no_combination_and_the_zero_target():
    assert sparse_combination(np.array([[1, 0], [0, 1]]), P) is None
    assert sparse_combination(np.array([[1, 0], [0, 0]]), P) == []


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 8), st.integers(0, 10**6))
def test_the_columns_are_independent_and_span_the_target(height, width, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 3, (height, width))
    target = matrix @ rng.integers(0, 2, width)
    full = np.concatenate([matrix, target[:, None]], axis=1)
    columns = sparse_combination(full, P)
    assert columns is not None
    if columns:
        assert solves(full, columns)
        assert len(independent_rows(full[:, columns], P)) == len(columns)
    else:
        assert not (target % P).any()
