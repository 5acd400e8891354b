"""critnet: every critical point of a deep linear network, bounded, counted, found and certified.

The package re-exports the public names of `algebra`, `polytopes`, `homotopy` and `proofs`; each is
loaded on first use, so that importing critnet (and `critnet check`) loads no engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algebra import families as families
    from algebra.groebner import groebner_basis as groebner_basis
    from algebra.ideals import Ideal as Ideal
    from algebra.networks import LinearNetwork as LinearNetwork
    from algebra.systems import PolynomialSystem as PolynomialSystem
    from algebra.words import Word as Word
    from homotopy import certify as certify
    from homotopy import decompose as decompose
    from homotopy import solve as solve
    from homotopy import sweep as sweep
    from homotopy import track as track
    from polytopes import bounds as bounds
    from polytopes import mixed_cells as mixed_cells
    from polytopes import mixed_volume as mixed_volume
    from polytopes import newton_polytope as newton_polytope
    from proofs.checking import check as check
    from proofs.counting import count as count
    from proofs.reports import report as report
    from proofs.settlement import settle as settle
    from proofs.verification import verify as verify

#: Public name -> package that exports it.
_HOME = {
    "PolynomialSystem": "algebra",
    "LinearNetwork": "algebra",
    "groebner_basis": "algebra",
    "Ideal": "algebra",
    "families": "algebra",
    "Word": "algebra",
    "newton_polytope": "polytopes",
    "mixed_volume": "polytopes",
    "mixed_cells": "polytopes",
    "bounds": "polytopes",
    "solve": "homotopy",
    "track": "homotopy",
    "certify": "homotopy",
    "decompose": "homotopy",
    "sweep": "homotopy",
    "count": "proofs",
    "verify": "proofs",
    "report": "proofs",
    "check": "proofs",
    "settle": "proofs",
}
__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from critnet.versions import critnet_version

        return critnet_version()
    if name not in _HOME:
        raise AttributeError(f"module 'critnet' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
