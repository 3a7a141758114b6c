"""The beat of what is done again and again. It counts on the loop's own clock, so a wall clock that
is set forth or back changes nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]


class Metronome:
    """Each job runs at the start and then at every beat of its own. It never overlaps itself,
    beats that it misses are left out, and a failing one is logged and goes on at its next beat."""

    def __init__(self, jobs: Mapping[str, tuple[Job, timedelta]]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for name, (job, every) in self._jobs.items():
            work = _beaten(name, job, every.total_seconds())
            self._tasks.append(asyncio.create_task(work, name=f"job {name}"))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _beaten(name: str, job: Job, every_s: float) -> None:
    now = asyncio.get_running_loop().time
    beat = now()
    while True:
        try:
            await job()
        except Exception:
            log.exception("job_failed job=%s", name)
        beat += every_s * max(1, -((beat - now()) // every_s))
        await asyncio.sleep(max(0.0, beat - now()))
