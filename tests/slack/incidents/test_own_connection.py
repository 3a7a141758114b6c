"""In a shared outage a letter about one connection tells of that one, and names the others."""

import json
from dataclasses import replace

import pytest

from bot.core.incidents.notices_of_endings import ConfirmReminder
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents.grouping import merge
from bot.flows.views import IncidentView, shown
from bot.slack.incidents import current, data_question
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE, a_check, a_connection, an_estate
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio
STOCK = a_connection(id="stock", name="Stock levels", checks=(a_check(connection="stock"),))


async def two() -> Scene:
    """Two connections in one incident; the errors are their own."""
    scene = await Scene.open(an_estate(a_connection(), STOCK))
    for check in ("orders/api", "stock/api"):
        for _ in range(2):
            text = f"no {check} today"
            failed = (FailedRecords(text=text, count=30),)
            seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=failed)
            await scene.records(seen, check=check)
            scene.later(MINUTE)
    if len(await scene.lives()) > 1:
        await scene.do(merge.merge, 2, into=1, by="bob")
    return scene


async def view_of(scene: Scene) -> IncidentView:
    view = await scene.do(shown, 1)
    assert view is not None
    return view


async def owner_reads(scene: Scene, connection: str) -> str:
    facts = {"parts": [connection], "responders": ["bob"], "reader": "data-owner"}
    writer = Writer(catalogue=scene.knowledge.catalogue)
    letter = personal_words.personal(
        What.OWNER_ALERT, facts, await view_of(scene), None, None, writer
    )
    return json.dumps([letter.text, *letter.blocks], ensure_ascii=False)


async def test_the_owner_of_what_runs_does_not_read_that_they_own_what_fails() -> None:
    async with await two() as scene:
        await scene.sees(OK, OK, check="stock/api")

        said = await owner_reads(scene, "stock")

        assert "Stock levels runs again" in said
        assert "pinged to fix it" not in said
        assert "🔴" not in said
        assert "Shop orders" in await owner_reads(scene, "orders")
        assert "pinged to fix it" in await owner_reads(scene, "orders")


async def test_an_error_is_told_with_the_connection_that_it_is_of() -> None:
    async with await two() as scene:
        view = await view_of(scene)

        said = current.error(view, Writer(catalogue=scene.knowledge.catalogue))

        assert any(
            f"{one.name}: no {one.id}/api today" in said
            for one in scene.knowledge.catalogue.connections.values()
        )


async def test_a_reminder_says_since_when_the_readers_own_connection_runs() -> None:
    async with await two() as scene:
        await scene.sees(OK, OK, check="stock/api")
        ran = scene.now
        scene.later(30 * MINUTE)
        await scene.sees(OK, OK)
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        times = {part.connection: part.recovered_at for part in view.connections}
        mine = [
            replace(part, approver="alice" if part.connection == "stock" else "bob")
            for part in view.connections
        ]
        writer = Writer(catalogue=scene.knowledge.catalogue)

        said = {
            person: json.dumps(
                data_question.reminder(
                    ConfirmReminder(person=person),
                    replace(view, connections=tuple(mine)),
                    None,
                    writer,
                ).blocks
            )
            for person in ("alice", "bob")
        }

        for person, connection in (("alice", "stock"), ("bob", "orders")):
            at = times[connection]
            assert at is not None
            assert f"It runs since <!date^{int(at.timestamp())}^" in said[person]
        assert times["stock"] < ran
