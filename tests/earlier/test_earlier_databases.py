"""A database of an earlier version opens, and says what it said there."""

import json
import lzma
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store.store import Store
from tests.earlier.reading import read_back
from tests.flows.scene import Scene
from tests.slack.incidents.test_redrawn import the_estate

pytestmark = pytest.mark.anyio
STORED = sorted(Path(__file__).parent.glob("*/[0-9].sqlite3.xz"))


@pytest.fixture(params=STORED, ids=lambda path: f"{path.parent.name}-{path.name[0]}")
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The database, and what was read of it."""
    stored: Path = request.param
    file = tmp_path / "firstlane.sqlite3"
    file.write_bytes(lzma.decompress(stored.read_bytes()))
    read = stored.with_name(f"{stored.name[0]}.json").read_text(encoding="utf-8")
    return file, json.loads(read)


async def test_what_an_earlier_version_stored_reads_as_it_did(
    kept: tuple[Path, dict[str, Any]],
) -> None:
    file, then = kept
    store = await Store.open(file)
    async with Scene(store, the_estate()) as scene:
        scene.now = datetime.fromisoformat(then["now"])

        assert await read_back(scene) == then["read"]


def test_there_are_databases_to_read() -> None:
    assert STORED
