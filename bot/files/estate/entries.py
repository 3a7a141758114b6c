"""Reads entries of a file straight into values of the core.

The core says which fields a value has, of which types and with which defaults. What a file says
besides stands in a table: how each key is described, limits, and other names of keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from dataclasses import Field as CoreField
from datetime import date, datetime, timedelta
from functools import partial
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from bot.core.estate.ids import ConnectionId, PartyId, PersonId, SystemId
from bot.files.estate import fields as written
from bot.files.estate.fields import Name, Shape, Slug, Text

T = TypeVar("T")


# A type, None where the core's own says all, and what pydantic's `Field` is told.
Key = tuple[Any, Mapping[str, Any]]


def key(about: str, type: Any = None, **limits: Any) -> Key:
    return type, {"description": about, **limits}


class Entry:
    """What a file says of one class of the core: what it is, its title in the JSON Schema where
    that is not its name with `Shape`, and its keys by the core's names of them. Fields without a
    key are not in the file; an id among them is the key that the entry stands under."""

    def __init__(self, about: str, title: str = "", /, **keys: str | Key) -> None:
        self.about, self.title = about, title
        self.keys = {
            name: key(said) if isinstance(said, str) else said for name, said in keys.items()
        }
        self.rules: tuple[Callable[[Any], None], ...] = ()

    def where(self, rule: Callable[[Any], None]) -> "Entry":
        """This entry, with a rule on the whole value, which raises ValueError."""
        self.rules = (*self.rules, rule)
        return self


class Through:
    """As metadata of a class of the core it makes pydantic read a model of its keys and give the
    class."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def model(self, kind: type[Any]) -> type[BaseModel]:
        """The keys that a class of the core has in a file."""
        return self._model

    def made(self, kind: type[Any], read: BaseModel) -> Any:
        return kind(**dict(read))

    def __get_pydantic_core_schema__(
        self, kind: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler.generate_schema(self.model(kind))
        return core_schema.no_info_after_validator_function(partial(self.made, kind), schema)


class Entries(Through):
    """Makes pydantic read all classes of a table by what their entries say."""

    def __init__(self, entries: Mapping[type[Any], Entry]) -> None:
        self._entries = entries
        self._models: dict[type[Any], type[Shape]] = {}

    def made(self, kind: type[Any], read: BaseModel) -> Any:
        entry = self._entries[kind]
        # The id is the key above the entry, which pydantic does not show to it; `build` puts it in.
        nameless = "id" not in entry.keys and "id" in kind.__dataclass_fields__
        made = kind(**dict(read), **({"id": ""} if nameless else {}))
        for rule in entry.rules:
            rule(made)
        return made

    def model(self, kind: type[Any]) -> type[BaseModel]:
        if kind not in self._models:
            entry = self._entries[kind]
            types = get_type_hints(kind, include_extras=True)
            known = {one.name: one for one in fields(kind)}
            keys: dict[str, Any] = {
                name: (
                    own or self._written(types[name], short=_needed(known[name])),
                    _field(said, known[name]),
                )
                for name, (own, said) in entry.keys.items()
            }
            self._models[kind] = create_model(
                entry.title or f"{kind.__name__}Shape",
                __base__=Shape,
                __module__=__name__,
                __doc__=entry.about,
                **keys,
            )
        return self._models[kind]

    def _written(self, core: Any, *, short: bool = True) -> Any:
        """How a file writes a type of the core. A text that must be given or stands in a list is a
        name, and what stands under texts of its own choice stands under ids."""
        if core is str:
            return Name if short else Text
        if core in _WRITTEN:
            return _WRITTEN[core]
        if is_dataclass(core):
            return Annotated[core, self]
        origin, inner = get_origin(core), get_args(core)
        if origin in (Union, UnionType):
            return Union[tuple(self._written(one, short=short) for one in inner)]  # noqa: UP007
        if origin is tuple:
            return tuple[self._written(inner[0]), ...]  # type: ignore[misc]
        if origin is frozenset:
            return Annotated[list[self._written(inner[0])], AfterValidator(frozenset)]  # type: ignore[misc]
        if origin is Mapping:
            by, held = inner
            ids = Slug if by is str and is_dataclass(held) else self._written(by)
            return dict[ids, self._written(held)]  # type: ignore[misc, valid-type]
        return core


_WRITTEN: Mapping[Any, Any] = {
    date: written.Day,
    datetime: written.Moment,
    timedelta: written.Duration,
    PersonId: written.PersonRef,
    SystemId: written.SystemRef,
    PartyId: written.PartyRef,
    ConnectionId: written.ConnectionRef,
}


def _needed(known: CoreField[Any]) -> bool:
    return known.default is MISSING and known.default_factory is MISSING


def _field(said: Mapping[str, Any], known: CoreField[Any]) -> Any:
    if known.default_factory is not MISSING:
        return Field(default_factory=known.default_factory, **said)
    if known.default is MISSING:
        return Field(**said)
    # The JSON Schema names defaults of single values only.
    if isinstance(known.default, tuple | frozenset) or is_dataclass(known.default):
        return Field(default_factory=lambda: known.default, **said)
    return Field(known.default, **said)


def taken(kind: type[T], read: BaseModel, **more: Any) -> T:
    """The value of the core with whatever the fields of `read` say under the same name."""
    same = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{**{name: part for name, part in dict(read).items() if name in same}, **more})
