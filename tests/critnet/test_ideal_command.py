"""`critnet ideal`: one question, one document, certificates that check."""

import pytest

SYSTEM = "x^2*y; x*y^3"


def test_membership_with_a_certificate_that_checks(critnet, tmp_path):
    path = tmp_path / "member.json"
    document = critnet.json(
        "ideal", "-", "--contains", "x^2*y - x*y^3", "--certificate", str(path), stdin=SYSTEM
    )
    assert document["holds"] is True
    assert document["word"] == "proved"
    assert critnet("check", str(path)).exit_code == 0


def test_derived_ideals_with_a_conjunction_that_checks(critnet, tmp_path):
    path = tmp_path / "colon.json"
    document = critnet.json(
        "ideal", "-", "--colon", "x*y", "--certificate", str(path), stdin=SYSTEM
    )
    assert sorted(document["generators"]) == ["x", "y^2"]
    assert {m["word"] for m in document["evidence"]} == {"proved"}
    assert critnet("check", str(path)).exit_code == 0


def test_two_systems_are_compared(critnet, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("variables x, y; x + y; x - y")
    assert critnet.json("ideal", "-", "--equals", str(other), stdin="x; y")["holds"] is True
    met = critnet.json("ideal", "-", "--intersect", str(other), stdin="x; y")
    assert sorted(met["generators"]) == ["x", "y"]


def test_answers_for_people(critnet):
    shown = critnet("ideal", "-", "--normal-form", "x^3 + y", stdin="x^2 - y; y^2")
    assert "x*y + y" in shown.stdout
    shown = critnet("ideal", "-", "--radical-contains", "x", "--cofactors", stdin="x^2 - y; y^2")
    assert "yes" in shown.stdout
    assert "(x)^4 = " in shown.stdout
    assert "no" in critnet("ideal", "-", "--contains", "x", stdin="x^2 - y; y^2").stdout


def test_parameters_come_with_conditions(critnet):
    text = "variables x; parameters a; a*x - 1; x^2 - 2"
    document = critnet.json("ideal", "-", "--contains", "1", "--cofactors", stdin=text)
    assert document["conditions"] == [{"polynomial": "2*a^2 - 1", "power": 1}]
    assert document["word"] == "proved"


@pytest.mark.parametrize("options", [[], ["--contains", "x", "--colon", "x"], ["--contains", "z"]])
def test_bad_questions_are_one_sentence(critnet, options):
    result = critnet("ideal", "-", *options, stdin=SYSTEM)
    assert result.exit_code == 2
    assert result.stderr.count("\n") <= 3
