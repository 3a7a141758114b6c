"""An estate in which every key of the format says something."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from bot.checks import settings_models
from bot.files.estate.load import Loaded, load_text
from bot.files.estate.schema import EstateShape
from bot.files.problems import errors
from bot.files.yaml_source import read_yaml_file
from tests.files.estate_text import NOW
from tests.files.models import models_in

FILE = Path(__file__).with_name("every_key.yaml")
KINDS = settings_models()
Place = tuple[str | int, ...]


def load(document: Any) -> Loaded:
    return load_text(
        json.dumps(document, ensure_ascii=False),
        path=FILE,
        environ={"WAY": "mailto://user:word@host", "KEY": "sesame"},
        kinds=KINDS,
        runbooks=("generic", "late-orders"),
        now=NOW,
    )


def written() -> Any:
    root = read_yaml_file(FILE).root
    assert root is not None
    return root.plain()


def keys_in(part: Any, at: Place = ()) -> Iterator[Place]:
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(key, str):
            yield (*at, key)
        if isinstance(inner, dict | list):
            yield from keys_in(inner, (*at, key))


def without(document: Any, place: Place) -> Any:
    rest = deepcopy(document)
    inner = rest
    for part in place[:-1]:
        inner = inner[part]
    del inner[place[-1]]
    return rest


def test_an_estate_that_says_everything_loads() -> None:
    loaded = load(written())

    assert errors(loaded.problems) == ()


def test_every_key_of_every_part_is_said_somewhere() -> None:
    said = {place[-1] for place in keys_in(written())}
    known = {
        field.alias or name
        for model in models_in(EstateShape, set())
        for name, field in model.model_fields.items()
    }

    assert known - said == set()


def test_whatever_is_left_out_is_missed() -> None:
    document = written()
    whole = load(document).catalogue
    assert whole is not None

    ignored = [
        place for place in keys_in(document) if load(without(document, place)).catalogue == whole
    ]

    assert ignored == []
