"""Mixed volumes of lattice polytopes, and what each bounds.

Method: A. Jensen, "Tropical homotopy continuation", arXiv:1601.02818; exact at every step.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from algebra.errors import EnginesDisagree
from algebra.limits import UNLIMITED, Budget
from algebra.words import Bound, Word, weakest
from polytopes.mixed_cells import MixedCells, lifted_points
from polytopes.orders import traversal_volume
from polytopes.reductions import Memory, Reduction, reduce_volume
from polytopes.stable import stable_count
from polytopes.supports import ExactArray, as_supports

#: What each kind of mixed volume bounds, for every choice of coefficients on the supports.
BOUNDS_WHAT = {
    "torus": "isolated zeros with all coordinates nonzero, with multiplicity",
    "affine": "isolated zeros in C^n, with multiplicity (origin added to every support)",
    "stable": "isolated zeros in C^n, with multiplicity",
}

#: What a reduction relies on beyond the definition of the mixed volume.
THEOREMS = {
    "blocks": "D. N. Bernshtein 1975, Theorem B, as in docs/polytopes.md (block theorem)",
    "equal": "A. G. Kushnirenko, Invent. Math. 32 (1976), 1-31",
    "traversal": "A. Jensen, Tropical homotopy continuation, arXiv:1601.02818",
}

#: How a stable mixed volume was found (`StableCount.method`).
STABLE_METHODS = {
    "strata": "mixed volumes of the coordinate strata",
    "cells": "stable cells of a two-level lifting",
}

#: The theorem that turns each number into a bound.
SOURCES = {
    "torus": "D. N. Bernshtein, Funct. Anal. Appl. 9 (1975), 183-185",
    "affine": "T. Y. Li, X. Wang, Math. Comp. 65 (1996), 1477-1484",
    "stable": "B. Huber, B. Sturmfels, Discrete Comput. Geom. 17 (1997), 137-141",
}


@dataclass(frozen=True, slots=True, eq=False)
class MixedVolume:
    """One exact mixed volume and how it was found.

    Attributes
    ----------
    value : int
        The mixed volume; n unit simplices give 1.
    kind : str
        "torus", "affine" (origin added to every support) or "stable".
    lower, upper : Bound
        Both sides; `probable` as they come: exact arithmetic whose completeness nobody has
        checked yet.
    supports : tuple of exact arrays (m_i, n)
        What it is the mixed volume of: with the origin added for "affine"; as given for "stable".
    cells : MixedCells or None
        The cells of a generic lifting, if they were asked for.
    methods : tuple of str
        Reductions that were used (`polytopes.reductions`), "traversal" among them if any
        traversal was left over.
    exchanges : int
        Circuit exchanges made, a machine-independent cost.
    patterns : dict
        For "stable": coordinates that vanish -> zeros predicted.
    reduction : Reduction or None
        The tree of reductions, from which certificates are made; None for "stable".
    """

    value: int
    kind: str
    lower: Bound
    upper: Bound
    supports: tuple[ExactArray, ...] = field(default=(), repr=False)
    cells: MixedCells | None = None
    methods: tuple[str, ...] = ()
    exchanges: int = 0
    patterns: dict[tuple[int, ...], int] = field(default_factory=dict)
    reduction: Reduction | None = field(default=None, repr=False)

    @property
    def word(self) -> Word:
        """How sure the value is: the weaker word of its two sides."""
        return weakest(self.lower.word, self.upper.word)

    @property
    def bounds_what(self) -> str:
        """What the number bounds from above, whatever the coefficients."""
        return BOUNDS_WHAT[self.kind]

    def with_cells(self, cells: MixedCells) -> MixedVolume:
        """The same with mixed cells and the certificate of the lower bound they give.

        Raises
        ------
        EnginesDisagree
            The cells have another volume.
        """
        if cells.mixed_volume != self.value:
            raise EnginesDisagree(
                f"mixed volume {self.value}, but the mixed cells have volume {cells.mixed_volume}"
            )
        source = f"{len(cells)} mixed cells of one lifting"
        lower = replace(self.lower, source=source, certificates=(cells.certificate(),))
        return replace(self, cells=cells, lower=lower)

    def as_bound(self) -> Bound:
        """The same number as an upper bound for a count of zeros."""
        source = f"{self.kind} mixed volume"
        relies = (*self.upper.relies_on, SOURCES[self.kind])
        return Bound(self.value, self.upper.word, source, self.upper.certificates, relies)

    def __repr__(self) -> str:
        return f"MixedVolume({self.value}, {self.kind}, {self.word})"

    def _repr_html_(self) -> str:
        rows = {
            "value": str(self.value),
            "kind": self.kind,
            "word": str(self.word),
            "bounds": self.bounds_what,
        }
        cells = (f"<tr><th>{k}</th><td>{html.escape(v)}</td></tr>" for k, v in rows.items())
        return f"<table>{''.join(cells)}</table>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract's `mixed-volume` document."""
        return {
            "value": self.value,
            "word": str(self.word),
            "kind": self.kind,
            "bounds": self.bounds_what,
            "lower": self.lower.to_dict(),
            "upper": self.upper.to_dict(),
            "cells": None if self.cells is None else self.cells.to_dict()["cells"],
            "zero_patterns": [
                {"zero": list(pattern), "count": count} for pattern, count in self.patterns.items()
            ],
            "methods": list(self.methods),
            "exchanges": self.exchanges,
        }


def mixed_volume(
    supports: Sequence[Any],
    *,
    kind: str = "torus",
    seed: int = 0,
    budget: Budget = UNLIMITED,
    memory: Memory | None = None,
) -> MixedVolume:
    """Mixed volume of the Newton polytopes of n supports in n variables.

    Normalised so that n unit simplices give 1. For generic coefficients it is the number of
    zeros with all coordinates nonzero; in general an upper bound for the isolated ones.

    Parameters
    ----------
    supports : n integer arrays of shapes (m_1, n), ..., (m_n, n)
        Row k of array i is the exponent vector of term k of equation i; order is irrelevant.
    kind : {"torus", "affine", "stable"}
        "affine" adds the origin to every support that lacks it, which bounds the zeros in C^n;
        "stable" is the stable mixed volume, between the two.
    seed : int
        Accepted as everywhere; nothing is drawn here.
    memory : dict or None
        Mixed volumes found on the way, shared by calls for related supports.

    Raises
    ------
    SupportError
        A support is empty, ragged or not integer.
    NotSquare
        The number of supports differs from n.
    LimitReached
        The budget is exhausted.
    Never overflows: subtrees too wide for int64 are finished with Python integers.

    References
    ----------
    D. N. Bernshtein, "The number of roots of a system of equations", Functional Analysis and
    its Applications 9 (1975), 183-185.

    Examples
    --------
    >>> mixed_volume([[[0], [3]]]).value
    3
    """
    if kind == "stable":
        points = as_supports(supports)
        stable = stable_count(points, budget=budget, memory=memory)
        side = Bound(stable.value, Word.PROBABLE, STABLE_METHODS[stable.method])
        return MixedVolume(
            stable.value,
            kind,
            side,
            side,
            tuple(points),
            methods=(stable.method, "traversal"),
            exchanges=stable.exchanges,
            patterns=stable.patterns,
        )
    points = lifted_points(supports, kind)
    reduction = reduce_volume(points, traversal_volume, budget, memory)
    methods = tuple(sorted(reduction.methods()))
    relies = tuple(THEOREMS[m] for m in methods if m in THEOREMS)
    side = Bound(reduction.value, Word.PROBABLE, " and ".join(methods), (), relies)
    return MixedVolume(
        reduction.value,
        kind,
        side,
        side,
        tuple(points),
        methods=methods,
        exchanges=reduction.exchanges,
        reduction=reduction,
    )
