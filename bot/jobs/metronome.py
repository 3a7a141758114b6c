"""The beat of everything that is done again and again, and the watch over the wall clock.

APScheduler keeps the beat, and reckons in wall time: after the machine's clock was set back, it
would wait until its old time comes again. So `Timekeeper` notices jumps by a clock that cannot
jump, and whoever it wakes calls `again`. It is itself beaten by `beaten`, which counts on the
loop's own clock.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.core.incidents.clock_jumps import Jump, JumpSpan, Spans, jump
from bot.flows import clock_set_back
from bot.language.errors import CannotStore
from bot.runtime import Runtime

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


JUMP = timedelta(seconds=30)  # less is what time servers do every day
_TOLD_AGAIN = 3600.0  # seconds until people are told of another jump the same way
_SETTLES = 60.0  # seconds after which a jump that was not undone is believed
_LOOK_BEHIND = 60.0  # seconds after which what began before the clock was set back has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """The clock jumped `by`, as was noticed at `since`; it is believed from `until` on."""

    by: timedelta
    since: datetime
    until: datetime


class Timekeeper:
    """`look` often: between two looks both clocks have to agree."""

    def __init__(self, runtime: Runtime, *, wake: Callable[[], None]) -> None:
        self._runtime = runtime
        self._wake = wake
        self._seen: tuple[datetime, float] | None = None
        self._told_at: dict[bool, float] = {}  # by whether it went forward
        self._set_back_at: float | None = None
        self._set_back: tuple[timedelta, datetime] | None = None  # None: before this start
        self._spans: Spans = ()
        self._one_at_a_time = asyncio.Lock()
        self._believed_at = 0.0
        self._noticed_at: float | None = None
        self._last: tuple[timedelta, datetime] | None = None  # jump, and when it was noticed
        self.jumps = 0

    @property
    def settles(self) -> bool:
        """The clock has just jumped, and may come right at once: nothing is judged by it yet."""
        return self._runtime.steady() < self._believed_at

    @property
    def settling(self) -> Settling | None:
        """The jump that is not believed yet, with its times; None while the clock is believed."""
        left = self._believed_at - self._runtime.steady()
        if left <= 0 or self._last is None:
            return None
        by, since = self._last
        return Settling(by=by, since=since, until=self._runtime.clock() + timedelta(seconds=left))

    @property
    def jumped_at(self) -> datetime | None:
        """When the last jump was noticed, by the clock as it is now: what is older by the record
        need not be. None where there was none."""
        if self._noticed_at is None:
            return None
        return self._runtime.clock() - timedelta(seconds=self._runtime.steady() - self._noticed_at)

    async def moment(self) -> datetime | None:
        """The time, for whoever acts on what has come due; None while it is not to be acted on."""
        await self.look()
        now, steady = self._runtime.clock(), self._runtime.steady()
        return None if self.settles or abs(self._off(now, steady)) >= JUMP else now

    def _off(self, now: datetime, steady: float) -> timedelta:
        """How far the wall clock has moved away from the steady one since the last look."""
        if self._seen is None:
            return timedelta(0)
        return now - self._seen[0] - timedelta(seconds=steady - self._seen[1])

    async def look(self) -> None:
        """The first look only puts right what an earlier life left behind."""
        # Many ask before they act, and two at once would both take one jump for their own.
        async with self._one_at_a_time:
            await self._look()

    async def _look(self) -> None:
        runtime = self._runtime
        now, steady = runtime.clock(), runtime.steady()
        before = self._seen
        by = self._off(now, steady)
        if before and abs(by) < JUMP:
            self._seen = (now, steady)
            if self._set_back_at is not None and steady - self._set_back_at >= _LOOK_BEHIND:
                # Whoever had read the wrong time may have stored it after we had put all right.
                self._set_back_at = None
                await self._bring_back(now)
            return
        if not before:
            self._spans = (JumpSpan(off=timedelta(0), began=now),)
            self._set_back_at = steady
            await self._bring_back(now)
            self._seen = (now, steady)
        else:
            self.jumps += 1
            self._noticed_at = steady
            elapsed = timedelta(seconds=steady - before[1])
            to = jump(self._spans, by, now, JUMP, now - min(elapsed, abs(by)))
            # A jump back to where it was is the correction itself, and nothing is left to wait for.
            self._believed_at = steady if to.back else steady + _SETTLES
            self._last = by, now
            await self._came(to, by, now)
            self._seen = (now, steady)  # what could not be stored is the next look's
            log.error("clock_jumped by_s=%.0f now=%s", by.total_seconds(), now.isoformat())
            await self._runtime.store.run(lambda tx: tx.refusals_moved(by))
            await self._tell(by, now, steady)
        self._wake()

    async def _came(self, to: Jump, by: timedelta, now: datetime) -> None:
        do_at = self._runtime.do_at
        if by < timedelta(0):
            self._set_back_at, self._set_back = self._runtime.steady(), (by, now)
            freed, self._spans = await do_at(now, clock_set_back.set_back, -by, to)
            self._say_brought_back(freed)
            return
        if to.back:
            await do_at(now, clock_set_back.came_back, to)
            self._spans = to.spans
            return
        self._spans = await do_at(now, clock_set_back.went_ahead, to)

    async def _bring_back(self, now: datetime) -> None:
        freed = await self._runtime.do_at(now, clock_set_back.bring_back)
        self._say_brought_back(freed)

    def _say_brought_back(self, freed: int) -> None:
        """Log how much was brought back to now, with the jump that made it wait."""
        if freed and self._set_back:
            by, at = self._set_back
            jump_s = f"{by.total_seconds():.0f}"
            log.warning(
                "brought_back count=%s jump_s=%s jumped_at=%s", freed, jump_s, at.isoformat()
            )
        elif freed:
            log.warning("brought_back count=%s jumped=before_this_start", freed)

    async def _tell(self, by: timedelta, now: datetime, steady: float) -> None:
        """Tell people of a jump, at most once an hour for each direction."""
        # By direction: that the clock came right is told also soon after it went wrong.
        forward = by > timedelta(0)
        told_at = self._told_at.get(forward)
        if told_at is None or steady - told_at >= _TOLD_AGAIN:
            self._told_at[forward] = steady
            await self._runtime.do_at(now, clock_set_back.jumped, by)
