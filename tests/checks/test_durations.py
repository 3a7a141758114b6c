"""Every setting of every kind that is a duration takes what the manual allows and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.checks import settings_models

SPANS = [
    (kind, name)
    for kind, model in settings_models().items()
    for name, field in model.model_fields.items()
    if "timedelta" in repr(field.annotation)
]


def read(kind: str, name: str, value: Any) -> Any:
    field = settings_models()[kind].model_fields[name]
    return TypeAdapter(field.rebuild_annotation()).validate_python(value)


def test_there_are_some() -> None:
    assert {("heartbeat", "period"), ("webhook", "silence")} <= set(SPANS)


@pytest.mark.parametrize(("kind", "name"), SPANS)
def test_a_setting_takes_a_duration_as_written_and_nothing_else(kind: str, name: str) -> None:
    assert read(kind, name, "1h30m") == timedelta(minutes=90)
    for value in (120, 1.5, True, "120", "0s", "-5m", "99999999w", "1M", "P1D", []):
        with pytest.raises(ValidationError):
            read(kind, name, value)
