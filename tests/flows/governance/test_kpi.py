"""The figures of what really happened in a database."""

import pytest

from bot.core.changes.change_request import ChangeResult, ChangeState
from bot.core.estate.lane import Lane
from bot.core.monitoring.rules import Verdict
from bot.flows.governance import kpi
from bot.flows.incidents import respond
from bot.language.errors import Invalid
from tests.builders import DAY, MINUTE
from tests.core.changes.test_change_request import a_request
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAILING = Verdict.FAILING


async def test_an_incident_is_counted_from_its_first_bad_look_to_its_end() -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        scene.later(9 * MINUTE)
        await scene.do(respond.acknowledge, 1, "bob")
        scene.later(10 * MINUTE)
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
        scene.later(40 * MINUTE)
        await scene.do(respond.resolve, 1, "bob", "token renewed")
        scene.later(DAY)

        found = await scene.do(kpi.view)

        said = {one.id: one.value.text for one in found.measures if one.value}
        assert said["time_to_detect"] == "1 min"
        assert said["time_to_acknowledge"] == "10 min"
        assert said["time_to_lane"] == "20 min"
        assert said["time_to_resolve"] == "1 h"
        assert said["response_times_kept"] == "100% (1 of 1)"
        assert (found.lanes, found.connections) == ((("connector vendor", 1),), (("orders", 1),))


async def test_pings_changes_and_the_time_by_lane_are_counted_from_the_record() -> None:
    async with await Scene.open() as scene:
        await closes_a_change(scene, connection="orders")
        await closes_a_change(scene, connection="quiet")
        await scene.sees(FAILING, FAILING)
        await scene.post()
        await scene.tick(20 * MINUTE)
        await scene.post()
        scene.later(MINUTE)
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "alice")
        scene.later(38 * MINUTE)
        await scene.do(respond.resolve, 1, "alice", "token renewed")
        scene.later(3 * DAY)

        found = await scene.do(kpi.view)

        said = {one.id: one.value.text for one in found.measures if one.value}
        assert said["pings_unanswered"] == "50% (1 of 2)"
        assert said["changes_worked"] == "50% (1 of 2)"
        assert [(lane, one.cases) for lane, one in found.lane_times] == [("connector vendor", 1)]


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize(("wait", "share"), [(9, "100% (1 of 1)"), (20, "0% (0 of 1)")])
async def test_whoever_was_pinged_above_was_pinged_though_the_ladder_began_anew(
    wait: int, share: str, *, anew: bool
) -> None:
    async with await Scene.open() as scene:
        await scene.sees(FAILING, FAILING)
        await scene.post()
        await scene.tick(wait * MINUTE)
        if anew:
            await scene.sees(Verdict.OK, Verdict.OK)
            scene.later(DAY)
            await scene.sees(FAILING, FAILING)
            assert (await scene.incident(1)).rung == 0
        await scene.do(respond.acknowledge, 1, "bob")
        scene.later(DAY)

        found = await scene.do(kpi.view)

        said = {one.id: one.value.text for one in found.measures if one.value}
        assert said["taken_by_first"] == share


async def closes_a_change(scene: Scene, connection: str) -> None:
    done = a_request(
        connection=connection,
        state=ChangeState.CLOSED,
        implemented_at=scene.now,
        closed_at=scene.now,
        result=ChangeResult.WORKED,
    )
    await scene.run(lambda tx: tx.add_change(done))


@pytest.mark.parametrize("days", [0, 401])
def test_a_span_that_the_record_cannot_answer_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="between 1 and 400 days"):
        kpi.check_span(days * DAY)
