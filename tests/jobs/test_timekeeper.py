"""The clock of the machine jumps, and the watching goes on at its rate."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.estate.lane import Lane
from bot.core.incidents import clock_jumps
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult
from bot.core.outbox.letter import LATE
from bot.core.outbox.notice import What
from bot.flows import clock_set_back, looks, self_check
from bot.flows.incidents import respond
from bot.jobs import Timekeeper
from bot.runtime import Runtime
from tests.builders import HOUR, MINUTE, NOW, a_check, an_estate, an_incident, saw
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

EVERY = a_check().every
STEP = timedelta(seconds=30)  # what one turn of this world takes


class World:
    """Time that passes, and a wall clock that can be set beside it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.passed = 0.0
        self.looks: Counter[int] = Counter()  # by the hour that truly passed
        self.begins()

    def begins(self) -> None:
        """Start, or start again."""
        self.runtime = Runtime(
            store=self.scene.store,
            knowledge=lambda: self.scene.knowledge,
            clock=lambda: self.scene.now,
            steady=lambda: self.passed,
        )
        self.timekeeper = Timekeeper(self.runtime, wake=lambda: None)

    def jumps(self, by: timedelta) -> None:
        self.scene.now += by

    async def turn(self, verdict: Verdict = Verdict.OK) -> None:
        scene = self.scene
        await self.timekeeper.look()
        due = await scene.do(looks.claim_due)
        self.looks[int(self.passed // 3600)] += len(due)
        seen = [CheckResult(check=spec.key, observation=saw(verdict, scene.now)) for spec in due]
        await scene.do(looks.record, seen)
        scene.later(STEP)
        self.passed += STEP.total_seconds()

    async def lives(self, span: timedelta, verdict: Verdict = Verdict.OK) -> None:
        for _ in range(int(span / STEP)):
            await self.turn(verdict)

    async def told(self) -> int:
        said = await self.scene.said()
        return sum(what is What.CLOCK_JUMPED for _, what in said)


@asynccontextmanager
async def a_world() -> AsyncIterator[World]:
    async with await Scene.open() as scene:
        yield World(scene)


@pytest.mark.parametrize("hours", [2, -2, 48, -48])
async def test_a_jump_under_way_leaves_the_rate_of_looks_as_it_was(hours: int) -> None:
    async with a_world() as world:
        await world.lives(HOUR)
        world.jumps(hours * HOUR)
        await world.lives(2 * HOUR)

        usual = HOUR / EVERY
        assert all(usual - 2 <= world.looks[hour] <= usual + 3 for hour in range(3))
        assert await world.told() == 1


@pytest.mark.parametrize("hours", [2, 48])
async def test_a_machine_that_boots_ahead_and_is_put_right_is_watched_over(hours: int) -> None:
    async with a_world() as world:
        world.jumps(hours * HOUR)
        await world.lives(HOUR)
        world.jumps(-hours * HOUR)
        await world.lives(HOUR)

        assert world.looks[1] >= HOUR / EVERY - 2
        assert await world.told() == 1


async def test_a_start_after_the_clock_was_set_back_waits_for_nothing() -> None:
    async with a_world() as world:
        world.jumps(2 * HOUR)
        await world.lives(HOUR)
        world.jumps(-2 * HOUR)
        world.begins()
        await world.lives(HOUR)

        assert world.looks[1] >= HOUR / EVERY - 2


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_was_brought_back_is_logged_with_the_jump_that_caused_it(
    restarts: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_world() as world:
        world.jumps(2 * HOUR)
        await world.lives(4 * EVERY, Verdict.FAILING)
        world.jumps(-2 * HOUR)
        at = world.scene.now
        if restarts:
            world.begins()
        await world.turn()

        why = "jumped=before_this_start" if restarts else f"jump_s=-7200 jumped_at={at.isoformat()}"
        lines = [line for line in caplog.messages if line.startswith("brought_back")]
        assert lines
        assert all(line.endswith(f" {why}") for line in lines)


async def test_a_start_with_an_open_incident_brings_nothing_back_where_no_clock_jumped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_world() as world:
        for turn in range(40):
            await world.turn(Verdict.FAILING if turn < 25 else Verdict.OK)
            await world.scene.post()
            world.begins()
            await world.timekeeper.look()

        assert not [line for line in caplog.messages if line.startswith("brought_back")]


async def test_small_corrections_are_not_spoken_of_and_jumps_once_an_hour_each_way() -> None:
    async with a_world() as world:
        for _ in range(20):
            world.jumps(timedelta(seconds=5))
            await world.turn()
        quiet = await world.told()
        for sign in (1, -1) * 5:
            world.jumps(sign * HOUR)
            await world.turn()

        assert quiet == 0
        assert await world.told() == 2


async def test_the_ladder_keeps_its_pace_after_the_clock_was_set_back() -> None:
    async with a_world() as world:
        await world.lives(4 * EVERY)
        world.jumps(2 * HOUR)
        await world.lives(4 * EVERY, Verdict.FAILING)
        opened = await world.scene.live()
        assert opened is not None
        assert opened.escalate_at is not None
        left = opened.escalate_at - world.scene.now
        world.jumps(-2 * HOUR)
        await world.turn(Verdict.FAILING)

        now = await world.scene.live()
        assert now is not None
        assert now.escalate_at is not None
        assert now.escalate_at - world.scene.now <= left
        assert now.opened_at <= world.scene.now


async def test_a_job_that_stops_after_the_clock_was_set_back_is_missed_in_time() -> None:
    async with a_world() as world:
        world.jumps(2 * HOUR)
        await world.turn()
        beat = Ping(at=world.scene.now, kind=PingKind.SUCCESS)
        arrived = [("orders/api", beat)]
        await world.scene.do(looks.receive_pings, arrived)
        world.jumps(-2 * HOUR)
        await world.turn()

        kept = await world.scene.do(looks.last_ping, "orders/api")

        assert kept is not None
        assert kept.at <= world.scene.now


async def test_what_waits_to_be_sent_goes_at_once_and_is_late_in_time() -> None:
    async with a_world() as world:
        world.jumps(2 * HOUR)
        await world.lives(4 * EVERY, Verdict.FAILING)
        world.jumps(-2 * HOUR)
        await world.turn(Verdict.FAILING)
        scene = world.scene
        scene.later(6 * MINUTE)

        found = await scene.do(self_check.look)

        assert "ping" in {fault.kind for fault in found}
        assert await scene.pinged() == ["bob"]


@pytest.mark.parametrize("hours", [2, -2])
async def test_how_long_slack_takes_no_ping_is_counted_over_a_jump(hours: int) -> None:
    async with a_world() as world:
        scene = world.scene
        await world.lives(4 * EVERY, Verdict.FAILING)
        (ping,) = (one for one in await scene.run(scene.claim) if one.what is What.PING)
        await scene.run(lambda tx: tx.stream_refused(ping.stream, scene.now))
        world.jumps(hours * HOUR)
        waits = []
        for span in (STEP, LATE - 2 * STEP, 2 * STEP):
            await world.lives(span, Verdict.FAILING)
            waits.append(len(await scene.run(lambda tx: tx.waiting_pings(scene.now - LATE))))

        assert waits == [0, 0, 1]


@settings(max_examples=20, deadline=None)
@given(
    ahead=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
    by=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
)
def test_no_deadline_comes_later_than_it_was_away_when_it_was_set(
    ahead: timedelta, by: timedelta
) -> None:
    """An incident that was touched `by` ahead of the right time, with a deadline `ahead`."""
    now = datetime.fromisoformat("2027-03-01T09:00:00+00:00")
    wrong = now + by
    incident = an_incident(opened_at=wrong, escalate_at=wrong + ahead, remind_at=wrong + ahead)

    within = clock_jumps.furthest(incident, an_estate(), now)
    right = clock_set_back.sooner(incident, by, now, within)

    assert right.opened_at == now
    assert right.escalate_at == min(now + ahead, within["escalate_at"])
    assert right.remind_at == min(now + ahead, within["remind_at"])
    assert clock_set_back.sooner(right, timedelta(0), now, within) is right


async def test_putting_right_twice_changes_nothing_more() -> None:
    async with a_world() as world:
        world.jumps(2 * HOUR)
        await world.lives(4 * EVERY, Verdict.FAILING)
        await world.scene.do(respond.acknowledge, 1, "bob")
        world.jumps(-2 * HOUR)
        scene = world.scene

        first = await scene.do(clock_set_back.bring_back)
        second = await scene.do(clock_set_back.bring_back)

        assert first > 0
        assert second == 0


async def lives_of_its_own(world: World) -> None:
    """Looks, deadlines and people who answer, in whatever time it is now."""
    scene = world.scene
    for _ in range(4):
        await world.turn(Verdict.FAILING)
        await scene.tick()
    opened = await scene.live()
    if opened is not None and opened.state is State.OPEN:
        await scene.do(respond.acknowledge, 1, "bob")


async def too_far_ahead(scene: Scene) -> dict[str, timedelta]:
    """Deadlines of the only incident that no right clock can have set, with how far they lie."""
    incident = await scene.incident()
    within = clock_jumps.furthest(incident, scene.knowledge.catalogue, scene.now)
    return {
        name: at - scene.now
        for name, latest in within.items()
        if (at := getattr(incident, name)) is not None and at > latest
    }


@pytest.mark.parametrize("days", [3, 400])
@pytest.mark.parametrize("restarts", [False, True])
async def test_an_incident_that_somebody_has_goes_on_after_a_wrong_date(
    days: int, restarts: bool
) -> None:
    async with a_world() as world:
        scene = world.scene
        await lives_of_its_own(world)
        await lives_of_its_own(world)
        world.jumps(timedelta(days=days))
        await lives_of_its_own(world)
        world.jumps(-timedelta(days=days))
        if restarts:
            world.begins()
        await world.turn(Verdict.FAILING)

        assert await too_far_ahead(scene) == {}
        due = await scene.run(lambda tx: tx.due_incidents(scene.now + lease_of(scene)))
        assert [one.id for one in due] == [1]
        if not restarts:
            assert await world.told() == 2


def lease_of(scene: Scene) -> timedelta:
    return scene.knowledge.catalogue.connections["orders"].lease


async def test_what_was_begun_by_the_wrong_clock_and_stored_late_is_put_right_too() -> None:
    async with a_world() as world:
        scene = world.scene
        await lives_of_its_own(world)
        wrong = scene.now + timedelta(days=3)
        world.jumps(timedelta(days=3))
        await world.turn(Verdict.FAILING)
        world.jumps(-timedelta(days=3))
        await world.turn(Verdict.FAILING)
        await scene.do(respond.still_on_it, 1, "bob", now=wrong)
        await scene.run(lambda tx: tx.put_off_incident(1, wrong))
        await world.lives(3 * MINUTE, Verdict.FAILING)

        assert await too_far_ahead(scene) == {}
        assert await scene.run(lambda tx: tx.due_incidents(scene.now + HOUR))


@settings(max_examples=15, deadline=None)
@given(
    jumps=st.lists(
        st.sampled_from([timedelta(hours=h) for h in (-9600, -72, -2, 1, 26, 72, 9600)]),
        min_size=1,
        max_size=4,
    ),
    restarts=st.booleans(),
)
def test_after_the_last_correction_no_deadline_lies_further_ahead_than_its_span(
    jumps: list[timedelta], restarts: bool
) -> None:
    async def story() -> dict[str, timedelta]:
        async with a_world() as world:
            await lives_of_its_own(world)
            for by in jumps:
                world.jumps(by)
                await lives_of_its_own(world)
            world.jumps(NOW - world.scene.now - HOUR)
            if restarts:
                world.begins()
            await world.turn(Verdict.FAILING)
            return await too_far_ahead(world.scene)

    assert asyncio.run(story()) == {}


DEADLINES = sorted(clock_jumps.furthest(an_incident(), an_estate(), NOW))


@pytest.mark.parametrize("state", sorted(LIVE))
@pytest.mark.parametrize("name", DEADLINES)
async def test_every_deadline_of_a_wrong_date_comes_within_its_span(
    name: str, state: State
) -> None:
    async with await Scene.open() as scene:
        later = NOW + timedelta(days=400)
        deadlines = {"escalate_at": None, name: later}
        wrong = an_incident(state=state, lane=Lane.VENDOR, **deadlines)
        await scene.run(lambda tx: tx.add_incident(wrong))

        assert await scene.do(clock_set_back.bring_back, now=NOW) == 1
        right = await scene.incident()
        await scene.do(clock_set_back.bring_back, now=NOW)

        assert await too_far_ahead(scene) == {}
        assert await scene.incident() == right


async def test_a_review_of_a_wrong_date_is_asked_for_within_a_week() -> None:
    async with await Scene.open() as scene:
        later = NOW + timedelta(days=400)
        over = an_incident(state=State.RESOLVED, escalate_at=None, review_at=later)
        await scene.run(lambda tx: tx.add_incident(over))
        await scene.do(clock_set_back.bring_back, now=NOW)

        assert await too_far_ahead(scene) == {}


def test_every_deadline_of_an_incident_has_a_bound() -> None:
    moments = {one.name for one in fields(Incident) if one.name.endswith(("_at", "_until"))}
    assert moments - set(DEADLINES) == {*clock_set_back.HAPPENED} & moments


async def test_a_rest_until_monday_is_no_wrong_date() -> None:
    monday = NOW + timedelta(days=3)
    within = clock_jumps.furthest(an_incident(), an_estate(), NOW, monday)

    assert within["escalate_at"] == monday
