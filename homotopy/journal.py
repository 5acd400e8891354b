"""A journal of ended paths in SQLite: a solve that was killed continues with identical output.

Every call of `track` inside a solve is numbered; its rows are written batch by batch in one
transaction each, so that kill -9 loses at most the running batch. Results are deterministic per
path: what is read back is what would be computed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from algebra.limits import UNLIMITED, Budget
from homotopy.errors import JournalMismatch
from homotopy.homotopies import Homotopy
from homotopy.tracker import DEFAULT, TrackerSettings, TrackResult, empty_result, track

SCHEMA = "critnet/journal/2"
_TABLES = """
create table if not exists header (key text primary key, value text);
create table if not exists ends (call integer, path integer, data blob, primary key (call, path));
"""


class Journal:
    """Ended paths of one solve on disk; `track` is a drop-in for `homotopy.track`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._call = 0

    @classmethod
    def open(cls, path: str | Path, identity: dict[str, Any]) -> Journal:
        """Open or create the journal of the computation that `identity` describes.

        Raises
        ------
        JournalMismatch
            The file is no journal or belongs to another computation.
        """
        wanted = json.dumps({"schema": SCHEMA, **identity}, sort_keys=True)
        try:
            connection = sqlite3.connect(path)
            connection.executescript(_TABLES)
            row = connection.execute("select value from header where key = 'identity'").fetchone()
            if row is None:
                with connection:
                    connection.execute("insert into header values ('identity', ?)", (wanted,))
        except sqlite3.DatabaseError as error:
            raise JournalMismatch(f"{path}: not a journal that can be used ({error})") from None
        if row is not None and row[0] != wanted:
            connection.close()
            raise JournalMismatch(
                f"{path}: belongs to another system, start, region or seed; give another file"
            )
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def track(
        self,
        homotopy: Homotopy,
        points: Any,
        *,
        rows: Any = None,
        settings: TrackerSettings = DEFAULT,
        budget: Budget = UNLIMITED,
        stage: str = "tracking",
    ) -> TrackResult:
        """`homotopy.track` that reads known ends and writes new ones."""
        self._call += 1
        count, n = np.shape(points)
        result = empty_result(count, n)
        known = self._read(result)
        left = np.flatnonzero(~known)
        if not len(left):
            return result
        which = np.zeros(count, np.int64) if rows is None else np.asarray(rows)
        fresh = track(
            homotopy, np.asarray(points)[left], rows=which[left], settings=settings,
            budget=budget, stage=stage, ended=self._writer(left),
        )  # fmt: skip
        return result.updated(left, fresh)

    def _read(self, result: TrackResult) -> np.ndarray:
        known = np.zeros(len(result), dtype=bool)
        cursor = self._connection.execute(
            "select path, data from ends where call = ?", (self._call,)
        )
        for path, data in cursor:
            if path < len(result):
                result.load_row(path, data)
                known[path] = True
        return known

    def _writer(self, left: np.ndarray) -> Callable[[np.ndarray, TrackResult], None]:
        call = self._call

        def write(indices: np.ndarray, table: TrackResult) -> None:
            entries = [(call, int(left[k]), table.dump_row(int(k))) for k in indices]
            with self._connection:
                self._connection.executemany(
                    "insert or replace into ends values (?, ?, ?)", entries
                )

        return write
