"""What is in maintenance or paused is expected to fail: it speaks against nothing else."""

from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Catalogue, System
from bot.core.estate.windows import Once, Window
from bot.core.monitoring.signals import Blind, Cause
from bot.core.triage.lane_rules import NETWORK
from bot.flows.monitoring import pauses
from bot.flows.triage.briefing import brief
from tests.builders import DAY, HOUR, NOW, a_check, a_connection, an_estate
from tests.flows.scene import Scene
from tests.flows.triage.test_judged_anew import fails

pytestmark = pytest.mark.anyio

UPDATE = Window(
    name="Bank update",
    when=Once(start=NOW - HOUR, end=NOW + DAY),
    systems=frozenset({"bank"}),
)


def estate(*windows: Window) -> Catalogue:
    """Orders between shop and ERP; one other connection uses each of them."""
    made = (
        a_connection(),
        a_connection(id="near", name="Near", source="shop", target="crm"),
        a_connection(id="far", name="Far", source="bank", target="erp"),
    )
    names = {end for one in made for end in one.systems}
    systems = {one: System(id=one, name=one) for one in names}
    return an_estate(*made, systems=systems, windows=windows)


async def rules(scene: Scene) -> set[str]:
    orders = scene.knowledge.catalogue.connections["orders"]
    found = await scene.do(brief, orders)
    return {vote.rule for vote in found.suggestion.votes}


async def test_a_window_over_one_of_the_others_takes_the_blame_from_the_network() -> None:
    for windows, blamed in (((), True), ((UPDATE,), False)):
        async with await Scene.open(estate(*windows)) as scene:
            for id in ("near", "far", "orders"):
                await fails(scene, id)

            assert (NETWORK in await rules(scene)) is blamed


async def test_so_does_a_pause_until_it_ends() -> None:
    async with await Scene.open(estate()) as scene:
        far = scene.knowledge.catalogue.connections["far"]
        await scene.do(pauses.pause, far, by="alice", until=scene.now + HOUR, why="they move house")
        for id in ("near", "far", "orders"):
            await fails(scene, id)
        paused = await rules(scene)
        scene.later(2 * HOUR)
        await fails(scene, "far")

        assert NETWORK not in paused
        assert NETWORK in await rules(scene)


async def test_hosts_that_are_dark_in_maintenance_do_not_make_our_own_line_look_down() -> None:
    for windows, down in (((), True), ((UPDATE,), False)):
        made = [
            a_connection(
                id=f"bank-{place}",
                source="bank",
                checks=(
                    a_check(
                        connection=f"bank-{place}",
                        settings={"url": f"https://bank-{place}.example.com/health"},
                    ),
                ),
            )
            for place in range(3)
        ]
        systems = {one: System(id=one, name=one) for one in ("bank", "erp")}
        catalogue = an_estate(*made, systems=systems, windows=windows)
        async with await Scene.open(catalogue) as scene:
            for place in range(3):
                nothing = Blind(at=scene.now, reason="no answer", cause=Cause.TIMEOUT)
                await scene.records(nothing, check=f"bank-{place}/api")
                scene.later(timedelta(seconds=5))

            assert (await scene.run(lambda tx: tx.network_state())).down is down
