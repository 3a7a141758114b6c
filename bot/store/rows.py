"""Values to rows and back. Records are stored as JSON by pydantic's own codec for dataclasses."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from sqlite_utils import Database

from bot.store.troubles import is_refused, refused

T = TypeVar("T")


class Rows:
    """The shared part of every table family: one open transaction on one database."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A savepoint: what fails inside is undone, and the transaction goes on. Raises StoreFull,
        with which nothing goes on."""
        try:
            with self.db.atomic():
                yield
        except sqlite3.Error as error:
            # SQLite may have undone the savepoint itself, and then its end fails in turn.
            for one in (error, error.__context__):
                if isinstance(one, sqlite3.Error) and is_refused(one):
                    raise refused(one) from one
            raise

    def all(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return list(self.db.query(sql, args))

    def one(self, sql: str, *args: Any) -> dict[str, Any] | None:
        return next(iter(self.all(sql, *args)), None)

    def change(self, sql: str, *args: Any) -> int:
        """Run a write and return how many rows it touched."""
        return self.db.execute(sql, args).rowcount

    def put(self, table: str, row: dict[str, Any]) -> None:
        """Insert the row, or replace the columns given where its primary key exists."""
        pks = self.db.table(table).pks
        self.db.table(table).upsert(row, pk=tuple(pks) if len(pks) > 1 else pks[0])


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Built on first use and kept: building one costs far more than using it."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def pack(value: Any) -> str:
    return _adapter(type(value)).dump_json(value).decode()


def unpack(kind: type[T], body: str) -> T:
    return cast(T, _adapter(kind).validate_json(body))


def stamp(moment: datetime) -> str:
    """Fixed width and UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
