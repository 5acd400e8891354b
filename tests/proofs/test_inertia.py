"""Exact inertia: by hand, against Sylvester's law, against floating point."""

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algebra.errors import InputError
from proofs.inertia import Inertia, exact_inertia


def rational(matrix):
    return [[fmpq(int(v)) for v in row] for row in matrix]


def integers(shape, size=9):
    return arrays(np.int64, shape, elements=st.integers(-size, size))


@pytest.mark.parametrize(
    ("matrix", "inertia", "kind"),
    [
        ([], (0, 0, 0), "minimum"),
        ([[0]], (0, 1, 0), "degenerate"),
        ([[0, 1], [1, 0]], (1, 0, 1), "saddle"),
        ([[2, 1], [1, 2]], (0, 0, 2), "minimum"),
        ([[-2, 1], [1, -2]], (2, 0, 0), "maximum"),
        ([[1, 0, 0], [0, -1, 0], [0, 0, 0]], (1, 1, 1), "saddle"),
        ([[1, 1], [1, 1]], (0, 1, 1), "degenerate"),
    ],
)
def test_inertia_of_matrices_done_by_hand(matrix, inertia, kind):
    found = exact_inertia(rational(matrix))
    assert found == Inertia(*inertia)
    assert found.kind == kind
    assert found.degenerate == (inertia[1] > 0)


@settings(deadline=None)
@given(integers((4, 4)), st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4))
def test_a_congruence_keeps_the_inertia(a, signs):
    # Sylvester's law; a is made invertible by a dominant diagonal.
    a = a + 40 * np.eye(4, dtype=np.int64)
    found = exact_inertia(rational(a.T @ np.diag(signs) @ a))
    assert found == Inertia(signs.count(-1), signs.count(0), signs.count(1))


@settings(deadline=None)
@given(integers((5, 5)), st.fractions(min_value="1/1000", max_value=1000, max_denominator=10**6))
def test_a_positive_multiple_has_the_inertia_that_eigenvalues_show(a, factor):
    symmetric = a + a.T
    multiple = fmpq(factor.numerator, factor.denominator)
    found = exact_inertia([[multiple * v for v in row] for row in rational(symmetric)])
    eigenvalues = np.linalg.eigvalsh(symmetric.astype(float))
    clear = np.abs(eigenvalues) > 1e-9
    assert found.negative >= int((eigenvalues[clear] < 0).sum())
    assert found.positive >= int((eigenvalues[clear] > 0).sum())
    assert found.negative + found.zero + found.positive == 5


def test_only_symmetric_square_matrices_have_an_inertia():
    with pytest.raises(InputError, match="square"):
        exact_inertia([[fmpq(1), fmpq(2)]])
    with pytest.raises(InputError, match="symmetric"):
        exact_inertia(rational([[1, 2], [3, 4]]))
