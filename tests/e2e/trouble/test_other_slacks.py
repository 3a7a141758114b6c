"""Workspaces that know fewer methods or allow less: the people are reached all the same."""

from pathlib import Path

import pytest

from tests.e2e.harness import Story, told

pytestmark = pytest.mark.anyio

DISPENSABLE = (
    "conversations.setTopic",
    "bookmarks.add",
    "pins.add",
    "conversations.invite",
    "conversations.history",
    "conversations.list",
    "users.info",
    "views.publish",
)


@pytest.mark.parametrize(
    "unknown", [*((method,) for method in DISPENSABLE), DISPENSABLE], ids=lambda m: "+".join(m)[:24]
)
async def test_nobody_misses_a_method_that_is_not_there(
    story: Story, unknown: tuple[str, ...]
) -> None:
    story.forgiven.add("unknown_method")
    story.standin.faults.unknown_methods = set(unknown)
    if "views.publish" in unknown:
        await story.bob.dms("help")

    channel = await story.breaks()
    story.bob.joins(channel)
    ping = await story.bob.gets_dm("Web shop orders is failing")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    question = await story.bob.sees(channel, "Where is the newest missing record seen last?")
    await story.answer(question, "In the connector's queue or in error there")

    await story.bob.sees(channel, "Can the connector reach and log in to both ends?")


def may_make_no_channels(story: Story) -> None:
    story.standin.faults.refuse("conversations.create", calls=99, error="restricted_action")


async def test_without_a_channel_the_incident_runs_in_direct_messages(story: Story) -> None:
    may_make_no_channels(story)
    story.erp.breaks("orders")

    card = await story.bob.gets_dm("Slack did not let me make a channel for this incident")
    question = await story.bob.gets_dm("Where is the newest missing record seen last?")
    await story.answer(question, "In the connector's queue or in error there")
    await story.bob.gets_dm("Can the connector reach and log in to both ends?")
    await card.click("Acknowledge")
    await card.until("Who has it: @Bob Responder")
    story.passes(seconds=20)
    await story.alice.gets_dm("@Bob Responder has it until")
    story.erp.recovers("orders")
    await (await story.alice.gets_dm("Is the data right?")).click("Data is right")

    story.passes(seconds=20)
    await card.until("Resolved")


async def test_the_owner_of_the_estate_is_told_once_that_no_channels_can_be_made(
    story: Story,
) -> None:
    may_make_no_channels(story)
    story.erp.breaks("orders")
    told_once = await story.dana.gets_dm("Slack does not let me make channels here")
    await story.bob.gets_dm("INC-1 · Web shop orders")

    story.erp.breaks("returns")
    story.passes(seconds=20)
    await story.bob.gets_dm("INC-2 · Web shop returns")

    await story.everything_said()
    words = "Slack does not let me make channels here"
    said = story.slack.messages(told_once.message.channel)
    assert [message.ts for message in said if words in message.text] == [told_once.ts]
    assert "restricted_action" in told_once.text


async def test_without_a_channel_of_its_own_the_announce_channel_is_used(tmp_path: Path) -> None:
    async with told(tmp_path, announce="integrations", channels=("integrations",)) as story:
        may_make_no_channels(story)
        story.erp.breaks("orders")

        await story.bob.sees("#integrations", "INC-1 runs here")
        card = await story.bob.sees("#integrations", "Who has it: nobody yet")
        await card.click("Acknowledge")
        said = await story.bob.sees("#integrations", "@Bob Responder has it until")

        assert "INC-1" in said.text
        assert story.calls("conversations.setTopic") == []
        await story.dana.gets_dm("Incidents run in #integrations instead")
        assert story.our_faults() == []


async def test_an_announce_channel_that_is_not_there_leaves_direct_messages(
    tmp_path: Path,
) -> None:
    async with told(tmp_path, announce="integrations") as story:
        may_make_no_channels(story)
        story.erp.breaks("orders")

        await story.bob.gets_dm("Slack did not let me make a channel for this incident")
        await story.dana.gets_dm("Incidents run in direct messages instead")
