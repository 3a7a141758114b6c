"""The beat goes on, whatever a job does."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import Metronome
from bot.jobs.metronome import SkippingTrigger
from tests.builders import NOW

pytestmark = pytest.mark.anyio


class Job:
    """Counts its beats, and may be told to fail or to take long."""

    def __init__(self) -> None:
        self.beats = 0
        self.at_once = 0
        self.held = asyncio.Event()
        self.held.set()
        self.beaten = asyncio.Condition()

    async def __call__(self) -> None:
        self.at_once += 1
        assert self.at_once == 1, "it overlaps itself"
        try:
            await self.held.wait()
            async with self.beaten:
                self.beats += 1
                self.beaten.notify_all()
            raise ValueError("a job that fails")
        finally:
            self.at_once -= 1

    async def reaches(self, beats: int) -> None:
        async with self.beaten:
            await self.beaten.wait_for(lambda: self.beats >= beats)


async def test_a_job_that_fails_is_beaten_again_and_one_that_hangs_holds_up_no_other() -> None:
    failing, hanging = Job(), Job()
    hanging.held.clear()
    beat = timedelta(milliseconds=1)
    metronome = Metronome({"failing": (failing, beat), "hanging": (hanging, beat)})

    before = asyncio.all_tasks()
    metronome.start()
    await failing.reaches(5)
    hung = hanging.beats
    hanging.held.set()
    await hanging.reaches(3)
    await metronome.stop()

    assert hung == 0
    assert asyncio.all_tasks() == before  # nobody is left who could beat


async def test_after_a_jump_of_the_clock_every_job_is_beaten_at_once() -> None:
    job = Job()
    metronome = Metronome({"job": (job, timedelta(days=1))})
    metronome.again()  # nothing to do before it runs

    metronome.start()
    await job.reaches(1)
    metronome.again()
    await job.reaches(2)
    await metronome.stop()


@given(
    every=st.timedeltas(timedelta(milliseconds=1), timedelta(days=2)),
    away=st.timedeltas(timedelta(0), timedelta(days=40_000)),
)
def test_after_any_time_away_the_next_beat_is_one_step_ahead(
    every: timedelta, away: timedelta
) -> None:
    """APScheduler asks anew for as long as the answer is not later than now."""
    now = NOW + away
    after = SkippingTrigger(every).get_next_fire_time(NOW, now)

    assert now < after <= now + every
