"""Real zeros against msolve: `benchmarks/bench_real_zeros.py [--msolve PATH] [SYSTEM …]`.

Processor seconds on the same input, one after the other: the exact real count, and the complete
real solve (every coordinate within 2^-64), both warm inside this process on one thread, the better
of two runs below five seconds; msolve's default, which isolates all real zeros, as a process.
"""

from __future__ import annotations

import argparse
import shutil

from bench_groebner import best_of_two, run_msolve

from algebra.families import resolve_system
from algebra.kernels.compilation import compile_kernels
from algebra.rational_representation import rational_representation
from algebra.real_roots import count_real_zeros, real_zeros

SYSTEMS = [
    "network:2-2-2", "network:2-3-2", "network:3-3-3", "noon:5", "noon:6", "eco:10", "eco:11",
    "katsura:8", "katsura:9",
]  # fmt: skip


def main() -> None:
    """Print one line per input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("systems", nargs="*", default=SYSTEMS)
    parser.add_argument("--msolve", default=shutil.which("msolve"))
    parser.add_argument("--count-only", action="store_true")
    options = parser.parse_args()
    rational_representation(resolve_system("network:1-1-1"))  # imports every kernel
    compile_kernels()
    head = ("input", "zeros", "real", "primes", "parts", "count", "solve", "msolve", "ratio")
    print("{:16} {:>6} {:>5} {:>7} {:>6} {:>8} {:>8} {:>8} {:>7}".format(*head))
    for name in options.systems:
        system = resolve_system(name)
        found = rational_representation(system, coordinates=False)
        count_seconds, count = best_of_two(lambda system=system: count_real_zeros(system))
        solve = "-"
        if not options.count_only:
            seconds, points = best_of_two(lambda system=system: real_zeros(system))
            assert len(points) == count.value
            solve = f"{seconds:.2f}"
        theirs, _ = run_msolve(options.msolve, system, 0, [])
        peer = "-" if theirs is None else f"{theirs:.2f}"
        ratio = "-" if not theirs else f"{count_seconds / theirs:.3f}"
        print(
            f"{name:16} {found.distinct:6} {count.value:5} {len(found.primes):7} "
            f"{len(found.parts):6} {count_seconds:8.2f} {solve:>8} {peer:>8} {ratio:>7}",
            flush=True,
        )


if __name__ == "__main__":
    main()
