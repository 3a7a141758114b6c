"""A clock that jumped and came right: what is told of the time in between is what truly was."""

import pytest

from bot.core.health import Verdict
from bot.flows import responses, stamps
from tests.builders import HOUR
from tests.flows.scene import Scene
from tests.jobs.test_timekeeper import EVERY, a_world

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
            await scene.does(responses.acknowledge, 1, "bob")
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
        name: getattr(incident, name) for name in (*stamps.HAPPENED, "lease_until", "remind_at")
    }
    found["timeline"] = [(one.at, one.kind) for one in await scene.timeline()]
    return {**found, "check": health.since, "connection": (known.since, known.turns)}
