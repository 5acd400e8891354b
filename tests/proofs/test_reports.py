"""The report of a small network: files, words, links, and what happens when engines disagree."""

from __future__ import annotations

import hashlib
import html.parser
import json
import re
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from algebra.errors import EnginesDisagree, LimitReached
from algebra.limits import Budget
from proofs.checking import canonical_hash, check
from proofs.reports import facts, report


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return report("1-1-1", tmp_path_factory.mktemp("report"), versions={"critnet": "test"})


class Page(html.parser.HTMLParser):
    """Links, anchors, and what a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.anchors, self.loaded, self.open = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if "id" in values:
            assert values["id"] not in self.anchors
            self.anchors.add(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        for name in ("src", "href"):
            if tag in ("script", "img", "link", "iframe", "image") and name in values:
                self.loaded.append(values[name])
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        """Nothing stays open."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_document_is_valid_by_the_shipped_schema(written):
    text = resources.files("proofs").joinpath("schemas/report-1.json").read_text("utf-8")
    stored = json.loads((written.directory / "report.json").read_text("utf-8"))
    assert stored == written.document
    errors = list(Draft202012Validator(json.loads(text)).iter_errors(stored))
    assert not errors, errors[0].message


def test_numbers_of_the_network_1_1_1_are_those_of_the_thesis(written):
    # Table 3.1, row 1: CBB 9, BKK 5, N_C 5, N_C* 4.
    document = written.document
    values = {entry["key"]: entry["value"] for entry in document["bounds"]}
    assert values["bezout"] == 9
    assert values["affine_mixed_volume"] == 5
    assert document["counts"]["complex"]["value"] == 5
    assert document["counts"]["torus"]["value"] == 4
    assert [(p["name"], p["count"]["value"]) for p in document["patterns"]] == [
        ("all weights zero", 1),
        ("all weights nonzero", 4),
    ]
    assert document["agreement"]["agree"]
    assert document["limits"] == []


def test_the_checker_accepts_the_report(written):
    result = check(written.directory)
    assert result.accepted, result.rejected


def test_certificates_have_the_listed_size_and_hash(written):
    for entry in written.document["certificates"]:
        content = (written.directory / entry["file"]).read_bytes()
        assert len(content) == entry["bytes"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    on_disk = {f"certificates/{p.name}" for p in (written.directory / "certificates").iterdir()}
    assert on_disk == {entry["file"] for entry in written.document["certificates"]}


def test_the_page_loads_nothing_and_has_no_broken_link(written):
    page = Page((written.directory / "report.html").read_text("utf-8"))
    assert page.loaded == ["data:,"]
    assert page.open == []
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.anchors
        else:
            assert (written.directory / link).is_file(), link


def test_markdown_shows_the_pictures_and_links_to_files(written):
    text = (written.directory / "report.md").read_text("utf-8")
    targets = re.findall(r"\]\(([^)#][^)]*)\)", text)
    assert any(target.startswith("pictures/") for target in targets)
    for target in targets:
        assert (written.directory / target).is_file(), target


def test_the_seed_changes_no_number_verdict_or_word(written, tmp_path):
    again = report("1-1-1", tmp_path, versions={}, seed=7)

    def results(document):
        claims = [(c["id"], c["verdict"], c["word"], c["reason"]) for c in document["claims"]]
        parts = ("dimension", "bounds", "counts", "patterns", "agreement", "relies_on")
        return [claims, *(document[part] for part in parts)]

    assert results(again.document) == results(written.document)


def test_the_hash_is_that_of_everything_but_the_run(written):
    document = dict(written.document)
    assert document["sha256"] == canonical_hash(document)
    assert canonical_hash({**document, "run": {}}) == document["sha256"]
    assert canonical_hash({**document, "dimension": 1}) != document["sha256"]


def test_a_changed_number_is_noticed(written, tmp_path):
    document = json.loads(json.dumps(written.document))
    document["counts"]["complex"]["value"] = 6
    for entry in document["certificates"]:
        target = tmp_path / entry["file"]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((written.directory / entry["file"]).read_bytes())
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    assert not check(path).accepted


def test_a_second_report_leaves_no_stale_certificate(tmp_path):
    first = report("1-1-1", tmp_path, versions={})
    (tmp_path / "certificates" / "stale.json").write_text("{}")
    (tmp_path / "mine.txt").write_text("kept")
    second = report("1-1-1", tmp_path, versions={})
    assert not (tmp_path / "certificates" / "stale.json").exists()
    assert (tmp_path / "mine.txt").exists()
    assert first.document["sha256"] == second.document["sha256"]


def test_disagreement_is_said_loudly(monkeypatch, tmp_path):
    def conflicting(context):
        return [{"what": "critical points", "algebra": 5, "numerics": 4, "agree": False}]

    monkeypatch.setattr(facts, "compared", conflicting)
    result = report("1-1-1", tmp_path, versions={})
    assert result.disagreements == ["critical points: algebra says 5, certified numerics say 4"]
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text("utf-8")
        assert "THE ENGINES DISAGREE" in text
        assert text.index("THE ENGINES DISAGREE") < text.rindex("Setting and data")


def test_an_engine_that_contradicts_a_proof_is_reported(monkeypatch, tmp_path):
    def contradicting(context, folder):
        raise EnginesDisagree("at least 6 but at most 5")

    monkeypatch.setattr(facts, "counts", contradicting)
    result = report("1-1-1", tmp_path, versions={})
    assert result.disagreements == ["counts: at least 6 but at most 5"]


def test_a_part_that_hits_a_limit_is_named_and_the_rest_is_written(monkeypatch, tmp_path):
    def slow(context, seconds):
        raise LimitReached("the time limit was reached")

    monkeypatch.setattr(facts, "starts", slow)
    result = report("1-1-1", tmp_path, versions={})
    assert result.document["limits"] == ["start systems: the time limit was reached."]
    assert result.document["counts"]["complex"]["value"] == 5
    assert "Not everything was finished" in (tmp_path / "report.html").read_text("utf-8")


def test_an_exhausted_budget_still_writes_a_report(tmp_path):
    result = report("1-1-1", tmp_path, versions={}, budget=Budget.of(seconds=0.0))
    assert result.document["limits"]
    assert (Path(result.directory) / "report.html").is_file()


def test_the_users_own_data_appear_exactly(tmp_path):
    data = {"X": [["1/3"]], "Y": [[0.1]], "Lambda": "1/7"}
    result = report("1-1-1", tmp_path, data=data, versions={})
    assert result.document["data"]["X"] == [["1/3"]]
    assert result.document["data"]["Y"] == [["3602879701896397/36028797018963968"]]
    assert any("dyadic" in note for note in result.document["data"]["notes"])


def test_a_critical_set_of_positive_dimension_is_reported_honestly(tmp_path):
    result = report("1-1-1,regulariser=none", tmp_path, versions={})
    assert result.document["dimension"] == 1
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "There are infinitely many critical points" in text
    assert "finitely many points" not in text
