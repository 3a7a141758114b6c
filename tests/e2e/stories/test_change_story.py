"""A change from its form to its end, and a release from its notes to its verdict, in Slack."""

from datetime import timedelta

import pytest
from aiohttp import web

from tests.e2e.estate import catalogue_text
from tests.e2e.harness import Story
from tests.e2e.page import Page

pytestmark = pytest.mark.anyio


async def proposes(story: Story, what: str = "Map the new tax code") -> None:
    """Bob fills in the form of a change of the web shop orders."""
    await story.bob.types("#general", "/conn change orders")
    form = await story.bob.sees_modal("Change a connection")
    await form.fill("What is changed?", what)
    await form.fill("Why?", "Sales to Norway begin")
    await form.fill("What does it reach?", "Every order with tax")
    await form.fill("How is it taken back?", "Take the mapping out again")
    answer = await form.submit()
    assert not answer.get("errors"), answer


async def test_a_change_is_proposed_asked_about_approved_done_documented_and_closed(
    story: Story,
) -> None:
    alice, bob = story.alice, story.bob
    await proposes(story)
    wanted = await alice.gets_dm("Your word is needed")
    assert "Map the new tax code" in wanted.text
    assert "Take the mapping out again" in wanted.text

    await wanted.click("Ask…")
    ask = await alice.sees_modal("Ask")
    await ask.fill("Your question", "Which codes?")
    await ask.submit()
    question = await bob.gets_dm("asks about CHG-1: Which codes?")
    await question.click("Answer…")
    reply = await bob.sees_modal("Answer")
    await reply.fill("Your answer", "Only NO-25")
    await reply.submit()
    await alice.gets_dm("answers about CHG-1: Only NO-25")
    await wanted.until("answers: Only NO-25")

    await wanted.click("Approve")
    await alice.sees_ephemeral("You approved CHG-1.")
    await wanted.until("approved, not done yet")
    assert "Approve" not in wanted.labels
    step = await bob.gets_dm("say when it is done")
    await step.click("It is done")
    await step.until("done, not documented yet")
    assert "It is done" not in step.labels
    written = await bob.gets_dm("what is not documented cannot be closed")
    await written.click("Documented…")
    form = await bob.sees_modal("Documented")
    await form.fill("Where is it written down?", "The mapping page of the wiki")
    await form.submit()
    last = await bob.gets_dm("say how it turned out, and close it")
    await last.click("Close…")
    form = await bob.sees_modal("Close the change")
    await form.choose("How did it turn out?", "It works as planned")
    await form.submit()
    await last.until("closed it. It works as planned")
    assert last.labels == []

    await story.charlie.types("#general", "/conn changes orders")
    listed = await story.charlie.sees_ephemeral("Changes of Web shop orders")
    assert "No change is on its way." in listed.text
    assert "CHG-1" in listed.text
    await story.charlie.types("#general", "/conn show orders")
    await story.charlie.sees_ephemeral("approved by @Alice Owner")


async def test_a_rejection_says_why_and_takes_the_buttons_away(story: Story) -> None:
    await proposes(story)
    wanted = await story.alice.gets_dm("Your word is needed")

    await wanted.click("Reject…")
    form = await story.alice.sees_modal("Reject")
    await form.fill("Why not?", "Not during the close")
    await form.submit()

    told = await story.bob.gets_dm("CHG-1 rejected")
    assert "Not during the close" in told.text
    await wanted.until("rejected")
    assert "Approve" not in wanted.labels


async def test_who_is_not_asked_learns_whose_word_it_takes(story: Story) -> None:
    await proposes(story)
    wanted = await story.alice.gets_dm("Your word is needed")
    await wanted.click("Approve")
    await story.alice.sees_ephemeral("You approved CHG-1.")
    step = await story.bob.gets_dm("say when it is done")
    await step.click("Withdraw")
    await step.until("withdrawn")

    await wanted.until("withdrawn")

    assert wanted.labels == []


async def test_a_form_that_does_not_fit_says_so_in_the_form(story: Story) -> None:
    await story.bob.types("#general", "/conn change orders")
    form = await story.bob.sees_modal("Change a connection")
    await form.fill("What is changed?", "Anything")
    await form.fill("Why?", "Because")
    await form.fill("What does it reach?", "Nothing else")
    await form.fill("How is it taken back?", "By hand")
    await form.fill("When?", int((story.clock.now() + timedelta(days=1)).timestamp()))
    await form.choose("Type", "Emergency: it is done already")

    answer = await form.submit()

    assert "entered after it was done" in str(answer["errors"])


async def test_a_change_asked_for_in_a_message_gets_a_button_for_the_form(story: Story) -> None:
    await story.bob.dms("change orders")
    offered = await story.bob.gets_dm("fill in the form")

    await offered.click("Open the form")

    await story.bob.sees_modal("Change a connection")


async def test_a_release_is_tested_in_time_and_its_verdict_stands_in_the_calendar(
    story: Story,
) -> None:
    alice = story.alice
    at = (story.clock.now() + timedelta(days=9)).strftime("%Y-%m-%d %H:%M")
    text = catalogue_text(story.erp.url)
    story.rewrite(f'{text}releases:\n  - {{system: shop, version: "7.2", at: {at}}}\n')

    due = await alice.gets_dm("Sandbox test: Web shop 7.2")
    assert "Web shop orders" in due.text
    assert "Web shop returns" in due.text
    assert "Bank payouts" not in due.text
    first, second = (at for at, label in enumerate(due.labels) if label == "Problem…")
    assert first < second
    await due.click("Problem…")
    form = await alice.sees_modal("Verdict")
    await form.fill("What is the problem?", "Discounts are rounded")
    await form.submit()
    await due.until("tested, with a problem: Discounts are rounded")
    await story.charlie.types("#general", "/conn releases")
    calendar = await story.charlie.sees_ephemeral("Releases")
    assert "Web shop 7.2" in calendar.text
    assert "Discounts are rounded" in calendar.text
    assert "Web shop returns: no verdict yet" in calendar.text

    await due.click("Fine")
    await due.until("Web shop orders · 🟢 tested, fine")
    await due.click("Fine")
    await due.until("Web shop returns · 🟢 tested, fine")
    assert due.labels == []


async def test_a_calendar_from_an_address_reminds_the_owners(story: Story) -> None:
    at = story.clock.now() + timedelta(days=20)
    entry = f"UID:1\r\nSUMMARY:Spring release\r\nDTSTART:{at:%Y%m%dT%H%M%SZ}\r\n"
    body = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{entry}END:VEVENT\r\nEND:VCALENDAR\r\n"

    async def serve(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type="text/calendar")

    async with Page(serve) as address:
        feed = f"calendars:\n  - {{url: '{address}/spring.ics', system: shop}}\n"
        story.rewrite(catalogue_text(story.erp.url) + feed)
        due = await story.alice.gets_dm("Release notes: Web shop Spring release")

    assert "Please read the release notes" in due.text
    await story.bob.dms("any releases for the web shop?")
    said = await story.bob.gets_dm("Spring release")
    assert "planned: release Spring release of Web shop" in said.text


async def test_what_changed_is_answered_from_the_record(story: Story) -> None:
    await proposes(story, "A new warehouse code")
    wanted = await story.alice.gets_dm("Your word is needed")
    await wanted.click("Approve")
    step = await story.bob.gets_dm("say when it is done")
    await step.click("It is done")
    await step.until("done, not documented yet")

    await story.charlie.dms("what changed on the web shop orders?")

    said = await story.charlie.gets_dm("A new warehouse code")
    assert "approved by @Alice Owner" in said.text
