"""Supports of polynomial systems: one integer array of exponent vectors per equation.

Arrays are int64 where the entries fit and hold Python integers (dtype object) where they do not;
everything downstream either proves that int64 suffices or computes with Python integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.errors import NotSquare
from polytopes.errors import SupportError

IntArray = NDArray[np.int64]
#: int64, or Python integers in an object array where int64 is too narrow.
ExactArray = NDArray[Any]

#: Entries up to this size survive differences and short sums in int64.
INT64_SAFE = 2**61


def as_support(rows: Any, n: int | None = None, index: int = 0) -> ExactArray:
    """One support as an exact (m, n) array, rows in the given order.

    Parameters
    ----------
    rows : array_like of integers, shape (m, n)
        Floats are accepted only if they are integers; Python integers of any size are.
    n : int or None
        Expected number of columns.
    index : int
        Number of the equation, for messages.

    Raises
    ------
    SupportError
        The support is empty, ragged, not integer, or has another number of columns.
    """
    where = f"support {index + 1}"
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "i" and rows.ndim == 2 and rows.size:
        fits = int(rows.min()) >= -INT64_SAFE and int(rows.max()) <= INT64_SAFE
        if fits and n in (None, rows.shape[1]):
            return rows.astype(np.int64)
    try:
        array = np.array(rows, dtype=object)
    except ValueError as error:
        raise SupportError(f"{where}: rows of different lengths; expected shape (m, n)") from error
    if array.size == 0 and array.shape[:1] == (0,):
        raise SupportError(f"{where} is empty: equation {index + 1} is zero; remove it")
    if array.ndim != 2:
        raise SupportError(f"{where} has shape {array.shape}; expected (m, n), one row per term")
    if n is not None and array.shape[1] != n:
        raise SupportError(f"{where} has {array.shape[1]} columns; expected {n}")
    entries = [_as_integer(x, where) for x in array.ravel()]
    return _narrow(entries, array.shape)


def as_supports(supports: Sequence[Any]) -> list[ExactArray]:
    """As many supports as variables, each an exact (m_i, n) array without repeated rows.

    Raises
    ------
    SupportError
        As `as_support`, or there are none.
    NotSquare
        Their number differs from the number of variables.
    """
    if len(supports) == 0:
        raise SupportError("no supports: expected one per equation")
    arrays = [as_support(a, None, i) for i, a in enumerate(supports)]
    n = arrays[0].shape[1]
    arrays = [as_support(a, n, i) for i, a in enumerate(arrays)]
    if len(arrays) != n:
        raise NotSquare(len(arrays), n)
    return [unique_rows(a) for a in arrays]


def unique_rows(support: ExactArray) -> ExactArray:
    """The support without repeated rows; the first of equal rows stays where it is."""
    seen: dict[tuple[int, ...], int] = {}
    for i, row in enumerate(support.tolist()):
        seen.setdefault(tuple(row), i)
    return support if len(seen) == len(support) else support[sorted(seen.values())]


def with_origin(support: ExactArray) -> ExactArray:
    """The support with the origin appended as last row if it lacks it."""
    if any(not any(row) for row in support):
        return support
    return np.concatenate([support, np.zeros((1, support.shape[1]), dtype=support.dtype)])


def translated(support: ExactArray) -> ExactArray:
    """The support moved so that every coordinate's minimum is 0."""
    if support.dtype == np.int64:
        low, high = support.min(axis=0), support.max(axis=0)
        if max(-int(low.min()), int(high.max())) <= INT64_SAFE:
            return support - low
    rows = [[int(x) for x in row] for row in support]
    low_exact = [min(column) for column in zip(*rows, strict=True)]
    return _narrow(
        [x - m for row in rows for x, m in zip(row, low_exact, strict=True)], support.shape
    )


def narrowed(rows: Sequence[Sequence[int]]) -> ExactArray:
    """Rows of Python integers (at least one) as an exact array."""
    return _narrow([x for row in rows for x in row], (len(rows), len(rows[0])))


def distinct_rows(rows: Sequence[Sequence[int]]) -> ExactArray:
    """Rows of Python integers as an exact array, each once; (0, 0) if there are none."""
    return unique_rows(narrowed(rows)) if rows else np.empty((0, 0), np.int64)


def _as_integer(x: Any, where: str) -> int:
    """`x` as a Python integer if it is one."""
    if isinstance(x, bool | np.bool_) or not isinstance(x, int | float | np.integer | np.floating):
        raise SupportError(f"{where}: exponent {x!r} is not an integer")
    if isinstance(x, float | np.floating) and not float(x).is_integer():
        raise SupportError(f"{where}: exponent {x!r} is not an integer")
    return int(x)


def _narrow(entries: Sequence[int], shape: tuple[int, ...]) -> ExactArray:
    """The entries as int64 where all of them fit, as Python integers otherwise."""
    if all(-INT64_SAFE <= x <= INT64_SAFE for x in entries):
        return np.array(entries, dtype=np.int64).reshape(shape)
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out.reshape(shape)
