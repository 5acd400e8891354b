"""Real critical points for λ of any sign: recorded data are certified anew, for every row."""

import pytest

from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Word
from homotopy.families import reduced_values
from proofs import any_sign, formulas
from proofs.any_sign import most_real_any_sign, recorded_data
from proofs.checker import check_document
from proofs.printed_table import PRINTED
from proofs.table import table


@pytest.mark.parametrize("widths", [(2, 1, 2), (3, 2, 1), (2, 2, 2)])
def test_every_complex_point_of_these_data_is_real(widths):
    # Positive λ allow 3, 5 and 9 real points; λ of any sign all 9, 9 and 33.
    found = most_real_any_sign(LinearNetwork(widths))
    assert found.word is Word.PROVED
    assert found.lower == found.value == formulas.generic_count(*widths[1:])
    facts = check_document(found.certificate).facts
    assert facts["real", "at_least"] == found.lower
    assert any(v < 0 for matrix in found.data.Lambda for row in matrix for v in row)


def test_records_cover_the_table_and_respect_parity():
    for row, d, dx, dy, *_ in PRINTED:
        data = recorded_data(LinearNetwork((dx, d, dy)))
        assert data is not None, row
        assert all(v != 0 for matrix in data.Lambda for entries in matrix for v in entries)


def test_inputs_are_added_without_moving_the_reduced_system():
    single = recorded_data(LinearNetwork((1, 2, 3)))
    several = recorded_data(LinearNetwork((3, 2, 3)))
    assert reduced_values(LinearNetwork((1, 2, 3)), single) == reduced_values(
        LinearNetwork((3, 2, 3)), several
    )


def test_the_number_comes_from_the_data_not_from_the_record(monkeypatch):
    positive = NetworkData.random(LinearNetwork((2, 2, 2)), 3)
    monkeypatch.setattr(any_sign, "recorded_data", lambda network: positive)
    assert most_real_any_sign(LinearNetwork((2, 2, 2))).lower <= 9


def test_a_row_of_the_table_holds_the_data_of_both_maxima():
    (row,) = table([2]).rows
    document = row.to_dict()
    network = LinearNetwork((2, 1, 1))
    positive = NetworkData.from_dict(document["max_N_R"]["data"], network)
    assert all(v > 0 for matrix in positive.Lambda for entries in matrix for v in entries)
    assert document["max_N_R"]["value"] == 3
    found = document["max_N_R_any_sign"]
    assert (found["value"], found["lower_word"], found["upper_word"]) == (5, "proved", "probable")
    assert NetworkData.from_dict(found["data"], network).to_dict() == found["data"]


def test_other_networks_have_no_record():
    assert most_real_any_sign(LinearNetwork((2, 5, 2))) is None


@pytest.mark.slow
@pytest.mark.parametrize("widths", [(2, 2, 3), (2, 3, 2), (2, 3, 3)])
def test_large_records_are_odd_and_far_above_the_positive_bound(widths):
    found = most_real_any_sign(LinearNetwork(widths))
    assert found.word is Word.PROVED
    assert found.lower % 2 == 1
    assert 2 * formulas.real_bound(*widths[1:]) < found.lower <= found.upper
