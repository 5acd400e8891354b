"""Arnold's verification: complete for every small ideal, and each of its three parts is needed."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra import PolynomialSystem
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.quotient import QuotientAlgebra
from algebra.staircase import hilbert_series
from proofs import certificates as write
from proofs.checker import CertificateRejected, check_document
from proofs.homogenised_bases import bound_by_homogenising, homogenised_certificate

EXPONENTS = st.tuples(*[st.integers(0, 2)] * 3).filter(lambda m: sum(m) <= 3)
POLYNOMIALS = st.dictionaries(EXPONENTS, st.integers(-3, 3).filter(bool), max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.lists(POLYNOMIALS, min_size=1, max_size=4), st.sampled_from(["grevlex", "lex"]))
def test_every_small_basis_is_proved(equations, order):
    """Zero, constant and repeated equations, unit and positive-dimensional ideals among them."""
    system = PolynomialSystem.from_terms(("x", "y", "z"), equations)
    basis = groebner_basis(system, order=order)
    facts = check_document(homogenised_certificate(system, basis)).facts
    series = hilbert_series(basis.leading)
    finite = basis.is_unit or series.dimension == 0
    expected = (0 if basis.is_unit else series.degree) if finite else None
    assert facts.get(("with_multiplicity", "at_least")) == expected
    assert facts.get(("with_multiplicity", "at_most")) == expected


def test_a_prime_that_makes_equations_vanish_proves_nothing_wrong():
    # Modulo 2 the equation 2x − 1 has no leading coefficient; x·(2x − 1) keeps the ideal.
    system = PolynomialSystem.parse("2*x - 1; 6*x*y - 3*y")
    document = homogenised_certificate(system)
    check_document(document)
    for prime in ("2", "3"):
        damaged = copy.deepcopy(document)
        damaged["proof"]["prime"] = prime
        try:
            facts = check_document(damaged).facts
        except CertificateRejected:
            continue
        assert facts == check_document(document).facts


def homogeneous_document(equations, elements, relations, basis, prime="101"):
    system = PolynomialSystem.parse(equations)
    ring = PolynomialSystem.parse(f"variables x, y, h; {elements}")
    claimed = PolynomialSystem.parse(f"variables x, y; {basis}")
    proof = {
        "method": "homogenised",
        "elements": write.polynomials_json(ring.equations),
        "prime": prime,
        "relations": relations,
    }
    claim = {"order": "grevlex", "basis": write.polynomials_json(claimed.equations)}
    return write.document("groebner-basis", system, claim, proof)


ONE, FIRST, SECOND = [["1", [0, 0, 0]]], 0, 1


def test_elements_outside_the_ideal_need_a_relation():
    # ⟨x, y⟩ contains x² and y, is a basis over Q; but x is no combination modulo p.
    document = homogeneous_document("x^2; y", "x; y", [[[FIRST, ONE]], [[SECOND, ONE]]], "x; y")
    with pytest.raises(CertificateRejected, match="remainder"):
        check_document(document)


def test_elements_that_are_no_basis_over_the_rationals_are_refused():
    # Modulo 101 the S-polynomial of x² + 101 y² and x y + y² … is not looked at: over Q it is.
    document = homogeneous_document("x^2 + 101*x*y; x^2", "x^2", [[[FIRST, ONE]]], "x^2")
    with pytest.raises(CertificateRejected, match="remainder"):
        check_document(document)
    document = homogeneous_document(
        "x^2 - y^2; x*y", "x^2 - y^2; x*y", [[[FIRST, ONE]], [[SECOND, ONE]]], "x^2 - y^2; x*y"
    )
    with pytest.raises(CertificateRejected, match="remainder"):
        check_document(document)


def test_an_equation_outside_the_elements_is_refused():
    document = homogeneous_document("x^2; y", "x^2", [[[FIRST, ONE]]], "x^2")
    with pytest.raises(CertificateRejected, match="remainder"):
        check_document(document)


def test_a_leading_coefficient_divisible_by_the_prime_is_refused():
    # Modulo 101 the element is y, and y alone would be in the ideal: 101 x + y is not y.
    document = homogeneous_document("101*x + y", "101*x + y", [[[FIRST, ONE]]], "101*x + y")
    with pytest.raises(CertificateRejected, match="leading coefficient"):
        check_document(document)


def test_more_zeros_than_wanted_give_no_bound():
    system = resolve_system("cyclic:5")
    assert bound_by_homogenising(system, 69) is None
    document = bound_by_homogenising(system, 70)
    size = len(QuotientAlgebra(groebner_basis(system)).standard_monomials)
    assert check_document(document).facts["complex", "at_most"] == size == 70
    assert json.loads(json.dumps(document)) == document


def test_a_large_basis_needs_to_be_asked_for():
    system = resolve_system("katsura:4")
    assert homogenised_certificate(system, effort_limit=1000) is None
    assert homogenised_certificate(system, effort_limit=None) is not None
