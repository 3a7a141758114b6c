"""The tick: who is pinged when, and that nothing is lost or said twice."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.estate.catalogue import LadderRung, Owners, Party
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from tests.builders import DAY, HOUR, MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio


async def broken(**connection: Any) -> Scene:
    scene = await Scene.open(an_estate(a_connection(**connection)))
    await scene.sees(FAILING, FAILING)
    await scene.post()
    scene.now = (await scene.incident()).opened_at
    return scene


class TestTheLadder:
    async def test_it_climbs_to_the_top_and_stays_there(self) -> None:
        async with await broken() as scene:
            story = []
            for _ in range(6):
                await scene.tick(15 * MINUTE)
                story.append(await scene.pinged())

            # bob at once, alice at 15, his manager and the architect at 30, then every half hour
            top = ["manager", "architect"]
            assert story == [["alice"], top, [], top, [], top]

    async def test_two_ticks_at_one_moment_ping_once(self) -> None:
        async with await broken() as scene:
            await scene.tick(15 * MINUTE)
            await scene.tick()

            assert await scene.pinged() == ["alice"]

    async def test_after_a_long_absence_it_climbs_one_rung_at_a_time(self) -> None:
        async with await broken() as scene:
            await scene.tick(2 * DAY)
            await scene.tick()

            assert await scene.pinged() == ["alice"]

    async def test_a_rung_that_names_nobody_is_passed_over_at_once_and_told(self) -> None:
        ladder = (
            LadderRung(after=15 * MINUTE, people=()),
            LadderRung(after=30 * MINUTE, people=("alice",)),
        )
        async with await broken(ladder=ladder) as scene:
            await scene.tick(15 * MINUTE)

            said = await scene.said()
            assert ("person:alice", What.PING) in said
            assert ("channel", What.NOBODY) in said
            assert ("person:architect", What.NOBODY) in said
            assert "Rung 1 names nobody." in [entry.text for entry in await scene.timeline()]

    async def test_with_nobody_at_all_the_channel_hears_it_again_and_again(self) -> None:
        async with await broken(owners=Owners(), first_responder=None, ladder=()) as scene:
            story = []
            for _ in range(3):
                await scene.tick(30 * MINUTE)
                story.append(await scene.said())

            assert story == [[("channel", What.NOBODY)]] * 3


class TestTheLease:
    async def test_the_holder_is_asked_and_then_the_ladder_goes_on(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.post()

            await scene.tick(48 * MINUTE)
            asked = await scene.said()
            await scene.tick(12 * MINUTE)
            expired = await scene.said()

            assert asked == [("person:bob", What.STILL_ON_IT)]
            assert ("person:alice", What.PING) in expired
            assert ("channel", What.LEASE_EXPIRED) in expired
            incident = await scene.incident()
            assert (incident.state, incident.holder) == (State.OPEN, None)

    async def test_it_does_not_lapse_unasked_when_the_bot_was_away(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.post()

            await scene.tick(5 * HOUR)
            first = await scene.said()
            still = await scene.incident()
            await scene.tick(12 * MINUTE)

            assert first == [("person:bob", What.STILL_ON_IT)]
            assert still.lease_until == scene.now
            assert (await scene.incident()).state is State.OPEN

    async def test_an_answer_in_time_keeps_it(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.tick(48 * MINUTE)
            await scene.do(respond.still_on_it, 1, "bob")

            await scene.tick(12 * MINUTE)

            assert (await scene.incident()).holder == "bob"


class TestTheCounterParty:
    async def test_their_breach_is_written_down_once_and_the_holder_reminded_often(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
            await scene.post()

            story = []
            for span in (4 * HOUR, HOUR, HOUR):
                await scene.tick(span)
                story.append(await scene.said())

            assert all(("person:bob", What.COUNTERPARTY_DUE) in said for said in story)
            assert (await scene.kinds()).count("breach") == 1

    async def test_a_second_hand_over_has_a_breach_of_its_own(self) -> None:
        async with await broken() as scene:
            for _ in range(2):
                await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
                await scene.tick(4 * HOUR)

            assert (await scene.kinds()).count("breach") == 2

    async def test_without_a_contract_there_is_no_breach(self) -> None:
        estate = an_estate(parties={"vendor": Party(id="vendor", name="ShopLink")})
        async with await Scene.open(estate) as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")

            await scene.tick(HOUR)

            assert ("person:bob", What.COUNTERPARTY_DUE) in await scene.said()
            assert "breach" not in await scene.kinds()


class TestTheData:
    async def test_its_judge_is_nudged_every_lease_below_the_one_question(self) -> None:
        async with await broken() as scene:
            await scene.sees(OK, OK)
            await scene.post()

            story = []
            for _ in range(3):
                await scene.tick(HOUR)
                story.append(await scene.said())

            assert story == [[("person:data-owner", What.CONFIRM_NUDGE)]] * 3

    async def test_without_a_judge_the_channel_is_asked(self) -> None:
        async with await broken(owners=Owners()) as scene:
            await scene.sees(OK, OK)
            await scene.post()

            await scene.tick(HOUR)

            assert await scene.said() == [("channel", What.RECOVERED)]

    async def test_a_row_of_before_that_names_no_judge_still_finds_one(self) -> None:
        async with await broken() as scene:
            await scene.sees(OK, OK)
            await scene.post()
            old = replace(await scene.incident(), awaiting=())
            await scene.run(lambda tx: tx.save_incident(old))

            await scene.tick(HOUR)

            assert await scene.said() == [("person:data-owner", What.CONFIRM_NUDGE)]
            after = await scene.do(respond.confirm_data, 1, "data-owner")
            assert after.state is State.RESOLVED


class TestWhatIsDue:
    async def test_of_incidents_for_which_nothing_is_due_a_tick_reads_nothing(self) -> None:
        many = [a_connection(id=f"flow-{one}", source=f"s{one}", target=f"t{one}") for one in "abc"]
        async with await Scene.open(an_estate(*many)) as scene:
            await scene.tick()
            asked = [await _statements(scene)]
            for connection in many:
                await scene.sees(FAILING, FAILING, check=f"{connection.id}/api")
                await scene.tick()
                asked.append(await _statements(scene))

            assert len(await scene.lives()) == 3
            assert asked == [asked[0]] * 4

    async def test_a_step_that_the_file_limits_since_a_moment_ago_is_late_at_once(self) -> None:
        async with await broken() as scene:
            await scene.tick(10 * MINUTE)
            await scene.post()
            book = scene.knowledge.runbooks["generic"]
            limited = tuple(replace(step, within=MINUTE) for step in book.steps)
            books = {"generic": replace(book, steps=limited)}
            scene.knowledge = replace(scene.knowledge, runbooks=books)

            await scene.tick()

            assert ("channel", What.STEP_LATE) in await scene.said()


async def _statements(scene: Scene) -> int:
    """How often a tick asks the database for something."""
    asked: list[str] = []
    await scene.aside(lambda db: db.conn.set_trace_callback(asked.append))
    await scene.tick()
    await scene.aside(lambda db: db.conn.set_trace_callback(None))
    return len(asked)
