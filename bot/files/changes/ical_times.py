"""Which days and moments a calendar entry means, and which of several versions of it is in force.

Whole days are compared as days, times without a zone as times on the wall, and the others as
moments. A zone that nobody can look up is never replaced by another one.

Programs send an entry anew when it changes: the highest SEQUENCE counts, then the latest DTSTAMP,
as RFC 5546 has it. An entry is called off by its status, or by coming in a calendar whose method is
CANCEL; called off as a whole it takes the occurrences along that have an entry of their own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from bot.files.yaml_slips import of_windows
from bot.language.marks import outside
from bot.language.zones import zone_names

MOST_OCCURRENCES = 60  # of one recurring entry
BACK, AHEAD = timedelta(days=60), timedelta(days=500)
OLDEST_RULE = timedelta(days=20 * 365)  # a rule that began earlier is not unfolded


class UnreadableCalendar(Exception):
    """One entry cannot be taken; the text says why."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """`company` is where whole days lie. `calendar` is what the calendar says of times without
    a zone, or empty; then they are the company's too."""

    company: str
    calendar: str = ""

    def of_times(self) -> tzinfo:
        return named_zone(self.calendar) if self.calendar else ZoneInfo(self.company)


def named_zone(name: str) -> tzinfo:
    """The zone of a known name or spelling. Raises UnreadableCalendar for any other."""
    text = name.strip()
    if text in zone_names():
        return ZoneInfo(text)
    if text.casefold() in {"utc", "gmt", "z", "tzone://microsoft/utc"}:
        return UTC
    found = of_windows(text)
    if found is None:
        raise UnreadableCalendar(
            f"nobody can look up its time zone “{outside(text, 80)}”",
            "write one such as Europe/Amsterdam, or give the time in UTC",
        )
    return ZoneInfo(found)


@cache
def _zone_of_days(name: str) -> tzinfo:
    return ZoneInfo(name)


def values(entry: Any, name: str) -> Iterator[date | datetime]:
    """All days and times of one property, each with its zone where it names one."""
    found = entry.get(name)
    for prop in found if isinstance(found, list) else [] if found is None else [found]:
        for one in getattr(prop, "dts", (prop,)):
            value = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            params = {**prop.params, **one.params}
            if isinstance(value, datetime) and value.tzinfo is None and "TZID" in params:
                value = value.replace(tzinfo=named_zone(str(params["TZID"])))
            yield value


def value(entry: Any, name: str) -> date | datetime | None:
    """The one day or time of a property; None without it. Raises UnreadableCalendar for several."""
    found = list(values(entry, name))
    if len(found) > 1:
        raise UnreadableCalendar(f"it has {len(found)} values for {name}")
    return found[0] if found else None


def moment(value: date | datetime, zones: Zones) -> datetime:
    """In UTC. A day begins at its midnight."""
    wall, zone = _on_the_wall(value, zones)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _on_the_wall(value: date | datetime, zones: Zones) -> tuple[datetime, tzinfo]:
    if not isinstance(value, datetime):
        return datetime.combine(value, time()), _zone_of_days(zones.company)
    return value.replace(tzinfo=None), value.tzinfo or zones.of_times()


def same_as(other: date | datetime, start: date | datetime, zones: Zones) -> Callable[..., bool]:
    """Whether an occurrence, as its time on the wall, is the one that `other` names, in a series
    that begins at `start`. Raises UnreadableCalendar when that cannot be told."""
    _, zone = _on_the_wall(start, zones)
    if not isinstance(other, datetime):
        return lambda wall: wall.date() == other
    if isinstance(start, datetime):
        named = other.astimezone(zone).replace(tzinfo=None) if other.tzinfo else other
        return lambda wall: wall == named
    # A day may be written as its midnight, in a zone of its own or in UTC.
    here = other.astimezone(zone) if other.tzinfo else other
    for midnight in (other, here):
        if midnight.time() == time():
            return lambda wall: wall.date() == midnight.date()
    raise UnreadableCalendar(
        f"it lasts whole days, and names one of them by an hour ({other:%H:%M})"
    )


def occurrences(entry: Any, zones: Zones, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every occurrence of a recurring entry, as a moment in UTC and as it stands on the wall."""
    start = value(entry, "DTSTART")
    if start is None:
        return
    first, zone = _on_the_wall(start, zones)
    # A daily rule from long ago is unfolded one by one up to today.
    if first.replace(tzinfo=zone).astimezone(UTC) < now - OLDEST_RULE:
        raise UnreadableCalendar("this recurring entry began more than 20 years ago")
    series = rruleset()
    rule = entry.get("RRULE")
    if rule is not None:
        series.rrule(_rule(rule, first, zone))
    else:
        # By RFC 5545 the beginning is the first occurrence; a rule brings it by itself.
        series.rdate(first)
    for extra in values(entry, "RDATE"):
        series.rdate(_extra(extra, first, zone))
    left_out = [same_as(one, start, zones) for one in values(entry, "EXDATE")]
    begin = (now - BACK).astimezone(zone).replace(tzinfo=None)
    end = (now + AHEAD).astimezone(zone).replace(tzinfo=None)
    coming = series.xafter(begin, count=MOST_OCCURRENCES, inc=True)
    for wall in takewhile(lambda one: one <= end, coming):
        if not any(same(wall) for same in left_out):
            yield wall.replace(tzinfo=zone).astimezone(UTC), wall


def _extra(value: date | datetime, first: datetime, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, first.time())
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def _rule(rule: Any, first: datetime, zone: tzinfo) -> Any:
    if isinstance(rule, list):
        raise UnreadableCalendar("an entry with more than one rule (RRULE) is not read")
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    if frequency not in {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}:
        raise UnreadableCalendar(
            f"an entry that recurs {frequency.lower() or 'somehow'} is no release"
        )
    # Unfolded on the wall; an end in UTC is one on the wall of the beginning's zone.
    # dateutil refuses an end with a zone for a beginning without one.
    text = re.sub(r"UNTIL=[^;]*;?", "", rule.to_ical().decode()).rstrip(";")
    ends = rule.get("UNTIL")
    if ends:
        last = ends[0] if isinstance(ends, list) else ends
        if not isinstance(last, datetime):
            last = datetime.combine(last, time(23, 59, 59))
        elif last.tzinfo:
            last = last.astimezone(zone).replace(tzinfo=None)
        text = f"{text};UNTIL={last:%Y%m%dT%H%M%S}"
    return rrulestr(text, dtstart=first)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One VEVENT, the `line` of its BEGIN, and what its calendar says of all its entries."""

    event: Any
    line: int
    zones: Zones
    called_off: bool

    @property
    def uid(self) -> str:
        return str(self.event.get("UID", ""))


def in_force(entries: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """Without versions that another one replaces, and without what was called off. Those without
    a UID are taken as they are, and so is what cannot be compared: it is told when it is read."""
    winners: dict[object, CalendarEntry] = {}
    for place, entry in enumerate(entries):
        key = _key(entry, place)
        kept = winners.get(key)
        # Of two alike the later one in the file: programs append.
        if kept is None or _version(entry) >= _version(kept):
            winners[key] = entry
    whole = {
        entry.uid: _sequence(entry)
        for entry in winners.values()
        if entry.called_off and entry.uid and _occurrence(entry) is None
    }
    return [
        entry
        for entry in winners.values()
        # An occurrence that was sent anew after its series was called off takes place again.
        if not entry.called_off and _sequence(entry) > whole.get(entry.uid, -1)
    ]


def _key(entry: CalendarEntry, place: int) -> object:
    return (entry.uid, _occurrence(entry)) if entry.uid else place


def _occurrence(entry: CalendarEntry) -> object:
    """Which occurrence of its series an entry is for; None for the whole series."""
    try:
        own = value(entry.event, "RECURRENCE-ID")
        return own if own is None else moment(own, entry.zones)
    except (UnreadableCalendar, AttributeError, ValueError, TypeError, OverflowError):
        return entry.line


def _version(entry: CalendarEntry) -> tuple[int, datetime, bool]:
    return _sequence(entry), _stamp(entry), entry.called_off


def _sequence(entry: CalendarEntry) -> int:
    try:
        return max(int(entry.event.get("SEQUENCE", 0)), 0)
    except (ValueError, TypeError, AttributeError):
        return 0


def _stamp(entry: CalendarEntry) -> datetime:
    never = datetime.min.replace(tzinfo=UTC)
    try:
        stamped: date | datetime | None = value(entry.event, "DTSTAMP")
        return never if stamped is None else moment(stamped, entry.zones)
    except (UnreadableCalendar, AttributeError, ValueError, TypeError, OverflowError):
        return never
