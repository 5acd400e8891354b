"""The claims, one file each, in the order of the thesis; our own theorems follow."""

from __future__ import annotations

import functools
import importlib

from proofs.propositions import Claim

_FILES = (
    "model_equations",
    "example_1_2",
    "theorem_2_13",
    "theorem_2_22",
    "proposition_3_1",
    "proposition_3_2",
    "proposition_3_3",
    "proposition_3_6",
    "theorem_3_9",
    "figure_3_1",
    "table_3_1",
    "fewer_paths",
    "attained_bounds",
    "deep_patterns",
    "exact_count",
    "reduction",
    "parity",
    "real_bound",
    "newton_power",
    "decoupled_family",
    "chains",
    "balancedness",
    "low_rank",
)


@functools.cache
def claims() -> tuple[Claim, ...]:
    """All claims; imports the catalogue's files."""
    found: list[Claim] = []
    for name in _FILES:
        found += importlib.import_module(f"proofs.catalogue.{name}").CLAIMS
    return tuple(found)
