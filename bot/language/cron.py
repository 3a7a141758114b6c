"""Cron expressions of five fields, read and unfolded as cron does it.

Where day of the month and weekday are both limited, either is enough. A start whose minute and
hour are written out comes once each day: right after the jump when the clocks jump over it, and
at the first of two equal hours. One with `*` goes by what the clocks show, once, twice or never.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.language.local_time import DAY, MONTHS, begins, local_day, moments_at

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ITEM = re.compile(r"(\*|\w{1,3})(?:-(\w{1,3}))?(?:/(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The values that each field allows; weekdays count from Sunday = 0."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool  # day of the month and weekday are both limited
    by_clock: bool  # minute or hour is written with a star

    def on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_date, by_name = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_date or by_name if self.either else by_date and by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_MINUTE, _HOUR = _Field(name="minute", low=0, high=59), _Field(name="hour", low=0, high=23)
_DAY = _Field(name="day of the month", low=1, high=31)
_MONTH = _Field(name="month", low=1, high=12, names=MONTHS)
_WEEKDAY = _Field(name="weekday", low=0, high=7, names=_WEEKDAYS)


@lru_cache(maxsize=1024)
def read_cron(text: str) -> Schedule:
    """Read the five fields of an expression. Raises ValueError, which says what is wrong with
    it."""
    fields = text.lower().split()
    if len(fields) != 5:
        raise ValueError("it needs five fields: minute, hour, day of the month, month, weekday")
    minute, hour, day, month, weekday = fields
    schedule = Schedule(
        minutes=_values(minute, _MINUTE),
        hours=_values(hour, _HOUR),
        days=frozenset(_values(day, _DAY)),
        months=frozenset(_values(month, _MONTH)),
        weekdays=frozenset(one % 7 for one in _values(weekday, _WEEKDAY)),
        # As cron has it: `*/2` limits nothing here, and both must hold.
        either=not (day.startswith("*") or weekday.startswith("*")),
        by_clock=minute.startswith("*") or hour.startswith("*"),
    )
    longest = max(_LONGEST_MONTH[one - 1] for one in schedule.months)
    if not schedule.either and min(schedule.days) > longest:
        raise ValueError("it never comes: none of these months has such a day")
    return schedule


def last_start(text: str, zone: str, at: datetime, *, within: timedelta) -> datetime | None:
    """The newest start at or before `at` that is less than `within` ago, in UTC; None without
    one. The search takes one step for each local day of `within`."""
    schedule = read_cron(text)
    # One day more at both ends: clocks that go back at midnight show yesterday once more.
    day, oldest = local_day(at, zone) + DAY, local_day(at - within, zone) - DAY
    # Day by day: a scheduler's trigger that was asked again and again never came to an end in the
    # hour that happens twice.
    while day >= oldest:
        if schedule.on(day):
            starts = _starts(schedule, day, zone)
            place = bisect_right(starts, at)
            if place:
                newest = starts[place - 1]
                return newest if newest > at - within else None
        day -= DAY
    return None


# Every look of a check asks for the same day's starts.
@lru_cache(maxsize=128)
def _starts(schedule: Schedule, day: date, zone: str) -> tuple[datetime, ...]:
    """All starts of a day, in order."""
    clocks = [time(hour, minute) for hour in schedule.hours for minute in schedule.minutes]
    if schedule.by_clock:
        return tuple(sorted(one for clock in clocks for one in moments_at(day, clock, zone)))
    return tuple(begins(day, clock, zone) for clock in clocks)


def _values(text: str, field: _Field) -> tuple[int, ...]:
    found: set[int] = set()
    for item in text.split(","):
        form = _ITEM.fullmatch(item)
        if form is None:
            raise ValueError(f"{item!r} is no {field.name}")
        first, last, step = form.groups()
        if step is not None and int(step) == 0:
            raise ValueError(f"a step of 0 in {item!r} leads nowhere")
        start, end = _ends(item, field, first, last, step)
        found.update(range(start, end + 1, int(step or 1)))
    return tuple(sorted(found))


def _ends(
    item: str, field: _Field, first: str, last: str | None, step: str | None
) -> tuple[int, int]:
    if first == "*":
        if last:
            raise ValueError(f"{item!r} is no {field.name}")
        return field.low, 6 if field is _WEEKDAY else field.high
    start = _value(first, field)
    if last is None:
        return start, field.high if step else start
    end = _value(last, field)
    if end < start and field is _WEEKDAY:
        return start, end + 7  # fri-mon and sat-sun pass the end of the week
    if end < start:
        raise ValueError(f"{item!r} ends before it begins")
    return start, end


def _value(word: str, field: _Field) -> int:
    if word in field.names:
        return field.names.index(word) + (1 if field is _MONTH else 0)
    if not word.isdigit() or not field.low <= int(word) <= field.high:
        raise ValueError(f"{word!r} is no {field.name}")
    return int(word)
