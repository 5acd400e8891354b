"""The thesis's bounds B_C = (1+4p)^d and B_C* = (4p)^d from the decoupled family (docs/theory.md).

Every member of the family, the gradient system among them, is isomorphic to a system in d(1+p)
signals whose Newton polytopes have the mixed volume (1+4p)^d with the origin added and (4p)^d
without. The isomorphism and the mixed volume are certificates; together they bound the isolated
zeros of every member.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from proofs import certificates
from proofs.certificates import Document
from proofs.mixed_volume_bounds import affine_supports, mixed_volume_certificate, with_origin
from proofs.reduction import Reduction, parametric_family

IntArray = NDArray[np.int64]


def family_bound(reduction: Reduction, region: str, budget: Budget = UNLIMITED) -> Document | None:
    """A certificate of the bound for one member of the family.

    Parameters
    ----------
    reduction : Reduction
        From `reduce_family`.
    region : {"complex", "torus"}
        Isolated zeros in C^N, or those with all weights nonzero; the latter needs all x_j ≠ 0,
        for then the weights are monomials in the signals.

    Returns
    -------
    dict or None
        A document of kind `count` about `reduction.system`; None where the list of mixed cells
        would be too long.
    """
    small = reduction.reduced
    supports = affine_supports(small) if region == "complex" else small.supports
    volume = mixed_volume_certificate(supports, budget=budget)
    if volume is None:
        return None
    bound = {region: volume["claim"]["at_most"]}
    inner = certificates.count_document(small, {}, bound, [volume])
    return certificates.count_document(
        reduction.system, {}, bound, [reduction.certificate(), inner]
    )


def universal_bound(
    network: LinearNetwork, region: str, budget: Budget = UNLIMITED
) -> tuple[int, Document] | None:
    """The bound for all data with λ ≠ 0 and every coupling (torus: x_j ≠ 0 as well).

    Returns
    -------
    (bound, document) or None
        A conjunction: the isomorphism with indeterminate data, which specialises to all of them,
        and the mixed volume of the largest supports that can occur. None where the list of mixed
        cells would be too long.
    """
    reduction = parametric_family(network)
    supports = signal_supports(network, reduction)
    if region == "complex":
        supports = [with_origin(support) for support in supports]
    volume = mixed_volume_certificate(supports, budget=budget)
    if volume is None:
        return None
    title = f"{network.name}: at most that many isolated zeros for all data, {region}"
    document = certificates.conjunction(title, [reduction.certificate(), volume])
    return int(volume["claim"]["at_most"]), document


def signal_supports(network: LinearNetwork, reduction: Reduction) -> list[IntArray]:
    """Supports in the signals alone of the reduced family with indeterminate data."""
    _, d, p = network.widths
    unknowns = d * (1 + p)
    return [
        np.array(sorted({tuple(map(int, m[:unknowns])) for m in f.monoms()}), dtype=np.int64)
        for f in reduction.reduced.equations[:unknowns]
    ]
