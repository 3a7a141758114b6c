"""A clock that jumped and came right: what is told of the time in between is what truly was."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.incidents.incident import State
from bot.core.monitoring.own_network import NetworkState
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import Say, What
from bot.flows import clock_set_back
from bot.flows.incidents import respond
from tests.builders import HOUR
from tests.flows.scene import Scene
from tests.jobs.test_timekeeper import EVERY, World, a_world

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("breaks", ["before", "meanwhile"])
@pytest.mark.parametrize("jumps", [(2,), (-2,), (3, -2), (-2, 1), (-48,), (400 * 24,), (2, -4)])
async def test_after_a_clock_that_came_right_every_moment_is_the_one_it_truly_was(
    jumps: tuple[int, ...], breaks: str
) -> None:
    """Told twice: by a clock that jumps under way and comes right, and by one that does not."""

    async def story(jumps: tuple[int, ...]) -> dict[str, object]:
        async with a_world() as world:
            scene = world.scene
            await world.lives(4 * EVERY)
            before = Verdict.FAILING if breaks == "before" else Verdict.OK
            await world.lives(4 * EVERY, before)
            for hours in jumps:
                world.jumps(hours * HOUR)
                await world.lives(2 * EVERY, Verdict.FAILING)
            await scene.do(respond.acknowledge, 1, "bob")
            world.jumps(-sum(jumps) * HOUR)
            await world.turn(Verdict.FAILING)
            await world.lives((2 - len(jumps)) * 2 * EVERY, Verdict.FAILING)
            return await on_record(scene)

    assert await story(jumps) == await story((0,) * len(jumps))


async def on_record(scene: Scene) -> dict[str, object]:
    """What is told of the past, and what is due."""
    incident, health = (
        await scene.incident(),
        await scene.run(lambda tx: tx.check_health("orders/api")),
    )
    known = await scene.run(lambda tx: tx.connection_health("orders"))
    assert health is not None
    assert known is not None
    found: dict[str, object] = {
        name: getattr(incident, name)
        for name in (*clock_set_back.HAPPENED, "lease_until", "remind_at")
    }
    found["timeline"] = [(one.at, one.kind) for one in await scene.timeline()]
    return {
        **found,
        "check": health.since,
        "connection": (known.since, known.turns),
    }


@pytest.mark.parametrize("jumps", [(2,), (-2,), (3, -2), (-48,), (400 * 24,)])
async def test_a_letter_that_waits_says_since_when_by_the_right_clock(
    jumps: tuple[int, ...],
) -> None:
    """What was told in between of blindness, and of our own network, leaves once the clock is
    right; and what is on record of the network is right by then."""

    async def story(jumps: tuple[int, ...]) -> list[object]:
        async with a_world() as world:
            scene = world.scene
            await world.lives(4 * EVERY)
            for hours in jumps:
                world.jumps(hours * HOUR)
                await world.lives(2 * EVERY, Verdict.UNKNOWN)
            down = NetworkState(since=scene.now)
            facts = {"since": scene.now.isoformat(), "until": None}
            say = Say(subject="line", to=ToPerson("bob"), what=What.NETWORK_DOWN, facts=facts)
            of_a_day = replace(
                say, subject="audit", to=ToPerson("dora"), facts={"since": "2027-02-01"}
            )
            await scene.run(lambda tx: tx.save_network_state(down))
            for one in (say, of_a_day):
                await scene.run(lambda tx, one=one: tx.queue(one, scene.now))
            world.jumps(-sum(jumps) * HOUR)
            await world.lives((3 - len(jumps)) * 2 * EVERY, Verdict.UNKNOWN)
            told = {What.BLIND, What.NETWORK_DOWN}
            letters = [one for one in await scene.run(scene.claim) if one.what in told]
            line = await scene.run(lambda tx: tx.network_state())
            return [line.since, *((one.what, one.facts["since"]) for one in letters)]

    right = await story((0,) * len(jumps))
    assert len(right) == 4
    assert await story(jumps) == right


async def jumps_and_acts(world: World, hours: int) -> None:
    """Somebody writes before the jump is noticed; then deadlines are looked at."""
    scene = world.scene
    world.jumps(hours * HOUR)
    await scene.do(respond.note, 1, "bob", "I see", now=scene.later(timedelta(seconds=0.2)))
    scene.later(timedelta(seconds=0.2))
    world.passed += 0.4
    for _ in range(2):
        await world.turn(Verdict.FAILING)
        await scene.tick()


@settings(max_examples=12, deadline=None)
@example(before=[3], after=[2])
@given(
    before=st.lists(st.sampled_from([-48, -2, 1, 3, 400]), max_size=3),
    after=st.lists(st.sampled_from([1, 2, 48]), min_size=1, max_size=3),
)
def test_what_somebody_takes_keeps_its_time_while_the_clock_is_behind(
    before: list[int], after: list[int]
) -> None:
    """Whatever the clock did before, and however often it is set back and comes right after."""

    async def story() -> None:
        async with a_world() as world:
            scene = world.scene
            await world.lives(8 * EVERY, Verdict.FAILING)
            for hours in before:
                await jumps_and_acts(world, hours)
                await jumps_and_acts(world, -hours)
            await scene.do(respond.acknowledge, 1, "bob")
            taken = await held(scene)
            for hours in after:
                await jumps_and_acts(world, -hours)
                await jumps_and_acts(world, hours)
            assert await held(scene) == taken

    asyncio.run(story())


async def held(scene: Scene) -> tuple[State, datetime | None, datetime | None]:
    incident = await scene.incident()
    return incident.state, incident.lease_until, incident.remind_at


@pytest.mark.parametrize("hours", [-2, 3])
async def test_figures_read_meanwhile_are_as_old_as_they_truly_are(hours: int) -> None:
    async with a_world() as world:
        await world.turn()
        world.jumps(hours * HOUR)
        await world.lives(2 * EVERY)
        world.jumps(-hours * HOUR)
        await world.timekeeper.look()

        known = await world.scene.run(lambda tx: tx.check_health("orders/api"))
        assert known is not None
        assert known.read_at == known.checked_at
        assert world.scene.now - 2 * EVERY < known.read_at <= world.scene.now
