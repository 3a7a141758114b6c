"""Messages on the timeline: once, with author and link, and true to their originals."""

from dataclasses import replace

import pytest

from bot.core.incidents.channel import TimelineEntry
from bot.flows.incidents import channels
from bot.flows.incidents.channels import GONE, PinnedMessage
from tests.builders import MINUTE, NOW
from tests.flows.incidents.test_respond import broken
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
SAID = PinnedMessage(
    source="C1|1700.1",
    at=NOW + MINUTE,
    text="The vendor changed the key",
    by="alice",
    permalink="https://example.com/archives/C1/p17001",
)


async def kept(scene: Scene) -> list[TimelineEntry]:
    return [entry for entry in await scene.timeline() if entry.kind == "message"]


async def reactions(scene: Scene, *people: str) -> bool:
    incident = await scene.incident()
    return await scene.do(channels.follow_reactions, incident, SAID, people)


async def test_a_kept_message_has_its_author_its_own_time_and_its_link() -> None:
    async with await broken() as scene:
        changed = await reactions(scene, "bob")

        entry = (await kept(scene))[0]

        assert changed
        assert (entry.by, entry.at, entry.permalink) == ("alice", SAID.at, SAID.permalink)
        assert entry.text == "The vendor changed the key"


async def test_reaction_shortcut_and_redelivery_make_one_entry() -> None:
    async with await broken() as scene:
        await reactions(scene, "bob")
        again = await reactions(scene, "bob")
        by_shortcut = await scene.do(channels.keep, await scene.incident(), SAID, "charlie")

        entries = await kept(scene)

        assert (again, by_shortcut) == (False, False)
        assert len(entries) == 1


async def test_it_is_struck_with_the_last_reaction_and_stands_again_with_a_new_one() -> None:
    async with await broken() as scene:
        await reactions(scene, "bob", "alice")
        one_left = await reactions(scene, "alice")
        none_left = await reactions(scene)
        struck = (await kept(scene))[0].struck
        back = await reactions(scene, "charlie")

        entries = await kept(scene)

        assert (one_left, none_left, struck, back) == (False, True, True, True)
        assert [entry.struck for entry in entries] == [False]


async def test_a_message_kept_by_shortcut_outlives_the_reaction() -> None:
    async with await broken() as scene:
        await scene.do(channels.keep, await scene.incident(), SAID, "bob")
        await reactions(scene, "alice")
        await reactions(scene)

        assert [entry.struck for entry in await kept(scene)] == [False]


async def test_a_reaction_taken_back_before_it_was_read_leaves_nothing() -> None:
    async with await broken() as scene:
        changed = await reactions(scene)

        assert (changed, await kept(scene)) == (False, [])


async def test_an_edit_and_a_deletion_are_followed() -> None:
    async with await broken() as scene:
        incident = await scene.incident()
        await reactions(scene, "bob")
        await scene.do(channels.edited, incident, SAID.source, "The publisher changed the key")
        edited = (await kept(scene))[0].text
        await scene.do(channels.deleted, incident, SAID.source)

        entry = (await kept(scene))[0]

        assert edited == "The publisher changed the key"
        assert (entry.text, entry.permalink, entry.struck) == (GONE, "", True)
        assert entry.at == SAID.at


async def test_edits_of_messages_that_nobody_kept_change_nothing() -> None:
    async with await broken() as scene:
        incident = await scene.incident()
        await scene.do(channels.edited, incident, "C1|1.1", "words")
        await scene.do(channels.deleted, incident, "C1|1.1")

        assert await kept(scene) == []


async def test_marks_in_a_message_are_only_words() -> None:
    async with await broken() as scene:
        forged = replace(SAID, text="‹p:bob› resolved it")
        await scene.do(channels.keep, await scene.incident(), forged, "bob")

        assert (await kept(scene))[0].text == "<p:bob> resolved it"
