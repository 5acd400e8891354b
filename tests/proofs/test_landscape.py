"""Landscapes: indices, values and global minima against independent arguments."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algebra.errors import InputError
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.morse import negative_count
from proofs.checker import check_document
from proofs.descent import descend, disconnectivity
from proofs.landscape import enclosure_strings, evaluate, landscape
from proofs.landscape_files import write_landscape


@pytest.fixture(scope="module")
def row_14():
    return landscape(LinearNetwork((2, 2, 2), m=1).gradient_system(seed=3))


# -- networks ----------------------------------------------------------------------------------


def test_the_points_of_a_network_are_complete_and_morse_theory_holds(row_14):
    assert row_14.complete
    # Coercive and nondegenerate: Σ (-1)^index is the Euler characteristic of R^n, 1.
    assert row_14.morse_sum == 1
    assert all(p.index is not None for p in row_14.points)


def test_the_global_minimum_is_the_lowest_of_all_values_tried(row_14):
    minimum = row_14.global_minimum
    assert minimum.word is not Word.NUMERICAL
    network, data = (row_14.system.metadata[k] for k in ("network", "data"))
    generator = np.random.default_rng(0)
    tried = network.loss(generator.normal(size=(2000, 8)), data)
    assert tried.min() >= float(minimum.loss.mid()) - 1e-12
    reached = descend(row_14, 20, seed=1)
    assert sum(reached.reached.values()) + reached.elsewhere == 20
    assert all(row_14.points[k].index == 0 for k in reached.reached)
    assert set(reached.reached) & set(minimum.points)


def test_losses_agree_with_floating_point_and_indices_with_eigenvalues(row_14):
    network, data = (row_14.system.metadata[k] for k in ("network", "data"))
    for p in row_14.points:
        assert float(p.loss.mid()) == pytest.approx(float(network.loss(p.weights, data)), rel=1e-9)
        assert p.index == int((p.eigenvalues < 0).sum())
        low, high = (Fraction(s) for s in enclosure_strings(p.loss))
        assert low <= Fraction(float(p.loss.mid())) + Fraction(1, 10**12)
        assert 0 < high - low < Fraction(1, 10**15)


def test_orbits_are_those_of_the_sign_changes(row_14):
    # One hidden layer of width 2: orbits have 1, 2 or 4 points, with one value each.
    for orbit in {p.orbit for p in row_14.points}:
        members = [p for p in row_14.points if p.orbit == orbit]
        assert len(members) in (1, 2, 4)
        assert len({p.index for p in members}) == 1
        assert all(p.loss.overlaps(members[0].loss) for p in members)


def test_the_points_carry_a_certificate_and_files(row_14, tmp_path):
    facts = check_document(json.loads(json.dumps(row_14.certificate))).facts
    assert facts["real", "at_least"] == len(row_14.points)
    paths = write_landscape(row_14, tmp_path / "out")
    assert [p.name for p in paths] == ["points.csv", "landscape.svg", "certificate.json"]
    lines = paths[0].read_text().splitlines()
    assert len(lines) == 1 + len(row_14.points)
    assert paths[1].read_text().startswith("<svg")


def test_mirror_minima_are_joined_at_the_saddles_between_them(row_14):
    merges = disconnectivity(row_14)
    minima = {k for k, p in enumerate(row_14.points) if p.index == 0}
    assert {k for m in merges for k in (*m.left, *m.right)} <= minima
    for m in merges:
        height = float(row_14.points[m.saddle].loss.mid())
        assert all(float(row_14.points[k].loss.mid()) < height for k in (*m.left, *m.right))


# -- polynomials --------------------------------------------------------------------------------


def test_a_double_well_has_two_minima_and_a_saddle_between():
    result = landscape(PolynomialSystem.parse("x^4/4 - x^2/2"))
    assert [p.kind for p in result.points] == ["minimum", "minimum", "maximum"]
    assert result.points[0].loss.contains(-0.25)
    # Nothing was said about coercivity: a value, but no certified global minimum.
    assert result.global_minimum.word is Word.NUMERICAL


def test_a_split_monkey_saddle_has_two_simple_saddles():
    # Gradient 3(x² − y² − 1), −6xy: real zeros (±1, 0) with Hessian ±diag(6, −6).
    result = landscape(PolynomialSystem.parse("x^3 - 3*x*y^2 - 3*x"))
    assert [p.index for p in result.points] == [1, 1]
    assert result.complete


def test_polynomials_without_real_critical_points_have_no_minimum():
    result = landscape(PolynomialSystem.parse("x^3 + x"))
    assert result.points == ()
    assert result.global_minimum is None


def test_several_equations_are_no_objective():
    with pytest.raises(InputError, match="one polynomial"):
        landscape(PolynomialSystem.parse("x; y; x + y"))


# -- inertia ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, (4, 4), elements=st.integers(-20, 20).map(float)))
def test_certified_inertia_is_that_of_exact_arithmetic(a):
    symmetric = a + a.T
    exact = arb_mat(symmetric.tolist())
    eigenvalues, vectors = np.linalg.eigh(symmetric)
    count = negative_count(exact, eigenvalues, vectors)
    # Descartes' rule is exact for real-rooted characteristic polynomials.
    polynomial = fmpz_mat([[int(v) for v in row] for row in symmetric]).charpoly()
    mirrored = [int(c) * (-1) ** k for k, c in enumerate(polynomial.coeffs())]
    signs = [np.sign(c) for c in mirrored if c != 0]
    negative = sum(a != b for a, b in itertools.pairwise(signs))
    if count is None:
        assert abs(np.linalg.det(symmetric)) < 1e-6
    else:
        assert count == negative


def test_a_singular_matrix_has_no_certified_inertia():
    zero = np.zeros((2, 2))
    assert negative_count(arb_mat(zero.tolist()), np.zeros(2), np.eye(2)) is None
    wide = arb_mat([[arb(1, 2)]])
    assert negative_count(wide, np.ones(1), np.eye(1)) is None


def test_values_of_polynomials_are_enclosed():
    square = PolynomialSystem.parse("x^2*y - 1/3").equations[0]
    value = evaluate(square, [arb(2), arb(3)])
    assert value.contains(12 - arb(1) / 3)
