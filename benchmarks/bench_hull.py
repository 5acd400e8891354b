"""Exact hulls of random lattice points: facets, seconds for hull and volume, for face counts.

`python benchmarks/bench_hull.py`
"""

from __future__ import annotations

import time

import numpy as np

from polytopes import newton_polytope

#: (points, dimension, largest coordinate)
SIZES = (
    (300, 3, 10**3),
    (300, 4, 100),
    (300, 4, 10**15),
    (300, 5, 20),
    (100, 6, 10),
    (300, 6, 10),
)


def main() -> None:
    """Print one row per size."""
    print("| points | dimension | coordinates up to | facets | hull | face counts |")
    for count, dimension, size in SIZES:
        generator = np.random.default_rng(1)
        points = generator.integers(-size, size + 1, (count, dimension))
        begun = time.perf_counter()
        polytope = newton_polytope(points)
        facets = len(polytope.facets)
        hull = time.perf_counter() - begun
        begun = time.perf_counter()
        assert polytope.face_counts[-1] == facets
        faces = time.perf_counter() - begun
        print(
            f"| {count} | {dimension} | {size} | {facets} | {hull:.2f} s | {faces:.2f} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
