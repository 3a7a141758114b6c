"""Incidents that are one, that were not over, or that were over before anybody wrote them down."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_two_incidents_are_merged_from_the_card_and_split_by_command(story: Story) -> None:
    first = await story.breaks("orders")
    second = await story.breaks("stock", error="HTTP 500 something else")
    assert first != second

    card = await story.alice.sees(second, "Who has it: nobody yet")
    await card.click("More…")
    menu = await story.alice.sees_modal("More")
    await menu.click("Merge…")
    form = await story.alice.sees_modal("Merge")
    await form.fill("Into which one?", "INC-1 Web shop orders is failing")
    await form.submit()

    await story.alice.sees(second, "merged INC-2 into INC-1")
    await story.bob.sees(first, "INC-2 (Depot stock is failing) into this")
    await story.card(first, "2 connections are failing")
    await story.alice.types(second, "/conn split stock")
    await story.alice.sees_ephemeral("Depot stock is on its own again: INC-2")
    await story.alice.sees(second, "INC-2 is on its own again")
    await story.card(first, "Web shop orders is failing")
    assert story.our_faults() == []


async def test_an_incident_that_was_not_over_goes_on_in_its_channel(story: Story) -> None:
    channel = await story.breaks()
    await story.bob.types(channel, "/conn resolve anyway restarted the connector")
    card = await story.bob.sees(channel, "By then: Web shop orders still fails")
    assert card.labels == ["Review…", "Teach the playbook…", "Timeline", "Open again…"]

    await card.click("Open again…")
    form = await story.bob.sees_modal("Open again")
    await form.fill("Why is it not over?", "two orders are missing")
    await form.submit()

    await story.bob.sees(channel, "INC-1 was not over. @Bob Responder opened it again: two orders")
    await story.card(channel, "Who has it: nobody yet")


@pytest.mark.parametrize("typed", [True, False])
async def test_somebody_else_who_sees_that_it_is_not_over_hears_whom_that_was_put_to(
    story: Story, *, typed: bool
) -> None:
    """And the owner opens it with what they saw."""
    channel = await story.breaks()
    await story.bob.types(channel, "/conn resolve anyway restarted the connector")
    await story.bob.sees(channel, "By then: Web shop orders still fails")

    if typed:
        await story.charlie.types(channel, "/conn reopen INC-1 two orders are missing")
        said = await story.charlie.sees_ephemeral("INC-1 stays resolved")
    else:
        story.charlie.joins(channel)
        card = await story.charlie.sees(channel, "Resolved")
        await card.click("Open again…")
        form = await story.charlie.sees_modal("Open again")
        await form.fill("Why is it not over?", "two orders are missing")
        await form.submit()
        said = await story.charlie.gets_dm("INC-1 stays resolved")

    assert "Alice Owner is asked to open it again" in said.text
    asked = await story.alice.gets_dm("says that INC-1 is not over")
    await asked.click("Open again…")
    form = await story.alice.sees_modal("Open again")
    await form.submit()
    await story.bob.sees(channel, "@Alice Owner opened it again: Charlie")
    await story.bob.sees(channel, "two orders are missing")


async def test_blanks_are_no_cause_in_a_form(story: Story) -> None:
    channel = await story.breaks()
    card = await story.bob.sees(channel, "Who has it:")
    await card.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    await card.click("Resolve…")
    form = await story.bob.sees_modal("Resolve")
    await form.fill("What was the cause, and what fixed it?", "   ")

    answer = await form.submit()

    assert answer["errors"] == {"how": "Write a few words here."}
    await story.card(channel, "Who has it: @Bob Responder")


async def test_what_is_declared_twice_points_to_the_open_one(story: Story) -> None:
    await story.breaks()

    await story.charlie.types("#general", "/conn declare web shop orders: nothing arrives")
    await story.charlie.sees_ephemeral("INC-1 is open for Web shop orders already in #inc-1-orders")
    await story.charlie.uses_shortcut("Declare incident")
    form = await story.charlie.sees_modal("Declare an incident")
    await form.fill("What is broken?", "Web shop orders")
    await form.fill("What do you see?", "nothing arrives")
    answer = await form.submit()

    assert "INC-1 is open" in str(answer)


async def test_a_report_is_written_down_without_waking_anybody(story: Story) -> None:
    await story.erp.looked_at()

    words = "bank payouts report only since 3h ago until 1h ago: the file was empty"
    await story.charlie.types("#general", f"/conn declare {words}")

    answer = await story.charlie.sees_ephemeral("INC-1 is written down; nobody was pinged")
    await answer.click("Review…")
    await story.charlie.sees_modal("Review")
    assert not [r for r in story.standin.workspace.channels.values() if r.name.startswith("inc-")]
