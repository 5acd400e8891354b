"""Bases over Q proved: the checker accepts what is written, and nothing for another ideal."""

import dataclasses

import pytest

from algebra import PolynomialSystem
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.words import Word
from proofs.groebner_certificates import groebner_certificate
from proofs.settlement import settle_certificate


# Cofactors of lex bases soon have too high a degree: small ones only.
@pytest.mark.parametrize(
    ("name", "order", "degree"),
    [
        ("katsura:3", "grevlex", 8),
        ("noon:3", "grevlex", 21),
        ("network:1-1-1", "grevlex", 5),
        ("network:1-1-1", "lex", 5),
        ("cyclic:4", "grevlex", None),
        ("cyclic:4", "lex", None),
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


def test_a_basis_of_another_ideal_gets_no_certificate():
    system, other = (PolynomialSystem.parse(t) for t in ("x^2 - y; y^2 - x", "x^2 - y; y^2 - 2*x"))
    assert groebner_certificate(system, groebner_basis(other)) is None


def test_an_incomplete_basis_gets_no_certificate():
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
    assert groebner_certificate(system, shorter) is None


@pytest.mark.parametrize("text", ["x^2 - I; y - x", "parameters a; x^2 - a"])
def test_complex_coefficients_and_parameters_get_none(text):
    system = PolynomialSystem.parse(text)
    rational = groebner_basis(PolynomialSystem.parse("x^2 - 2"))
    assert groebner_certificate(system, rational) is None
