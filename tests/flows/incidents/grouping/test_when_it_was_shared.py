"""An outage begins when the first of its connections fails for it; what one of them did before by
itself, for another reason, is its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.flows.incidents import counterparty
from bot.slack.incidents import card
from bot.slack.text import time
from tests.builders import MINUTE
from tests.flows.incidents.grouping.test_each_turns import SIZE, each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage

pytestmark = pytest.mark.anyio
OWN = "timed out"  # what the first fails with by itself
OTHERS = [f"flow-{place}" for place in range(1, SIZE)]


async def look(scene: Outage, text: str, *ids: str, looks: int = 2) -> datetime:
    """What they fail with, or run where that is empty; the time of the first look."""
    scene.later(MINUTE)
    began = scene.now
    for nth in range(looks):
        scene.later(nth * MINUTE)
        signals = {Signal.FAILED: 30.0 if text else 0.0}
        failed = (FailedRecords(text=text, count=30),) if text else ()
        for id in ids:
            await scene.records(
                Reading(at=scene.now, signals=signals, failed=failed), check=f"{id}/api"
            )
    return began


async def a_turn(scene: Outage, error: str) -> datetime:
    """The first one runs and fails; when it began to."""
    await look(scene, "", "flow-0")
    return await look(scene, error, "flow-0")


async def in_a_turn_of_its_own(scene: Outage) -> tuple[datetime, str]:
    began = await a_turn(scene, ERROR)
    await look(scene, ERROR, *OTHERS)
    return began, "Flow A"


async def while_it_failed(scene: Outage) -> tuple[datetime, str]:
    began = await look(scene, ERROR, "flow-0", looks=1)
    await look(scene, ERROR, *OTHERS)
    return began, "Flow A"


async def after_another(scene: Outage) -> tuple[datetime, str]:
    await look(scene, "", "flow-0")
    began = await look(scene, ERROR, "flow-1")
    await look(scene, ERROR, "flow-0")
    await look(scene, ERROR, *OTHERS)
    return began, "Flow B"


async def all_at_once(scene: Outage) -> tuple[datetime, str]:
    await look(scene, "", "flow-0")
    return await look(scene, ERROR, "flow-0", *OTHERS), "Flow A"


@pytest.mark.parametrize("turns", [0, 1, 4], ids=["failed", "failed twice", "comes and goes"])
@pytest.mark.parametrize(
    "shares", [in_a_turn_of_its_own, while_it_failed, after_another, all_at_once]
)
async def test_what_one_did_before_by_itself_dates_no_outage(
    shares: Callable[[Outage], Awaitable[tuple[datetime, str]]], turns: int
) -> None:
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    async with scene:
        first = await look(scene, OWN, "flow-0")
        for _ in range(turns):
            await a_turn(scene, OWN)
        began, name = await shares(scene)
        (whole,) = await scene.lives()
        view = await scene.view(whole.id)
        shown = str(card.card(view, scene.writer).blocks)
        sent = await scene.do(counterparty.evidence_for, whole, Lane.VENDOR)
        own = next(one for one in view.connections if one.connection == "flow-0")

        assert whole.size == SIZE
        assert own.failing_since == first
        assert f"*Since:* {time(began)}" in shown
        assert f"it began with {name}" in shown
        assert sent is not None
        assert f"Failing since: {began:%Y-%m-%d %H:%M} UTC" in sent.body
        assert f"failing since {first:%Y-%m-%d %H:%M} UTC" in sent.body
