"""From a break to a resolved incident, as people live through it."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_a_break_is_followed_from_the_first_ping_to_the_confirmed_data(
    story: Story,
) -> None:
    alice, bob = story.alice, story.bob

    # It breaks: the responder is pinged, the owner hears of it, the channel is decorated.
    story.erp.breaks("orders", "HTTP 401 invalid_client")
    ping = await bob.gets_dm("Web shop orders is failing")
    assert "Waiting: 57 records" in ping.text
    assert "Alice Owner is pinged" in ping.text
    await alice.gets_dm("You own it; @Bob Responder was pinged to fix it")
    channel = await story.channel("-orders")
    assert channel == "#inc-1-orders"
    card = await bob.sees(channel, "Who has it: nobody yet. Pinged: @Bob Responder ✓")
    assert "Web shop → ERP (critical)" in card.text
    await alice.sees(channel, "INC-1")
    await story.topic(channel, "open, nobody has it")
    symptom = await bob.sees(channel, "Where is the newest missing record seen last?")

    # Bob takes it from his direct message, and the walk leads him to a lane.
    await ping.click("Acknowledge")
    await ping.until("INC-1: acknowledged by @Bob Responder")
    assert ping.labels == []
    await card.until("Who has it: @Bob Responder since")
    await story.topic(channel, "Bob Responder has it")
    story.passes(seconds=10)  # or Slack's own pace for one channel would be waited for
    await story.answer(symptom, "In the connector's queue or in error there")
    await symptom.until("✓ 1 · Symptom: In the connector's queue or in error there")
    health = await bob.sees(channel, "Can the connector reach and log in to both ends?")
    await story.answer(health, "No answer from one end (network, TLS or 5xx)")
    others = await bob.sees(channel, "Do other connections to the same system fail as well?")
    await story.answer(others, "No, only this connection")
    end = await bob.sees(channel, "Runbook finished: the lane is connector vendor")
    await card.until("Lane: connector vendor (Connector maker)")

    # It is the vendor's turn, and their clock is shown.
    story.passes(seconds=10)
    await end.click("Hand over to Connector maker…")
    form = await bob.sees_modal("Hand over")
    await form.fill("Their ticket number", "88123")
    await form.submit()
    await bob.sees(channel, "handed over to Connector maker (support@maker.example)")
    await card.until("Connector maker must answer by")
    assert "ticket 88123" in card.text

    # It runs again: the functional owner is asked, and her word resolves it.
    story.erp.recovers("orders")
    question = await alice.gets_dm("Web shop orders runs again. Is the data right?")
    await card.until("Alice Owner confirms that the data is right")
    story.passes(seconds=10)
    await question.click("Data is right")
    await card.until("Resolved")
    await question.until("INC-1: resolved")
    await bob.sees(channel, "INC-1 is resolved by @Alice Owner: data confirmed")
    await story.topic(channel, "resolved")
    assert (await story.card(channel, "Resolved")).labels == [
        "Review…",
        "Teach the playbook…",
        "Timeline",
        "Open again…",
    ]
