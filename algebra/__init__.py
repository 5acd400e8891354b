"""Exact polynomial systems, Gröbner bases, quotient algebras and exact counts.

Names are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import algebra.families as families
    from algebra.groebner import groebner_basis as groebner_basis
    from algebra.ideals import Ideal as Ideal
    from algebra.networks import LinearNetwork as LinearNetwork
    from algebra.systems import PolynomialSystem as PolynomialSystem
    from algebra.words import Word as Word

_HOME = {
    "PolynomialSystem": "algebra.systems",
    "LinearNetwork": "algebra.networks",
    "groebner_basis": "algebra.groebner",
    "Ideal": "algebra.ideals",
    "Word": "algebra.words",
}
__all__ = ["PolynomialSystem", "LinearNetwork", "groebner_basis", "Ideal", "families", "Word"]


def __getattr__(name: str) -> Any:
    if name == "families":
        return importlib.import_module("algebra.families")
    if name not in _HOME:
        raise AttributeError(f"module 'algebra' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
