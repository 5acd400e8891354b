"""Certification of zeros: existence, uniqueness, distinctness, reality, exact zero coordinates.

Candidates come from anywhere; the coefficients are exact and never pass through floats. Each
candidate is polished, boxed and tested by the Krawczyk inequality (`homotopy.krawczyk`); the
precision doubles until everything about the zero is decided or the limit is reached.

* Real: the centre is real and F has real coefficients. Conjugation maps the box to itself, the
  zero in it is unique, hence equal to its conjugate.
* Zero coordinates Z: the equations that do not vanish identically on x_Z = 0 are as many as the
  other unknowns, and pass the test there. Their zero, filled up with zeros, is a zero of F in the
  box, hence the one.
* Singular zeros never pass: the inequality implies an invertible Jacobian.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, ctx, fmpq

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.boxes import Box, CertifyResult, VanishingRows, ends_along_form, is_inside, separation
from homotopy.compiled import MAX_UNKNOWNS, CompiledCertifier
from homotopy.enclosures import Enclosure
from homotopy.kernels.intervals import FAILED
from homotopy.krawczyk import (
    exponent_above,
    is_contained,
    krawczyk_bounds,
    midpoint,
    newton,
    power_of_two,
)

#: Times the radii are enlarged where the inequality fails.
ENLARGEMENTS = 6
#: Bits kept below the test's own rounding, so that a checker with another order of operations
#: or more precision accepts as well.
INFLATION_BITS = 9
#: Boxes that hold their zero by fewer bits than this are made again with twice the precision: a
#: checker whose enclosures are a little wider would refuse them.
MARGIN_BITS = 3


def certify(
    system: PolynomialSystem,
    points: Iterable[Any],
    *,
    precision: int = 53,
    max_precision: int = 512,
    budget: Budget = UNLIMITED,
) -> CertifyResult:
    """Certify candidates as simple zeros of a square system with exact coefficients.

    Parameters
    ----------
    system : PolynomialSystem
        Square, specialised; rational or complex rational coefficients.
    points : array_like (k, n), or k sequences of n numbers
        Candidates: complex, or exact and high-precision numbers (int, Fraction, fmpq, arb, acb).
    precision, max_precision : int
        Bits to start with and to stop at; doubled in between.

    Returns
    -------
    CertifyResult
        Distinct certified boxes; candidates of the same zero share a box.

    Raises
    ------
    InputError
        The system is not square or has parameters, or a candidate has the wrong length.
    LimitReached
        `partial` is the CertifyResult of the candidates done so far.

    Examples
    --------
    >>> system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -2}])
    >>> certify(system, [[1.4142], [-1.4142], [1.41421356]])
    CertifyResult(2 distinct zeros, 2 real, 0 not real; 0 of 3 candidates failed)
    """
    if not 2 <= precision <= max_precision:
        raise InputError(f"precision {precision}: expected 2 ≤ precision ≤ {max_precision}")
    enclosure = Enclosure.of(system)
    candidates = [_exact_point(point, enclosure.n) for point in points]
    vanishing = VanishingRows(system)
    found = _compiled_boxes(system, enclosure, candidates, precision)
    tight = {k for k, box in enumerate(found) if box is not None and _margin(box) < MARGIN_BITS}
    open_candidates = [
        k for k, box in enumerate(found) if box is None or not box.decided or k in tight
    ]
    for done, k in enumerate(open_candidates):
        if done % 16 == 0:
            budget.check(_collect(system, enclosure, vanishing, found, max_precision))
            budget.report("certifying", done, len(open_candidates))
        first = min(precision * 2, max_precision) if k in tight else precision
        box = certify_point(enclosure, vanishing, candidates[k], first, max_precision)
        if box is not None and (found[k] is None or box.decided):
            found[k] = box
    return _collect(system, enclosure, vanishing, found, max_precision)


def _compiled_boxes(
    system: PolynomialSystem,
    enclosure: Enclosure,
    candidates: Sequence[Sequence[acb]],
    precision: int,
) -> list[Box | None]:
    """Boxes found in compiled double precision; None where that fails or is not applicable."""
    n = enclosure.n
    if precision != 53 or not 0 < n <= MAX_UNKNOWNS or not candidates:
        return [None] * len(candidates)
    certifier = CompiledCertifier(enclosure.values_and_jacobian, system.supports)
    points = np.array([[complex(z) for z in point] for point in candidates], dtype=np.complex128)
    batch = certifier.certify(points)
    return [batch.box(k) if batch.status[k] != FAILED else None for k in range(len(candidates))]


def refine(system: PolynomialSystem, box: Box, digits: int) -> Box:
    """The same zero in a box of radius at most 10**-digits · max(1, |x|).

    Raises
    ------
    InputError
        `box` does not belong to `system`, or digits is not positive.
    """
    if digits < 1:
        raise InputError(f"digits = {digits}: expected a positive number")
    enclosure, vanishing = Enclosure.of(system), VanishingRows(system)
    if len(box.center) != enclosure.n:
        raise InputError(f"a box in {len(box.center)} unknowns: expected {enclosure.n}")
    wanted = int(digits * 3.3219281) + 1
    precision = max(box.precision, wanted + 16)
    for _ in range(8):
        sharper = certify_point(
            enclosure, vanishing, box.center, precision, precision, inflations=(4,)
        )
        if sharper is not None and is_inside(sharper, box):
            scale = max(0, *(_exponent(c) for c in box.center))
            if max(sharper.tight) <= scale - wanted:
                return replace(sharper, real=box.real, zero_coordinates=box.zero_coordinates)
        precision += precision // 2
    raise InputError(f"{box!r} could not be refined: is it a box of {system!r}?")


def certify_point(
    enclosure: Enclosure,
    vanishing: VanishingRows,
    candidate: Sequence[acb],
    precision: int,
    max_precision: int,
    inflations: Sequence[int] | None = None,
) -> Box | None:
    """The best box for one candidate: decided if possible, None if nothing can be certified."""
    best: Box | None = None
    for bits in _precisions(precision, max_precision):
        polished = newton(enclosure, candidate, bits)
        if polished is None:
            continue
        point, inverse = polished
        with ctx.workprec(bits):
            for center in snapped_centers(point, bits, enclosure.is_real):
                box = _box_around(enclosure, vanishing, center, inverse, bits, inflations)
                if box is not None and not box.decided:
                    # What the box cannot tell from 0 may be 0.
                    again = snapped_to_box(box, enclosure.is_real)
                    other = _box_around(enclosure, vanishing, again, inverse, bits, inflations)
                    box = box if other is None else max(box, other, key=_knowledge)
                if box is not None and (best is None or _knowledge(box) > _knowledge(best)):
                    best = box
                if box is not None and box.decided:
                    return box
        # The polished point is worth keeping only if the iteration stayed near a zero.
        if best is not None:
            candidate = best.center
    return best


def snapped_centers(point: Sequence[acb], bits: int, real: bool) -> Iterator[list[acb]]:
    """The point with its negligible imaginary parts and coordinates set to 0, then without."""
    scale = max((c.abs_upper() for c in point), default=arb(0))
    small = scale * power_of_two(-bits // 2)
    tiny = {k for k, c in enumerate(point) if c.abs_upper() <= small}
    almost_real = real and all(abs(c.imag) <= small for c in point)
    choices = [(True, True), (True, False), (False, True), (False, False)]
    seen: list[list[acb]] = []
    for as_real, with_zeros in choices:
        if as_real and not almost_real:
            continue
        center = [
            acb(0) if with_zeros and k in tiny else (acb(c.real) if as_real else c)
            for k, c in enumerate(point)
        ]
        if not any(all(a == b for a, b in zip(center, old, strict=True)) for old in seen):
            seen.append(center)
            yield center


def snapped_to_box(box: Box, real: bool) -> list[acb]:
    """The centre with 0 for the coordinates and imaginary parts that the box does not exclude."""
    nonzero = box.nonzero_coordinates
    flat = real and all(
        abs(c.imag) <= power_of_two(e) for c, e in zip(box.center, box.exponents, strict=True)
    )
    return [
        acb(0) if k not in nonzero else (acb(c.real) if flat else c)
        for k, c in enumerate(box.center)
    ]


def _box_around(
    enclosure: Enclosure,
    vanishing: VanishingRows,
    center: Sequence[acb],
    inverse: acb_mat,
    bits: int,
    inflations: Sequence[int] | None,
) -> Box | None:
    """A box that passes the Krawczyk test, with what it says; None if no radius passes."""
    values = enclosure.ball_values(center)
    step = inverse * acb_mat([[v] for v in values])
    scale = max((c.abs_upper() for c in center), default=arb(0))
    if scale == 0:
        scale = arb(1)
    base = []
    for i, c in enumerate(center):
        floor = max(c.abs_upper(), scale * power_of_two(-20)) * power_of_two(-bits)
        size = max(step[i, 0].abs_upper(), floor)
        if not size.is_finite():
            return None
        base.append(exponent_above(size))
    # Generous radii first: they leave room for other orders of operations. Then the smallest ones.
    for inflation in inflations or (max(INFLATION_BITS, bits // 4), 4, 1):
        exponents = [b + inflation for b in base]
        for _ in range(ENLARGEMENTS if inflation < INFLATION_BITS else 1):
            bounds = krawczyk_bounds(enclosure, center, exponents, inverse)
            if not all(b.is_finite() for b in bounds):
                break
            if is_contained(bounds, exponents):
                tight = tuple(
                    exponent_above(b) if b > 0 else e
                    for b, e in zip(bounds, exponents, strict=True)
                )
                box = Box(tuple(center), tuple(exponents), tight, inverse, bits, None)
                return _describe(enclosure, vanishing, box)
            # A coordinate that the others push out of its square gets a larger one.
            exponents = [
                e if b < power_of_two(e) else exponent_above(b) + 1
                for b, e in zip(bounds, exponents, strict=True)
            ]
    return None


def _describe(enclosure: Enclosure, vanishing: VanishingRows, box: Box) -> Box:
    """The box with what it proves about reality and zero coordinates."""
    real: bool | None = None
    if enclosure.is_real and all(c.imag == 0 for c in box.center):
        real = True
    elif any(abs(c.imag) > power_of_two(e) for c, e in zip(box.center, box.exponents, strict=True)):
        real = False
    zeros = tuple(k for k, c in enumerate(box.center) if c == 0)
    if zeros and not _zeros_proved(enclosure, vanishing, box, zeros):
        zeros = ()
    return replace(box, real=real, zero_coordinates=zeros)


def _zeros_proved(
    enclosure: Enclosure, vanishing: VanishingRows, box: Box, zeros: tuple[int, ...]
) -> bool:
    """Whether the restricted system has a zero in the box intersected with x_zeros = 0."""
    rows = vanishing.remaining(zeros)
    free = [k for k in range(enclosure.n) if k not in zeros]
    if len(rows) != len(free):
        return False
    if not free:
        return True
    bounds = krawczyk_bounds(
        enclosure, box.center, box.exponents, box.preconditioner, free=free, rows=rows
    )
    return is_contained(bounds, [box.exponents[k] for k in free])


def _collect(
    system: PolynomialSystem,
    enclosure: Enclosure,
    vanishing: VanishingRows,
    found: Sequence[Box | None],
    max_precision: int,
) -> CertifyResult:
    """Merge boxes of the same zero, sharpen boxes that meet without being the same."""
    owners = [k for k, box in enumerate(found) if box is not None]
    boxes = [box for box in found if box is not None]
    shape = (len(boxes), enclosure.n)
    exponents = np.array([box.exponents for box in boxes], dtype=np.int64).reshape(shape)
    low, high = ends_along_form(
        np.array([box.point for box in boxes], dtype=np.complex128).reshape(shape),
        np.ldexp(1.0, np.clip(exponents, -1000, 1023).astype(np.int32)),
    )
    # The first box of each zero in the sweep stands for it; -1: one zero or two is not known.
    stands_for: dict[int, int] = {}
    active: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (low[i], i)):
        # Non-finite ends compare as "still active", which is the safe side.
        active = [k for k in active if not high[k] < low[i]]
        for k in active:
            same = _same_zero(enclosure, vanishing, boxes, k, i, max_precision)
            if same is not False:
                stands_for[i] = k if same else -1
                break
        else:
            stands_for[i] = i
            active.append(i)
    kept: dict[int, int] = {}  # standing box: position, in the order of first candidates
    assignment = np.full(len(found), -1, dtype=np.int64)
    for i, owner in enumerate(owners):
        if stands_for[i] >= 0:
            assignment[owner] = kept.setdefault(stands_for[i], len(kept))
    return CertifyResult(system, tuple(boxes[i] for i in kept), assignment)


def _same_zero(
    enclosure: Enclosure,
    vanishing: VanishingRows,
    boxes: list[Box],
    i: int,
    j: int,
    max_precision: int,
) -> bool | None:
    """Whether two boxes hold the same zero, sharpening both in place as needed; None: not known."""
    while True:
        if separation(boxes[i], boxes[j]) is not None:
            return False
        if is_inside(boxes[j], boxes[i]) or is_inside(boxes[i], boxes[j]):
            return True
        for k in (i, j):
            sharper = _sharpen(enclosure, vanishing, boxes[k], max_precision)
            if sharper is None:
                return None
            boxes[k] = sharper


def _sharpen(
    enclosure: Enclosure, vanishing: VanishingRows, box: Box, max_precision: int
) -> Box | None:
    """A box of the same zero with a radius below the square of the old one, if allowed."""
    bits = box.precision * 2
    if bits > max(max_precision, 2 * 53):
        return None
    sharper = certify_point(enclosure, vanishing, box.center, bits, bits)
    if sharper is None or not is_inside(sharper, box):
        return None
    return sharper


def _precisions(first: int, last: int) -> Iterator[int]:
    bits = first
    while bits < last:
        yield bits
        bits *= 2
    yield last


def _knowledge(box: Box) -> tuple[bool, int]:
    known = len(box.zero_coordinates) + len(box.nonzero_coordinates)
    return box.real is not None, known


def _margin(box: Box) -> int:
    """Bits between the enclosure of the zero and the box, least over the coordinates."""
    return min((e - t for e, t in zip(box.exponents, box.tight, strict=True)), default=0)


def _exponent(value: acb) -> int:
    size = value.abs_upper()
    return exponent_above(size) if size > 0 else 0


def _exact_point(point: Any, n: int) -> list[acb]:
    coordinates = [_exact_number(v) for v in point]
    if len(coordinates) != n:
        raise InputError(f"a candidate of length {len(coordinates)}: expected {n} coordinates")
    return coordinates


def _exact_number(value: Any) -> acb:
    """A candidate's coordinate as an exact complex number (rationals rounded to 2048 bits)."""
    if isinstance(value, acb | arb):
        return midpoint(acb(value))
    if isinstance(value, int | Fraction):
        value = fmpq(value.numerator, value.denominator)
    if isinstance(value, fmpq):
        with ctx.workprec(2048):
            return midpoint(acb(arb(value)))
    number = complex(value)
    return acb(number.real, number.imag)
