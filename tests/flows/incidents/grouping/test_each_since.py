"""Each connection of a shared outage has a time of its own, and what left it, or was before it was
opened again, is told as that."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import Reading, Signal
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.outbox import fallback
from bot.flows.runbooks import walk
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer, time
from tests.builders import HOUR, MINUTE
from tests.flows.incidents.grouping.test_shared_lead import a_flow, estate, fail, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

ORDER = ("payments", "stock", "payroll", "leaflets")


async def runs(scene: Scene, *ids: str) -> None:
    for id in ids:
        good = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        await scene.records(good, good, check=f"{id}/api")
    scene.later(MINUTE)


async def read(scene: Scene, letter: OutboxMessage) -> str:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    assert letter.what is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return str(personal_words.personal(letter.what, letter.facts, view, None, None, writer).blocks)


async def slow_outage() -> Scene:
    """Eight minutes between one failure and the next."""
    scene = await outage(ORDER[:1])
    for id in ORDER[1:]:
        scene.later(8 * MINUTE)
        await fail(scene, id)
    return scene


class TestSince:
    async def test_whoever_joins_later_reads_since_when_their_own_fails(self) -> None:
        async with await slow_outage() as scene:
            letters_ = [one for one in await scene.post() if one.what is What.PING]
            by_person = {one.person: one for one in letters_}
            child_states = await scene.run(lambda tx: tx.child_states_of(1))
            since = {one.connection: one.failing_since for one in child_states}

            for id in ORDER[1:]:
                said = await read(scene, by_person[f"{id}-first"])
                assert f"*Since:* {time(since[id])}" in said
            assert len(set(since.values())) == 3

    async def test_a_ping_by_another_way_says_so_too(self) -> None:
        async with await slow_outage() as scene:
            sent = [one for one in await scene.post() if one.what is What.PING]
            theirs = next(one for one in sent if str(one.to) == "person:payroll-first")
            letter = replace(theirs, to=ToPersonElsewhere("payroll-first"))
            written = await scene.do(fallback.write, letter)
            part = await scene.run(lambda tx: tx.child_for("payroll"))

            assert written is not None
            assert part is not None
            assert f"Since: {part.failing_since:%Y-%m-%d %H:%M} UTC" in written.body

    async def test_the_card_and_the_packet_begin_with_the_first_of_them(self) -> None:
        async with await slow_outage() as scene:
            incident = await scene.incident()
            view = await scene.do(views.incident_view, 1)
            assert view is not None
            shown = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)
            body = await packet_of(scene)
            child_states = await scene.run(lambda tx: tx.child_states_of(1))

            assert f"*Since:* {time(incident.failing_since)}" in shown
            for one in child_states:
                at = utc(one.failing_since)
                assert any(
                    f"({one.connection})" in line and line.endswith(f"failing since {at}")
                    for line in body.splitlines()
                )

    async def test_one_that_fails_again_is_told_since_it_does(self) -> None:
        async with await slow_outage() as scene:
            await scene.post()
            await runs(scene, *ORDER)
            scene.later(10 * MINUTE)
            again = scene.now
            await fail(scene, "stock")
            view = await scene.do(views.incident_view, 1)
            assert view is not None
            stock = next(one for one in view.connections if one.connection == "stock")
            others = [one for one in view.connections if one.connection != "stock"]

            assert stock.again == again
            assert stock.failing_since < again
            assert [one.again for one in others] == [None] * 3


class TestWhatLeft:
    async def test_after_a_split_neither_side_counts_what_is_no_part_of_it(self) -> None:
        async with await slow_outage() as scene:
            pings = [one for one in await scene.post() if one.what is What.PING]
            theirs = next(one for one in pings if str(one.to) == "person:stock-first")
            gone = scene.knowledge.catalogue.connections["stock"]
            alone = await scene.do(merge.split, gone, by="payments-first")

            assert (alone.size, alone.headline) == (1, "Stock is failing")
            assert (await scene.incident()).headline == "Big ERP: 3 connections"
            said = await read(scene, theirs)
            assert "Stock is not in INC-1 now. How it stands: `/conn status stock`" in said

    async def test_one_that_outlives_the_outage_is_counted_no_more(self) -> None:
        async with await slow_outage() as scene:
            await runs(scene, "payments", "stock", "payroll")
            await scene.tick(HOUR)
            whole = await scene.incident()
            alone = await scene.live("leaflets")

            assert whole.size == 3
            assert whole.headline.startswith("Big ERP: 3 connections work again")
            assert alone is not None
            assert (alone.size, alone.headline) == (1, "Leaflets is failing")

    async def test_an_incident_that_led_others_and_is_split_off_stands_alone(self) -> None:
        flows = estate().connections
        apart = replace(flows["payroll"], target="bank")
        catalogue = replace(estate(), connections={**flows, "payroll": apart})
        async with await outage(ORDER, catalogue) as scene:
            other = await scene.live("payroll")
            assert other is not None
            await scene.do(merge.merge, 1, into=other.id, by="payments-first")
            alone = await scene.do(merge.split, flows["payments"], by="payments-first")
            whole = await scene.incident(other.id)

            assert (alone.id, alone.size, alone.headline) == (1, 1, "Payments is failing")
            assert whole.size == 3


class TestTwoLives:
    async def test_the_packet_of_an_incident_opened_again_tells_the_lives_apart(self) -> None:
        async with await outage(["payments"], estate(a_flow("payments"))) as scene:
            await scene.do(walk.answer, 1, step="send", choice="sent", by="payments-tech")
            first = (await scene.incident()).failing_since
            await runs(scene, "payments")
            await scene.do(respond.resolve, 1, "payments-first", "restarted")
            scene.later(5 * HOUR)
            why = "orders are missing again"
            opened = scene.now
            await scene.do(reopen.reopen, 1, by="payments-first", why=why)
            scene.later(MINUTE)
            await fail(scene, "payments")
            body = await packet_of(scene)

            assert f"Failing since: {utc(opened)}" in body
            assert f"Failed before that: from {utc(first)} on" in body
            assert "Send them again: Sent (before it was opened again)" in body

    async def test_one_that_never_stopped_has_one_life(self) -> None:
        async with await outage(["payments"], estate(a_flow("payments"))) as scene:
            first = (await scene.incident()).failing_since
            await scene.do(respond.resolve, 1, "payments-first", "restarted")
            scene.later(MINUTE)
            await scene.do(reopen.reopen, 1, by="payments-first", why="it still fails")
            await scene.do(walk.answer, 1, step="send", choice="sent", by="payments-tech")
            body = await packet_of(scene)

            assert f"Failing since: {utc(first)}" in body
            assert "Failed before" not in body
            assert body.count("(before it was opened again)") == 0

    async def test_what_ran_before_it_was_opened_again_is_none_of_this_life(self) -> None:
        async with await outage(["payments", "stock"]) as scene:
            await runs(scene, "payments", "stock")
            await scene.do(respond.resolve, 1, "payments-first", "restarted")
            scene.later(10 * MINUTE)
            await fail(scene, "payments")
            incident = await scene.incident()
            body = await packet_of(scene)

            assert incident.reopened == 1
            assert "Connection: Payments (payments)" in body
            assert "Stock" not in body


async def packet_of(scene: Scene) -> str:
    incident = await scene.incident()
    found = await scene.do(counterparty.evidence_for, incident, Lane.PUBLISHER)
    assert found is not None
    return found.body


def utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
