"""Landscapes: points, indices and global minima against hand calculation and Morse theory."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, fmpq, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem, polynomial_ring
from algebra.words import Bound, Count, Word
from homotopy.morse import negative_count
from homotopy.results import SolveResult
from proofs.checker import check_document
from proofs.counting import CountResult, count
from proofs.critical_points import enclosure_strings
from proofs.global_minimum import POSITIVITY, completeness, finiteness
from proofs.landscape import landscape, landscape_of

FOUR_WELLS = "x^4 + y^4 - 3/2*x^2*y^2 - x^2 - y^2"


def polynomial(text):
    return landscape(PolynomialSystem.parse(text))


def fraction(text):
    return Fraction(text)


@pytest.fixture(scope="module")
def row_14():
    return landscape(LinearNetwork((2, 2, 2)), data=LinearNetwork((2, 2, 2)).data(3))


# -- networks ----------------------------------------------------------------------------------


def test_a_chain_with_one_hidden_unit_agrees_with_hand_calculation():
    # L = ½(vu − 2)² + ½·½(u² + v²): nonzero critical points have u² = v², u·v = 2 − ½, so the
    # minima are ±(√1.5, √1.5) with L = ½·¼ + ½·½·3 = 7/8; the origin has Hessian [[½,−2],[−2,½]].
    data = {"X": [[1]], "Y": [[2]], "Lambda": "1/2"}
    result = landscape(LinearNetwork((1, 1, 1)), data=data)
    assert [p.kind for p in result.points] == ["minimum", "minimum", "saddle"]
    root = 1.5**0.5
    assert [p.weights.tolist() for p in result.points] == [
        pytest.approx([-root, -root]),
        pytest.approx([root, root]),
        [0, 0],
    ]
    minimum = result.global_minimum
    assert minimum.verdict == "holds"
    assert minimum.word is Word.CERTIFIED
    assert minimum.points == (0, 1)
    low, high = (fraction(s) for s in enclosure_strings(minimum.loss))
    assert low <= Fraction(7, 8) <= high
    assert high - low < Fraction(1, 10**15)
    # Λ is constant: exchanging u and v is no symmetry of hidden units, changing both signs is.
    assert [p.orbit for p in result.points] == [0, 0, 1]
    saddle = result.points[2]
    assert saddle.rational == (0, 0)
    assert saddle.index == 1
    assert saddle.eigenvalues.tolist() == pytest.approx([-1.5, 2.5])
    assert saddle.loss == 2


def test_the_points_of_a_network_are_complete_and_morse_theory_holds(row_14):
    assert row_14.complete
    # Coercive and nondegenerate: Σ (−1)^index is the Euler characteristic of R^n, 1.
    assert row_14.morse_sum == 1
    assert all(p.certified and p.index is not None for p in row_14.points)
    # Real critical points come in orbits of sign changes: an odd number (the origin is alone).
    assert len(row_14.points) % 2 == 1


@pytest.mark.parametrize(("widths", "m"), [((2, 1, 2), 1), ((1, 2, 1), 1), ((1, 1, 1, 1), 1)])
def test_the_index_sum_is_one_for_other_shapes_and_seeds(widths, m):
    for seed in range(3):
        result = landscape(LinearNetwork(widths, m=m, seed=seed))
        assert result.complete
        assert result.morse_sum == 1
        assert result.global_minimum.verdict == "holds"


def test_the_seed_of_the_solver_changes_nothing(row_14):
    system = row_14.system
    other = landscape(system, seed=7)
    assert other.to_dict() == row_14.to_dict()


def test_the_global_minimum_is_below_all_values_tried(row_14):
    minimum = row_14.global_minimum
    generator = np.random.default_rng(0)
    tried = row_14.objective.values(generator.normal(size=(2000, 8)))
    assert tried.min() >= float(minimum.loss.mid()) - 1e-12


def test_losses_agree_with_floating_point_and_indices_with_eigenvalues(row_14):
    for p in row_14.points:
        assert p.value == pytest.approx(float(row_14.objective.values(p.weights[None])[0]))
        assert p.index == int((p.eigenvalues < 0).sum())
        low, high = (fraction(s) for s in enclosure_strings(p.loss))
        assert high - low < Fraction(1, 10**15)


def test_orbits_are_those_of_the_sign_changes(row_14):
    # One hidden layer of width 2: orbits have 1, 2 or 4 points, with one value each.
    for orbit in {p.orbit for p in row_14.points}:
        members = [p for p in row_14.points if p.orbit == orbit]
        assert len(members) in (1, 2, 4)
        assert len({p.index for p in members}) == 1
        assert all(p.loss.overlaps(members[0].loss) for p in members)


def test_the_points_carry_a_certificate_that_the_checker_accepts(row_14):
    facts = check_document(json.loads(json.dumps(row_14.certificate))).facts
    assert facts["real", "at_least"] == len(row_14.points)


def test_a_network_without_regulariser_has_no_certified_minimum():
    # λ = 0: zero loss along a curve u·v = 2; existence by coercivity does not apply.
    data = {"X": [[1]], "Y": [[2]], "Lambda": 0}
    result = landscape(LinearNetwork((1, 1, 1)), data=data)
    assert not result.complete
    # The origin is isolated and regular; the curve is not listed.
    assert [p.rational for p in result.points if p.certified] == [(0, 0)]
    minimum = result.global_minimum
    assert minimum.verdict == "not-applicable"
    assert minimum.word is Word.NUMERICAL
    assert "λ" in minimum.why


def test_negative_regularisation_is_told_apart():
    data = {"X": [[1]], "Y": [[2]], "Lambda": -1}
    result = landscape(LinearNetwork((1, 1, 1)), data=data)
    # u·v = 3, u = ±v, or u·v = 1 with u = −v, which has no real solution: 3 points.
    assert len(result.points) == 3
    assert result.global_minimum.verdict == "not-applicable"


# -- polynomials --------------------------------------------------------------------------------


def test_a_double_well_has_two_minima_and_a_maximum_between():
    result = polynomial("x^4/4 - x^2/2")
    assert [p.kind for p in result.points] == ["minimum", "minimum", "maximum"]
    assert [p.rational for p in result.points] == [(-1,), (1,), (0,)]
    assert result.points[0].loss == -0.25
    assert result.global_minimum.verdict == "holds"
    assert result.global_minimum.points == (0, 1)


def test_four_wells_have_one_orbit_of_minima():
    result = polynomial(FOUR_WELLS)
    assert result.kind_counts == {"minimum": 4, "saddle": 4, "maximum": 1}
    assert len({p.orbit for p in result.points}) == 3
    assert result.morse_sum == 1


def test_a_split_monkey_saddle_has_two_simple_saddles():
    # Gradient 3(x² − y² − 1), −6xy: real zeros (±1, 0) with Hessian ±diag(6, −6).
    result = polynomial("x^3 - 3*x*y^2 - 3*x")
    assert [p.index for p in result.points] == [1, 1]
    assert result.complete
    # No minimum is attained, and the index sum may be anything: −2 here.
    assert result.morse_sum == -2
    assert result.global_minimum.verdict == "not-applicable"


def test_a_monkey_saddle_is_degenerate_and_certified():
    result = polynomial("x^3 - 3*x*y^2")
    (point,) = result.points
    assert point.certified
    assert point.kind == "degenerate"
    assert point.nullity == 2
    assert result.morse_sum is None


def test_a_degenerate_minimum_can_be_the_certified_global_one():
    result = polynomial("x^4 + y^4")
    (point,) = result.points
    assert point.rational == (0, 0)
    minimum = result.global_minimum
    assert minimum.verdict == "holds"
    assert minimum.loss == 0
    assert minimum.word in (Word.PROBABLE, Word.CERTIFIED)


def test_a_degenerate_saddle_with_both_signs_is_a_saddle():
    result = polynomial("x^4 + x^2*y + y^2 - z^2")
    origin = next(p for p in result.points if p.rational == (0, 0, 0))
    assert origin.nullity == 1
    assert (origin.kind, origin.index) == ("saddle", 1)


def test_curves_of_critical_points_are_never_called_complete():
    result = polynomial("x^2*y^2 + x^2")
    assert not result.complete
    assert result.global_minimum is None or result.global_minimum.verdict != "holds"


def test_polynomials_without_real_critical_points_have_no_minimum():
    result = polynomial("x^3 + x")
    assert result.points == ()
    assert result.complete
    assert result.global_minimum is None


def test_gradients_and_plain_polynomials_are_accepted_too():
    ring = polynomial_ring(("x", "y"))
    x, y = ring.gens()
    f = x**4 + y**4 - fmpq(3, 2) * x**2 * y**2 - x**2 - y**2
    direct = landscape_of(f)
    gradient = PolynomialSystem(("x", "y"), (f.derivative(0), f.derivative(1)))
    assert landscape_of(gradient).to_dict() == direct.to_dict()
    assert direct.to_dict()["points"] == polynomial(FOUR_WELLS).to_dict()["points"]


@settings(deadline=None, max_examples=12)
@given(st.lists(st.fractions(-3, 3, max_denominator=9), min_size=4, max_size=4))
def test_random_quartics_obey_morse_theory(c):
    # x⁴ + y⁴ dominates: coercive. The check inside `landscape` raises on any violation.
    a, b, d, e = c
    result = polynomial(f"x^4 + y^4 + ({a})*x*y + ({b})*x^2*y + ({d})*x + ({e})*y")
    if result.complete and result.morse_sum is not None:
        assert result.morse_sum == 1
        assert result.global_minimum.verdict == "holds"


# -- words ----------------------------------------------------------------------------------------


def test_without_counting_nothing_is_called_complete():
    result = landscape(PolynomialSystem.parse(FOUR_WELLS), counting=False)
    assert len(result.points) == 9
    assert not result.complete
    assert result.global_minimum.verdict == "undecided"
    assert result.global_minimum.word is Word.NUMERICAL


def test_finiteness_follows_from_a_bezout_number_that_is_reached():
    counts = count(PolynomialSystem.parse("x^3 - x; y^3 - y + x"))
    word, reasons, why = finiteness(counts)
    assert not why
    assert word is Word.PROVED
    assert reasons in ((POSITIVITY,), ())


def test_a_missing_point_is_noticed(row_14):
    known = completeness(row_14.points[:-1], row_14.counts)
    assert not known.complete
    assert "certified" in known.why


def test_points_that_contradict_morse_theory_are_refused():
    system = PolynomialSystem.parse("x^3 - x")
    objective = landscape(PolynomialSystem.parse("x^4/4 - x^2/2")).objective
    true = count(system)
    two = true.solution.solutions[:2]
    side = Bound(2, Word.PROVED, "a wrong bound")
    wrong = CountResult(
        system, 0, *(Count(side, side),) * 5,
        solution=SolveResult(("x",), two, true.solution.paths),
    )  # fmt: skip
    with pytest.raises(EnginesDisagree, match="index sum"):
        landscape(objective, counts=wrong)


# -- failures -------------------------------------------------------------------------------------


def test_several_equations_are_no_objective():
    with pytest.raises(InputError, match="no gradient"):
        landscape(PolynomialSystem.parse("x; y; x + y"))
    with pytest.raises(InputError, match="no gradient"):
        landscape(PolynomialSystem.parse("x*y; x*y"))


def test_other_things_are_no_objective():
    with pytest.raises(InputError, match="expected a network"):
        landscape("x^2")


def test_data_need_a_network():
    with pytest.raises(InputError, match="LinearNetwork"):
        landscape(PolynomialSystem.parse("x^2"), data={})


def test_free_parameters_are_refused():
    with pytest.raises(InputError):
        landscape(PolynomialSystem.parse("parameters a; x^2 - a"))


def test_a_time_limit_is_reported_as_such():
    system = LinearNetwork((2, 2, 2)).gradient_system(seed=1)
    with pytest.raises(LimitReached):
        landscape(system, budget=Budget.of(seconds=0))


# -- output -----------------------------------------------------------------------------------


def test_the_document_has_the_fields_of_the_contract(row_14):
    document = json.loads(json.dumps(row_14.to_dict()))
    for point in document["points"]:
        assert {"weights", "loss", "index", "kind", "certified"} <= set(point)
    assert document["global_minimum"]["verdict"] == "holds"
    assert "Landscape(" in repr(row_14)
    assert row_14._repr_html_().startswith("<table>")


@pytest.mark.parametrize(
    "value", ["0", "1", "-1/3", "1/3", "-123456789123456789123456789/7", "1e-40", "-9.99999e60"]
)
def test_printed_enclosures_are_rounded_outwards(value):
    exact = Fraction(value)
    ball = arb(fmpq(exact.numerator, exact.denominator))
    low, high = (fraction(s) for s in enclosure_strings(ball))
    assert low <= exact <= high
    assert high - low <= abs(exact) * Fraction(1, 10**13)


# -- certified inertia ------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, (4, 4), elements=st.integers(-20, 20).map(float)))
def test_certified_inertia_is_that_of_exact_arithmetic(a):
    symmetric = a + a.T
    exact = arb_mat(symmetric.tolist())
    eigenvalues, vectors = np.linalg.eigh(symmetric)
    found = negative_count(exact, eigenvalues, vectors)
    # Descartes' rule is exact for real-rooted characteristic polynomials.
    coefficients = fmpz_mat([[int(v) for v in row] for row in symmetric]).charpoly().coeffs()
    mirrored = [int(c) * (-1) ** k for k, c in enumerate(coefficients)]
    signs = [np.sign(c) for c in mirrored if c != 0]
    negative = sum(a != b for a, b in itertools.pairwise(signs))
    if found is None:
        assert abs(np.linalg.det(symmetric)) < 1e-6
    else:
        assert found == negative


def test_a_singular_matrix_has_no_certified_inertia():
    zero = np.zeros((2, 2))
    assert negative_count(arb_mat(zero.tolist()), np.zeros(2), np.eye(2)) is None
    wide = arb_mat([[arb(1, 2)]])
    assert negative_count(wide, np.ones(1), np.eye(1)) is None
