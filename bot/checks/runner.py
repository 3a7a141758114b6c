"""Runs checks beside each other so that a far end that hangs delays nobody else.

Never raises for a check: whatever happens becomes an `Observation`. Results come as they finish.
"""

import asyncio
import logging
import traceback
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from time import perf_counter

from bot.checks.outcomes import unreachable
from bot.checks.own_pace import Pace, honest, was_answered
from bot.checks.probe import ProbeKind, ProbeSettings, Tools
from bot.checks.secrets.secrecy import redacted
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, CheckResult, Observation
from bot.language.units import say_limit

PER_ORIGIN = 4
ALL_FAST = 256  # below the usual limit of open files, with room for the rest of the process
ALL_SLOW = 64
_SLOW_FROM = 0.9  # share of its time limit from which a look counts as hung

_log = logging.getLogger(__name__)


class Runner:
    """Bounded by origin, and apart from that in two lanes: origins that ran into their time limit
    at the last look share a small lane of their own until they answer again. `pace` knows
    how late we are ourselves."""

    def __init__(
        self, tools: Tools, probes: Mapping[str, ProbeKind], pace: Pace | None = None
    ) -> None:
        self._tools = tools
        self._pace = pace or Pace()
        self._probes = probes
        self._origins: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(PER_ORIGIN)
        )
        self._fast, self._slow = asyncio.Semaphore(ALL_FAST), asyncio.Semaphore(ALL_SLOW)
        self._slow_origins: set[str] = set()

    async def run(self, specs: Iterable[CheckSpec], now: datetime) -> AsyncIterator[CheckResult]:
        """Look once at each of `specs` and give each result as soon as it is there. Closing the
        iterator early cancels the looks that are still going."""
        tasks = {asyncio.create_task(self._result(spec, now)) for spec in specs}
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for left in tasks:
                left.cancel()
            # Waited for, since a probe that is cancelled still closes connections and ends
            # programs.
            await asyncio.gather(*tasks, return_exceptions=True)

    async def observe(self, spec: CheckSpec, now: datetime) -> Observation:
        """Look once, within `spec.timeout` counted from when it is this check's turn."""
        kind = self._probes.get(spec.kind)
        if kind is None:
            return Blind(at=now, reason=f"there is no probe of the kind {spec.kind!r}")
        return await self._in_turn(kind, kind.settings.of(spec), spec, now)

    async def _result(self, spec: CheckSpec, now: datetime) -> CheckResult:
        return CheckResult(check=spec.key, observation=await self.observe(spec, now))

    async def _in_turn(
        self, kind: ProbeKind, settings: ProbeSettings, spec: CheckSpec, now: datetime
    ) -> Observation:
        origin = settings.origin()
        async with AsyncExitStack() as turn:
            if origin:
                # The origin first: a look that waits for its own host must hold no place of all
                # others.
                await turn.enter_async_context(self._origins[origin])
                lane = self._slow if origin in self._slow_origins else self._fast
                await turn.enter_async_context(lane)
            # From its turn on: a queue of our own making is no slowness of the far end.
            limit = spec.timeout.total_seconds()
            started = perf_counter()
            try:
                seen = await self._within(limit, kind, spec, now)
            except Exception as error:
                _log_failure(error, spec, self._tools.without(settings.secrets()))
                return Blind(
                    at=now, reason=f"the probe itself failed: {type(error).__name__}; see the log"
                )
            # Here, whatever the probe did itself: kinds of other packages pass it, too.
            seen = redacted(seen, self._tools.without(settings.secrets()))
            if perf_counter() - started >= limit * _SLOW_FROM:
                self._slow_origins.add(origin)
            else:
                self._slow_origins.discard(origin)
            return seen

    async def _within(
        self, limit: float, kind: ProbeKind, spec: CheckSpec, now: datetime
    ) -> Observation:
        with self._pace.watching() as late:
            try:
                async with asyncio.timeout(limit):
                    seen = await kind.probe(spec, self._tools, now)
            except TimeoutError:
                seen = _too_slow(spec, now)
            return honest(seen, late(), limit)


def _too_slow(spec: CheckSpec, now: datetime) -> Observation:
    origin, limit = spec.settings.origin(), say_limit(spec.timeout)
    # Nobody was called, so nobody can have been too slow but us.
    if not origin:
        return Blind(at=now, reason=f"the probe did not end within {limit}")
    cause = Cause.CLOSED if was_answered() else Cause.TIMEOUT
    return unreachable(now, f"{origin}: ReadTimeout: no complete answer within {limit}", cause)


def _log_failure(error: Exception, spec: CheckSpec, clean: Callable[[str], str]) -> None:
    # Formatted here, because an exception's own text may quote a value from the settings.
    text = clean("".join(traceback.format_exception(error)))
    _log.error("probe %s of %s failed\n%s", spec.kind, spec.key, text)
