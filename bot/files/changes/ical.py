"""Reads release calendars in iCalendar form (RFC 5545), recurring entries unfolded.

The text is UTF-8 as RFC 5545 has it, or UTF-16, and no other is guessed. Everything that it begins
also has to end in it; where it does not, the place is told.

A file may hold several calendars, each with a zone and a method of its own, and several versions of
one entry. An entry that cannot be read is a problem and the others still count; its line is where
its BEGIN stands. Nothing in a calendar can keep the reader busy for long: rules that fire more
often than daily are refused, and entries, years and occurrences are bounded.
"""

import hashlib
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from icalendar import Calendar

from bot.core.estate.history import Release, ReleaseFeed
from bot.files.changes.ical_times import (
    AHEAD,
    BACK,
    CalendarEntry,
    UnreadableCalendar,
    Zones,
    in_force,
    moment,
    occurrences,
    same_as,
    value,
)
from bot.files.problems import Problem
from bot.language.errors import BotError
from bot.language.marks import cleaned, outside


def incomplete(text: str) -> str | None:
    """What has no end, and whether the text stops before it could have one; None when every
    beginning has its end."""
    begun: list[tuple[str, int]] = []
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    for at, line in lines:
        said, _, name = (part.strip().upper() for part in line.partition(":"))
        if said == "BEGIN":
            begun.append((name, at))
        elif said == "END" and begun:
            if begun[-1][0] == name:
                begun.pop()
            elif at < lines[-1][0] or not begun[-1][0].startswith(name):
                return _without_end(*begun[-1])
    if not begun:
        return None
    cut = f"it is cut off at line {lines[-1][0]}"
    return f"{cut}: {_without_end(*begun[-1])}; get the whole file again"


def _without_end(name: str, at: int) -> str:
    return f"BEGIN:{name[:40]} in line {at} has no END:{name[:40]}"


# A line that was folded inside a character, as the RFC allows: the rest of it goes before the fold.
_FOLDED = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})(\r?\n[ \t])([\x80-\xbf]{1,3})")
_UTF_16 = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"B\0", "utf-16-le"),
    (b"\0B", "utf-16-be"),
)


class NotACalendar(BotError):
    """Nothing in it can be read; the text says why."""


def text_of(raw: bytes) -> str:
    """The characters of a calendar. Raises NotACalendar."""
    name = next((name for begins, name in _UTF_16 if raw.startswith(begins)), "")
    try:
        if name:
            return raw.decode(name)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            # Only when the plain reading fails: some programs fold by octets, in the middle of a
            # letter.
            return _FOLDED.sub(rb"\1\3\2", raw).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not name and b"BEGIN:VCALENDAR" not in raw.upper():
            return raw.decode(errors="replace")  # that it is no calendar is told by its reader
        if name:
            said = "it begins as UTF-16 and does not go on so"
        else:
            line = raw.count(b"\n", 0, error.start) + 1
            said = f"it is not in UTF-8, as line {line} shows"
        raise NotACalendar(f"{said}: export it again, or save it as UTF-8") from None


_WORD = re.compile(r"[^\W_]+")
# At the beginning of a line they would become a blank, which continues the line before.
_ODD = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
_ODD_BEGIN = re.compile(rf"^[{_ODD}][{_ODD} \t]*", re.MULTILINE)
# Nothing continues such a line: what pretends to would change the name of what begins there.
_CONTINUED = re.compile(r"^((?:BEGIN|END):[\w-]+[ \t]*[\r\n]+)[ \t]+", re.IGNORECASE | re.MULTILINE)
LARGEST = 5 * 1024 * 1024
MOST_ENTRIES = 5000
_TIMES = frozenset({"DTSTART", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})


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
    found: dict[str, Release] = {}
    problems: list[Problem] = []
    text = _CONTINUED.sub(r"\1", cleaned(_ODD_BEGIN.sub("", text_of(raw))))
    entries = _entries(text, place, problems)
    moved, valid = _moved(entries), in_force(entries)
    unread = {one.uid: one for one in entries if one.uid and _moves_the_rest(one.event)}
    told = {one.uid for one in valid} & unread.keys()
    # Without the moved part every later occurrence would be announced at the wrong time.
    problems += [_problem(place, unread[uid].line, _whole(unread[uid])) for uid in sorted(told)]
    for entry in (one for one in valid if one.uid not in unread):
        try:
            found.update({one.id: one for one in _releases(entry, place, moved)})
        except UnreadableCalendar as error:
            problems.append(_problem(place, entry.line, str(error), error.hint))
        # What the library raises for odd values is not one class; one entry must not hide the
        # others.
        except (ValueError, TypeError, AttributeError, OverflowError, KeyError) as error:
            said = f"this entry cannot be read: {outside(str(error), 120)}"
            problems.append(_problem(place, entry.line, said))
    ordered = sorted(found.values(), key=lambda one: (one.at, one.id))
    return tuple(ordered), tuple(sorted(problems, key=lambda one: one.line))


def _entries(text: str, place: Place, problems: list[Problem]) -> list[CalendarEntry]:
    """The entries of all calendars in the text, in its order. Raises NotACalendar."""
    calendars = _calendars(text)
    lines = _lines_of(text, "BEGIN:VEVENT")
    begun = _lines_of(text, "BEGIN:VCALENDAR")
    if len(begun) > len(calendars):
        why = incomplete(text) or "a calendar in it has no end (END:VCALENDAR)"
        problems.append(_problem(place, begun[-1], f"not read: {why}"))
    found: list[CalendarEntry] = []
    for one in calendars:
        zone = str(one.get("X-WR-TIMEZONE", "")).strip()
        zones = Zones(company=place.zone, calendar=zone)
        cancels = _said(one, "METHOD") == "CANCEL"
        for event in one.walk("VEVENT"):
            # The library keeps no lines, so the n-th entry is taken for the n-th BEGIN:VEVENT.
            line = lines[len(found)] if len(found) < len(lines) else 1
            off = cancels or _said(event, "STATUS") == "CANCELLED" or _titled_off(event)
            found.append(CalendarEntry(event=event, line=line, zones=zones, called_off=off))
    if len(found) > MOST_ENTRIES:
        problems.append(_problem(place, 1, f"only the first {MOST_ENTRIES} entries are read"))
    return found[:MOST_ENTRIES]


def _calendars(text: str) -> list[Any]:
    """The calendars that can be told apart in the text, at least one. Raises NotACalendar."""
    try:
        # It warns of zones that it takes from a maker's own name for them. The end of a line keeps
        # it from opening a file that a text of one line names.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Calendar.from_ical(f"{text}\n", multiple=True)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise _no_calendar(text, outside(str(error), 120)) from None
    if not found:
        raise _no_calendar(text, "nothing in it is complete")
    return found


def _no_calendar(text: str, why: str) -> NotACalendar:
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return NotACalendar("it is not an iCalendar file, which begins with BEGIN:VCALENDAR")
    return NotACalendar(incomplete(text) or f"it cannot be read as a calendar ({why})")


def _lines_of(text: str, beginning: str) -> list[int]:
    return [at for at, line in enumerate(text.splitlines(), 1) if line.strip().upper() == beginning]


# What Outlook writes before the title of a meeting that was called off, beside STATUS:CONFIRMED.
_OFF = re.compile(
    r"(?:Cancell?ed|Abgesagt|Geannuleerd|Annulée?|Cancelad[oa]|Annullat[oa])[ \u00a0]?: ?\S",
    re.IGNORECASE,
)


def _titled_off(event: Any) -> bool:
    return _OFF.match(str(event.get("SUMMARY", "")).strip()) is not None


def _said(component: Any, name: str) -> str:
    return str(component.get(name, "")).strip().upper()


def read_feed(
    raw: bytes, feed: ReleaseFeed, zone: str, now: datetime
) -> tuple[tuple[Release, ...], int]:
    """The releases of a calendar that belongs to one system, and the number of its entries that
    cannot be read. Raises NotACalendar."""
    place = Place(source=feed.key, system=feed.system, names={}, zone=zone, now=now)
    found, problems = read_calendar(raw, place)
    return found, len(problems)


def _problem(place: Place, line: int, message: str, hint: str = "") -> Problem:
    return Problem(file=place.source, line=line, column=1, message=message, hint=hint)


def _moved(entries: list[CalendarEntry]) -> Mapping[str, list[date | datetime]]:
    """Occurrences of recurring entries that have an entry of their own, by UID."""
    found: defaultdict[str, list[date | datetime]] = defaultdict(list)
    for entry in entries:
        try:
            own = value(entry.event, "RECURRENCE-ID")
        except (UnreadableCalendar, AttributeError):  # told when the entry itself is read
            continue
        if own is not None:
            found[entry.uid].append(own)
    return found


def _releases(
    entry: CalendarEntry, place: Place, moved: Mapping[str, list[date | datetime]]
) -> Iterator[Release]:
    event, zones = entry.event, entry.zones
    title = outside(str(event.get("SUMMARY", "")), 120)
    own = _own_place(event, title)
    if not title:
        raise UnreadableCalendar("this entry has no title (SUMMARY)")
    if event.get("DTSTART") is None:
        raise UnreadableCalendar(f"“{title}” has no beginning (DTSTART)")
    system = place.system or _system_in(title, place.names)
    if system is None:
        hint = "name one with --system, or write a system's name into the title"
        raise UnreadableCalendar(f"“{title}” names no system of the estate", hint)
    # Some programs write no UID; the title with the day is what is left to know it by.
    uid = entry.uid or title
    apart = moved.get(uid, []) if own is None else []
    for at, occurrence in _times(event, place, zones, apart):
        # Calendars keep years of the past, and nobody is asked about those.
        if not place.now - BACK <= at <= place.now + AHEAD:
            continue
        which = moment(own, zones) if own is not None else occurrence
        yield Release(
            system=system,
            version=title,
            at=at,
            summary=outside(str(event.get("DESCRIPTION", "")), 300),
            notes=_address(event),
            uid=_id(place.source, uid, which if entry.uid else which or at),
            entry=_id("", uid, which) if entry.uid else "",
        )


_MOVES = "moves or calls off all that follow it as well, which is not read"


def _moves_the_rest(event: Any) -> bool:
    own = event.get("RECURRENCE-ID")
    return own is not None and "RANGE" in getattr(own, "params", ())


def _whole(entry: CalendarEntry) -> str:
    title = outside(str(entry.event.get("SUMMARY", "")), 120) or entry.uid
    return f"“{outside(title, 120)}” {_MOVES}: nothing of its series is taken"


def _own_place(entry: Any, title: str) -> date | datetime | None:
    """Which occurrence of its series an entry replaces; None for a series or a single entry."""
    broken = next((why for name, why in entry.errors if name in _TIMES), None)
    if broken is not None:
        raise UnreadableCalendar(f"this entry cannot be read: {outside(str(broken), 120)}")
    own = value(entry, "RECURRENCE-ID")
    if _moves_the_rest(entry):
        raise UnreadableCalendar(f"“{title}” {_MOVES}")
    if entry.get("EXRULE") is not None:
        raise UnreadableCalendar(f"“{title}” leaves days out by a rule (EXRULE), which is not read")
    return own


def _id(source: str, uid: str, occurrence: datetime | None) -> str:
    """The id of an entry, which stays when the entry is moved."""
    parts = (source, uid, occurrence.isoformat() if occurrence else "")
    # What people answered of a release is kept under this, so it stays while the entry does.
    return f"ical-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"


def _times(
    entry: Any, place: Place, zones: Zones, apart: list[date | datetime]
) -> Iterator[tuple[datetime, datetime | None]]:
    """When it happens but for what stands `apart`, and for a recurring entry which occurrence."""
    start = value(entry, "DTSTART")
    if start is None:
        return
    if entry.get("RRULE") is None and entry.get("RDATE") is None:
        yield moment(start, zones), None
        return
    elsewhere = [same_as(one, start, zones) for one in apart]
    for at, wall in occurrences(entry, zones, place.now):
        if not any(same(wall) for same in elsewhere):
            yield at, at


def _system_in(title: str, names: Mapping[str, str]) -> str | None:
    """The system whose name stands in the title, the longest one when several do."""
    words = _words(title)
    found = [name for name in names if _words(name) in words]
    # The longest: “ERP Test” holds “ERP” as well.
    return names[max(found, key=len)] if found else None


def _words(text: str) -> str:
    """The words of a text between single spaces, so that only whole ones are found in it."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _address(entry: Any) -> str:
    url = str(entry.get("URL", ""))
    return outside(url, 300) if url.startswith(("https://", "http://")) else ""
