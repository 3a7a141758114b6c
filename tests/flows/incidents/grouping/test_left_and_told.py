"""Whoever reads in an incident's channel that a connection is a part of it reads there, too, that
it left, why, and where it goes on; whichever way it left."""

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, incident_subject
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge, reopen
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, a_connection, an_estate
from tests.flows.incidents.ending.test_second_life import two_broken
from tests.flows.incidents.grouping.test_recover import ORDERS, STOCK, fails, runs, storm
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
BANK = a_connection(id="bank", name="Bank statements", first_responder="charlie")


async def channel(scene: Scene, number: int, what: What) -> list[str]:
    """What was said of that in the channel of the incident, as it is read there."""
    found: list[OutboxMessage] = await scene.post()
    view = await scene.do(views.incident_view, number)
    assert view is not None
    writer = Writer(catalogue=scene.knowledge.catalogue)
    mine = [one for one in found if one.subject == incident_subject(number)]
    said = [one for one in mine if (str(one.to), one.what) == ("channel", what)]
    return [
        str(personal_words.in_channel(what, one.facts, view, writer).blocks[0]["text"]["text"])
        for one in said
    ]


async def test_what_outlives_the_others_is_said_to_have_left_with_why_and_where_it_goes_on() -> (
    None
):
    async with await storm() as scene:
        await runs(scene, "orders")
        await fails(scene, "stock")
        await scene.post()
        await scene.tick(10 * MINUTE)

        (line,) = await channel(scene, 1, What.SPLIT_OFF)
        assert line == (
            "🔗 *Stock is no part of INC-1 any more:* it still fails while the others run again."
            " It goes on in INC-3."
        )


async def test_several_that_leave_at_once_are_told_in_one_line() -> None:
    async with await Scene.open(an_estate(ORDERS, STOCK, BANK)) as scene:
        for one in ("orders", "stock", "bank"):
            await fails(scene, one)
        await runs(scene, "orders")
        await fails(scene, "stock")
        await fails(scene, "bank")
        await scene.post()
        await scene.tick(10 * MINUTE)

        (line,) = await channel(scene, 1, What.SPLIT_OFF)
        assert "Stock" in line
        assert "Bank statements" in line
        assert "they still fail while the others run again" in line
        assert "They go on in INC-4." in line


async def test_what_was_merged_by_hand_is_told_in_both_channels() -> None:
    async with await two_broken() as scene:
        await scene.do(merge.merge, 2, into=1, by="bob")
        await scene.sees(Verdict.OK, Verdict.OK)
        await scene.sees(Verdict.FAILING, check="stock/api")
        await scene.post()
        await scene.tick(20 * MINUTE)
        found = await scene.post()
        told = {(one.subject, one.what): one for one in found if str(one.to) == "channel"}
        view = await scene.do(views.incident_view, 2)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        split = told["incident:2", What.SPLIT]

        assert view is not None
        said = personal_words.in_channel(What.SPLIT, split.facts, view, writer)
        assert "It still fails while INC-1 runs again." in str(said.blocks)
        assert ["stock", 2] in told["incident:1", What.SPLIT_OFF].facts["left"]


async def test_what_is_elsewhere_when_the_whole_is_opened_again_is_told() -> None:
    async with await storm() as scene:
        await runs(scene, "orders")
        await runs(scene, "stock")
        await scene.does_all_the_same(respond.resolve_if_over, 1, "bob", "a patch")
        scene.later(2 * HOUR)
        await scene.sees(Verdict.FAILING, Verdict.FAILING, check="stock/api")
        own = await scene.live("stock")
        await scene.post()
        await scene.do(reopen.reopen, 1, by="bob", why="orders are missing again")

        assert own is not None
        (line,) = await channel(scene, 1, What.SPLIT_OFF)
        assert line.startswith("🔗 *Stock is no part of INC-1 any more:*")
        assert own.key in line
