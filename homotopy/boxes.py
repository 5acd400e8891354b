"""Boxes around zeros, what they prove, and the certificate that carries them.

A box is data: an exact centre, radii that are powers of two, an exact preconditioner. The
Krawczyk inequality (`homotopy.krawczyk`) makes it a statement, and the checker evaluates that
inequality again from the certificate alone. Format: docs/certificates.md, kind `boxes`.
"""

from __future__ import annotations

import functools
import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, ctx
from numpy.typing import NDArray

from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from homotopy.krawczyk import power_of_two

#: Bits that make sums and differences of exact centres exact in all practical cases; where they
#: are not, Arb's radius says so and comparisons stay rigorous.
COMPARISON_BITS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A product of squares in C^n that contains exactly one zero of the system, a simple one.

    Attributes
    ----------
    center : tuple of acb
        Exact.
    exponents : tuple of int
        Coordinate k lies within 2**exponents[k] of its centre, in both parts.
    tight : tuple of int
        The zero itself lies within 2**tight[k] of the centre.
    preconditioner : acb_mat
        Exact approximate inverse of the Jacobian at the centre.
    precision : int
        Bits at which the inequality held.
    real : bool or None
        True: the zero is real. False: some coordinate is not. None: undecided.
    zero_coordinates : tuple of int
        Coordinates proved to vanish.
    """

    center: tuple[acb, ...]
    exponents: tuple[int, ...]
    tight: tuple[int, ...]
    preconditioner: acb_mat = field(repr=False)
    precision: int
    real: bool | None
    zero_coordinates: tuple[int, ...] = ()

    @property
    def point(self) -> NDArray[np.complex128]:
        """The centre rounded to complex128, shape (n,)."""
        return np.array([complex(c) for c in self.center], dtype=np.complex128)

    @property
    def radius(self) -> float:
        """Largest half side of the box, absolute."""
        return max((2.0 ** max(e, -1074) for e in self.exponents), default=0.0)

    @property
    def nonzero_coordinates(self) -> tuple[int, ...]:
        """Coordinates whose square excludes 0."""
        return tuple(
            k
            for k, (c, e) in enumerate(zip(self.center, self.exponents, strict=True))
            if _exceeds(c.real, e) or _exceeds(c.imag, e)
        )

    @property
    def in_torus(self) -> bool | None:
        """Whether all coordinates of the zero are nonzero; None if a coordinate is undecided."""
        if self.zero_coordinates:
            return False
        return True if len(self.nonzero_coordinates) == len(self.center) else None

    @property
    def pattern_decided(self) -> bool:
        """Whether it is known of every coordinate if it vanishes."""
        return len(self.zero_coordinates) + len(self.nonzero_coordinates) == len(self.center)

    @property
    def decided(self) -> bool:
        """Whether reality and the vanishing of every coordinate are known."""
        return self.real is not None and self.pattern_decided

    def balls(self) -> list[acb]:
        """Complex balls that contain the zero, as narrow as the test showed."""
        return [
            acb(
                arb(c.real, power_of_two(t)),
                arb(c.imag) if self.real else arb(c.imag, power_of_two(t)),
            )
            if k not in self.zero_coordinates
            else acb(0)
            for k, (c, t) in enumerate(zip(self.center, self.tight, strict=True))
        ]

    def to_dict(self, restricted: Sequence[int] = ()) -> dict[str, Any]:
        """The box as it stands in a certificate; the checker finds a preconditioner itself.

        Half way, in powers of two, from the tested box to the enclosure of its zero: the checker
        multiplies in another order, over wide boxes its enclosures are wider than ours.
        """
        radii = ((e + t + 1) // 2 for e, t in zip(self.exponents, self.tight, strict=True))
        entry: dict[str, Any] = {
            "center": [complex_to_strings(c) for c in self.center],
            "radius": [f"1*2^{e}" for e in radii],
        }
        if self.zero_coordinates:
            entry["zero"] = list(self.zero_coordinates)
            entry["restricted"] = list(restricted)
        return entry

    def __repr__(self) -> str:
        kind = {True: "real", False: "not real", None: "reality undecided"}[self.real]
        values = ", ".join(f"{z:.6g}" for z in self.point[:4])
        dots = ", …" if len(self.center) > 4 else ""
        return f"Box(({values}{dots}) ± {self.radius:.1e}, {kind})"


def dyadic_to_string(value: arb) -> str:
    """An exact binary number as "m*2^e"; value must be exact."""
    mantissa, exponent = value.man_exp()
    return f"{int(mantissa)}*2^{int(exponent)}"


def complex_to_strings(value: acb) -> list[str]:
    """Real and imaginary part of an exact complex number."""
    return [dyadic_to_string(value.real), dyadic_to_string(value.imag)]


def _exceeds(value: arb, exponent: int) -> bool:
    return bool(abs(value) > power_of_two(exponent))


# -- relations between two boxes ------------------------------------------------------------------


def separation(a: Box, b: Box) -> tuple[int, str] | None:
    """A coordinate and part ("re" or "im") in which the boxes are disjoint; None if they meet."""
    with ctx.workprec(COMPARISON_BITS):
        for k, (c, d) in enumerate(zip(a.center, b.center, strict=True)):
            gap = power_of_two(a.exponents[k]) + power_of_two(b.exponents[k])
            if abs(c.real - d.real) > gap:
                return k, "re"
            if abs(c.imag - d.imag) > gap:
                return k, "im"
    return None


def is_inside(inner: Box, outer: Box) -> bool:
    """Whether the zero of `inner` certainly lies in `outer`: it is then the zero of `outer`."""
    with ctx.workprec(COMPARISON_BITS):
        return all(
            abs(c.real - d.real) + power_of_two(t) <= power_of_two(e)
            and abs(c.imag - d.imag) + power_of_two(t) <= power_of_two(e)
            for c, t, d, e in zip(
                inner.center, inner.tight, outer.center, outer.exponents, strict=True
            )
        )


@functools.cache
def separating_form(n: int) -> list[tuple[int, int]]:
    """Weights (a_k, b_k) of the linear form Σ a_k·Re x_k + b_k·Im x_k used for sorting boxes.

    Small distinct-looking integers: symmetric zeros (conjugates, sign changes, permutations)
    should get different values. A bad form costs time, never correctness.
    """
    generator = np.random.default_rng(20231265)
    weights = generator.integers(3, 1000, size=(n, 2)) * generator.choice([-1, 1], size=(n, 2))
    return [(int(a), int(b)) for a, b in weights]


def ends_along_form(
    points: NDArray[np.complex128], radii: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the intervals that the separating form takes on boxes, two float64 arrays (k,).

    Widened by more than the rounding of the float arithmetic and of `points`: boxes with disjoint
    intervals are certainly disjoint.

    Parameters
    ----------
    points, radii : complex128 and float64 arrays, shape (k, n)
        Centres rounded to double precision, and half sides.
    """
    form = np.array(separating_form(points.shape[1]), dtype=float).reshape(-1, 2)
    parts = np.stack([points.real, points.imag], axis=2)
    value = (parts * form).sum(axis=(1, 2))
    slack = (np.abs(parts) * np.abs(form)).sum(axis=(1, 2)) * 2.0**-40 + 2.0**-1000
    reach = (radii * np.abs(form).sum(axis=1)).sum(axis=1) * (1 + 2.0**-40) + slack
    return value - reach, value + reach


# -- exact facts about the system -----------------------------------------------------------------


class VanishingRows:
    """Which equations vanish identically where given coordinates are zero (exact, by supports)."""

    def __init__(self, system: PolynomialSystem) -> None:
        self._present = [support > 0 for support in system.supports]

    def remaining(self, zeros: Sequence[int]) -> list[int]:
        """Indices of the equations that keep a term on x_zeros = 0."""
        columns = list(zeros)
        return [
            i
            for i, present in enumerate(self._present)
            if not bool(present[:, columns].any(axis=1).all())
        ]


def system_json(system: PolynomialSystem) -> dict[str, Any]:
    """The system as it stands in certificates: lists of [rational, exponents]."""
    return {
        "variables": list(system.variables),
        "parameters": list(system.parameters),
        "imaginary": system.imaginary,
        "equations": [
            [[str(c), [int(e) for e in exponents]] for exponents, c in f.terms()]
            for f in system.equations
        ],
    }


# -- the result ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class CertifyResult:
    """Certified zeros among the candidates of one system.

    Attributes
    ----------
    system : PolynomialSystem
    boxes : tuple of Box
        Pairwise disjoint, one per distinct certified zero, in the order of first candidates.
    assignment : int64 array, shape (number of candidates,)
        Index of the box that holds the zero a candidate belongs to; -1 if nothing was certified.
    """

    system: PolynomialSystem
    boxes: tuple[Box, ...]
    assignment: NDArray[np.int64]

    @property
    def distinct_count(self) -> int:
        """Number of distinct certified zeros."""
        return len(self.boxes)

    @property
    def real_count(self) -> int:
        """Number of zeros certified real."""
        return sum(box.real is True for box in self.boxes)

    @property
    def nonreal_count(self) -> int:
        """Number of zeros certified not real."""
        return sum(box.real is False for box in self.boxes)

    @property
    def torus_count(self) -> int:
        """Number of zeros certified to have no vanishing coordinate."""
        return sum(box.in_torus is True for box in self.boxes)

    @property
    def points(self) -> NDArray[np.complex128]:
        """Centres of the boxes in complex128, shape (k, n)."""
        n = len(self.system.variables)
        return np.array([box.point for box in self.boxes], dtype=np.complex128).reshape(-1, n)

    @property
    def patterns(self) -> dict[tuple[int, ...], int]:
        """Number of zeros per set of vanishing coordinates; undecided boxes are left out."""
        return dict(Counter(box.zero_coordinates for box in self.boxes if box.pattern_decided))

    @functools.cached_property
    def certificate(self) -> dict[str, Any]:
        """The certificate of kind `boxes` (docs/certificates.md)."""
        rows = VanishingRows(self.system)
        return {
            "schema": "critnet/certificate/2",
            "kind": "boxes",
            "system": system_json(self.system),
            "claim": {"at_least": self._claims()},
            "proof": {
                "precision": max((box.precision for box in self.boxes), default=0) + 64,
                "boxes": [box.to_dict(rows.remaining(box.zero_coordinates)) for box in self.boxes],
            },
        }

    def _claims(self) -> dict[str, int]:
        claims = {
            "complex": self.distinct_count,
            "real": self.real_count,
            "nonreal": self.nonreal_count,
        }
        for zeros, count in sorted(self.patterns.items()):
            names = ",".join(self.system.variables[k] for k in zeros)
            claims[f"pattern:{names}" if zeros else "torus"] = count
        return claims

    def lower_bound(self, kind: str = "zeros") -> Bound:
        """At least so many "zeros", "real" or "torus" zeros, all simple and distinct."""
        value = {
            "zeros": self.distinct_count,
            "real": self.real_count,
            "torus": self.torus_count,
        }[kind]
        return Bound(value, Word.CERTIFIED, "disjoint Krawczyk boxes", (self.certificate,))

    def to_dict(self) -> dict[str, Any]:
        """Counts and the assignment of candidates."""
        return {
            "distinct": self.distinct_count,
            "real": self.real_count,
            "nonreal": self.nonreal_count,
            "torus": self.torus_count,
            "assignment": self.assignment.tolist(),
        }

    def __repr__(self) -> str:
        failed = int((self.assignment < 0).sum())
        return (
            f"CertifyResult({self.distinct_count} distinct zeros, {self.real_count} real, "
            f"{self.nonreal_count} not real; {failed} of {len(self.assignment)} candidates failed)"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(k)}</th><td>{v}</td></tr>"
            for k, v in self.to_dict().items()
            if k != "assignment"
        )
        return f"<table>{rows}</table>"
