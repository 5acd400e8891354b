"""Ideal operations settled: the checker decides, damaged identities stay probable."""

from dataclasses import replace

import pytest

from algebra import Ideal, PolynomialSystem
from algebra.parametric import parametric_membership
from algebra.words import Word
from proofs.settlement import settle


@pytest.fixture(scope="module")
def ideal():
    return Ideal.of("x^2*y; x*y^3")


def test_identities_make_membership_proved(ideal):
    assert settle(ideal.contains("x^2*y - x*y^3", cofactors=True)).word is Word.PROVED
    assert settle(ideal.radical_contains("x*y", cofactors=True)).word is Word.PROVED
    assert settle(ideal.contains("x^2*y")).word is Word.PROBABLE
    assert settle(ideal.contains("x")).word is Word.PROBABLE


def test_generators_of_derived_ideals_are_proved_one_by_one(ideal):
    for result in (
        ideal.saturate("x", cofactors=True),
        ideal.colon("x*y", cofactors=True),
        ideal.intersect(Ideal.of("variables x, y; y"), cofactors=True),
        ideal.eliminate("x", cofactors=True),
    ):
        settled = settle(result)
        assert all(m.word is Word.PROVED for m in settled.evidence)
        assert settled.word is Word.PROBABLE


def test_equality_is_proved_by_both_inclusions():
    first, second = Ideal.of("x + y; x - y"), Ideal.of("x; y")
    assert settle(first.equals(second, cofactors=True)).word is Word.PROVED
    assert settle(first.equals(second)).word is Word.PROBABLE


def test_parametric_identities_are_accepted():
    system = PolynomialSystem.parse("variables x; parameters a; a*x - 1; x^2 - 2")
    assert settle(parametric_membership(system, "1", cofactors=True)).word is Word.PROVED


def test_damaged_cofactors_stay_probable(ideal):
    good = ideal.contains("x^2*y - x*y^3", cofactors=True)
    wrong = (good.cofactors[0] + 1, *good.cofactors[1:])
    assert settle(replace(good, cofactors=wrong, word=Word.PROVED)).word is Word.PROBABLE
    assert settle(replace(good, cofactors=wrong[:1])).word is Word.PROBABLE
    assert settle(replace(good, cofactors=None, word=Word.PROVED)).word is Word.PROBABLE
