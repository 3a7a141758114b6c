"""A rehearsal in the channel, and records that are given away and cleared."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def test_a_drill_is_walked_beside_a_real_break_and_ends_with_an_answer(story: Story) -> None:
    alice, bob = story.alice, story.bob
    await alice.types("#general", "/conn drill orders")
    await alice.sees_ephemeral("is a drill of Web shop orders")
    channel = await story.channel("drill-1-orders")
    ping = await bob.gets_dm("DRILL: a rehearsal. Nothing is broken.")
    await ping.click("Acknowledge")
    await bob.sees(channel, "🎭 DRILL")

    # A real break of the same connection is not held up.
    story.erp.breaks("orders")
    real = await story.channel("inc-2-orders")
    await story.card(real)

    card = await bob.sees(channel, "Who has it: @Bob Responder")
    await card.click("Resolve…")
    form = await bob.sees_modal("End the drill")
    await form.fill("Could a newcomer triage this from the dossier?", "No")
    await form.fill("What was missing?", "whom to call at the shop")
    await form.submit()
    await bob.sees(channel, "could not triage this from the dossier: whom to call at the shop")
    await alice.types("#general", "/conn audit orders")
    await alice.sees_ephemeral("whom to call at the shop")
    assert story.our_faults() == []


async def test_failed_records_are_given_to_their_owner_and_cleared(story: Story) -> None:
    alice, bob = story.alice, story.bob
    channel = await story.breaks(error="The glorp 10023 will not frob with the quux")
    await story.card(channel, "57 records in 1 group")
    await bob.types(channel, "/conn stuck")
    listed = await bob.sees_ephemeral("57 failed records")
    await listed.choose("Give to…", "Functional owner")
    theirs = await alice.gets_dm("Yours to see to")
    await alice.sees(channel, "gave @Alice Owner 57 records")

    # The outcome of the first attempt is unknown, so the functional owner's word comes first.
    await theirs.click("Fixed, send again")
    asked = await alice.gets_dm("Your word is needed on INC-1")
    await asked.click("Approve…")
    form = await alice.sees_modal("Approve")
    await form.submit()
    await asked.until("the approval is approved")
    await theirs.click("Fixed, send again")
    await alice.sees(channel, "Alice Owner: fixed, 57 records")

    story.erp.recovers("orders")
    await alice.sees(channel, "None left of 57 records")
    assert story.our_faults() == []
