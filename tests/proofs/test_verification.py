"""`verify`: verdicts and words of the claims, on generic and on special data."""

from __future__ import annotations

import json

import pytest

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Bound, Count, Word
from proofs.checker import check_document
from proofs.context import Context, PatternCounts
from proofs.propositions import Claim, Finding, Verdict, decided
from proofs.verification import list_claims, verify

THESIS = (
    "model-equations",
    "example-1.2",
    "theorem-2.13",
    "theorem-2.22",
    "proposition-3.1",
    "proposition-3.2",
    "proposition-3.3",
    "proposition-3.6",
    "theorem-3.9",
    "figure-3.1",
    "table-3.1",
    "fewer-paths",
    "question-bounds-attained",
    "deep-patterns",
)
#: Everything but the measurement of all start systems, which takes many seconds.
QUICK = tuple(claim.id for claim in list_claims() if claim.id not in ("fewer-paths", "table-3.1"))


@pytest.fixture(scope="module")
def row_14():
    return verify("2-2-2", claims=QUICK)


def test_every_claim_of_the_thesis_is_in_the_catalogue():
    ids = [claim.id for claim in list_claims()]
    assert len(ids) == len(set(ids))
    assert set(THESIS) <= set(ids)
    for claim in list_claims():
        assert claim.statement.endswith((".", ".)"))
        assert claim.source
        assert claim.proof


def test_row_14_every_applicable_claim_holds(row_14):
    # A. Bharadwaj, thesis, rows and figures named by the claims.
    assert not row_14.failed
    assert not row_14.disagreements
    verdicts = {result.verdict for result in row_14.claims}
    assert verdicts == {Verdict.HOLDS, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize(
    "claim",
    [
        "proposition-3.1",
        "proposition-3.2",
        "proposition-3.3",
        "proposition-3.6",
        "theorem-2.13",
        "theorem-2.22",
        "theorem-3.9",
        "figure-3.1",
        "exact-count",
        "exact-torus-count",
        "reduction",
        "deep-patterns",
        "parity",
        "real-bound",
    ],
)
def test_row_14_is_proved_and_its_certificates_are_accepted(row_14, claim):
    result = row_14[claim]
    assert (result.verdict, result.word) == (Verdict.HOLDS, Word.PROVED)
    assert result.certificates
    for document in result.certificates:
        assert check_document(document).proved


def test_figure_3_1_has_8_8_16_and_1(row_14):
    patterns = row_14["figure-3.1"].evidence["patterns"]
    found = {tuple(row["off"]): row["count"]["value"] for row in patterns}
    assert found == {(): 16, (1,): 8, (2,): 8, (1, 2): 1}


def test_what_rests_on_a_written_proof_is_not_called_proved(row_14):
    result = row_14["question-bounds-attained"]
    assert result.verdict is Verdict.HOLDS
    assert result.word is not Word.PROVED
    assert any(source.startswith("docs/theory.md") for source in result.relies_on)


def test_the_json_form_has_the_fields_of_the_contract(row_14):
    document = json.loads(json.dumps(row_14.to_dict()))
    for claim in document["claims"]:
        assert {"id", "statement", "verdict", "word", "relies_on", "evidence"} <= set(claim)
        assert claim["verdict"] in ("holds", "fails", "not-applicable", "undecided")
        assert claim["word"] in ("proved", "certified", "probable", "numerical")


def test_example_1_2_is_rebuilt_from_recovered_data():
    result = verify("1-1-1", claims=["example-1.2"])["example-1.2"]
    assert (result.verdict, result.word) == (Verdict.HOLDS, Word.PROVED)
    assert result.evidence["equations_matched"] == 4
    assert result.evidence["X"] == [["1", "2"], ["3", "4"]]
    assert result.evidence["Y"] == [["1", "3"], ["2", "4"]]
    assert "2 curves" in result.evidence["zero_set"]


# -- other networks -------------------------------------------------------------------------------


def test_two_data_points_refute_the_universal_propositions_and_keep_the_generic_ones():
    result = verify(
        "2-1-2,m=2",
        claims=[f"proposition-3.{k}{end}" for k in (1, 3) for end in ("", "-data", "-generic")],
    )
    for k in (1, 3):
        universal = result[f"proposition-3.{k}"]
        assert (universal.verdict, universal.word) == (Verdict.FAILS, Word.PROVED)
        assert universal.evidence["counterexample"]["positive_regulariser"]
        assert result[f"proposition-3.{k}-data"].verdict is Verdict.HOLDS
        assert result[f"proposition-3.{k}-data"].word is Word.PROVED
        generic = result[f"proposition-3.{k}-generic"]
        assert generic.verdict is Verdict.HOLDS
        assert generic.word is not Word.PROVED  # one data set proves nothing about generic ones


def test_two_hidden_layers_chain():
    result = verify("1-1-1-1", claims=["chain-count", "deep-patterns", "parity"])
    assert all(r.verdict is Verdict.HOLDS and r.word is Word.PROVED for r in result.claims)
    assert result["chain-count"].evidence["count"]["value"] == 17


def test_middle_layers_refute_the_literal_extension():
    result = verify("2-2-2-1", claims=["middle-layers-naive"])["middle-layers-naive"]
    assert (result.verdict, result.word) == (Verdict.FAILS, Word.PROVED)


def test_claims_that_do_not_apply_say_why():
    result = verify("1-1-1-1", claims=["theorem-3.9", "table-3.1", "figure-3.1"])
    assert {r.verdict for r in result.claims} == {Verdict.NOT_APPLICABLE}
    assert "2 hidden layers" in result["theorem-3.9"].reason


# -- special data ---------------------------------------------------------------------------------

FIRST, SECOND = [["1/2", "3/4"], ["5/8", "7/8"]], [["3/8", "5/16"], ["7/16", "11/16"]]


@pytest.mark.parametrize(
    ("x", "y", "failing", "broken"),
    [
        ([0, 1], ["3/2", 2], "proposition-3.1-data", "x1_1 = 0"),
        ([1, 2], [0, 2], "proposition-3.3-data", "y1_1 = 0"),
    ],
)
def test_a_zero_datum_is_named_and_the_claim_decided_all_the_same(x, y, failing, broken):
    data = {"X": x, "Y": y, "Lambda": [FIRST, SECOND]}
    ids = [f"proposition-3.{k}-data" for k in (1, 2, 3)]
    result = verify("2-2-2", data=data, claims=[*ids, "proposition-3.1"])
    for claim in ids:
        expected = Verdict.FAILS if claim == failing else Verdict.HOLDS
        assert (result[claim].verdict, result[claim].word) == (expected, Word.PROVED)
    assert broken in result[failing].reason
    assert result["proposition-3.1"].verdict is Verdict.HOLDS  # for all data, not for these


def test_a_dead_neuron_is_named_and_lowers_the_count():
    data = {"X": [1, 1], "Y": [2, 3], "Lambda": [[[1, -1], [2, 3]], SECOND]}
    result = verify(
        "2-2-2", data=data, claims=["genericity", "exact-count", "proposition-3.1-data"]
    )
    assert result["genericity"].verdict is Verdict.FAILS
    assert "S_1 = 0" in result["genericity"].reason
    assert result["exact-count"].verdict is Verdict.NOT_APPLICABLE
    assert result["proposition-3.1-data"].verdict is Verdict.HOLDS
    # The count is that of the other neuron: 1 + 4p.
    assert result.context.pattern_counts.total.value == 9


def test_equal_regularisers_are_named_with_the_condition_they_break():
    result = verify(
        "1-1-2",
        data={"X": [1], "Y": [2, 3], "Lambda": "1/4"},
        claims=["genericity", "chain-count", "proposition-3.3-data"],
    )
    assert result["genericity"].verdict is Verdict.FAILS
    assert "(iii)" in result["genericity"].reason
    assert result["chain-count"].verdict is Verdict.NOT_APPLICABLE
    assert "equal" in result["chain-count"].reason
    assert result["proposition-3.3-data"].verdict is Verdict.HOLDS


@pytest.mark.slow
def test_equal_regularisers_give_infinitely_many_critical_points():
    data = {"X": [1], "Y": [2, 3], "Lambda": "1/4"}
    result = verify("1-2-2", data=data, claims=["parity", "proposition-3.3-data"])
    assert result["parity"].verdict is Verdict.NOT_APPLICABLE
    assert result["proposition-3.3-data"].verdict is Verdict.HOLDS


def test_rank_one_data_of_more_points_reduce_to_one():
    data = {"X": [[1, 2], [2, 4]], "Y": [[2, 3], [5, -1]], "Lambda": [FIRST, SECOND]}
    result = verify("2-2-2,m=2", data=data, claims=["exact-count", "figure-3.1", "theorem-3.9"])
    assert all(r.verdict is Verdict.HOLDS and r.word is Word.PROVED for r in result.claims)


# -- machinery ------------------------------------------------------------------------------------


def context(name="1-1-1", budget=None):
    network = LinearNetwork.parse(name)
    return Context(network, network.data(), 0, budget or Budget())


def claim(decide):
    return Claim("x", "x", "x.", (), "", "", lambda _: None, decide)


def test_a_limit_leaves_a_claim_undecided():
    def decide(_):
        raise LimitReached("the time limit was reached")

    result = decided(claim(decide), context())
    assert (result.verdict, result.word) == (Verdict.UNDECIDED, Word.NUMERICAL)
    assert "time limit" in result.reason


def test_disagreeing_engines_are_reported_loudly():
    def decide(_):
        raise EnginesDisagree("33 is not 32")

    shared = context()
    result = decided(claim(decide), shared)
    assert result.verdict is Verdict.UNDECIDED
    assert shared.disagreements == ["x: 33 is not 32"]


def test_the_weakest_word_wins():
    network = LinearNetwork((1, 1, 1))
    good = verify(network, claims=["proposition-3.2"])["proposition-3.2"].certificates
    finding = Finding(Verdict.HOLDS, {}, good, (Word.PROVED, Word.PROBABLE))
    assert decided(claim(lambda _: finding), context()).word is Word.PROBABLE


def test_a_rejected_certificate_takes_the_word_away():
    network = LinearNetwork((1, 1, 1))
    good, *_ = verify(network, claims=["proposition-3.2"])["proposition-3.2"].certificates
    broken = json.loads(json.dumps(good))
    cofactors = broken["proof"]["parts"][0]["proof"]["cofactors"]
    broken["proof"]["parts"][0]["proof"]["cofactors"] = [[] for _ in cofactors]
    result = decided(claim(lambda _: Finding(Verdict.HOLDS, {}, (broken,))), context())
    assert result.word is not Word.PROVED
    assert result.evidence["rejected_certificates"]


def test_exact_arithmetic_without_certificate_is_never_proved():
    result = decided(claim(lambda _: Finding(Verdict.HOLDS)), context())
    assert result.word is Word.CERTIFIED


def test_a_wrong_count_of_another_parity_is_a_disagreement():
    shared = context()
    side = Bound(4, Word.PROBABLE)
    wrong = PatternCounts({}, Count(side, side), Count(side, side), 0, (), "test")
    shared._known["pattern_counts"] = wrong
    parity = next(c for c in list_claims() if c.id == "parity")
    assert decided(parity, shared).verdict is Verdict.UNDECIDED
    assert shared.disagreements


def test_counts_that_contradict_a_proposition_are_a_disagreement():
    shared = context("2-1-2,m=2")
    one, zero = Bound(1, Word.PROBABLE), Bound(0, Word.PROBABLE)
    patterns = {frozenset({"w1_1_1"}): Count(one, one), frozenset(): Count(zero, zero)}
    shared._known["pattern_counts"] = PatternCounts(
        patterns, Count(one, one), Count(one, one), 0, (), "test"
    )
    by_id = {c.id: c for c in list_claims()}
    # These counts are invented: the ideal of the gradient contradicts them, loudly.
    assert decided(by_id["proposition-3.1-data"], shared).verdict is Verdict.UNDECIDED
    assert len(shared.disagreements) == 1
    assert decided(by_id["proposition-3.3-data"], shared).verdict is Verdict.HOLDS
    assert decided(by_id["deep-patterns-data"], shared).verdict is Verdict.UNDECIDED
    assert "excludes them" in shared.disagreements[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"network": "2-2-2", "claims": ["proposition-3.11"]}, "did you mean"),
        ({"network": "nonsense"}, "architecture"),
        ({"network": "2-2-2", "data": {"X": [1], "Y": [1, 2]}}, "shape"),
    ],
)
def test_bad_input_is_one_clear_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        verify(**arguments)


def test_seeds_change_no_verdict():
    results = [
        verify("1-1-2", claims=["theorem-3.9", "figure-3.1", "exact-count"], seed=s) for s in (0, 5)
    ]
    first, second = ([(r.id, r.verdict, r.word) for r in x.claims] for x in results)
    assert first == second


def test_data_may_be_given_as_an_object():
    network = LinearNetwork((1, 1, 1))
    data = NetworkData.from_dict({"X": [1], "Y": [2], "Lambda": "1/3"}, network)
    assert verify(network, data=data, claims=["parity"])["parity"].verdict is Verdict.HOLDS
