"""Soak: random systems counted by every engine for as long as told; disagreements are written out.

    python benchmarks/soak.py --minutes 60 --seed 0 --out soak

Systems are sparse random ones (n ≤ 5) and the gradients of networks of every shape with at most 8
weights (H ≤ 3, widths ≤ 3, m ≤ 3; small ones more often), half of them with deliberately special
data: zeros, equal λ, no regulariser on some weights, λ of both signs, rank-deficient X, small
numbers; several at once.
For each, and for its number of zeros as the algebra counts them:

- no bound from the Newton polytopes or degrees lies below it, no set of certified boxes above it;
- boxes, trace form and algebra agree on the real zeros, and on the zero patterns;
- every certificate that an engine wrote is accepted by the checker;
- a Gröbner basis over Q with cofactors has the same staircase;
- another start system and other random constants find the same zeros ("lost" counts where not);
- a network has an odd number of critical points where all λ ≠ 0.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq

from algebra.errors import EnginesDisagree, LimitReached
from algebra.groebner import groebner_basis
from algebra.limits import Budget
from algebra.network_data import NetworkData
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from polytopes import bounds
from proofs.checker import CertificateRejected, check_document
from proofs.counting import count
from proofs.groebner_certificates import groebner_certificate
from proofs.settlement import settle

SECONDS_PER_SYSTEM = 12.0
#: Weights of the largest network, and zeros up to which a second start and a basis are tried.
MOST_WEIGHTS, MOST_ZEROS = 8, 40
SHAPES = tuple(
    widths
    for hidden in (1, 2, 3)
    for widths in itertools.product((1, 2, 3), repeat=hidden + 2)
    if sum(a * b for a, b in itertools.pairwise(widths)) <= MOST_WEIGHTS
)
#: Every shape is drawn, small ones far more often: each weight halves the rate. Most of an hour
#: would go to a few deep networks otherwise.
RATES = np.array([0.5 ** sum(a * b for a, b in itertools.pairwise(widths)) for widths in SHAPES])
SPECIAL = ("zeros", "equal", "free", "signs", "rank", "small")


def sparse_system(generator: np.random.Generator) -> PolynomialSystem:
    """Equations with 2 to 5 random terms of degree ≤ 3, small coefficients."""
    n = int(generator.integers(1, 6))
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
    widths = SHAPES[int(generator.choice(len(SHAPES), p=RATES / RATES.sum()))]
    m = int(generator.integers(1, 4))
    network = LinearNetwork(widths, m=m)
    special = {name for name in SPECIAL if generator.random() < 0.15}

    def number(low: int, high: int) -> fmpq:
        return fmpq(int(generator.integers(low, high)) or 1, int(generator.integers(1, 50)))

    def matrix(rows: int, columns: int, positive: bool = False) -> Any:
        wide = 6 if "small" in special else 2000
        return [
            [number(1 if positive else -wide, wide) for _ in range(columns)] for _ in range(rows)
        ]

    def thinned(rows: Any) -> Any:
        return [[c if generator.random() < 0.7 else fmpq(0) for c in row] for row in rows]

    X, Y = matrix(widths[0], m), matrix(widths[-1], m)
    penalties = [matrix(*shape, positive="signs" not in special) for shape in network.shapes]
    if "zeros" in special:
        X, Y = thinned(X), thinned(Y)
    if "equal" in special:
        penalties = [[[fmpq(3) for _ in row] for row in layer] for layer in penalties]
    if "free" in special:
        penalties = [thinned(layer) for layer in penalties]
    if "rank" in special:
        X = [[row[0] * (t + 1) for t in range(m)] for row in X]

    def frozen(rows: Any) -> Any:
        return tuple(tuple(row) for row in rows)

    data = NetworkData(frozen(X), frozen(Y), tuple(frozen(layer) for layer in penalties))
    return network.gradient_system(data=data)


def examine(system: PolynomialSystem, seed: int, seconds: float) -> Counter[str]:
    """What all engines say about one system; raises where they contradict each other."""
    budget = Budget.of(seconds=seconds)
    result = count(system, budget=budget)
    for note in result.notes:
        if "rejected" in note:
            raise EnginesDisagree(note)
    lower = result.complex.lower.value or 0
    if system.is_square and all(len(f) for f in system.equations):
        compare_bounds(system, result, lower, budget)
    network, data = system.metadata.get("network"), system.metadata.get("data")
    regular = network is not None and result.dimension == 0 and data.regularised
    if regular and result.complex.value is not None and result.complex.value % 2 == 0:
        raise EnginesDisagree(f"an even number of critical points: {result.complex!r}")
    tally = Counter(
        proved=int(result.complex.word is Word.PROVED and result.complex.value is not None),
        positive_dimensional=int((result.dimension or 0) > 0),
    )
    length = result.with_multiplicity.value
    if result.dimension == 0 and length is not None and length <= MOST_ZEROS:
        tally.update(compare_bases(system, length, budget))
        if result.complex.value == length and system.is_square:
            tally.update(compare_starts(system, length, seed, budget))
    return tally


def compare_bounds(system: PolynomialSystem, result: Any, lower: int, budget: Budget) -> None:
    """No bound lies below what was found."""
    found = settle(bounds(system, budget=budget), system=system)
    for name in ("bezout", "multihomogeneous_bezout", "affine_mixed_volume", "stable_mixed_volume"):
        value = getattr(found, name).value
        if value is not None and value < lower:
            raise EnginesDisagree(f"{lower} isolated zeros, but {name} = {value}")
    torus = found.torus_mixed_volume.value
    if torus is not None and torus < (result.torus.lower.value or 0):
        raise EnginesDisagree(f"{result.torus!r} zeros in the torus, but BKK {torus}")


def compare_bases(system: PolynomialSystem, length: int, budget: Budget) -> Counter[str]:
    """A Gröbner basis over Q, proved by cofactors, has the staircase that primes promised."""
    if system.imaginary:
        return Counter()
    document = groebner_certificate(system, groebner_basis(system, budget=budget), budget=budget)
    if document is None:
        return Counter()
    try:
        facts = check_document(document).facts
    except CertificateRejected as problem:
        raise EnginesDisagree(f"a Gröbner basis is refused: {problem}") from problem
    if facts.get(("with_multiplicity", "at_most"), length) != length:
        raise EnginesDisagree(f"{length} modulo primes, over Q {facts}")
    return Counter(bases_proved=1)


def compare_starts(
    system: PolynomialSystem, length: int, seed: int, budget: Budget
) -> Counter[str]:
    """All zeros are simple: another start system finds and certifies each of them, or lost some."""
    from homotopy.errors import StartUnavailable
    from homotopy.solve import solve

    start = ("polyhedral", "total-degree")[seed % 2]
    try:
        other = solve(system, start=start, seed=seed + 1, budget=budget)
    except StartUnavailable:
        return Counter()
    certified = sum(solution.certified for solution in other.solutions)
    if certified > length:
        raise EnginesDisagree(f"{certified} certified zeros ({start}), the algebra has {length}")
    return Counter(second_starts=1, lost=int(certified < length))


def main() -> int:
    """Run until the time is over; exit code 1 if anything disagreed or crashed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first system; then one by one")
    parser.add_argument("--out", type=Path, default=Path("soak"))
    parser.add_argument("--seconds", type=float, default=SECONDS_PER_SYSTEM, help="per system")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    tally = Counter(systems=0, proved=0, limits=0, disagreements=0, crashes=0)
    seed, told = options.seed, time.monotonic()
    while time.monotonic() < end:
        generator = np.random.default_rng(seed)
        draw = sparse_system if generator.random() < 0.5 else network_system
        system = draw(generator)
        tally["systems"] += 1
        tally["networks"] += "network" in system.metadata
        try:
            tally.update(examine(system, seed, options.seconds))
        except LimitReached:
            tally["limits"] += 1
        except Exception as caught:  # a soak reports everything and goes on
            kind = "disagreements" if isinstance(caught, EnginesDisagree) else "crashes"
            tally[kind] += 1
            options.out.mkdir(exist_ok=True, parents=True)
            report = {
                "seed": seed,
                "problem": f"{type(caught).__name__}: {caught}",
                "system": system.to_dict(),
                "traceback": traceback.format_exc(),
            }
            (options.out / f"{kind}-{seed}.json").write_text(json.dumps(report, indent=1))
            print(f"seed {seed}: {report['problem'][:300]}", file=sys.stderr, flush=True)
        seed += 1
        if time.monotonic() > told + 120:
            told = time.monotonic()
            print(json.dumps({**tally, "next_seed": seed}), file=sys.stderr, flush=True)
    print(json.dumps({**tally, "first_seed": options.seed, "next_seed": seed}))
    return 1 if tally["disagreements"] or tally["crashes"] else 0


if __name__ == "__main__":
    sys.exit(main())
