"""Numerical zeros: path tracking, start systems, certification by interval arithmetic."""

from __future__ import annotations

import importlib
from typing import Any

# Functions that share their module's name are bound here: importing the module later would
# otherwise put the module in their place.
from homotopy.certify import certify
from homotopy.solve import solve
from homotopy.sweep import sweep

_EXPORTS = {
    "Homotopy": "homotopy.homotopies",
    "StartSystem": "homotopy.homotopies",
    "Tape": "homotopy.tape",
    "PathResult": "homotopy.results",
    "PathStatus": "homotopy.results",
    "Solution": "homotopy.results",
    "SolveResult": "homotopy.results",
    "CertifyResult": "homotopy.boxes",
    "SweepResult": "homotopy.sweep",
    "track": "homotopy.tracker",
    "TrackResult": "homotopy.tracker",
    "parameter_homotopy": "homotopy.parameters",
}
__all__ = ["certify", "solve", "sweep", *_EXPORTS]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'homotopy' has no attribute {name!r}")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_EXPORTS})
