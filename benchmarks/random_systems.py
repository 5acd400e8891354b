"""Random sparse systems, n ≤ 4: the tracker's zeros against exact counting, one by one.

    python benchmarks/random_systems.py --count 1000 --first 0 --out random

System k depends on k alone. Compared are the dimension of the zero set, the number of distinct
isolated zeros and the sum of their multiplicities, the degree of the components of highest
dimension; only a difference is worth a second prime. Prints what was reached as JSON; differences
are written to OUT, one file each; exit code 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from algebra.counting import ZeroCounts, count_zeros, counting_primes
from algebra.errors import LimitReached
from algebra.limits import Budget, peak_memory
from algebra.systems import PolynomialSystem
from homotopy.results import SolveResult
from homotopy.solve import solve

SECONDS, BYTES = 20.0, 2 * 2**30
#: Largest degree of a term per number of unknowns, and most terms besides the constant.
DEGREES = {1: 12, 2: 8, 3: 5, 4: 4}
MOST_TERMS = 5


def random_system(index: int) -> PolynomialSystem:
    """Two to five random terms per equation, a constant in most; coefficients up to 99."""
    generator = np.random.default_rng([index, 20231265])
    n = int(generator.integers(1, 5))
    equations = []
    for _ in range(n):
        terms: dict[tuple[int, ...], int] = {}
        for _ in range(int(generator.integers(2, MOST_TERMS + 1))):
            degree = int(generator.integers(1, DEGREES[n] + 1))
            exponents = tuple(np.bincount(generator.integers(0, n, size=degree), minlength=n))
            exponents = tuple(int(e) for e in exponents)
            terms[exponents] = int(generator.integers(1, 100)) * (-1) ** int(generator.integers(2))
        if generator.random() < 0.75:
            terms.setdefault((0,) * n, 1)
        equations.append(terms)
    return PolynomialSystem.from_terms([f"x{i}" for i in range(n)], equations)


def compare(system: PolynomialSystem) -> str:
    """One of "agree", "limit" (one of both takes too long), or what differs."""
    try:
        prime = next(counting_primes(system))
        exact = count_zeros(system, patterns=False, modulus=prime, budget=budget())
        result = solve(system, budget=budget())
        if agree(result, exact) or agree(result, count_zeros(system, patterns=False)):
            return "agree"
    except LimitReached:
        return "limit"
    return (
        f"dimension {result.dimension}, degrees {[c.degree for c in result.components]}, "
        f"{len(result.solutions)} zeros, {total(result)} with multiplicity; exactly {exact}, "
        f"degree {exact.degree}; {result.paths.failed} paths failed; {result.notes}"
    )


def budget() -> Budget:
    return Budget.of(seconds=SECONDS, memory_bytes=peak_memory() + BYTES)


def total(result: SolveResult) -> int:
    return sum(s.multiplicity for s in result.solutions)


def agree(result: SolveResult, exact: ZeroCounts) -> bool:
    """Whether everything that both know is the same."""
    if result.dimension != exact.dimension or len(result.solutions) != exact.distinct.value:
        return False
    if exact.dimension <= 0:
        return total(result) == exact.with_multiplicity.value
    # Multiplicities of components are not compared: the ideal's degree counts them in its own way.
    reduced = [c for c in result.components if c.dimension == exact.dimension]
    degree = sum(c.degree for c in reduced)
    return degree == exact.degree if all(c.multiplicity == 1 for c in reduced) else degree > 0


def main() -> int:
    """Compare `count` systems; exit code 1 if anything differs or crashes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("random"))
    options = parser.parse_args()
    tally = {"agree": 0, "limit": 0, "differ": 0}
    begin = time.perf_counter()
    for index in range(options.first, options.first + options.count):
        system = random_system(index)
        try:
            verdict = compare(system)
        except Exception as problem:  # a long comparison reports everything and goes on
            verdict = f"{type(problem).__name__}: {problem}"
        if verdict not in tally:
            options.out.mkdir(exist_ok=True, parents=True)
            report = {"index": index, "verdict": verdict, "system": system.to_dict()}
            (options.out / f"{index}.json").write_text(json.dumps(report, indent=1))
            print(f"{index}: {verdict}", file=sys.stderr, flush=True)
            verdict = "differ"
        tally[verdict] += 1
        if (index + 1) % 100 == 0:
            print(f"{index + 1}: {tally}", file=sys.stderr, flush=True)
    print(json.dumps({**tally, "seconds": round(time.perf_counter() - begin, 1)}))
    return 1 if tally["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
