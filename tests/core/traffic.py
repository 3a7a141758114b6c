"""Simulated traffic of one connection, looked at every minute: quiet nights, slow weekends, days
that differ, arrivals at random or in batches. Everything is seeded."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.estate.check_spec import VolumeRule
from bot.core.monitoring import counting
from bot.core.monitoring.counting import HourCount
from bot.core.monitoring.signals import LookFinding, Reading, Signal
from bot.core.monitoring.volume import Habit, Hour, judge_day, learn, whole_days

START = datetime(2027, 1, 4, tzinfo=UTC)  # a Monday
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SHAPE = (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 16, 17, 19, 18, 15, 11, 7, 5, 4, 3, 2, 1)


def poisson(mean: float, rng: random.Random) -> int:
    level, count, product = math.exp(-mean), 0, rng.random()
    while product > level:
        product *= rng.random()
        count += 1
    return count


class Traffic:
    """What a status endpoint shows: a total that starts again at midnight. `batch` is how often
    the connector delivers what came; `every` is how often we look."""

    def __init__(
        self, per_day: float, *, seed: str, batch: timedelta = MINUTE, every: timedelta = MINUTE
    ) -> None:
        self.per_day = per_day
        self.rng = random.Random(seed)
        self.batch = batch
        self.every = every
        self.now = START
        self.share = 1.0  # of the usual, for drops
        self._waiting = 0.0
        self._total = 0.0
        self._effect = 1.0

    def looks(self, span: timedelta) -> Iterator[Reading]:
        end = self.now + span
        while self.now < end:
            if self.now.hour == self.now.minute == 0:
                self._total, self._effect = 0.0, self.rng.lognormvariate(-0.011, 0.15)
            weekend = 0.2 if self.now.weekday() >= 5 else 1.0
            rate = self.per_day * weekend * self._effect * SHAPE[self.now.hour] / sum(SHAPE) / 60
            minutes = self.every / MINUTE
            self._waiting += poisson(rate * minutes * self.share, self.rng) if self.share else 0
            self.now += self.every
            if (self.now - START) % self.batch == timedelta(0):
                self._total, self._waiting = self._total + self._waiting, 0.0
            yield Reading(at=self.now, signals={Signal.PROCESSED: self._total})


class Watcher:
    """Counts and judges as the flows do, with the rows in memory."""

    def __init__(self, rule: VolumeRule, habit: Habit, every: timedelta = MINUTE) -> None:
        self.rule, self.habit, self.every = rule, habit, every
        self.hour_count: HourCount = counting.begin(habit, START)
        self.rows: list[Hour] = []

    def look(self, reading: Reading, *, frozen: bool = False) -> tuple[LookFinding, ...]:
        self.hour_count, finished = counting.count(
            self.hour_count, self.rule, reading, habit=self.habit, every=self.every, frozen=frozen
        )
        if finished is not None:
            self.rows.append(finished)
            self._hour_over(reading.at)
        return counting.findings(
            self.hour_count, self.rule, habit=self.habit, every=self.every, now=reading.at
        )

    def _hour_over(self, now: datetime) -> None:
        if self.habit.local(now).hour == 0:
            day = self.habit.local(now).date() - DAY
            total = whole_days((row for row in self.rows if not row.frozen), self.habit).get(day)
            verdict = (
                None
                if total is None
                else judge_day(day, total, self.hour_count.profile, self.rule, self.habit)
            )
            profile = learn(self.rows, self.habit, now)
            self.hour_count = counting.replace(
                self.hour_count, verdict=verdict, profile=profile, learnt_at=now
            )
