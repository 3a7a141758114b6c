"""What stored facts are worded as, about incidents of the stored databases."""

import json
import lzma
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.outbox.notice import What
from bot.flows.views import IncidentView, shown
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from bot.store.store import Store
from tests.flows.scene import Scene
from tests.slack.incidents.test_redrawn import the_estate

HERE = Path(__file__).parent
OF_ONE, OF_SEVERAL = 6, 2  # stories whose last moment has a live incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Of an incident of one connection and of one of several."""

    one: IncidentView
    several: IncidentView
    writer: Writer


async def kept_views(folder: Path) -> Views:
    writer = Writer(catalogue=the_estate().catalogue)
    one, several = [await _first(folder, story) for story in (OF_ONE, OF_SEVERAL)]
    return Views(one=one, several=several, writer=writer)


async def _first(folder: Path, story: int) -> IncidentView:
    """INC-1 as it was at the end of that story."""
    kept = HERE / "2026-11"
    store = await Store.open(unpacked(kept / f"{story}.sqlite3.xz", folder))
    async with Scene(store, the_estate()) as scene:
        scene.now = _ended(kept / f"{story}.json")
        view = await scene.do(shown, 1)
        assert view is not None
        assert view.incident.live
        return view


def unpacked(stored: Path, folder: Path) -> Path:
    file = folder / stored.stem
    file.write_bytes(lzma.decompress(stored.read_bytes()))
    return file


def _ended(read: Path) -> datetime:
    return datetime.fromisoformat(json.loads(read.read_text(encoding="utf-8"))["now"])


def worded(message: dict[str, Any], views: Views) -> list[Any]:
    """As text and blocks for each of the views; raises what the wording raises."""
    what, facts, writer = What(message["what"]), message["facts"], views.writer
    if message["subject"] in ("connection", "catalogue"):
        connection = views.one.connection if message["subject"] == "connection" else None
        said = [personal_words.personal(what, facts, None, connection, None, writer)]
    elif message["to"] == "channel":
        said = [
            personal_words.in_channel(what, facts, v, writer) for v in (views.one, views.several)
        ]
    else:
        said = [
            personal_words.personal(what, facts, view, None, "C1", writer)
            for view in (views.one, views.several)
        ]
    read: list[Any] = json.loads(json.dumps([[one.text, list(one.blocks)] for one in said]))
    return read
