"""Exploration of architectures and the candidate formulas."""

from __future__ import annotations

import dataclasses

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from proofs.conjectures import CANDIDATES, Family, chain, chain_rank_one, two_neurons
from proofs.explore import (
    active_sizes,
    default_architectures,
    explore,
    fit,
    reversal_law,
    subnetwork_law,
)
from proofs.formulas import generic_torus_count

SMALL = ("1-1-1", "1-1-2", "2-1-1,m=2", "2-1-2,m=2", "1-2-2", "2-2-1,m=2", "1-1-1-1", "1-2-1-1")


@pytest.fixture(scope="module")
def small():
    return explore(SMALL)


def test_draws_agree_and_give_the_known_counts(small):
    # 17, 33 and 33: exact counts of small gradient systems by a Gröbner basis modulo a prime,
    # computed independently of this code.
    counts = {row.network.name: row.generic.complex for row in small.rows}
    assert counts["2-1-2,m=2"] == 17
    assert counts["2-2-1,m=2"] == 33
    assert counts["1-2-2"] == 33
    assert all(row.agreed for row in small.rows)
    assert all(row.generic.stray == 0 for row in small.rows)


def test_proved_formulas_are_never_contradicted(small):
    status = {f.candidate.name: f.status for f in small.fits}
    assert status["one-layer-rank-one"] == "proved"
    assert status["chain-rank-one"] == "proved"
    assert status["chain"] == "fitted"
    assert status["thesis-bound"] == "refuted"


def test_all_counts_follow_from_subnetworks(small):
    right, wrong = subnetwork_law(small.rows)
    assert right
    assert not wrong
    assert not reversal_law(small.rows)[1]


def test_a_wrong_formula_is_refuted(small):
    candidate = next(c for c in CANDIDATES if c.name == "chain")
    wrong = dataclasses.replace(candidate, torus_count=lambda family: 7)
    assert fit(wrong, small.rows).status == "refuted"
    assert fit(candidate, ()).status == "untested"


def test_one_draw_is_not_believed(small):
    row = small.rows[0]
    assert not dataclasses.replace(row, draws=row.draws[:1]).agreed
    other = dataclasses.replace(row.draws[1], complex=4)
    assert dataclasses.replace(row, draws=(row.draws[0], other)).generic is None
    with pytest.raises(InputError, match="at least 2"):
        explore(["1-1-1"], draws=1)


def test_finished_draws_are_kept(tmp_path, monkeypatch):
    store = tmp_path / "draws.sqlite"
    first = explore(["1-1-1", "1-1-2"], store=store)

    def recomputed(*arguments):
        raise AssertionError("a stored draw was computed again")

    monkeypatch.setattr("proofs.explore._draw", recomputed)
    assert explore(["1-1-1", "1-1-2"], store=store).to_dict() == first.to_dict()


def test_a_limit_keeps_the_rows_so_far():
    with pytest.raises(LimitReached) as limit:
        explore(["1-1-1"], budget=Budget.of(seconds=-1))
    assert limit.value.partial.rows == ()


def test_the_default_covers_what_the_open_questions_need():
    names = {network.name for network in default_architectures()}
    assert {"2-2-2,m=2", "3-3-1,m=3", "1-2-2-1", "2-2-1-2-1", "3-1-1-3,m=3"} <= names
    assert all(network.m <= network.widths[0] for network in default_architectures())


def test_candidates_agree_where_they_overlap():
    for p in range(1, 6):
        for hidden in range(1, 5):
            family = Family((1,) * hidden, p, 1)
            assert chain(family) == chain_rank_one(family)
        assert two_neurons(Family((2,), p, 1)) == generic_torus_count(2, p)


def test_active_sets_are_read_off_zero_patterns():
    network = LinearNetwork((1, 2, 1))
    assert active_sizes(network, frozenset()) == (2,)
    assert active_sizes(network, frozenset({"w1_2_1", "w2_1_2"})) == (1,)
    assert active_sizes(network, frozenset(network.variables)) == (0,)
    assert active_sizes(network, frozenset({"w1_2_1"})) is None
