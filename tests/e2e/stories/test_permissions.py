"""Who may do what, clicks that come twice, and texts that mean harm."""

import asyncio

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

HOSTILE = "<!channel> *bold* <https://evil.example|ok> & <@U1>"


async def test_charlie_may_not_resolve_and_is_told_who_may(story: Story) -> None:
    channel = await story.breaks()
    story.charlie.joins(channel)
    card = await story.charlie.sees(channel, "Who has it:")

    await card.click("Resolve…")

    refusal = await story.charlie.sees_ephemeral("Only somebody named for Web shop orders may")
    assert "Alice Owner" in refusal.text
    assert "Bob Responder" in refusal.text
    await story.card(channel, "Who has it: nobody yet")


async def test_charlie_may_not_confirm_the_data_and_is_told_who_may(story: Story) -> None:
    channel = await story.breaks()
    story.erp.recovers("orders")
    story.charlie.joins(channel)
    await story.card(channel, "confirms that the data is right")
    card = await story.charlie.sees(channel, "confirms that the data is right")

    await card.click("Data is right")

    refusal = await story.charlie.sees_ephemeral("may say whether its data is right")
    assert "Alice Owner" in refusal.text
    await story.card(channel, "confirms that the data is right")


async def test_whoever_is_not_named_is_asked_helps_and_stops_no_ladder(story: Story) -> None:
    channel = await story.breaks()
    story.charlie.joins(channel)
    card = await story.charlie.sees(channel, "Who has it:")

    await card.click("Acknowledge")
    question = await story.charlie.sees_ephemeral("Take it all the same?")
    assert "@Bob Responder was pinged, and is told" in question.text
    await question.click("Take it all the same")

    await story.charlie.sees_ephemeral("You help with INC-1")
    await story.card(channel, "nobody yet; @Charlie Visitor helps")
    await story.bob.gets_dm("@Charlie Visitor helps with INC-1")
    story.passes(minutes=16)
    await story.alice.gets_dm("Nobody has taken it so far")


async def test_what_still_fails_is_resolved_only_with_a_tick(story: Story) -> None:
    channel = await story.breaks()
    card = await story.bob.sees(channel, "Who has it:")
    await card.click("Resolve…")
    form = await story.bob.sees_modal("Resolve")
    assert "Web shop orders still fails" in form.text
    await form.fill("What was the cause, and what fixed it?", "restarted")

    refused = await form.submit()
    assert "still fails" in refused["errors"]["sure"]
    await form.fill("It is not over", "Resolve it all the same")
    await form.submit()

    await story.card(channel, "By then: Web shop orders still fails")
    asked = await story.alice.gets_dm("Is the data right?")
    await asked.click("Data is right")
    await story.alice.sees(channel, "is resolved")


async def test_a_second_click_does_nothing_twice(story: Story) -> None:
    channel = await story.breaks()
    ping = await story.bob.gets_dm("Web shop orders is failing")

    await asyncio.gather(ping.click("Acknowledge"), ping.click("Acknowledge"))

    await story.card(channel, "Who has it: @Bob Responder")
    await story.bob.sees(channel, "🟠 @Bob Responder has it until")
    await story.everything_said()
    said = [one.text for one in story.slack.messages(channel)]
    assert sum("🟠 @Bob Responder has it until" in text for text in said) == 1


async def test_what_is_over_cannot_be_taken_again(story: Story) -> None:
    channel = await story.breaks()
    card = await story.bob.sees(channel, "Who has it:")
    await card.click("Resolve…")
    form = await story.bob.sees_modal("Resolve")
    await form.fill("What was the cause, and what fixed it?", "The secret was renewed")
    await form.fill("It is not over", "Resolve it all the same")
    await form.submit()
    await story.card(channel, "Resolved")

    await story.bob.types("#general", "/conn ack INC-1")

    await story.bob.sees_ephemeral("Cannot acknowledge INC-1: it is resolved")


async def test_a_hostile_error_text_pings_nobody_and_shows_as_text(story: Story) -> None:
    story.erp.breaks("returns", HOSTILE)

    await story.bob.gets_dm("Web shop returns is failing")
    channel = await story.channel("-returns")
    card = await story.card(channel, "<!channel>")
    raw = [str(m.message.body) for m in story.slack.messages(channel)]
    assert "<https://evil.example|ok>" in card.text
    assert not any("<!channel>" in body or "<https://evil" in body for body in raw)


async def test_a_hostile_note_pings_nobody(story: Story) -> None:
    channel = await story.breaks()

    await story.bob.types(channel, "/conn note <!channel> come here")

    note = await story.alice.sees(channel, "📝 @Bob Responder:")
    assert "<!channel>" not in str(note.message.body)
