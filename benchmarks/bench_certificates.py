"""Certificates of mixed volumes: cells, seconds to make and to check, size of the file.

`python benchmarks/bench_certificates.py [SYSTEM/KIND …]`, KIND "torus" or "affine".
"""

from __future__ import annotations

import json
import sys
import time

from algebra.families import resolve_system
from polytopes.mixed_cells import lifted_points
from proofs.certificates import Document
from proofs.checker import check_document
from proofs.mixed_volume_bounds import mixed_volume_certificate

SYSTEMS = (
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


def cells(proof: Document) -> int:
    """Cells in all lists of a proof."""
    if proof["method"] == "blocks":
        return sum(cells(part["proof"]) for part in proof["parts"])
    return sum(len(stage["cells"]) for stage in proof["stages"])


def main(systems: list[str]) -> None:
    """Print one row per system."""
    warm = lifted_points(resolve_system("cyclic:3").supports, "torus")
    check_document(mixed_volume_certificate(warm))
    print("| system | value | cells in all lists | made in | checked in | file |")
    for name in systems or SYSTEMS:
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


if __name__ == "__main__":
    main(sys.argv[1:])
