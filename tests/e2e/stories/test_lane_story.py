"""From a hand-over to the review, as the people in the channel see it."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_a_hand_over_brings_evidence_a_ticket_a_clock_and_a_review(story: Story) -> None:
    alice, bob = story.alice, story.bob
    channel = await story.breaks()
    ping = await bob.gets_dm("Severity: sev2: critical connection")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")

    # The evidence is there to copy, and the ticket number is asked for.
    await bob.types(channel, "/conn handover vendor")
    evidence = await bob.sees(channel, "Evidence for Connector maker")
    assert "Our reference: INC-1" in evidence.text
    assert "Contact: Bob Responder, bob@example.com" in evidence.text
    await evidence.click("Copy for ticket…")
    copy = await bob.sees_modal("Copy for ticket")
    assert "INC-1" in str(copy.blocks)
    copy.close()
    story.passes(minutes=16)
    asked = await bob.gets_dm("Which ticket did they open for INC-1?")
    await asked.click("Add their ticket…")
    form = await bob.sees_modal("Their ticket")
    await form.fill("Their ticket number", "88123")
    await form.submit()
    await story.card(channel, "ticket 88123")
    await asked.until("their ticket is 88123")

    # Their clock: reminded before its end, the breach counted.
    story.passes(hours=3)
    soon = await bob.sees(channel, "must answer on INC-1 by")
    assert "They answered" in soon.labels
    story.passes(hours=1)
    await bob.sees(channel, "did not answer in time")
    await bob.types(channel, "/conn sla orders")
    await bob.sees_ephemeral("1 of 1 hand-over late")

    # It runs again, and two working days later somebody asks what was learned.
    story.erp.recovers("orders")
    question = await alice.gets_dm("Is the data right?")
    await question.click("Data is right")
    await story.card(channel, "Resolved")
    story.passes(days=5)
    wanted = await bob.gets_dm("What did INC-1 teach?")
    await wanted.click("Review…")
    review = await bob.sees_modal("Review")
    await review.fill("What class of cause was it?", "A credential, permission or certificate")
    await review.fill("What helped?", "the runbook")
    await review.submit()
    await alice.sees(channel, "@Bob Responder reviewed INC-1")
    await wanted.until("INC-1 is reviewed")


async def test_without_an_agreed_lane_a_joint_call_is_proposed(story: Story) -> None:
    channel = await story.breaks()

    story.passes(minutes=61)
    call = await story.bob.sees(channel, "Nobody has agreed on the lane of INC-1 yet")
    await story.dana.gets_dm("@Dana Manager chairs")
    await call.click("Joint call held…")
    form = await story.bob.sees_modal("Joint call")
    await form.fill("What was agreed?", "the vendor rolls back")
    await form.submit()

    assert "Connector vendor: Connector maker, support@maker.example" in call.text
    await story.alice.sees(channel, "on the joint call: the vendor rolls back")
