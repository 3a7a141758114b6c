"""Values to rows and back. Records are stored as JSON by pydantic's own codec for dataclasses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")

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
    found: T = _read(kind, body)  # type: ignore[arg-type]  # every class is hashable
    return found


# Keyed by the stored text itself, so a row that changed is read anew.
@lru_cache(maxsize=512)
def _read(kind: type[Any], body: str) -> Any:
    return _adapter(kind).validate_json(body)


def record(kind: type[T], row: Mapping[str, Any]) -> T:
    """The record whose fields are columns of the row."""
    return cast(T, _adapter(kind).validate_python(row))


def columns(value: object, *names: str) -> dict[str, Any]:
    """These fields of the record, as a row holds them."""
    return {name: plain(getattr(value, name)) for name in names}


def plain(value: object) -> Any:
    """What a column holds of the value."""
    if value is None or type(value) is str:  # most of them are
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, bool) else value


def stamp(moment: datetime) -> str:
    """Fixed width and UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moment_if_any(text: str | None) -> datetime | None:
    return moment(text) if text else None
