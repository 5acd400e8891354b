"""One number of Table 3.1 with its word, its print and its certificates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from algebra.networks import NetworkData
from algebra.words import Word

#: What the maximal number of real critical points rests on from above.
REAL_POINTS = "docs/theory.md, section 2, real points (own theorem, proved in writing)"


@dataclass(frozen=True)
class Entry:
    """One number of the table.

    Attributes
    ----------
    value : int or None
        Recomputed; None where a limit was hit.
    word : Word
    printed : int
    note : str
        How it was found; where it differs from the print, why.
    relies_on : tuple of str
    certificates : tuple of documents
    data : NetworkData or None
        The data that reach the maximum of real critical points.
    """

    value: int | None
    word: Word
    printed: int
    note: str = ""
    relies_on: tuple[str, ...] = ()
    certificates: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    data: NetworkData | None = field(default=None, repr=False)

    @property
    def differs(self) -> bool:
        """Whether the print says something else."""
        return self.value is not None and self.value != self.printed

    def to_dict(self) -> dict[str, Any]:
        """The contract's {value, word, printed} and more."""
        document: dict[str, Any] = {
            "value": self.value,
            "word": str(self.word),
            "printed": self.printed,
            "differs": self.differs,
            "note": self.note,
            "relies_on": list(self.relies_on),
        }
        if self.data is not None:
            document["data"] = self.data.to_dict()
        return document
