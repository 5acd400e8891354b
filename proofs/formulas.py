"""Closed formulas of the thesis and of docs/theory.md, in the widths of a network.

Notation for one hidden layer: n = d_x inputs, d hidden neurons, p = d_y outputs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from math import comb

from algebra.networks import LinearNetwork


def bezout_bound(network: LinearNetwork) -> int:
    """(2H+1)^N: Theorem 2.13 for the gradient system."""
    return int((2 * network.hidden_layers + 1) ** network.weight_count)


def affine_bound(d: int, p: int) -> int:
    """B_C = (1+4p)^d, Theorem 3.9."""
    return int((1 + 4 * p) ** d)


def torus_bound(d: int, p: int) -> int:
    """B_C* = (4p)^d, Proposition 3.6."""
    return int((4 * p) ** d)


def generic_count(d: int, p: int) -> int:
    """N_C = Σ_k 4^k C(d,k) C(p,k): critical points for generic data of rank one."""
    return sum(4**k * comb(d, k) * comb(p, k) for k in range(min(d, p) + 1))


def generic_torus_count(d: int, p: int) -> int:
    """N_C* = 4^d C(p,d): critical points with all weights nonzero, generic data of rank one."""
    return 4**d * comb(p, d)


def newton_bound(n: int, d: int, p: int) -> int:
    """(Σ_k 4^k C(n,k) C(p,k))^d: the affine BKK bound of one hidden layer, any m."""
    return generic_count(n, p) ** d


def newton_torus_bound(n: int, d: int, p: int) -> int:
    """(Σ_{k≥1} 4^k C(n,k) C(p,k))^d: the torus BKK bound of one hidden layer, any m."""
    return (generic_count(n, p) - 1) ** d


def real_bound(d: int, nonzero_targets: int) -> int:
    """Σ_{k ≤ min(d,p')} 2^k C(d,k): bound on real critical points for λ > 0 and rank X = 1."""
    return sum(2**k * comb(d, k) for k in range(min(d, nonzero_targets) + 1))


def chain_count(hidden_layers: int, p: int) -> int:
    """N_C = 1 + H 2^{H+1} p for generic data with all hidden widths 1 and m = 1."""
    return 1 + hidden_layers * 2 ** (hidden_layers + 1) * p


def parity_modulus(network: LinearNetwork) -> int:
    """2^H: finite counts of critical points are 1 modulo it."""
    return int(2**network.hidden_layers)


def active_widths(network: LinearNetwork) -> Iterator[tuple[int, ...]]:
    """Sizes (e_1, …, e_H) of nonempty sets of active neurons."""
    return itertools.product(*(range(1, width + 1) for width in network.widths[1:-1]))


def pattern_multiplicity(network: LinearNetwork, active: Sequence[int]) -> int:
    """Π C(d_l, e_l): in how many ways sets of active neurons of these sizes can be chosen."""
    return math.prod(comb(d, e) for d, e in zip(network.widths[1:-1], active, strict=True))


def count_from_subnetworks(
    network: LinearNetwork, torus_count: Callable[[tuple[int, ...]], int]
) -> int:
    """1 + Σ Π C(d_l, e_l) N*(e): all critical points from torus counts, generic data.

    `torus_count(e)` is the number of critical points with all weights nonzero of the network with
    hidden widths e and generic data.
    """
    return 1 + sum(
        pattern_multiplicity(network, active) * torus_count(active)
        for active in active_widths(network)
    )
