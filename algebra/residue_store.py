"""Residues of a basis over Q on disk (SQLite): a run that was killed continues with equal output.

Kept are a fingerprint of the system and of the reduced basis modulo the learning prime, the course
of the run, and per batch of primes the residues of the tails. A batch is one transaction, so a kill
loses at most the batch that was running. What is read back is checked: digests, shapes, the course
of the primes. A damaged batch is refused; a damaged course is learnt again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.orders import MonomialOrder
from algebra.shared_monomials import SharedMonomials
from algebra.stored_course import course_arrays, course_from, decoded, encoded
from algebra.tracing import Trace

SCHEMA = "critnet/residues/1"
_TABLES = """
create table if not exists header (key text primary key, value text);
create table if not exists batches (
    number integer primary key, tried text, followed text, tails blob, digest text
);
create table if not exists course (
    prime integer, name text, part integer, data blob, digest text, primary key (prime, name, part)
);
"""
#: Bytes of an array per row: SQLite's blobs end at a billion.
PART = 1 << 26


class Batch(NamedTuple):
    """Tails of the reduced basis, flat, one row per prime: uint32 (k, N).

    `tried`: the consecutive primes of the batch, of which `primes` followed the course.
    """

    tried: list[int]
    primes: list[int]
    tails: NDArray[np.uint32]


class ResidueStore:
    """The file of one run; `system` identifies the generators and the order."""

    def __init__(self, path: str | Path, system: str) -> None:
        """Open or create the file.

        Raises
        ------
        InputError
            It is no such file, or belongs to another system or order.
        """
        self.path = path
        try:
            self._connection = sqlite3.connect(path)
            self._connection.executescript(_TABLES)
        except sqlite3.Error as error:
            raise InputError(f"{path}: no store of residues that can be used ({error})") from None
        self._compare("system", json.dumps([SCHEMA, system]), "another system or order")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def learning_prime(self) -> int | None:
        """The prime whose course was accepted, if the run came that far."""
        value = self._header("learning prime")
        if value is None:
            return None
        if not value.isdecimal() or not 2 < int(value) < 2**31:
            raise self._damaged("its learning prime is none")
        return int(value)

    def accept_course(self, prime: int, monomials: SharedMonomials) -> None:
        """Record the course, or compare with the recorded one."""
        self._compare("learning prime", str(prime), "another learning prime")
        self._compare("basis", fingerprint(monomials), "another basis modulo the learning prime")

    def keep_course(self, prime: int, monomials: SharedMonomials, trace: Trace) -> None:
        """Write the course learnt modulo `prime`, in place of any other."""
        with self._writing():
            self._connection.execute("delete from course")
            for name, array in course_arrays(monomials, trace):
                data = encoded(name, array)
                for part, begin in enumerate(range(0, max(1, len(data)), PART)):
                    blob = data[begin : begin + PART]
                    digest = _digest(str(prime), name, str(part), blob)
                    row = prime, name, part, blob, digest
                    self._connection.execute("insert into course values (?, ?, ?, ?, ?)", row)

    def course(self, prime: int, n: int, terms: int) -> tuple[SharedMonomials, Trace] | None:
        """The course that was kept, checked as in `course_from`; None if missing or damaged."""
        parts: dict[str, list[bytes]] = {}
        try:
            for name, part, data, digest in self._connection.execute(
                "select name, part, data, digest from course where prime = ? order by name, part",
                (prime,),
            ):
                known = parts.setdefault(name, [])
                if part != len(known) or digest != _digest(str(prime), name, str(part), data):
                    return None
                known.append(data)
            arrays = {name: decoded(name, b"".join(blobs)) for name, blobs in parts.items()}
            return course_from(arrays, n, terms)
        except (ValueError, TypeError, AttributeError, sqlite3.Error):
            return None

    def append(self, number: int, batch: Batch) -> None:
        """Write a batch in one transaction."""
        tails = np.ascontiguousarray(batch.tails, dtype="<u4").tobytes()
        tried, primes = (",".join(map(str, values)) for values in (batch.tried, batch.primes))
        row = (number, tried, primes, tails, _digest(tried, primes, tails))
        with self._writing():
            self._connection.execute("insert or replace into batches values (?, ?, ?, ?, ?)", row)

    def batches(self, width: int) -> Iterator[Batch]:
        """The batches in order; `width`: number of coefficients.

        Raises
        ------
        InputError
            A batch is missing or damaged.
        """
        cursor = self._connection.execute("select * from batches order by number")
        for expected, (number, tried, primes, tails, digest) in enumerate(cursor):
            typed = isinstance(tried, str) and isinstance(primes, str) and isinstance(tails, bytes)
            if not typed or number != expected or digest != _digest(tried, primes, tails):
                raise self._damaged(f"batch {expected} is missing or damaged")
            batch_primes = _numbers(primes)
            if len(tails) != 4 * width * len(batch_primes):
                raise self._damaged(f"batch {expected} has the wrong length")
            residues = np.frombuffer(tails, dtype="<u4").astype(np.uint32)
            yield Batch(_numbers(tried), batch_primes, residues.reshape(len(batch_primes), width))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; `InputError` where the file cannot be written."""
        try:
            with self._connection:
                yield
        except sqlite3.Error as error:
            raise InputError(f"{self.path}: the store cannot be written ({error})") from None

    def _header(self, key: str) -> str | None:
        row = self._connection.execute("select value from header where key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _compare(self, key: str, value: str, what: str) -> None:
        """Write a header entry; `InputError` if another value stands there."""
        with self._writing():
            self._connection.execute("insert or ignore into header values (?, ?)", (key, value))
        if self._header(key) != value:
            raise InputError(f"{self.path}: belongs to {what}; give another file")

    def _damaged(self, what: str) -> InputError:
        return InputError(f"{self.path}: {what}; delete the file to start again")


def system_fingerprint(
    generators: Sequence[tuple[NDArray[np.int64], list[int]]],
    names: Sequence[str],
    order: MonomialOrder,
) -> str:
    """SHA-256 of the generators as they are handed to the engine, their ring and the order."""
    listed = [
        [exponents.tolist(), [hex(c) for c in coefficients]]
        for exponents, coefficients in generators
    ]
    return _digest(json.dumps([list(names), repr(order), listed]))


def fingerprint(monomials: SharedMonomials) -> str:
    """SHA-256 of the monomials of a reduced basis."""
    digest = hashlib.sha256()
    for exponents in monomials:
        digest.update(repr(exponents.shape).encode() + exponents.astype("<i8").tobytes())
    return digest.hexdigest()


def _numbers(text: str) -> list[int]:
    """Numbers between commas; what is none becomes 0, which is no prime."""
    return [int(part) if part.isdecimal() else 0 for part in text.split(",")] if text else []


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()
