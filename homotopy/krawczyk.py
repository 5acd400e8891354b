"""The Krawczyk test in ball arithmetic, and Newton's method at any precision.

For a box X = x̃ + [r] (each coordinate a square with half side r_i, centred at x̃_i), a plain
matrix Y, δ = Y·F(x̃) and M = I − Y·J(X), the whole test is one inequality per coordinate:

    |δ_i| + √2·Σ_j |M_ij|·r_j < r_i.                                                          (1)

The Krawczyk operator K(X) = x̃ − δ + M·(X − x̃) then lies inside X, so F has a zero in X; and
√2·max_i Σ_j |M_ij|·r_j/r_i < 1, so x ↦ x − Y·F(x) contracts X in the norm max_i |x_i|/r_i and the
zero is the only one in X, and simple. The zero lies in x̃_i ± (left side of (1)).

References
----------
R. Krawczyk, "Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken", Computing 4
(1969), 187-201. P. Breiding, K. Rose, S. Timme, "Certifying zeros of polynomial systems using
interval arithmetic", ACM Trans. Math. Software 49 (2023), Theorem 3.6.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import acb, acb_mat, arb, ctx

from homotopy.enclosures import Enclosure

#: Newton steps per precision; convergence is quadratic or the candidate is not worth more.
NEWTON_STEPS = 12


def krawczyk_bounds(
    enclosure: Enclosure,
    center: Sequence[acb],
    exponents: Sequence[int],
    preconditioner: acb_mat,
    free: Sequence[int] | None = None,
    rows: Sequence[int] | None = None,
) -> list[arb]:
    """Left sides of (1) as exact numbers (possibly infinite); `is_contained` compares.

    Parameters
    ----------
    center : n exact complex numbers
    exponents : n ints
        r_i = 2**exponents[i].
    preconditioner : acb_mat, exact, n by n
    free, rows : equally many indices, optional
        Test the restricted system instead: only the unknowns `free` move, the others stay at
        their centres, and only the equations `rows` are used. Y is then the submatrix of
        `preconditioner` with rows `free` and columns `rows`.
    """
    free = range(enclosure.n) if free is None else free
    rows = range(enclosure.n) if rows is None else rows
    radii = [power_of_two(e) for e in exponents]
    moving = set(free)
    box = [
        square(c, r) if i in moving else c
        for i, (c, r) in enumerate(zip(center, radii, strict=True))
    ]
    y = acb_mat([[preconditioner[i, k] for k in rows] for i in free])
    values = enclosure.ball_values(center)
    jacobian = enclosure.ball_jacobian(box)
    delta = y * acb_mat([[values[k]] for k in rows])
    product = y * acb_mat([[jacobian[k][j] for j in free] for k in rows])
    root_two = arb(2).sqrt()
    bounds = []
    for i in range(len(free)):
        total = arb(0)
        for j, other in enumerate(free):
            entry = product[i, j] - 1 if i == j else product[i, j]
            total += entry.abs_upper() * radii[other]
        bounds.append((delta[i, 0].abs_upper() + root_two * total).upper())
    return bounds


def is_contained(bounds: Sequence[arb], exponents: Sequence[int]) -> bool:
    """Whether (1) holds in every coordinate."""
    return all(b < power_of_two(e) for b, e in zip(bounds, exponents, strict=True))


def newton(
    enclosure: Enclosure, start: Sequence[acb], precision: int, steps: int = NEWTON_STEPS
) -> tuple[list[acb], acb_mat] | None:
    """A better candidate and an approximate inverse of the Jacobian there, both exact numbers.

    None if the Jacobian is numerically singular at `precision` bits or the iteration overflows.
    Nothing here is rigorous; `krawczyk_bounds` decides.
    """
    with ctx.workprec(precision):
        x = [midpoint(c) for c in start]
        for _ in range(steps):
            inverse = approximate_inverse(enclosure, x)
            if inverse is None:
                return None
            values = acb_mat([[midpoint(v)] for v in enclosure.ball_values(x)])
            step = (inverse * values).mid()
            x = [midpoint(c - step[i, 0]) for i, c in enumerate(x)]
            if not all(c.is_finite() for c in x):
                return None
            size = max((step[i, 0].abs_upper() for i in range(len(x))), default=arb(0))
            scale = max((c.abs_upper() for c in x), default=arb(0))
            # Quadratic convergence: below half the bits the next step would be the last.
            if size == 0 or size < scale * power_of_two(-(precision * 2) // 3):
                break
        inverse = approximate_inverse(enclosure, x)
    return None if inverse is None else (x, inverse)


def approximate_inverse(enclosure: Enclosure, x: Sequence[acb]) -> acb_mat | None:
    """Midpoint of the inverse of the Jacobian at x; None if it is numerically singular."""
    jacobian = acb_mat(enclosure.ball_jacobian(x)).mid() if len(x) else acb_mat(0, 0)
    try:
        inverse = jacobian.inv().mid()
    except ZeroDivisionError:
        return None
    return inverse if all(v.is_finite() for v in inverse.entries()) else None


def midpoint(value: acb) -> acb:
    """The exact centre of a complex ball."""
    return acb(value.real.mid(), value.imag.mid())


def square(center: acb, radius: arb) -> acb:
    """A complex ball that contains centre ± radius in both parts (flint rounds radii up)."""
    return acb(arb(center.real, radius), arb(center.imag, radius))


def power_of_two(exponent: int) -> arb:
    """2**exponent, exact."""
    return arb((1, exponent))


def exponent_above(value: arb) -> int:
    """The least e (up to one) with value < 2**e; value exact, finite, positive."""
    mantissa, exponent = value.man_exp()
    return int(exponent) + int(mantissa).bit_length()
