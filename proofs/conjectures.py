"""Candidate formulas for N*, the number of critical points with all weights nonzero.

Each speaks of generic data of rank q; what is known about it stands beside it, and docs/theory.md
has the proofs and the evidence. Refuted candidates stay: they are what one would guess first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

from proofs.formulas import generic_torus_count


@dataclass(frozen=True)
class Family:
    """All a generic count can depend on: hidden widths, outputs p and q = rank X."""

    hidden: tuple[int, ...]
    p: int
    q: int


@dataclass(frozen=True)
class Candidate:
    """A formula.

    Attributes
    ----------
    name, formula, about : str
    theorem : str
        Where it is proved; empty if it is not.
    torus_count : callable
        N* for a family, or None where the formula says nothing.
    refuted_by : str
        A counterexample known from earlier runs, so that a small range does not revive it.
    """

    name: str
    formula: str
    about: str
    theorem: str
    torus_count: Callable[[Family], int | None]
    refuted_by: str = ""


def one_layer_rank_one(family: Family) -> int | None:
    """4^d C(p, d)."""
    if len(family.hidden) != 1 or family.q != 1:
        return None
    return generic_torus_count(family.hidden[0], family.p)


def chain_rank_one(family: Family) -> int | None:
    """H 2^{H+1} p."""
    if set(family.hidden) != {1} or family.q != 1:
        return None
    hidden = len(family.hidden)
    return hidden * 2 ** (hidden + 1) * family.p


def chain(family: Family) -> int | None:
    """2^{H+1} [H p q + 2(H−1) Σ_{i≥1} (p−i)(q−i)]."""
    if set(family.hidden) != {1}:
        return None
    hidden, p, q = len(family.hidden), family.p, family.q
    tail = sum((p - i) * (q - i) for i in range(1, min(p, q)))
    return int(2 ** (hidden + 1) * (hidden * p * q + 2 * (hidden - 1) * tail))


def two_neurons(family: Family) -> int | None:
    """16 [C(p,2)q + pC(q,2) + 8(C(p,2)C(q,2) + C(p,3)C(q,2) + C(p,2)C(q,3))], min(p,q) ≤ 2."""
    if family.hidden != (2,) or min(family.p, family.q) > 2:
        return None
    p, q = family.p, family.q
    pairs = comb(p, 2) * comb(q, 2) + comb(p, 3) * comb(q, 2) + comb(p, 2) * comb(q, 3)
    return 16 * (comb(p, 2) * q + p * comb(q, 2) + 8 * pairs)


def product_guess(family: Family) -> int | None:
    """4^d C(pq, d): rank one with p replaced by pq."""
    if len(family.hidden) != 1:
        return None
    d = family.hidden[0]
    return 4**d * comb(family.p * family.q, d)


def thesis_bound(family: Family) -> int | None:
    """(4p)^d, the bound B_C* as if it were the count."""
    if len(family.hidden) != 1:
        return None
    return int((4 * family.p) ** family.hidden[0])


def square_deep_rank_one(family: Family) -> int | None:
    """4^{d+1} for two hidden layers of d neurons, p = q = 1."""
    if len(family.hidden) != 2 or len(set(family.hidden)) != 1 or family.p * family.q != 1:
        return None
    return int(4 ** (family.hidden[0] + 1))


CANDIDATES = (
    Candidate(
        "one-layer-rank-one",
        "4^d C(p,d)",
        "one hidden layer, rank X = 1",
        "docs/theory.md, Theorem 1",
        one_layer_rank_one,
    ),
    Candidate(
        "chain-rank-one",
        "H 2^{H+1} p",
        "all hidden widths 1, rank X = 1",
        "docs/theory.md, section 4, chains",
        chain_rank_one,
    ),
    Candidate(
        "chain",
        "2^{H+1} [H p q + 2(H−1) Σ_{i≥1} (p−i)(q−i)]",
        "all hidden widths 1, any rank q of X",
        "",
        chain,
    ),
    Candidate(
        "two-neurons",
        "16 [C(p,2)q + pC(q,2) + 8(C(p,2)C(q,2) + C(p,3)C(q,2) + C(p,2)C(q,3))]",
        "one hidden layer of 2 neurons, min(p, q) ≤ 2",
        "",
        two_neurons,
    ),
    Candidate(
        "two-square-layers",
        "4^{d+1}",
        "two hidden layers of d neurons, p = q = 1",
        "",
        square_deep_rank_one,
    ),
    Candidate(
        "product-guess",
        "4^d C(pq,d)",
        "one hidden layer, any rank q",
        "",
        product_guess,
        refuted_by="2-2-2,m=2: 192, not 96",
    ),
    Candidate(
        "thesis-bound",
        "(4p)^d",
        "one hidden layer, as a count",
        "",
        thesis_bound,
        refuted_by="1-2-1: 0, not 16",
    ),
)
