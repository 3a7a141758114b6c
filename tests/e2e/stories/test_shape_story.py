"""The shape of the data changes and nobody approved it: both owners are asked, and answer."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

READS = "signals: {status: $.status,"
FINGERPRINTS = "signals: {fingerprint: {path: $, pick: shape}, status: $.status,"


def watched(story: Story) -> None:
    """Orders' check takes a fingerprint, and Dana is who says whether its data is right."""
    text = story.estate.read_text(encoding="utf-8")
    text = text.replace(READS, FINGERPRINTS, 1)
    story.rewrite(text.replace("functional: alice, architecture: dana", "functional: dana", 1))


async def test_it_was_us_and_is_recorded_and_approved_after_the_fact(story: Story) -> None:
    watched(story)
    story.erp.drifts("orders")
    asked = await story.alice.gets_dm("Web shop orders changed, and no approved change")
    other = await story.dana.gets_dm("Web shop orders changed, and no approved change")
    assert "The shape of the data changed" in asked.text
    assert "Dana Manager is asked too" in asked.text

    await asked.click("It was us: record it…")
    form = await story.alice.sees_modal("Change a connection")
    await form.fill("Why?", "The partner needed the field today")
    await form.fill("What does it reach?", "Nothing else reads it")
    await form.fill("How is it taken back?", "Leave the field out again")
    answer = await form.submit()

    assert not answer.get("errors"), answer
    await asked.until("it was us, recorded as CHG-1")
    await other.until("it was us, recorded as CHG-1")
    assert (asked.labels, other.labels) == ([], [])
    wanted = await story.dana.gets_dm("Your word is needed")
    assert "done already, waits for approval" in wanted.text
    await wanted.click("Approve")
    await wanted.until("done, not documented yet")


async def test_it_was_not_us_and_is_a_finding_for_whoever_guards_the_estate(story: Story) -> None:
    watched(story)
    story.erp.drifts("orders")
    asked = await story.alice.gets_dm("Web shop orders changed, and no approved change")

    await asked.click("Not us")

    await story.dana.gets_dm("Unauthorised change of Web shop orders?")
    await asked.until("it was not us")
    await story.bob.types("#general", "/conn audit orders")
    audit = await story.bob.sees_ephemeral("say that it was not them")
    assert "unauthorised-change" in audit.text
