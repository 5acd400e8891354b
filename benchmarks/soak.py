"""Soak: random systems counted by every engine for as long as told; disagreements are written out.

    python benchmarks/soak.py --minutes 60 --seed 0 --out soak

Systems are sparse random ones (n ≤ 4) and the gradients of small networks of every shape
(H ≤ 3, m ≤ 3), also with deliberately special data: zeros, equal λ, rank-deficient X, no
regulariser. For each: the bounds must not lie below the counts, the certified boxes not above the
algebra's number, proofs must be accepted, the number modulo primes must not depend on the seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq

from algebra.errors import EnginesDisagree, LimitReached
from algebra.limits import Budget
from algebra.network_data import NetworkData
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from polytopes import bounds
from proofs.counting import count
from proofs.settlement import settle

SECONDS_PER_SYSTEM = 60.0
SHAPES = (
    (1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 1, 2), (1, 1, 1, 1), (2, 2, 1), (1, 2, 2), (1, 1, 1, 1, 1),
    (1, 1, 2, 1),
)  # fmt: skip


def sparse_system(generator: np.random.Generator) -> PolynomialSystem:
    """Equations with 2 to 5 random terms of degree ≤ 3, small coefficients."""
    n = int(generator.integers(1, 5))
    equations = []
    for _ in range(n):
        terms: dict[tuple[int, ...], int] = {}
        for _ in range(int(generator.integers(2, 6))):
            exponents = tuple(
                int(e)
                for e in generator.multinomial(
                    int(generator.integers(0, 4)), np.full(n + 1, 1 / (n + 1))
                )[:n]
            )
            terms[exponents] = int(generator.integers(-9, 10)) or 1
        equations.append(terms)
    names = tuple(f"x{k + 1}" for k in range(n))
    return PolynomialSystem.from_terms(names, equations, name="sparse")


def network_system(generator: np.random.Generator) -> PolynomialSystem:
    """The gradient of a small network with general or special data."""
    widths = SHAPES[int(generator.integers(len(SHAPES)))]
    m = int(generator.integers(1, 4))
    network = LinearNetwork(widths, m=m)
    special = str(generator.choice(["none", "zeros", "equal", "rank", "small"]))

    def number(low: int, high: int) -> fmpq:
        return fmpq(int(generator.integers(low, high)) or 1, int(generator.integers(1, 50)))

    def matrix(rows: int, columns: int, positive: bool = False) -> Any:
        wide = 6 if special == "small" else 2000
        return [
            [number(1 if positive else -wide, wide) for _ in range(columns)] for _ in range(rows)
        ]

    X, Y = matrix(widths[0], m), matrix(widths[-1], m)
    penalties = [matrix(*shape, positive=True) for shape in network.shapes]
    if special == "zeros":
        X[0][0] = fmpq(0)
        Y[-1][-1] = fmpq(0)
    if special == "equal":
        penalties = [[[fmpq(3) for _ in row] for row in layer] for layer in penalties]
    if special == "rank":
        X = [[row[0] * (t + 1) for t in range(m)] for row in X]

    def frozen(rows: Any) -> Any:
        return tuple(tuple(row) for row in rows)

    data = NetworkData(frozen(X), frozen(Y), tuple(frozen(layer) for layer in penalties))
    return network.gradient_system(data=data)


def examine(system: PolynomialSystem) -> dict[str, Any]:
    """What all engines say about one system; raises where they contradict each other."""
    budget = Budget.of(seconds=SECONDS_PER_SYSTEM)
    result = count(system, budget=budget)
    summary = {name: repr(getattr(result, name)) for name in ("complex", "torus", "real")}
    summary["dimension"] = result.dimension
    lower = result.complex.lower.value or 0
    if system.is_square and all(len(f) for f in system.equations):
        found = settle(bounds(system, budget=budget), system=system)
        for name in ("bezout", "multihomogeneous_bezout", "affine_mixed_volume"):
            value = getattr(found, name).value
            if value is not None and value < lower:
                raise EnginesDisagree(f"{lower} isolated zeros, but {name} = {value}")
        torus = found.torus_mixed_volume.value
        if torus is not None and torus < (result.torus.lower.value or 0):
            raise EnginesDisagree(f"{result.torus!r} zeros in the torus, but BKK {torus}")
    network = system.metadata.get("network")
    regular = network is not None and result.dimension == 0
    if regular and result.complex.value is not None and result.complex.value % 2 == 0:
        raise EnginesDisagree(f"an even number of critical points: {result.complex!r}")
    summary["proved"] = result.complex.word is Word.PROVED and result.complex.value is not None
    return summary


def main() -> int:
    """Run until the time is over; exit code 1 if anything disagreed or crashed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("soak"))
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    tally = {"systems": 0, "proved": 0, "limits": 0, "disagreements": 0, "crashes": 0}
    seed = options.seed
    while time.monotonic() < end:
        generator = np.random.default_rng(seed)
        draw = sparse_system if generator.random() < 0.5 else network_system
        system = draw(generator)
        tally["systems"] += 1
        try:
            tally["proved"] += bool(examine(system)["proved"])
        except LimitReached:
            tally["limits"] += 1
        except Exception as problem:  # a soak reports everything and goes on
            kind = "disagreements" if isinstance(problem, EnginesDisagree) else "crashes"
            tally[kind] += 1
            options.out.mkdir(exist_ok=True)
            report = {
                "seed": seed,
                "problem": f"{type(problem).__name__}: {problem}",
                "system": system.to_dict(),
                "traceback": traceback.format_exc(),
            }
            (options.out / f"{kind}-{seed}.json").write_text(json.dumps(report, indent=1))
            print(f"seed {seed}: {report['problem'][:300]}", file=sys.stderr, flush=True)
        seed += 1
    print(json.dumps({**tally, "first_seed": options.seed, "next_seed": seed}))
    return 1 if tally["disagreements"] or tally["crashes"] else 0


if __name__ == "__main__":
    sys.exit(main())
