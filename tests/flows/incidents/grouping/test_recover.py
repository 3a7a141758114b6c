"""Several connections, one cause: what must not get lost between the parts."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Build
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Once, Window
from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.flows.incidents import open_incident, respond
from tests.builders import HOUR, MINUTE, NOW, a_connection, an_estate, knowledge_of, saw
from tests.flows.scene import Scene

OK, FAILING, UNKNOWN = Verdict.OK, Verdict.FAILING, Verdict.UNKNOWN
pytestmark = pytest.mark.anyio

ORDERS, STOCK = a_connection(), a_connection(id="stock", name="Stock", first_responder="charlie")

PATCHED = NOW + 2 * HOUR
STOCK_PATCHING = (
    Window(
        name="patching",
        when=Once(start=NOW, end=PATCHED),
        connections=frozenset({"stock"}),
    ),
)


async def fails(scene: Scene, connection: str) -> None:
    """Two looks that see the same error text."""
    error = FailedRecords(text="posting group missing", count=20)
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=(error,))
        await scene.records(seen, check=f"{connection}/api")
        scene.later(MINUTE)


async def runs(scene: Scene, connection: str, verdict: Verdict = OK) -> None:
    for _ in range(2):
        await scene.records(saw(verdict, scene.now), check=f"{connection}/api")
        scene.later(MINUTE)


async def storm() -> Scene:
    """Stock failed after orders did, alike: it is a part of the orders' incident."""
    scene = await Scene.open(an_estate(ORDERS, STOCK))
    await fails(scene, "orders")
    await fails(scene, "stock")
    await scene.post()
    return scene


async def part(scene: Scene) -> Incident:
    return await scene.incident(2)


async def test_a_failure_alike_joins_and_opens_nothing() -> None:
    async with await storm() as scene:
        assert [incident.id for incident in await scene.lives()] == [1]
        assert ((await part(scene)).state, (await part(scene)).parent) == (State.MERGED, 1)


async def test_it_recovers_with_the_last_of_its_parts() -> None:
    async with await storm() as scene:
        await runs(scene, "stock")
        first = await scene.incident()
        await runs(scene, "orders")

        assert first.state is State.OPEN
        assert (await scene.incident()).state is State.VERIFYING


async def test_a_part_that_fails_again_and_recovers_again_ends_it_again() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await runs(scene, "stock")
        await fails(scene, "stock")
        relapsed = await scene.incident()

        await runs(scene, "stock")

        assert relapsed.state is State.OPEN
        assert (await scene.incident()).state is State.VERIFYING


async def test_a_part_that_fails_again_after_the_lead_left_the_catalogue_is_no_crash() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await runs(scene, "stock")
        scene.knowledge = knowledge_of(an_estate(STOCK))

        await fails(scene, "stock")

        assert (await scene.incident()).state is State.OPEN


async def test_a_straggler_becomes_an_incident_of_its_own() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await fails(scene, "stock")
        await scene.post()

        await scene.tick(10 * MINUTE)

        assert (await scene.incident()).state is State.VERIFYING
        own = await scene.live("stock")
        assert own is not None
        assert own.id == 3
        assert "charlie" in await scene.pinged()


async def test_a_straggler_that_begins_to_run_or_was_not_looked_at_since_gets_more_time() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await scene.tick(3 * MINUTE)
        unseen = await scene.live("stock")
        await fails(scene, "stock")
        await scene.records(saw(OK, scene.now), check="stock/api")
        await scene.tick(3 * MINUTE)
        begun = await scene.live("stock")
        await scene.records(saw(OK, scene.now), check="stock/api")

        assert (unseen, begun) == (None, None)
        assert (await scene.incident()).state is State.VERIFYING
        assert "split" not in await scene.kinds()


async def test_what_never_comes_back_is_waited_for_no_longer_than_a_part_of_a_lease() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        for _ in range(9):
            await scene.tick(2 * MINUTE)

        assert (await scene.incident()).state is State.VERIFYING
        assert await scene.live("stock") is not None


async def test_a_straggler_in_a_maintenance_window_opens_its_own_incident_after_it() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await fails(scene, "stock")
        scene.knowledge = knowledge_of(replace(scene.knowledge.catalogue, windows=STOCK_PATCHING))

        await scene.tick(10 * MINUTE)
        inside = await scene.live("stock")
        scene.now = PATCHED
        await scene.tick()

        assert inside is None
        assert (await scene.incident()).state is State.VERIFYING
        own = await scene.live("stock")
        assert own is not None
        assert "maintenance window" in " ".join(own.reasons)


async def test_blindness_of_a_part_is_neither_recovery_nor_failure() -> None:
    async with await storm() as scene:
        await runs(scene, "stock", UNKNOWN)

        assert (await part(scene)).recovered_at is None
        assert "blind" in await scene.kinds()
        assert ("person:alice", What.BLIND) in await scene.said()


async def test_a_part_recovers_once() -> None:
    async with await storm() as scene:
        await runs(scene, "stock")
        at = (await part(scene)).recovered_at

        await runs(scene, "stock", Verdict.DEGRADED)

        assert (await part(scene)).recovered_at == at
        assert (await scene.kinds()).count("part recovered") == 1


async def test_declaring_a_part_names_the_incident_that_is_open_already() -> None:
    async with await storm() as scene:
        found = await scene.do(
            open_incident.declare, STOCK, open_incident.Report(by="charlie", why="it is down")
        )

        assert found.id == 1
        assert len(await scene.lives()) == 1


async def test_a_part_that_outlives_a_persons_word_is_found_again() -> None:
    async with await storm() as scene:
        await scene.do(respond.resolve, 1, "bob", "all fine")
        await runs(scene, "orders")
        await scene.post()

        scene.later(HOUR)
        await fails(scene, "stock")

        own = await scene.live("stock")
        assert own is not None
        assert "but it never stopped failing." in own.reasons[0]


async def test_undelivered_news_to_a_newcomer_hurries_no_ladder() -> None:
    scene = await Scene.open(an_estate(ORDERS, STOCK))
    async with scene:
        await fails(scene, "orders")
        await scene.post()
        before = (await scene.incident()).escalate_at
        await fails(scene, "stock")

        said = await scene.said(refuse=frozenset({"person:charlie"}))

        assert ("channel", What.UNDELIVERED) in said
        assert (await scene.incident()).escalate_at == before


async def test_what_breaks_in_different_ways_after_one_update_is_one_incident() -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK)) as scene:
        for connection in ("orders", "stock"):
            await scene.sees(OK, check=f"{connection}/api", version="24.2")
        texts = {"orders": "field a is blank", "stock": "unknown segment b"}

        for connection, text in texts.items():
            error = FailedRecords(text=text, count=20)
            for _ in range(2):
                signals = {Signal.FAILED: 20.0, Signal.VERSION: "25.0"}
                seen = Reading(at=scene.now, signals=signals, failed=(error,))
                await scene.records(seen, check=f"{connection}/api")
                scene.later(MINUTE)

        assert [incident.id for incident in await scene.lives()] == [1]
        assert (await part(scene)).parent == 1


async def test_what_breaks_in_different_ways_without_an_update_is_two_incidents() -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK)) as scene:
        for connection, text in {"orders": "field a is blank", "stock": "segment b"}.items():
            error = FailedRecords(text=text, count=20)
            for _ in range(2):
                seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=(error,))
                await scene.records(seen, check=f"{connection}/api")
                scene.later(MINUTE)

        assert len(await scene.lives()) == 2


async def test_when_several_makers_fail_alike_it_is_the_publishers_lane() -> None:
    ours = a_connection(build=Build.NATIVE, maintained_by="maker-one")
    theirs = a_connection(id="stock", build=Build.NATIVE, maintained_by="maker-two")
    async with await Scene.open(an_estate(ours, theirs)) as scene:
        await fails(scene, "orders")
        alone = (await scene.incident()).lane
        await fails(scene, "stock")

        together = await scene.incident()

        assert alone is Lane.VENDOR
        assert together.lane is Lane.PUBLISHER
        assert together.lane_reasons[0].startswith("2 connections by 2 makers fail alike on")
