"""The models that a model holds, also those of values of the core."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from bot.files.estate.entries import Through


def types_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    tables = (one for one in getattr(annotation, "__metadata__", ()) if isinstance(one, Through))
    yield from (table.model(annotation.__origin__) for table in tables)
    for part in (getattr(annotation, "__origin__", None), *get_args(annotation)):
        if part is not None and part is not ... and not isinstance(part, str):
            yield from types_in(part)


def models_in(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """The model and every one that it holds."""
    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for part in types_in(field.rebuild_annotation()):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    models_in(part, seen)
    return seen
