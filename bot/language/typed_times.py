"""A moment as people type it: a date, a time, a weekday or a duration.

A day alone means until its end, in the zone of the person whom it concerns.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from bot.language.errors import Invalid
from bot.language.local_time import DAY, begins, day_begins, ends, local_day, moments_at
from bot.language.marks import as_typed
from bot.language.units import duration_hint, in_months, parse_duration

BACK = frozenset({"back", "they are back", "further notice", "i am back", "open end"})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm|h)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3})[a-z]*\.?(?: (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_YEARS = 100  # what lies further away nobody means
_EXPECTED = "a date (2027-12-31), a weekday, a time (17:00), a duration (3d) or “back”"


def read_until(text: str, now: datetime, timezone: str) -> datetime | None:
    """The moment meant, aware and in UTC; None for "back". Raises Invalid, saying what to write,
    for anything else and for what is over already."""
    said = _plain(text).removeprefix("until ").strip()
    if said in BACK:
        return None
    found = _span(said, now) or _day_and_clock(said, now, timezone)
    if found is None:
        raise Invalid(f"Until when? I cannot read “{as_typed(said, 40)}”; write {_EXPECTED}.")
    if found <= now:
        raise Invalid(f"“{as_typed(said, 40)}” is over already; write {_EXPECTED}.")
    return found.astimezone(UTC)


def read_past(text: str, now: datetime, timezone: str) -> datetime:
    """A moment that is over: `2h ago`, `09:30` (the last one), `yesterday 17:00`, `2027-02-28
    09:30` or `now`; in UTC. Raises Invalid, saying what to write, for anything else."""
    said = _plain(text)
    found = _back_from(said, now, timezone)
    if found is None:
        raise Invalid(f"When? I cannot read “{as_typed(said, 40)}”; write {_PAST}.")
    if found > now:
        raise Invalid(f"“{as_typed(said, 40)}” lies ahead; write {_PAST}.")
    return found.astimezone(UTC)


_PAST = "a time (09:30), a date and a time (2027-02-28 09:30) or how long ago (2h ago)"


def _back_from(said: str, now: datetime, zone: str) -> datetime | None:
    if said == "now":
        return now
    if said.endswith(" ago"):
        try:
            return now - parse_duration(said.removesuffix(" ago"))
        except (ValueError, OverflowError):
            return None
    day, _, last = said.rpartition(" ")
    clock = _clock(last)
    if clock is None:
        return None
    today = local_day(now, zone)
    if not day:
        return _last_at(today, clock, now, zone) or _last_at(today - DAY, clock, now, zone)
    named = {"today": today, "yesterday": today - DAY}.get(day) or _day(day, today)
    if named is None:
        return None
    return _last_at(named, clock, now, zone) or begins(named, clock, zone)


def _last_at(day: date, clock: time, now: datetime, zone: str) -> datetime | None:
    """The last moment until `now` at which clocks show `clock` on `day`; None when there is none.
    What the clocks jump over counts as the moment after the jump."""
    shown = moments_at(day, clock, zone) or (begins(day, clock, zone),)
    return max((one for one in shown if one <= now), default=None)


def _plain(text: str) -> str:
    """Without case and odd blanks. Raises Invalid where that would make minutes of months."""
    if in_months(text):
        raise Invalid(f"I cannot read “{as_typed(text, 40)}”: {duration_hint(text)}.")
    return " ".join(text.casefold().replace(",", " ").split())


def _span(said: str, now: datetime) -> datetime | None:
    try:
        return now + parse_duration(said.removeprefix("for "))
    except (ValueError, OverflowError):
        return None


def _day_and_clock(said: str, now: datetime, zone: str) -> datetime | None:
    today = local_day(now, zone)
    day = _day(said, today)
    if day is not None:
        return day_begins(day + DAY, zone)
    clock = _clock(said)
    if clock is not None:
        last = ends(today, clock, zone)
        return last if last > now else ends(today + DAY, clock, zone)
    before, _, word = said.rpartition(" ")
    day, clock = _day(before.removesuffix(" at"), today), _clock(word)
    return ends(day, clock, zone) if day is not None and clock is not None else None


def _clock(said: str) -> time | None:
    form = _CLOCK.fullmatch(said)
    if form is None or (form.group(2) is None and form.group(3) is None):
        return None
    hour, minute = int(form.group(1)), int(form.group(2) or 0)
    if form.group(3) in ("am", "pm"):
        hour = hour % 12 + (12 if form.group(3) == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(said: str, today: date) -> date | None:
    if said in ("today", "tomorrow"):
        return today + timedelta(days=said == "tomorrow")
    word = said.removeprefix("next ").removeprefix("on ")
    if word[:3] in _DAYS and (len(word) == 3 or word.endswith("day")):
        return today + timedelta(days=(_DAYS.index(word[:3]) - today.weekday()) % 7 or 7)
    return _written(said, today)


def _written(said: str, today: date) -> date | None:
    try:
        if form := _ISO.fullmatch(said):
            found = date(*(int(part) for part in form.groups()))
            return found if abs(found.year - today.year) <= _YEARS else None
        if form := _DAY_FIRST.fullmatch(said):
            day, month, year = form.groups()
        elif form := _MONTH_FIRST.fullmatch(said):
            month, day, year = form.groups()
        else:
            return None
        number = _MONTHS.index(month) + 1
        found = date(int(year or today.year), number, int(day))
        if abs(found.year - today.year) > _YEARS:
            return None
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None
