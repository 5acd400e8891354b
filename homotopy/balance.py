"""Whether the asymptotics that a path shows near t = 0 can be its last.

Where x_i ~ a_i·t^ν_i, a term c·x^a of the target goes like t^⟨a, ν⟩. In an equation the largest
terms balance each other (or the start system's part, which then is as large). If that lasts to
t = 0, no other term may have a smaller exponent: it would overtake the largest, of size M and
exponent e, at t' = t·(m/M)^(1/(e − e')), however small it is now. Zeros with coordinates like
10⁶ or 10⁻⁷ come from such changes at t' = 10⁻²⁰; before, their paths look divergent or singular.

This is the condition that a face of the target's Newton polytopes carries the limit: D. N.
Bernshtein, Functional Analysis and its Applications 9 (1975), 183-185; exponents as in B. Huber,
J. Verschelde, Numer. Algorithms 18 (1998).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algebra.systems import PolynomialSystem
from homotopy.results import PathStatus
from homotopy.tracker import TrackResult

FloatArray = NDArray[np.float64]

#: Exponents closer than this count as equal: they are measured at finite t, and the errors of the
#: coordinates' exponents add up in a term's; the second number is allowed per unit of |a − a'|.
SAME_EXPONENT, SAME_PER_DEGREE = 0.03, 0.01
#: Overtakings at smaller log t are left alone: numbers would not reach that far.
FARTHEST = -500.0
#: Paths examined at a time: bounds the size of the tables of terms.
CHUNK = 4096


def overtaking_times(system: PolynomialSystem, ends: TrackResult) -> FloatArray:
    """Smallest log t at which the balance of a divergent or singular path will change, shape (k,).

    NaN for other paths and where nothing changes as far as the measured exponents tell.
    """
    out = np.full(len(ends), np.nan)
    indices = ends.of(PathStatus.AT_INFINITY, PathStatus.SINGULAR)
    indices = indices[np.isfinite(ends.last_t[indices]) & (ends.last_t[indices] > 0)]
    for begin in range(0, len(indices), CHUNK):
        chunk = indices[begin : begin + CHUNK]
        out[chunk] = _earliest_to_latest(
            system, ends.last[chunk], ends.valuations[chunk], np.log(ends.last_t[chunk])
        )
    return out


def _earliest_to_latest(
    system: PolynomialSystem,
    points: NDArray[np.complex128],
    valuations: FloatArray,
    times: FloatArray,
) -> FloatArray:
    # A vanishing coordinate makes its terms vanish for good.
    sizes = np.log(np.maximum(np.abs(points), 1e-290))
    latest = np.full(len(points), np.inf)
    for support, values in zip(system.supports, system.coefficients, strict=True):
        if len(support) < 2:
            continue
        magnitudes = sizes @ support.T + np.log(np.abs(values))
        exponents = valuations @ support.T
        rows = np.arange(len(points))
        largest = np.argmax(magnitudes, axis=1)
        lead = exponents[rows, largest][:, None] - exponents
        gap = magnitudes[rows, largest][:, None] - magnitudes
        moved = np.abs(support[largest][:, None, :] - support[None, :, :]).sum(axis=2)
        clear = lead > np.maximum(SAME_EXPONENT, SAME_PER_DEGREE * moved)
        overtaking = times[:, None] - gap / np.where(clear, lead, 1.0)
        found = clear & (overtaking > FARTHEST)
        latest = np.minimum(latest, np.where(found, overtaking, np.inf).min(axis=1))
    return np.where(np.isfinite(latest), latest, np.nan)
