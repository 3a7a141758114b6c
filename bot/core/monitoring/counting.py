"""From one look to the next: what is new, the hour it belongs to, and how the volume stands.

A `HourCount` is all that is kept of a check between looks; finished hours leave it as rows. Nothing
here reads rows except through `Profile`, which is learnt anew once a day.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.core.estate.check_spec import Counting, Due, Level, VolumeRule
from bot.core.monitoring.signals import LookFinding, Reading, Signal
from bot.core.monitoring.volume import (
    HOUR,
    DayVerdict,
    Habit,
    Hour,
    Profile,
    Quiet,
    listen,
    stopped,
)
from bot.language.local_time import begins

_RUN_MARKS = (Signal.LAST_SUCCESS, Signal.HEARTBEAT, Signal.LAST_ATTEMPT)
_RELEARN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """`value` and `mark` are what the last look read; `today` counts since local midnight."""

    began: datetime
    looked_at: datetime
    hour: Hour
    value: float | None = None
    mark: datetime | None = None
    day: date
    today: float = 0.0
    quiet: Quiet = field(default_factory=Quiet)
    profile: Profile = field(default_factory=Profile)
    learnt_at: datetime | None = None
    verdict: DayVerdict | None = None  # of the last finished day


def begin(habit: Habit, now: datetime) -> HourCount:
    return HourCount(
        began=now, looked_at=now, hour=Hour(start=_hour_of(now)), day=habit.local(now).date()
    )


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def count(
    counted: HourCount,
    rule: VolumeRule,
    reading: Reading,
    *,
    habit: Habit,
    every: timedelta,
    frozen: bool,
) -> tuple[HourCount, Hour | None]:
    """The count after a look, and the hour that it finished, if any.

    A reading without the signal counts nothing and watches nothing. `frozen` marks the hour as
    one not to learn from: an incident is open, or a window. A moment before the last look, as
    after a clock was set back, changes nothing.
    """
    now, value = reading.at, reading.signals.get(rule.signal)
    if now < counted.looked_at or not isinstance(value, int | float) or isinstance(value, bool):
        return counted, None
    if value < 0:  # no count, whatever it means over there
        return counted, None
    mark = _mark(reading)
    new = _new(counted, rule, float(value), mark)
    span = (now - counted.looked_at).total_seconds()
    # After a longer pause of ours nobody knows when what is new came.
    watched = span if span <= max(every.total_seconds() * 3, 600.0) else 0.0
    hour, finished = _turn(counted.hour, now, watched)
    day = habit.local(now).date()
    after = replace(
        counted,
        looked_at=now,
        hour=_counted(hour, new, frozen=frozen),
        value=float(value),
        mark=mark,
        day=day,
        today=new + (counted.today if day == counted.day else 0.0),
        quiet=listen(
            counted.quiet, counted.profile, habit, hit=new > 0, since=counted.looked_at, now=now
        ),
    )
    return after, finished


def _counted(hour: Hour, new: float, *, frozen: bool) -> Hour:
    return replace(
        hour,
        count=hour.count + new,
        hits=hour.hits + (new > 0),
        looks=hour.looks + 1,
        frozen=hour.frozen or frozen,
    )


def _mark(reading: Reading) -> datetime | None:
    found = (reading.signals.get(name) for name in _RUN_MARKS)
    return next((value for value in found if isinstance(value, datetime)), None)


def _new(counted: HourCount, rule: VolumeRule, value: float, mark: datetime | None) -> float:
    """What came since the last look. A total that fell began again from zero."""
    if rule.counting is Counting.RUN:
        # The first mark is of a run that may have ended before we looked.
        return value if mark != counted.mark and counted.mark is not None else 0.0
    # A total that is met for the first time holds all that came before us.
    if counted.value is None:
        return 0.0
    return value - counted.value if value >= counted.value else value


def _turn(hour: Hour, now: datetime, watched: float) -> tuple[Hour, Hour | None]:
    start = _hour_of(now)
    if start == hour.start:
        return replace(hour, watched=hour.watched + watched), None
    within = min(watched, (now - start).total_seconds())
    before = replace(hour, watched=min(3600.0, hour.watched + watched - within))
    return Hour(start=start, watched=within), before


def learns(counted: HourCount, check: str, now: datetime) -> bool:
    """Whether it is time to learn the profile anew: once a day, at an hour of the check's own,
    so that many checks do not learn at once."""
    if counted.learnt_at is None:
        return True
    # By the name, so that the hour stays the same over restarts and nothing has to be kept.
    turn = hashlib.sha256(check.encode()).digest()[0] % 24
    since = now - counted.learnt_at
    return since >= _RELEARN or (since >= HOUR and now.hour == turn)


def findings(
    counted: HourCount, rule: VolumeRule, *, habit: Habit, every: timedelta, now: datetime
) -> tuple[LookFinding, ...]:
    """What is wrong with the volume at `now`; empty when nothing is."""
    found = []
    if rule.silence is not Level.OFF:
        words = stopped(
            counted.quiet, counted.profile, rule, first_seen=counted.began, every=every, now=now
        )
        found.append(LookFinding(level=rule.silence, words=words))
    if rule.deviation is not Level.OFF and counted.verdict:
        found.append(LookFinding(level=rule.deviation, words=counted.verdict.words))
    if rule.due is not None:
        found.append(LookFinding(level=Level.FAIL, words=_overdue(counted, rule.due, habit, now)))
    return tuple(finding for finding in found if finding.words)


def _overdue(counted: HourCount, due: Due, habit: Habit, now: datetime) -> str:
    """A day that we have not watched from its beginning is not judged."""
    day = habit.local(now).date()
    if day.isoweekday() not in due.days or habit.calendar.holiday(day):
        return ""
    if habit.local(counted.began).date() >= day or now < begins(day, due.by, habit.zone):
        return ""
    today = counted.today if counted.day == day else 0.0
    if today >= due.at_least:
        return ""
    return f"{today:,.0f} records today, at least {due.at_least:,.0f} due by {due.by:%H:%M}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one check last read: records that wait, since when the oldest does, records in error.
    `worst` is the most in error since it last began to be bad. `counts` is whether it reads a
    queue at all, and `unread` whether its last look read nothing, with `read_at` the last that did.
    """

    check: str
    connection: str
    waiting: int
    oldest: datetime | None
    failed: int
    worst: int
    counts: bool = True
    unread: bool = False
    read_at: datetime | None = None
