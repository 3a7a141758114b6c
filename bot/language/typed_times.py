"""A moment as people type it: a date, a time, a weekday, a duration, or the day of a question.

A day alone means until its end, in the zone of the person whom it concerns.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from bot.language.errors import Invalid
from bot.language.local_time import DAY, MONTHS, begins, day_begins, ends, local_day, moments_at
from bot.language.marks import as_typed
from bot.language.units import duration_hint, in_months, parse_duration

BACK = frozenset({"back", "they are back", "further notice", "i am back", "open end"})
SPAN = r"(?:\d+(?:\.\d+)?\s*(?:m|h|d|w|min|hours?|days?|weeks?)\b\s*)+"
_LONG_UNIT = re.compile(r"(?<=\d)\s*(min|hours?|days?|weeks?)\b")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm|h)?")
_ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?: (?P<year>\d{4}))?"
# Within a question a month is written as one: "mark 3" is no third of March.
_IN_TEXT = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b"
)
_ALONE = r"(?P<month>[a-z]{3})[a-z]*\.?"
_TYPED = tuple(
    re.compile(form)
    for form in (_ISO, rf"{_DAY}\.? (?:of )?{_ALONE}{_YEAR}", rf"{_ALONE} {_DAY}{_YEAR}")
)
_ASKED_ISO = re.compile(rf"\b{_ISO}\b")
_ASKED = tuple(
    re.compile(form)
    for form in (
        # The American order only where it can be no other: 3/14/2026, but 3/4/2026 is the 3rd of
        # April.
        r"\b(?P<month>0?[1-9]|1[0-2])[./](?P<day>1[3-9]|2\d|3[01])[./](?P<year>\d{4})",
        r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})",
        rf"\b{_DAY} (?:of )?{_IN_TEXT}{_YEAR}",
        rf"\b{_IN_TEXT} {_DAY}\b(?!\d){_YEAR}",
    )
)
# A lone month needs a word before it or a year behind it: "who may" names no month.
_ASKED_MONTH = (
    re.compile(rf"\b(?:in|during|since|by|of|last) {_IN_TEXT}{_YEAR}"),
    re.compile(rf"\b{_IN_TEXT} (?P<year>\d{{4}})"),
)
_AGO = re.compile(r"\b(\d{1,3}|an?|one|two|three|six) (day|week|month|year)s? ago\b")
_LAST = re.compile(r"\blast (week|month|quarter|year)\b")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "six": 6}
_BACK = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
_YEARS = 100  # what lies further away nobody means
_EXPECTED = "a date (2027-12-31), a weekday, a time (17:00), a duration (3d) or “back”"
_PAST = "a time (09:30), a date and a time (2027-02-28 09:30) or how long ago (2h ago)"


def read_until(text: str, now: datetime, timezone: str) -> datetime | None:
    """The moment meant, aware and in UTC; None for "back". Raises Invalid, saying what to write,
    for anything else and for what is over already."""
    said = _plain(text).removeprefix("until ").strip()
    if said in BACK:
        return None
    span = _span(said.removeprefix("for "), lambda span: now + span)
    found = span or _day_and_clock(said, now, timezone)
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


def _back_from(said: str, now: datetime, zone: str) -> datetime | None:
    if said == "now":
        return now
    if said.endswith(" ago"):
        return _span(said.removesuffix(" ago"), lambda span: now - span)
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


def _span(said: str, moment: Callable[[timedelta], datetime]) -> datetime | None:
    short = _LONG_UNIT.sub(lambda found: found[1][0], said)
    try:
        return moment(parse_duration(short))
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
        # “Until 9:00”, said in the evening, is tomorrow's.
        return last if last > now else ends(today + DAY, clock, zone)
    before, _, word = said.rpartition(" ")
    day, clock = _day(before.removesuffix(" at"), today), _clock(word)
    return ends(day, clock, zone) if day is not None and clock is not None else None


def _clock(said: str) -> time | None:
    form = _CLOCK.fullmatch(said)
    # A bare number is no time: “until 3” may be a day, an hour or a count.
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
        # On a Monday “until Monday” means the next one.
        return today + timedelta(days=(_DAYS.index(word[:3]) - today.weekday()) % 7 or 7)
    form = next((found for one in _TYPED if (found := one.fullmatch(said))), None)
    day = _written(form, today, ahead=True) if form else None
    return day if day and abs(day.year - today.year) <= _YEARS else None


def _written(form: re.Match[str], today: date, *, ahead: bool) -> date | None:
    """A day without a year is the next one, or the last one that has been."""
    said = form.groupdict()
    month, year = said["month"], said["year"]
    try:
        number = int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1
        day = date(int(year or today.year), number, int(said.get("day") or 1))
        if ahead:
            return day if year or day >= today else day.replace(year=day.year + 1)
    except ValueError:
        return None
    return day if year or day <= today else _back(day, "year")


def span_in(text: str, now: datetime, timezone: str) -> tuple[datetime, datetime] | None:
    """Begin and end of the day that a question names, on the company's clock."""
    day = day_in(text, local_day(now, timezone))
    if day is None:
        return None
    try:
        return day_begins(day, timezone), day_begins(day + DAY, timezone)
    except OverflowError:  # the first or the last day that there is
        return None


def day_in(text: str, today: date) -> date | None:
    """The day that a question names, seen from `today`: `1 March`, `2026-03-01`, `last month`,
    `3 weeks ago`. A month without a day means its first; None when it names no day."""
    said = " ".join(text.casefold().replace(",", " ").split())
    if "yesterday" in said:
        return today - DAY
    if ago := _AGO.search(said):
        return _back(today, ago[2], _NUMBERS.get(ago[1]) or int(ago[1]))
    if last := _LAST.search(said):
        return _back(today, last[1])
    form = _ASKED_ISO.search(said) or _first(_ASKED, said) or _first(_ASKED_MONTH, said)
    return _written(form, today, ahead=False) if form else None


def _first(forms: Iterable[re.Pattern[str]], said: str) -> re.Match[str] | None:
    found = [match for form in forms if (match := form.search(said))]
    return min(found, key=lambda match: match.start(), default=None)


def _back(today: date, unit: str, number: int = 1) -> date:
    day: date = today - number * _BACK[unit]
    return day
