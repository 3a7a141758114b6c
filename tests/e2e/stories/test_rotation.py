"""An address got out: Alice gives the job a new one, in Slack, and the old one is worth nothing."""

import re

import aiohttp
import pytest

from tests.e2e.harness import Story

pytestmark = pytest.mark.anyio

JOB = "{id: nightly, kind: heartbeat, period: 1h, grace: 30m}"
ADDRESS = re.compile(r"http://[\w.]+:\d+/ping/\w+")


async def with_a_job(story: Story) -> str:
    """Give the web shop's orders a job that calls; returns the address it calls."""
    text = story.estate.read_text(encoding="utf-8")
    story.rewrite(text.replace("    checks: [", f"    checks: [{JOB}, ", 1))
    await story.slack.until(lambda: "orders/nightly" in _known(story) or None, "the job's check")
    assert story.bot is not None
    return await story.bot.ping_url("orders/nightly")


def _known(story: Story) -> set[str]:
    connections = story.library.knowledge().catalogue.connections.values()
    return {spec.key for connection in connections for spec in connection.checks}


async def calls(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.post(url) as response:
        return response.status


async def test_alice_rotates_and_only_the_new_address_is_answered(story: Story) -> None:
    old = await with_a_job(story)
    before = await calls(old)

    await story.alice.types("#general", "/conn rotate orders")

    told = await story.alice.sees_ephemeral("has new addresses. The old ones stop now.")
    new = ADDRESS.search(told.text)
    assert new is not None
    assert (before, await calls(old), await calls(new[0])) == (200, 404, 200)


async def test_bob_may_not_rotate_and_is_told_who_may(story: Story) -> None:
    old = await with_a_job(story)

    await story.bob.types("#general", "/conn rotate orders")

    refusal = await story.bob.sees_ephemeral("Only the technical owner of Web shop orders may")
    assert "Alice Owner" in refusal.text
    assert await calls(old) == 200


async def test_new_addresses_are_not_shown_where_others_read(story: Story) -> None:
    old = await with_a_job(story)
    story.alice.invites_app("#general")

    await story.alice.types("#general", "@firstlane rotate orders")

    said = await story.alice.sees("#general", "The answer would be read by everybody here")
    assert not ADDRESS.search(said.text)
    assert await calls(old) == 200
