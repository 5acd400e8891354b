"""`critnet groebner`: orders, stores, elimination on request."""

from __future__ import annotations

import pytest

SYSTEM = "x^2 + y^2 - 5; x*y - 2"


def test_a_weighted_order_chooses_the_leading_monomials(critnet):
    # y has weight 3: y - x^2 leads with y, so the ideal of a parabola has no leading x.
    document = critnet.json("groebner", "-", "--order", "weighted:1,3", stdin="x^2 - y")
    assert document["basis"] == ["y - x^2"]
    assert document["order"] == "weighted:1,3"
    assert critnet.json("groebner", "-", stdin="x^2 - y")["basis"] == ["x^2 - y"]


@pytest.mark.parametrize("order", ["weighted:1", "weighted:1,0", "weighted:1,2,3", "weighted:"])
def test_weights_that_do_not_fit_are_refused(critnet, order):
    result = critnet("groebner", "-", "--order", order, stdin=SYSTEM)
    assert result.exit_code == 2
    assert "weighted" in result.stderr


def test_every_row_is_reduced_on_request(critnet):
    chance = critnet.json("groebner", "katsura:4", "--mod", "32003")
    certain = critnet.json("groebner", "katsura:4", "--mod", "32003", "--deterministic")
    assert chance["basis"] == certain["basis"]


def test_a_store_is_read_back(critnet, tmp_path):
    path = tmp_path / "residues.sqlite"
    first = critnet.json("groebner", "-", "--store", str(path), stdin=SYSTEM)
    assert path.exists()
    again = critnet.json("groebner", "-", "--store", str(path), stdin=SYSTEM)
    assert {**first, "run": None} == {**again, "run": None}


def test_a_store_of_something_else_is_refused(critnet, tmp_path):
    path = tmp_path / "residues.sqlite"
    critnet.json("groebner", "-", "--store", str(path), stdin=SYSTEM)
    result = critnet("groebner", "-", "--store", str(path), stdin="x^2 - 2; y - x")
    assert result.exit_code == 2
    assert "another system" in result.stderr
    result = critnet("groebner", "-", "--store", str(path), "--mod", "101", stdin=SYSTEM)
    assert result.exit_code == 2


def test_a_basis_is_proved_and_checked(critnet, tmp_path):
    path = tmp_path / "basis.json"
    document = critnet.json("groebner", "-", "--certificate", str(path), stdin=SYSTEM)
    assert document["word"] == "proved"
    checked = critnet.json("check", str(path))
    assert checked["accepted"]
    assert "Gröbner basis (grevlex)" in checked["proved"][0]


def test_what_cannot_be_proved_stays_probable(critnet, tmp_path):
    path = tmp_path / "basis.json"
    arguments = ("groebner", "-", "--order", "weighted:1,3", "--certificate", str(path))
    result = critnet(*arguments, stdin=SYSTEM)
    assert result.exit_code == 0
    assert "probable" in result.stdout
    assert "no certificate" in result.stderr
    assert not path.exists()
    assert critnet("groebner", "-", "--mod", "101", *arguments[4:], stdin=SYSTEM).exit_code == 2


def test_coefficients_of_ten_thousand_digits_are_read_and_printed(critnet):
    big = "1" + "0" * 9999 + "7"
    system = f"{big}*x + y; x + y - 1"
    document = critnet.json("groebner", "-", stdin=system)
    # big·x + 1 - x = 0 has a leading coefficient that ends in 6.
    assert sorted(document["basis"]) == [f"{big[:-1]}6*x + 1", f"{big[:-1]}6*y - {big}"]
    result = critnet("solve", "-", stdin=system)
    assert result.exit_code == 2
    assert "floating point" in result.stderr
