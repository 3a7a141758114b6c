"""Notices: what is told, as a type of its own, and the plain JSON by which the outbox keeps it.

The stored form is what earlier versions wrote, key for key, so that a message which waited through
an upgrade is told, and one that stands in Slack can be written anew.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from bot.core.outbox.notice import What

T = TypeVar("T", bound="Notice")
NOTICES: dict[What, "type[Notice]"] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told once. Its words come from its fields, which never change."""

    what: ClassVar[What]
    keys: ClassVar[Mapping[str, str]] = {}  # field to stored key, where the two differ


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNotice(Notice):
    """Told to one person, who may read it for a colleague that they stand in for."""

    covers: str | None = None


@dataclass_transform(frozen_default=True, kw_only_default=True)
def notice(what: What, *, keys: Mapping[str, str] | None = None) -> Callable[[type[T]], type[T]]:
    """Makes the class a notice that is stored under this name. `keys` names the stored keys that
    cannot be a field's name, as `{"taken_from": "from"}`."""

    def made(kind: type[T]) -> type[T]:
        kind.what, kind.keys = what, keys or {}
        found = dataclass(frozen=True, slots=True, kw_only=True)(kind)
        NOTICES[what] = found
        return found

    return made


def stored(told: Notice) -> dict[str, Any]:
    """Plain JSON of a notice."""
    return {
        told.keys.get(one.name, one.name): _plain(getattr(told, one.name)) for one in fields(told)
    }


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case tuple() | list() | frozenset():
            return [_plain(one) for one in value]
        case Mapping():
            return {_plain(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def read_notice(what: What, facts: Mapping[str, Any]) -> Notice | None:
    """The notice of a stored row; None for one that has no type. What the row lacks is as the type
    says, what it has besides is left out. Raises ValueError or TypeError for another shape."""
    kind = NOTICES.get(what)
    if kind is None:
        return None
    names = {kind.keys.get(name, name): name for name in _hints(kind)}
    return kind(
        **{
            name: _typed(_hints(kind)[name], facts[key])
            for key, name in names.items()
            if key in facts
        }
    )


_HINTS: dict[type[Any], dict[str, Any]] = {}  # read once: resolving them costs more than using


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {one.name: hints[one.name] for one in fields(kind)}
    return _HINTS[kind]


def _typed(hint: Any, value: Any) -> Any:
    """`value`, which was read from JSON, as the type wants it."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _typed(of[0], value)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        kinds = [one for one in of if one is not type(None)]
        listed = (one for one in kinds if (get_origin(one) is tuple) is isinstance(value, list))
        return _typed(next(listed, kinds[0]), value)
    if origin is tuple:
        each = of[:1] * len(value) if of[1:] == (...,) else of
        return tuple(_typed(one, item) for one, item in zip(each, value, strict=True))
    if origin in (dict, Mapping):
        return {_typed(of[0], key): _typed(of[1], one) for key, one in value.items()}
    if isinstance(hint, type):
        if issubclass(hint, datetime | date):
            return hint.fromisoformat(value)
        if issubclass(hint, Enum):
            return hint(value)
        if is_dataclass(hint):
            own = _hints(hint)
            return hint(**{key: _typed(own[key], one) for key, one in value.items()})
    return value
