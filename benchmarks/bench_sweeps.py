"""Sweeps, landscapes and regions: certified samples per second, scaling, memory, storage.

    python benchmarks/bench_sweeps.py                      # rates of one process, each network
    python benchmarks/bench_sweeps.py --workers 2          # the same sweep in 1 and in 2 processes
    python benchmarks/bench_sweeps.py --dask 2             # processes against workers of Dask
    python benchmarks/bench_sweeps.py --memory 100000      # resident memory along a long sweep
    python benchmarks/bench_sweeps.py --storage            # bytes per row, rows written per second
    python benchmarks/bench_sweeps.py --landscape --regions

Rates are samples per second of processor time of one process, kernels compiled and the generic
member solved; every sample has all its zeros certified, in full coordinates with Morse indices.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from pathlib import Path

import numpy as np

from algebra.limits import Budget
from algebra.networks import LinearNetwork
from homotopy.regions import regions
from homotopy.sweep import choose_subject, sweep
from homotopy.sweep_store import SweepStore
from homotopy.sweep_worker import Worker
from proofs.landscape import landscape

#: (network, coordinates, samples per second asked for)
RATES = (
    ("2-2-2", "reduced", 200),
    ("2-2-2", "full", 60),
    ("2-2-3", "reduced", None),
    ("2-3-2", "full", None),
    ("2-3-3", "reduced", None),
    ("2-3-3", "full", 3),
)
SECONDS = 6.0
BLOCK = 50


def bench_rate(name: str, coordinates: str, target: int | None) -> None:
    subject = choose_subject(name, None, coordinates)
    begin = time.perf_counter()
    member = subject.member(0)
    solved = time.perf_counter() - begin
    worker = Worker(subject, 0, member)
    worker.rows([0, 1])
    rows, begin, clock = [], time.process_time(), time.perf_counter()
    while time.perf_counter() - clock < SECONDS:
        rows += worker.rows(list(range(len(rows), len(rows) + BLOCK)))
    rate = len(rows) / (time.process_time() - begin)
    failed = sum(row[5] != "ok" for row in rows)
    zeros = {row[2] for row in rows if row[5] == "ok"}
    again = sum(row[6] != "" for row in rows)
    wanted = "" if target is None else f"{target}"
    print(
        f"{name:8} {coordinates:8} {member.count:6} {len(member.representatives):6} {rate:9.1f} "
        f"{wanted:>7} {len(rows):8} {failed:7} {again:7} {sorted(zeros)!s:>8} {solved:8.2f}"
    )


def rate_between_blocks(name: str, samples: int, workers: int) -> float:
    """Samples per second of wall-clock time, from the first finished block to the last."""
    times: list[tuple[float, int]] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "samples":
            times.append((time.perf_counter(), done))

    budget = Budget.of(threads=workers, progress=progress)
    sweep(name, samples, coordinates="reduced", budget=budget)
    # While several processes start, the first ones finish blocks alone: skip a fifth.
    times = times[len(times) // 5 :]
    (first, a), (last, b) = times[0], times[-1]
    return (b - a) / (last - first)


def bench_workers(workers: int, samples: int) -> None:
    single = rate_between_blocks("2-2-2", samples, 1)
    several = rate_between_blocks("2-2-2", samples * workers, workers)
    print(f"2-2-2 reduced, wall clock: 1 process {single:.0f}/s, {workers} processes "
          f"{several:.0f}/s, {several / single:.2f} times")  # fmt: skip


def processor_seconds() -> float:
    """Of this process and all below it: what other users of the machine do changes it little."""
    import psutil

    this, total = psutil.Process(), 0.0
    for process in (this, *this.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def rate_per_processor_second(name: str, samples: int, workers: int, cluster: str | None) -> float:
    """Samples per second of all processes' time, between a fifth and the end of the sweep."""
    marks: list[tuple[float, int]] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "samples" and samples / 5 <= done <= 0.97 * samples:
            marks.append((processor_seconds(), done))

    budget = Budget.of(threads=workers, progress=progress)
    sweep(name, samples, coordinates="reduced", budget=budget, cluster=cluster)
    (first, a), (last, b) = marks[0], marks[-1]
    return (b - a) / (last - first)


def bench_dask(workers: int, samples: int) -> None:
    rates: dict[str | None, list[float]] = {None: [], "local": []}
    for _ in range(3):
        for cluster, found in rates.items():
            found.append(rate_per_processor_second("2-2-2", samples, workers, cluster))
    pool, dask = (float(np.median(r)) for r in rates.values())
    print(f"2-2-2 reduced, samples per processor second of all processes, medians: {workers} "
          f"processes {pool:.0f}, {workers} Dask workers {dask:.0f}")  # fmt: skip


def resident() -> float:
    """Resident memory of this process in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * 4096 / 2**20


def bench_memory(samples: int) -> None:
    points: list[tuple[int, float]] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "samples" and (not points or done >= points[-1][0] + samples // 40):
            points.append((done, resident()))

    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sweep.sqlite"
        result = sweep("2-2-2", samples, coordinates="reduced", store=store,
                       budget=Budget.of(progress=progress))  # fmt: skip
    table = np.array([p for p in points if p[0] >= samples / 5])
    slope = np.polyfit(table[:, 0], table[:, 1], 1)[0] * 1e5
    print(f"2-2-2 reduced, {result.samples} samples, {result.failed} failed, "
          f"{result.rate:.0f}/s: {points[0][1]:.0f} to {points[-1][1]:.0f} MiB, after the first "
          f"fifth {slope:+.2f} MiB per 100000 samples")  # fmt: skip
    print(f"histogram {result.histogram}")


def bench_storage(rows: int = 200_000) -> None:
    subject = choose_subject("2-2-2", None, "full")
    sample = Worker(subject, 0, subject.member(0)).rows([0])[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.sqlite"
        with SweepStore(path, {"network": "2-2-2"}) as store:
            begin = time.perf_counter()
            for first in range(0, rows, 500):
                store.add([(k, *sample[1:]) for k in range(first, first + 500)])
            seconds = time.perf_counter() - begin
        size = path.stat().st_size
    print(f"store: {size / rows:.0f} bytes per row, {rows / seconds:.0f} rows per second in "
          f"blocks of 500, each durable")  # fmt: skip


def bench_landscapes() -> None:
    landscape(LinearNetwork.parse("1-1-1"))
    for name in ("2-2-2,seed=3", "2-2-2,seed=5", "2-2-3", "2-3-2"):
        begin = time.process_time()
        result = landscape(LinearNetwork.parse(name))
        print(f"landscape {name}: {time.process_time() - begin:.1f} s of processor time, {result}")


def bench_regions() -> None:
    regions("1-1-1", [("y1_1", 0, 1)], depth=3, exact=False)
    square = [("y1_1", "1/4", "4"), ("y2_1", "1/4", "4")]
    for name, axes, depth in (
        ("2-2-2", square[:1], 9),
        ("2-2-2", square[:1], 14),
        ("2-3-3", square[:1], 9),
        ("2-2-2", square, 5),
        ("2-2-2", square, 7),
    ):
        begin = time.process_time()
        result = regions(name, axes, depth=depth, number=3, exact=False)
        seconds = time.process_time() - begin
        print(f"regions {name}, {len(axes)} axes, depth {depth}: {seconds:.1f} s, {result}")
    for name, axis in (
        ("1-1-1", "y1_1"),
        ("2-2-2", "y1_1"),
        ("2-2-2", "x1_1"),
        ("2-2-2", "l1_1_1"),
        ("2-3-2", "y1_1"),
        ("2-2-3", "y1_1"),
        ("2-1-2,m=2", "y1_1"),
    ):
        begin = time.process_time()
        result = regions(name, [(axis, "1/4", "4")], depth=0, number=3, exact=True)
        print(f"exact {name}, {axis}: {time.process_time() - begin:.1f} s, {result.exact}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int)
    parser.add_argument("--dask", type=int, metavar="WORKERS")
    parser.add_argument("--samples", type=int, default=12_000)
    parser.add_argument("--memory", type=int, metavar="SAMPLES")
    parser.add_argument("--storage", action="store_true")
    parser.add_argument("--landscape", action="store_true")
    parser.add_argument("--regions", action="store_true")
    chosen = parser.parse_args()
    if chosen.workers:
        bench_workers(chosen.workers, chosen.samples)
    if chosen.dask:
        bench_dask(chosen.dask, chosen.samples)
    if chosen.memory:
        bench_memory(chosen.memory)
    if chosen.storage:
        bench_storage()
    if chosen.landscape:
        bench_landscapes()
    if chosen.regions:
        bench_regions()
    if not any(v for k, v in vars(chosen).items() if k != "samples"):
        print(
            f"{'network':8} {'unknowns':8} {'zeros':>6} {'paths':>6} {'samples/s':>9} "
            f"{'target':>7} {'samples':>8} {'failed':>7} {'again':>7} {'count':>8} {'solved s':>8}"
        )
        for entry in RATES:
            bench_rate(*entry)


if __name__ == "__main__":
    main()
