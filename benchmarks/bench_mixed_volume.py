"""Mixed volumes against gfan and phc: `benchmarks/bench_mixed_volume.py [SYSTEM …] [--long]`.

Processor seconds of both sides, ours and the peer's one after the other on the same input, medians.
A peer is a process of its own; ours is timed warm inside this process below 3 s of the peer's time,
and as a whole process from there on. `--long` adds the inputs that take the peer minutes, and
cyclic-14 with its peak memory; naming systems (or `threads`, `memory`) runs these alone. Values
must agree, except DEMiCs (phc), whose wrong ones are shown.
`--gfan COMMAND` times another build of gfan.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from algebra.families import resolve_system
from algebra.kernels.compilation import compile_kernels
from algebra.limits import Budget
from critnet.warmup import import_kernels
from polytopes import mixed_volume
from polytopes.mixed_cells import lifted_points

#: (system, kind, published value or None, needs --long)
INPUTS = [
    ("cyclic:10", "torus", 35940, False),
    ("cyclic:11", "torus", 184756, False),
    ("cyclic:12", "torus", 500352, False),
    ("cyclic:13", "torus", 2704156, True),
    ("katsura:12", "torus", None, False),
    ("eco:14", "torus", 4096, False),
    ("eco:15", "torus", 8192, False),
    ("eco:16", "torus", 16384, False),
    ("network:3-2-2", "affine", 5329, False),
    ("network:2-2-3", "affine", 5329, False),
    ("network:3-2-3", "affine", 60025, False),
    ("network:2-3-2", "affine", 35937, False),
    ("network:3-3-2", "affine", 389017, False),
    ("network:3-3-2", "torus", 373248, False),
    ("network:2-3-3", "affine", 389017, True),
    ("network:2-3-3", "torus", 373248, True),
]
WARM_BELOW = 3.0
PEER_LIMIT = 900.0


@dataclass(frozen=True)
class Row:
    """One input: values, seconds, ratios of the peers' time to ours."""

    system: str
    kind: str
    value: int
    exchanges: int
    methods: str
    ours: float
    gfan: float | None
    demics: float | None
    demics_value: int | None


def ours(name: str, kind: str, peer: float | None) -> tuple[float, int, int, str]:
    """(processor seconds, value, exchanges, methods)."""
    supports = resolve_system(name).supports
    result = mixed_volume(supports, kind=kind)
    times = []
    if peer is not None and peer >= WARM_BELOW:
        code = (
            "from algebra.families import resolve_system\n"
            "from polytopes import mixed_volume\n"
            f"mixed_volume(resolve_system({name!r}).supports, kind={kind!r})\n"
        )
        times = [child_seconds([sys.executable, "-c", code]) for _ in range(3)]
    else:
        for _ in range(7):
            start = time.process_time()
            mixed_volume(supports, kind=kind)
            times.append(time.process_time() - start)
    return statistics.median(times), result.value, result.exchanges, "+".join(result.methods)


def child_seconds(command: list[str], text: str = "") -> float:
    """User and system seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, timeout=PEER_LIMIT
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def gfan(name: str, kind: str, command: str) -> tuple[float, int] | None:
    """(seconds, value) of gfan's mixed volume of the same supports."""
    if shutil.which(command) is None:
        return None
    points = lifted_points(resolve_system(name).supports, kind)
    text = "{" + ",".join(
        "{" + ",".join("(" + ",".join(map(str, p)) + ")" for p in a.tolist()) + "}" for a in points
    ) + "}"  # fmt: skip
    times, value = [], ""
    while len(times) < (1 if times and times[0] > 10 else 3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [command, "_mixedvolume", "--vectorinput"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            timeout=PEER_LIMIT,
        )
        value = done.stdout.strip()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times), int(value.split()[-1])


def demics(name: str, kind: str) -> tuple[float, int] | None:
    """(seconds, value) of DEMiCs inside phc; its option 5 asks four questions."""
    if shutil.which("phc") is None:
        return None
    system = resolve_system(name)
    points = lifted_points(system.supports, kind)
    n = len(points)
    lines = [
        " + ".join(
            f"{i + 2}" + "".join(f"*x{j + 1}^{e}" for j, e in enumerate(p) if e)
            for i, p in enumerate(a.tolist())
        )
        + ";"
        for a in points
    ]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.write_text(f"{n}\n" + "\n".join(lines) + "\n")
        try:
            seconds = child_seconds(["phc", "-m", str(source), str(target)], "5\nn\nn\nn\nn\n")
        except (subprocess.SubprocessError, OSError):
            return None
        found = [t for t in target.read_text().splitlines() if "mixed volume :" in t.lower()]
    return (seconds, int(found[-1].split(":")[1])) if found else None


def measure(inputs: list[tuple[str, str, int | None, bool]], command: str) -> list[Row]:
    """The rows of these inputs, printed as they come."""
    rows = []
    for name, kind, expected, _ in inputs:
        peer = gfan(name, kind, command)
        other = demics(name, kind) if peer is not None and peer[0] < 0.3 else None
        seconds, value, exchanges, methods = ours(name, kind, peer[0] if peer else None)
        if expected is not None and value != expected:
            raise SystemExit(f"{name}: {value}, expected {expected}")
        if peer is not None and peer[1] != value:
            raise SystemExit(f"{name}: {value}, but gfan says {peer[1]}")
        row = Row(
            name,
            kind,
            value,
            exchanges,
            methods,
            seconds,
            peer[0] if peer else None,
            other[0] if other else None,
            other[1] if other else None,
        )
        rows.append(row)
        print(line(row), flush=True)
    ratios = [r.gfan / r.ours for r in rows if r.gfan]
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean of gfan / ours over {len(ratios)} inputs: {mean:.1f}")
    return rows


def line(row: Row) -> str:
    """One row for people."""
    against = f"{row.gfan / row.ours:6.1f}×" if row.gfan else "      –"
    peer = f"{row.gfan:8.3f}" if row.gfan else "       –"
    wrong = ""
    if row.demics is not None:
        wrong = f"   DEMiCs {row.demics:.2f} s"
        if row.demics_value != row.value:
            wrong += f", says {row.demics_value}: wrong"
    return (
        f"{row.system:16} {row.kind:7} {row.value:9d} {row.exchanges:9d} exchanges "
        f"ours {row.ours:8.3f} s  gfan {peer} s {against}  {row.methods}{wrong}"
    )


def threads(name: str = "cyclic:12") -> None:
    """Wall-clock seconds on one and two threads."""
    supports = resolve_system(name).supports
    seconds = []
    for count in (1, 2):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            mixed_volume(supports, budget=Budget(threads=count))
            times.append(time.perf_counter() - start)
        seconds.append(statistics.median(times))
    load = os.getloadavg()[0]
    print(
        f"{name}: {seconds[0]:.2f} s on one thread, {seconds[1]:.2f} s on two: "
        f"{seconds[0] / seconds[1]:.2f}× (load average {load:.1f})"
    )


def memory(name: str = "cyclic:14") -> None:
    """Peak memory and time of a long traversal in a process of its own."""
    code = (
        "import resource, time\n"
        "from algebra.families import resolve_system\n"
        "from polytopes import mixed_volume\n"
        f"value = mixed_volume(resolve_system({name!r}).supports).value\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "print(f'{value}, {time.process_time():.1f} s, peak resident memory {peak} MiB')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"{name}: {done.stdout.strip()}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("systems", nargs="*", metavar="SYSTEM")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--gfan", default="gfan", metavar="COMMAND")
    options = parser.parse_args()
    start = time.process_time()
    import_kernels(["polytopes"])
    compile_kernels()
    print(f"{platform.machine()}, kernels in {time.process_time() - start:.1f} s")
    chosen = set(options.systems)
    inputs = [i for i in INPUTS if (i[0] in chosen if chosen else options.long or not i[3])]
    rows = measure(inputs, options.gfan)
    if not chosen or "threads" in chosen:
        threads()
    if "memory" in chosen or (options.long and not chosen):
        memory()
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
