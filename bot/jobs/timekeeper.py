"""Notices when the wall clock of this machine jumps, by a clock that cannot."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.flows import clock
from bot.ports import Runtime

log = logging.getLogger(__name__)

JUMP = timedelta(seconds=30)  # less is what time servers do every day
_TOLD_AGAIN = 3600.0  # seconds until people are told of another jump


class Timekeeper:
    """`look` often: between two looks both clocks have to agree."""

    def __init__(self, runtime: Runtime, *, wake: Callable[[], None]) -> None:
        self._runtime = runtime
        self._wake = wake
        self._seen: tuple[datetime, float] | None = None
        self._told_at: float | None = None

    async def look(self) -> None:
        """The first look only puts right what an earlier life left behind."""
        runtime = self._runtime
        now, steady = runtime.clock(), runtime.steady()
        before, self._seen = self._seen, (now, steady)
        by = now - before[0] - timedelta(seconds=steady - before[1]) if before else timedelta(0)
        if before and abs(by) < JUMP:
            return
        catalogue = runtime.knowledge().catalogue
        if by <= timedelta(0):
            freed = await runtime.store.run(clock.bring_back, catalogue, now, -by)
            if freed:
                log.warning("brought_back count=%s", freed)
        if by:
            log.error("clock_jumped by_s=%.0f now=%s", by.total_seconds(), now.isoformat())
            if self._told_at is None or steady - self._told_at >= _TOLD_AGAIN:
                self._told_at = steady
                await runtime.store.run(clock.jumped, catalogue, by, now)
        self._wake()
