"""The life of an incident's channel: what is kept, who comes late, and when it ends."""

import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio


async def timeline_of(story: Story, channel: str) -> str:
    card = await story.bob.sees(channel, "INC-1 ")
    await card.click("Timeline")
    return (await story.bob.sees_modal("Timeline")).text


async def test_a_reaction_keeps_a_message_and_the_timeline_follows_it(story: Story) -> None:
    channel = await story.breaks()
    words = await story.bob.types(channel, "The vendor <rotated> the key")

    await words.reacts("pushpin")
    await story.bob.sees_ephemeral("Kept on the timeline of INC-1")
    await words.edits("The publisher rotated the key")
    said = await story.alice.types(channel, "Nothing to see")
    await said.reacts("pushpin")
    await story.alice.sees_ephemeral("Kept on the timeline of INC-1")
    await said.deletes()
    await story.slack.settled()

    shown = await timeline_of(story, channel)
    assert "@Bob Responder: The publisher rotated the key" in shown
    assert "rotated> the key" not in shown
    assert "(the message was deleted)" in shown
    assert "Nothing to see" not in shown
    assert story.our_faults() == []


async def test_taking_the_reaction_back_strikes_the_entry(story: Story) -> None:
    channel = await story.breaks()
    words = await story.bob.types(channel, "The vendor rotated the key")

    await words.reacts("pushpin")
    await story.bob.sees_ephemeral("Kept on the timeline of INC-1")
    await words.unreacts("pushpin")
    await story.bob.sees_ephemeral("Struck from the timeline of INC-1")

    assert "@Bob Responder: The vendor rotated the key (struck)" in await timeline_of(
        story, channel
    )
