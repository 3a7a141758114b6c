"""The counter-party's clock: when a contract says that they must have answered.

A response time runs only within the party's support hours, in the party's own zone. Spans are
measured in UTC, since wall clocks jump twice a year.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.estate.catalogue import Criticality, Hours, Party
from bot.language.local_time import DAY, local_day, span_of

REMIND_AT = 0.8  # of the response time

_FAR = 400  # days searched before we give up on hours that never open


def response_due(party: Party, criticality: Criticality, now: datetime) -> datetime | None:
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
    day = local_day(start, hours.timezone) - DAY
    for _ in range(_FAR):
        if day.isoweekday() in hours.days:
            opens, closes = span_of(day, hours.start, hours.end, hours.timezone)
            begin = max(opens, begin)
            if closes > begin:
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
                begin = closes
        day += DAY
    raise ValueError("these working hours never open for long enough")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A response time that a party did not keep."""

    incident: int
    connection: str
    party: str
    due_at: datetime
    at: datetime
