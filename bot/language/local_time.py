"""Local days and hours as moments, and moments as local days and hours. Nothing else in the core
works with zones.

Wall clocks jump. Two rules hold everywhere: an hour that does not exist is the moment right after
the jump, and of an hour that happens twice a beginning is the first and an end is the last. So
a span is never shorter than it is written, and what grows on the wall never goes back in time.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SECOND = timedelta(seconds=1)


Zone = str | tzinfo  # its name, or what a check has made of it


def _zone(zone: Zone) -> tzinfo:
    return _named(zone) if isinstance(zone, str) else zone


@cache
def _named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime, zone: Zone) -> datetime:
    """The moment as the clocks of `zone` show it."""
    return moment.astimezone(_zone(zone))


def local_day(moment: datetime, zone: Zone) -> date:
    return local(moment, zone).date()


def begins(day: date, clock: time, zone: Zone) -> datetime:
    """The first moment, in UTC, at which clocks on `day` show `clock` or have jumped over it."""
    # A time may come with its fold set, which would choose one of the two readings already.
    wall = datetime.combine(day, clock.replace(fold=0))
    first, second = _readings(wall, zone)
    if first <= second:
        return first
    return _jump(second, first, zone)


def ends(day: date, clock: time, zone: Zone) -> datetime:
    """The last moment, in UTC, at which clocks on `day` show `clock`, or when they jump over it."""
    wall = datetime.combine(day, clock.replace(fold=0))
    first, second = _readings(wall, zone)
    if first <= second:
        return second
    return _jump(second, first, zone)


def moments_at(day: date, clock: time, zone: Zone) -> tuple[datetime, ...]:
    """All moments, in UTC, at which clocks on `day` show `clock`: one, two or none."""
    first, second = _readings(datetime.combine(day, clock.replace(fold=0)), zone)
    if first > second:
        return ()
    return (first,) if first == second else (first, second)


def exists(wall: datetime, zone: Zone) -> bool:
    """Whether clocks ever show `wall`, which has no offset."""
    first, second = _readings(wall.replace(fold=0), zone)
    return first <= second


def day_begins(day: date, zone: Zone) -> datetime:
    """The first moment of a local day, in UTC; not every day has a midnight."""
    return begins(day, time.min, zone)


def span_of(day: date, start: time, end: time, zone: Zone) -> tuple[datetime, datetime]:
    """Begin and end, in UTC, of the hours that start on `day`; an end at or before the start lies
    on the next day. Hours that the clocks jump over altogether keep their length after the jump."""
    last = day if end > start else day + DAY
    opens, closes = begins(day, start, zone), ends(last, end, zone)
    if closes > opens:
        return opens, closes
    return opens, opens + (datetime.combine(last, end) - datetime.combine(day, start))


def open_until(
    now: datetime, days: Iterable[int], hours: tuple[time, time], zone: Zone
) -> datetime | None:
    """When the hours that hold at `now` end, in UTC; None outside them. `days` are ISO weekdays,
    and the span of one may reach into the next."""
    today = local_day(now, zone)
    found = [
        closes
        for day in (today - 2 * DAY, today - DAY, today)
        if day.isoweekday() in days
        for opens, closes in (span_of(day, *hours, zone),)
        if opens <= now < closes
    ]
    return max(found, default=None)


def _readings(wall: datetime, zone: Zone) -> tuple[datetime, datetime]:
    """`wall` with the offset before and with that after a change of the clocks: equal where
    there is none, in order where it happens twice, and the wrong way round where it is missing."""
    there = _zone(zone)
    return (
        wall.replace(tzinfo=there, fold=0).astimezone(UTC),
        wall.replace(tzinfo=there, fold=1).astimezone(UTC),
    )


def _jump(before: datetime, after: datetime, zone: Zone) -> datetime:
    """The first moment of the new offset, between a moment before and one after the jump."""
    there = _zone(zone)
    old = before.astimezone(there).utcoffset()
    # Searched for: zoneinfo does not tell when a zone changes, and not every change is an hour.
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(there).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
