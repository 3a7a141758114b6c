"""Something between us and Slack answers in its place while a connection breaks. Whatever it says,
after it everybody concerned was pinged, once each, and no post stands there twice."""

from collections import Counter

import pytest

from tests.e2e.harness import Story
from tests.e2e.junk import JUNK

pytestmark = pytest.mark.anyio

# What the bot must not believe, as a proxy, a portal and a half-dead balancer say it.
TOLD = ("a page", "half of it", "not found, JSON")


def posted(story: Story) -> Counter[tuple[str, str]]:
    """How often each message of ours stands where."""
    marks: Counter[tuple[str, str]] = Counter()
    rooms = story.standin.workspace.messages.values()
    for message in (one for room in rooms for one in room.values()):
        payload = (message.metadata or {}).get("event_payload") or {}
        if payload.get("mark"):
            marks[(message.channel, payload["mark"])] += 1
    return marks


@pytest.mark.parametrize("done", [True, False], ids=["after Slack did it", "instead of Slack"])
@pytest.mark.parametrize("name", TOLD)
async def test_it_costs_nobody_their_ping_and_doubles_nothing(
    story: Story, name: str, done: bool
) -> None:
    story.proxy.spoils("*", JUNK[name], calls=12, done=done)
    story.erp.breaks("orders")
    await story.slack.until(
        lambda: sum(story.proxy.spoilt.values()) >= 12 or None, "answers that are not Slack's"
    )

    story.proxy.clear()
    channel = await story.channel("-orders")
    await story.card(channel)
    await story.bob.gets_dm("You are the first responder")

    assert [count for count in posted(story).values() if count != 1] == []
    assert len([r for r in story.standin.workspace.channels.values() if "-orders" in r.name]) == 1
    texts = [seen.text for seen in story.slack.messages(channel)]
    assert not [text for text in texts if "could not be pinged" in text]
