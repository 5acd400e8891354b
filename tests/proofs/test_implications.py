"""Claims about given data: identities from the ideal of the gradient, or exact witnesses."""

import pytest

from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Word
from proofs.implications import (
    Implication,
    Implications,
    active_sets,
    columns_of_last_layer,
    rows_and_columns,
    rows_of_first_layer,
    witness_point,
)
from proofs.propositions import Verdict
from proofs.settlement import settle_certificate
from proofs.verification import verify

NETWORK = LinearNetwork((2, 2, 2))
GOOD = {
    "X": [["3/2"], ["-5/4"]],
    "Y": [["7/3"], ["2"]],
    "Lambda": [[["3", "5/2"], ["7/3", "11/5"]], [["13/7", "2/3"], ["17/9", "19/4"]]],
}


def data(**changes):
    return NetworkData.from_dict({**GOOD, **changes}, NETWORK)


def gradient(**changes):
    return NETWORK.gradient_system(data=data(**changes))


def test_implications_of_a_system_with_known_zeros():
    # Zeros: (0, 0), (0, 1), (1, 1); x = 0 does not imply y = 0, y = 0 implies x = 0.
    system = PolynomialSystem.parse("x*(y - 1); x^2 - x; y^2 - y")
    found = Implications(system)
    forward, backward = Implication(("x",), ("y",)), Implication(("y",), ("x",))
    assert found.decide([backward]).violated is None
    assert settle_certificate(found.decide([backward]).certificates[0]).word is Word.PROVED
    decision = found.decide([backward, forward])
    assert decision.violated == forward
    assert settle_certificate(decision.certificates[0]).word is Word.PROVED
    assert witness_point(decision.certificates[0])["point"] == {"x": "0", "y": "1"}


def test_a_witness_may_need_a_number_field():
    system = PolynomialSystem.parse("x; y^3 - 2")
    decision = Implications(system).decide([Implication(("x",), ("y",))])
    assert settle_certificate(decision.certificates[0]).word is Word.PROVED
    assert len(decision.certificates[0]["proof"]["minimal_polynomial"]) == 4


def test_infinitely_many_violations_name_none():
    system = PolynomialSystem.parse("variables x, y, z; x; x*y; x*z")
    decision = Implications(system).decide([Implication(("x",), ("y",))])
    assert decision.violated is not None
    assert decision.certificates == ()


def test_where_no_datum_vanishes_all_implications_have_identities():
    decision = Implications(gradient()).decide(list(active_sets(NETWORK)))
    assert decision.violated is None
    assert len(decision.certificates) == len(list(active_sets(NETWORK)))
    assert all(settle_certificate(d).word is Word.PROVED for d in decision.certificates)


@pytest.mark.parametrize(
    ("changes", "implications", "violated"),
    [
        ({"X": [["3/2"], ["0"]]}, rows_of_first_layer, True),
        ({"Y": [["7/3"], ["0"]]}, rows_of_first_layer, False),
        ({"Y": [["7/3"], ["0"]]}, columns_of_last_layer, True),
        ({"X": [["3/2"], ["0"]]}, columns_of_last_layer, False),
        ({"Lambda": [[["3", "0"], ["7/3", "11/5"]], GOOD["Lambda"][1]]}, rows_of_first_layer, True),
        ({"Lambda": [[["3", "0"], ["7/3", "11/5"]], GOOD["Lambda"][1]]}, rows_and_columns, False),
    ],
)
def test_data_that_break_a_hypothesis_are_decided_and_proved(changes, implications, violated):
    decision = Implications(gradient(**changes)).decide(list(implications(NETWORK)))
    assert (decision.violated is not None) == violated
    assert decision.certificates
    assert all(settle_certificate(d).word is Word.PROVED for d in decision.certificates)


def test_verify_names_the_broken_hypothesis_and_the_witness():
    result = verify(NETWORK, claims=["proposition-3.1-data"], data=data(X=[["3/2"], ["0"]]))
    claim = result["proposition-3.1-data"]
    assert claim.verdict is Verdict.FAILS
    assert claim.word is Word.PROVED
    assert "x2_1 = 0" in claim.reason
    assert "implies" in claim.evidence["counterexample"]["violates"]


def test_two_data_points_are_decided_exactly_where_cofactors_are_small():
    result = verify("2-1-2,m=2", claims=["proposition-3.1-data", "proposition-3.3-data"])
    assert all(r.verdict is Verdict.HOLDS and r.word is Word.PROVED for r in result.claims)


def test_a_spoiled_witness_is_rejected():
    document = Implications(gradient(Y=[["7/3"], ["0"]])).decide(
        list(columns_of_last_layer(NETWORK))
    )
    (witness,) = document.certificates
    point = witness["proof"]["point"]
    k = next(k for k, value in enumerate(point) if value != ["0"])
    point[k] = ["1", *point[k][1:]]
    assert settle_certificate(witness).word is not Word.PROVED
