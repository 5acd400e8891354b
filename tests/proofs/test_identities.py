"""The parametric identities, the reduction and the counterexamples, and what the checker says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from flint import fmpq

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from proofs import identities, reduction
from proofs.checker import CertificateRejected, check_document
from proofs.counterexamples import stray_zero
from proofs.derivatives import derivative

ONE_POINT = (
    identities.no_stray_zeros_in_first_layer,
    identities.no_stray_zeros_in_last_layer,
    identities.null_output_row_kills_last_layer,
    identities.supports_are_products,
)
ANY_DATA = (
    identities.null_rows_match_null_columns,
    identities.regularised_weights_have_low_rank,
    identities.balancedness,
)


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 2), (3, 1, 2), (2, 2, 2, 2), (1, 2, 1, 2)])
@pytest.mark.parametrize("family", ONE_POINT + ANY_DATA)
def test_identities_hold_for_one_data_point_and_every_depth(family, widths):
    assert all(identity.holds() for identity in family(LinearNetwork(widths)))


@pytest.mark.parametrize("family", ANY_DATA)
@pytest.mark.parametrize("name", ["2-2-2,m=2", "2-1-2,m=3", "2-2-1-2,m=2", "3-3-3,m=2"])
def test_identities_without_a_condition_on_m_hold_for_more_data(family, name):
    assert all(identity.holds() for identity in family(LinearNetwork.parse(name)))


@pytest.mark.parametrize("family", ONE_POINT)
def test_identities_for_one_data_point_refuse_more(family):
    with pytest.raises(InputError, match="m = 1"):
        list(family(LinearNetwork((2, 2, 2), 2)))


@pytest.mark.parametrize("family", ONE_POINT + ANY_DATA)
def test_the_checker_accepts_every_identity(family):
    for identity in family(LinearNetwork((2, 2, 2))):
        assert check_document(identity.certificate()).proved


@pytest.mark.parametrize("family", ONE_POINT + ANY_DATA)
def test_broken_identities_are_rejected(family):
    network = LinearNetwork((2, 2, 2))
    for identity in family(network):
        ring = identities.signals(network).ring
        index = next(iter(identity.cofactors))
        broken = [
            dataclasses.replace(
                identity,
                cofactors={**identity.cofactors, index: identity.cofactors[index] + 1},
            ),
            dataclasses.replace(identity, conclusion=identity.conclusion + ring.gen(0)),
            dataclasses.replace(identity, multiplier=identity.multiplier * ring.gen(19)),
            dataclasses.replace(identity, cofactors={}),
        ]
        if identity.hypotheses:
            broken.append(dataclasses.replace(identity, hypotheses=identity.hypotheses[1:]))
        for variant in broken:
            if variant.holds():  # an unused hypothesis has cofactor zero only if d = 1
                assert len(identity.hypotheses) > 1
                continue
            with pytest.raises(CertificateRejected):
                check_document(variant.certificate())


def test_conditions_are_the_minimal_ones_of_the_thesis():
    network = LinearNetwork((2, 2, 2))
    first = next(identities.no_stray_zeros_in_first_layer(network))
    assert first.nonvanishing == ("x1_1", "l1_1_2")
    second = next(identities.null_rows_match_null_columns(network))
    assert second.nonvanishing == ("l2_1_1",)
    third = next(identities.no_stray_zeros_in_last_layer(network))
    assert third.nonvanishing == ("y1_1", "l2_1_2", "l2_2_1")


@pytest.mark.parametrize("name", ["2-2-2", "2-1-2,m=2", "1-2-1-2"])
def test_the_gradient_is_the_derivative_of_the_loss(name):
    network = LinearNetwork.parse(name)
    s = identities.signals(network)
    for index, equation in enumerate(s.equations):
        weight = network.variables[index]
        claim = derivative(s.loss, equation, index, weight)
        assert claim.holds()
        assert check_document(claim.certificate(network)).proved
        wrong = derivative(s.loss, equation + s.ring.gen(0), index, weight)
        assert not wrong.holds()
        with pytest.raises(CertificateRejected):
            check_document(wrong.certificate(network))


# -- reduction ------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 2), (3, 1, 2), (1, 1, 1)])
def test_reduction_is_an_isomorphism_for_all_data_and_for_given_data(widths):
    network = LinearNetwork(widths)
    assert reduction.parametric_reduction(network).holds()
    given = reduction.reduce_network(network, network.data(3))
    assert given.holds()
    assert check_document(given.certificate()).proved
    if network.weight_count <= 8:
        assert check_document(reduction.parametric_reduction(network).certificate()).proved


def test_reduction_covers_more_data_points_on_a_line():
    network = LinearNetwork((2, 2, 2), 3)
    data = NetworkData.from_dict(
        {"X": [[1, 2, -1], [3, 6, -3]], "Y": [[1, 5, 2], [3, 4, 7]], "Lambda": "random"}, network
    )
    assert reduction.rank_one_data(data) == reduction.RankOneData(
        (fmpq(1), fmpq(3)), (fmpq(9), fmpq(4)), fmpq(6)
    )
    assert reduction.reduce_network(network, data).holds()


def test_reduction_needs_no_condition_on_dead_neurons_or_zero_data():
    network = LinearNetwork((2, 2, 2))
    data = NetworkData.from_dict(
        {"X": [1, 1], "Y": [0, 3], "Lambda": [[[1, -1], [2, 3]], [[1, 2], [3, 5]]]}, network
    )
    assert reduction.reduce_network(network, data).holds()  # S_1 = 1 - 1 = 0


def test_reduction_lifts_zeros_to_zeros():
    network = LinearNetwork((2, 1, 2))
    reduced = reduction.reduce_network(network, network.data(1))
    # t = 0 leaves r = -y: the origin.
    y = [row[0] for row in network.data(1).Y]
    assert reduced.lift([fmpq(0), *(-value for value in y)]) == [0] * network.weight_count


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("2-2-2-2", "random", "one hidden layer"),
        ("2-2-2", {"X": [1, 2], "Y": [1, 1], "Lambda": 0}, "λ is zero"),
        ("2-2-2,m=2", {"X": [[1, 2], [3, 4]], "Y": [[1, 1], [1, 2]]}, "rank"),
    ],
)
def test_reduction_says_why_it_does_not_exist(name, data, message):
    network = LinearNetwork.parse(name)
    given = network.data() if data == "random" else NetworkData.from_dict(data, network)
    with pytest.raises(InputError, match=message):
        reduction.reduce_network(network, given)


def test_damaged_reduction_is_rejected():
    network = LinearNetwork((1, 1, 1))
    good = reduction.reduce_network(network, network.data(0))
    ring = good.reduced.ring
    for damaged in (
        dataclasses.replace(good, forward=(good.forward[0] + 1, *good.forward[1:])),
        dataclasses.replace(good, backward=good.backward[::-1]),
        dataclasses.replace(good, round_trip=good.round_trip[::-1]),
        dataclasses.replace(good, reduced=good.reduced.with_equations([ring.gen(0)] * 2)),
    ):
        with pytest.raises(CertificateRejected):
            check_document(damaged.certificate())


# -- counterexamples ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layer", "nonzero"),
    [("2-1-2,m=2", 1, (1, 2)), ("2-1-2,m=2", 2, (2, 1)), ("2-2-2-2,m=2", 3, (2, 1))],
)
def test_more_data_points_allow_stray_zeros(name, layer, nonzero):
    network = LinearNetwork.parse(name)
    found = stray_zero(network, layer, (1, 1), nonzero)
    assert found is not None
    assert found.is_critical()
    assert found.positive
    point = dict(zip(network.variables, found.weights, strict=True))
    assert point[found.zero] == 0 != point[found.nonzero]
    assert 0 not in found.data.parameter_values
    assert check_document(found.certificate()).proved


def test_seeds_find_different_counterexamples():
    network = LinearNetwork((2, 1, 2), 2)
    first, second = (stray_zero(network, 1, (1, 1), (1, 2), seed=s) for s in (0, 1))
    assert first.weights != second.weights or first.data != second.data


def test_a_moved_counterexample_is_rejected():
    network = LinearNetwork((2, 1, 2), 2)
    found = stray_zero(network, 1, (1, 1), (1, 2))
    moved = dataclasses.replace(found, weights=(*found.weights[:-1], found.weights[-1] + 1))
    assert not moved.is_critical()
    with pytest.raises(CertificateRejected):
        check_document(moved.certificate())


def test_one_data_point_allows_none(monkeypatch):
    # Propositions 3.1 and 3.3: the search must come back empty-handed.
    monkeypatch.setattr("proofs.counterexamples.TRIES", 300)
    network = LinearNetwork((2, 2, 2))
    assert stray_zero(network, 1, (1, 1), (1, 2)) is None
    assert stray_zero(network, 2, (1, 1), (2, 1)) is None


def test_identities_hold_at_random_numbers():
    # An oracle that shares no code with the expansion: evaluate both sides in floating point.
    network = LinearNetwork((2, 2, 2))
    s = identities.signals(network)
    rng = np.random.default_rng(0)
    point = [fmpq(int(v)) for v in rng.integers(-9, 10, len(s.ring.gens()))]
    for identity in identities.no_stray_zeros_in_last_layer(network):
        left = identity.multiplier(*point) * identity.conclusion(*point)
        right = sum(
            (q(*point) * s.equations[k](*point) for k, q in identity.cofactors.items()), fmpq(0)
        )
        right += sum((q(*point) * h(*point) for h, q in identity.hypotheses), fmpq(0))
        assert left == right
