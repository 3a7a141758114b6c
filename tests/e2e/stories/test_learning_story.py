"""An error that nobody knew, from its resolution to the next time it is met."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

ERROR = "The glorp 10023 will not frob with the quux"


async def test_what_one_incident_taught_is_known_in_the_next(story: Story) -> None:
    alice, bob = story.alice, story.bob
    channel = await story.breaks(error=ERROR)
    ping = await bob.gets_dm("Web shop orders is failing")
    await ping.click("Acknowledge")
    await story.card(channel, "Who has it: @Bob Responder")
    card = await bob.sees(channel, "Who has it: @Bob Responder")
    await card.click("Resolve…")
    form = await bob.sees_modal("Resolve")
    await form.fill("What was the cause, and what fixed it?", "The quux was wound up")
    await form.fill("It is not over", "Resolve it all the same")
    await form.submit()

    # The resolve form turns into the form for the playbook, the words filled in without the id.
    teach = await bob.sees_modal("Teach the playbook")
    assert "The glorp … will not frob with the quux" in str(teach.blocks)
    await teach.fill("Class", "Master data")
    await teach.fill("What was the cause?", "The quux ran down")
    await teach.fill("What to look at first?", "The key of the quux")
    await teach.fill("May records be sent again?", "Only after the fix")
    await teach.fill("Whose lane?", "Internal IT / partner")
    await teach.fill("Which owner?", "Functional")
    await teach.submit()
    asked = await alice.gets_dm("proposes a playbook entry")
    await asked.click("Approve")
    await asked.until("It counts from now on")
    await bob.gets_dm("approved the playbook entry")

    await bob.types(channel, "/conn explain The glorp 77 will not frob with the quux")
    await bob.sees_ephemeral("The quux ran down")
    story.erp.recovers("orders")
    story.passes(minutes=5)
    again = await story.breaks("returns", error=ERROR)
    await story.card(again, "the same kind of error on Web shop orders")
    assert story.our_faults() == []
