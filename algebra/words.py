"""How sure a result is: words, bounds and counts shared by every package.

A word is a promise (docs/trust.md). Engines hand out at most `certified`; the word `proved` is
written by `proofs.settle` alone, after the independent checker has accepted a certificate.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any


class Word(enum.StrEnum):
    """Strength of a count, bound, zero or claim, weakest first.

    Compare with `weakest` or `rank`: the order of the strings means nothing.
    """

    NUMERICAL = "numerical"
    PROBABLE = "probable"
    CERTIFIED = "certified"
    PROVED = "proved"

    @property
    def rank(self) -> int:
        """Position in the order, 0 for `numerical` to 3 for `proved`."""
        return list(Word).index(self)


def weakest(first: Word, *others: Word) -> Word:
    """The weakest of the words: the word of a conjunction."""
    return min((first, *others), key=lambda word: word.rank)


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a count.

    Attributes
    ----------
    value : int or None
        None where nothing is known (no upper bound).
    word : Word
        How sure the bound is.
    source : str
        The argument that gave it, in a few words ("dimension of the quotient algebra").
    certificates : tuple of dict
        Documents of the published certificate schema that support it; empty if there are none.
    relies_on : tuple of str
        Theorems that the checker did not itself verify, by citation.
    """

    value: int | None
    word: Word
    source: str = ""
    certificates: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    relies_on: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form without the certificates, which travel beside the report."""
        return {
            "value": self.value,
            "word": str(self.word),
            "source": self.source,
            "relies_on": list(self.relies_on),
        }


@dataclass(frozen=True, slots=True)
class Count:
    """A number enclosed by a lower and an upper bound, each with its own word."""

    lower: Bound
    upper: Bound

    @classmethod
    def exactly(cls, value: int, word: Word, source: str = "") -> Count:
        """A count whose two sides come from the same argument."""
        side = Bound(value, word, source)
        return cls(side, side)

    @property
    def value(self) -> int | None:
        """The number when both sides meet, otherwise None."""
        return self.lower.value if self.lower.value == self.upper.value else None

    @property
    def consistent(self) -> bool:
        """Whether lower ≤ upper; False means that two engines disagree."""
        if self.lower.value is None or self.upper.value is None:
            return True
        return self.lower.value <= self.upper.value

    @property
    def word(self) -> Word:
        """The weaker word of the two sides."""
        return weakest(self.lower.word, self.upper.word)

    def __repr__(self) -> str:
        if self.value is not None:
            return f"Count({self.value}, {self.word})"
        return f"Count({self.lower.value}..{self.upper.value}, {self.word})"

    def to_dict(self) -> dict[str, Any]:
        """JSON form `{value, lower, upper, word, …}` of the contract."""
        return {
            "value": self.value,
            "lower": self.lower.value,
            "upper": self.upper.value,
            "word": str(self.word),
            "lower_word": str(self.lower.word),
            "upper_word": str(self.upper.word),
            "lower_from": self.lower.source,
            "upper_from": self.upper.source,
        }
