"""Exact critical points of data without regulariser."""

from __future__ import annotations

import pytest

from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Word
from proofs.checker import CertificateRejected, check_document
from proofs.fitting_points import find_point
from proofs.propositions import Verdict
from proofs.verification import verify


def unregularised(name):
    network = LinearNetwork.parse(name)
    given = network.data(0).to_dict() | {"Lambda": 0}
    return network, NetworkData.from_dict(given, network)


@pytest.mark.parametrize("name", ["2-1-2", "2-2-2", "2-2-2,m=2", "2-2-2-1"])
def test_points_are_critical_and_certified(name):
    network, data = unregularised(name)
    point = find_point(network, data, lambda zero: "w1_1_1" in zero and "w1_1_2" not in zero)
    assert point is not None
    assert all(f(*point.weights) == 0 for f in point.system.equations)
    assert check_document(point.certificate()).proved


def test_a_moved_point_is_rejected():
    network, data = unregularised("2-1-2")
    point = find_point(network, data, lambda zero: True)
    moved = type(point)(point.system, (*point.weights[:-1], point.weights[-1] + 1))
    with pytest.raises(CertificateRejected):
        check_document(moved.certificate())


def test_regularised_data_have_no_such_points():
    network = LinearNetwork((2, 1, 2))
    assert find_point(network, network.data(0), lambda zero: len(zero) < 4) is None


def test_proposition_3_1_fails_without_regulariser_with_an_exact_witness():
    network, data = unregularised("2-1-2")
    result = verify(network, data=data, claims=["proposition-3.1-data"])["proposition-3.1-data"]
    assert (result.verdict, result.word) == (Verdict.FAILS, Word.PROVED)
    assert "l1_1_1 = 0" in result.reason
