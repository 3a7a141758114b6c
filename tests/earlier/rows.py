"""Rows of the outbox: put into a database as they were stored, and stored anew by this version."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.core.outbox.address import read_address
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import Effect, Say, Show, What
from bot.store.codec import stamp
from bot.store.tx import Tx
from tests.builders import HOUR, NOW
from tests.flows.scene import Scene

Row = Mapping[str, Any]  # the columns of one message, the facts read from their JSON
_ALL = "select what, recipient, subject, stream, facts, priority from outbox order by id"


def kept(file: Path) -> list[Row]:
    """Rows that were written down, one a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


async def read(rows: Iterable[Row]) -> list[OutboxMessage]:
    """What this version reads of stored rows, in their order."""
    stored = [_stored(row) for row in rows]
    async with await Scene.open() as scene:
        await scene.aside(lambda db: db["outbox"].insert_all(stored))
        found: dict[int, OutboxMessage] = {}
        while batch := await scene.run(_taken, scene.now):
            found |= {one.id: one for one in batch}
    return [found[number] for number in sorted(found)]


def _stored(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("what", "recipient", "subject", "stream")},
        "facts": json.dumps(row["facts"]),
        "kind": "say",
        "priority": 0,
        "state": "waiting",
        "created_at": stamp(NOW),
        "not_before": stamp(NOW),
        "attempts": 0,
        "maybe_sent": 0,
    }


def _taken(tx: Tx, now: datetime) -> tuple[OutboxMessage, ...]:
    taken = tx.claim_letters(now, now + HOUR, "test", 1000)
    for one in taken:
        tx.letter_sent(one.id, now, "", "")
    return taken


def again(message: OutboxMessage) -> Effect:
    """What would be said to store that message."""
    assert message.what is not None
    return Say(subject=message.subject, to=message.to, what=message.what, facts=message.facts)


def effect(what: str | None, to: str, subject: str) -> Effect:
    """Without facts. Without `what` it is something that is shown."""
    if what is None:
        return Show(subject=subject)
    return Say(subject=subject, to=read_address(to), what=What(what))


async def write(effects: Iterable[Effect]) -> list[Row]:
    """The rows that this version makes of them, in their order."""

    def queued(tx: Tx) -> None:
        for one in effects:
            tx.queue(one, NOW)

    async with await Scene.open() as scene:
        await scene.run(queued)
        rows = await scene.aside(_rows)
    return [{**row, "facts": json.loads(row["facts"])} for row in rows]


def _rows(db: Database) -> list[Row]:
    return list(db.query(_ALL))
