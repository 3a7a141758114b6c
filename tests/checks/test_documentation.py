"""The manual names every setting of every kind of check."""

from pathlib import Path

import pytest

from bot.checks import settings_models

MANUAL = Path(__file__).parents[2] / "docs" / "checks.md"


@pytest.mark.parametrize("kind", settings_models())
def test_the_manual_has_a_section_per_kind_with_every_setting(kind: str) -> None:
    text = MANUAL.read_text(encoding="utf-8")

    section = text.split(f"\n## `{kind}`")[1].split("\n## ")[0]

    for name in settings_models()[kind].model_json_schema()["properties"]:
        assert f"| `{name}` |" in section
