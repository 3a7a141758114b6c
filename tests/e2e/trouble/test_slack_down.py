"""Slack is down when something breaks: the ping arrives by another way, and Slack hears of it late
and once, also when the bot was restarted in between."""

from collections.abc import Callable

import pytest

from bot.store.tx import Tx
from tests.e2e.harness import Story
from tests.e2e.pager import Pager
from tests.e2e.trouble.test_trouble import said_by_the_bot

pytestmark = pytest.mark.anyio


async def with_another_way(story: Story, pager: Pager) -> None:
    await story.stops()
    story.fallback = pager.url
    await story.starts()


async def stored(story: Story, holds: Callable[[Tx], bool]) -> None:
    """Wait until the database says so."""
    assert story.bot is not None
    runtime = story.bot.runtime
    assert runtime is not None
    while not await runtime.store.run(holds):
        await story.erp.looked_at_again()


async def it_breaks_while_slack_is_down(story: Story) -> None:
    story.proxy.shut = True
    story.erp.breaks("orders")
    now = story.clock.now
    await stored(story, lambda tx: any(one.error for one in tx.waiting_pings(now())))
    story.passes(minutes=2.5)


async def written_down(story: Story) -> None:
    """Wait until the page is crossed off. Whoever dies before that sends it again."""

    def crossed_off(tx: Tx) -> bool:
        receipts = tx.receipts("incident:1")
        return any(one.elsewhere and one.state == "delivered" for one in receipts)

    await stored(story, crossed_off)


async def back(story: Story) -> None:
    story.proxy.shut = False
    await story.bob.gets_dm("Web shop orders is failing")
    await story.card(await story.channel("-orders"), "by another way ✓")


async def test_the_ping_arrives_by_another_way_and_slack_gets_it_late_and_once(
    story: Story,
) -> None:
    async with Pager() as pager:
        await with_another_way(story, pager)
        await it_breaks_while_slack_is_down(story)

        page = await pager.gets("you are the first responder")
        await back(story)

        assert page["to"] == "bob"
        assert "Web shop orders is failing (INC-1)" in page["title"]
        assert "without an acknowledgement" in page["message"]
        assert len(pager.pages) == 1
        assert len(said_by_the_bot(story, "You are the first responder")) == 1
        assert "sent late" in (await story.bob.gets_dm("is failing")).text


async def test_a_restart_in_between_neither_loses_nor_repeats_it(story: Story) -> None:
    async with Pager() as pager:
        await with_another_way(story, pager)
        await it_breaks_while_slack_is_down(story)
        await story.stops()
        await story.starts(heard=False)

        await pager.gets("you are the first responder")
        await written_down(story)
        await story.stops()
        await story.starts(heard=False)
        await back(story)

        assert len(pager.pages) == 1
        assert len(said_by_the_bot(story, "You are the first responder")) == 1
        assert len(said_by_the_bot(story, "*Who has it:*")) == 1
