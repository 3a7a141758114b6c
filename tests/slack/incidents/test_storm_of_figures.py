"""In a storm the figures of many incidents change faster than Slack takes edits: no button on what
is over stays in a direct message for it, and every message gets its turn."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import System
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import LIVE_INCIDENTS, Show
from bot.flows.incidents import respond
from bot.flows.work import Work
from tests.builders import HOUR, MINUTE, a_check, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene
from tests.slack.wall import Wall, wall

pytestmark = pytest.mark.anyio
CONNECTIONS = [f"line-{n}" for n in range(3)]
A_MOMENT = timedelta(seconds=2)
EDITS_A_MINUTE = 50


@pytest.fixture
async def storm() -> AsyncIterator[Wall]:
    """Every connection is down for a reason of its own, and all that stands in Slack is right."""
    systems = {f"{end}-{id}" for id in CONNECTIONS for end in ("from", "to")}
    catalogue = an_estate(
        *(
            a_connection(
                id=id,
                name=id.title(),
                source=f"from-{id}",
                target=f"to-{id}",
                checks=(a_check(connection=id),),
            )
            for id in CONNECTIONS
        ),
        systems={id: System(id=id, name=id) for id in systems},
    )
    async with wall(catalogue, knowledge_of(catalogue)) as made:
        for waiting in (20, 21):
            await looks(made, waiting)
            made.later(MINUTE)
        await made.settles()
        made.later(MINUTE)
        assert len(await made.lives()) == len(CONNECTIONS)
        assert await made.stale() == {}
        yield made


async def looks(wall: Wall, waiting: int) -> None:
    """At every connection, and each time other figures are found."""
    for id in CONNECTIONS:
        signals = {
            Signal.FAILED: float(waiting),
            Signal.LAST_SUCCESS: wall.now - HOUR,
            Signal.LAST_ATTEMPT: wall.now,
            Signal.QUEUE_DEPTH: float(waiting),
            Signal.QUEUE_OLDEST: wall.now - HOUR,
        }
        failed = (FailedRecords(text=f"E-{id}: broken", count=waiting, oldest_at=wall.now),)
        await wall.records(Reading(at=wall.now, signals=signals, failed=failed), check=f"{id}/api")


async def storms(wall: Wall, first: int, times: int) -> None:
    """Looks go on, each is shown at once, and the bot sends what it may."""
    for waiting in range(first, first + times):
        await looks(wall, waiting)
        for one in await wall.lives():
            await wall.do(Work.show, one)
        await wall.sender.send_due()
        wall.later(A_MOMENT)


def edits(wall: Wall) -> int:
    return sum(call.method == "chat.update" for call in wall.standin.calls)


async def direct_messages(wall: Wall, number: int) -> dict[str, str]:
    shown = await wall.stands(number)
    return {name: text for name, text in shown.items() if " to person:" in name}


async def test_no_button_on_what_is_over_outlives_the_next_edits(storm: Wall) -> None:
    await storms(storm, first=30, times=20)
    before = await direct_messages(storm, 3)
    assert any("Acknowledge" in text for text in before.values())

    await storm.do(respond.resolve, 3, "bob", "restarted")
    await storms(storm, first=100, times=10)

    after = await direct_messages(storm, 3)
    assert not [name for name, text in after.items() if "Acknowledge" in text]


async def test_every_direct_message_gets_its_turn(storm: Wall) -> None:
    before = {one.id: await direct_messages(storm, one.id) for one in await storm.lives()}
    stands = sum([len(await storm.stands(number)) for number in before])

    # As long as Slack's limit needs for two edits of all that stands.
    await storms(storm, first=30, times=int(2 * stands * (MINUTE / EDITS_A_MINUTE) / A_MOMENT))

    untouched = [
        name
        for number, letters in before.items()
        for name, text in (await direct_messages(storm, number)).items()
        if letters.get(name) == text
    ]
    assert untouched == []


async def test_what_did_not_change_costs_no_edit(storm: Wall) -> None:
    made = edits(storm)
    await storm.run(lambda tx: tx.queue(Show(subject=LIVE_INCIDENTS), storm.now))
    await storm.settles()
    assert edits(storm) == made


async def passed(wall: Wall) -> list[str]:
    """What stands in Slack and tells a time as to come that has passed."""
    found = []
    for one in await wall.lives():
        for name, text in (await wall.stands(one.id)).items():
            told = _NEXT.search(text)
            if told and int(told[1]) <= wall.now.timestamp():
                found.append(f"{one.key} {name}")
    return found


_NEXT = re.compile(r"\*Next:\*[^\n]*?<!date\^(\d+)\^")


async def test_no_time_that_has_passed_is_told_as_to_come_for_the_sake_of_figures(
    storm: Wall,
) -> None:
    due = min(one.escalate_at for one in await storm.lives() if one.escalate_at)
    storm.later(due - storm.now - MINUTE / 2)
    await storms(storm, first=30, times=15)  # all that Slack takes in that time goes to figures
    storm.later(max(due - storm.now, timedelta(0)))
    await storm.tick()
    assert await passed(storm) != []

    await storms(storm, first=100, times=6)

    assert await passed(storm) == []


@pytest.mark.parametrize(("error", "at_once"), [("paced", True), ("ratelimited", False)])
async def test_only_what_our_own_pace_put_off_is_hurried_by_newer_news(
    error: str, at_once: bool
) -> None:
    async with await Scene.open() as scene:
        show = Show(subject="incident:1")
        await scene.run(lambda tx: tx.queue(show, scene.now))
        (first,) = await scene.run(scene.claim)
        until = scene.now + MINUTE / 2
        await scene.run(lambda tx: tx.letter_postponed(first.id, until, error))
        await scene.run(lambda tx: tx.queue(show, scene.now))

        assert [one.id for one in await scene.run(scene.claim)] == ([first.id] if at_once else [])
