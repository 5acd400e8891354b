"""Bounds side by side, multihomogeneous Bézout, stable mixed volume."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError, LimitReached, NotSquare
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from polytopes import SupportError, bounds, mixed_volume
from polytopes.bezout import best_partition, bezout_number, multihomogeneous_number
from proofs import settle


@st.composite
def polynomial_supports(draw, n):
    point = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    return [
        np.array(draw(st.lists(point, min_size=2, max_size=5)), dtype=np.int64) for _ in range(n)
    ]


@given(polynomial_supports(3))
@settings(deadline=None, max_examples=60)
def test_the_bounds_are_in_the_order_that_theory_gives(supports):
    b = bounds(supports)
    torus, stable, affine = (
        b.torus_mixed_volume.value,
        b.stable_mixed_volume.value,
        b.affine_mixed_volume.value,
    )
    # B. Huber, B. Sturmfels 1997: MV(A) <= SM(A) <= MV(A with 0).
    assert torus <= stable <= affine <= b.multihomogeneous_bezout.value <= b.bezout.value
    assert sum(b.zero_patterns.values()) == stable
    assert b.zero_patterns.get((), 0) == torus


def test_zero_patterns_of_the_network_2_2_2_are_those_of_its_neurons():
    # x_j = 0 for a whole neuron at once; counts sum to the affine bound of row 14, 1089.
    from algebra.networks import LinearNetwork

    system = LinearNetwork((2, 2, 2), m=1).gradient_system(seed=0)
    b = bounds(system)
    assert b.bezout.value == 6561
    assert (b.torus_mixed_volume.value, b.affine_mixed_volume.value) == (1024, 1089)
    assert sorted(b.zero_patterns.values()) == [1, 32, 32, 1024]


def test_multihomogeneous_number_of_an_eigenvalue_problem_is_its_size():
    # A x = lambda x with one coordinate of x normalised: n zeros, Bezout's number is 2^n / 2.
    n = 5
    names = [f"x{i}" for i in range(1, n)] + ["l"]
    rows = [
        " + ".join(f"{i * n + j + 1}*x{j}" for j in range(1, n))
        + f" + {i + 3} - l*"
        + (f"x{i}" if i else "1")
        for i in range(n)
    ]
    system = PolynomialSystem.parse("; ".join(rows) + ";", name="eigen")
    assert set(system.variables) == set(names)
    b = bounds(system)
    assert b.multihomogeneous_bezout.value == n


@given(polynomial_supports(4))
@settings(deadline=None, max_examples=20)
def test_the_best_partition_is_at_most_bezout_and_at_least_the_affine_bound(supports):
    value, partition = best_partition(supports)
    assert multihomogeneous_number(supports, partition) == value
    assert value >= mixed_volume(supports, kind="affine").value


def test_a_system_that_is_not_square_is_refused():
    with pytest.raises(NotSquare):
        bounds([[[0, 0], [1, 1]]])


def test_a_zero_equation_is_refused():
    with pytest.raises(SupportError, match="empty"):
        bounds([[[0, 0], [1, 1]], np.empty((0, 2), np.int64)])


def test_laurent_supports_are_refused():
    with pytest.raises(InputError, match="negative"):
        bounds([[[-1], [1]]])


def test_a_constant_equation_has_all_bounds_zero():
    b = bounds([[[0, 0]], [[0, 0], [1, 1]]])
    assert b.bezout.value == b.torus_mixed_volume.value == b.stable_mixed_volume.value == 0


@pytest.mark.parametrize("kind", ["torus", "affine", "stable"])
def test_every_kind_says_what_it_bounds(kind):
    result = mixed_volume([[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]], kind=kind)
    assert result.value == {"torus": 3, "stable": 6, "affine": 8}[kind]
    assert "isolated zeros" in result.bounds_what
    assert result.to_dict()["kind"] == kind


def test_every_bound_says_what_it_costs():
    b = bounds(PolynomialSystem.parse("x^2*y + y - 1; x*y^2 + x - 2"))
    document = b.to_dict()
    assert document["affine_mixed_volume"]["start"] == "polyhedral"
    assert document["torus_mixed_volume"]["start"] == "polyhedral, region torus"
    assert set(b.seconds) == set(b.explanations) == set(b.starts)
    assert "total-degree" in b._repr_html_()


@pytest.mark.parametrize("widths", [(3, 3, 3), (2, 2, 2, 2), (2, 3, 2, 2), (2, 2, 2, 2, 2)])
def test_the_partition_into_layers_is_found_for_networks_of_any_size(widths):
    system = LinearNetwork(widths, m=1).gradient_system(seed=0)
    layers = {}
    for j, name in enumerate(system.variables):
        layers.setdefault(name.split("_")[0], []).append(j)
    partition = tuple(tuple(group) for group in layers.values())
    value, _ = best_partition(system.supports)
    assert (
        value
        <= multihomogeneous_number(system.supports, partition)
        < bezout_number(system.supports)
    )


def test_a_limit_leaves_the_bounds_known_so_far(monkeypatch):
    module = sys.modules["polytopes.bounds"]

    def exhausted(supports, *, kind, **_):
        if kind == "affine":
            raise LimitReached("the time limit was reached")
        return mixed_volume(supports, kind=kind)

    monkeypatch.setattr(module, "mixed_volume", exhausted)
    with pytest.raises(LimitReached) as caught:
        bounds([[[2, 0], [0, 0]], [[1, 1], [0, 0]]])
    known = caught.value.partial
    assert (known.bezout.value, known.torus_mixed_volume.value) == (4, 2)
    assert known.affine_mixed_volume.value is None
    assert settle(known).to_dict()["stable_mixed_volume"]["value"] is None
