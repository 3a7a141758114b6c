"""Facts of messages that an earlier version stored are worded as they were."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.earlier.wording import Views, kept_views, worded

pytestmark = pytest.mark.anyio
STORED = sorted(Path(__file__).parent.glob("*/messages.json"))


@pytest.fixture(params=STORED, ids=lambda path: path.parent.name)
def then(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    stored: Path = request.param
    said: list[dict[str, Any]] = json.loads(stored.read_text(encoding="utf-8"))
    return said


@pytest.fixture
async def views(tmp_path: Path) -> Views:
    return await kept_views(tmp_path)


async def test_each_says_what_it_said(then: list[dict[str, Any]], views: Views) -> None:
    changed = {
        f"{one['what']} to {one['to']}: {one['facts']}": (said, one["said"])
        for one in then
        if (said := worded(one, views)) != one["said"]
    }

    assert changed == {}
