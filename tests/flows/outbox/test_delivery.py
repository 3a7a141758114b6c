"""A ping that does not arrive goes up the ladder; nothing else does, and never in circles."""

import pytest

from bot.core.estate.catalogue import LadderRung
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from bot.flows.outbox import delivery
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio


def gone(*people: str) -> frozenset[str]:
    return frozenset(f"person:{person}" for person in people)


async def broken(*rungs: tuple[str, ...]) -> Scene:
    ladder = tuple(
        LadderRung(after=15 * MINUTE * (place + 1), people=people)
        for place, people in enumerate(rungs or [("alice",)])
    )
    scene = await Scene.open(an_estate(a_connection(ladder=ladder)))
    await scene.sees(FAILING, FAILING)
    return scene


async def test_an_undelivered_ping_is_told_and_the_next_rung_pinged_at_once() -> None:
    async with await broken() as scene:
        said = await scene.said(refuse=gone("bob"))

        await scene.tick()

        assert ("channel", What.UNDELIVERED) in said
        assert ("person:manager", What.UNDELIVERED) in said
        assert await scene.pinged() == ["alice"]


async def test_the_receipts_say_what_became_of_each_ping() -> None:
    async with await broken() as scene:
        await scene.said(refuse=gone("bob"))
        await scene.tick()

        receipts = await scene.run(lambda tx: tx.receipts("incident:1"))

        assert [(one.person, one.state) for one in receipts] == [
            ("bob", "failed"),
            ("alice", "waiting"),
        ]


async def test_nobody_is_hurried_while_somebody_on_the_rung_was_reached() -> None:
    async with await broken(("alice", "charlie")) as scene:
        await scene.said()
        await scene.tick(15 * MINUTE)
        await scene.said(refuse=gone("charlie"))

        touched = await scene.tick()

        assert touched == 0


async def test_late_news_of_a_lower_rung_hurries_nobody() -> None:
    async with await broken() as scene:
        letter = (await scene.run(scene.claim))[0]
        await scene.tick(15 * MINUTE)
        await scene.post()

        await scene.do(delivery.give_up, letter, "user_not_found")

        assert (await scene.incident()).escalate_at == scene.now + 15 * MINUTE


async def test_an_unreachable_top_of_the_ladder_is_not_pinged_in_circles() -> None:
    async with await broken() as scene:
        nobody = gone("bob", "alice", "manager", "architect")
        for _ in range(10):
            await scene.tick()
            await scene.said(refuse=nobody)

        pings = await scene.run(lambda tx: tx.receipts("incident:1"))

        assert len(pings) == 4
        assert await scene.tick() == 0
        assert await scene.tick(30 * MINUTE) == 1


async def test_after_an_acknowledgement_an_undelivered_ping_is_only_told() -> None:
    async with await broken() as scene:
        await scene.do(respond.acknowledge, 1, "alice")

        said = await scene.said(refuse=gone("bob"))

        assert ("channel", What.UNDELIVERED) in said
        assert (await scene.incident()).state is State.ACKNOWLEDGED
        assert await scene.tick() == 0


async def test_a_question_about_the_data_that_reaches_nobody_is_told() -> None:
    async with await broken() as scene:
        await scene.sees(OK, OK)
        await scene.post(refuse=gone("data-owner"))

        kinds = await scene.kinds()

        assert "undelivered" in kinds
        assert (await scene.incident()).remind_at == scene.now - MINUTE + HOUR


async def test_news_of_a_closed_incident_changes_nothing() -> None:
    async with await broken() as scene:
        await scene.do(respond.resolve, 1, "bob", "")
        before = await scene.kinds()

        said = await scene.said(refuse=gone("bob"))

        assert ("channel", What.UNDELIVERED) not in said
        assert await scene.kinds() == before


async def test_what_changed_while_slack_took_a_letter_is_shown_once_it_stands_there() -> None:
    async with await broken() as scene:
        await scene.post()
        scene.later(HOUR)
        await scene.post()  # every show that was left to rest
        await scene.sees(OK, OK)
        asked = None
        while asked is None:
            for letter in await scene.run(scene.claim):
                if letter.what is What.CONFIRM_DATA:
                    asked = letter
                else:
                    await scene.do(delivery.sent, letter)

        await scene.do(delivery.sent, asked, "D1", "1.1")
        scene.later(MINUTE)

        assert [one.subject for one in await scene.run(scene.claim)] == ["incident:1"]
