"""The lane of several connections rests on those that still fail: what comes and goes beside them
overturns it no more."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Build, Criticality
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows.incidents.grouping import merge
from bot.flows.triage.briefing import brief_in
from tests.builders import MINUTE, a_connection, an_estate
from tests.core.scene_estate import BOOK
from tests.flows.incidents.grouping.test_recover import runs
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

# Who comes and goes, and who fails all the time: each with an error of its own, of another lane.
SAYS = {
    "orders": "HTTP 401 invalid_client: the client secret expired",
    "stock": "connector crashed",
}
TURNS = 8


async def fails(scene: Scene, connection: str) -> None:
    error = FailedRecords(text=SAYS[connection], count=20)
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=(error,))
        await scene.records(seen, check=f"{connection}/api")
        scene.later(MINUTE)


async def together(comes_and_goes: str, gravest: str) -> Scene:
    ids = {"orders": Build.NATIVE, "stock": Build.SCRIPT}
    connections = [
        a_connection(
            id=one,
            name=one.title(),
            build=build,
            maintained_by="vendor" if build is Build.NATIVE else None,
            source=f"{one}-end",
            criticality=Criticality.CRITICAL if one == gravest else Criticality.IMPORTANT,
        )
        for one, build in ids.items()
    ]
    scene = await Scene.open(an_estate(*connections))
    scene.knowledge = replace(scene.knowledge, playbook=BOOK)
    await fails(scene, "orders")
    await fails(scene, "stock")
    steady = "stock" if comes_and_goes == "orders" else "orders"
    numbers = {one: found.id for one in ids if (found := await scene.live(one))}
    await scene.do(merge.merge, numbers[comes_and_goes], into=numbers[steady], by="bob")
    await scene.post()
    return scene


@pytest.mark.parametrize("gravest", ["orders", "stock"])
@pytest.mark.parametrize("comes_and_goes", ["orders", "stock"])
async def test_what_comes_and_goes_moves_the_lane_no_more_once_it_is_known_to(
    comes_and_goes: str, gravest: str
) -> None:
    async with await together(comes_and_goes, gravest) as scene:
        lanes: list[Lane | None] = []
        for turn in range(TURNS):
            for step in (runs, fails):
                await step(scene, comes_and_goes)
                await scene.tick()
                (whole,) = await scene.lives()
                if turn >= TURNS // 2:
                    assert whole.flaps == (comes_and_goes,)
                    lanes.append(whole.lane)
        told = [one for one in await scene.said() if one[1] is What.REJUDGED]

        assert len({*lanes}) == 1
        assert len(told) <= 4  # each turn until it was known to come and go, at most


@pytest.mark.parametrize("well", ["orders", "stock"])
async def test_what_runs_again_leaves_the_lane_to_what_still_fails(well: str) -> None:
    other = "stock" if well == "orders" else "orders"
    async with await together(well, well) as scene:
        await runs(scene, well)
        (whole,) = await scene.lives()
        fails_still = scene.knowledge.catalogue.connections[other]
        found = await scene.do(brief_in, whole, fails_still)

        assert (whole.lane, whole.lane_reasons) == (found.suggestion.lane, found.suggestion.reasons)
