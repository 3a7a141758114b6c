"""Truth and numbers in the settings of every kind of check are those of YAML 1.2."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.checks import settings_models

FIELDS = [
    (kind, name, field)
    for kind, model in settings_models().items()
    for name, field in model.model_fields.items()
]
SWITCHES = [(kind, name) for kind, name, field in FIELDS if field.annotation is bool]
NUMBERS = [(kind, name) for kind, name, field in FIELDS if field.annotation in (int, float)]


def refused(kind: str, name: str, value: Any) -> bool:
    """Whether the setting itself is a mistake, whatever else is lacking."""
    try:
        settings_models()[kind].model_validate({name: value})
    except ValidationError as error:
        return any(one["loc"][:1] == (name,) for one in error.errors())
    return False


@pytest.mark.parametrize(("kind", "name"), SWITCHES)
def test_a_switch_takes_truth_alone_also_as_text_from_outside(kind: str, name: str) -> None:
    for value in (True, False, "true", "False"):
        assert not refused(kind, name, value), value
    for value in ("yes", "on", "1", "t", 1, 0, "no", ""):
        assert refused(kind, name, value), value


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
def test_a_number_takes_no_truth(kind: str, name: str) -> None:
    assert ("tcp", "port") in NUMBERS
    assert refused(kind, name, True)
    assert refused(kind, name, False)
