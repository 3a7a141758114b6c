"""A connection that comes and goes, over hours: one incident, one question, and a ladder that
passes nobody over, however far the turns are apart."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, incident_of
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.work import Work
from bot.slack.incidents import card
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.flows.scene import Scene

OK, BAD = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio

TICK = 15 * MINUTE


class Day(Scene):
    """A scene in which time passes in small steps, with every deadline met and all letters sent."""

    sent: list[OutboxMessage]

    @classmethod
    async def begin(cls) -> "Day":
        scene = await cls.open()
        assert isinstance(scene, Day)
        scene.sent = []
        return scene

    async def turns(self, verdict: Verdict) -> None:
        await self.sees(verdict, verdict)
        self.sent += await self.post()

    async def passes(self, span: timedelta) -> None:
        until = self.now + span
        while self.now < until:
            await self.tick(min(TICK, until - self.now))
            self.sent += await self.post()

    def told(self, *what: What) -> list[OutboxMessage]:
        return [letter for letter in self.sent if letter.what in what]

    async def live_questions(self, person: str) -> int:
        """Messages to one person that still ask about the data, as they stand in Slack now."""

        def look(work: Work) -> int:
            writer, found = Writer(catalogue=self.knowledge.catalogue), 0
            for number in range(1, 100):
                view = views.incident_view(work, number)
                if view is None:
                    return found
                for one in work.tx.letters_in_slack(f"incident:{number}"):
                    letter = one.letter
                    if str(letter.to) != f"person:{person}" or letter.what is None:
                        continue
                    shown = personal_words.personal(
                        letter.what, letter.facts, view, None, None, writer
                    )
                    found += "incident:confirm_data" in str(shown.blocks)
            return found

        return await self.do(look)

    async def card(self) -> SlackMessage:
        view = await self.do(views.incident_view, 1)
        assert view is not None
        return card.card(view, Writer(catalogue=self.knowledge.catalogue))


async def a_day(turns: list[tuple[int, int]]) -> Day:
    """Minutes down and minutes up in turn, until a day is over."""
    scene = await Day.begin()
    for down, up in turns:
        if scene.now >= NOW + DAY:
            break
        await scene.turns(BAD)
        await scene.passes(down * MINUTE)
        await scene.turns(OK)
        await scene.passes(up * MINUTE)
        assert await scene.live_questions("data-owner") <= 1
    return scene


TURNS = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), min_size=6, max_size=24)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(TURNS)
async def test_a_day_of_turns_asks_once_and_passes_nobody_over(
    turns: list[tuple[int, int]],
) -> None:
    scene = await a_day(turns)
    async with scene:
        lived = len({entry.at for entry in await scene.timeline()})
        asked = scene.told(What.CONFIRM_DATA)
        nudged = scene.told(What.CONFIRM_NUDGE)
        lines = list(scene.told(What.RELAPSED, What.RECOVERED, What.FLAPPING))
        pinged = Counter(str(letter.to) for letter in scene.told(What.PING))

        assert lived
        assert len(await scene.lives()) == 1
        assert {incident_of(letter.subject) for letter in asked} <= {1}
        assert len(asked) <= 1
        channel = [one for one in lines if str(one.to) == "channel"]
        hours = (scene.now - NOW) / HOUR
        assert len(channel) <= 5 + 2 * 8  # two to three turns told, then calm once per doubling
        assert len(nudged) <= 4 + hours
        _nobody_passed_over(pinged, scene.now - NOW)


def _nobody_passed_over(pinged: Counter[str], span: timedelta) -> None:
    rungs = ["person:bob", "person:alice", "person:manager"]
    reached = [person for person in rungs if person in pinged]
    assert reached == rungs[: len(reached)]
    if sum(pinged.values()) > 2:
        assert max(pinged.values()) < sum(pinged.values())


async def test_from_the_third_fall_on_it_stays_open_and_says_so() -> None:
    scene = await Day.begin()
    async with scene:
        for _ in range(6):
            await scene.turns(BAD)
            await scene.passes(20 * MINUTE)
            await scene.turns(OK)
            await scene.passes(20 * MINUTE)
        incident = await scene.incident()
        said = str((await scene.card()).blocks)

        assert incident.state is State.OPEN
        assert "6 times since" in said
        assert "about half of the time down" in said
        assert len(scene.told(What.CONFIRM_DATA)) == 1
        channel = [one.what for one in scene.told(What.RELAPSED) if str(one.to) == "channel"]
        assert len(channel) == 2
        assert scene.told(What.FLAPPING) == []

        await scene.passes(HOUR)
        assert (await scene.incident()).state is State.VERIFYING
        assert await scene.live_questions("data-owner") == 1


async def test_the_ladder_reaches_everybody_while_it_comes_and_goes() -> None:
    scene = await Day.begin()
    async with scene:
        for _ in range(9):
            await scene.turns(BAD)
            await scene.passes(8 * MINUTE)
            await scene.turns(OK)
            await scene.passes(8 * MINUTE)
        pinged = [str(letter.to) for letter in scene.told(What.PING)]

        assert pinged[:3] == ["person:bob", "person:alice", "person:manager"]
        assert pinged.count("person:bob") == 1


async def test_whoever_acknowledged_keeps_it_through_every_turn() -> None:
    scene = await Day.begin()
    async with scene:
        await scene.turns(BAD)
        await scene.do(respond.acknowledge, 1, "bob")
        held = await scene.incident()
        for _ in range(5):
            await scene.turns(OK)
            await scene.turns(BAD)
        after = await scene.incident()

        assert (after.state, after.holder) == (State.ACKNOWLEDGED, "bob")
        assert after.lease_until == held.lease_until
        told = [str(one.to) for one in scene.told(What.RELAPSED) if str(one.to) != "channel"]
        assert told == ["person:bob"] * 2


async def test_doubt_that_comes_and_goes_is_not_told_at_every_turn() -> None:
    scene = await Day.begin()
    async with scene:
        await scene.turns(OK)
        for _ in range(12):
            await scene.turns(Verdict.DEGRADED)
            scene.later(20 * MINUTE)
            await scene.turns(OK)
            scene.later(20 * MINUTE)
        told = [letter.what for letter in scene.sent if letter.what]

        assert told.count(What.DEGRADED) == 2
        assert told.count(What.HEALTHY) == 2
        assert told.count(What.FLAPPING) == 3

        scene.later(2 * HOUR)
        await scene.turns(OK)
        assert scene.sent[-1].what is What.HEALTHY


async def test_a_break_half_a_day_later_is_no_coming_and_going() -> None:
    scene = await Day.begin()
    async with scene:
        for _ in range(4):
            await scene.turns(BAD)
            await scene.turns(OK)
            await scene.passes(5 * HOUR)

        incident = await scene.incident()
        assert not incident.comes_and_goes
        assert incident.state is State.VERIFYING
