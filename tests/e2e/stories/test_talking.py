"""Asking and telling the bot: commands, mentions, direct messages, shortcuts, the home tab."""

import pytest

from tests.e2e.estate import catalogue_text
from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

OWNER = "Technical owner"


async def test_the_same_question_is_answered_by_mention_message_and_command(story: Story) -> None:
    story.bob.invites_app("#general")

    asked = await story.bob.mentions("#general", "who owns the bank payouts?")
    await story.bob.dms("who owns the bank payouts?")
    await story.bob.types("#general", "/conn who bank payouts")

    in_thread = await story.bob.sees_thread(asked, OWNER)
    by_message = await story.bob.gets_dm(OWNER)
    by_command = await story.bob.sees_ephemeral(OWNER)
    assert "Alice Owner" in in_thread.text
    assert in_thread.text == by_message.text == by_command.text


async def test_an_ambiguous_question_is_answered_by_buttons(story: Story) -> None:
    await story.charlie.types("#general", "/conn who web shop")
    question = await story.charlie.sees_ephemeral("Which one do you mean")

    await question.click("Web shop returns")

    answer = await story.charlie.sees_ephemeral(OWNER, after=question)
    assert "Web shop returns" in answer.text


async def test_an_unknown_command_names_the_nearest_one(story: Story) -> None:
    await story.bob.types("#general", "/conn handovr")

    await story.bob.sees_ephemeral("Did you mean /conn handover?")


async def test_a_command_in_the_wrong_place_lists_the_open_incidents(story: Story) -> None:
    await story.breaks("orders")
    await story.breaks("returns")

    await story.bob.types("#general", "/conn ack")

    answer = await story.bob.sees_ephemeral("name one, for example INC-42")
    assert "INC-1" in answer.text
    assert "INC-2" in answer.text


async def test_a_command_in_the_incidents_channel_needs_no_number(story: Story) -> None:
    await story.breaks("returns")
    channel = await story.breaks("orders")

    await story.bob.types(channel, "/conn ack")

    await story.bob.sees_ephemeral("You have INC-2")
    await story.card(channel, "Who has it: @Bob Responder")


async def test_status_says_what_fails_and_since_when(story: Story) -> None:
    await story.breaks()

    await story.charlie.types("#general", "/conn status")

    answer = await story.charlie.sees_ephemeral("Web shop orders")
    assert "failing since" in answer.text
    assert "nobody has it" in answer.text
    assert "INC-1" in answer.text


async def test_anybody_may_declare_an_incident_by_command(story: Story) -> None:
    await story.charlie.types("#general", "/conn declare bank payouts: the file is empty")

    await story.charlie.sees_ephemeral(
        "INC-1 is declared for Bank payouts (the checks see nothing wrong)"
    )
    channel = await story.channel("-payouts")
    await story.card(channel, "@Charlie Visitor declared it: the file is empty")


async def test_anybody_may_declare_an_incident_by_shortcut(story: Story) -> None:
    await story.charlie.uses_shortcut("Declare incident")
    form = await story.charlie.sees_modal("Declare an incident")
    await form.fill("What is broken?", "Web shop orders")
    await form.fill("What do you see?", "Customers get no mail")
    await form.submit()

    ping = await story.bob.gets_dm("Web shop orders is reported broken")
    assert "Customers get no mail" in ping.text
    await story.card(await story.channel("-orders"), "Customers get no mail")


async def test_a_time_that_cannot_be_meant_is_refused_under_its_field(story: Story) -> None:
    await story.charlie.uses_shortcut("Declare incident")
    form = await story.charlie.sees_modal("Declare an incident")
    await form.fill("What is broken?", "Web shop orders")
    await form.fill("What do you see?", "Customers get no mail")
    await form.fill("Since when?", 0)
    answer = await form.submit()

    assert "This is too long ago: 90 d at most" in str(answer.get("errors", {}).get("since"))


async def test_a_message_becomes_a_line_of_the_timeline(story: Story) -> None:
    channel = await story.breaks()
    message = await story.bob.types(channel, "The vendor changed the key at noon")

    await story.bob.uses_shortcut("Add to incident timeline", on=message)
    await story.bob.sees_ephemeral("Kept on the timeline of INC-1")

    card = await story.alice.sees(channel, "Who has it:")
    await card.click("Timeline")
    timeline = await story.alice.sees_modal("Timeline")
    assert "@Bob Responder: The vendor changed the key at noon" in timeline.text


async def test_the_timeline_modal_tells_the_story_so_far(story: Story) -> None:
    channel = await story.breaks()
    await story.bob.types(channel, "/conn note rang the vendor")
    await story.alice.sees(channel, "rang the vendor")
    card = await story.bob.sees(channel, "Who has it:")

    await card.click("Timeline")

    timeline = await story.bob.sees_modal("Timeline")
    assert "Pinged" in timeline.text
    assert "rang the vendor" in timeline.text


async def test_the_home_tab_shows_what_is_mine_and_stays_current(story: Story) -> None:
    await story.erp.looked_at()
    home = await story.bob.opens_home("All 4 connections are fine")

    channel = await story.breaks()

    await home.until("INC-1")
    await home.until("1 of 4 connections needs attention")
    await home.until(channel)


async def test_a_broken_estate_file_is_told_and_the_last_good_one_stays(story: Story) -> None:
    good = catalogue_text(story.erp.url)

    story.rewrite(good.replace("first_responder: bob", "first_responder: bobb", 1))

    broken = await story.dana.gets_dm("The catalogue file is broken")
    assert "bobb" in broken.text
    await story.charlie.types("#general", "/conn who web shop orders")
    await story.charlie.sees_ephemeral("Bob Responder")
    story.rewrite(good)
    await story.dana.gets_dm("The catalogue file is good again")


async def test_help_lists_every_command(story: Story) -> None:
    await story.bob.types("#general", "/conn help")

    answer = await story.bob.sees_ephemeral("/conn handover")
    assert "/conn explain" in answer.text
