"""Parts that every reader of a pushed message shares: fields that may be missing or of another
kind, and what a word of status says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.monitoring.heartbeat import PingKind
from bot.core.monitoring.signals import FailedRecords
from bot.language.marks import outside

NOTE, ID, GROUPS, IDS = 1000, 60, 50, 5
NO_STATUS, UNKNOWN = "no status", "unknown status"
_MOST_RECORDS = 10**12
_NAME = re.compile(r"[A-Za-z_][\w-]{0,29}(\.[A-Za-z_][\w-]{0,29})?", re.ASCII)
_NAMED = 12
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_TEXT = "no error text given"
Body = Mapping[str, Any]


def kind_of(status: Any, table: Mapping[str, PingKind]) -> tuple[PingKind, str]:
    """What a status says by `table`, and why it is not known where the table does not have it."""
    said = "" if status is None else outside(str(status), 40)
    kind = table.get(word_of(said))
    return (kind, "") if kind is not None else (PingKind.LOG, UNKNOWN if said else NO_STATUS)


def word_of(status: str) -> str:
    """A status as the tables write it: `In Progress`, `in-progress` and `InProgress` are one."""
    apart = _CAMEL.sub("_", status.strip()[:60])
    return apart.casefold().replace(" ", "_").replace("-", "_")


def fields_of(body: Body) -> str:
    """The names of a message's fields and of theirs, by which alone one that was not understood
    is told: any value may be a secret. A name that looks like none may hold a value as well."""
    names: list[str] = []
    for name, value in body.items():
        inside = value if isinstance(value, Mapping) else {}
        names += [f"{name}.{part}" for part in inside] or [str(name)]
    plain = [name for name in names if _NAME.fullmatch(name)][:_NAMED]
    rest = len(names) - len(plain)
    return ", ".join([*plain, f"{rest} more"] if rest else plain)


def key_of(value: Any) -> str:
    """What names a reporter; not cut, since two may differ only at the end."""
    return outside(str(value), 4000) if isinstance(value, str | int) else ""


def inner(body: Body, name: str) -> Body:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any, limit: int) -> str:
    return outside(str(value), limit) if isinstance(value, (str, int, float)) else ""


def read_count(value: Any) -> float | None:
    """A number of records; None for anything that is not one."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # The comparison also turns away NaN and infinity.
    return float(value) if is_number and 0 <= value <= _MOST_RECORDS else None


def one_failure(text: str) -> tuple[FailedRecords, ...]:
    return (FailedRecords(text=outside(text), count=1),) if text else ()


def read_failed(value: Any) -> Iterator[FailedRecords]:
    """Groups of failed records from a list of `{text, count, ids}`, or from a number alone; what is
    neither is left out."""
    if number := read_count(value):
        yield FailedRecords(text=_NO_TEXT, count=int(number))
    for item in (value if isinstance(value, list) else [])[:GROUPS]:
        if isinstance(item, Mapping):
            count, ids = read_count(item.get("count")), item.get("ids")
            yield FailedRecords(
                text=outside(str(item.get("text") or _NO_TEXT)),
                count=int(count) if count is not None else 1,
                sample_ids=tuple(outside(str(one), ID) for one in ids[:IDS])
                if isinstance(ids, list)
                else (),
            )
