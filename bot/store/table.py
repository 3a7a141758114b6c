"""Rows: the transaction that they are read and written in, and the tables of whole records."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from bot.store.codec import pack, plain, unpack
from bot.store.dialect import is_refused, savepoint
from bot.store.troubles import refused

if TYPE_CHECKING:  # whoever only names a transaction loads no database
    from sqlite_utils import Database

T = TypeVar("T")


class Rows:
    """The shared part of every table family: one open transaction on one database. `read` holds
    what was read of the whole estate, for as long as it is what the database has: a flow asks for
    that again for every incident that it thinks over."""

    def __init__(self, db: "Database") -> None:
        self.db = db
        self.read: dict[str, Any] = {}

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A savepoint: what fails inside is undone, and the transaction goes on. Raises StoreFull,
        with which nothing goes on."""
        try:
            with savepoint(self.db.conn):
                yield
        except BaseException as error:
            # What was read inside is undone with the rest.
            self.read.clear()
            if not isinstance(error, sqlite3.Error):
                raise
            # SQLite may have undone the savepoint itself, and then its end fails in turn.
            for one in (error, error.__context__):
                if isinstance(one, sqlite3.Error) and is_refused(one):
                    raise refused(one) from one
            raise

    def all(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        cursor = self.db.conn.execute(sql, args)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, *args: Any) -> dict[str, Any] | None:
        return next(iter(self.all(sql, *args)), None)

    def texts(self, sql: str, *args: Any) -> tuple[str, ...]:
        """The one column of each row."""
        return tuple(found for (found,) in self.db.conn.execute(sql, args))

    def text(self, sql: str, *args: Any) -> str | None:
        """The one column of the first row; None where there is no row, or nothing in it."""
        return next(iter(self.texts(sql, *args)), None)

    def change(self, sql: str, *args: Any) -> int:
        """Run a write and return how many rows it touched."""
        return self.db.conn.execute(sql, args).rowcount

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        self.change(_insert(table, tuple(row)), *row.values())

    def insert_once(self, table: str, row: Mapping[str, Any]) -> bool:
        """False where there is such a row already, which stays."""
        sql = f"{_insert(table, tuple(row))} on conflict do nothing"
        return self.change(sql, *row.values()) == 1

    def save(self, table: str, number: int, row: Mapping[str, Any]) -> None:
        """Replace the columns given of the row with that number."""
        changed = self.change(_update(table, tuple(row)), *row.values(), number)
        # A lost update would go unseen until a person misses what it said.
        assert changed, f"{table} has no row {number}"

    def put(self, table: str, row: Mapping[str, Any], *key: str) -> None:
        """Insert the row, or replace the columns given where there is one with this key."""
        self.change(_upsert(table, tuple(row), key), *row.values())


def given(_: object) -> None:
    """For a column that is no word of the record, but said with each call."""


class Table(Generic[T]):
    """A table whose rows are a record as JSON, and beside it the columns that are searched: `key`,
    by which there is one row, and more. A column is what the record calls by its name, unless it
    is worked out of the record, or `given`."""

    read = "body"

    def __init__(
        self,
        name: str,
        kind: type[T],
        key: tuple[str, ...],
        /,
        *columns: str,
        **worked_out: Callable[[T], object],
    ) -> None:
        self.name, self.kind, self.key = name, kind, key
        named = {column: attrgetter(column) for column in (*key, *columns)}
        self.columns: dict[str, Callable[[T], object]] = {**named, **worked_out}
        self.order = ", ".join(map(_quoted, key))
        found = " and ".join(f"{_quoted(one)} = ?" for one in key)
        self.by_key = f"select {self.read} from {name} where {found}"  # noqa: S608 - our names

    def row(self, value: T, /, **said: object) -> dict[str, Any]:
        row = {name: plain(read(value)) for name, read in self.columns.items()}
        row |= {name: plain(one) for name, one in said.items()}
        row["body"] = pack(value)
        return row

    def save(self, tx: Rows, value: T, /, **said: object) -> None:
        """In the row with its key, or a new one."""
        tx.put(self.name, self.row(value, **said), *self.key)

    def get(self, tx: Rows, *key: object) -> T | None:
        row = tx.one(self.by_key, *key)
        return self.record(row) if row else None

    def first(self, tx: Rows, where: str, *args: object) -> T | None:
        return next(iter(self.select(tx, where, *args)), None)

    def last(self, tx: Rows, /, **columns: object) -> T | None:
        """The one added last of those with these columns."""
        return next(iter(self.where(tx, order="id desc limit 1", **columns)), None)

    def where(self, tx: Rows, /, *, order: str = "", **columns: object) -> tuple[T, ...]:
        """Those with these columns, where None is for none; in the order of their keys unless
        another is said."""
        tests = " and ".join(f"{_quoted(name)} {_test(one)}" for name, one in columns.items())
        chosen = f"where {tests} order by" if tests else "order by"
        wanted = [plain(one) for one in columns.values() if _test(one) == "= ?"]
        return self.select(tx, f"{chosen} {order or self.order}", *wanted)

    def select(self, tx: Rows, where: str, *args: object) -> tuple[T, ...]:
        """Those of `select … from` this table and what follows it."""
        rows = tx.all(f"select {self.read} from {self.name} {where}", *args)  # noqa: S608 - ours
        return tuple(map(self.record, rows))

    def record(self, row: Mapping[str, Any]) -> T:
        return unpack(self.kind, row["body"])

    def drop(self, tx: Rows, key: object) -> None:
        """The one with this key."""
        tx.change(f"delete from {self.name} where {self.order} = ?", key)  # noqa: S608 - ours


class Numbered(Table[T]):
    """A table that numbers its records: the number is their `id`."""

    read = "id, body"

    def __init__(
        self, name: str, kind: type[T], /, *columns: str, **worked_out: Callable[[T], object]
    ) -> None:
        super().__init__(name, kind, ("id",), *columns, **worked_out)
        del self.columns["id"]

    def add(self, tx: Rows, value: T) -> T:
        """Store a new one; its id is ignored, and the stored one returned."""
        row = self.row(value)
        written = tx.one(f"{_insert(self.name, tuple(row))} returning id", *row.values())
        assert written is not None
        stored = _with_id(value, written["id"])
        # The record says its own number, so that whoever reads the body alone knows it.
        self.save(tx, stored)
        return stored

    def save(self, tx: Rows, value: T, /, **said: object) -> None:
        """In its row."""
        tx.save(self.name, cast(Any, value).id, self.row(value, **said))

    def record(self, row: Mapping[str, Any]) -> T:
        # Some of what earlier versions wrote does not say its number.
        return _with_id(unpack(self.kind, row["body"]), row["id"])


def _with_id(value: T, number: int) -> T:
    known: Any = value
    return value if known.id == number else cast(T, replace(known, id=number))


# The statements are built once: it costs more than to run them.
@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(map(_quoted, columns)), ", ".join("?" for _ in columns)
    return f"insert into {_quoted(table)} ({names}) values ({marks})"  # noqa: S608 - our names


@cache
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(one)} = ?" for one in columns)
    return f"update {_quoted(table)} set {changes} where id = ?"  # noqa: S608 - our names


@cache
def _upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    changes = ", ".join(f"{one} = excluded.{one}" for one in map(_quoted, columns))
    keys = ", ".join(map(_quoted, key))
    return f"{_insert(table, columns)} on conflict ({keys}) do update set {changes}"


def _test(value: object) -> str:
    """A yes or no is spelt out: the index of the open ones alone is used for no other spelling."""
    if value is None:
        return "is null"
    return f"= {value:d}" if isinstance(value, bool) else "= ?"


def _quoted(name: str) -> str:
    return f'"{name}"'
