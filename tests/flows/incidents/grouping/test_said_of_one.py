"""What a person decided of one connection is of that one: no later failure inherits it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Build, Connection
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from tests.builders import HOUR, MINUTE, a_check, a_connection, an_estate
from tests.flows.incidents.grouping.test_recover import ORDERS, STOCK, fails
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

BANK, CRM = (a_connection(id=id, name=id.title()) for id in ("bank", "crm"))
Decided = Callable[[Scene], Awaitable[object]]


async def handed_over(scene: Scene) -> None:
    await fails(scene, "orders")
    await scene.do(respond.acknowledge, 1, "bob")
    await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")


async def given_a_lane(scene: Scene) -> None:
    await fails(scene, "orders")
    await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "their log shows it")
    await scene.do(respond.acknowledge, 1, "bob")


async def split_off(scene: Scene) -> None:
    """Stock failed with it and was told to be another matter; it is the one that opened last."""
    await fails(scene, "stock")
    await fails(scene, "orders")
    await scene.do(merge.split, ORDERS, by="bob")
    one = await scene.live("orders")
    assert one is not None
    await scene.do(respond.acknowledge, one.id, "bob")


@pytest.mark.parametrize("decided", [handed_over, given_a_lane, split_off])
async def test_what_fails_alike_later_does_not_come_under_what_was_said_of_one(
    decided: Decided,
) -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK, BANK, CRM)) as scene:
        await decided(scene)
        before = await scene.live("orders")
        for id in ("bank", "crm"):
            await fails(scene, id)
        after, others = await scene.live("orders"), await scene.lives()

        assert before is not None
        assert after is not None
        assert (after.size, after.counterparty_due_at) == (1, before.counterparty_due_at)
        [apart] = [one for one in others if one.id != after.id]
        assert apart.size == (3 if decided is split_off else 2)
        assert (apart.state, apart.holder, apart.lane_by) == (State.OPEN, None, None)


async def test_what_was_handed_over_together_still_takes_what_fails_alike() -> None:
    """Of several it was said of their cause."""
    async with await Scene.open(an_estate(ORDERS, STOCK, BANK)) as scene:
        for id in ("orders", "stock"):
            await fails(scene, id)
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
        await fails(scene, "bank")

        assert [(one.id, one.size) for one in await scene.lives()] == [(1, 3)]


def made_by(id: str, maker: str) -> Connection:
    checks = (a_check(connection=id), a_check(id="version", connection=id, rules=()))
    return a_connection(
        id=id,
        name=id.title(),
        source=f"{id}-end",
        build=Build.NATIVE,
        maintained_by=maker,
        checks=checks,
    )


async def looks(scene: Scene, id: str, version: str, text: str = "", failed: int = 0) -> None:
    groups = (FailedRecords(text=text, count=failed),) if text else ()
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: float(failed)}, failed=groups)
        await scene.records(seen, check=f"{id}/api")
        served = Reading(at=scene.now, signals={Signal.VERSION: version})
        await scene.records(served, check=f"{id}/version")
        scene.later(MINUTE)


@pytest.mark.parametrize("waits", [10 * MINUTE, HOUR / 2])
@pytest.mark.parametrize("taken", [True, False])
async def test_what_stood_still_before_an_update_is_no_part_of_what_the_update_broke(
    waits: timedelta, taken: bool
) -> None:
    flows = [made_by(id, f"maker-{id}") for id in ("silent", "shop", "bank", "edi")]
    async with await Scene.open(an_estate(*flows)) as scene:
        for one in flows:
            await looks(scene, one.id, "24.2")
        await looks(scene, "silent", "24.2", failed=20)
        if taken:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
        scene.later(waits)
        await looks(scene, "silent", "25.0", failed=20)
        for place, one in enumerate(flows[1:]):
            await looks(scene, one.id, "25.0", f"field {'abc'[place]} is blank", failed=30)

        stood, broken = sorted(await scene.lives(), key=lambda one: one.size)
        assert (stood.connection, stood.size, stood.kind) == ("silent", 1, "")
        assert (broken.size, broken.holder, broken.lane) == (3, None, Lane.PUBLISHER)
        assert not any("version" in reason for reason in stood.lane_reasons)
