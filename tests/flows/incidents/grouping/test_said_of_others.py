"""The cards of other incidents are drawn again only when something changed that they may say."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.review import CauseClass
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import LIVE_INCIDENTS, incident_subject
from bot.flows.incidents import end, open_incident, respond
from bot.flows.monitoring import pauses
from bot.flows.work import Work
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
Turn = Callable[[Scene], Awaitable[Any]]


async def stage() -> Scene:
    """Two incidents, and all that was to be shown is."""
    scene = await Scene.open(an_estate(a_connection(), a_connection(id="stock", name="Stock")))
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    stock = scene.knowledge.catalogue.connections["stock"]
    await scene.do(open_incident.declare, stock, open_incident.Report(by="alice", why="it is down"))
    await drawn(scene)
    return scene


async def drawn(scene: Scene) -> set[str]:
    """The subjects that are shown by now."""
    posted = await scene.post()
    scene.later(5 * MINUTE)
    posted += await scene.post()
    return {one.subject for one in posted if one.kind == "show"}


async def resolved(scene: Scene) -> None:
    await scene.do(respond.resolve, 1, "bob", "restarted")


async def reviewed(scene: Scene) -> None:
    await resolved(scene)
    await drawn(scene)
    told = {"cause": CauseClass.DATA, "helped": "a key", "follow_ups": ""}
    await scene.do(end.review, 1, **told, by="bob")


async def lane_set(scene: Scene) -> None:
    await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "")


async def other_kind(scene: Scene) -> None:
    failed = (FailedRecords(text="a new error", count=30),)
    seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=failed)
    await scene.records(seen)


async def paused(scene: Scene) -> None:
    stock = scene.knowledge.catalogue.connections["stock"]
    until = scene.now + HOUR
    await scene.do(pauses.pause, stock, by="alice", until=until, why="moved")


async def acknowledged(scene: Scene) -> None:
    await scene.do(respond.acknowledge, 1, "bob")


async def noted(scene: Scene) -> None:
    await scene.do(respond.note, 1, "bob", "called them")
    await scene.do(Work.show, await scene.incident())


async def same_figures(scene: Scene) -> None:
    await scene.sees(Verdict.FAILING)


async def a_rung_later(scene: Scene) -> None:
    await scene.tick(20 * MINUTE)


@pytest.mark.parametrize(
    ("turn", "concerns_others"),
    [
        *((turn, True) for turn in (resolved, reviewed, lane_set, other_kind, paused)),
        *((turn, False) for turn in (acknowledged, noted, same_figures, a_rung_later)),
    ],
)
async def test_others_are_drawn_again_where_it_may_concern_them(
    turn: Turn, concerns_others: bool
) -> None:
    async with await stage() as scene:
        await turn(scene)

        found = await drawn(scene)
        assert (LIVE_INCIDENTS in found) == concerns_others
        assert incident_subject(1) in found or turn in (paused, same_figures)
