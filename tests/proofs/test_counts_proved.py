"""`count`: numbers proved from both sides, on systems whose numbers the literature knows."""

import importlib
from dataclasses import replace

import pytest
from flint import fmpq

from algebra import families
from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import Budget
from algebra.network_data import NetworkData
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.certify import certify
from homotopy.errors import StartUnavailable
from homotopy.solve import solve
from proofs import count_certificates, counting, dimension_bounds
from proofs.checker import check_document
from proofs.counting import complete, count
from proofs.dimension_bounds import dimension_certificate
from proofs.mixed_volume_bounds import affine_supports, mixed_volume_certificate
from proofs.reduction import reduce_network
from proofs.settlement import certificates_of


def network(*widths, seed=0):
    return LinearNetwork(widths, m=1).gradient_system(seed=seed)


def proved(value):
    return value, Word.PROVED


def summary(counted):
    return counted.value, counted.word


@pytest.mark.parametrize(
    ("widths", "complex_zeros", "torus"),
    [((1, 1, 1), 5, 4), ((2, 1, 2), 9, 8), ((1, 2, 1), 9, 0), ((2, 2, 2), 33, 16)],
)
def test_counts_of_small_networks_are_proved(widths, complex_zeros, torus):
    # N_C and N_C* of Table 3.1: A. Bharadwaj, S. Hosten, arXiv:2301.12651.
    result = count(network(*widths))
    assert summary(result.complex) == proved(complex_zeros)
    assert summary(result.with_multiplicity) == proved(complex_zeros)
    assert summary(result.torus) == proved(torus)
    assert result.real.word is Word.PROVED
    assert sum(c.value for c in result.patterns.values()) == complex_zeros
    assert all(c.word is Word.PROVED for c in result.patterns.values() if c.value)
    checked = check_document(result.certificates[-1])
    assert checked.facts["complex", "at_most"] == checked.facts["complex", "at_least"]


@pytest.mark.parametrize(
    ("family", "n", "zeros"),
    [("katsura", 4, 16), ("cyclic", 5, 70), ("noon", 3, 21), ("eco", 5, 8)],
)
def test_counts_of_families_are_proved(family, n, zeros):
    result = count(getattr(families, family)(n))
    assert summary(result.complex) == proved(zeros)
    assert result.real.word is Word.PROVED


def test_multiple_zeros_are_proved_by_the_trace_form():
    # x² = 0, y³ = y: three zeros, each double, all real; no box can hold them.
    system = PolynomialSystem.from_terms(("x", "y"), [{(2, 0): 1}, {(0, 3): 1, (0, 1): -1}])
    result = count(system)
    assert summary(result.complex) == proved(3)
    assert summary(result.with_multiplicity) == proved(6)
    assert summary(result.real) == proved(3)


def test_real_zeros_are_proved_both_ways():
    result = count(network(2, 2, 2))
    kinds = [part["kind"] for part in result.certificates[-1]["proof"]["parts"]]
    assert {"boxes", "signature", "ring-isomorphism"} <= set(kinds)
    (signature,) = [
        part for part in result.certificates[-1]["proof"]["parts"] if part["kind"] == "signature"
    ]
    assert signature["claim"]["real"] == result.real.value


def test_infinitely_many_zeros_leave_the_isolated_ones():
    # x (x − 1) = 0, x y = 0: the line x = 0 and the point (1, 0).
    system = PolynomialSystem.from_terms(("x", "y"), [{(2, 0): 1, (1, 0): -1}, {(1, 1): 1}])
    result = count(system)
    assert result.dimension == 1
    assert result.complex.value == 1


def test_a_system_without_zeros():
    result = count(PolynomialSystem.from_terms(("x", "y"), [{(1, 0): 1}, {(1, 1): 1, (0, 0): -1}]))
    assert result.dimension == -1
    assert summary(result.complex) == proved(0)
    assert summary(result.torus) == proved(0)
    assert summary(result.real) == proved(0)


def test_more_equations_than_unknowns_are_counted_by_algebra():
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -1}, {(1,): 1, (0,): -1}])
    result = count(system)
    assert result.dimension == 0
    assert summary(result.complex) == proved(1)
    assert any("not a square system" in note for note in result.notes)


def test_parameters_without_values_are_refused():
    names = ("x", "p")
    from algebra.systems import polynomial_ring

    x, p = polynomial_ring(names).gens()
    with pytest.raises(InputError, match="parameters"):
        count(PolynomialSystem(("x",), (x - p,), ("p",)))


def test_a_solution_that_contradicts_the_algebra_is_a_disagreement(monkeypatch):
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -2}])
    solution = certify(system, [[1.414], [-1.414]])
    from algebra import counting as algebra_counting

    wrong = algebra_counting.count_zeros(
        PolynomialSystem.from_terms(("x",), [{(1,): 1}]), real=True
    )
    monkeypatch.setattr(algebra_counting, "count_zeros", lambda *args, **kwargs: wrong)
    with pytest.raises(EnginesDisagree, match="at most 1"):
        count(system, solution=solution)


def test_lost_zeros_are_found_by_another_start():
    system = PolynomialSystem.from_terms(("x",), [{(3,): 1, (1,): -1, (0,): 5}])
    result = count(system, solution=certify(system, [[-1.904]]))
    assert any("found by another one" in note for note in result.notes)
    assert summary(result.complex) == proved(3)


def test_lost_zeros_are_made_good_by_the_trace_form(monkeypatch):
    monkeypatch.setattr(counting, "OTHER_STARTS", ())
    system = PolynomialSystem.from_terms(("x",), [{(3,): 1, (1,): -1, (0,): 5}])
    result = count(system, solution=certify(system, [[-1.904]]))
    assert any("not found numerically" in note for note in result.notes)
    assert summary(result.complex) == proved(3)
    assert summary(result.real) == proved(1)


def test_lost_zeros_leave_the_number_probable_otherwise(monkeypatch):
    monkeypatch.setattr(count_certificates, "TRACE_FORM", (0, 0))
    monkeypatch.setattr(counting, "OTHER_STARTS", ())
    system = PolynomialSystem.from_terms(("x",), [{(3,): 1, (1,): -1, (0,): 5}])
    solution = certify(system, [[-1.904]])
    result = count(system, solution=solution)
    assert summary(result.complex) == (3, Word.PROBABLE)
    assert result.complex.upper.word is Word.PROVED


def test_a_time_limit_leaves_what_is_known():
    result = count(network(2, 2, 2), budget=Budget.of(seconds=0))
    assert result.complex.upper.value is None or result.complex.word is not Word.PROVED
    assert result.notes


def test_a_limit_while_certificates_are_checked_leaves_the_counts(monkeypatch):
    class Ending(Budget):
        __slots__ = ()
        over = False

        def check(self, partial=None, *, extra=0):
            if Ending.over:
                raise LimitReached("the time limit was reached", partial)

    find = counting.whole_document

    def find_and_run_out(*arguments):
        Ending.over = True
        return find(*arguments)

    monkeypatch.setattr(counting, "whole_document", find_and_run_out)
    result = count(families.katsura(2), budget=Ending())
    assert (result.complex.value, result.complex.word) == (4, Word.PROBABLE)
    assert any("time limit" in note for note in result.notes)
    assert result.complex.lower.word == Word.PROVED  # by the boxes, which come first
    assert [document["kind"] for document in result.certificates] == ["boxes"]


def test_one_hidden_layer_is_solved_in_its_reduced_unknowns(monkeypatch):
    module = importlib.import_module("homotopy.solve")

    def solve_reduced(system, **options):
        assert len(system.variables) == 3 < 4  # signals of 1-2-1 instead of its weights
        return original(system, **options)

    original = module.solve
    monkeypatch.setattr(module, "solve", solve_reduced)
    result = count(network(1, 2, 1))
    assert summary(result.complex) == proved(9)
    assert result.solution is None


def test_a_search_without_result_leaves_the_boxes(monkeypatch):
    def never(system, wanted, *, budget):
        assert budget.remaining() <= counting.LEAST_SEARCH
        raise LimitReached("the time limit was reached")

    for name in ("_bezout", "_mixed_volume"):
        monkeypatch.setattr(count_certificates, name, never)
    monkeypatch.setattr("proofs.homogenised_bases.bound_by_homogenising", never)
    monkeypatch.setattr("proofs.dimension_bounds.dimension_certificate", never)
    result = count(families.katsura(2))
    assert summary(result.complex.lower) == proved(4)
    assert result.complex.upper.word == Word.PROBABLE
    assert any("little time" in note for note in result.notes)


def test_ranks_that_would_take_the_checker_too_long_are_not_asked_for(monkeypatch):
    system = families.eco(4)  # three primes reach Hadamard's bound
    assert dimension_certificate(system, 4) is not None
    monkeypatch.setattr(dimension_bounds, "CHECK_STEPS", 0)
    assert dimension_certificate(system, 4) is None


def test_solutions_get_their_completeness_proved():
    from homotopy.solve import solve

    system = families.cyclic(5)
    found = complete(solve(system), system)
    assert summary(found.completeness) == proved(70)


def test_results_are_printed_in_one_line_and_as_json():
    result = count(network(1, 1, 1))
    assert "\n" not in repr(result)
    document = result.to_dict()
    assert document["complex"]["value"] == 5
    assert document["complex"]["word"] == "proved"
    assert document["complex"]["upper_from"].startswith("multihomogeneous Bézout number")
    assert result._repr_html_().startswith("<table>")


# -- upper bounds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("widths", "zeros"), [((1, 1, 1), 5), ((1, 2, 1), 9), ((2, 1, 2), 9)])
def test_macaulay_ranks_prove_the_dimension_of_reduced_networks(widths, zeros):
    system = network(*widths)
    reduced = reduce_network(system.metadata["network"], system.metadata["data"]).reduced
    document = dimension_certificate(reduced, zeros)
    assert check_document(document).facts["with_multiplicity", "at_most"] == zeros
    assert dimension_certificate(reduced, zeros - 1, highest_degree=8) is None


def test_macaulay_ranks_prove_that_there_is_no_zero():
    system = PolynomialSystem.from_terms(("x", "y"), [{(1, 1): 1, (0, 0): -1}, {(1, 0): 1}])
    document = dimension_certificate(system, 0)
    assert check_document(document).facts["complex", "at_most"] == 0


def test_an_unlucky_prime_does_not_mislead_the_ranks():
    # p x − 1 with the very prime of the search: modulo p there is no zero.
    system = PolynomialSystem.from_terms(("x",), [{(1,): 2147483647, (0,): fmpq(-1)}])
    document = dimension_certificate(system, 0, highest_degree=3)
    if document is not None:
        from proofs.checker import CertificateRejected

        with pytest.raises(CertificateRejected):
            check_document(document)


@pytest.mark.parametrize(
    ("system", "volume"),
    [
        (lambda: families.cyclic(5), 70),
        (lambda: families.noon(3), 21),
        (lambda: families.eco(6), 16),
        (lambda: network(2, 1, 2), 33),
        (lambda: network(2, 2, 2), 1089),
        (lambda: network(1, 1, 1, 1), 17),
    ],
)
def test_complete_cell_lists_prove_mixed_volumes(system, volume):
    document = mixed_volume_certificate(affine_supports(system()))
    checked = check_document(document)
    assert checked.facts["mixed_volume", "at_most"] == volume
    document["claim"]["at_most"] = volume - 1
    from proofs.checker import CertificateRejected

    with pytest.raises(CertificateRejected):
        check_document(document)


def test_coefficients_beyond_floating_point_are_counted_by_algebra_alone():
    found = count(PolynomialSystem.parse("10^400*x^2 - 2; y^3 - y*x + 2"))
    assert (found.complex.value, found.real.value) == (6, 2)
    assert found.complex.upper.word == Word.PROVED  # the Bézout number
    assert any("10^308" in note for note in found.notes)


def test_boxes_found_with_little_room_pass_the_checker():
    # Found by a soak (seed 77112): double-precision boxes that held their zero by less than one
    # bit, and were refused by the checker, whose enclosures are wider.
    def matrix(text):
        return tuple(tuple(map(as_rational, row.split())) for row in text.split(";"))

    X = matrix("627/25 1280/11 1819/49; 1714/23 -194 1177/35")
    Y = matrix("-381/10 -31/7 766/9; 1369/30 1298/15 67/12; 694/9 -814/31 1916/5")
    penalties = ("1127/24 443/21", "1907/34", "557/23; 1771/31; 55/47")
    data = NetworkData(X, Y, tuple(map(matrix, penalties)))
    solution = solve(LinearNetwork((2, 1, 1, 3), m=3).gradient_system(data=data))
    (certificate,) = certificates_of(solution)
    assert check_document(certificate).facts["complex", "at_least"] == 129


def as_rational(text):
    return fmpq(*map(int, text.split("/")))


def test_denominators_may_be_the_primes_of_the_engines():
    # Two circles: 2 zeros where Bézout's number and the mixed volume are 4.
    p = 2**31 - 1
    circle = {(2, 0): 1, (0, 2): 1, (0, 0): fmpq(-1, p)}
    system = PolynomialSystem.from_terms(("x", "y"), [circle, {**circle, (1, 0): fmpq(2, p)}])
    result = count(system)
    assert summary(result.complex) == summary(result.with_multiplicity) == proved(2)
    assert not result.notes


def test_zeros_that_the_first_start_loses_join_the_solution():
    system = families.katsura(3)
    solution = solve(system)
    poorer = replace(
        solution, solutions=solution.solutions[2:], proof=certify(system, solution.points[2:])
    )
    result = count(system, solution=poorer)
    assert summary(result.complex) == proved(8)
    assert len(result.solution.solutions) == result.solution.proof.distinct_count == 8
    assert [s.certified for s in result.solution.solutions] == [True] * 8
    assert any("2 of 8 zeros" in note for note in result.notes)


def test_exponents_beyond_the_checker_leave_counts_without_a_proof():
    system = PolynomialSystem.from_terms(("x", "y"), [{(1, 0): 1, (0, 40_000): 1}, {(0, 1): 1}])
    result = count(system, certify=False)
    assert summary(result.complex) == (1, Word.PROBABLE)
    assert any("the checker does not read this system" in note for note in result.notes)


def test_a_start_that_is_not_available_is_not_tried(monkeypatch):
    def unavailable(system, *, start, **_):
        raise StartUnavailable(start, "it does not fit")

    system = families.katsura(2)
    solution = solve(system)
    poorer = replace(
        solution, solutions=solution.solutions[1:], proof=certify(system, solution.points[1:])
    )
    monkeypatch.setattr(importlib.import_module("homotopy.solve"), "solve", unavailable)
    result = count(system, solution=poorer)
    assert any("1 of 4 zeros were not found" in note for note in result.notes)
