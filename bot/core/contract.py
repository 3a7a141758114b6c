"""The counter-party's clock: when a contract says that they must have answered.

A response time runs only within the party's support hours, in the party's own zone. Spans are
measured in UTC, since wall clocks jump twice a year.
"""

from datetime import UTC, date, datetime, timedelta
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
    """`start` plus `span` counted only within `hours`, in UTC. Raises ValueError for hours that
    do not hold the span within 400 days."""
    begin, left = start.astimezone(UTC), span
    # From the day before: hours that pass midnight may still be open from then.
    day = start.astimezone(ZoneInfo(hours.timezone)).date() - timedelta(days=1)
    for _ in range(_FAR):
        if day.isoweekday() in hours.days:
            opens, closes = _window(day, hours)
            room = closes - max(opens, begin)
            if room > timedelta(0):
                if left <= room:
                    return max(opens, begin) + left
                left -= room
        day += timedelta(days=1)
    raise ValueError("these working hours never open for long enough")


def _window(day: date, hours: Hours) -> tuple[datetime, datetime]:
    """Opening and closing of `day` in UTC; an end at or before the start is on the next day."""
    zone = ZoneInfo(hours.timezone)
    last = day if hours.end > hours.start else day + timedelta(days=1)
    opens = datetime.combine(day, hours.start, zone)
    closes = datetime.combine(last, hours.end, zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)
