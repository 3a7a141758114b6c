"""Moments as far ends write them. A text is read whole, in the one way it can be meant, or not
at all: a number of digits is a day, a second or a count of seconds by its length and nothing else.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.language.local_time import begins, local
from bot.language.zones import zone_names

# What systems write where there is no date lies before any of them ran (the years 1, 1753, 1900,
# 1970) or at the end of the calendar.
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_NOTHING = re.compile(r"0{8,14}|0000-00-00.*|0001-01-01.*|-62135596800(?:000)?", re.ASCII)
_NO_END = re.compile(r"9999-12-31.*|99991231\d*", re.ASCII)
# A year before the end of the calendar: the last day itself overflows in zones east of UTC.
NEVER_ENDS = datetime(9998, 12, 31, tzinfo=UTC)
_NET_DATE = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/")
_DIGITS = re.compile(r"(\d{8,19})(?:\.(\d{1,9}))?")
_EXPONENT = re.compile(r"\d\.\d{1,17}[eE]\+?\d{1,2}")
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-?W\d{2}-?\d)"
    r"(?:[Tt ](?P<clock>\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,12})?)?)?))?"
    r"\s?(?P<offset>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
    r"\s?(?P<zone>\[[\w/+-]{1,40}\]|[A-Z]\w{2,20}/[\w/+-]{1,40})?",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MAIL = re.compile(
    rf"(?:({'|'.join(_WEEKDAYS)}), )?(\d{{1,2}})[ -]({'|'.join(_MONTHS)})[ -](\d{{4}})"
    r" (\d{2}:\d{2}(?::\d{2})?) (GMT|UTC|Z|[+-]\d{4})",
    re.ASCII,
)
# Epochs by the number of digits. Nine digits of seconds are 1973 to 2001, thirteen of
# milliseconds 2001 to 2286; what has eight, twelve or fourteen is no such count in our time.
_EPOCHS = {9: 1, 10: 1, 13: 1_000, 15: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_STAMPS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def to_timestamp(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """An aware UTC moment; None for what cannot be read, and for an empty date. Read are ISO 8601
    with an offset, a zone or neither, digits such as `20261120` and `20261120095500`, the epoch in
    seconds, milli-, micro- or nanoseconds, dates as in mail and HTTP, and `/Date(ms)/`.

    `zone` is where a timestamp without an offset was written.
    """
    found = _moment(_text(value), zone)
    return found if found and is_date(found) else None


def _text(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)
    return value.strip() if isinstance(value, str) else ""


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        return _read(text, zone)
    except (ValueError, OverflowError, OSError):
        return None


def is_date(at: datetime) -> bool:
    """Whether a moment is one at all, and not what a system writes for none."""
    return _EARLIEST <= at < _LATEST


def empty_date(value: Any, zone: tzinfo = UTC) -> str:
    """What a far end wrote for no date, such as `1900-01-01`; empty for anything else."""
    text = _text(value)
    found = _moment(text, zone)
    empty = not is_date(found) if found else _NOTHING.fullmatch(text) or _NO_END.fullmatch(text)
    return text[:60] if empty else ""


def never_ends(value: Any, zone: tzinfo = UTC) -> bool:
    """Whether an end is written as the end of the calendar: there is none."""
    text = _text(value)
    found = _moment(text, zone)
    return found >= _LATEST if found else _NO_END.fullmatch(text) is not None


def is_never(value: Any) -> bool:
    """Whether a far end says that there is no such moment: null, nothing or 0."""
    return value is None or str(value).strip() in ("", "0")


def _read(text: str, zone: tzinfo) -> datetime | None:
    if net := _NET_DATE.fullmatch(text):
        return _epoch(int(net.group(1)), 1_000)
    if _EXPONENT.fullmatch(text):
        text = f"{float(text):.6f}"
    if digits := _DIGITS.fullmatch(text):
        return _from_digits(digits.group(1), digits.group(2) or "", zone)
    if mail := _MAIL.fullmatch(text):
        return _from_mail(mail)
    iso = _ISO.fullmatch(text)
    return _from_iso(iso, zone) if iso else None


def _from_digits(whole: str, fraction: str, zone: tzinfo) -> datetime | None:
    if len(whole) == 17:  # milliseconds behind the seconds, without a point
        whole, fraction = whole[:14], whole[14:] if not fraction else ""
    if per_second := _EPOCHS.get(len(whole)):
        # 2026112009 is the ninth hour of a day and a second of the year 2034.
        if len(whole) == 10 and _also_an_hour(whole):
            return None
        # A fraction of a second stands behind a count of seconds only; of less it is dust.
        part = timedelta(seconds=float(f"0.{fraction or 0}") / per_second)
        return _epoch(int(whole), per_second) + part
    form = _STAMPS.get(len(whole))
    if form is None or (fraction.strip("0") and len(whole) != 14):
        return None
    wall = datetime.strptime(whole, form)  # noqa: DTZ007 - the zone comes next
    part = timedelta(microseconds=int(f"{fraction:0<6}"[:6])) if fraction else timedelta()
    return begins(wall.date(), (wall + part).time(), zone)


def _also_an_hour(digits: str) -> bool:
    """Whether ten digits may be year, month, day and hour as well: nobody can tell which."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H").year >= 1990  # noqa: DTZ007 - only its form
    except ValueError:
        return False


def _from_mail(form: re.Match[str]) -> datetime | None:
    weekday, day, month, year, clock, offset = form.groups()
    on = date(int(year), _MONTHS.index(month) + 1, int(day))
    # One of the two is wrong, and nobody can tell which.
    if weekday and _WEEKDAYS[on.weekday()] != weekday:
        return None
    away = "+0000" if offset in ("GMT", "UTC", "Z") else offset
    return begins(on, time.fromisoformat(clock), _offset(away))


def _from_iso(form: re.Match[str], zone: tzinfo) -> datetime | None:
    day = date.fromisoformat(form["day"])
    clock = time.fromisoformat(form["clock"]) if form["clock"] else time()
    named = _named(form["zone"]) if form["zone"] else None
    if not form["offset"]:
        return begins(day, clock, named or zone)
    if not form["clock"]:
        return None
    moment = begins(day, clock, _offset(form["offset"]))
    if named is not None and local(moment, named).replace(tzinfo=None) != datetime.combine(
        day, clock
    ):
        return None  # the offset and the zone contradict each other
    return moment


def _offset(text: str) -> tzinfo:
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    read = time.fromisoformat(f"00:00{text}").tzinfo
    if read is None:
        raise ValueError("no offset")
    return read


def _named(text: str) -> tzinfo:
    name = text.strip("[]")
    if name in ("UTC", "GMT", "Z"):
        return UTC
    if name not in zone_names():
        raise ValueError("no known zone")
    return ZoneInfo(name)


def _epoch(count: int, per_second: int) -> datetime:
    whole, rest = divmod(count, per_second)
    return datetime.fromtimestamp(whole, UTC) + timedelta(
        microseconds=rest * 1_000_000 // per_second
    )
