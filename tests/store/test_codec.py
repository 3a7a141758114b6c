"""What is stored as JSON and read again."""

import ast
import dataclasses
import inspect
import pkgutil
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from typing import Any, Union, get_args, get_origin, get_type_hints

import bot.store
from bot.store.table import Table

PLAIN = (str, int, float, bool, bytes, type(None))
# Mypy lets nobody write to a Mapping.
HOLDERS = (tuple, frozenset, Mapping, Union, types.UnionType)


def kinds() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(bot.store.__path__, "bot.store."):
        known = vars(module := import_module(found.name))
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Call(func=ast.Name(id="unpack"), args=[ast.Name(id=name), *_]):
                    yield known[name]
        yield from (one.kind for one in known.values() if isinstance(one, Table))


def changeable(kind: Any, where: str, seen: set[Any]) -> Iterator[str]:
    """Each place below the kind where somebody could change what another one has read, too."""
    if kind in seen or kind in PLAIN or kind is Ellipsis:
        return
    seen.add(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return
    if get_origin(kind) in HOLDERS:
        for inner in get_args(kind):
            yield from changeable(inner, where, seen)
    elif dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        for name, hint in get_type_hints(kind).items():
            yield from changeable(hint, f"{where}.{name}", seen)
    elif getattr(kind, "__module__", "") != "datetime":
        yield f"{where}: {kind}"


def test_no_record_can_be_changed_by_one_of_those_who_share_it() -> None:
    found = set(kinds())
    assert len(found) > 20
    seen: set[Any] = set()
    assert [line for kind in found for line in changeable(kind, kind.__name__, seen)] == []
