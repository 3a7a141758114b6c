"""What SQLite does in a way of its own. The statements beside it are also PostgreSQL's: a store on
another database brings its own of what stands here, and its own mark for `?`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

BEGIN = "begin immediate"  # takes the write lock before anything is read
_REFUSED = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """What fails inside is undone. Nests: the newest of a name is meant."""
    connection.execute("savepoint apart")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # an error may have undone all of it
            connection.execute("rollback to savepoint apart")
            connection.execute("release savepoint apart")
        raise
    connection.execute("release savepoint apart")


def changes(connection: sqlite3.Connection) -> int:
    """How many rows were changed since it was opened."""
    return connection.total_changes


def is_busy(error: sqlite3.Error) -> bool:
    return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_damage(error: sqlite3.Error) -> bool:
    return _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def is_full(error: sqlite3.Error) -> bool:
    return _name(error).startswith("SQLITE_FULL")


def is_refused(error: sqlite3.Error) -> bool:
    """Whether the disk does not take what is written, or the file that is written beside it."""
    return _name(error).startswith(_REFUSED)


def _name(error: sqlite3.Error) -> str:
    return str(getattr(error, "sqlite_errorname", ""))
