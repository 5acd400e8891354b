"""The course of a run over Q as arrays of numbers and back, with every index checked.

What is read from a file drives kernels that check nothing: a number out of range would read or
write foreign memory. Damage that a checksum misses has to end here, in a `ValueError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.shared_monomials import SharedMonomials
from algebra.tracing import Sparsity, Trace, TraceRound

Array = NDArray[Any]
#: Names of the arrays and their types: of the whole course, and of every round.
_HEAD = {"table": "<i8", "start": "<i8", "numbers": "<i4", "terms": "<i8", "sizes": "<i8"}
_ROUND = {
    "sizes": "<i8", "rows": "<i8", "entries": "<i4", "values": "<i8", "pivots": "<i4",
    "lower": "<i4", "found": "<i8", "found entries": "<i4", "order": "<i4", "result": "<i8",
    "result entries": "<i4",
}  # fmt: skip


def course_arrays(monomials: SharedMonomials, trace: Trace) -> Iterator[tuple[str, Array]]:
    """Named flat arrays that say everything about the reduced basis' monomials and the trace."""
    sizes = np.array([trace.store_size, len(trace.rounds), len(monomials.table)], dtype=np.int64)
    head = monomials.table.reshape(-1), monomials.start, monomials.numbers, trace.terms, sizes
    yield from zip(_HEAD, head, strict=True)
    for k, r in enumerate(trace.rounds):
        found = r.found or Sparsity(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
        arrays = (
            np.array([r.columns, r.offset], dtype=np.int64), r.rows.start, r.rows.columns,
            r.row_values, r.pivot_row, r.lower, found.start, found.columns, r.order,
            r.result.start, r.result.columns,
        )  # fmt: skip
        yield from zip((f"{k} {name}" for name in _ROUND), arrays, strict=True)


def decoded(name: str, data: bytes) -> Array:
    """The array of this name from its little-endian bytes."""
    kind = _HEAD.get(name) or _ROUND.get(name.partition(" ")[2])
    if kind is None:
        raise ValueError(f"no course: an array called {name}")
    return np.frombuffer(data, dtype=kind).astype(kind[1:])


def encoded(name: str, array: Array) -> bytes:
    """Inverse of `decoded`."""
    kind = _HEAD.get(name) or _ROUND[name.partition(" ")[2]]
    return np.ascontiguousarray(array, dtype=kind).tobytes()


def course_from(arrays: Mapping[str, Array], n: int, terms: int) -> tuple[SharedMonomials, Trace]:
    """What `course_arrays` gave, in a ring of n variables, for generators of so many terms.

    Raises
    ------
    ValueError
        The arrays do not describe a course.
    """
    try:
        return _course(arrays, n, terms)
    except (KeyError, IndexError) as error:
        raise ValueError(f"no course: {error}") from None


def _course(arrays: Mapping[str, Array], n: int, terms: int) -> tuple[SharedMonomials, Trace]:
    table, start, numbers, places, sizes = (arrays[name] for name in _HEAD)
    _require(len(sizes) == 3 and (sizes >= 0).all(), "sizes")
    store_size, rounds, height = map(int, sizes)
    _require(len(table) == height * n and (table >= 0).all(), "exponents")
    _check_rows(start, numbers, height, nonempty=True)
    _require(
        _within(places, 0, terms) and len(arrays) == len(_HEAD) + rounds * len(_ROUND), "terms"
    )
    monomials = SharedMonomials(table.reshape(height, n), start, numbers)
    trace = Trace(places, [], store_size)
    filled = len(places)
    for k in range(rounds):
        last = k == rounds - 1
        values = [arrays[f"{k} {name}"] for name in _ROUND]
        trace.rounds.append(_round(values, filled, last))
        if not last:
            filled = trace.rounds[-1].offset + len(trace.rounds[-1].result.columns)
    _require(rounds > 0 and filled == store_size, "size of the store")
    tails = trace.rounds[-1].result.start
    _require(np.array_equal(np.diff(tails), monomials.lengths - 1), "lengths of the tails")
    return monomials, trace


def _round(values: list[Array], filled: int, last: bool) -> TraceRound:
    """One round, whose rows have coefficients among the first `filled` of the store."""
    sizes, rows, entries, row_values, pivots, lower, found, found_entries, order, result, tails = (
        values
    )
    _require(len(sizes) == 2, "sizes of a round")
    columns, offset = map(int, sizes)
    _check_rows(rows, entries, columns)
    count = len(rows) - 1
    lengths = np.diff(rows)
    _require(len(row_values) == count and _within(row_values, 0, filled + 1), "coefficients")
    _require((row_values + lengths <= filled).all(), "coefficients")
    _require(len(pivots) == columns and _within(pivots, -1, count), "pivots")
    # A pivot row clears its own column: it begins there.
    leading = np.flatnonzero(pivots >= 0)
    _require((lengths[pivots[leading]] > 0).all(), "pivots")
    _require((entries[rows[pivots[leading]]] == leading).all(), "pivots")
    _require(_within(lower, 0, count), "lower rows")
    _check_rows(result, tails, columns, nonempty=not last, ascending=True)
    echelon = None
    if last:
        _require(len(lower) == len(result) - 1 and offset == 0, "last round")
        _require(not found.any() and np.array_equal(order, lower), "last round")
        _check_rows(found, found_entries, columns)
        _require((lengths[lower] > 0).all(), "last round")
    else:
        _check_rows(found, found_entries, columns, nonempty=True, ascending=True)
        new = len(found) - 1
        _require(len(lower) == new == len(order) == len(result) - 1, "new rows")
        _require(np.array_equal(np.sort(order), np.arange(new)) and offset == filled, "new rows")
        echelon = Sparsity(found, found_entries)
    return TraceRound(
        columns, Sparsity(rows, entries), row_values, pivots, lower, echelon, order,
        Sparsity(result, tails), offset,
    )  # fmt: skip


def _check_rows(
    start: Array, entries: Array, columns: int, *, nonempty: bool = False, ascending: bool = False
) -> None:
    """Rows begin one after the other, end with the entries, and name existing columns."""
    _require(len(start) > 0 and start[0] == 0 and start[-1] == len(entries), "beginnings of rows")
    lengths = np.diff(start)
    _require((lengths >= int(nonempty)).all(), "lengths of rows")
    _require(_within(entries, 0, columns), "columns")
    if ascending and len(entries) > 1:
        rising = entries[1:] > entries[:-1]
        rising[start[1:-1][(start[1:-1] > 0) & (start[1:-1] < len(entries))] - 1] = True
        _require(rising.all(), "order of columns")


def _within(values: Array, low: int, end: int) -> bool:
    return len(values) == 0 or (int(values.min()) >= low and int(values.max()) < end)


def _require(condition: bool | np.bool_, what: str) -> None:
    if not condition:
        raise ValueError(f"no course: {what}")
