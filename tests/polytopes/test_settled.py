"""Mixed volumes through the checker: both sides proved, and false ones noticed."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import EnginesDisagree, LimitReached
from algebra.families import resolve_system
from algebra.limits import Budget
from algebra.words import Word
from polytopes import bounds, mixed_volume, newton_polytope
from polytopes.agreement import second_stable_count, second_volume
from proofs import settle, settled_volumes
from proofs.checker import CertificateRejected, check_document
from proofs.mixed_volume_bounds import mixed_volume_certificate
from proofs.settled_volumes import AGREEMENT, certify_mixed_volume, mixed_volume_document

ROOT = Path(__file__).parents[2]

#: Table 3.1 of arXiv:2301.12651, rows with at most 10 weights: (d, d_x, d_y) and the printed BKK.
SMALL_ROWS = [
    ((1, 1, 1), 5),
    ((1, 2, 1), 9),
    ((1, 3, 1), 13),
    ((1, 1, 2), 9),
    ((1, 2, 2), 33),
    ((1, 3, 2), 73),
    ((1, 1, 3), 13),
    ((1, 2, 3), 73),
    ((1, 3, 3), 245),
    ((2, 1, 1), 25),
    ((2, 2, 1), 81),
    ((2, 3, 1), 169),
    ((2, 1, 2), 81),
    ((2, 2, 2), 1089),
    ((2, 3, 2), 5329),
    ((2, 1, 3), 169),
    ((2, 2, 3), 5329),
    ((3, 1, 1), 125),
    ((3, 2, 1), 729),
    ((3, 1, 2), 729),
]


@pytest.mark.parametrize(("widths", "printed"), SMALL_ROWS)
def test_rows_of_the_table_with_at_most_ten_weights_are_proved(widths, printed):
    d, dx, dy = widths
    supports = resolve_system(f"network:{dx}-{d}-{dy}").supports
    affine = certify_mixed_volume(mixed_volume(supports, kind="affine"))
    assert (affine.value, affine.word) == (printed, Word.PROVED)
    torus = certify_mixed_volume(mixed_volume(supports))
    # docs/polytopes.md: zeros on all sets of hidden units add up to the affine mixed volume.
    assert (torus.value, torus.word) == ((round(printed ** (1 / d)) - 1) ** d, Word.PROVED)


@pytest.mark.parametrize("kind", ["torus", "affine"])
def test_cyclic_7_is_proved_and_the_file_is_accepted_by_the_checker_alone(kind, tmp_path):
    # J. Backelin, R. Froeberg, ISSAC 1991.
    result = certify_mixed_volume(mixed_volume(resolve_system("cyclic:7").supports, kind=kind))
    assert (result.value, result.word) == (924, Word.PROVED)
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(mixed_volume_document(result)))
    command = [sys.executable, str(ROOT / "proofs" / "checker.py"), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "exactly 924" in run.stdout


def test_rows_24_and_26_are_proved_bounds_by_blocks():
    for name in ("network:3-3-2", "network:2-3-3"):
        settled = settle(bounds(resolve_system(name)))
        for bound, value in (
            (settled.affine_mixed_volume, 389017),
            (settled.torus_mixed_volume, 373248),
            (settled.stable_mixed_volume, 389017),
        ):
            assert (bound.value, bound.word) == (value, Word.PROVED)


@st.composite
def sparse_supports(draw, low=-2):
    n = draw(st.integers(1, 4))
    point = st.lists(st.integers(low, 3), min_size=n, max_size=n)
    return [
        np.array(draw(st.lists(point, min_size=1, max_size=6)), dtype=np.int64) for _ in range(n)
    ]


@given(sparse_supports())
@settings(deadline=None, max_examples=60)
def test_mixed_volumes_of_random_sparse_systems_are_proved(supports):
    result = mixed_volume(supports)
    document = mixed_volume_certificate(supports)
    checked = check_document(document)
    assert checked.facts["mixed_volume", "at_most"] == result.value
    document["claim"]["at_most"] = result.value - 1
    with pytest.raises(CertificateRejected):
        check_document(document)


@pytest.mark.parametrize("seed", range(3))
def test_mixed_volumes_in_six_variables_are_proved(seed):
    rng = np.random.default_rng(seed)
    supports = [rng.integers(0, 5, (6, 6)) for _ in range(6)]
    assert certify_mixed_volume(mixed_volume(supports)).word is Word.PROVED


def test_mixed_volumes_with_exponents_of_a_million_are_proved():
    supports = [[(0, 0), (10**6, 1), (1, 10**6)], [(0, 0), (2 * 10**6, 3), (3, 1)]]
    settled = certify_mixed_volume(mixed_volume(supports))
    # MV(P, Q) = area(P + Q) - area(P) - area(Q).
    area = newton_polytope(supports[0]) + newton_polytope(supports[1])
    single = sum(newton_polytope(a).normalised_volume for a in supports)
    assert 2 * settled.value == area.normalised_volume - single
    assert settled.word is Word.PROVED


def test_a_missing_cell_and_a_missing_stage_are_noticed():
    document = mixed_volume_certificate(resolve_system("cyclic:5").supports)
    for k, stage in enumerate(document["proof"]["stages"]):
        kept = stage["cells"]
        stage["cells"] = kept[1:]
        with pytest.raises(CertificateRejected, match="missing"):
            check_document(document)
        stage["cells"] = kept
        repeated = {"method": "stages", "stages": [*document["proof"]["stages"]]}
        repeated["stages"][k] = document["proof"]["stages"][k - 1]
        with pytest.raises(CertificateRejected):
            check_document({**document, "proof": repeated})
    check_document(document)


# -- where nothing is proved -----------------------------------------------------------------------


@given(sparse_supports(low=0))
@settings(deadline=None, max_examples=40)
def test_second_runs_agree_with_the_first(supports):
    for kind in ("torus", "affine"):
        assert second_volume(supports, kind=kind) == mixed_volume(supports, kind=kind).value
    stable = mixed_volume(supports, kind="stable")
    second = second_stable_count(supports)
    assert (second.value, second.patterns) == (stable.value, stable.patterns)


def test_without_a_certificate_two_runs_must_agree(monkeypatch):
    supports = resolve_system("cyclic:5").supports
    monkeypatch.setattr(settled_volumes, "mixed_volume_certificate", lambda *_, **__: None)
    result = certify_mixed_volume(mixed_volume(supports))
    assert result.lower.word is Word.PROVED  # by the cells of one lifting
    assert result.upper.word is Word.PROBABLE
    assert AGREEMENT in result.upper.source
    monkeypatch.setattr(settled_volumes, "second_volume", lambda *_, **__: 69)
    with pytest.raises(EnginesDisagree, match="second run"):
        certify_mixed_volume(mixed_volume(supports))


def test_stable_mixed_volumes_are_proved_between_equal_bounds():
    # noon: torus = affine, so the stable one is that number too.
    noon = certify_mixed_volume(mixed_volume(resolve_system("noon:4").supports, kind="stable"))
    assert (noon.value, noon.word) == (73, Word.PROVED)
    assert mixed_volume_document(noon)["kind"] == "conjunction"
    # Documentation of HomotopyContinuation.jl: 3 < 6 < 8.
    between = mixed_volume([[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]], kind="stable")
    settled = certify_mixed_volume(between)
    assert (settled.value, settled.word) == (6, Word.PROBABLE)
    assert AGREEMENT in settled.lower.source
    assert mixed_volume_document(settled) is None


def test_a_limit_reports_what_is_known():
    result = mixed_volume(resolve_system("cyclic:9").supports)
    with pytest.raises(LimitReached) as limit:
        certify_mixed_volume(result, budget=Budget.of(seconds=0))
    assert limit.value.partial.value == 11016


def test_a_false_value_is_never_proved():
    supports = resolve_system("cyclic:5").supports
    for wrong in (69, 71):
        result = dataclasses.replace(mixed_volume(supports), value=wrong)
        with pytest.raises(EnginesDisagree):
            settle(result)
