"""Slack is slow, full, down or unreachable: nothing is lost and nothing is said twice."""

import pytest

from slack_standin.driver import Seen
from tests.e2e.harness import RESTLESS, Story

pytestmark = pytest.mark.anyio


def said_by_the_bot(story: Story, words: str) -> list[str]:
    """Every message of the bot with these words, in any conversation."""
    workspace = story.standin.workspace
    return [
        message.ts
        for pool in workspace.messages.values()
        for message in pool.values()
        if words in str(message.body) and message.app_id
    ]


async def complete(story: Story) -> Seen:
    """Wait until the incident stands as it should; returns its card."""
    await story.bob.gets_dm("Web shop orders is failing")
    await story.alice.gets_dm("You own it")
    channel = await story.channel("-orders")
    await story.bob.sees(channel, "Where is the newest missing record seen last?")
    return await story.card(channel, "Pinged: @Bob Responder ✓")


async def test_too_many_requests_delay_and_lose_nothing(story: Story) -> None:
    story.standin.faults.limit("*", calls=8, retry_after=1)

    story.erp.breaks("orders")

    await complete(story)
    assert len(said_by_the_bot(story, "You are the first responder")) == 1


async def test_an_outage_of_slack_delays_and_loses_nothing(story: Story) -> None:
    story.standin.faults.fail("*", calls=8, status=503)

    story.erp.breaks("orders")

    await complete(story)
    assert len(said_by_the_bot(story, "You are the first responder")) == 1
    assert len(said_by_the_bot(story, "*Who has it:*")) == 1


async def test_a_message_whose_answer_got_lost_is_not_posted_twice(story: Story) -> None:
    story.proxy.loses("chat.postMessage", calls=3)

    story.erp.breaks("orders")

    await complete(story)
    assert len(said_by_the_bot(story, "You are the first responder")) == 1
    assert len(said_by_the_bot(story, "You own it")) == 1
    assert len(said_by_the_bot(story, "*Who has it:*")) == 1


async def test_a_ping_does_not_wait_for_a_slow_channel(story: Story) -> None:
    let_through = story.proxy.holds("conversations.create")

    story.erp.breaks("orders")

    await story.bob.gets_dm("Web shop orders is failing")
    await story.alice.gets_dm("You own it")
    assert story.standin.workspace.channel_named("inc-1-orders") is None
    let_through.set()
    await story.channel("-orders")


async def test_a_person_reads_what_happened_in_the_order_in_which_it_did(story: Story) -> None:
    story.standin.faults.fail("chat.postMessage", calls=2, status=503)

    story.erp.breaks("orders")
    await story.channel("-orders")
    story.erp.recovers("orders")

    question = await story.alice.gets_dm("Is the data right?")
    first = story.slack.messages(question.message.channel)[0]
    assert "Web shop orders" in first.text
    assert first.ts < question.ts


async def test_a_channel_whose_answer_got_lost_is_not_made_twice(story: Story) -> None:
    story.proxy.loses("conversations.create", calls=1)

    story.erp.breaks("orders")

    await complete(story)
    names = [room.name for room in story.standin.workspace.channels.values() if room.name]
    assert [name for name in names if name.startswith("inc-")] == ["inc-1-orders"]


async def test_a_revoked_token_that_comes_back_finds_every_ping_waiting(story: Story) -> None:
    story.revoked(yes=True)
    story.erp.breaks("orders")
    await story.slack.until(
        lambda: [c for c in story.standin.services.log.calls if c.error == "token_revoked"] or None,
        "a refused call",
    )

    story.revoked(yes=False)
    story.passes(seconds=31)

    await complete(story)


async def is_restless(story: Story) -> None:
    """From now on the bot notices a dead socket within seconds."""
    await story.stops()
    story.intervals = RESTLESS
    await story.starts()


@pytest.mark.parametrize("refused", [0, 2])
async def test_a_socket_that_breaks_is_opened_again(story: Story, refused: int) -> None:
    assert story.standin.app is not None
    await is_restless(story)
    story.standin.faults.refuse_handshakes = refused

    assert story.standin.services.courier.hub.cut(story.standin.app.id) == 1

    await story.bob.dms("who owns the bank payouts?")
    await story.bob.gets_dm("Technical owner")


async def test_a_socket_that_is_dead_without_a_word_is_noticed(story: Story) -> None:
    assert story.standin.app is not None
    await is_restless(story)

    story.standin.services.courier.hub.stall(story.standin.app.id)

    await story.bob.dms("who owns the bank payouts?")
    await story.bob.gets_dm("Technical owner")


async def test_a_handshake_refused_at_the_start_is_tried_again_with_a_new_address(
    story: Story,
) -> None:
    await story.stops()
    story.intervals = RESTLESS
    story.standin.faults.refuse_handshakes = 2

    await story.starts()

    await story.bob.types("#general", "/conn help")
    await story.bob.sees_ephemeral("/conn status")


async def test_an_event_delivered_twice_is_answered_once(story: Story) -> None:
    story.bob.invites_app("#general")
    story.standin.faults.deliver_twice = 1

    asked = await story.bob.mentions("#general", "who owns the bank payouts?")

    first = await story.bob.sees_thread(asked, "Technical owner")
    await story.bob.mentions("#general", "who owns the depot stock?")
    await story.bob.sees("#general", "Depot stock")
    replies = story.standin.workspace.threads[first.message.channel, asked.ts]
    assert len(replies) == 1


async def test_a_restart_goes_on_where_it_was(story: Story) -> None:
    channel = await story.breaks()
    ping = await story.bob.gets_dm("Web shop orders is failing")
    await story.stops()
    story.passes(minutes=20)

    await story.starts()

    await story.alice.gets_dm("Nobody has taken it so far")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    assert len(said_by_the_bot(story, "You are the first responder")) <= 1
    assert len(story.calls("conversations.create")) == 1


async def test_a_card_of_a_database_that_was_moved_away_acts_on_no_incident_of_the_new_one(
    story: Story,
) -> None:
    story.erp.breaks("orders")
    await complete(story)
    old = await story.bob.sees("#inc-1-orders", "Who has it: nobody yet")
    old_ping = await story.bob.gets_dm("You are the first responder")
    await story.everything_said()
    await story.stops()
    for file in story.folder.glob("firstlane.sqlite3*"):
        file.unlink()
    await story.starts()
    new = await story.bob.gets_dm("You are the first responder", after=old_ping)
    await story.everything_said()

    for seen in (old, old_ping):
        await seen.click("Acknowledge")
        refusal = await story.bob.sees_ephemeral("another database of Firstlane")
        assert "nothing was changed" in refusal.text

    assert "Acknowledge" in new.labels
    await new.click("Acknowledge")
    await new.until("INC-1: acknowledged by @Bob Responder")
