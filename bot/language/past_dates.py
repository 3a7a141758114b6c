"""Days as people write them in a question: `1 March`, `2026-03-01`, `last month`, `3 weeks ago`.

Rule of this file: a day without a year is the last one that has been; what is no day is None.
"""

import re
from datetime import UTC, date, datetime, timedelta

from dateutil import parser
from dateutil.relativedelta import relativedelta

from bot.language.local_time import DAY, day_begins, local_day

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_ISO = re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b")
_DAY = re.compile(
    rf"\b(?:\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b(?:,?\s+\d{{4}})?"
    rf"|(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+\d{{4}})?)",
    re.IGNORECASE,
)
# A lone month needs a word before it or a year behind it: "who may" names no month.
_MONTH = re.compile(
    rf"\b(?:in|during|since|by|of|last)\s+((?:{_MONTHS})\b(?:\s+\d{{4}})?)"
    rf"|\b((?:{_MONTHS})\s+\d{{4}})",
    re.IGNORECASE,
)
_AGO = re.compile(r"\b(\d{1,3}|a|an|one|two|three|six)\s+(day|week|month|year)s?\s+ago\b", re.I)
_LAST = re.compile(r"\blast\s+(week|month|quarter|year)\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "six": 6}
_SPANS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def day_in(text: str, today: date) -> date | None:
    """The day that a question names, seen from `today`; None when it names none."""
    if "yesterday" in text.lower():
        return today - timedelta(days=1)
    ago = _AGO.search(text)
    last = _LAST.search(text)
    if ago:
        return _back(today, ago[2], _NUMBERS.get(ago[1].lower()) or int(ago[1]))
    return _back(today, last[1]) if last else _written(text, today)


def _back(today: date, unit: str, number: int = 1) -> date:
    day: date = today - number * _SPANS[unit.lower()]
    return day


def _written(text: str, today: date) -> date | None:
    iso, day = _ISO.search(text), _DAY.search(text)
    month = _MONTH.search(text)
    words = iso[0] if iso else day[0] if day else (month[1] or month[2]) if month else ""
    if not words:
        return None
    # A month without a day means its first: whoever owned it then, owned it in that month.
    default = datetime(today.year, 1, 1, tzinfo=UTC)
    try:
        found = parser.parse(words.lower().replace(" of ", " "), default=default, dayfirst=not iso)
    except (ValueError, OverflowError):
        return None
    named: date = found.date()
    year_given = re.search(r"\d{4}", words) is not None
    return named if year_given or named <= today else _back(named, "year")


def span_in(text: str, now: datetime, timezone: str) -> tuple[datetime, datetime] | None:
    """Begin and end of the day that a question names, on the company's clock."""
    day = day_in(text, local_day(now, timezone))
    if day is None:
        return None
    try:
        return day_begins(day, timezone), day_begins(day + DAY, timezone)
    except OverflowError:  # the first or the last day that there is
        return None
