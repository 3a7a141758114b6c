"""Keeps the workspace on disk. Each flush is one transaction, finished before anybody is answered.

SQLite in WAL mode: a process killed right after an answer has lost nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from slack_standin.state.refusal import Json

_SCHEMA = """CREATE TABLE IF NOT EXISTS entities (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID"""


class Storage:
    """Rows of (kind, key, JSON body). Without a path nothing is written and nothing is found."""

    def __init__(self, path: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(_SCHEMA)

    def load(self) -> Iterator[tuple[str, Json]]:
        """Yield (kind, body) of everything stored, in key order within a kind."""
        if self._db is None:
            return
        for kind, body in self._db.execute("SELECT kind, body FROM entities ORDER BY kind, key"):
            yield kind, json.loads(body)

    def write(self, rows: Iterable[tuple[str, str, Json | None]]) -> None:
        """Store each (kind, key, body); a body of None deletes the row."""
        if self._db is None:
            return
        self._db.execute("BEGIN IMMEDIATE")
        for kind, key, body in rows:
            if body is None:
                self._db.execute("DELETE FROM entities WHERE kind=? AND key=?", (kind, key))
            else:
                self._db.execute(
                    "INSERT INTO entities VALUES (?, ?, ?) "
                    "ON CONFLICT (kind, key) DO UPDATE SET body=excluded.body",
                    (kind, key, json.dumps(body, separators=(",", ":"))),
                )
        self._db.execute("COMMIT")

    def clear(self) -> None:
        if self._db is not None:
            self._db.execute("DELETE FROM entities")

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
