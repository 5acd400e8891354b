"""Claims, certificates, the independent checker, and the only place that says `proved`.

Names are loaded on first use: `critnet check` must load neither Numba nor an engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs.checking import check as check
    from proofs.counting import count as count
    from proofs.reports import report as report
    from proofs.settlement import settle as settle
    from proofs.verification import verify as verify

_HOME = {
    "count": "proofs.counting",
    "verify": "proofs.verification",
    "report": "proofs.reports",
    "check": "proofs.checking",
    "settle": "proofs.settlement",
}
__all__ = ["count", "verify", "report", "check", "settle"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'proofs' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
