"""Every form is the payload that an earlier version sent: who has one of those open when the bot is
updated can still send it, and what is typed lands where it did."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.slack.forms.test_forms_keep_all import FORMS, SHOWN

STORED = sorted(Path(__file__).parent.glob("*/forms.json"))


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.parent.name)
def test_every_form_is_what_it_was(stored: Path) -> None:
    then: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
    now = json.loads(json.dumps(FORMS | SHOWN))

    assert {name: now.get(name) for name in then} == then
