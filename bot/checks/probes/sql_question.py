"""What is asked of a database and what comes back, in words that need no database library.

The library takes a third of a second to import, and most commands never ask a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.core.monitoring.signals import Cause


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


def place_of(url: str) -> str:
    """Which database an address names, without its login. Raises ValueError for other text."""
    problem = "expected a database address such as postgresql://host/name"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ValueError(problem) from None
    backend = parts.scheme.partition("+")[0]
    if not backend or "://" not in url:
        raise ValueError(problem)
    return f"{backend}://{parts.hostname or ''}{port}{parts.path}"
