"""Nobody answers, or somebody stops answering: the ladder, the lease, and the finding of nobody."""

from datetime import datetime

import pytest

from bot.flows.work import Work
from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_an_unanswered_ping_climbs_the_ladder_in_everybodys_sight(story: Story) -> None:
    channel = await story.breaks()
    await story.bob.gets_dm("Web shop orders is failing")

    story.passes(minutes=15)
    second = await story.alice.gets_dm("Nobody has taken it so far")
    said = await story.bob.sees(channel, "Nobody took INC-1; @Alice Owner is pinged now.")
    story.passes(minutes=15)

    await story.dana.gets_dm("Nobody has taken it so far")
    await story.bob.sees(channel, "Nobody took INC-1; @Dana Manager is pinged now, and again")
    await story.card(channel, "@Dana Manager ✓")
    await second.click("Acknowledge")
    await story.card(channel, "Who has it: @Alice Owner")
    assert "Without an acknowledgement, @Dana Manager is pinged" in said.text


async def test_a_silent_holder_is_asked_and_then_loses_the_incident(story: Story) -> None:
    channel = await story.breaks()
    ping = await story.bob.gets_dm("Web shop orders is failing")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")

    story.passes(minutes=50)
    question = await story.bob.gets_dm("Still on Web shop orders?")
    story.passes(minutes=12)

    await story.alice.gets_dm("@Bob Responder had it and did not go on, so it comes to you")
    await story.bob.sees(channel, "@Bob Responder did not say “still on it”; INC-1 is open again")
    await story.card(channel, "Who has it: nobody yet")
    await question.until("INC-1: open, nobody has it")


async def test_a_holder_who_says_still_on_it_keeps_the_incident(story: Story) -> None:
    channel = await story.breaks()
    ping = await story.bob.gets_dm("Web shop orders is failing")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    story.passes(minutes=50)
    question = await story.bob.gets_dm("Still on Web shop orders?")

    expires = await lease_of(story)
    await question.click("Still on it")
    while await lease_of(story) == expires:
        await story.erp.looked_at_again()
    story.passes(minutes=20)
    await story.bob.types(channel, "/conn note it was me")

    await story.alice.sees(channel, "it was me")
    said = "\n".join(message.text for message in story.slack.messages(channel))
    assert "Nobody took INC-1" not in said
    assert "Who has it: @Bob Responder" in said


async def lease_of(story: Story) -> datetime | None:
    assert story.bot is not None
    runtime = story.bot.runtime
    assert runtime is not None
    return (await runtime.do(Work.incident, 1)).lease_until


async def test_a_relapse_before_the_confirmation_leaves_it_with_whoever_has_it(
    story: Story,
) -> None:
    channel = await story.breaks()
    first = await story.bob.gets_dm("Web shop orders is failing")
    await first.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    story.erp.recovers("orders")
    question = await story.alice.gets_dm("Is the data right?")

    story.erp.breaks("orders", "HTTP 503 from the far end")

    await story.bob.sees(channel, "It fails again before the data was confirmed")
    await story.bob.gets_dm("Web shop orders fails again")
    await story.card(channel, "Who has it: @Bob Responder")
    await question.until("INC-1: acknowledged")
    assert question.labels == []


async def test_wrong_data_opens_the_incident_again_with_the_reason(story: Story) -> None:
    channel = await story.breaks()
    story.erp.recovers("orders")
    question = await story.alice.gets_dm("Is the data right?")

    await question.click("Data is wrong…")
    form = await story.alice.sees_modal("Data is wrong")
    await form.fill("What is wrong with the data?", "Orders of Tuesday came twice")
    await form.submit()

    said = "the data of Web shop orders is wrong: Orders of Tuesday came twice"
    await story.bob.sees(channel, said)
    await story.bob.gets_dm("The data of Web shop orders is wrong", after=question)
    await story.card(channel, "Who has it: nobody yet")


async def test_on_the_card_of_a_shared_incident_wrong_data_is_of_a_connection(
    story: Story,
) -> None:
    channel = await story.breaks("orders", "posting group missing")
    story.erp.breaks("returns", "posting group missing")
    await story.card(channel, "Connections (2)")
    story.erp.recovers("orders")
    story.erp.recovers("returns")
    await story.card(channel, "that the data is right")

    card = await story.alice.sees(channel, "that the data is right")
    await card.click("Data is wrong…")
    form = await story.alice.sees_modal("Data is wrong")
    await form.fill("Whose data is wrong?", ["Web shop returns"])
    await form.fill("What is wrong with the data?", "They came twice")
    await form.submit()

    await story.bob.sees(channel, "the data of Web shop returns is wrong: They came twice")
    await story.card(channel, "Data of Web shop returns is wrong")


async def test_nobody_named_is_a_finding_that_the_estates_owner_is_told(story: Story) -> None:
    story.erp.breaks("stock")

    await story.dana.gets_dm("Nobody is named as first responder of Depot stock")
    channel = await story.channel("-stock")
    await story.dana.sees(channel, "Nobody is named as first responder of Depot stock")
    await story.alice.gets_dm("Depot stock is failing")


async def test_an_unreachable_responder_is_passed_over_at_once_and_the_manager_hears_of_it(
    story: Story,
) -> None:
    story.erp.breaks("payouts")

    await story.alice.gets_dm("Nobody has taken it so far")
    told = await story.dana.gets_dm("Gone Responder could not be pinged")
    channel = await story.channel("-payouts")
    await story.alice.sees(channel, "Gone Responder could not be pinged")
    assert "no Slack account has the e-mail address gone@example.com" in told.text
    await story.card(channel, "Gone Responder ✗ no Slack account")
