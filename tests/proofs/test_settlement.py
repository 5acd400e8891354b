"""`settle` and `check`: which words are written, when, and by whom."""

import ast
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from good_certificates import GOOD, circle, parabolas

from algebra.errors import EnginesDisagree
from algebra.words import Bound, Count, Word
from proofs import certificates as write
from proofs.checking import canonical_hash, check
from proofs.settlement import certificates_of, settle, settle_certificate

ROOT = Path(__file__).parents[2]


def boxes_and(upper: Bound) -> Count:
    return Count(Bound(2, Word.CERTIFIED, "boxes", (GOOD["boxes"](),)), upper)


STAIRCASE = Bound(2, Word.PROBABLE, "staircase modulo p", (GOOD["staircase"](),))


def test_only_settlement_writes_the_word_proved():
    writers = set()
    for package in ("algebra", "polytopes", "homotopy", "proofs", "critnet"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr == "PROVED":
                    writers.add(path.relative_to(ROOT).as_posix())
    # words.py defines it; others may compare with it, never construct a result with it.
    settling = {"proofs/settlement.py", "proofs/settled_volumes.py"}
    for name in sorted(writers - settling - {"algebra/words.py"}):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        compared = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.Compare)
            for part in ast.walk(node)
        }
        used = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "PROVED"
        ]
        assert all(id(node) in compared for node in used), f"{name} writes the word proved"


def test_boxes_and_a_staircase_prove_a_count():
    settled = settle(boxes_and(STAIRCASE), system=parabolas())
    assert settled.value == 2
    assert settled.word is Word.PROVED
    assert any("Brouwer" in theorem for theorem in settled.lower.relies_on)


def test_boxes_alone_prove_the_lower_bound_only():
    settled = settle(boxes_and(Bound(2, Word.PROBABLE, "modulo p")), system=parabolas())
    assert settled.lower.word is Word.PROVED
    assert settled.upper.word is Word.PROBABLE
    assert settled.word is Word.PROBABLE


def test_without_a_system_nothing_is_proved():
    assert settle(boxes_and(STAIRCASE)).word is Word.PROBABLE


def test_certificates_of_another_system_change_nothing():
    settled = settle(boxes_and(STAIRCASE), system=circle())
    assert settled.lower.word is Word.CERTIFIED
    assert settled.upper.word is Word.PROBABLE


def test_certificates_of_another_quantity_change_nothing():
    lower = Bound(1, Word.CERTIFIED, "", (GOOD["boxes"](),))
    settled = settle(Count(lower, Bound(None, Word.NUMERICAL)), system=parabolas(), quantity="odd")
    assert settled.lower.word is Word.CERTIFIED
    count = Count(Bound(2, Word.CERTIFIED, "", (GOOD["boxes"](),)), STAIRCASE)
    assert settle(count, system=parabolas(), quantity="real").word is Word.PROVED
    with pytest.raises(EnginesDisagree, match="nonreal"):
        settle(count, system=parabolas(), quantity="nonreal")


def test_a_weaker_certificate_does_not_prove_a_stronger_bound():
    count = Count(Bound(3, Word.PROBABLE, "", (GOOD["boxes"](),)), Bound(4, Word.PROBABLE))
    settled = settle(count, system=parabolas())
    assert settled.lower.value == 3
    assert settled.lower.word is Word.PROBABLE


def test_a_stronger_proof_improves_the_bound():
    count = boxes_and(Bound(9, Word.PROBABLE, "Bézout", (GOOD["staircase"](),)))
    settled = settle(count, system=parabolas())
    assert (settled.value, settled.word) == (2, Word.PROVED)
    assert settled.upper.source == "dimension of the quotient algebra"


def test_a_rejected_certificate_lowers_the_word_and_says_why():
    broken = GOOD["boxes"]()
    broken["proof"]["boxes"][0]["radius"][0] = "1*2^10"
    count = Count(Bound(2, Word.CERTIFIED, "boxes", (broken,)), Bound(None, Word.NUMERICAL))
    settled = settle(count, system=parabolas())
    assert settled.lower.word is Word.NUMERICAL
    assert "certificate rejected" in settled.lower.source


def test_a_word_that_arrives_too_strong_is_lowered():
    count = Count(Bound(2, Word.PROVED, "hearsay"), Bound(2, Word.PROVED, "hearsay"))
    assert settle(count, system=parabolas()).word is Word.CERTIFIED


def test_disagreement_is_an_error_that_shows_both_sides():
    with pytest.raises(EnginesDisagree, match=r"at least 2 .* at most 1"):
        settle(boxes_and(Bound(1, Word.PROBABLE, "unlucky prime")), system=parabolas())


@dataclass(frozen=True)
class Result:
    system: object
    complex: Count
    real: Count
    patterns: dict = field(default_factory=dict)
    certificate: dict | None = None
    word: Word = Word.PROVED
    note: str = "kept"


def test_dataclasses_are_settled_field_by_field():
    unknown = Count(Bound(0, Word.NUMERICAL), Bound(None, Word.NUMERICAL))
    result = Result(
        parabolas(), unknown, unknown, {"": unknown, "x": unknown}, certificate=GOOD["count"]()
    )
    settled = settle(result)
    assert (settled.complex.value, settled.complex.word) == (2, Word.PROVED)
    assert (settled.real.value, settled.real.word) == (2, Word.PROVED)
    assert settled.patterns[""].value == 2
    assert settled.patterns["x"].word is Word.NUMERICAL
    assert settled.word is Word.CERTIFIED
    assert settled.note == "kept"


def test_certificates_are_found_anywhere_in_a_result():
    result = Result(parabolas(), boxes_and(STAIRCASE), boxes_and(STAIRCASE))
    assert {d["kind"] for d in certificates_of(result)} == {"boxes", "quotient-dimension"}


def test_a_single_certificate_is_compared_with_what_the_reader_expects():
    document = GOOD["membership"]()
    assert settle_certificate(document).word is Word.PROVED
    assert settle_certificate(document, system=parabolas()).word is Word.PROVED
    other = settle_certificate(document, system=circle(), otherwise=Word.CERTIFIED)
    assert (other.word, other.problem) == (
        Word.CERTIFIED,
        "the certificate speaks of another system",
    )
    claim = {**document["claim"], "hypotheses": [[["1", [0, 0]]]]}
    assert "another claim" in settle_certificate(document, claim=claim).problem
    assert "expected boxes" in settle_certificate(document, kind="boxes").problem
    assert settle_certificate({}, otherwise=Word.PROVED).word is Word.CERTIFIED


# -- check ----------------------------------------------------------------------------------------


def test_check_accepts_a_certificate_file(tmp_path):
    write.write_certificate(GOOD["count"](), tmp_path / "count.json")
    result = check(tmp_path / "count.json")
    assert result.accepted
    assert result.certificates == 1
    assert any("Isolated zeros" in sentence for sentence in result.proved)
    assert set(result.to_dict()) >= {"accepted", "proved", "assumed"}


def test_check_loads_neither_numba_nor_an_engine(tmp_path):
    write.write_certificate(GOOD["boxes"](), tmp_path / "boxes.json")
    program = (
        "import sys, proofs; result = proofs.check(sys.argv[1]); assert result.accepted; "
        "heavy = {'numba', 'numpy', 'sympy', 'scipy', 'algebra', 'polytopes', 'homotopy'}; "
        "loaded = heavy & set(sys.modules); assert not loaded, loaded"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "boxes.json")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr


def report_folder(folder, word="proved", certificate="certificates/count.json"):
    (folder / "certificates").mkdir()
    write.write_certificate(GOOD["count"](), folder / "certificates" / "count.json")
    claim = {"id": "count", "word": word, "certificates": [certificate] if certificate else []}
    report = {"schema": "critnet/report/1", "claims": [claim], "run": {"seconds": 1.5}}
    (folder / "report.json").write_text(json.dumps(report))
    return folder


def test_check_accepts_a_report_whose_claims_stand_on_certificates(tmp_path):
    result = check(report_folder(tmp_path))
    assert result.accepted, result.rejected
    assert result.certificates == 1


@pytest.mark.parametrize(
    ("certificate", "match"),
    [
        (None, "no accepted certificate"),
        ("certificates/missing.json", "cannot be read"),
        ("../outside.json", "leaves the folder"),
        (7, "neither a file name nor a document"),
    ],
)
def test_check_rejects_a_report_that_says_proved_without_proof(tmp_path, certificate, match):
    result = check(report_folder(tmp_path, certificate=certificate))
    assert not result.accepted
    assert any(match in why for _, why in result.rejected)


def test_check_rejects_a_report_with_a_damaged_certificate(tmp_path):
    folder = report_folder(tmp_path)
    path = folder / "certificates" / "count.json"
    path.write_text(path.read_text().replace('"complex":2', '"complex":3', 1))
    result = check(folder)
    assert not result.accepted


def test_check_compares_the_hash_of_a_report(tmp_path):
    folder = report_folder(tmp_path)
    report = json.loads((folder / "report.json").read_text())
    report["sha256"] = canonical_hash(report)
    (folder / "report.json").write_text(json.dumps({**report, "run": {}}))
    assert check(folder).accepted
    report["claims"][0]["id"] = "another"
    (folder / "report.json").write_text(json.dumps(report))
    assert not check(folder).accepted


@pytest.mark.parametrize("content", [b"", b"\0", b"[1]", b'{"schema": "other"}', b"[" * 10**5])
def test_check_rejects_anything_else_without_raising(tmp_path, content):
    (tmp_path / "file.json").write_bytes(content)
    assert not check(tmp_path / "file.json").accepted
    assert not check(tmp_path).accepted


def test_an_empty_folder_is_not_accepted(tmp_path):
    assert not check(tmp_path).accepted
