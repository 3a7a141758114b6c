"""What an earlier version kept in its records alone is found by the columns that stand for it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.core.incidents.incident import State
from bot.core.monitoring.health import ConnectionHealth
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.received import Delivery, Post
from bot.core.runbooks.runbook import GivenAnswer, Progress
from bot.store.codec import pack, stamp
from bot.store.migrations import MIGRATIONS
from bot.store.store import Store
from bot.store.tx import Tx
from tests.builders import HOUR, MINUTE, NOW, an_incident, believed

pytestmark = pytest.mark.anyio

INCIDENTS = (
    an_incident(kind="login", state=State.RESOLVED, resolved_at=NOW, opened_at=NOW - 9 * HOUR),
    an_incident(said="no such code", state=State.REVIEWED, opened_at=NOW - 9 * HOUR),
    an_incident(kind="timeout", connection="stock"),
    an_incident(
        state=State.MERGED, connection="lines", parent=3, kind="refused", opened_at=NOW - HOUR
    ),
    an_incident(
        state=State.MERGED,
        connection="bills",
        parent=3,
        ladder=(),
        opened_at=NOW - HOUR,
        seen_failing=False,
    ),
)
HEALTH = (
    ConnectionHealth(connection="orders", verdict=Verdict.FAILING, since=NOW, flapping=True),
    ConnectionHealth(connection="stock", verdict=Verdict.OK, since=NOW),
)
ANSWER = GivenAnswer(step="look", answer="yes", by="bob", at=NOW)


async def test_all_of_it_is_found(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite"
    db = Database(file)
    MIGRATIONS.apply(db, stop_before="m038_columns_that_are_searched")
    for number, one in enumerate(INCIDENTS, 1):
        columns = {"connection": one.connection, "state": one.state.value, "live": int(one.live)}
        columns |= {"id": number, "opened_at": stamp(one.opened_at), "parent": one.parent}
        db.table("incidents").insert({**columns, "body": pack(replace(one, id=number))})
    db.table("connection_health").insert_all(
        {"connection": one.connection, "body": pack(one)} for one in HEALTH
    )
    _add_checks(db)
    for walk in (Progress(runbook="news", given=(ANSWER,)), Progress(runbook="unread")):
        row = {"incident": 1, "runbook": walk.runbook, "body": pack(walk)}
        db.table("progress").insert(row)
    db.table("posts").insert_all(
        {"subject": "incident:1", "slot": slot, "channel": "C", "ts": "1", "digest": ""}
        for slot in ("root", "card", "about")
    )
    db.table("inbox").insert_all(
        {"key": key, "work": "note", "body": "{}", "at": stamp(NOW), "server": "us"}
        | {"acted": 0, "answered": 0}
        for key in ("second", "first")
    )
    db.conn.commit()
    db.close()

    store = await Store.open(file)
    found = await store.run(_found)
    await store.close()

    assert found == {
        "kind": [1],
        "words": [2],
        "nothing": [],
        "over since": [[1], []],
        "once alone": [4],
        "recovered": [("lines", False), ("bills", True)],
        "kinds": {"stock": "timeout", "lines": "refused"},
        "verdicts": {"orders": "failing", "stock": "ok"},
        "unsteady": ["orders"],
        "released": 1,
        "walked": ["news"],
        "posts": ["root", "card", "about", "added"],
        "deliveries": ["second", "first", "added"],
    }


def _add_checks(db: Database) -> None:
    """One that is claimed for a look, and one that is not."""
    for name, claimed in (("orders/a", MINUTE), ("orders/b", 0 * MINUTE)):
        check = replace(believed(Verdict.OK), check=name)
        row = {"key": name, "connection": "orders", "body": pack(check)}
        db.table("check_health").insert(
            {**row, "next_check_at": stamp(check.next_check_at + claimed)}
        )


def _found(tx: Tx) -> dict[str, Any]:
    for slot in ("added", "card"):
        tx.save_post(Post(subject="incident:1", slot=slot, channel="C", ts="2"))
    tx.receive(Delivery(key="added", work="note", at=NOW), "us")
    return {
        "kind": [one.id for one in tx.alike("login", "", 9)],
        "words": [one.id for one in tx.alike("", "no such code", 9)],
        "nothing": [one.id for one in tx.alike("", "", 9)],
        "over since": [[one.id for one in tx.over_since(since)] for since in (NOW, NOW + MINUTE)],
        "once alone": [one.id for one in tx.once_independent(3)],
        "recovered": list(tx.recovered_of(3)),
        "kinds": dict(tx.open_kinds()),
        "verdicts": dict(tx.verdicts()),
        "unsteady": list(tx.unsteady()),
        "released": tx.release_looks(NOW),
        "walked": list(tx.runbooks_used()),
        "posts": list(tx.posts("incident:1")),
        "deliveries": [one.key for one in tx.unanswered("us")],
    }
