"""Releases: owners are reminded when it is time, and calendars of releases are read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.checks.calendar_feed import without_address
from bot.checks.secrets.notations import Forms
from bot.core.estate.history import Release, ReleaseFeed
from bot.flows.changes import releases
from bot.language.errors import BotError
from bot.runtime import Runtime

log = logging.getLogger(__name__)

ReadFeed = Callable[[bytes, ReleaseFeed, str, datetime], tuple[tuple[Release, ...], int]]


class ReleaseCalendar:
    """`fetch` gets the bytes of a calendar; `read` the releases in them, by the company's zone
    and the time, with the number of entries that cannot be read. Both raise BotError."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        fetch: Callable[[str], Awaitable[bytes]],
        read: ReadFeed,
        wake: Callable[[], None],
        elsewhere: Callable[[], Forms | None] = lambda: None,
    ) -> None:
        """`elsewhere` are the secrets of others than the calendars."""
        self._runtime = runtime
        self._fetch = fetch
        self._read = read
        self._wake = wake
        self._elsewhere = elsewhere

    async def look(self) -> None:
        """Read every calendar whose time has come, and tell owners of what is due."""
        catalogue = self._runtime.knowledge().catalogue
        clock = self._runtime.clock
        for feed in await self._runtime.do_at(clock(), releases.claim_due):
            await self._take(feed, catalogue.timezone)
        if await self._runtime.do_at(clock(), releases.tick):
            self._wake()

    async def _take(self, feed: ReleaseFeed, zone: str) -> None:
        clock = self._runtime.clock
        try:
            raw = await self._fetch(feed.url)
            # In a thread: unfolding what recurs takes its time.
            found, wrong = await asyncio.to_thread(self._read, raw, feed, zone, clock())
        except BotError as error:
            # Whoever has a calendar's address can read it, and pages of errors repeat addresses.
            why = without_address(str(error), feed.url, self._elsewhere())
            log.warning("calendar_unread key=%s why=%s", feed.key, why)
            await self._runtime.do_at(clock(), releases.failed, feed, why)
            return
        told = await asyncio.to_thread(_without_address, found, feed.url, self._elsewhere())
        new, gone = await self._runtime.do_at(clock(), releases.read, feed, told, wrong)
        log.info("calendar_read key=%s new=%s gone=%s", feed.key, new, gone)


def _without_address(
    found: Iterable[Release], url: str, elsewhere: Forms | None
) -> tuple[Release, ...]:
    clean = partial(without_address, url=url, elsewhere=elsewhere)
    return tuple(
        replace(
            one,
            version=clean(one.version),
            summary=clean(one.summary),
            notes=clean(one.notes),
            uid=clean(one.uid),
        )
        for one in found
    )
