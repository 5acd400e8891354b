"""Runs over Q that are interrupted and resumed from disk."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest

from algebra import PolynomialSystem
from algebra.errors import InputError, LimitReached
from algebra.families import resolve_system
from algebra.groebner import groebner_basis, integer_generators
from algebra.limits import Budget
from algebra.modular_bases import ModularBases
from algebra.orders import MonomialOrder
from algebra.stored_course import course_arrays, course_from, decoded, encoded

NAME = "network:1-2-2"


def batches_in(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select count(*) from batches").fetchone()[0]


class StopAfter:
    """Progress that raises once `count` primes have been reported."""

    def __init__(self, count):
        self.count = count

    def __call__(self, stage, done, total):
        if stage == "primes" and done >= self.count:
            raise LimitReached("enough")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("stops", [[8], [8, 16]])
def test_an_interrupted_run_continues_to_the_same_basis(tmp_path, stops, threads):
    system, path = resolve_system(NAME), tmp_path / "store"
    alone = groebner_basis(system)
    assert len(alone.primes) > max(stops)
    for primes in stops:
        with pytest.raises(LimitReached) as caught:
            groebner_basis(system, store=path, budget=Budget(progress=StopAfter(primes)))
        assert caught.value.partial["primes"] == primes
        assert batches_in(path) >= primes // 8
    resumed = groebner_basis(system, store=path, budget=Budget(threads=threads))
    again = groebner_basis(system, store=path)
    for basis in (resumed, again):
        assert basis.strings() == alone.strings()
        assert basis.primes == alone.primes


def forbid_learning(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("the course is learnt anew")

    monkeypatch.setattr("algebra.modular_bases.f4", refuse)


def test_a_killed_process_loses_at_most_one_batch(tmp_path, monkeypatch):
    path = tmp_path / "store"
    script = f"""
import time
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.limits import Budget
def slowly(stage, done, total):
    if stage == "primes":
        time.sleep(0.3)
groebner_basis(resolve_system("{NAME}"), store={str(path)!r}, budget=Budget(progress=slowly))
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        until = time.monotonic() + 300
        while time.monotonic() < until and process.poll() is None:
            if path.exists() and _count(path) >= 2:
                break
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL
    done = batches_in(path)
    system = resolve_system(NAME)
    alone = groebner_basis(system)
    assert 2 <= done < len(alone.primes) // 8
    forbid_learning(monkeypatch)
    resumed = groebner_basis(system, store=path)
    assert resumed.strings() == alone.strings()
    assert resumed.primes == alone.primes


def _count(path):
    try:
        return batches_in(path)
    except sqlite3.Error:
        return 0  # the tables are not there yet


def test_unlucky_learning_primes_are_not_tried_again(tmp_path, monkeypatch):
    # Modulo the first prime of the list the ideal is another one: its course is rejected.
    from algebra.modular import primes_below

    monkeypatch.setattr("algebra.modular_bases.first_bound", lambda generators: 2**31)
    p = next(primes_below())
    big = 3**400
    system = PolynomialSystem.from_terms(
        "xy",
        [
            {(1, 0): 1, (0, 1): 1, (0, 2): big},
            {(1, 0): 1, (0, 1): 1 + p, (0, 2): big, (0, 0): big + 1},
        ],
    )
    alone, path = groebner_basis(system), tmp_path / "store"
    assert len(alone.primes) > 8
    with pytest.raises(LimitReached):
        groebner_basis(system, store=path, budget=Budget(progress=StopAfter(8)))
    resumed = groebner_basis(system, store=path)
    assert resumed.strings() == alone.strings()
    assert resumed.primes == alone.primes
    assert p not in resumed.primes


def test_unit_and_zero_ideals_need_no_residues(tmp_path):
    for name, text in (("a", "x - 1; x - 2"), ("b", "variables x; 0*x")):
        system = PolynomialSystem.parse(text)
        for _ in range(2):
            basis = groebner_basis(system, store=tmp_path / name)
            assert basis.strings() == groebner_basis(system).strings()


@pytest.mark.parametrize("other", [("katsura:3", "grevlex"), ("katsura:2", "lex")])
def test_the_store_of_another_run_is_refused(tmp_path, other):
    path = tmp_path / "store"
    groebner_basis(resolve_system("katsura:2"), store=path)
    name, order = other
    with pytest.raises(InputError, match="belongs to another system or order"):
        groebner_basis(resolve_system(name), order=order, store=path)


def test_a_store_and_a_modulus_exclude_each_other(tmp_path):
    with pytest.raises(InputError, match="modulo one prime"):
        groebner_basis(resolve_system("katsura:2"), modulus=101, store=tmp_path / "store")


@pytest.mark.parametrize(
    "damage",
    [
        "update batches set tails = zeroblob(length(tails)) where number = 1",
        "update batches set tried = followed || ',7' where number = 0",
        "update batches set followed = null where number = 0",
        "delete from batches where number = 0",
        "update header set value = '17' where key = 'learning prime'",
        "update header set value = 'x' where key = 'learning prime'",
        "update header set value = 'x' where key = 'basis'",
    ],
)
def test_a_damaged_store_is_refused(tmp_path, damage):
    path = tmp_path / "store"
    groebner_basis(resolve_system(NAME), store=path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(damage)
    with pytest.raises(InputError, match="store"):
        groebner_basis(resolve_system(NAME), store=path)


def test_a_file_that_is_no_store_is_refused(tmp_path):
    path = tmp_path / "store"
    path.write_text("something else, and long enough to be read as a database header" * 20)
    with pytest.raises(InputError, match="no store"):
        groebner_basis(resolve_system(NAME), store=path)
    with pytest.raises(InputError, match="no store"):
        groebner_basis(resolve_system(NAME), store=tmp_path)


@pytest.mark.parametrize("order", ["grevlex", "lex", "elim:1"])
@pytest.mark.parametrize("name", [NAME, "katsura:3", "cyclic:4"])
def test_a_resumed_run_does_not_learn_the_course_anew(tmp_path, monkeypatch, name, order):
    system, path = resolve_system(name), tmp_path / "store"
    alone = groebner_basis(system, order=order, store=path)
    forbid_learning(monkeypatch)
    again = groebner_basis(system, order=order, store=path)
    assert again.strings() == alone.strings()
    assert again.primes == alone.primes


@pytest.mark.parametrize(
    "damage",
    [
        "delete from course",
        "delete from course where name = '0 entries'",
        "update course set part = 1 where name = 'terms'",
        "update course set data = zeroblob(length(data)) where name = '1 values'",
        "update course set data = 'text' where name = '1 values'",
        "update course set digest = null",
        "update course set name = 'strange' where name = '1 order'",
        "update course set prime = 17",
    ],
)
def test_a_damaged_course_is_learnt_again(tmp_path, monkeypatch, damage):
    system, path = resolve_system(NAME), tmp_path / "store"
    alone = groebner_basis(system, store=path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(damage)
    again = groebner_basis(system, store=path)
    assert again.strings() == alone.strings()
    forbid_learning(monkeypatch)  # the course has been mended
    assert groebner_basis(system, store=path).strings() == alone.strings()


@pytest.fixture(scope="module")
def course():
    system = resolve_system(NAME)
    generators, names = integer_generators(system)
    bases = ModularBases(generators, len(names), MonomialOrder.parse("grevlex", len(names)))
    arrays = {name: array.copy() for name, array in course_arrays(bases.monomials, bases.trace)}
    return arrays, len(names), len(bases.coefficients)


def test_a_course_survives_encoding(course):
    arrays, n, terms = course
    read = {name: decoded(name, encoded(name, array)) for name, array in arrays.items()}
    written = dict(course_arrays(*course_from(read, n, terms)))
    assert written.keys() == arrays.keys()
    assert all(np.array_equal(written[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize("value", [-(2**30), -2, 2**30])
def test_no_number_out_of_range_passes(course, value):
    # The checksum is right here: what would lead a kernel out of its arrays has to be seen.
    arrays, n, terms = course
    tried = 0
    for name, array in arrays.items():
        if name == "table" and value > 0:
            continue  # exponents may be large
        for place in {0, len(array) // 2, len(array) - 1}:
            if 0 <= place < len(array):
                changed = array.copy()
                changed[place] = value
                with pytest.raises(ValueError, match="no course"):
                    course_from({**arrays, name: changed}, n, terms)
                tried += 1
    assert tried > 100


def test_shortened_and_missing_arrays_are_refused(course):
    arrays, n, terms = course
    for name, array in arrays.items():
        if len(array):
            with pytest.raises(ValueError, match="no course"):
                course_from({**arrays, name: array[:-1]}, n, terms)
        with pytest.raises(ValueError, match="no course"):
            course_from({key: a for key, a in arrays.items() if key != name}, n, terms)
