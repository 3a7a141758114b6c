"""An estate file as the core has it, as plain values: by the names of fields, without those of
classes, and without what is empty."""

from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.checks import settings_models
from bot.files.library import Library
from tests.builders import NOW


def compiled(estate: Path) -> Any:
    library = Library(estate, environ={}, kinds=settings_models())
    library.reload(NOW)
    assert library.usable, library.catalogue_problems
    return plain(library.knowledge().catalogue)


def plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {name: one for name, one in found.items() if one not in (None, "", [], {}, False)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(str, map(plain, value)))
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
