"""The store of a sweep: one SQLite file, one writer, one row per sample.

Rows depend on the sweep's definition and the sample's number alone and are written in whole blocks,
one transaction each: after kill −9 the file holds complete blocks, and finishing later gives the
same table as an uninterrupted run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from algebra.errors import InputError
from homotopy.errors import JournalMismatch

SCHEMA_VERSION = 3

#: (number, seed, complex count, real count, Morse indices as "index:count,…", state, note)
Row = tuple[int, str, int, int, str, str, str]

_TABLES = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sample(
    number INTEGER PRIMARY KEY, seed TEXT NOT NULL, complex INTEGER NOT NULL,
    real INTEGER NOT NULL, indices TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL);
"""

#: File systems of other machines, as /proc/self/mounts names them.
REMOTE = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "ceph", "glusterfs", "fuse.sshfs", "9p")


class SweepStore:
    """Rows of a sweep in SQLite; `path` None keeps them in memory.

    Raises
    ------
    JournalMismatch
        The file belongs to another sweep.
    InputError
        The file is not a store of a sweep.
    """

    def __init__(self, path: str | Path | None, definition: dict[str, Any]) -> None:
        self.path = None if path is None else Path(path)
        name = ":memory:" if self.path is None else str(self.path)
        try:
            self._connection = sqlite3.connect(name, isolation_level=None)
        except sqlite3.Error as error:
            raise InputError(f"{name} cannot be opened as a store: {error}") from None
        try:
            self._prepare(definition)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise InputError(f"{name} is not the store of a sweep: {error}") from None
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, definition: dict[str, Any]) -> None:
        # A write-ahead log needs shared memory, which network file systems do not have.
        mode = "DELETE" if self.path is not None and is_remote(self.path) else "WAL"
        self._connection.execute(f"PRAGMA journal_mode={mode}")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_TABLES)
        wanted = {"version": SCHEMA_VERSION, **definition}
        known = self.meta("definition")
        if known is None:
            if self.meta("member") is not None or self.counts(2**62)[0]:
                raise JournalMismatch(f"{self.path} is not the store of a sweep")
            self.set_meta("definition", wanted)
        elif known != json.loads(json.dumps(wanted)):
            different = sorted(k for k in {*known, *wanted} if known.get(k) != wanted.get(k))
            raise JournalMismatch(
                f"{self.path} holds another sweep (it differs in {', '.join(different)}): "
                "choose another --store file"
            )

    def meta(self, key: str) -> Any:
        """A value of the meta table, or None."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set_meta(self, key: str, value: Any) -> None:
        """Set a value of the meta table."""
        self._connection.execute(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value, sort_keys=True))
        )

    def numbers(self, limit: int) -> Iterator[int]:
        """Samples below `limit` that are done, ascending; one row in memory at a time."""
        query = "SELECT number FROM sample WHERE number < ? ORDER BY number"
        return (k for (k,) in self._connection.execute(query, (limit,)))

    def add(self, rows: Iterable[Row]) -> None:
        """Write a block in one transaction; rows that are there already stay."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)", rows
            )
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, limit: int) -> list[Row]:
        """Samples 0 … limit−1 that are done, in order."""
        query = (
            "SELECT number, seed, complex, real, indices, state, note FROM sample "
            "WHERE number < ? ORDER BY number"
        )
        return [tuple(row) for row in self._connection.execute(query, (limit,))]

    def histogram(self, limit: int) -> dict[int, int]:
        """Number of good samples below `limit` per real count."""
        query = (
            "SELECT real, COUNT(*) FROM sample WHERE state = 'ok' AND number < ? "
            "GROUP BY real ORDER BY real"
        )
        return dict(self._connection.execute(query, (limit,)))

    def indices(self, limit: int) -> dict[str, int]:
        """Number of good samples below `limit` per list of Morse indices; "" where unknown."""
        query = (
            "SELECT indices, COUNT(*) FROM sample WHERE state = 'ok' AND number < ? "
            "GROUP BY indices ORDER BY indices"
        )
        return dict(self._connection.execute(query, (limit,)))

    def counts(self, limit: int) -> tuple[int, int]:
        """Samples below `limit` that are done, and how many of them failed."""
        query = "SELECT COUNT(*), COALESCE(SUM(state != 'ok'), 0) FROM sample WHERE number < ?"
        done, failed = self._connection.execute(query, (limit,)).fetchone()
        return int(done), int(failed)

    def best(self, limit: int) -> Row | None:
        """The first sample below `limit` with the most real zeros."""
        query = (
            "SELECT number, seed, complex, real, indices, state, note FROM sample "
            "WHERE state = 'ok' AND number < ? ORDER BY real DESC, number LIMIT 1"
        )
        row = self._connection.execute(query, (limit,)).fetchone()
        return None if row is None else tuple(row)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> SweepStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def is_remote(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether the file lies on a file system of another machine; False where that is unknown."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    folder = path.resolve().parent
    places = [entry for entry in map(str.split, lines) if len(entry) > 2]
    held = [(e[1], e[2]) for e in places if folder.is_relative_to(e[1])]
    kind = max(held, key=lambda entry: len(entry[0]), default=("", ""))[1]
    return kind.startswith(REMOTE)
