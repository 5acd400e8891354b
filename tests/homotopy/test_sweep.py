"""Sweeps: certified histograms, resumption after any interruption, independence of scheduling."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from homotopy.errors import JournalMismatch
from homotopy.sweep import sweep
from homotopy.sweep_store import SweepStore
from homotopy.sweep_subjects import SystemSubject
from homotopy.sweep_worker import Worker, sample_seed
from proofs.checker import check_document


def table(path):
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM sample ORDER BY number").fetchall()
    connection.close()
    return rows


def test_real_counts_of_row_14_are_odd_and_at_most_nine():
    # For λ > 0 at most Σ 2^k C(2,k) = 9 real critical points (docs, theory of real points).
    result = sweep("2-2-2", 60)
    assert (result.samples, result.failed, result.zeros) == (60, 0, 33)
    assert sum(result.histogram.values()) == 60
    assert all(k % 2 == 1 and k <= 9 for k in result.histogram)
    assert result.max_real == max(result.histogram)


def test_the_best_sample_comes_with_exact_data_and_a_certificate():
    result = sweep("2-1-2", 10)
    data = LinearNetwork((2, 1, 2), m=1).data(sample_seed(0, result.best["number"]))
    assert data.to_dict() == result.best["data"]
    facts = check_document(result.certificate).facts
    assert facts["real", "at_least"] == result.max_real
    assert facts["complex", "at_least"] == result.zeros == 9


def test_morse_indices_are_certified_and_add_up():
    result = sweep("2-2-2", 20)
    assert sum(result.indices.values()) == 20
    for text in result.indices:
        counts = {int(k): int(v) for k, v in (part.split(":") for part in text.split(","))}
        assert sum((-1) ** k * v for k, v in counts.items()) == 1  # λ > 0: coercive
        assert counts[0] >= 1
    assert sum(result.minima.values()) == 20


def test_full_and_reduced_coordinates_give_the_same_samples():
    full = sweep("2-2-2", 25, coordinates="full")
    reduced = sweep("2-2-2", 25, coordinates="reduced")
    assert full.histogram == reduced.histogram


def test_signs_of_any_kind_allow_more_real_points():
    result = sweep("1-2-2", 40, signs="any", coordinates="reduced")
    assert result.failed == 0
    assert all(k % 2 == 1 for k in result.histogram)


def test_a_deep_network_is_swept_and_keeps_its_parity():
    # Two hidden layers: N_R ≡ 1 modulo 4.
    result = sweep("1-1-1-1", 12)
    assert (result.zeros, result.failed) == (17, 0)
    assert all(k % 4 == 1 for k in result.histogram)


@pytest.mark.parametrize(
    ("network", "coordinates", "real", "law"),
    [
        ("1-1-1-1", "full", 7, "parity: 7 real zeros"),  # 7 ≡ 3 modulo 4
        ("1-2-2", "full", 6, "do not form pairs"),
    ],
)
def test_a_count_that_breaks_parity_fails_whatever_sample_it_is(
    network, coordinates, real, law, monkeypatch, tmp_path
):
    honest = Worker._certified_real
    seen = []

    def dishonest(self, sample, zeros):
        found = honest(self, sample, zeros)
        seen.append(found)
        return None if found is None else (real, None)

    monkeypatch.setattr(Worker, "_certified_real", dishonest)
    store = tmp_path / "sweep.sqlite"
    result = sweep(network, 6, coordinates=coordinates, store=store)
    assert len(seen) >= 6
    assert (result.samples, result.failed, result.histogram) == (6, 6, {})
    assert all(row[5] == "failed" and law in row[6] for row in table(store))


def test_samples_depend_on_seed_and_number_only(tmp_path):
    a, b = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    sweep("1-1-2", 30, store=a)
    sweep("1-1-2", 7, store=b)
    sweep("1-1-2", 30, store=b)
    with ThreadPoolExecutor(2) as executor:
        sweep("1-1-2", 30, store=tmp_path / "c.sqlite", executor=executor)
    assert table(a) == table(b) == table(tmp_path / "c.sqlite")
    assert sample_seed(0, 5) != sample_seed(1, 5) != sample_seed(1, 6)


def test_any_system_with_parameters_can_be_swept(tmp_path):
    # x² + b x + c: real zeros where b² > 4c; no sample is singular.
    quadratic = PolynomialSystem.parse("variables x; parameters b, c; x^2 + b*x + c")
    store = tmp_path / "quadratic.sqlite"
    result = sweep(quadratic, 50, store=store)
    expected = {0: 0, 2: 0}
    for number in range(50):
        values = SystemSubject(quadratic).sample(sample_seed(0, number)).values
        expected[2 if values[0] ** 2 > 4 * values[1] else 0] += 1
    assert result.histogram == {k: v for k, v in expected.items() if v}
    with ThreadPoolExecutor(1) as executor:
        sweep(quadratic, 50, store=tmp_path / "again.sqlite", executor=executor)
    assert table(store) == table(tmp_path / "again.sqlite")
    with pytest.raises(JournalMismatch, match="system"):
        sweep(PolynomialSystem.parse("variables x; parameters b, c; x^2 - b*x + c"), 5, store=store)


def test_until_stops_early():
    result = sweep("2-1-2", 100_000, until="max_real >= 3")
    assert result.max_real >= 3
    assert result.samples < 100_000


def test_a_time_limit_keeps_the_histogram(tmp_path):
    store = tmp_path / "limited.sqlite"
    with pytest.raises(LimitReached) as caught:
        sweep("1-1-1", 10**5, store=store, budget=Budget.of(seconds=0.0))
    assert caught.value.partial.samples == 0
    sweep("1-1-1", 1, store=store)
    with pytest.raises(LimitReached) as caught:
        sweep("1-1-1", 10**5, store=store, budget=Budget.of(seconds=0.0))
    partial = caught.value.partial
    assert 1 < partial.samples < 10**5
    assert sum(partial.histogram.values()) == partial.samples


def test_zero_samples_are_an_empty_histogram():
    result = sweep("1-1-1", 0)
    assert (result.samples, result.max_real, result.histogram) == (0, None, {})


def test_a_store_of_another_sweep_or_no_store_is_refused(tmp_path):
    store = tmp_path / "sweep.sqlite"
    sweep("1-1-1", 3, store=store)
    with pytest.raises(JournalMismatch, match="network"):
        sweep("1-1-2", 3, store=store)
    with pytest.raises(JournalMismatch, match="seed"):
        sweep("1-1-1", 3, store=store, seed=1)
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(InputError, match="not the store"):
        sweep("1-1-1", 3, store=text)
    with pytest.raises(InputError, match="max_real"):
        sweep("1-1-1", 3, until="min_real<2")
    with pytest.raises(InputError, match="coordinates"):
        sweep("1-1-1", 3, coordinates="polar")


def test_a_block_is_written_whole_or_not_at_all(tmp_path):
    with SweepStore(tmp_path / "s.sqlite", {"network": "test"}) as store:
        rows = [(0, "1", 5, 3, "", "ok", ""), (1, "2", 5, None, "", "ok", "")]
        with pytest.raises(sqlite3.Error):
            store._connection.execute("SELECT * FROM nothing")
        store.add(rows[:1])
        assert list(store.numbers(9)) == [0]
        store.add([(0, "9", 9, 9, "", "ok", "")])  # what is there stays
        assert store.rows(5) == [(0, "1", 5, 3, "", "ok", "")]


@pytest.mark.slow
def test_worker_processes_give_the_same_table(tmp_path):
    one, two = tmp_path / "one.sqlite", tmp_path / "two.sqlite"
    sweep("2-1-2", 60, store=one)
    sweep("2-1-2", 60, store=two, budget=Budget.of(threads=2))
    assert table(one) == table(two)


def test_counts_agree_with_solving_each_sample_from_scratch():
    from homotopy.solve import solve

    network = LinearNetwork((1, 1, 2), m=1)
    result = sweep(network, 5)
    found: dict[int, int] = {}
    for number in range(5):
        system = network.gradient_system(seed=sample_seed(0, number))
        zeros = solve(system, start="total-degree", certify=False).points
        real = certify(system, zeros).real_count
        found[real] = found.get(real, 0) + 1
    assert found == result.histogram
