"""The JSON Schema and the reference page say what the models say."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.checks import settings_models
from bot.files.estate.schema import EstateShape, schema_json
from bot.files.validate import keys_of
from tests.files.estate_text import KINDS
from tests.files.models import models_in

ROOT = Path(__file__).resolve().parents[2]

MODELS = sorted(models_in(EstateShape, set()), key=lambda model: model.__name__)


def test_the_committed_schema_is_the_one_the_models_give() -> None:
    committed = (ROOT / "connections.schema.json").read_text(encoding="utf-8")

    assert committed == schema_json(settings_models())


def test_the_schema_knows_the_settings_of_each_kind() -> None:
    check: dict[str, Any] = json.loads(schema_json(KINDS))["$defs"]["CheckShape"]

    page = next(one for one in check["allOf"] if one["if"]["properties"]["kind"]["const"] == "page")
    assert check["properties"]["kind"]["enum"] == ["beat", "page"]
    assert page["then"]["required"] == ["url"]
    assert page["then"]["properties"]["rules"] is True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_described_in_the_model_and_on_the_page(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")

    undescribed = [name for name, field in model.model_fields.items() if not field.description]
    unmentioned = [key for key in keys_of(model, ()) if f"`{key}`" not in page]

    assert undescribed == []
    assert unmentioned == []
