"""The laws of the random lives (`tests/flows/model/laws.py`) judge by the order in which lines were
written: a clock that was set back between two of them shows them in another one."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.incidents.incident import State
from bot.core.incidents.notices import PingSent
from bot.core.monitoring.rules import Verdict
from bot.flows.incidents import ping, respond
from bot.flows.incidents.grouping import reopen
from bot.flows.work import Work
from tests.builders import DAY, HOUR, MINUTE
from tests.flows.model import laws
from tests.flows.model.cast import ESTATES
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

OFF = 10 * MINUTE


class Judged(Scene):
    memory: laws.Memory

    async def judge(self) -> None:
        await self.run(laws.check, self.knowledge, self.memory, self.now)

    async def writes(self, *kinds: str) -> None:
        incident = await self.incident()
        for kind in kinds:
            await self.do(Work.log, incident, kind, kind)


async def a_broken_one() -> Judged:
    scene = await Judged.open(ESTATES[0])
    assert isinstance(scene, Judged)
    scene.memory = laws.Memory()
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    await scene.judge()
    return scene


async def _begins_anew(scene: Judged) -> None:
    """Alice has it, ends it, and opens it again."""
    await scene.do(respond.acknowledge, 1, "alice")
    await scene.judge()
    await scene.do(respond.resolve, 1, "alice", "it was the certificate")
    await scene.judge()
    await scene.do(reopen.reopen, 1, by="alice", why="orders are missing again")


class TestAHolder:
    async def test_given_up_before_many_lines_of_a_wrong_time_is_not_lost(self) -> None:
        async with await a_broken_one() as scene:
            await scene.writes(*["note"] * 8)
            scene.later(-OFF)

            await _begins_anew(scene)

            await scene.judge()

    async def test_lost_without_a_word_is_lost_also_soon_after_a_lease_ended(self) -> None:
        async with await a_broken_one() as scene:
            await scene.writes("lapsed")
            await scene.do(respond.acknowledge, 1, "alice")
            await scene.judge()

            await _loses_its_holder(scene)

            with pytest.raises(AssertionError, match="INC-1 lost alice"):
                await scene.judge()


class TestAPing:
    async def test_again_because_a_lower_rung_was_not_reached_is_right(self) -> None:
        async with await a_broken_one() as scene:
            await scene.tick(DAY)
            await scene.post()
            scene.later(-OFF)
            await _begins_anew(scene)
            await scene.post(refuse=frozenset({"person:bob", "person:manager"}))

            await scene.tick(OFF + MINUTE)

            pinged = [line.text for line in await scene.timeline() if line.kind == "pinged"]
            assert sum("alice" in text for text in pinged) == 2
            await scene.judge()

    async def test_again_for_nothing_is_wrong_also_right_after_a_reason_for_another(self) -> None:
        async with await a_broken_one() as scene:
            await scene.tick(HOUR)
            await scene.writes("undelivered")
            await _pings_again(scene, "alice")
            await scene.judge()

            await _pings_again(scene, "alice")

            with pytest.raises(AssertionError, match="person:alice was pinged"):
                await scene.judge()


async def _loses_its_holder(scene: Judged) -> None:
    def lose(work: Work) -> None:
        incident = work.incident(1)
        open_again = replace(
            incident, state=State.OPEN, holder=None, held_since=None, escalate_at=scene.now
        )
        work.tx.save_incident(open_again)
        work.log(open_again, "note", "x")

    await scene.do(lose)


async def _pings_again(scene: Judged, person: str) -> None:
    incident = await scene.incident()
    await scene.do(_ping, incident, person)


def _ping(work: Work, incident: Any, person: str) -> None:
    ping.ping(work, incident, {person: None}, PingSent(rung=1))
