"""The main job measured: `python benchmarks/bench_main_job.py [--quick] [--json FILE]`.

Every command runs in a process of its own; "cold" ones start with an empty cache of compiled
kernels. Wall-clock seconds and peak resident memory of the command and its children. `--quick`
leaves the cold runs out. Not a test: timings are printed beside their targets, never asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

NETWORK = "2-2-2"
SEEDS = range(10)


@dataclass(frozen=True)
class Measurement:
    """One row: what was run, what was wanted, what came out."""

    what: str
    target: str
    figure: str
    met: bool


@dataclass(frozen=True)
class Run:
    """One finished command."""

    seconds: float
    peak_bytes: int
    output: str


def run(arguments: list[str], cache: Path) -> Run:
    """`critnet` with these arguments; the exit code must be 0."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "critnet", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    output, messages = process.communicate()
    seconds = time.monotonic() - begun
    if process.returncode != 0:
        sys.exit(f"critnet {' '.join(arguments)} ended with {process.returncode}: {messages!r}")
    # ru_maxrss of the children is that of the largest one so far: ask the command itself instead.
    peak = 0
    if "--json" in arguments:
        peak = int(json.loads(output)["run"]["peak_memory_bytes"])
    return Run(seconds, peak, output.decode())


def timed(what: str, target: float, measured: Run) -> Measurement:
    figure = f"{measured.seconds:.2f} s"
    return Measurement(what, f"≤ {target:g} s", figure, measured.seconds <= target)


def memory(what: str, target: int, measured: Run) -> Measurement:
    figure = f"{measured.peak_bytes / 2**20:.0f} MiB"
    limit = f"≤ {target // 2**20} MiB"
    return Measurement(what, limit, figure, measured.peak_bytes <= target)


def cold_runs(folder: Path) -> list[Measurement]:
    """First runs on a machine that has compiled nothing yet."""
    report = ["report", "--network", NETWORK, "-o", str(folder / "cold"), "--json"]
    first = run(report, folder / "cache-report")
    rows = [timed("cold report", 120, first), memory("cold report, peak memory", 2**30, first)]
    rows.append(timed("cold bounds", 30, run(["bounds", f"network:{NETWORK}"], folder / "cache-b")))
    rows.append(timed("cold count", 60, run(["count", f"network:{NETWORK}"], folder / "cache-c")))
    return rows


def warm_runs(folder: Path) -> list[Measurement]:
    """Later runs; the kernels have been compiled before."""
    cache, target = folder / "cache-report", folder / "warm"
    report = ["report", "--network", NETWORK, "-o", str(target), "--json"]
    if not cache.exists():
        run(report, cache)
    again = run(report, cache)
    rows = [timed("warm report", 15, again), memory("warm report, peak memory", 2**30, again)]
    bounds = min(
        (run(["bounds", f"network:{NETWORK}"], cache) for _ in range(3)), key=lambda r: r.seconds
    )
    rows.append(timed("warm bounds", 2, bounds))
    help_page = min((run(["--help"], cache) for _ in range(5)), key=lambda r: r.seconds)
    rows.append(timed("critnet --help", 0.5, help_page))
    checked = run(["check", str(target), "--json"], cache)
    rows.append(timed("check of the report", 30, checked))
    rows.append(memory("check of the report, peak memory", 500 * 2**20, checked))
    return rows


def solve_runs(folder: Path) -> list[Measurement]:
    """Every seed must find and certify all zeros, none lost, none twice."""
    rows = []
    for seed in SEEDS:
        arguments = ["solve", f"network:{NETWORK}", "--seed", str(seed), "--json"]
        measured = run(arguments, folder / "cache-report")
        document = json.loads(measured.output)
        zeros = document["solutions"]
        distinct = {(*z["re"], *z["im"]) for z in zeros}
        certified = sum(z["certified"] for z in zeros)
        total = document["completeness"]
        figure = (
            f"{len(zeros)} zeros, {len(distinct)} distinct, {certified} certified, "
            f"complete: {total['value']} ({total['word']}), {measured.seconds:.2f} s"
        )
        met = len(zeros) == len(distinct) == certified == total["value"] == 33
        rows.append(Measurement(f"solve --seed {seed}", "33 certified", figure, met))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave the cold runs out")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    options = parser.parse_args()
    rows: list[Measurement] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not options.quick:
            rows += cold_runs(folder)
        rows += warm_runs(folder)
        rows += solve_runs(folder)
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {load:.1f}\n")
    print("| what | target | measured | |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.target} | {row.figure} | {'met' if row.met else 'MISSED'} |")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
    print(f"\nlargest process: {children:.0f} MiB")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
