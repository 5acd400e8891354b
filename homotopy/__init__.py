"""Numerical zeros: path tracking, start systems, certification by interval arithmetic.

Names are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homotopy.certify import certify as certify
    from homotopy.components import Decomposition as Decomposition
    from homotopy.components import decompose as decompose
    from homotopy.homotopies import Homotopy as Homotopy
    from homotopy.homotopies import StartSystem as StartSystem
    from homotopy.monodromy import MonodromyResult as MonodromyResult
    from homotopy.monodromy import monodromy as monodromy
    from homotopy.parameters import parameter_homotopy as parameter_homotopy
    from homotopy.results import PathResult as PathResult
    from homotopy.results import PathStatus as PathStatus
    from homotopy.results import Solution as Solution
    from homotopy.results import SolveResult as SolveResult
    from homotopy.results import WitnessSet as WitnessSet
    from homotopy.solve import solve as solve
    from homotopy.sweep import sweep as sweep
    from homotopy.tape import Tape as Tape
    from homotopy.tracker import TrackResult as TrackResult
    from homotopy.tracker import track as track

_HOME = {
    "solve": "homotopy.solve",
    "track": "homotopy.tracker",
    "certify": "homotopy.certify",
    "sweep": "homotopy.sweep",
    "decompose": "homotopy.components",
    "Decomposition": "homotopy.components",
    "parameter_homotopy": "homotopy.parameters",
    "monodromy": "homotopy.monodromy",
    "MonodromyResult": "homotopy.monodromy",
    "Homotopy": "homotopy.homotopies",
    "StartSystem": "homotopy.homotopies",
    "Tape": "homotopy.tape",
    "PathResult": "homotopy.results",
    "PathStatus": "homotopy.results",
    "Solution": "homotopy.results",
    "SolveResult": "homotopy.results",
    "TrackResult": "homotopy.tracker",
    "WitnessSet": "homotopy.results",
}
__all__ = [
    "solve",
    "track",
    "certify",
    "sweep",
    "decompose",
    "Decomposition",
    "parameter_homotopy",
    "monodromy",
    "MonodromyResult",
    "Homotopy",
    "StartSystem",
    "Tape",
    "PathResult",
    "PathStatus",
    "Solution",
    "SolveResult",
    "TrackResult",
    "WitnessSet",
]


class _Package(types.ModuleType):
    """Some functions are named like their modules: `homotopy.solve` must stay the function.

    Importing a submodule sets it as an attribute of its package; here the function of that name
    is set instead. `from homotopy.solve import …` is not affected.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, types.ModuleType) and _HOME.get(name) == value.__name__:
            value = getattr(value, name)
        super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'homotopy' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


sys.modules[__name__].__class__ = _Package
