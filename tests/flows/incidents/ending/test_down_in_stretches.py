"""A down time is the time in which it was down: what ran in between is not counted, and of several
stretches it is said how many."""

from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.merge_and_reopen import counted_on
from bot.core.monitoring.flapping import fall, rise
from bot.core.monitoring.rules import Verdict
from bot.flows import views
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.grouping import reopen
from bot.flows.monitoring import downtime
from bot.language.units import say_duration
from bot.slack.incidents import card, data_question
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, NOW
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
OK, BAD = Verdict.OK, Verdict.FAILING
SPANS = st.lists(st.integers(1, 600), min_size=1, max_size=9)


@given(spans=SPANS)
def test_the_sum_is_of_the_stretches_that_were_bad_however_long_it_ran(spans: list[int]) -> None:
    """Bad and good by turns, each for so many minutes; also beyond what the count remembers."""
    ends = [NOW + at * MINUTE for at in accumulate(spans)]
    turns = fall(None, NOW)
    for place, end in enumerate(ends):
        turns = fall(turns, end) if place % 2 else rise(turns, end)
    bad = spans[::2]

    told = downtime.between(turns, NOW, NOW, ends[-1])

    assert told.span == sum(bad) * MINUTE
    assert told.stretches == len(bad) + turns.bad


@given(ran=st.integers(1, 9_000), never_stopped=st.booleans())
def test_what_ran_while_it_was_over_is_not_counted(ran: int, never_stopped: bool) -> None:
    """It failed still when a person ended it."""
    ended = NOW + 10 * MINUTE
    again = ended + ran * MINUTE
    since = NOW if never_stopped else again

    turns = counted_on(fall(None, NOW), ended, since, again)
    told = downtime.between(turns, NOW, NOW, again + MINUTE)

    assert told.span == (11 + ran if never_stopped else 11) * MINUTE
    assert told.stretches == (1 if never_stopped else 2)


async def closing(scene: Scene) -> str:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


async def down_from(scene: Scene, begun: datetime) -> timedelta:
    """From a look that was bad first until it is believed to run."""
    found = await scene.incident()
    assert found.recovered_at is not None
    return found.recovered_at - begun


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(good=st.integers(3, 400), ended=st.booleans())
async def test_the_card_says_the_sum_and_how_often(good: int, ended: bool) -> None:
    """It fails, runs, is resolved or not, and fails again in the same way."""
    async with await Scene.open() as scene:
        begun = scene.now
        await scene.sees(BAD, BAD, BAD, OK, OK)
        first = await down_from(scene, begun)
        if ended:
            await scene.do(respond.resolve, 1, "bob", "restarted")
            good = min(good, 20)
        scene.later(good * MINUTE)
        again = scene.now
        await scene.sees(BAD, BAD, BAD, BAD, OK, OK)
        second = await down_from(scene, again + MINUTE)
        await scene.do(respond.resolve, 1, "bob", "mended")

        assert (await scene.incident()).state is State.RESOLVED
        said = say_duration(first + second)
        assert f"It was down for {said} in all, in 2 stretches" in await closing(scene)


async def test_what_a_person_opened_again_while_it_ran_was_not_down_then() -> None:
    async with await Scene.open() as scene:
        await scene.sees(BAD, BAD, BAD, OK, OK)
        await scene.do(respond.resolve, 1, "bob", "restarted")
        scene.later(40 * HOUR)
        await scene.do(reopen.reopen, 1, by="alice", why="prices are missing")
        scene.later(HOUR)
        await scene.do(respond.resolve, 1, "bob", "sent again")

        said = await closing(scene)
        assert "It was down for 4 min; it was open again by a person's word." in said


async def test_the_question_about_the_data_and_the_evidence_say_it_too() -> None:
    async with await Scene.open() as scene:
        await scene.sees(BAD, BAD, BAD, OK, OK)
        scene.later(30 * MINUTE)
        await scene.sees(BAD, BAD)
        incident = await scene.incident()
        packet = await scene.do(counterparty.evidence_for, incident, Lane.VENDOR)
        await scene.sees(OK, OK)
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        assert view is not None
        asked = data_question.question("data-owner", view, None, writer)

        assert packet is not None
        assert "in 2 stretches, it ran in between" in packet.body
        assert "in all, in 2 stretches" in str(asked.blocks)
