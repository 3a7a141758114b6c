"""How many records wait and how many are in error: the sum of what is read now, over several
checks, connections and failures; what nobody can read now is told as that."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.monitoring.signals import Blind, FailedRecords, Observation, Reading, Signal
from bot.flows import views
from bot.flows.incidents import respond
from bot.slack.incidents import card
from bot.slack.text import Writer, time
from tests.builders import HOUR, MINUTE, a_check, a_connection, an_estate
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

SLOWLY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNTS = st.integers(11, 900)


def reads(scene: Scene, failed: int, waiting: int | None = None) -> Reading:
    signals = {Signal.FAILED: float(failed)}
    if waiting is not None:
        signals[Signal.QUEUE_DEPTH] = float(waiting)
    groups = (FailedRecords(text=ERROR, count=failed),) if failed else ()
    return Reading(at=scene.now, signals=dict(signals), failed=groups)


def gone(scene: Scene) -> Reading:
    """The page that tells the figures does not answer."""
    return Reading(at=scene.now, signals={Signal.REACHABLE: False}, error="500 page broken")


def blind(scene: Scene) -> Blind:
    return Blind(at=scene.now, reason="our own network is down")


async def text(scene: Scene) -> str:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


async def two_checks() -> Scene:
    checks = (a_check(), a_check(id="queue"))
    return await Scene.open(an_estate(a_connection(checks=checks)))


@SLOWLY
@given(first=COUNTS, second=COUNTS, waiting=st.tuples(COUNTS, COUNTS))
async def test_checks_of_one_queue_count_it_once_and_each_its_own_errors(
    first: int, second: int, waiting: tuple[int, int]
) -> None:
    async with await two_checks() as scene:
        await scene.records(*[reads(scene, first, waiting[0])] * 2)
        await scene.records(*[reads(scene, second, waiting[1])] * 2, check="orders/queue")
        said = await text(scene)

        assert f"*Waiting:* {max(waiting):,} records" in said
        assert f"*Failed:* {first + second:,} records in 1 group" in said


@pytest.mark.parametrize("unread", [gone, blind])
async def test_what_nobody_can_read_now_is_unknown_and_was_so_many(unread: object) -> None:
    async with await two_checks() as scene:
        await scene.records(*[reads(scene, 30, 57)] * 2)
        read_at = scene.now
        scene.later(5 * MINUTE)
        look: Observation = unread(scene)  # type: ignore[operator]
        await scene.records(look)
        said = await text(scene)

        last = f"when last read {time(read_at)}"
        assert f"*Waiting:* unknown now; 57 records {last}" in said
        assert f"*Failed:* unknown now; 30 records in 1 group {last}" in said


async def test_a_check_that_can_read_the_queue_speaks_for_it() -> None:
    async with await two_checks() as scene:
        await scene.records(*[reads(scene, 30, 57)] * 2)
        await scene.records(*[reads(scene, 0, 12)] * 2, check="orders/queue")
        await scene.records(gone(scene))

        assert "*Waiting:* 12 records" in await text(scene)


async def look(scene: Outage, readings: list[Observation]) -> None:
    for place, one in enumerate(readings):
        await scene.records(replace(one, at=scene.now), check=f"flow-{place}/api")
    scene.later(MINUTE)


async def test_a_shared_outage_tells_apart_what_can_be_read_and_what_cannot() -> None:
    async with await outage([(20, 5), (30, 6), (40, 7)]) as scene:
        read_at = scene.now - MINUTE
        await look(scene, [reads(scene, 20, 5), gone(scene), reads(scene, 40, 7)])
        said = await text(scene)

        last = f"when last read {time(read_at)}"
        assert "*Waiting:* 12 records on 2 connections; unknown now; 6 records on 1 conn" in said
        assert "*Failed:* 60 records on 2 connections; unknown now; 30 records on 1 conn" in said
        assert said.count(last) == 2


@SLOWLY
@given(failures=st.lists(COUNTS, min_size=1, max_size=4))
async def test_how_many_were_in_error_is_of_all_failures_of_the_incident(
    failures: list[int],
) -> None:
    async with await outage([(failures[0], 0), (500, 0)]) as scene:
        for count in failures[1:]:
            # Runs in between while the other one fails, so that it stays one incident.
            await look(scene, [reads(scene, 0), reads(scene, 500)])
            await look(scene, [reads(scene, 0), reads(scene, 500)])
            await look(scene, [reads(scene, count), reads(scene, 500)])
            await look(scene, [reads(scene, count), reads(scene, 500)])
        view = await scene.view()

        assert view.connections[0].worst == max(failures)


@SLOWLY
@given(
    failures=st.lists(COUNTS, min_size=2, max_size=4),
    ends=st.sampled_from(["never", "and begins again", "for good"]),
    size=st.integers(1, 2),
)
async def test_of_one_time_never_less_is_told_later_and_nothing_of_a_later_incident(
    failures: list[int], ends: str, size: int
) -> None:
    others = [(500, 0)] * (size - 1)
    async with await outage([(failures[0], 0), *others]) as scene:
        for nth, count in enumerate(failures[1:], 2):
            await scene.look([(0, 0)] * size, broken=False)
            if ends != "never" and (await scene.incident()).live:
                await scene.do(respond.resolve, 1, "bob", "restarted")
            scene.later(HOUR if ends == "for good" else MINUTE)
            await scene.look([(count, 0), *others])
            told = (await scene.view()).connections[0].worst

            assert told == (failures[0] if ends == "for good" else max(failures[:nth]))
