"""Runs jobs again and again, each at its own interval.

APScheduler keeps the beat, and reckons in wall time: after the machine's clock was set back, it
would wait until its old time comes again. So whoever notices that calls `again`, and is beaten
by `beaten`, which counts on the loop's own clock.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.language.errors import CannotStore

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]


class SkippingTrigger(BaseTrigger):  # type: ignore[misc]  # it comes without types
    """The interval trigger of APScheduler is asked for every beat up to now in turn: millions when
    the clock jumps by a month. This one passes over what was missed, in one step."""

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None:
            return now
        missed = (now - previous_fire_time) // self.every
        return previous_fire_time + max(1, missed + 1) * self.every


class Metronome:
    """Each job runs at the start and then at every beat of its own. It never overlaps itself,
    beats that it misses are left out, and a failing one is logged and goes on at its next beat."""

    def __init__(self, jobs: Mapping[str, tuple[Job, timedelta]]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # A beat only rings, so it needs no task of its own that a stop would have to cancel.
            executors={"default": DebugExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )

    def start(self) -> None:
        for name, (job, every) in self._jobs.items():
            beat = asyncio.Event()
            self._scheduler.add_job(
                beat.set,
                SkippingTrigger(every),
                id=name,
                next_run_time=datetime.now(UTC),
            )
            self._tasks.append(asyncio.create_task(_at_each(beat, name, job), name=f"job {name}"))
        self._scheduler.start()

    def again(self) -> None:
        """Run every job now, and reckon the next runs from the clock as it is now."""
        for job in self._scheduler.get_jobs() if self._scheduler.running else ():
            job.modify(next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _at_each(beat: asyncio.Event, name: str, job: Job) -> None:
    while True:
        await beat.wait()
        beat.clear()
        await _done(name, job)


async def beaten(name: str, job: Job, every: timedelta) -> None:
    """One job at every beat of the loop's own clock, until cancelled."""
    now = asyncio.get_running_loop().time
    every_s = every.total_seconds()
    beat = now()
    while True:
        await _done(name, job)
        # Whole steps from the first beat, so that a slow job does not shift all later ones.
        beat += every_s * max(1, -((beat - now()) // every_s))
        await asyncio.sleep(max(0.0, beat - now()))


async def _done(name: str, job: Job) -> None:
    try:
        await job()
    except CannotStore:
        log.debug("job_rests job=%s", name)
    except Exception:
        log.exception("job_failed job=%s", name)
