"""Values to rows and back. Records are stored as JSON by pydantic's own codec for dataclasses."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import TypeAdapter

from bot.store.troubles import is_refused, refused

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
            with self.db.atomic():
                yield
        except BaseException as error:
            self.read.clear()
            if not isinstance(error, sqlite3.Error):
                raise
            # SQLite may have undone the savepoint itself, and then its end fails in turn.
            for one in (error, error.__context__):
                if isinstance(one, sqlite3.Error) and is_refused(one):
                    raise refused(one) from one
            raise

    def all(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        cursor = self.db.execute(sql, args)  # `query` would set a savepoint around each
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, *args: Any) -> dict[str, Any] | None:
        return next(iter(self.all(sql, *args)), None)

    def change(self, sql: str, *args: Any) -> int:
        """Run a write and return how many rows it touched."""
        return self.db.execute(sql, args).rowcount

    def add(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert the row; returns its number."""
        written = self.db.execute(_insert(table, tuple(row)), list(row.values()))
        return int(written.lastrowid or 0)

    def save(self, table: str, number: int, row: Mapping[str, Any]) -> None:
        """Replace the columns given of the row with that number."""
        changed = self.change(_update(table, tuple(row)), *row.values(), number)
        assert changed, f"{table} has no row {number}"

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert the row, or replace the columns given where its primary key exists."""
        if table not in _KEYS:
            _KEYS[table] = tuple(self.db.table(table).pks)
        self.db.execute(_upsert(table, tuple(row), _KEYS[table]), list(row.values()))


# The statements are built once: sqlite-utils asks the database for its tables, columns and keys
# at each write, which costs more than the write.
_KEYS: dict[str, tuple[str, ...]] = {}  # the same in every database of this version


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(map(_quoted, columns)), ", ".join("?" for _ in columns)
    return f"insert into {_quoted(table)} ({names}) values ({marks})"  # noqa: S608 - our names


@cache
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(one)} = ?" for one in columns)
    return f"update {_quoted(table)} set {changes} where id = ?"  # noqa: S608 - our names


@cache
def _upsert(table: str, columns: tuple[str, ...], keys: tuple[str, ...]) -> str:
    changes = [f"{one} = excluded.{one}" for one in map(_quoted, columns)]
    then = f"update set {', '.join(changes)}" if changes else "nothing"
    return f"{_insert(table, columns)} on conflict ({', '.join(map(_quoted, keys))}) do {then}"


def _quoted(name: str) -> str:
    return f'"{name}"'


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Built on first use and kept: building one costs far more than using it."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def pack(value: Any) -> str:
    return _adapter(type(value)).dump_json(value).decode()


def unpack(kind: type[T], body: str) -> T:
    """The record that was packed. Records never change, so who reads the same row again, as every
    flow does that looks at the open incidents, gets the same one."""
    return cast(T, _read(kind, body))  # type: ignore[arg-type]  # every class is hashable


@lru_cache(maxsize=512)
def _read(kind: type[Any], body: str) -> Any:
    return _adapter(kind).validate_json(body)


def stamp(moment: datetime) -> str:
    """Fixed width and UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
