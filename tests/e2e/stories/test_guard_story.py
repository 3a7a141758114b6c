"""Two people at one runbook, and a step that has to wait."""

import asyncio

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio
SYMPTOM = "Where is the newest missing record seen last?"
QUEUE = "In the connector's queue or in error there"


async def test_the_second_of_two_people_is_told_whose_answer_stands(story: Story) -> None:
    channel = await story.breaks()
    seen_by_bob = await story.bob.sees(channel, SYMPTOM)
    seen_by_alice = await story.alice.sees(channel, SYMPTOM)

    await asyncio.gather(
        story.answer(seen_by_bob, QUEUE), story.answer(seen_by_alice, "Sent, but not in the target")
    )

    await story.alice.sees_ephemeral("Yours is on the timeline")
    await seen_by_bob.until("✓ 1 · Symptom: In the connector's queue")


async def test_a_step_is_held_released_and_answered(story: Story) -> None:
    channel = await story.breaks()
    step = await story.bob.sees(channel, SYMPTOM)

    await step.click("Hold this step…")
    form = await story.bob.sees_modal("Hold a step")
    await form.fill("What does it have to wait for?", "the vendor calls back at ten")
    await form.submit()
    await step.until("This step has to wait: the vendor calls back at ten")
    assert QUEUE not in step.labels
    letter = await story.alice.gets_dm("May “1 · Symptom” go on?")
    await story.slack.until(lambda: letter.labels or None, "the letter's buttons")
    await letter.click("Release…")
    form = await story.alice.sees_modal("Release a step")
    await form.submit()

    await story.bob.sees(channel, "@Alice Owner released “1 · Symptom”")
    await story.slack.until(lambda: QUEUE in step.labels or None, "the answers to be back")
    await letter.until("released by @Alice Owner")
    await story.answer(step, QUEUE)
    await step.until("✓ 1 · Symptom")


async def test_a_form_to_hold_a_step_comes_too_late_for_one_that_was_answered(story: Story) -> None:
    channel = await story.breaks()
    step = await story.bob.sees(channel, SYMPTOM)
    await step.click("Hold this step…")
    form = await story.bob.sees_modal("Hold a step")

    await story.answer(await story.alice.sees(channel, SYMPTOM), QUEUE)
    await step.until("✓ 1 · Symptom")
    await form.fill("What does it have to wait for?", "the vendor calls back at ten")
    sent = await form.submit()

    assert "Alice Owner answered “1 · Symptom” at" in str(sent["errors"])
    assert "Hold “" in str(sent["errors"])


async def test_a_step_is_held_and_denied_by_those_who_may(story: Story) -> None:
    channel = await story.breaks()
    step = await story.bob.sees(channel, SYMPTOM)

    await story.bob.types(channel, "/conn hold wait for the call")
    await story.bob.sees_ephemeral("waits until it is released")
    story.charlie.joins(channel)
    await story.charlie.types(channel, "/conn release")
    await story.charlie.sees_ephemeral("Ask one of them")
    await story.alice.gets_dm("May “1 · Symptom” go on?")
    seen = await story.alice.sees(channel, "This step has to wait")
    await seen.click("Deny…")
    form = await story.alice.sees_modal("Deny a step")
    await form.fill("Why not?", "they never call back")
    await form.submit()

    await step.until("Denied by @Alice Owner")
    assert "Skip this step…" in step.labels
