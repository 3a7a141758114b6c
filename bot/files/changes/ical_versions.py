"""Which of several versions of one calendar entry is in force.

Programs send an entry anew when it changes: the highest SEQUENCE counts, then the latest DTSTAMP,
as RFC 5546 has it. An entry is called off by its status, or by coming in a calendar whose method is
CANCEL; called off as a whole it takes the occurrences along that have an entry of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.files.changes.ical_times import UnreadableCalendar, Zones, moment, value


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
