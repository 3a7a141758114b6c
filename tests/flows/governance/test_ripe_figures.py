"""The figures of the record count a ping or a hand-over once its time has passed."""

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.flows.governance import kpi, response_times
from bot.flows.incidents import counterparty, respond
from bot.slack.governance import response_times as response_time_words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE
from tests.flows.scene import Scene
from tests.flows.triage.test_lane_stories import handed_over

pytestmark = pytest.mark.anyio
FAILING = Verdict.FAILING


async def figure(scene: Scene, id: str) -> str:
    found = await scene.do(kpi.view)
    one = next(one for one in found.measures if one.id == id)
    return one.value.text if one.value else one.note


async def a_ping_went_out(scene: Scene) -> None:
    await scene.sees(FAILING, FAILING)
    await scene.post()


async def test_two_minutes_after_the_first_ping_nobody_has_failed_to_answer_it() -> None:
    async with await Scene.open() as scene:
        await a_ping_went_out(scene)
        scene.later(2 * MINUTE)

        said = await figure(scene, "pings_unanswered")

        assert said == "nothing to judge yet: 1 ping sent just now"


async def test_a_ping_that_the_ladder_climbed_past_was_not_answered() -> None:
    async with await Scene.open() as scene:
        await a_ping_went_out(scene)
        await scene.tick(20 * MINUTE)
        await scene.post()
        scene.later(MINUTE)

        assert await figure(scene, "pings_unanswered") == "100% (1 of 1)"


async def test_a_ping_that_was_answered_counts_at_once() -> None:
    async with await Scene.open() as scene:
        await a_ping_went_out(scene)
        scene.later(MINUTE)
        await scene.do(respond.acknowledge, 1, "bob")

        assert await figure(scene, "pings_unanswered") == "0% (0 of 1)"


async def test_whom_somebody_else_forestalled_has_not_failed_to_answer() -> None:
    async with await Scene.open() as scene:
        await a_ping_went_out(scene)
        scene.later(MINUTE)
        await scene.do(respond.acknowledge, 1, "alice")
        scene.later(5 * HOUR)

        assert await figure(scene, "pings_unanswered") == "nobody was pinged"


async def contract(scene: Scene) -> tuple[str, str]:
    rows = await scene.do(response_times.sla)
    table = response_time_words.table(rows, None, Writer(catalogue=scene.knowledge.catalogue))
    return await figure(scene, "response_times_kept"), str(table.blocks)


async def test_a_party_has_kept_nothing_while_its_time_runs() -> None:
    async with await handed_over() as scene:
        kept, table = await contract(scene)

        assert kept == "nothing to judge yet: 1 response time not over"
        assert "⚪" in table
        assert "Nothing to judge yet: the time of 1 hand-over is not over" in table


async def test_a_party_that_answered_in_time_has_kept_it() -> None:
    async with await handed_over() as scene:
        await scene.do(counterparty.answered, 1, "bob")

        kept, table = await contract(scene)

        assert kept == "100% (1 of 1)"
        assert "🟢" in table
        assert "0 of 1 hand-over late" in table


async def test_a_party_whose_time_is_over_has_not() -> None:
    async with await handed_over("88123") as scene:
        await scene.post()
        await scene.tick(4 * HOUR * 0.8)
        await scene.tick(4 * HOUR * 0.2)

        kept, table = await contract(scene)

        assert kept == "0% (0 of 1)"
        assert "🔴" in table


async def test_a_party_that_promised_nothing_is_not_judged() -> None:
    async with await handed_over(respond_within={}) as scene:
        await scene.do(respond.resolve, 1, "bob", "token renewed")

        kept, table = await contract(scene)

        assert kept == "nothing was handed over"
        assert "1 hand-over without a promised time" in table


async def test_a_hand_over_is_judged_at_whom_it_went_to_though_the_lane_is_corrected() -> None:
    async with await handed_over() as scene:
        await scene.do(respond.set_lane, 1, Lane.IT, by="bob", why="")

        kept, table = await contract(scene)

        assert kept == "nothing to judge yet: 1 response time not over"
        assert "Nothing to judge yet: the time of 1 hand-over is not over" in table


async def test_nothing_is_said_of_a_party_that_nothing_went_to() -> None:
    async with await Scene.open() as scene:
        await a_ping_went_out(scene)

        _, table = await contract(scene)

        assert "Nothing was handed over" in table
