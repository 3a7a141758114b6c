"""Calendars that are read from an address: when, once each, and what a broken one does."""

from dataclasses import replace

import pytest

from bot.core.estate.history import Release, ReleaseFeed
from bot.flows.changes import releases
from bot.flows.governance import audit
from tests.builders import DAY, HOUR, NOW, an_estate, knowledge_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FEED = ReleaseFeed(url="https://example.com/secret-token/releases.ics", system="erp")
WAVE = Release(system="erp", version="Wave 1", at=NOW + 30 * DAY, uid="ical-1")
ESTATE = replace(an_estate(), feeds=(FEED,))


async def due(scene: Scene) -> int:
    return len(await scene.do(releases.claim_due))


async def test_a_calendar_is_read_once_a_day_and_by_one_caller_only() -> None:
    async with await Scene.open(ESTATE) as scene:
        first, second = await due(scene), await due(scene)
        await scene.do(releases.read, FEED, (WAVE,), 0)
        scene.later(23 * HOUR)
        early = await due(scene)
        scene.later(HOUR)

        assert (first, second, early, await due(scene)) == (1, 0, 0, 1)
        assert await scene.run(lambda tx: tx.releases()) == (WAVE,)


async def test_one_that_cannot_be_read_is_tried_again_keeps_what_it_said_and_is_a_finding() -> None:
    async with await Scene.open(ESTATE) as scene:
        await due(scene)
        await scene.do(releases.read, FEED, (WAVE,), 0)
        scene.later(DAY)
        for _ in range(50):
            if await due(scene):
                await scene.do(releases.failed, FEED, "it answers with HTTP 403")
            scene.later(HOUR)

        view = await scene.do(audit.view)

        (found,) = (one for one in view.audit.findings.open if one.id == "calendar-unread")
        assert "HTTP 403" in found.what
        assert await scene.run(lambda tx: tx.releases()) == (WAVE,)


async def test_no_address_is_stored_anywhere_since_it_may_hold_a_secret() -> None:
    async with await Scene.open(ESTATE) as scene:
        await due(scene)
        await scene.do(releases.read, FEED, (WAVE,), 0)

        stored = await scene.run(lambda tx: (tx.feeds(), tx.releases()))

        assert "secret-token" not in repr((FEED, stored))


async def test_a_calendar_that_the_file_no_longer_names_takes_what_is_to_come_with_it() -> None:
    async with await Scene.open(ESTATE) as scene:
        await due(scene)
        past = replace(WAVE, at=NOW - DAY, uid="ical-0")
        await scene.do(releases.read, FEED, (past, WAVE), 0)

        await scene.do(releases.claim_due, knowledge=knowledge_of(an_estate()))

        assert await scene.run(lambda tx: tx.releases()) == (past,)
        assert await scene.run(lambda tx: tx.feeds()) == ()
