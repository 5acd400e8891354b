"""Conditions of genericity that fail carry a certificate of the very quantity that vanishes."""

import pytest
from flint import fmpq

from algebra.network_data import NetworkData
from algebra.networks import LinearNetwork
from proofs.checker import check_document
from proofs.genericity import genericity


def data(X, Y, *Lambda):
    def rational(rows):
        return tuple(tuple(fmpq(c) for c in row) for row in rows)

    return NetworkData(rational(X), rational(Y), tuple(map(rational, Lambda)))


CASES = {
    # S_1 = 1/1 + 2²/(−4) = 0
    "dead neuron": ((2, 1, 1), data([[1], [2]], [[3]], [[1, -4]], [[5]]), "S_1 = 0"),
    "target": ((1, 1, 1), data([[1]], [[0]], [[2]], [[5]]), "target of output 1"),
    "weight": ((1, 1, 1), data([[1]], [[3]], [[0]], [[5]]), "l1_1_1 = 0"),
    # s_i = λ_i / x², M = 1/μ: proportional rows for two equal neurons
    "(ii)": ((1, 2, 1), data([[2]], [[3]], [[7], [7]], [[5, 5]]), "(ii) minor of neurons 1, 2"),
    "(ii) without s": (
        (1, 2, 2), data([[2]], [[3], [4]], [[7], [8]], [[5, 10], [6, 12]]),
        "(ii) minor of neurons 1, 2, columns output 1, output 2",
    ),
    "(iii)": ((1, 1, 2), data([[2]], [[3], [4]], [[7]], [[5], [5]]), "(iii) minor of [1 | M]"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_vanishing_quantity_is_proved_to_vanish(name):
    widths, values, what = CASES[name]
    found = genericity(LinearNetwork(widths), values).failures
    (failure,) = [f for f in found if what in str(f)]
    checked = check_document(failure.certificate)
    assert checked.kind == "membership"
    assert len(failure.certificate["claim"]["conclusion"]) > 0


def test_the_certificate_speaks_of_the_given_data():
    _, values, _ = CASES["dead neuron"]
    (failure,) = genericity(LinearNetwork((2, 1, 1)), values).failures
    sentence = check_document(failure.certificate).proved[0]
    assert "l1_1_2 + 4 = 0" in sentence
    assert "x2 - 2 = 0" in sentence
