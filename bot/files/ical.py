"""Reads release calendars in iCalendar form (RFC 5545), recurring entries unfolded.

An entry that cannot be read is a problem and the others still count; its line is where its BEGIN
stands. Nothing in a calendar can keep the reader busy for long: rules that fire more often than
daily are refused, and entries, years and occurrences are bounded.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar

from bot.core.errors import BotError
from bot.core.releases import Release, ReleaseFeed
from bot.core.text import outside
from bot.files.problems import Problem

_WORD = re.compile(r"[^\W_]+")
LARGEST = 5 * 1024 * 1024
MOST_ENTRIES = 5000
MOST_OCCURRENCES = 60  # of one recurring entry
BACK, AHEAD = timedelta(days=60), timedelta(days=500)
OLDEST_RULE = timedelta(days=20 * 365)  # a rule that began earlier is not unfolded


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the reader must know: `system` all entries belong to, or, when it is None, the names
    of systems to look for in a title. `source` tells entries of several calendars apart."""

    source: str
    system: str | None
    names: Mapping[str, str]  # a system's name in small letters → its id
    zone: str
    now: datetime


def read_calendar(raw: bytes, place: Place) -> tuple[tuple[Release, ...], tuple[Problem, ...]]:
    """The releases from two months ago on, the earliest first. Raises NotACalendar."""
    if len(raw) > LARGEST:
        raise NotACalendar("it is larger than 5 MB")
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise NotACalendar(
            "it is not an iCalendar file, which begins with BEGIN:VCALENDAR"
            f" ({outside(str(error), 120)})"
        ) from None
    lines = [at for at, line in enumerate(text.splitlines(), 1) if _begins(line)]
    entries = list(calendar.walk("VEVENT"))
    found: dict[str, Release] = {}
    problems: list[Problem] = []
    if len(entries) > MOST_ENTRIES:
        problems.append(_problem(place, 1, f"only the first {MOST_ENTRIES} entries are read"))
    moved = _moved(entries)
    for number, entry in enumerate(entries[:MOST_ENTRIES]):
        line = lines[number] if number < len(lines) else 1
        try:
            found.update({one.id: one for one in _releases(entry, place, moved)})
        except Unreadable as error:
            problems.append(_problem(place, line, str(error), error.hint))
        except (ValueError, TypeError, AttributeError, OverflowError, KeyError) as error:
            said = f"this entry cannot be read: {outside(str(error), 120)}"
            problems.append(_problem(place, line, said))
    ordered = sorted(found.values(), key=lambda one: (one.at, one.id))
    return tuple(ordered), tuple(problems)


def read_feed(
    raw: bytes, feed: ReleaseFeed, zone: str, now: datetime
) -> tuple[tuple[Release, ...], int]:
    """The same for a calendar that belongs to one system, with the number of entries that cannot
    be read. Raises NotACalendar."""
    place = Place(source=feed.key, system=feed.system, names={}, zone=zone, now=now)
    found, problems = read_calendar(raw, place)
    return found, len(problems)


class NotACalendar(BotError):
    """Nothing in it can be read; the text says why."""


class Unreadable(Exception):
    """One entry cannot be taken; the text says why."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


def _begins(line: str) -> bool:
    return line.strip().upper() == "BEGIN:VEVENT"


def _problem(place: Place, line: int, message: str, hint: str = "") -> Problem:
    return Problem(file=place.source, line=line, column=1, message=message, hint=hint)


def _moved(entries: list[Any]) -> dict[str, set[datetime]]:
    """Occurrences of recurring entries that have an entry of their own."""
    found: dict[str, set[datetime]] = {}
    for entry in entries:
        recurrence = entry.get("RECURRENCE-ID")
        if recurrence is not None:
            at = _moment(recurrence.dt, "UTC")
            found.setdefault(str(entry.get("UID", "")), set()).add(at)
    return found


def _releases(entry: Any, place: Place, moved: Mapping[str, set[datetime]]) -> Iterator[Release]:
    if str(entry.get("STATUS", "")).upper() == "CANCELLED":
        return
    title = outside(str(entry.get("SUMMARY", "")), 120)
    if not title:
        raise Unreadable("this entry has no title (SUMMARY)")
    if entry.get("DTSTART") is None:
        raise Unreadable(f"“{title}” has no beginning (DTSTART)")
    system = place.system or _system_in(title, place.names)
    if system is None:
        hint = "name one with --system, or write a system's name into the title"
        raise Unreadable(f"“{title}” names no system of the estate", hint)
    uid = str(entry.get("UID", "")) or title
    own = entry.get("RECURRENCE-ID")
    apart = moved.get(uid, set()) if own is None else set()
    for at, occurrence in _occurrences(entry, place):
        if own is not None:
            occurrence = _moment(own.dt, "UTC")
        if occurrence in apart or not place.now - BACK <= at <= place.now + AHEAD:
            continue
        yield Release(
            system=system,
            version=title,
            at=at,
            summary=outside(str(entry.get("DESCRIPTION", "")), 300),
            notes=_address(entry),
            uid=_id(place.source, uid, occurrence),
        )


def _id(source: str, uid: str, occurrence: datetime | None) -> str:
    """The same as long as the entry is the same one, also when it is moved."""
    parts = (source, uid, occurrence.isoformat() if occurrence else "")
    return f"ical-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"


def _occurrences(entry: Any, place: Place) -> Iterator[tuple[datetime, datetime | None]]:
    """When it happens, and for a recurring entry which occurrence that is."""
    start = entry.get("DTSTART").dt
    rule = entry.get("RRULE")
    if rule is None:
        yield _moment(start, place.zone), None
        for extra in _dates(entry, "RDATE"):
            at = _moment(extra, place.zone)
            yield at, at
        return
    first = _local(start, place.zone)
    if first.astimezone(UTC) < place.now - OLDEST_RULE:
        raise Unreadable("this recurring entry began more than 20 years ago")
    rules = rruleset()
    rules.rrule(_rule(rule, first))
    for extra in _dates(entry, "RDATE"):
        rules.rdate(_local(extra, place.zone))
    for left_out in _dates(entry, "EXDATE"):
        rules.exdate(_local(left_out, place.zone))
    end = place.now + AHEAD
    begin = (place.now - BACK).astimezone(first.tzinfo)
    coming = rules.xafter(begin, count=MOST_OCCURRENCES, inc=True)
    for at in takewhile(lambda one: one <= end, coming):
        yield at.astimezone(UTC), at.astimezone(UTC)


def _rule(rule: Any, first: datetime) -> Any:
    parts = rule if not isinstance(rule, list) else rule[0]
    frequency = str((parts.get("FREQ") or [""])[0]).upper()
    if frequency not in {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}:
        raise Unreadable(f"an entry that recurs {frequency.lower() or 'somehow'} is no release")
    text = parts.to_ical().decode()
    # An end without a zone means the zone of the beginning (dateutil wants both in UTC).
    text = re.sub(r"UNTIL=(\d{8})(?=;|$)", r"UNTIL=\1T235959Z", text)
    text = re.sub(r"UNTIL=(\d{8}T\d{6})(?=;|$)", r"UNTIL=\1Z", text)
    return rrulestr(text, dtstart=first)


def _dates(entry: Any, name: str) -> Iterator[Any]:
    values = entry.get(name)
    for value in values if isinstance(values, list) else [values] if values is not None else []:
        for one in value.dts:
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _local(value: date | datetime, zone: str) -> datetime:
    """With a zone: that of the entry, or the company's for a day or a time without one."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(zone))
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))


def _moment(value: date | datetime, zone: str) -> datetime:
    return _local(value, zone).astimezone(UTC)


def _system_in(title: str, names: Mapping[str, str]) -> str | None:
    """The system whose name stands in the title, the longest one when several do."""
    words = _words(title)
    found = [name for name in names if _words(name) in words]
    return names[max(found, key=len)] if found else None


def _words(text: str) -> str:
    """The words of a text between single spaces, so that only whole ones are found in it."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _address(entry: Any) -> str:
    url = str(entry.get("URL", ""))
    return outside(url, 300) if url.startswith(("https://", "http://")) else ""
