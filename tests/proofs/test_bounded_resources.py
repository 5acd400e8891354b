"""Documents made to exhaust time or memory: each is refused, or accepted, within stated bounds.

Every bomb is small as text. A child process with 2 GiB of address space and two minutes of
processor time runs them all; a well-behaved checker needs a fraction of that.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from proofs import checker

SECONDS, BYTES = 120, 2 * 2**30


def document(kind, system, claim, proof):
    return {
        "schema": checker.SCHEMA, "kind": kind, "system": system, "claim": claim, "proof": proof,
    }  # fmt: skip


def system(names, equations):
    return {"variables": names, "parameters": [], "imaginary": False, "equations": equations}


def unit(n, k, e=1):
    return [e if i == k else 0 for i in range(n)]


MANY = [f"x{k}" for k in range(64)]
SIMPLEX = [["1", unit(64, k)] for k in range(64)] + [["1", [0] * 64]]
LONG = "9" * 99_000


def power_of_a_sum():
    claim = {"conclusion": SIMPLEX, "hypotheses": [], "conditions": []}
    proof = {"power": 30_000, "condition_powers": [], "cofactors": [[]]}
    return document("radical-membership", system(MANY, [SIMPLEX]), claim, proof)


def power_of_a_long_number():
    claim = {"conclusion": [[LONG, [1]]], "hypotheses": [], "conditions": []}
    proof = {"power": 32_000, "condition_powers": [], "cofactors": []}
    return document("radical-membership", system(["x"], []), claim, proof)


def substitution_of_high_powers():
    big = system(["x"], [[["1", [32_000]]]])
    small = system(["y"], [[["1", [1]]]])
    image = [["1", [k]] for k in range(200)]
    proof = {
        "forward": [image], "backward": [image], "forward_cofactors": [[[]]],
        "backward_cofactors": [[[]]], "round_trip": [[[]]], "reduced_round_trip": [[[]]],
    }  # fmt: skip
    return document("ring-isomorphism", big, {"reduced": small}, proof)


def bezout_of_many_groups():
    groups = [[k] for k in range(64)]
    return document("bezout", system(MANY, [SIMPLEX] * 64), {"at_most": 1}, {"groups": groups})


def endless_staircase():
    members = [{"polynomial": [["1", unit(64, 0, 2)]], "cofactors": [[["1", [0] * 64]]]}]
    proof = {"method": "staircase", "order": "lex", "members": members}
    return document(
        "quotient-dimension", system(MANY, [[["1", unit(64, 0, 2)]]]), {"at_most": 200_000}, proof
    )


def dense_ranks():
    f = [["1", [k, 0]] for k in range(150)]
    rows = [[0, [a, b]] for a in range(80) for b in range(80)]
    proof = {
        "method": "rank", "basis": [[0, 0]], "rows": rows, "prime": "101", "out_rank": 1,
        "primes": ["101", "103"],
    }  # fmt: skip
    return document("quotient-dimension", system(["x", "y"], [f]), {"at_most": 1}, proof)


def large_multiplication(size=250, entry="1"):
    basis = [[k] for k in range(size)]
    columns = [[[k + 1, "1"]] for k in range(size - 1)] + [[[k, entry] for k in range(size)]]
    equation = [["1", [size]]] + [["-" + entry, [k]] for k in range(size)]
    proof = {"basis": basis, "matrices": [columns], "prime": "101"}
    claim = {"dimension": size, "distinct": size, "real": 1}
    return document("signature", system(["x"], [equation]), claim, proof)


def multiplication_by_long_numbers():
    return large_multiplication(60, "7" * 20_000)


def boxes_of_high_degree_and_precision():
    equations = [[["1", unit(20, k, 1000)], ["-1", [0] * 20]] for k in range(20)]
    entry = {"center": [["1*2^0", "0*2^0"]] * 20, "radius": ["1*2^-3000"] * 20}
    claim = {"at_least": {"complex": 1}}
    proof = {"precision": 4096, "boxes": [entry] * 200}
    return document("boxes", system(MANY[:20], equations), claim, proof)


def point_of_long_numbers():
    claim = {
        "conclusion": [["1", [0]]], "hypotheses": [[["1", [32_000]]]], "conditions": [],
        "real": False,
    }  # fmt: skip
    minimal = [*(["3"] + ["0"] * 62), "0", "1"]
    proof = {"minimal_polynomial": minimal, "real_between": None, "point": [[LONG] * 64]}
    return document("counterexample", system(["x"], []), claim, proof)


def long_heights():
    points = [[a, b] for a in range(100) for b in range(100)]
    lifting = [[str(2**127 + k) for k in range(10_000)]] * 2
    cells = [{"edges": [[k, k + 1], [k, k + 100]]} for k in range(9_800)]
    return {
        "schema": checker.SCHEMA, "kind": "mixed-cells", "supports": [points] * 2,
        "claim": {"at_least": 1}, "proof": {"lifting": lifting, "cells": cells},
    }  # fmt: skip


def blocks_that_multiply():
    points = [[*unit(2, 0, k)] for k in range(1, 400)] + [[1, k] for k in range(1, 400)]
    blocks = [{"variables": [k], "equations": [k]} for k in (0, 1)]
    return {
        "schema": checker.SCHEMA, "kind": "mixed-volume", "supports": [points] * 2,
        "claim": {"at_most": 1}, "proof": {"method": "blocks", "blocks": blocks, "parts": []},
    }  # fmt: skip


def homogenised(equations, elements, relations, names=("x", "y")):
    proof = {
        "method": "homogenised", "elements": elements, "prime": "101", "relations": relations,
    }  # fmt: skip
    claim = {"order": "grevlex", "basis": []}
    return document("groebner-basis", system(list(names), equations), claim, proof)


def division_that_multiplies_terms():
    element = [["1", [*unit(64, k), 0]] for k in range(64)]
    return homogenised([[["1", unit(64, 0, 30_000)]]], [element], [[]], MANY)


def division_that_lengthens_numbers():
    element = [["3" * 50_000, [1, 0, 0]], ["7" * 49_000 + "9", [0, 1, 0]]]
    return homogenised([[["1", [30_000, 0]]]], [element], [[]])


def many_pairs():
    elements = [[["1", [k, 1400 - k, 0]]] for k in range(1, 1400)]
    return homogenised([], elements, [[]] * 1399)


def long_relations():
    equation = [["1", [a, b]] for a in range(150) for b in range(150)]
    quotient = [["1", [a, b, 0]] for a in range(150) for b in range(150)]
    element = [["1", [1, 0, 0]]]
    return homogenised([equation], [element], [[[0, quotient]] * 40])


BOMBS = {
    f.__name__: f
    for f in (
        power_of_a_sum, power_of_a_long_number, substitution_of_high_powers, bezout_of_many_groups,
        endless_staircase, dense_ranks, large_multiplication, multiplication_by_long_numbers,
        boxes_of_high_degree_and_precision, point_of_long_numbers, long_heights,
        blocks_that_multiply, division_that_multiplies_terms, division_that_lengthens_numbers,
        many_pairs, long_relations,
    )
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_stays_within_time_and_memory(name, tmp_path):
    path = tmp_path / "bomb.json"
    path.write_text(json.dumps(BOMBS[name]()))

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-I", str(Path(checker.__file__)), str(path)],
        capture_output=True, text=True, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 1, done.stdout
    assert "REJECTED" in done.stdout
