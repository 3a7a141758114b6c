"""A clock that jumps forward and comes right takes nothing away: nothing is acted upon while it may
come right at once, and what gave way to a time that was wrong for longer is as it was."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from bot.app.schedule import ScheduledJobs
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.flows import self_check
from bot.flows.incidents import respond
from bot.jobs import SelfWatch
from bot.language.redaction import Secret
from bot.runtime import Runtime
from tests.builders import HOUR, MINUTE
from tests.jobs.test_timekeeper import World, a_world

pytestmark = pytest.mark.anyio

AT_ONCE, LONGER = 1, 8  # turns until the clock is right again; a jump is believed after two
HELD = ("state", "holder", "held_since", "let_go", "lease_until", "remind_at", "handed_over_at")
DUE = ("counterparty_due_at", "ticket_at", "data_ask_at", "assess_at")


async def acts(world: World, turns: int, verdict: Verdict = Verdict.FAILING) -> None:
    """Looks and deadlines, in whatever time it is now."""
    work = ScheduledJobs(
        world.runtime,
        SimpleNamespace(),
        moment=world.timekeeper.moment,
        source="",
        wake=lambda: None,
        ticked=lambda: None,
    )
    for _ in range(turns):
        await work.tick()
        await world.turn(verdict)


async def reaches(world: World, state: State) -> None:
    scene = world.scene
    await acts(world, 8)
    if state is not State.OPEN:
        await scene.do(respond.acknowledge, 1, "bob")
    if state is State.HANDED_OVER:
        await scene.do(
            respond.hand_over, 1, Lane.VENDOR, "bob", respond.HandOverDetails(ticket="T-1")
        )
    if state is State.VERIFYING:
        await acts(world, 8, Verdict.OK)
    assert (await scene.incident()).state is state


async def jumps_and_comes_right(world: World, hours: int, turns: int, verdict: Verdict) -> None:
    world.jumps(hours * HOUR)
    await acts(world, turns, verdict)
    world.jumps(-hours * HOUR)
    await world.timekeeper.look()


@pytest.mark.parametrize("hours", [3, 48])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("state", "turns"),
    [(State.OPEN, AT_ONCE)]
    + [
        (state, turns)
        for state in (State.ACKNOWLEDGED, State.HANDED_OVER, State.VERIFYING)
        for turns in (AT_ONCE, LONGER)
    ],
)
async def test_a_clock_that_was_ahead_takes_nothing_away(
    state: State, turns: int, times: int, hours: int
) -> None:
    async def story(hours: int) -> dict[str, Any]:
        async with a_world() as world:
            scene = world.scene
            await reaches(world, state)
            verdict = Verdict.OK if state is State.VERIFYING else Verdict.FAILING
            for _ in range(times):
                await jumps_and_comes_right(world, hours, turns, verdict)
            incident = await scene.incident()
            names = HELD if turns == LONGER else (*HELD, *DUE, "escalate_at", "rung")
            breaches = await scene.run(lambda tx: tx.breaches(scene.now - 400 * 24 * HOUR))
            return {name: getattr(incident, name) for name in names} | {"breaches": breaches}

    assert await story(hours) == await story(0)


async def test_who_had_it_reads_that_they_have_it_again() -> None:
    async with a_world() as world:
        await reaches(world, State.ACKNOWLEDGED)
        await jumps_and_comes_right(world, 3, 40, Verdict.FAILING)

        kinds = await world.scene.kinds()
        said = [what for _, what in await world.scene.said()]
        assert kinds.index("lapsed") < kinds.index("given back")
        assert said.index(What.LEASE_EXPIRED) < said.index(What.GIVEN_BACK)


async def test_what_people_did_by_the_wrong_clock_stands() -> None:
    """It expired, and somebody else took it; or the one who has it said that they are still on it,
    for a whole lease."""
    async with a_world() as world:
        scene = world.scene
        await reaches(world, State.ACKNOWLEDGED)
        world.jumps(3 * HOUR)
        await acts(world, 40)
        await scene.do(respond.acknowledge, 1, "alice")
        world.jumps(-3 * HOUR)
        await world.timekeeper.look()
        taken, at = await scene.incident(), scene.now
        await jumps_and_comes_right(world, 3, 4, Verdict.FAILING)

        assert taken.holder == "alice"
        assert taken.lease_until == at + taken.lease
        assert (await scene.incident()).holder == "alice"


async def test_a_lease_that_ended_meanwhile_by_the_right_clock_too_stays_ended() -> None:
    async with a_world() as world:
        scene = world.scene
        await reaches(world, State.ACKNOWLEDGED)
        lease = (await scene.incident()).lease
        await jumps_and_comes_right(world, 3, int(lease / MINUTE) * 2 + 4, Verdict.FAILING)

        assert (await scene.incident()).state is State.OPEN


async def test_after_a_jump_nothing_counts_as_left_undone_for_longer_than_since_then() -> None:
    async with a_world() as world:
        scene = world.scene
        self_watch = self_watch_of(world)
        await self_watch.audit()
        await reaches(world, State.OPEN)
        world.jumps(3 * HOUR)
        found = []
        for _ in range(9):
            await self_watch.audit()
            found.append(self_watch.ready)
            await acts(world, 1)
        await acts(world, 4)
        await self_watch.audit()

        assert found == [True] * 9
        assert self_watch.ready == "the auditor found: ping"  # nobody sends in this story
        assert await scene.run(lambda tx: [one.ailment.kind for one in tx.faults()]) == [
            self_check.FaultKind.PING
        ]


async def test_what_was_left_undone_before_a_jump_stays_known() -> None:
    async with a_world() as world:
        self_watch = self_watch_of(world)
        await self_watch.audit()
        await acts(world, 8)
        await acts(world, int(10 * MINUTE / timedelta(seconds=30)))
        await self_watch.audit()
        before = self_watch.ready
        world.jumps(3 * HOUR)
        await acts(world, 4)
        await self_watch.audit()

        assert before == "the auditor found: ping"
        assert self_watch.ready == before


def self_watch_of(world: World) -> SelfWatch:
    scene = world.scene
    runtime = Runtime(
        store=scene.store,
        knowledge=lambda: scene.knowledge,
        clock=lambda: scene.now,
        steady=lambda: world.passed,
    )
    return SelfWatch(
        runtime,
        Secret(""),
        timekeeper=world.timekeeper,
        dark=lambda: False,
        late=lambda: (),
        wake=lambda: None,
        metrics=CollectorRegistry(),
    )
