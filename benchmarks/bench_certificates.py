"""Certificates: counts that are proved, and mixed volumes; time, words, size of the file.

    python benchmarks/bench_certificates.py counts [SYSTEM …]   default: small ones
    python benchmarks/bench_certificates.py volumes [SYSTEM/KIND …], KIND "torus" or "affine"
    python benchmarks/bench_certificates.py dimensions [SYSTEM …]   processor seconds

`counts` runs the command `critnet count SYSTEM --certificate FILE` in a new process each time, then
the checker alone as a plain script. "both" says that the real zeros are proved by boxes and by the
trace form.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import proofs.checker
from algebra.families import resolve_system
from polytopes.mixed_cells import lifted_points
from proofs.certificates import Document
from proofs.checker import check_document
from proofs.mixed_volume_bounds import mixed_volume_certificate

VOLUMES = (
    "cyclic:7/torus",
    "cyclic:8/torus",
    "cyclic:9/torus",
    "cyclic:10/torus",
    "noon:7/torus",
    "eco:10/torus",
    "katsura:9/torus",
    "network:1-2-2-1/affine",
    "network:3-3-2/affine",
)


#: Every one-hidden-layer network with at most 8 weights, and families with known counts.
SMALL = tuple(
    f"network:{n}-{d}-{p}"
    for d in range(1, 5)
    for n in range(1, 8)
    for p in range(1, 8)
    if d * (n + p) <= 8
)
LARGER = ("3-2-2", "2-2-3", "2-3-2", "3-2-3", "2-4-2", "3-3-2", "2-3-3", "3-3-3", "3-4-3")
FAMILIES = (
    *(f"katsura:{n}" for n in range(1, 8)),
    *(f"noon:{n}" for n in range(2, 5)),
    "cyclic:5",
    *(f"eco:{n}" for n in range(3, 10)),
    *(f"chandra:{n}" for n in range(2, 9)),
)
#: For `dimensions`, and what a search may take.
DIMENSIONS = (
    *("network:2-2-2", "network:2-2-3", "network:2-3-2", "katsura:5", "katsura:6", "katsura:7"),
    *("cyclic:5", "cyclic:6", "eco:6", "eco:7", "eco:8", "eco:9", "noon:3", "noon:4", "noon:5"),
    *("reimer:4", "reimer:5", "chandra:5", "chandra:6", "chandra:7"),
)
RANK_SECONDS = 10.0
COUNTS = (*SMALL, *FAMILIES, *(f"network:{shape}" for shape in LARGER))


def counts(systems: list[str]) -> None:
    """One row per system."""
    print("| system | complex | torus | real | words | real both ways | s | MB | checked in |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in systems or COUNTS:
            print(count_row(name, Path(folder) / "count.json"), flush=True)


def count_row(name: str, path: Path) -> str:
    """Count, certificate and check of one system."""
    path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "critnet", "count", name, "--json", "--time-limit", "5m"]
    begun = time.perf_counter()
    done = subprocess.run([*command, "--certificate", str(path)], capture_output=True, check=False)
    spent = time.perf_counter() - begun
    if done.returncode or not path.exists():
        return f"| {name} | exit {done.returncode} | | | | | {spent:.1f} | | |"
    found = json.loads(done.stdout)
    values = [str(found[q]["value"]) for q in ("complex", "torus", "real")]
    words = dict.fromkeys(found[q]["word"] for q in ("complex", "torus", "real"))
    begun = time.perf_counter()
    script = [sys.executable, proofs.checker.__file__, str(path)]
    accepted = subprocess.run(script, capture_output=True, check=False).returncode == 0
    checked = f"{time.perf_counter() - begun:.1f} s" if accepted else "REJECTED"
    kinds = set(kinds_in(json.loads(path.read_text())))
    both = "yes" if {"boxes", "signature"} <= kinds else "no"
    size = path.stat().st_size / 1e6
    return (
        f"| {name} | {' | '.join(values)} | {', '.join(words)} | {both} | {spent:.1f} "
        f"| {size:.2f} | {checked} |"
    )


def kinds_in(document: Any) -> list[str]:
    """Kinds of a document and its parts."""
    parts = document["proof"].get("parts", []) if isinstance(document["proof"], dict) else []
    return [document["kind"], *(kind for part in parts for kind in kinds_in(part))]


def cells(proof: Document) -> int:
    """Cells in all lists of a proof."""
    if proof["method"] == "blocks":
        return sum(cells(part["proof"]) for part in proof["parts"])
    return sum(len(stage["cells"]) for stage in proof["stages"])


def volumes(systems: list[str]) -> None:
    """One row per system."""
    warm = lifted_points(resolve_system("cyclic:3").supports, "torus")
    check_document(mixed_volume_certificate(warm))
    print("| system | value | cells in all lists | made in | checked in | file |")
    for name in systems or VOLUMES:
        system, kind = name.split("/")
        points = lifted_points(resolve_system(system).supports, kind)
        begun = time.perf_counter()
        document = mixed_volume_certificate(points)
        made = time.perf_counter() - begun
        if document is None:
            print(f"| {system}, {kind} | – | too large | {made:.2f} s | | |")
            continue
        begun = time.perf_counter()
        value = check_document(document).facts["mixed_volume", "at_most"]
        checked = time.perf_counter() - begun
        size = len(json.dumps(document, separators=(",", ":"))) / 1000
        count = cells(document["proof"])
        print(
            f"| {system}, {kind} | {value} | {count} | {made:.2f} s | {checked:.2f} s "
            f"| {size:.0f} kB |",
            flush=True,
        )


def dimensions(systems: list[str]) -> None:
    """One row per system and method: dim Q[x]/I by the homogenised basis and by Macaulay ranks."""
    from algebra.errors import LimitReached
    from algebra.groebner import groebner_basis
    from algebra.limits import Budget
    from algebra.staircase import hilbert_series
    from proofs.checker import CertificateRejected
    from proofs.dimension_bounds import dimension_certificate
    from proofs.homogenised_bases import bound_by_homogenising

    bound_by_homogenising(resolve_system("katsura:3"), 8)
    print("| system | dimension | method | made in | file | checked in |")
    for name in systems or DIMENSIONS:
        system = resolve_system(name)
        size = hilbert_series(groebner_basis(system).leading).degree
        for label, method in (("basis", bound_by_homogenising), ("ranks", dimension_certificate)):
            begun = time.process_time()
            try:
                document = method(system, size, budget=Budget.of(seconds=RANK_SECONDS))
            except LimitReached:
                document = None
            made = time.process_time() - begun
            if document is None:
                print(f"| {name} | {size} | {label} | none, {made:.1f} s | | |", flush=True)
                continue
            begun = time.process_time()
            try:
                check_document(document)
                verdict = ""
            except CertificateRejected as problem:
                verdict = f" {problem}"
            checked = time.process_time() - begun
            length = len(json.dumps(document, separators=(",", ":"))) / 1000
            print(
                f"| {name} | {size} | {label} | {made:.2f} s | {length:.0f} kB "
                f"| {checked:.2f} s{verdict} |",
                flush=True,
            )


if __name__ == "__main__":
    mode, *named = sys.argv[1:] or ["counts"]
    {"counts": counts, "volumes": volumes, "dimensions": dimensions}[mode](named)
