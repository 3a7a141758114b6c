"""Messages about stored changes, releases, suspicions and covers say what they said."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store.store import Store
from tests.earlier.subjects import letters
from tests.earlier.wording import unpacked
from tests.flows.scene import Scene
from tests.slack.incidents.test_redrawn import the_estate

pytestmark = pytest.mark.anyio
STORED = sorted(Path(__file__).parent.glob("*/subjects.sqlite3.xz"))


@pytest.fixture(params=STORED, ids=lambda path: path.parent.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The database, and what was read of it."""
    stored: Path = request.param
    read = stored.with_name("subjects.json").read_text(encoding="utf-8")
    return unpacked(stored, tmp_path), json.loads(read)


async def test_each_says_what_it_said(kept: tuple[Path, dict[str, Any]]) -> None:
    file, then = kept
    store = await Store.open(file)
    async with Scene(store, the_estate()) as scene:
        scene.now = datetime.fromisoformat(then["now"])

        assert await letters(scene) == then["letters"]
