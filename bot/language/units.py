"""Durations and identifiers as people write and read them."""

import re
from collections.abc import Sequence, Sized
from datetime import timedelta

_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)", re.ASCII)
_MONTHS = re.compile(r"\d\s*M\b")  # as people write months
# As ISO 8601 writes them, where an M behind the T is minutes: PT1H30M.
_ISO = re.compile(r"P(?=T?\d)(\d+W)?(\d+D)?(?:T(\d+H)?(\d+M)?(\d+S)?)?", re.ASCII | re.I)
_LONGEST = timedelta(days=36_525)  # a hundred years; beyond it, sums with dates fail
DRILL_MARK = "DRILL"  # tells a drill from a break, in every text
_INCIDENT = re.compile(r"(?:inc\s*[-#]?)?0*(\d{1,9})", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"(inc(?:\s*#?\d|-)\S*|\d+)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)


class TooLong(ValueError):
    """A duration that no clock can count."""


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `15m`, `1h30m`, `2d`. Raises ValueError with the accepted forms."""
    cleaned = text.strip().lower()
    if in_months(text) or not _DURATION.fullmatch(cleaned):
        raise ValueError(f"{text!r} is not a duration; {duration_hint(text)}")
    parts = _PART.findall(cleaned)
    seconds = sum(float(size) * _UNIT_SECONDS[unit] for size, unit in parts)
    if not seconds <= _LONGEST.total_seconds():
        raise TooLong(f"{text!r} is too long a duration: a hundred years at most")
    return timedelta(seconds=seconds)


def in_months(text: str) -> bool:
    """Whether a number stands before a capital M, which some mean as months and some as minutes."""
    return _MONTHS.search(text) is not None


def duration_hint(text: str) -> str:
    """What to write in place of a text that is no duration."""
    if iso := _ISO.fullmatch(text.strip()):
        return f"write {''.join(part.lower() for part in iso.groups() if part)}"
    if in_months(text):
        minutes = _MONTHS.sub(lambda found: found.group().lower(), text.strip())
        return f"did you mean '{minutes.lstrip('Pp')}'? that is minutes, and a month is 30d"
    return "write for example 90s, 15m, 1h30m or 2d"


def say_duration(span: timedelta) -> str:
    """Two units at most, rounded down: `45 s`, `1 h 20 min`, `3 d 4 h`. Sign is dropped."""
    seconds = int(abs(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return f"{minutes} min"
    if hours < 24:
        rest = minutes % 60
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    rest = hours % 24
    return f"{days} d {rest} h" if rest else f"{days} d"


def say_limit(span: timedelta) -> str:
    """A limit that was set, to the part of a second: `0.5 s`, `1.5 s`, `2 min`."""
    seconds = span.total_seconds()
    return f"{seconds:g} s" if seconds < 60 else say_duration(span)


def write_duration(span: timedelta) -> str:
    """The shortest form that `parse_duration` reads back to the same second."""
    seconds = int(span.total_seconds())
    for unit in ("w", "d", "h", "m"):
        size = int(_UNIT_SECONDS[unit])
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def say_count(number: int, noun: str) -> str:
    """`1 record`, `1,204 records`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def are(many: Sized) -> str:
    return "is" if len(many) == 1 else "are"


def say_names(names: Sequence[str], most: int = 3) -> str:
    """The first few of them, and how many more."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def say_apart(span: timedelta, limit: timedelta) -> tuple[str, str]:
    """A span and the limit that it is beyond: in as many units as it takes to tell them apart."""
    said, bound = say_duration(span), say_duration(limit)
    if said == bound:
        said, bound = _in_full(span), _in_full(limit)
    return (f"just over {said}", bound) if said == bound else (said, bound)


def _in_full(span: timedelta) -> str:
    """To the second."""
    left, parts = int(abs(span.total_seconds())), []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts) or "0 s"


def incident_key(number: int) -> str:
    return f"INC-{number}"


def parse_incident_key(text: str) -> int | None:
    """The number in `INC-42`, `inc42`, `INC 42`, `INC#42` or `42`; None when the text is none of
    these, and for a number that is larger than any of ours."""
    match = _INCIDENT.fullmatch(text.strip())
    return int(match.group(1)) if match else None


def names_incident(text: str) -> tuple[str, str] | None:
    """The incident that a text names before anything else, as it is written, and the words behind
    it; None for a text that names none. What is written may be no incident: whoever writes
    `INC-4x` means one, and not another one. A number means one where nothing stands behind it."""
    match = _NAMED.fullmatch(text.strip())
    if match is None or (match[1].isdigit() and match[2]):
        return None
    return match[1].rstrip(",.:;"), match[2] or ""
