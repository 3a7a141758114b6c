"""What comes and goes is steady when it has run for twice as long as its longest good stretch:
alone, as a part, as the one that leads, after a merge, and whoever else runs again in between."""

from datetime import timedelta

import pytest

from bot.core.incidents.incident import State
from bot.core.outbox.notice import What
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.slack.incidents import card
from bot.slack.text import time
from tests.builders import MINUTE
from tests.flows.incidents.ending.test_wrong_and_failing import turn
from tests.flows.incidents.grouping.test_each_turns import each_with_their_own
from tests.flows.incidents.grouping.test_shared_outage import Outage

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
        alone = await scene.do(merge.split, known["flow-1"], by="alice")
        part, into = (alone.id, 1) if how == "into it" else (1, alone.id)
        await scene.do(merge.merge, part, into=into, by="alice")
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


@pytest.mark.parametrize("wrong", [0, 1])
async def test_it_is_calm_by_then_also_where_anothers_data_is_called_wrong(wrong: int) -> None:
    place = 1 - wrong
    async with await stage("together") as scene:
        for turned in (wrong, *[place] * 3):
            await turn(scene, turned, broken=False)
            if turned == place:
                scene.later(10 * MINUTE)
                await turn(scene, place, broken=True)
        await turn(scene, place, broken=False)
        held = await scene.incident()
        flow, owner = f"flow-{wrong}", f"owner-{wrong}"
        await scene.do(respond.reject_data, 1, owner, "came twice", of=flow)
        before = str(card.card(await scene.view(), scene.writer).blocks)
        assert held.calm_at is not None
        await scene.tick(held.calm_at - scene.now)
        await scene.post()
        asked = (await scene.questions())[f"owner-{place}"]
        said = str((await scene.read(asked)).blocks)
        after = str(card.card(await scene.view(), scene.writer).blocks)

        assert f"is over if it does until {time(held.calm_at)}" in before
        assert "Data is right" in said
        assert "when it is calm" not in said
        assert "comes and goes" not in after
        assert [one.connection for one in (await scene.incident()).denied] == [flow]
