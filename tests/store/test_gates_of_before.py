"""Holds and approvals that an earlier version stored are gates, and what was said of them in Slack
leads to the right one."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.core.runbooks.gate import Decision, GateKind
from bot.store.migrations import MIGRATIONS
from bot.store.store import Store

pytestmark = pytest.mark.anyio

NOON = "2026-03-02T12:00:00Z"
# As the version before wrote them.
APPROVAL = {
    "id": 1,
    "incident": 1,
    "subject": "step:generic:send",
    "title": "Send again",
    "layer": "functional",
    "owner": "data-owner",
    "terms": "Once.",
    "connections": ["orders"],
    "asked_at": NOON,
    "asked_by": None,
    "ruling": "waiting",
    "by": None,
    "at": None,
    "why": "",
}
HOLD = {
    "id": 1,
    "incident": 1,
    "step": "erp",
    "title": "Is it up?",
    "why": "they call",
    "by": "bob",
    "trigger": "by hand",
    "at": NOON,
    "may_release": ["bob", "alice"],
    "decision": None,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
}


def earlier(file: Path) -> None:
    """Two holds, of which the first was denied, three approvals, and the letters about them."""
    db = Database(file)
    MIGRATIONS.apply(db, stop_before="m039_gates")
    denied = {"decision": "denied", "decided_by": "alice", "decided_at": NOON, "reason": "no"}
    for number, more in ((1, denied), (2, {})):
        row: dict[str, Any] = {**HOLD, **more, "id": number}
        columns = {name: row[name] for name in ("id", "incident", "step", "decided_at")}
        db.table("holds").insert({**columns, "body": json.dumps(row)})
        for what in ("held", "denied"):
            db.table("outbox").insert({"what": what, "facts": json.dumps({"hold": number})})
    for number, ruling in ((1, "waiting"), (2, "approved"), (3, "not needed any more")):
        row = {**APPROVAL, "id": number, "ruling": ruling, "by": "data-owner", "at": NOON}
        row |= {"owner": None} if number == 1 else {}
        db.table("approvals").insert({"id": number, "incident": 1, "body": json.dumps(row)})
        facts = json.dumps({"approval": number})
        db.table("outbox").insert({"what": "approval_wanted", "facts": facts})
    db.close()


async def test_holds_and_approvals_of_before_are_gates(tmp_path: Path) -> None:
    file = tmp_path / "firstlane.sqlite3"
    earlier(file)

    store = await Store.open(file)
    try:
        approvals = await store.run(lambda tx: tx.gates_of(1, GateKind.APPROVAL))
        holds = await store.run(lambda tx: tx.gates_of(1, GateKind.HOLD))
        standing = await store.run(lambda tx: tx.held_step(1, "erp"))
    finally:
        await store.close()

    assert [(one.id, one.owner, one.decision) for one in approvals] == [
        (1, None, None),
        (2, "data-owner", Decision.RELEASED),
        (3, "data-owner", Decision.LAPSED),
    ]
    assert [(one.decision, one.reason, one.why) for one in holds] == [
        (Decision.DENIED, "no", "they call"),
        (None, "", "they call"),
    ]
    assert standing == holds[1]
    assert holds[1].may_decide == ("bob", "alice")


async def test_letters_of_before_are_about_the_gate_that_the_hold_became(tmp_path: Path) -> None:
    file = tmp_path / "firstlane.sqlite3"
    earlier(file)

    store = await Store.open(file)
    try:
        first, second = await store.run(lambda tx: tx.gates_of(1, GateKind.HOLD))
        rows = await store.run(lambda tx: tx.all("select what, facts from outbox order by id"))
    finally:
        await store.close()

    told = [(row["what"], next(iter(json.loads(row["facts"]).values()))) for row in rows]
    assert told == [
        ("held", first.id),
        ("denied", first.id),
        ("held", second.id),
        ("denied", second.id),
        ("approval_wanted", 1),
        ("approval_wanted", 2),
        ("approval_wanted", 3),
    ]
