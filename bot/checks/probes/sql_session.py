"""One visit to a database: connect, read, leave. Blocking; runs on a thread of its own.

Nothing is kept between visits, so a hung connection ends with its visit, and nothing is committed.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.checks.http.fetch import LARGEST_BODY
from bot.checks.outcomes import cause_of
from bot.core.monitoring.signals import Cause

# By words, since a driver may have nothing else: libpq gives no code for a connection that failed.
_LOGIN_WORDS = ("password authentication", "access denied", "login failed", "ora-01017", "logon")
_NAME_WORDS = ("translate host name", "name or service not known", "getaddrinfo", "nodename")
_QUERY_WORDS = ("no such", "syntax", "does not exist", "unknown column", "invalid column")
# What makes a session read only and bounded in time, for the databases that know such a thing.
_HABITS: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = {ms}"),
    "mysql": ("SET TRANSACTION READ ONLY", "SET SESSION max_execution_time = {ms}"),
    "mariadb": ("SET TRANSACTION READ ONLY",),
    "oracle": ("SET TRANSACTION READ ONLY",),
    "mssql": ("SET LOCK_TIMEOUT {ms}",),
    "sqlite": ("PRAGMA query_only = ON",),
}
# A driver holds whole rows: the fewer of them at once, the sooner our bound is seen.
_FEW_AT_ONCE: Mapping[str, Any] = {"stream_results": True, "max_row_buffer": 20}
_TOO_LARGE = "the query gives more than 2 MB; select fewer or shorter columns"


class Trouble(Exception):
    """The visit failed. `ours` is True when the login, the driver or the query is the reason;
    `cause` is what the network did, if it was the network and the driver tells."""

    def __init__(self, text: str, *, ours: bool, cause: Cause | None = None) -> None:
        super().__init__(text)
        self.ours = ours
        self.cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlQuery:
    """Queries by what they give: `single` one value each, `row` one row, `many` up to `most`."""

    single: Mapping[str, str]
    row: str | None
    many: str | None
    bound: Mapping[str, Any]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Values by name, and the rows of `many`; None where there was no such query."""

    values: Mapping[str, Any]
    rows: list[dict[str, Any]] | None


class Session:
    """`ask` runs on one thread; `stop` may be called from another to end it early."""

    def __init__(self, url: str, timeout: timedelta) -> None:
        self._url = make_url(url)
        self._timeout = timeout
        self._driver: Any = None

    def secrets(self) -> Iterator[str]:
        if self._url.password:
            yield str(self._url.password)
        yield from (value for value in self._url.query.values() if isinstance(value, str))

    def ask(self, question: SqlQuery) -> Found:
        """Raises Trouble."""
        with self._connected() as connection:
            try:
                return _asked(connection, question)
            except SQLAlchemyError as error:
                raise _of_query(error) from None

    def stop(self) -> None:
        """Ask the driver to end what it is doing; most can, in one of two ways."""
        for way in ("cancel", "interrupt"):
            with suppress(Exception):
                getattr(self._driver, way)()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            engine = _engine(self._url)
            connection = engine.connect()
        except (NoSuchModuleError, ImportError):
            name = self._url.drivername
            raise Trouble(f"there is no database driver {name} installed", ours=True) from None
        except SQLAlchemyError as error:
            raise _of_connecting(error) from None
        except (OSError, sqlite3.Error) as error:
            raise Trouble(str(error), ours=False, cause=cause_of(error)) from None
        with closing(connection):
            self._driver = connection.connection.dbapi_connection
            for habit in _HABITS.get(engine.dialect.name, ()):
                milliseconds = int(self._timeout.total_seconds() * 1000)
                # A net besides: a proxy or an old version may lack the habit, and the query is a
                # SELECT.
                with suppress(SQLAlchemyError):
                    connection.execute(text(habit.format(ms=milliseconds)))
            yield connection
            # Never a commit: whatever a query got past the scan is undone with the visit.
            connection.rollback()


def _engine(url: URL) -> Engine:
    file = url.database
    if url.get_backend_name() == "sqlite" and file and file != ":memory:":

        def open_existing() -> sqlite3.Connection:
            # SQLite would make a file that is not there, and then find it empty.
            return sqlite3.connect(f"file:{quote(file)}?mode=ro", uri=True, check_same_thread=False)

        return create_engine(
            "sqlite://", creator=open_existing, poolclass=NullPool, hide_parameters=True
        )
    # Without `hide_parameters` SQLAlchemy puts bound values into its errors, and so into the log.
    return create_engine(url, poolclass=NullPool, hide_parameters=True)


def _asked(connection: Connection, question: SqlQuery) -> Found:
    values: dict[str, Any] = {}
    for name, query in question.single.items():
        first = _rows(connection, query, question, 1)
        values[name] = next(iter(first[0].values()), None) if first else None
    if question.row:
        first = _rows(connection, question.row, question, 1)
        values |= first[0] if first else {}
    rows = None
    if question.many:
        rows = _rows(connection, question.many, question, question.most)
    return Found(values=values, rows=rows)


def _rows(
    connection: Connection, query: str, question: SqlQuery, most: int
) -> list[dict[str, Any]]:
    statement = text(query)
    names = statement.compile().params
    bound = {name: value for name, value in question.bound.items() if name in names}
    if connection.dialect.name == "sqlite":  # which keeps moments as text
        moments = {name: at for name, at in bound.items() if isinstance(at, datetime)}
        bound |= {name: at.isoformat(" ") for name, at in moments.items()}
    with closing(connection.execution_options(**_FEW_AT_ONCE).execute(statement, bound)) as got:
        found: list[dict[str, Any]] = []
        size = 0
        for row in islice(got.mappings(), most):
            # Some databases and people write columns in capitals; signals are in small letters.
            found.append({str(name).lower(): _plain(value) for name, value in row.items()})
            size += sum(len(value) for value in found[-1].values() if isinstance(value, str))
            # Counted row by row: one cell may hold a whole document, and `most` bounds only rows.
            if size > LARGEST_BODY:
                raise Trouble(_TOO_LARGE, ours=True)
        return found


def _plain(value: Any) -> Any:
    """What drivers give, as the types that answers of any other kind have."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (bool, int, float, str)) else None


def _of_connecting(error: SQLAlchemyError) -> Trouble:
    said = _words(error)
    if any(word in said.lower() for word in _LOGIN_WORDS):
        return Trouble(f"the monitoring credential is refused: {said}", ours=True)
    if any(word in said.lower() for word in _NAME_WORDS):
        said = f"Name or service not known; our DNS, or a wrong name: {said}"
        return Trouble(said, ours=True, cause=Cause.NAME)
    return Trouble(said, ours=not isinstance(error, DBAPIError), cause=cause_of(error))


def _of_query(error: SQLAlchemyError) -> Trouble:
    said = _words(error)
    unfit = any(word in said.lower() for word in _QUERY_WORDS)
    broken = isinstance(error, DBAPIError) and type(error).__name__ in (
        "OperationalError",
        "InterfaceError",
        "InternalError",
    )
    if unfit or not broken:
        return Trouble(f"the query does not fit the database: {said}", ours=True)
    return Trouble(said, ours=False)


def _words(error: SQLAlchemyError) -> str:
    """The driver's own first line, which holds neither the statement nor its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # SQLAlchemy's own text would repeat the statement.
    lines = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__
