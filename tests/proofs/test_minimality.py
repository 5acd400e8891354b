"""Every condition of Propositions 3.1-3.3 is needed: exact counterexamples without it."""

import itertools

import pytest

from algebra.networks import LinearNetwork
from algebra.words import Word
from proofs.identities import (
    no_stray_zeros_in_first_layer,
    no_stray_zeros_in_last_layer,
    null_rows_match_null_columns,
    supports_are_products,
)
from proofs.minimality import about_weights, needed_conditions, without
from proofs.settlement import settle_certificate


@pytest.mark.parametrize("name", ["2-2-2", "2-2-2-2", "3-1-2"])
@pytest.mark.parametrize(
    "identities",
    [no_stray_zeros_in_first_layer, null_rows_match_null_columns, no_stray_zeros_in_last_layer],
)
def test_every_condition_is_needed(name, identities):
    found = list(identities(LinearNetwork.parse(name)))
    wanted = {(i.sentence, c) for i in found for c in i.nonvanishing}
    needed = needed_conditions(found)
    assert {(n.sentence, n.condition) for n in needed} == wanted
    assert all(settle_certificate(n.certificate).word is Word.PROVED for n in needed)


def test_the_condition_is_the_only_one_that_fails():
    identity = next(no_stray_zeros_in_last_layer(LinearNetwork((2, 2, 2))))
    for condition in identity.nonvanishing:
        document = without(identity, [str(h) for h, _ in identity.hypotheses], condition)
        names = [*document["system"]["variables"], *document["system"]["parameters"]]
        values = dict(zip(names, document["proof"]["point"], strict=True))
        assert values[condition] == ["0"]
        assert all(values[c] != ["0"] for c in identity.nonvanishing if c != condition)


def test_an_identity_without_the_wrong_condition_has_no_counterexample():
    # λ of another neuron is no condition of C1: the search must come back empty-handed, as the
    # implication is a theorem wherever its own conditions hold.
    identity = next(no_stray_zeros_in_first_layer(LinearNetwork((2, 2, 1))))
    stranger = "l1_2_1"
    assert stranger not in identity.nonvanishing
    assert without(identity, [str(h) for h, _ in identity.hypotheses], stranger) is None


def test_products_are_not_tested():
    found = itertools.islice(supports_are_products(LinearNetwork((2, 2, 1))), 1)
    assert not any(about_weights(identity) for identity in found)
