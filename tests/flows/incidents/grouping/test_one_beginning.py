"""What a card says of the beginning is of one connection and one stretch of failing: with whom it
began, since when, and what was seen then."""

import re
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.incidents.incident import Incident
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.language.errors import Refused
from bot.slack.incidents import card
from bot.slack.text import time
from tests.builders import MINUTE
from tests.flows.incidents.grouping.test_each_turns import SIZE, each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage
from tests.slack.governance.test_governance_blocks import text_of

pytestmark = pytest.mark.anyio

OWN = "timed out"
PLACE = st.integers(0, SIZE - 1)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["fails alone", "fails with the others", "runs"]), PLACE),
        st.tuples(st.sampled_from(["data is wrong", "merged"]), PLACE),
    ),
    min_size=3,
    max_size=10,
)


class Story(Outage):
    """Every bad look has a number of records of its own, so what is shown tells where and when it
    was seen."""

    seen: dict[str, tuple[str, datetime]]  # by that number: the connection, and since when it fails
    fails: dict[int, datetime]

    async def move(self, what: str, place: int) -> None:
        self.later(MINUTE)
        lives = await self.lives()
        if what == "merged" and len(lives) > 1:
            one, other = lives[place % len(lives)], lives[(place + 1) % len(lives)]
            with suppress(Refused):  # what runs takes nothing that fails
                await self.do(merge.merge, one.id, into=other.id, by="alice")
        elif what == "data is wrong":
            for one in lives:
                if one.asks_data:
                    with suppress(Refused):  # of what fails again by now nobody judges the data
                        await self.do(respond.reject_data, one.id, "architect", "doubled")
        elif what.startswith("fails"):
            await self._fails(place, OWN if what == "fails alone" else ERROR)
        elif what == "runs":
            self.fails.pop(place, None)
            for _ in range(3):
                await self._looks(place, 0, "")

    async def _fails(self, place: int, text: str) -> None:
        began = self.fails.setdefault(place, self.now)
        count = 1000 + len(self.seen)
        self.seen[str(count)] = (f"Flow {chr(65 + place)}", began)
        for _ in range(2):
            await self._looks(place, count, text)

    async def _looks(self, place: int, count: int, text: str) -> None:
        failed = (FailedRecords(text=text, count=count),) if text else ()
        seen = Reading(at=self.now, signals={Signal.FAILED: float(count)}, failed=failed)
        await self.records(seen, check=f"flow-{place}/api")
        self.later(MINUTE)

    async def told(self, one: Incident) -> str:
        return text_of(card.card(await self.view(one.id), self.writer))


async def a_story() -> Story:
    scene = await Story.open(each_with_their_own())
    assert isinstance(scene, Story)
    scene.seen, scene.fails = {}, {}
    return scene


def holds(said: str, seen: dict[str, tuple[str, datetime]]) -> bool:
    """Whether it names a beginning at all."""
    first = re.search(r"\*First seen:\* (?:(<!date[^>]*>): )?(\d+) failed", said)
    since = re.search(r"\*Since:\* (<!date[^>]*>)", said)
    began = re.search(r"it began with (Flow \w)", said)
    if first is None:
        return False
    name, at = seen[first[2]]
    assert since is not None
    assert began is None or began[1] == name, said
    assert (first[1] or since[1]) == time(at), said
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=MOVES)
async def test_whom_since_when_and_what_was_seen_are_of_one_beginning(
    moves: list[tuple[str, int]],
) -> None:
    async with await a_story() as scene:
        for what, place in moves:
            await scene.move(what, place)
            for one in await scene.lives():
                holds(await scene.told(one), scene.seen)


@pytest.mark.parametrize("into", ["the first", "the later"])
@pytest.mark.parametrize("turns", [0, 1])
async def test_merged_into_what_began_otherwise(into: str, turns: int) -> None:
    async with await a_story() as scene:
        await scene.move("fails alone", 0)
        for _ in range(turns):
            await scene.move("runs", 0)
            await scene.move("fails alone", 0)
        await scene.move("fails with the others", 1)
        await scene.move("fails with the others", 0)
        for one in (await scene.lives())[1:]:
            number = {"the first": (one.id, 1), "the later": (1, one.id)}[into]
            await scene.do(merge.merge, number[0], into=number[1], by="alice")
        (whole,) = await scene.lives()

        assert whole.size == 2
        assert holds(await scene.told(whole), scene.seen)


@pytest.mark.parametrize("way", ["runs", "runs, its data is wrong"])
async def test_one_that_ran_in_between_says_since_when_it_fails_now(way: str) -> None:
    async with await a_story() as scene:
        await scene.move("fails alone", 0)
        first = scene.fails[0]
        assert "again since" not in await scene.told(await scene.incident())
        await scene.move("runs", 0)
        if way != "runs":
            await scene.move("data is wrong", 0)
        assert "again since" not in await scene.told(await scene.incident())
        await scene.move("fails alone", 0)
        said = await scene.told(await scene.incident())

        since = f"*Since:* {time(first)}, then it ran, and again since {time(scene.fails[0])}"
        assert scene.fails[0] > first
        assert since in said
