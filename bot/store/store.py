"""SQLite behind one writer thread: a flow goes in, its result comes out, one transaction between.

The thread owns the connection. The write lock is taken before anything is read, so what a flow has
read stays true until it commits, also against a second process on the same file.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from bot.store.dialect import BEGIN, is_busy, is_damage, is_refused
from bot.store.migrations import MIGRATIONS
from bot.store.troubles import (
    RESTORE,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreGone,
    damage,
    damaged,
    held,
    kept_out,
    refused,
    unwritable,
)
from bot.store.tx import Tx

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0  # for another program's lock, before we say that we wait

P = ParamSpec("P")
R = TypeVar("R")


class InPlace(Executor):
    """Runs what it is given where it is called. A database in memory makes nobody wait."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        done: Future[R] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # as an executor does: whoever asked gets it
            done.set_exception(error)
        return done


class Store:
    """Use `await Store.open(path)`, then `run`, then `close`."""

    def __init__(self, db: Database, thread: Executor, path: Path | None) -> None:
        self._db = db
        self._thread = thread
        self._path = path
        self._file = _identity(path)
        self._closing = False
        self.locked = False  # another program holds the database, and somebody waits here
        self.refusals = 0  # transactions that the disk did not take

    @classmethod
    async def open(cls, path: Path | None) -> "Store":
        """Open and migrate the file, or a database in memory for None. Raises StoreError, and of
        these StoreBusy when it is worth trying again."""
        thread = (
            # One thread: SQLite has one writer, and an order of its own would be decided by chance.
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="store") if path else InPlace()
        )
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, _open, path)
        except BaseException:
            thread.shutdown()
            raise
        return cls(db, thread, path)

    @property
    def where(self) -> str:
        return str(self._path or ":memory:")

    def still_there(self) -> None:
        """Raises StoreGone when the file was deleted or replaced while we have it open."""
        if self._path and _identity(self._path) != self._file:
            raise StoreGone(
                f"The database {self._path} was deleted or replaced while Firstlane had it open;"
                " what is stored now would be lost. Put the right file in its place, or none to"
                " start with an empty one, and start again."
            )

    async def run(
        self, flow: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run the flow on the writer thread in one transaction.

        What the flow raises is raised here, and then nothing of it was stored. While another
        program holds the database it waits. A caller that is cancelled while waiting does not
        undo a transaction already begun. Raises StoreError for a damaged file.
        """

        def work() -> R:
            self._begin()
            try:
                result = flow(Tx(self._db), *args, **kwargs)
                self._db.conn.execute("commit")
            except BaseException as error:
                # SQLite ends a transaction by itself on a full disk.
                if self._db.conn.in_transaction:
                    self._db.conn.execute("rollback")
                self._translate(error)
                raise
            return result

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _translate(self, error: BaseException) -> None:
        """Raises StoreError for what befell the file."""
        self.refusals += isinstance(error, StoreFull)
        if not isinstance(error, sqlite3.Error):
            return
        if is_damage(error):
            raise damaged(self.where, error) from error
        if is_refused(error):
            self.refusals += 1
            raise refused(error) from error

    def _begin(self) -> None:
        while True:
            try:
                self._db.conn.execute(BEGIN)
            except sqlite3.Error as error:
                self._translate(error)
                # Nobody waits at the end: what was not stored is served again at the next start.
                if self._closing or not is_busy(error):
                    raise
                if not self.locked:
                    self.locked = True
                    log.error("database_locked %s", held(self.where))
            else:
                if self.locked:
                    log.warning("database_free path=%s", self.where)
                self.locked = False
                return

    async def close(self) -> None:
        self._closing = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None for one that is not there."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


async def sound(path: Path) -> None:
    """Read the whole file once. Raises StoreDamaged, or StoreBusy."""
    if wrong := await asyncio.to_thread(damage, path):
        raise damaged(str(path), wrong)


async def can_be_written(path: Path) -> None:
    """Raises StoreError, in words, where the next transaction could not be stored."""
    if why := await asyncio.to_thread(unwritable, path):
        raise kept_out(str(path), why)


def _open(path: Path | None) -> Database:
    where = str(path) if path else ":memory:"
    try:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        # Python's module must not begin transactions of its own beside ours.
        connection = sqlite3.connect(where, timeout=_PATIENCE_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"Cannot open the database {where}: {error}.") from error
    db = Database(connection)
    try:
        if path:
            _migrate(db, where)
        else:
            # Tests open hundreds of databases; migrating each would cost more than what they test.
            connection.deserialize(empty_file())
        connection.execute("pragma journal_mode = wal")
        # FULL: whatever announces something must survive a power cut, not only a crash.
        connection.execute("pragma synchronous = full")
    except sqlite3.DatabaseError as error:
        db.close()
        if is_busy(error):
            raise StoreBusy(held(where)) from error
        if is_damage(error):
            raise damaged(where, error) from error
        if is_refused(error):
            raise kept_out(where, error) from error
        raise StoreError(f"Cannot use the database {where}: {error}. {RESTORE}") from error
    except BaseException:
        db.close()
        raise
    return db


@cache
def empty_file() -> bytes:
    """The content of a database that was migrated and holds nothing yet."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _migrate(Database(connection), ":memory:")
        return connection.serialize()


def _migrate(db: Database, where: str) -> None:
    """All steps that are missing, or none of them, also when two processes start together."""
    db.conn.execute(BEGIN)
    try:
        # Inside the lock: another process may be migrating it at this moment.
        _refuse_newer(db, where)
        MIGRATIONS.apply(db)
        db.conn.execute("commit")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("rollback")
        raise


def _refuse_newer(db: Database, where: str) -> None:
    empty = Database(memory=True)
    known = {migration.name for migration in MIGRATIONS.pending(empty)}
    empty.close()
    unknown = [m.name for m in MIGRATIONS.applied(db) if m.name not in known]
    if unknown:
        raise StoreError(
            f"The database {where} was written by a newer version of Firstlane ({unknown[-1]})."
            " Upgrade Firstlane, or restore the backup made before the upgrade."
            " Nothing was changed."
        )
