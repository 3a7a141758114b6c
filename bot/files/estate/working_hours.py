"""Working hours as people write them: `Mon-Fri 07:00-18:00`, `Mon,Wed 08:00-12:00`, `always`."""

import re
from datetime import time

from bot.core.estate.catalogue import Hours
from bot.core.estate.windows import Weekly

ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"([A-Za-z,\s-]+?)\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
# A hostile text of twice the length takes the patterns four times as long.
_LONGEST = 100
_EXPECTED = "write for example Mon-Fri 07:00-18:00, Mon,Thu 08:00-12:00 or always"


ROUND_THE_CLOCK = Hours(days=(), start=time(), end=time(), timezone="")


def read_hours(text: str) -> Hours:
    """Without a zone as yet; an end of 00:00 is the end of the day. Raises ValueError, which says
    what to write."""
    if text.strip().lower() == ALWAYS:
        return ROUND_THE_CLOCK
    form = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if form is None:
        raise ValueError(f"these are not working hours: {_EXPECTED}")
    days, start, end = _days(form.group(1)), _time(form.group(2)), _end(form.group(3))
    if end <= start and end != time():
        raise ValueError("working hours must end later on the same day than they start")
    return Hours(days=days, start=start, end=end, timezone="")


def _days(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = (name.strip().lower()[:3] for name in part.partition("-"))
        last = last or first
        if first not in _DAYS or last not in _DAYS:
            raise ValueError(f"unknown weekday in '{part.strip()}': {_EXPECTED}")
        start, end = _DAYS.index(first), _DAYS.index(last)
        # “Fri-Mon” goes over the end of the week.
        span = range(start, end + 1) if start <= end else (*range(start, 7), *range(end + 1))
        found.update(day + 1 for day in span)
    return tuple(sorted(found))


def _time(text: str) -> time:
    hours, minutes = (int(part) for part in text.split(":"))
    if hours > 23 or minutes > 59:
        raise ValueError(f"'{text}' is not a time of day")
    return time(hours, minutes)


def _end(text: str) -> time:
    """Midnight at the end of a day may be written 24:00; 00:00 means the same."""
    return time() if text == "24:00" else _time(text)


_FROM = re.compile(r"([A-Za-z,\s-]+?)\s+(\d{1,2}:\d{2})")


def read_weekly(text: str) -> Weekly:
    """`Sun 02:00-06:00`; an end at or before the start lies on the next day. Raises ValueError."""
    form = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if form is None:
        raise ValueError("this is no weekly window: write for example Sun 02:00-06:00")
    return Weekly(days=_days(form.group(1)), start=_time(form.group(2)), end=_end(form.group(3)))


def read_from(text: str) -> tuple[tuple[int, ...], time]:
    """`Mon-Fri 07:30` as ISO weekdays and a time. Raises ValueError."""
    form = _FROM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if form is None:
        raise ValueError("write weekdays and a time, for example Mon-Fri 07:30")
    return _days(form.group(1)), _time(form.group(2))
