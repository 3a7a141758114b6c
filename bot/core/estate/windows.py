"""Maintenance windows and freezes: when a failure opens nothing; and the company's calendar by
which some of them go: its holidays, and the days of the month-end close.

A window suppresses opening only. Checks run, verdicts change and open incidents close in it as at
any other time; what still fails when it ends is new then. Days are local dates in the company's
zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.language.cron import last_start
from bot.language.local_time import DAY, day_begins, local_day, open_until

_WORKING_WEEKDAYS = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEnd:
    """The close: the last `before` working days of a month and the first `after` of the next."""

    before: int = 1
    after: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    holidays: frozenset[date] = frozenset()
    month_end: MonthEnd = MonthEnd()

    def holiday(self, day: date) -> bool:
        return day in self.holidays

    def working(self, day: date) -> bool:
        return day.isoweekday() in _WORKING_WEEKDAYS and day not in self.holidays

    def closing(self, day: date) -> bool:
        """Whether `day` belongs to the month-end close, weekends between its days included."""
        return _closing(self, day)


# Learning from eight weeks of hours asks for the same days again and again.
@lru_cache(maxsize=4096)
def _closing(calendar: Calendar, day: date) -> bool:
    ahead = _working_days(calendar, day, _month_after(day))
    last = calendar.month_end.before
    if ahead < last or (ahead == last > 0 and calendar.working(day)):
        return True
    passed = _working_days(calendar, day.replace(day=1), day)
    return passed < calendar.month_end.after


def _month_after(day: date) -> date:
    # Every month has a 28th, and four days after it another month has begun.
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _working_days(calendar: Calendar, start: date, end: date) -> int:
    """Working days from `start` until before `end`."""
    days = (start + timedelta(days=offset) for offset in range((end - start).days))
    return sum(calendar.working(day) for day in days)


_LONGEST = timedelta(days=366)


class WindowKind(StrEnum):
    MAINTENANCE = "maintenance"
    FREEZE = "freeze"  # nobody may change anything, so nobody could mend it either


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """From `start` until before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On ISO weekdays from `start` to `end` local time; an end at or before the start lies on the
    next day."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """`length` from every moment that the five-field expression names, in local time."""

    expression: str
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """All days of the month-end close."""


When = Once | Weekly | Cron | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`connections` and `systems` say what it covers; both empty means the whole estate."""

    name: str
    when: When
    kind: WindowKind = WindowKind.MAINTENANCE
    connections: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    zone: str = "UTC"

    def covers(self, connection: str, systems: Iterable[str]) -> bool:
        # A freeze of everything is the commonest window, and need not list the estate.
        if not self.connections and not self.systems:
            return True
        return connection in self.connections or not self.systems.isdisjoint(systems)

    def until(self, now: datetime, calendar: Calendar) -> datetime | None:
        """When the window that is open at `now` ends; None when it is not open."""
        if isinstance(self.when, Once):
            return self.when.end if self.when.start <= now < self.when.end else None
        if isinstance(self.when, Weekly):
            return open_until(now, self.when.days, (self.when.start, self.when.end), self.zone)
        if isinstance(self.when, Cron):
            return _cron(self.when, now, self.zone)
        return _close(now, self.zone, calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedOpening:
    """A window that is open for one connection, and when it ends."""

    window: Window
    until: datetime


def suppressed_opening(
    windows: Iterable[Window],
    calendar: Calendar,
    *,
    connection: str,
    systems: tuple[str, ...],
    now: datetime,
) -> SuppressedOpening | None:
    """The open window that covers the connection and ends last; None when none is open."""
    found = [
        SuppressedOpening(window=window, until=until)
        for window in windows
        if window.covers(connection, systems) and (until := window.until(now, calendar))
    ]
    # The one that ends last: what is held back by two windows is not new before both are over.
    return max(found, key=lambda item: item.until, default=None)


def _cron(when: Cron, now: datetime, zone: str) -> datetime | None:
    """The last start within `length` before `now` decides, since starts may overlap."""
    # The search goes back day by day, so its length has to have an end.
    length = min(when.length, _LONGEST)
    start = last_start(when.expression, zone, now, within=length)
    return None if start is None else start + length


def _close(now: datetime, zone: str, calendar: Calendar) -> datetime | None:
    # In the company's zone: its close begins at its own midnight.
    day = local_day(now, zone)
    if not calendar.closing(day):
        return None
    # A calendar in which every working day belongs to the close would never let go.
    for _ in range(_LONGEST.days):
        if not calendar.closing(day):
            break
        day += DAY
    return day_begins(day, zone)
