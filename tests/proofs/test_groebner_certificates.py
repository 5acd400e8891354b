"""Bases over Q proved: the checker accepts what is written, and nothing for another ideal."""

import dataclasses

import pytest

from algebra import PolynomialSystem
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.words import Word
from proofs.groebner_certificates import groebner_certificate
from proofs.settlement import settle_certificate


@pytest.mark.parametrize(
    ("name", "order", "degree"),
    [
        ("katsura:3", "grevlex", 8),
        ("noon:3", "grevlex", 21),
        ("network:1-1-1", "grevlex", 5),
        ("network:1-1-1", "lex", 5),
        ("cyclic:4", "grevlex", None),
        ("cyclic:4", "lex", None),
        ("cyclic:5", "grevlex", 70),
        ("eco:6", "lex", 16),
        ("network:2-2-2", "grevlex", 33),
    ],
)
def test_bases_are_proved_and_the_degree_with_them(name, order, degree):
    system = resolve_system(name)
    basis = groebner_basis(system, order=order)
    document = groebner_certificate(system, basis)
    settled = settle_certificate(document, system=system, kind="groebner-basis")
    assert settled.word is Word.PROVED
    assert settled.facts.get(("with_multiplicity", "at_least")) == degree
    assert settled.facts.get(("with_multiplicity", "at_most")) == degree


def test_the_unit_ideal_is_proved():
    system = PolynomialSystem.parse("x*y - 1; x; y^2 - 3")
    document = groebner_certificate(system, groebner_basis(system))
    assert settle_certificate(document, system=system).facts["complex", "at_most"] == 0


def refused(system, basis):
    """Whether there is no certificate, or none that the checker accepts."""
    document = groebner_certificate(system, basis)
    return document is None or settle_certificate(document, system=system).word is not Word.PROVED


@pytest.mark.parametrize("order", ["grevlex", "lex"])
def test_a_basis_of_another_ideal_is_not_proved(order):
    system, other = (PolynomialSystem.parse(t) for t in ("x^2 - y; y^2 - x", "x^2 - y; y^2 - 2*x"))
    assert refused(system, groebner_basis(other, order=order))
    # A smaller and a larger ideal: each inclusion is needed.
    for text in ("x^2 - y", "x^2 - y; y^2 - x; x - 1"):
        assert refused(system, groebner_basis(PolynomialSystem.parse(text), order=order))


def test_an_incomplete_basis_is_not_proved():
    system = resolve_system("katsura:3")
    basis = groebner_basis(system)
    kept = [exponents for exponents in basis.monomials][:-1]
    assert len(kept) == len(basis) - 1
    start = basis.monomials.start[:-1]
    shorter = dataclasses.replace(
        basis,
        monomials=dataclasses.replace(
            basis.monomials, start=start, numbers=basis.monomials.numbers[: start[-1]]
        ),
        coefficients=basis.coefficients[:-1],
    )
    assert refused(system, shorter)


@pytest.mark.parametrize("text", ["x^2 - I; y - x", "parameters a; x^2 - a"])
def test_complex_coefficients_and_parameters_get_none(text):
    system = PolynomialSystem.parse(text)
    rational = groebner_basis(PolynomialSystem.parse("x^2 - 2"))
    assert groebner_certificate(system, rational) is None
