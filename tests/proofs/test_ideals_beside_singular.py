"""Ideal operations on random ideals beside Singular, if installed; every identity is checked."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from algebra import Ideal, PolynomialSystem
from proofs.checker import check_document

NAMES = "xyzt"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Singular") is None, reason="Singular is not installed"),
]


def polynomial(draw: random.Random, names: str, degree: int) -> str:
    return " + ".join(
        "*".join([f"({draw.choice([-3, -2, -1, 1, 2, 5])})", *draw.choices(names, k=size)])
        for size in draw.choices(range(degree + 1), k=draw.randint(1, 3))
    )


def generators(draw: random.Random, names: str) -> list[str]:
    """Sparse generators; some repeated, some zero, some with a common factor."""
    found = [polynomial(draw, names, draw.randint(1, 3)) for _ in range(draw.randint(1, 4))]
    if draw.random() < 0.3:
        factor = polynomial(draw, names, 2)
        found = [f"({f})*({factor})" for f in found]
    return found + draw.sample([found[0], "0"], k=draw.randint(0, 1))


def ideal(names: str, equations: list[str]) -> Ideal:
    return Ideal.of(PolynomialSystem.parse(f"variables {','.join(names)};" + ";".join(equations)))


@pytest.mark.parametrize("seed", range(100))
def test_a_random_ideal_beside_singular(seed):
    draw = random.Random(seed)
    names = NAMES[: draw.randint(2, 4)]
    first, second = generators(draw, names), generators(draw, names)[:2]
    h = polynomial(draw, names, 2)
    left, right = ideal(names, first), ideal(names, second)
    derived = {
        "sat(I, ideal(h))[1]": left.saturate(h, cofactors=True),
        "quotient(I, ideal(h))": left.colon(h, cofactors=True),
        "quotient(I, L)": left.colon(right),
        "intersect(I, L)": left.intersect(right, cofactors=True),
        f"eliminate(I, {names[0]})": left.eliminate(names[0], cofactors=True),
    }
    member = left.contains(h, cofactors=True)
    radical = left.radical_contains(h, cofactors=True)
    stated = {
        "reduce(h, std(I)) == 0": bool(member),
        "reduce(h, std(radical(I))) == 0": bool(radical),
        "size(reduce(I, std(L))) + size(reduce(L, std(I))) == 0": bool(left.equals(right)),
    }
    lines = ['LIB "elim.lib"; LIB "primdec.lib";', f"ring R = 0, ({','.join(names)}), dp;"]
    lines += [f"ideal I = {','.join(first)}; ideal L = {','.join(second)}; poly h = {h};"]
    lines += ["ideal A; ideal B;"]
    for theirs, ours in derived.items():
        listed = ",".join(map(str, ours.generators)) or "0"
        lines.append(f"A = std({theirs}); B = {listed}; B = std(B);")
        lines.append("size(reduce(A, B)) + size(reduce(B, A)) == 0;")
    lines += [f"({theirs}) == {int(ours)};" for theirs, ours in stated.items()]
    answer = subprocess.run(
        ["Singular", "-q"], input="\n".join(lines), capture_output=True, text=True, timeout=100
    )
    told = [line for line in answer.stdout.split("\n") if line.strip() in ("0", "1")]
    assert told == ["1"] * (len(derived) + len(stated)), (first, second, h, answer.stdout)
    for statement in (member, radical, *(m for one in derived.values() for m in one.evidence)):
        document = statement.certificate
        assert document is None or check_document(document).proved
