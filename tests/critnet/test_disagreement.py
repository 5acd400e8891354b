"""Engines that disagree: undecided, both sides shown, exit code 1, the input written out."""

import dataclasses
import json

import pytest

from algebra import counting, real_roots
from algebra.systems import PolynomialSystem
from algebra.words import Count, Word
from proofs import count_certificates
from proofs import counting as whole

SYSTEM = "x^3 - x + 5; x*y - 2"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fewer_zeros(monkeypatch):
    """An algebra that counts two zeros where there are three."""
    right = counting.count_zeros

    def wrong(system, **options):
        found = right(system, **options)
        two = Count.exactly(2, Word.PROBABLE, "modulo two primes")
        return dataclasses.replace(found, distinct=two, with_multiplicity=two)

    monkeypatch.setattr(counting, "count_zeros", wrong)


def test_an_algebra_that_counts_too_few_zeros_leaves_the_count_undecided(
    critnet, folder, monkeypatch
):
    fewer_zeros(monkeypatch)
    document = critnet.json("count", "-", stdin=SYSTEM, exit_code=1)
    assert document["verdict"] == "undecided"
    assert "at least 3" in document["error"]
    assert "at most 2" in document["error"]
    written = json.loads((folder / document["input"]).read_text())
    assert written["disagreement"] in document["error"]
    read = PolynomialSystem.parse(json.dumps(written["system"]))
    assert read.digest == PolynomialSystem.parse(SYSTEM).digest


def test_people_are_told_both_sides_and_where_the_input_is(critnet, folder, monkeypatch):
    fewer_zeros(monkeypatch)
    result = critnet("count", "-", stdin=SYSTEM)
    assert result.exit_code == 1
    assert "undecided" in result.stderr
    assert "at least 3" in result.stderr
    (path,) = folder.glob("critnet-disagreement-*.json")
    assert path.name in result.stderr


def test_a_folder_that_cannot_be_written_changes_nothing_else(critnet, folder, monkeypatch):
    fewer_zeros(monkeypatch)
    digest = PolynomialSystem.parse(SYSTEM).digest
    (folder / f"critnet-disagreement-{digest[:12]}.json").mkdir()
    document = critnet.json("count", "-", stdin=SYSTEM, exit_code=1)
    assert "input" not in document


def test_a_wrong_number_of_real_zeros_contradicts_the_boxes(critnet, folder, monkeypatch):
    wrong = Count.exactly(3, Word.CERTIFIED, "trace form")
    monkeypatch.setattr(real_roots, "count_real_zeros", lambda system, **options: wrong)
    document = critnet.json("count", "-", stdin=SYSTEM, exit_code=1)
    assert "real: at least 3" in document["error"]
    assert "at most 1" in document["error"]


def test_wrong_boxes_prove_nothing(critnet, folder, monkeypatch):
    """The checker refuses them: the numbers keep the algebra's word, and a note says why."""
    right = whole.certificates_of

    def moved(solution):
        documents = right(solution)
        for document in documents:
            for box in document["proof"]["boxes"]:
                box["center"][0][0] = "7*2^0"
        return documents

    monkeypatch.setattr(whole, "certificates_of", moved)
    monkeypatch.setattr(count_certificates, "TRACE_FORM", (0, 0))
    document = critnet.json("count", "-", stdin=SYSTEM)
    assert document["complex"]["value"] == 3
    assert document["complex"]["word"] == "probable"
    assert any("Krawczyk test fails" in note for note in document["notes"])
