"""The proof-check report of a network: one document, three formats, certificates beside it."""

from __future__ import annotations

from proofs.reports.assembly import Report, report

__all__ = ["Report", "report"]
