"""Maintenance windows and freezes: when a failure opens nothing.

A window suppresses opening only. Checks run, verdicts change and open incidents close in it as at
any other time; what still fails when it ends is new then.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.core.calendars import Calendar, local_day

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_LONGEST = timedelta(days=366)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
        if not self.connections and not self.systems:
            return True
        return connection in self.connections or not self.systems.isdisjoint(systems)

    def until(self, now: datetime, calendar: Calendar) -> datetime | None:
        """When the window that is open at `now` ends; None when it is not open."""
        if isinstance(self.when, Once):
            return self.when.end if self.when.start <= now < self.when.end else None
        if isinstance(self.when, Weekly):
            return _weekly(self.when, now, self.zone)
        if isinstance(self.when, Cron):
            return _cron(self.when, now, self.zone)
        return _close(now, self.zone, calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelter:
    """A window that is open for one connection, and when it ends."""

    window: Window
    until: datetime


def shelter(
    windows: Iterable[Window],
    calendar: Calendar,
    *,
    connection: str,
    systems: tuple[str, ...],
    now: datetime,
) -> Shelter | None:
    """The open window that covers the connection and ends last; None when none is open."""
    found = [
        Shelter(window=window, until=until)
        for window in windows
        if window.covers(connection, systems) and (until := window.until(now, calendar))
    ]
    return max(found, key=lambda item: item.until, default=None)


def _weekly(when: Weekly, now: datetime, zone: str) -> datetime | None:
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    for day in (today - timedelta(days=1), today):
        if day.isoweekday() not in when.days:
            continue
        later = when.end <= when.start
        start = datetime.combine(day, when.start, local)
        end = datetime.combine(day + timedelta(days=later), when.end, local)
        if start <= now < end:
            return end.astimezone(now.tzinfo)
    return None


def cron_trigger(expression: str, zone: str) -> "CronTrigger":
    """Raises ValueError for an expression that is not five cron fields."""
    # Few estates have a cron window, and every command would pay for the library.
    from apscheduler.triggers.cron import CronTrigger

    *fields, weekdays = expression.split() or [""]
    # The library counts weekdays from Monday; cron counts them from Sunday.
    named = re.sub(r"(?<![/\w])[0-7](?!\d)", lambda digit: _WEEKDAYS[int(digit[0])], weekdays)
    return CronTrigger.from_crontab(" ".join((*fields, named)), timezone=ZoneInfo(zone))


def _cron(when: Cron, now: datetime, zone: str) -> datetime | None:
    """The last start within `length` before `now` decides, since starts may overlap."""
    trigger = cron_trigger(when.expression, zone)
    start = trigger.get_next_fire_time(None, now - min(when.length, _LONGEST))
    latest = None
    while start is not None and start <= now:
        latest = start
        start = trigger.get_next_fire_time(start, start + timedelta(seconds=1))
    if latest is None:
        return None
    end: datetime = latest.astimezone(now.tzinfo) + when.length
    return end if now < end else None


def _close(now: datetime, zone: str, calendar: Calendar) -> datetime | None:
    day = local_day(now, zone)
    if not calendar.closing(day):
        return None
    while calendar.closing(day):
        day += timedelta(days=1)
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(now.tzinfo)
