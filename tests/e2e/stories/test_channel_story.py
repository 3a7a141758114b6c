"""The life of an incident's channel: what is kept, who comes late, and when it ends."""

from pathlib import Path

import pytest

from bot.core.outbox.letter import MACHINE_RESTS
from bot.core.outbox.notice import Show, incident_subject
from slack_standin.acts import channels, members
from slack_standin.acts.call_log import LoggedCall
from tests.e2e.harness import Story, told

pytestmark = pytest.mark.anyio


async def timeline_of(story: Story, channel: str) -> str:
    card = await story.bob.sees(channel, "INC-1 ")
    await card.click("Timeline")
    return (await story.bob.sees_modal("Timeline")).text


async def test_a_reaction_keeps_a_message_and_the_timeline_follows_it(story: Story) -> None:
    channel = await story.breaks()
    words = await story.bob.types(channel, "The vendor <rotated> the key")

    await words.reacts("pushpin")
    await story.bob.sees_ephemeral("Kept on the timeline of INC-1")
    await words.edits("The publisher rotated the key")
    said = await story.alice.types(channel, "Nothing to see")
    await said.reacts("pushpin")
    await story.alice.sees_ephemeral("Kept on the timeline of INC-1")
    await said.deletes()
    await story.slack.settled()

    shown = await timeline_of(story, channel)
    assert "@Bob Responder: The publisher rotated the key" in shown
    assert "rotated> the key" not in shown
    assert "(the message was deleted)" in shown
    assert "Nothing to see" not in shown
    assert story.our_faults() == []


async def test_taking_the_reaction_back_strikes_the_entry(story: Story) -> None:
    channel = await story.breaks()
    words = await story.bob.types(channel, "The vendor rotated the key")

    await words.reacts("pushpin")
    await story.bob.sees_ephemeral("Kept on the timeline of INC-1")
    await words.unreacts("pushpin")
    await story.bob.sees_ephemeral("Struck from the timeline of INC-1")

    assert "@Bob Responder: The vendor rotated the key (struck)" in await timeline_of(
        story, channel
    )


async def test_a_newcomer_is_briefed_once_in_private(story: Story) -> None:
    channel = await story.breaks()
    await story.bob.types(channel, "/conn ack")
    await story.card(channel, "Who has it: @Bob Responder")

    story.charlie.joins(channel)

    brief = await story.charlie.gets_dm("Web shop orders is failing")
    assert "Since:" in brief.text
    assert "@Bob Responder has it" in brief.text
    assert "says “still on it” by" in brief.text
    assert "Lane:" in brief.text
    assert "@Bob Responder acknowledged" in brief.text
    channels.remove_member(
        story.standin.workspace, story.charlie.channel(channel), story.charlie.user.id
    )
    story.charlie.joins(channel)
    await story.slack.settled()
    await story.slack.expect_nothing_else(brief)


async def test_a_channel_archived_under_a_live_incident_is_opened_again(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)

    channels.set_archived(story.standin.workspace, made, True, by=story.bob.id)

    await story.alice.sees(channel, "INC-1 is not over, so this channel is open again")
    assert not made.is_archived
    assert story.our_faults() == []


async def test_a_late_word_of_an_archiving_that_was_mended_moves_nobody(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)
    channels.set_archived(story.standin.workspace, made, True, by=story.bob.id)
    await story.alice.sees(channel, "INC-1 is not over, so this channel is open again")

    late = {"type": "channel_archive", "channel": made.id, "user": story.bob.id, "is_moved": 0}
    story.standin.workspace.emit(late, channel=made)
    await story.slack.until(lambda: story.calls("conversations.info") or None, "a look at the room")
    await story.bob.types(channel, "/conn ack")
    await story.card(channel, "Who has it: @Bob Responder")

    assert not made.is_archived
    said = [message.text for message in story.slack.messages(channel)]
    assert not [text for text in said if "its channel is gone" in text]


async def test_a_channel_that_stays_archived_is_made_anew(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)
    story.standin.services.faults.refuse(
        "conversations.unarchive", calls=9, error="restricted_action"
    )

    channels.set_archived(story.standin.workspace, made, True, by=story.bob.id)

    again = await story.channel("-orders-2")
    await story.alice.sees(again, "INC-1 goes on here, because its channel is gone")
    await story.card(again, "Who has it: nobody yet")
    await story.bob.sees(again, "Where is the newest missing record seen last?")


async def test_a_channel_renamed_by_hand_keeps_its_name(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)

    channels.rename(story.standin.workspace, made, "shop-is-down", by=story.bob.id)
    await story.bob.types("#shop-is-down", "/conn ack")
    story.passes(seconds=10)

    await story.card("#shop-is-down", "Who has it: @Bob Responder")
    assert made.name == "shop-is-down"
    assert story.calls("conversations.rename") == []


async def test_a_quiet_channel_is_announced_and_archived(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)
    await story.bob.types(channel, "/conn resolve anyway restarted the connector")
    await story.card(channel, "Resolved")
    story.erp.recovers("orders")

    story.passes(days=6, minutes=5)
    await story.bob.sees(channel, "this channel is archived")
    story.passes(days=1, minutes=5)

    await story.slack.until(lambda: made.is_archived or None, "the channel to be archived")
    assert story.our_faults() == []


async def test_a_word_after_the_announcement_keeps_the_channel(story: Story) -> None:
    channel = await story.breaks()
    made = story.bob.channel(channel)
    await story.bob.types(channel, "/conn resolve anyway restarted the connector")
    await story.card(channel, "Resolved")
    story.erp.recovers("orders")
    story.passes(days=6, minutes=5)
    notice = await story.bob.sees(channel, "this channel is archived")

    story.passes(hours=1)
    await story.bob.types(channel, "wait, I still write it up")
    story.passes(days=1, minutes=5)
    await story.slack.settled()
    assert not made.is_archived
    story.passes(days=5, minutes=5)

    await story.bob.sees(channel, "this channel is archived", after=notice)


async def test_what_is_nobodys_business_runs_in_a_private_channel(tmp_path: Path) -> None:
    async with told(tmp_path / "state", private=["all"]) as story:
        channel = await story.breaks()
        made = story.bob.channel(channel)

        assert made.is_private
        assert {story.alice.id, story.bob.id, story.dana.id} <= set(made.members)
        words = await story.bob.types(channel, "The vendor rotated the key")
        await words.reacts("pushpin")
        await story.bob.sees_ephemeral("Kept on the timeline of INC-1")
        members.invite(story.standin.services, story.bob.user, made, [story.charlie.id])
        await story.charlie.gets_dm("Web shop orders is failing")
        channels.set_archived(story.standin.workspace, made, True, by=story.bob.id)
        await story.alice.sees(channel, "this channel is open again")
        assert story.our_faults() == []


async def test_a_private_incident_never_moves_to_a_public_channel(tmp_path: Path) -> None:
    async with told(tmp_path / "state", private=["all"], announce="ops", channels=["ops"]) as story:
        story.standin.services.faults.refuse(
            "conversations.create", calls=9, error="restricted_action"
        )

        story.erp.breaks("orders")

        await story.bob.gets_dm("Who has it: nobody yet")
        await story.dana.gets_dm("to allow this app to create private channels")
        ops = story.standin.workspace.channel_named("ops")
        assert ops is not None
        assert not [m for m in story.slack.messages("#ops") if "INC-1" in m.text]


async def test_a_paused_connection_opens_nothing_until_its_time_is_over(story: Story) -> None:
    await story.bob.types("#general", "/conn pause web shop orders 2h the ERP is updated")
    await story.bob.sees_ephemeral("Web shop orders is paused until")
    await story.alice.gets_dm("Web shop orders is paused until")

    story.erp.breaks("orders")
    await story.erp.looked_at()
    await story.charlie.types("#general", "/conn status web shop orders")
    await story.charlie.sees_ephemeral("Paused by @Bob Responder until")
    await story.charlie.types("#general", "/conn pause")
    await story.charlie.sees_ephemeral("the ERP is updated (Bob Responder)")
    story.passes(hours=2)

    await story.alice.gets_dm("The pause of Web shop orders has ended")
    await story.bob.gets_dm("Web shop orders is failing")
    await story.card(await story.channel("-orders"), "It failed while paused")


async def test_a_pause_is_ended_by_hand_and_only_by_those_concerned(story: Story) -> None:
    await story.bob.types("#general", "/conn pause web shop orders until tomorrow: an update")
    await story.bob.sees_ephemeral("Web shop orders is paused until")

    await story.charlie.types("#general", "/conn resume web shop orders")
    await story.charlie.sees_ephemeral("Only somebody named for Web shop orders may")
    await story.alice.types("#general", "/conn resume web shop orders")

    await story.alice.sees_ephemeral("Web shop orders is not paused any more")


async def test_a_click_is_shown_at_once_and_a_burst_of_machine_changes_as_one(
    story: Story,
) -> None:
    channel = await story.breaks()
    card = await story.bob.sees(channel, "@Bob Responder ✓")
    story.passes(seconds=5)
    await story.slack.settled()
    edits = len(_edits_of(story, card.ts))

    assert story.bot is not None
    runtime, subject = story.bot.runtime, incident_subject(1)
    assert runtime is not None
    for _ in range(5):
        await runtime.store.run(
            lambda tx: tx.queue(Show(subject=subject, rest=MACHINE_RESTS), story.clock.now())
        )
    rested = len(_edits_of(story, card.ts))
    await card.click("Acknowledge")
    await card.until("Who has it: @Bob Responder since")

    assert rested == edits
    assert len(_edits_of(story, card.ts)) == edits + 1
    assert len([one for one in card.blocks if one["type"] == "actions"][-1]["elements"]) == 4


def _edits_of(story: Story, ts: str) -> list[LoggedCall]:
    return [call for call in story.calls("chat.update") if call.args.get("ts") == ts]
