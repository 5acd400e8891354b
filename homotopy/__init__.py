"""Numerical zeros: path tracking, start systems, certification by interval arithmetic."""

from __future__ import annotations

import importlib
from typing import Any

_EXPORTS = {
    "Homotopy": "homotopy.homotopies",
    "StartSystem": "homotopy.homotopies",
    "Tape": "homotopy.tape",
    "PathResult": "homotopy.results",
    "PathStatus": "homotopy.results",
    "Solution": "homotopy.results",
    "SolveResult": "homotopy.results",
    "track": "homotopy.tracker",
    "TrackResult": "homotopy.tracker",
    "solve": "homotopy.solve",
    "parameter_homotopy": "homotopy.parameters",
    "certify": "homotopy.certify",
    "sweep": "homotopy.sweep",
}
__all__ = list(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'homotopy' has no attribute {name!r}")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_EXPORTS})
