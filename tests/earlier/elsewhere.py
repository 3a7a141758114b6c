"""What is said outside of our own Slack: pings by another way, and evidence to outside parties."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.incidents.notices import EvidenceWritten
from bot.core.outbox.address import read_address
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, read_notice
from bot.flows.outbox import fallback
from bot.slack.incidents import counterparty
from bot.store.store import Store
from tests.earlier.wording import HERE, OF_ONE, OF_SEVERAL, unpacked
from tests.flows.scene import Scene
from tests.slack.incidents.test_redrawn import the_estate


async def said_elsewhere(messages: Sequence[Mapping[str, Any]], folder: Path) -> list[Any]:
    """Of each message what is read there, about INC-1 of the stored databases."""
    found = [await _pages(messages, folder, story) for story in (OF_ONE, OF_SEVERAL)]
    read: list[Any] = json.loads(json.dumps([list(both) for both in zip(*found, strict=True)]))
    return read


async def _pages(messages: Sequence[Mapping[str, Any]], folder: Path, story: int) -> list[Any]:
    store = await Store.open(unpacked(HERE / "2026-11" / f"{story}.sqlite3.xz", folder))
    async with Scene(store, the_estate()) as scene:
        return [await _said(scene, one) for one in messages]


async def _said(scene: Scene, message: Mapping[str, Any]) -> Any:
    if message["to"].startswith("party-channel:"):
        told = read_notice(What.PACKET, message["facts"])
        assert isinstance(told, EvidenceWritten)
        said = counterparty.for_party(told)
        return [said.text, list(said.blocks)]
    letter = OutboxMessage(
        id=1,
        kind="say",
        stream=message["to"],
        subject="incident:1",
        to=read_address(message["to"]),
        what=What(message["what"]),
        facts=message["facts"],
        created_at=scene.now,
    )
    page = await scene.do(fallback.write, letter)
    return [page.title, page.body] if page else None
