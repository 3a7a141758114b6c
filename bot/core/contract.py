"""The counter-party's clock: when a contract says that they must have answered.

A response time runs only within the party's support hours, in the party's own zone.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.catalogue import Criticality, Hours, Party

REMIND_AT = 0.8  # of the response time

_FAR = 400  # days searched before we give up on hours that never open


def answer_due(party: Party, criticality: Criticality, now: datetime) -> datetime | None:
    """When `party` must have answered something handed over at `now`; None when the contract
    names no response time for this criticality."""
    within = party.respond_within.get(criticality)
    if within is None:
        return None
    return now + within if party.hours is None else add_working_time(now, within, party.hours)


def remind_before_due(party: Party, criticality: Criticality, now: datetime) -> datetime | None:
    """When four fifths of the response time will have passed, counted as the contract counts;
    None when it names no response time."""
    within = party.respond_within.get(criticality)
    if within is None:
        return None
    soon = within * REMIND_AT
    return now + soon if party.hours is None else add_working_time(now, soon, party.hours)


def add_working_time(start: datetime, span: timedelta, hours: Hours) -> datetime:
    """`start` plus `span` counted only within `hours`. Raises ValueError for hours that never
    open."""
    zone = ZoneInfo(hours.timezone)
    left = span
    day = start.astimezone(zone).date()
    for _ in range(_FAR):
        if day.isoweekday() in hours.days:
            opens = datetime.combine(day, hours.start, zone)
            closes = _closing(day_start=opens, end=hours.end)
            begin = max(opens, start.astimezone(zone))
            # Aware subtraction within one zone is wall time; go through UTC for real time.
            room = closes.astimezone(start.tzinfo) - begin.astimezone(start.tzinfo)
            if room > timedelta(0):
                if left <= room:
                    return begin.astimezone(start.tzinfo) + left
                left -= room
        day += timedelta(days=1)
    raise ValueError("these working hours never open")


def _closing(day_start: datetime, end: time) -> datetime:
    """Closing time of the day; an end at or before the start means the next day."""
    closes = day_start.replace(hour=end.hour, minute=end.minute, second=end.second)
    return closes if closes > day_start else closes + timedelta(days=1)
