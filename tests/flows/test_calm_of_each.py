"""What comes and goes is calm when it has run for twice as long as its longest good stretch: alone,
as a part, as the one that leads, after a merge, and whoever else runs again in between."""

from datetime import timedelta

import pytest

from bot.core.effects import What
from bot.core.incident import State
from bot.flows import merging
from tests.builders import MINUTE
from tests.flows.test_each_turns import each_with_their_own
from tests.flows.test_shared_outage import Outage
from tests.flows.test_wrong_and_failing import turn

pytestmark = pytest.mark.anyio
PASS = MINUTE


async def stage(how: str) -> Outage:
    """Two fail; by one cause, or merged by hand into the one or the other."""
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    if how == "alone":
        await scene.look([(20, 0)])
        return scene
    await scene.look([(20, 0), (20, 0)])
    if how != "together":
        known = scene.knowledge.catalogue.connections
        alone = await scene.does(merging.split, known["flow-1"], by="alice")
        part, into = (alone.id, 1) if how == "into it" else (1, alone.id)
        await scene.does(merging.merge, part, into=into, by="alice")
    await scene.post()
    return scene


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("how", ["alone", "together", "into it", "into the other"])
async def test_calm_is_told_when_it_ran_for_long_enough_itself(how: str, place: int) -> None:
    place = 0 if how == "alone" else place
    async with await stage(how) as scene:
        longest, ran = timedelta(0), scene.now
        for nth in range(4):
            ran = await turn(scene, place, broken=False)
            if nth < 3:
                scene.later(20 * MINUTE)
                longest = max(longest, await turn(scene, place, broken=True) - ran)
        if how != "alone":
            await turn(scene, 1 - place, broken=False)
        await scene.post()
        (live,) = await scene.lives()

        while live.state is State.OPEN and scene.now < ran + 3 * longest:
            assert scene.now < ran + 2 * longest + PASS
            assert What.CONFIRM_DATA not in [what for _, what in await scene.said()]
            await scene.tick(PASS)
            (live,) = await scene.lives()

        assert live.state is State.VERIFYING
        assert ran + 2 * longest <= scene.now
