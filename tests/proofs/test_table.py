"""Table 3.1 recomputed."""

from __future__ import annotations

import json

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.words import Word
from proofs import formulas
from proofs.genericity import genericity
from proofs.real_points import (
    NeuronProblem,
    data_with_most_real_points,
    real_critical_points,
)
from proofs.table import COLUMNS, PRINTED, generic_data, parse_rows, printed_row, table


def test_formulas_agree_with_every_printed_row_but_one_entry():
    # A. Bharadwaj, thesis, Table 3.1: all 26 rows.
    differing = []
    for number, d, dx, dy, *printed in PRINTED:
        network = LinearNetwork((dx, d, dy))
        computed = (
            network.weight_count,
            formulas.bezout_bound(network),
            formulas.newton_bound(dx, d, dy),
            formulas.affine_bound(d, dy),
            formulas.torus_bound(d, dy),
            formulas.generic_count(d, dy),
            formulas.generic_torus_count(d, dy),
            formulas.real_bound(d, dy),
        )
        differing += [
            (number, name) for name, a, b in zip(COLUMNS, computed, printed, strict=True) if a != b
        ]
    # Row 10 prints 4 real critical points: finite numbers are odd, and 5 is reached.
    assert differing == [(10, "max_N_R")]


@pytest.mark.parametrize("number", [1, 5, 10, 14])
def test_rows_are_recomputed_and_cross_checked(number):
    (row,) = table([number]).rows
    assert row.differences == (("max_N_R",) if number == 10 else ())
    for name in ("N", "CBB", "N_C", "N_Cstar"):
        assert row.entries[name].word is Word.PROVED
    assert "agrees" in row.entries["N_C"].note


@pytest.mark.slow
def test_the_largest_rows():
    for row in table([18, 23, 26]).rows:
        assert not row.differences


def test_rows_come_one_by_one_and_are_stored(tmp_path):
    store, seen = tmp_path / "rows.jsonl", []
    first = table("1,10", on_row=seen.append, store=store)
    assert [row.row for row in seen] == [1, 10]
    store.write_text(store.read_text() + '{"version": 1, "row": {"row"', encoding="utf-8")
    again = table("1,10", store=store)
    assert again.to_dict() == first.to_dict()
    assert len(store.read_text().splitlines()) == 3  # nothing was computed again
    with pytest.raises(LimitReached):
        table("1,2", store=store, budget=Budget.of(seconds=-1))


def test_a_forged_store_changes_nothing(tmp_path):
    store = tmp_path / "rows.jsonl"
    first = table("1", store=store)
    line = json.loads(store.read_text())
    other = table("4", store=(tmp_path / "other.jsonl"))
    stranger = json.loads((tmp_path / "other.jsonl").read_text())
    assert other.rows[0].entries["N_C"].value == 9
    # Valid certificates of another row, under this row's number.
    store.write_text(json.dumps({**stranger, "row": 1}) + "\n", encoding="utf-8")
    assert table("1", store=store).to_dict() == first.to_dict()
    # A claim raised without its proof.
    forged = json.loads(json.dumps(line))
    forged["counts"][-1]["claim"]["at_least"]["complex"] = 999
    store.write_text(json.dumps(forged) + "\n", encoding="utf-8")
    assert table("1", store=store).to_dict() == first.to_dict()
    # Data with a negative λ do not count for the maximum.
    forged = json.loads(json.dumps(line))
    forged["real_data"]["Lambda"][0][0][0] = "-1"
    store.write_text(json.dumps(forged) + "\n", encoding="utf-8")
    assert table("1", store=store).to_dict() == first.to_dict()


def test_a_limit_keeps_the_rows_so_far():
    budget = Budget.of(seconds=-1)
    with pytest.raises(LimitReached) as limit:
        table("1-3", budget=budget)
    assert limit.value.partial.rows == ()


@pytest.mark.parametrize("text", ["0", "27", "a", "1-", "3--4", "", "99999999", "-1"])
def test_bad_rows_are_refused(text):
    if text == "1-":
        assert parse_rows(text) == [1]
        return
    with pytest.raises(InputError):
        parse_rows(text)


def test_ranges_of_rows():
    assert parse_rows("3,7-9,8") == [3, 7, 8, 9]
    assert parse_rows(None) == list(range(1, 27))
    assert printed_row(LinearNetwork((3, 2, 2))) == 15
    assert printed_row(LinearNetwork((2, 2, 2), 2)) is None


@pytest.mark.parametrize("widths", [(1, 1, 1), (3, 3, 3), (2, 3, 1)])
def test_generic_data_pass_the_tests_for_every_seed(widths):
    network = LinearNetwork(widths)
    for seed in range(3):
        assert genericity(network, generic_data(network, seed)).holds


# -- real points ----------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(1, 2, 1), (2, 2, 2), (3, 1, 3), (2, 3, 3), (3, 3, 1)])
def test_the_search_reaches_the_bound_on_real_points(widths):
    network = LinearNetwork(widths)
    data, count = data_with_most_real_points(network)
    assert count == formulas.real_bound(widths[1], widths[2])
    points = real_critical_points(network, data)
    assert abs(network.gradient_system(data=data).evaluate(points)).max() < 1e-6


def test_real_points_of_random_data_are_those_of_the_exact_count():
    from algebra.counting import count_zeros
    from proofs.reduction import reduce_network

    network = LinearNetwork((2, 2, 2))
    for seed in range(3):
        data = network.data(seed)
        exact = count_zeros(reduce_network(network, data).reduced, real=True).real
        assert NeuronProblem.of(network, data).count() == exact.value


def test_real_points_need_positive_regularisers():
    network = LinearNetwork((1, 1, 1))
    data = network.data()
    negative = type(data)(data.X, data.Y, (((-data.Lambda[0][0][0],),), data.Lambda[1]))
    with pytest.raises(InputError, match="positive"):
        NeuronProblem.of(network, negative)
