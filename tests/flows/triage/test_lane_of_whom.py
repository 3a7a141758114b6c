"""The lane that a person chose is of the connections that the incident had then: whoever answers
for one that joined later is not told that it is theirs."""

from dataclasses import replace

import pytest

from bot.core.estate.lane import Lane
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.newcomer_view import joined
from bot.slack.incidents import card
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import a_check, an_estate
from tests.flows.incidents.grouping.test_recover import ORDERS, STOCK, fails
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
CHOICES = ("set", "handed over")
RETURNS = replace(ORDERS, id="returns", name="Returns", checks=(a_check(connection="returns"),))


async def chosen(how: str) -> Scene:
    """Orders and returns fail, Bob says whose lane that is, and then stock fails alike."""
    scene = await Scene.open(an_estate(ORDERS, RETURNS, STOCK))
    for one in ("orders", "returns"):
        await fails(scene, one)
    if how == "set":
        await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "their log shows it")
    else:
        await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")
    await scene.post()
    await fails(scene, "stock")
    return scene


async def read(scene: Scene, letter: OutboxMessage) -> str:
    view = await scene.do(views.incident_view, 1)
    writer = Writer(catalogue=scene.knowledge.catalogue)
    assert view is not None
    assert letter.what is not None
    return str(personal_words.personal(letter.what, letter.facts, view, None, None, writer).blocks)


async def told(scene: Scene, what: What, person: str) -> str:
    found = [
        one for one in await scene.post() if (str(one.to), one.what) == (f"person:{person}", what)
    ]
    return await read(scene, found[-1])


async def on_card(scene: Scene) -> str:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


@pytest.mark.parametrize("how", CHOICES)
async def test_whoever_is_pinged_for_one_that_joined_reads_of_whom_the_lane_was_said(
    how: str,
) -> None:
    async with await chosen(how) as scene:
        letter = await told(scene, What.PING, "charlie")

        assert "before Stock joined; nobody has said yet whose lane that is" in letter
        assert "their log shows it" not in letter


@pytest.mark.parametrize("how", CHOICES)
async def test_the_card_says_who_joined_after_the_lane_was_chosen(how: str) -> None:
    async with await chosen(how) as scene:
        assert "before Stock joined" in await on_card(scene)


@pytest.mark.parametrize("how", CHOICES)
async def test_said_again_it_is_said_of_all_of_them(how: str) -> None:
    async with await chosen(how) as scene:
        found = await scene.post()
        ping = next(
            one for one in found if (str(one.to), one.what) == ("person:charlie", What.PING)
        )
        await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "")

        for text in (await read(scene, ping), await on_card(scene)):
            assert "*Lane:*" in text
            assert "before Stock joined" not in text


async def test_a_lane_that_nobody_chose_is_suggested_for_all_of_them() -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK)) as scene:
        for one in ("orders", "stock"):
            await fails(scene, one)

        assert "joined" not in await told(scene, What.PING, "charlie")


async def test_whoever_comes_into_the_channel_reads_of_whom_it_was_said() -> None:
    async with await chosen("set") as scene:
        await scene.run(lambda tx: tx.save_channel("incident:1", "C1"))
        await scene.do(joined, "C1", "slack:U1")
        (brief,) = [one for one in await scene.post() if one.what is What.BRIEF]

        assert "before Stock joined" in brief.facts["lane"]
