"""Whoever has an incident and goes away without a cover is not waited for until the lease ends."""

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.outbox.notice import What
from bot.flows import handle_absence, views
from bot.flows.incidents import respond
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import a_connection, an_estate
from tests.flows.incidents.test_respond import broken
from tests.flows.people.test_cover_stories import FAILING, away, covered
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


async def held() -> Scene:
    scene = await broken()
    await scene.do(respond.acknowledge, 1, "bob")
    await scene.post()
    return scene


async def told(scene: Scene) -> str:
    """What the channel reads of their absence."""
    found = await scene.post()
    (line,) = [one for one in found if (str(one.to), one.what) == ("channel", What.AWAY)]
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return str(personal_words.in_channel(What.AWAY, line.facts, view, writer).blocks)


async def test_the_next_of_the_ladder_is_pinged_at_once_and_channel_and_manager_are_told() -> None:
    async with await held() as scene:
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()
        said = await scene.said()

        assert ("person:alice", What.PING) in said
        assert ("person:manager", What.AWAY) in said
        assert ("channel", What.AWAY) in said
        assert (await scene.incident()).state is State.OPEN
        assert "lapsed" in await scene.kinds()


async def test_they_may_take_it_again_and_keep_it_then() -> None:
    async with await held() as scene:
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()

        assert (await scene.incident()).holder == "bob"


async def test_with_a_cover_it_stays_theirs_and_the_stand_in_is_pinged() -> None:
    async with await held() as scene:
        await covered(scene, "bob", "charlie")
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()

        assert (await scene.incident()).holder == "bob"
        assert await scene.pinged() == ["charlie"]


async def test_where_nobody_else_can_be_pinged_it_stays_with_them_and_is_told() -> None:
    alone = a_connection(ladder=())
    estate = an_estate(alone, people={"bob": an_estate().people["bob"]})
    async with await Scene.open(estate) as scene:
        await scene.sees(FAILING, FAILING)
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.post()
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()

        assert (await scene.incident()).holder == "bob"
        assert "stays with them" in await told(scene)


async def test_what_is_with_the_counter_party_stays_there_and_is_told() -> None:
    async with await held() as scene:
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
        await scene.post()
        await scene.do(handle_absence.away, away("bob"))
        await scene.tick()

        assert (await scene.incident()).state is State.HANDED_OVER
        assert "stays with them" in await told(scene)
