"""Path tracking: found/true per seed, seconds, steps; parameter homotopy per data set.

    python benchmarks/bench_tracking.py                 # the systems below, seeds 0 to 9
    python benchmarks/bench_tracking.py --seeds 2 katsura:8 noon:5
    python benchmarks/bench_tracking.py --data-sets 1000

Times are thread CPU seconds of `solve` with certification, best and median of the seeds, after
compilation, and the median of `solve` without it, as peers solve. With
`phc` and `M2` on the PATH, `--phc` and `--m2` run PHCpack's blackbox solver and Macaulay2's
`solveSystem` on the same systems (user CPU seconds; M2's without its start).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from algebra.families import resolve_system
from algebra.kernels.compilation import compile_kernels
from algebra.networks import LinearNetwork
from homotopy.certify import certify
from homotopy.members import generic_member
from homotopy.solve import solve

#: (system, start, number of isolated zeros); sources in tests/homotopy/test_solve.py.
SYSTEMS = (
    ("katsura:8", "auto", 256),
    ("katsura:9", "auto", 512),
    ("katsura:10", "auto", 1024),
    ("noon:5", "auto", 233),
    ("noon:6", "auto", 717),
    ("noon:7", "auto", 2173),
    ("cyclic:5", "auto", 70),
    ("cyclic:6", "auto", 156),
    ("cyclic:7", "auto", 924),
    ("eco:8", "auto", 64),
    ("eco:9", "auto", 128),
    ("eco:10", "auto", 256),
    ("eco:11", "auto", 512),
    ("reimer:5", "auto", 144),
    ("reimer:6", "auto", 576),
    ("chandra:7", "auto", 64),
    ("chandra:8", "auto", 128),
    ("chandra:9", "auto", 256),
    ("cassou", "auto", 16),
    ("heart", "auto", 4),
    ("network:1-2-2", "auto", 33),
    ("network:2-2-2", "auto", 33),
    ("network:1-3-2", "auto", 73),
    ("network:1-1-1-1", "auto", 17),
    ("network:2-1-2,m=2", "auto", 17),
    ("network:2-2-3", "auto", 73),
)


def bench_system(spec: str, start: str, true: int | None, seeds: int) -> None:
    system = resolve_system(spec)
    found, seconds, plain, retracked, result = [], [], [], 0, None
    for seed in range(seeds):
        begin = time.thread_time()
        solve(system, start=start, seed=seed, certify=False)
        plain.append(time.thread_time() - begin)
        begin = time.thread_time()
        result = solve(system, start=start, seed=seed)
        seconds.append(time.thread_time() - begin)
        found.append(sum(s.certified for s in result.solutions))
        retracked += result.paths.retracked
    assert result is not None
    goal = "?" if true is None else str(true)
    lost = "" if true is None else f"  lost {sum(true - f for f in found)}"
    print(
        f"{spec:22s} {result.start:16s} {result.paths.tracked:6d} paths  best {min(seconds):7.2f} s"
        f"  median {np.median(seconds):7.2f} s  uncertified {np.median(plain):7.2f} s"
        f"  retracked {retracked:4d}"
        f"  found/{goal}: {' '.join(map(str, found))}{lost}",
        flush=True,
    )


def bench_parameters(data_sets: int) -> None:
    """Network 2-2-2: one generic member, then `data_sets` random real ones, all certified."""
    network = LinearNetwork((2, 2, 2))
    member = generic_member(network, seed=0)
    targets = [
        np.array([int(v.p) / int(v.q) for v in network.data(seed).parameter_values])
        for seed in range(data_sets)
    ]
    begin = time.thread_time()
    ends, good = member.track_to(np.array(targets))
    tracked = time.thread_time() - begin
    lost = int(np.sum(~good))
    sample = min(data_sets, 20)
    systems = [network.gradient_system(seed=s) for s in range(sample)]
    begin = time.thread_time()
    zeros = sum(certify(f, member.lifted(ends[k])).distinct_count for k, f in enumerate(systems))
    certified = time.thread_time() - begin
    print(
        f"network:2-2-2, {data_sets} data sets: {1e3 * tracked / data_sets:.2f} ms each, "
        f"{lost} of {good.size} paths lost; certified {zeros} of {33 * sample} zeros of "
        f"{sample} data sets, {1e3 * certified / sample:.1f} ms each"
    )


def bench_phc(spec: str) -> None:
    """PHCpack's blackbox solver on the same system."""
    system = resolve_system(spec)
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "in"), Path(folder, "out")
        source.write_text(system.to_text("phcpack"))
        before = os.times().children_user
        subprocess.run(["phc", "-b", source, output], check=False, capture_output=True)
        print(f"{spec:22s} phc -b {os.times().children_user - before:.2f} s", flush=True)


def bench_m2(spec: str) -> None:
    """Macaulay2's own engine on the same system; its count of zeros shows whether it lost any."""
    system = resolve_system(spec)
    names = [f"v_{k}" for k in range(len(system.variables))]
    equations = [
        "+".join(
            "*".join([f"({c})", *(f"{v}^{int(e)}" for v, e in zip(names, m, strict=True) if e)])
            for m, c in f.terms()
        )
        for f in system.equations
    ]
    script = (
        'needsPackage "NumericalAlgebraicGeometry";'
        f"R = CC[{','.join(names)}]; F = {{{','.join(equations)}}};"
        'begin := cpuTime(); S = solveSystem F; << cpuTime() - begin << " s, zeros " << #S << endl;'
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.m2")
        source.write_text(script + "exit 0\n")
        run = subprocess.run(
            ["M2", "--script", source], check=False, capture_output=True, text=True
        )
    print(f"{spec:22s} M2 solveSystem {run.stdout.strip()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("systems", nargs="*", metavar="SYSTEM[@START]")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--data-sets", type=int, default=0)
    parser.add_argument("--phc", action="store_true")
    parser.add_argument("--m2", action="store_true")
    options = parser.parse_args()
    begin = time.process_time()
    compiled = compile_kernels()
    print(f"{compiled} kernels compiled in {time.process_time() - begin:.1f} s")
    if options.data_sets:
        bench_parameters(options.data_sets)
        return
    known = {spec: true for spec, _, true in SYSTEMS}
    chosen = [s.partition("@") for s in options.systems] or [(s, "@", a) for s, a, _ in SYSTEMS]
    for spec, _, start in chosen:
        bench_system(spec, start or "auto", known.get(spec), options.seeds)
        if options.phc and shutil.which("phc"):
            bench_phc(spec)
        if options.m2 and shutil.which("M2"):
            bench_m2(spec)


if __name__ == "__main__":
    main()
