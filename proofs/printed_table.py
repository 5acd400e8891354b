"""Table 3.1 as printed in the thesis: reference data, and which rows there are.

A. Bharadwaj, "Critical Points of Deep Linear Networks in C^N", San Francisco State University,
Table 3.1.
"""

from __future__ import annotations

from collections.abc import Iterable

from algebra.errors import InputError
from algebra.networks import LinearNetwork

COLUMNS = ("N", "CBB", "BKK", "B_C", "B_Cstar", "N_C", "N_Cstar", "max_N_R")

#: No., d, d_x, d_y, N, CBB, BKK, B_C, B_C*, N_C, N_C*, max N_R, as printed in the thesis. Reference
#: data only: nothing is computed from the columns after d_y.
PRINTED = (
    (1, 1, 1, 1, 2, 9, 5, 5, 4, 5, 4, 3),
    (2, 1, 2, 1, 3, 27, 9, 5, 4, 5, 4, 3),
    (3, 1, 3, 1, 4, 81, 13, 5, 4, 5, 4, 3),
    (4, 1, 1, 2, 3, 27, 9, 9, 8, 9, 8, 3),
    (5, 1, 2, 2, 4, 81, 33, 9, 8, 9, 8, 3),
    (6, 1, 3, 2, 5, 243, 73, 9, 8, 9, 8, 3),
    (7, 1, 1, 3, 4, 81, 13, 13, 12, 13, 12, 3),
    (8, 1, 2, 3, 5, 243, 73, 13, 12, 13, 12, 3),
    (9, 1, 3, 3, 6, 729, 245, 13, 12, 13, 12, 3),
    (10, 2, 1, 1, 4, 81, 25, 25, 16, 9, 0, 4),
    (11, 2, 2, 1, 6, 729, 81, 25, 16, 9, 0, 5),
    (12, 2, 3, 1, 8, 6561, 169, 25, 16, 9, 0, 5),
    (13, 2, 1, 2, 6, 729, 81, 81, 64, 33, 16, 9),
    (14, 2, 2, 2, 8, 6561, 1089, 81, 64, 33, 16, 9),
    (15, 2, 3, 2, 10, 59049, 5329, 81, 64, 33, 16, 9),
    (16, 2, 1, 3, 8, 6561, 169, 169, 144, 73, 48, 9),
    (17, 2, 2, 3, 10, 59049, 5329, 169, 144, 73, 48, 9),
    (18, 2, 3, 3, 12, 531441, 60025, 169, 144, 73, 48, 9),
    (19, 3, 1, 1, 6, 729, 125, 125, 64, 13, 0, 7),
    (20, 3, 2, 1, 9, 19683, 729, 125, 64, 13, 0, 7),
    (21, 3, 3, 1, 12, 531441, 2197, 125, 64, 13, 0, 7),
    (22, 3, 1, 2, 9, 19683, 729, 729, 512, 73, 0, 19),
    (23, 3, 2, 2, 12, 531441, 35937, 729, 512, 73, 0, 19),
    (24, 3, 3, 2, 15, 14348907, 389017, 729, 512, 73, 0, 19),
    (25, 3, 1, 3, 12, 531441, 2197, 2197, 1728, 245, 64, 27),
    (26, 3, 2, 3, 15, 14348907, 389017, 2197, 1728, 245, 64, 27),
)


def parse_rows(rows: str | Iterable[int] | None) -> list[int]:
    """Row numbers from "1-26", "3,7-9", numbers, or None for all.

    Raises
    ------
    InputError
        Not such a text, or no such row.
    """
    if rows is None:
        return [row[0] for row in PRINTED]
    if isinstance(rows, str):
        numbers: list[int] = []
        for part in rows.split(","):
            first, _, last = part.strip().partition("-")
            if not (first.isascii() and first.isdigit()) or (last and not last.isdigit()):
                raise InputError(f"rows {rows[:40]!r}: expected numbers and ranges such as 3,7-9")
            if len(first) > 4 or len(last) > 4:
                raise InputError(f"rows {rows[:40]!r}: expected 1 to {len(PRINTED)}")
            numbers += range(int(first), int(last or first) + 1)
    else:
        numbers = [int(number) for number in rows]
    for number in numbers:
        if not 1 <= number <= len(PRINTED):
            raise InputError(f"row {number}: expected 1 to {len(PRINTED)}")
    return list(dict.fromkeys(numbers))


def printed_row(network: LinearNetwork) -> int | None:
    """Number of the row with these widths, for m = 1, or None."""
    if network.m != 1 or network.hidden_layers != 1:
        return None
    dx, d, dy = network.widths
    return next((row[0] for row in PRINTED if row[1:4] == (d, dx, dy)), None)
