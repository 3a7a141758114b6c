"""Recurring jobs (deadlines, rounds, reading the estate file anew, dropping what is too old), and
how often each is done."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.files.estate.load import Reload
from bot.files.library import Library
from bot.flows import retention
from bot.flows import tick as deadlines
from bot.flows.estate import ledger, ping_addresses
from bot.flows.work import Work
from bot.runtime import Runtime
from bot.slack.platform.supervisor import Patience

log = logging.getLogger(__name__)


class ScheduledJobs:
    """`source` is what the ledger names as the origin of an ownership; `wake` is called when there
    is something to say, `ticked` after every turn of the deadlines. `moment` is the time to act by,
    None while a clock that jumped is not believed: then nothing is due."""

    def __init__(
        self,
        runtime: Runtime,
        library: Library,
        *,
        moment: Callable[[], Awaitable[datetime | None]],
        source: str,
        wake: Callable[[], None],
        ticked: Callable[[], None],
    ) -> None:
        self._runtime = runtime
        self._library = library
        self._moment = moment
        self._source = source
        self._wake = wake
        self._ticked = ticked

    async def tick(self) -> None:
        now = await self._moment()
        if now is None:
            # Counted as looked at, or the heartbeat would fall silent over a clock that comes
            # right.
            self._ticked()  # they rest on purpose
            return
        ticked = await self._runtime.do_at(now, deadlines.tick)
        # One incident that raises is set aside by the flow, so that it holds up no other.
        for incident, error in ticked.troubled:
            log.error("deadline_failed incident=%s", incident, exc_info=error)
        self._ticked()
        if ticked.touched:
            self._wake()

    async def round(self, tick: Callable[[Work], bool | int]) -> None:
        """Do recurring work whose time has come."""
        now = await self._moment()
        if now is None:
            return
        if await self._runtime.do_at(now, tick):
            self._wake()

    async def reload(self) -> None:
        """Look at the estate file; a broken one is told about and the last good one kept."""
        was_broken = bool(self._library.catalogue_errors)
        outcome = self._library.reload(self._runtime.clock())
        if outcome is Reload.UNCHANGED:
            return
        if outcome is Reload.CHANGED:
            await self.enter_in_ledger()
        problems = self._library.catalogue_errors
        for problem in problems:
            log.error("catalogue_broken %s", problem)
        if problems or was_broken:
            await self._runtime.do(ping_addresses.catalogue_news, problems)
        log.info("catalogue_reloaded outcome=%s", outcome)
        self._wake()

    async def enter_in_ledger(self) -> None:
        """Write down every change of ownership that the catalogue now in force brings."""
        found = await self._runtime.do(ledger.record, self._source)
        if found.opened or found.closed:
            log.info("ownership_changed opened=%s closed=%s", len(found.opened), len(found.closed))

    async def prune(self) -> None:
        now = await self._moment()
        while now is not None and await self._runtime.do_at(now, retention.prune):
            now = await self._moment()  # others get at the database between two of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """How often recurring jobs are done, and how long Slack may take for one answer. `send` is
    how long the sender may miss a wake-up."""

    look: timedelta = timedelta(seconds=0.5)
    tick: timedelta = timedelta(seconds=1)
    reload: timedelta = timedelta(seconds=2)
    expiry: timedelta = timedelta(minutes=1)
    send: timedelta = timedelta(seconds=1)
    govern: timedelta = timedelta(minutes=1)
    releases: timedelta = timedelta(minutes=1)
    prefetch_users: timedelta = timedelta(minutes=1)
    audit: timedelta = timedelta(minutes=1)
    turn_over: timedelta = timedelta(seconds=5)
    beat: timedelta = timedelta(minutes=1)
    prune: timedelta = timedelta(days=1)
    socket: Patience = field(default_factory=Patience)
    answer: timedelta = timedelta(seconds=15)


STEADY = Intervals()
