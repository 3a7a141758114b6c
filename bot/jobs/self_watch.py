"""The watch over ourselves: the self check, pings by another way, and the heartbeat that tells an
outside watcher that the bot lives.

The heartbeat is only beaten when the work was done: the deadlines were looked at, the store
writes, and no ping waits. Silence is the alarm.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.core.incidents.self_check import Fault, FaultKind
from bot.flows import self_check
from bot.flows.outbox import fallback
from bot.jobs.metronome import Timekeeper
from bot.language.redaction import Secret
from bot.runtime import Runtime

log = logging.getLogger(__name__)

TICK_RESTS = timedelta(minutes=1)  # at most, for the deadlines to count as looked at
AUDIT_RESTS = timedelta(minutes=5)  # at most, for what the self check found to count as known
_PATIENCE_S = 10.0  # for the outside watcher's answer
_STUCK = frozenset({FaultKind.PING, FaultKind.OUTBOX})


@cache
def _trust() -> ssl.SSLContext:
    """Reading the trust store costs more than all else in a beat."""
    return ssl.create_default_context()


class SelfWatch:
    """Watches our own work, by a clock that `timekeeper` believes. `dark` says whether Slack cannot
    be reached now, `late` which checks are not looked at."""

    def __init__(
        self,
        runtime: Runtime,
        heartbeat: Secret,
        *,
        timekeeper: Timekeeper,
        dark: Callable[[], bool],
        late: Callable[[], Collection[str]],
        wake: Callable[[], None],
        metrics: CollectorRegistry,
    ) -> None:
        self._runtime = runtime
        self._heartbeat = heartbeat.reveal()
        self._timekeeper = timekeeper
        self._dark = dark
        self._late = late
        self._wake = wake
        self._faults: tuple[Fault, ...] = ()
        self._ticked_at: float | None = None
        self._began_at = runtime.steady()
        self._settled = False
        self._audited_at: float | None = None
        found = Gauge("firstlane_auditor_findings", "Faults of its own work.", registry=metrics)
        found.set_function(lambda: len(self._faults))
        self._waiting = Gauge(
            "firstlane_outbox_waiting",
            "Messages and displays that are due and not sent.",
            registry=metrics,
        )
        self._heartbeats = Counter(
            "firstlane_heartbeats", "Beats for the outside watcher.", ["result"], registry=metrics
        )
        unreached = Gauge(
            "firstlane_slack_dark", "1 while Slack does not answer.", registry=metrics
        )
        unreached.set_function(lambda: float(self._dark()))

    def ticked(self) -> None:
        """The deadlines were looked at."""
        self._ticked_at = self._runtime.steady()

    def rested(self) -> float | None:
        """How many seconds ago the deadlines were looked at; None before the first time."""
        return None if self._ticked_at is None else self._runtime.steady() - self._ticked_at

    def audited(self) -> float | None:
        """How many seconds ago the self check looked; None before the first time."""
        return None if self._audited_at is None else self._runtime.steady() - self._audited_at

    def lived(self) -> float:
        """How many seconds ago this process began to watch itself."""
        return self._runtime.steady() - self._began_at

    @property
    def ready(self) -> str | bool:
        """True, or what the self check found, in kinds and without names."""
        kinds = sorted({fault.kind.value for fault in self._faults})
        return f"the auditor found: {', '.join(kinds)}" if kinds else True

    async def audit(self) -> None:
        """One round. The first is left out: after a start everything is late for a moment."""
        now = await self._timekeeper.moment()
        if now is None:
            return
        if not self._settled:
            self._settled = True
            return
        runtime, late, jumped_at = self._runtime, tuple(self._late()), self._timekeeper.jumped_at
        # With the last jump: what looks overdue since before it may only have a wrong date.
        found = await runtime.do_at(now, self_check.tick, late, jumped_at)
        self._waiting.set(await runtime.store.run(lambda tx: tx.waiting_letters(now)))
        known = {fault.key for fault in self._faults}
        for fault in found:
            if fault.key not in known:
                log.error("auditor_found kind=%s what=%s", fault.kind, fault.key)
        self._faults, self._audited_at = found, runtime.steady()
        self._wake()

    async def turn_over(self) -> None:
        """Pings that Slack does not take go by another way. While the self check has found
        something it is asked again: `ready` must not speak of what is over."""
        runtime, now = self._runtime, await self._timekeeper.moment()
        if now is None:
            return
        turned = await runtime.do_at(now, fallback.tick, dark=self._dark())
        if turned:
            log.warning("pings_by_another_way count=%s", turned)
            self._wake()
        if self._faults:
            await self.audit()

    async def beat(self) -> None:
        """Never raises and never waits long: what the outside watcher does is not our trouble."""
        if not self._heartbeat or self._starts():
            return
        why = await self._why_silent()
        if why:
            self._heartbeats.labels("withheld").inc()
            log.error("heartbeat_withheld why=%s", why)
            return
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_S, verify=_trust()) as client:
                # A redirect might lead the address, which is a secret, to somebody else.
                answer = await client.get(self._heartbeat, follow_redirects=False)
            failed = "" if answer.status_code < 400 else f"HTTP {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            failed = type(error).__name__  # its text may hold the address, which is a secret
        self._heartbeats.labels("failed" if failed else "sent").inc()
        if failed:
            log.warning("heartbeat_failed why=%s", failed)

    def _starts(self) -> bool:
        """The deadlines are about to be looked at for the first time: the work is not done yet, and
        nothing is wrong."""
        return self._ticked_at is None and self.lived() <= TICK_RESTS.total_seconds()

    async def _why_silent(self) -> str:
        """What part of the work is not done; empty when all is."""
        now, rested = self._runtime.clock(), self.rested()
        if rested is None or rested > TICK_RESTS.total_seconds():
            return "the deadlines are not looked at"
        age = self.audited()
        if (self.lived() if age is None else age) > AUDIT_RESTS.total_seconds():
            return "the auditor does not look"
        stuck = [fault.kind for fault in self._faults if fault.kind in _STUCK]
        if stuck:
            return f"the sender stands still ({stuck[0]})"
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._runtime.store.run(
                    lambda tx: tx.remember("heartbeat", "at", now.isoformat())
                )
        except Exception as error:
            return f"the store does not write ({type(error).__name__})"
        return ""
