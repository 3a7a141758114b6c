"""Values as far ends write them, turned into the types that signals have.

A value that cannot be read gives None, never a guess: what is missing fails closed. A moment is
read whole, in the one way it can be meant, or not at all: a number of digits is a day, a second or
a count of seconds by its length and nothing else.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.monitoring.signals import SHARES, SWITCHES, TEXTS, TIMESTAMPS, Signal, SignalValue
from bot.language.local_time import begins, local
from bot.language.marks import outside
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


_TEXT_LIMIT = 100
# APIs write null for the age of an empty queue; elsewhere null is a field that went missing.
_NULL_MEANS_NONE = frozenset({Signal.QUEUE_OLDEST, Signal.RUNNING_SINCE})

_NUMBER = re.compile(r"[+-]?\d{1,17}(\.\d{1,17})?([eE][+-]?\d{1,2})?")
_ISO_SPAN = re.compile(
    r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_RATIO = re.compile(r"\s*(\d{1,15})\s*/\s*(\d{1,15})\s*")
_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d{1,9})?)\s*%\s*")
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def to_number(value: Any) -> float | None:
    """A finite number, also when written as text (`"12"`); None for anything else."""
    # true is 1 to Python, and no count of anything.
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        cleaned = value.strip()
        value = float(cleaned) if _NUMBER.fullmatch(cleaned) else None
    if not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def to_flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def to_share(value: Any) -> float | None:
    """A share from `32/40`, `80%` or a plain number."""
    if isinstance(value, str):
        if ratio := _RATIO.fullmatch(value):
            used, allowed = int(ratio.group(1)), int(ratio.group(2))
            return used / allowed if allowed else None
        if percent := _PERCENT.fullmatch(value):
            return float(percent.group(1)) / 100
    return to_number(value)


def to_seconds(value: Any) -> float | None:
    """Seconds from a number or an ISO 8601 duration such as `PT8M2S`."""
    span = _ISO_SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if span is None or not any(span.groups()):
        return to_number(value)
    days, hours, minutes, seconds = (float(part or 0) for part in span.groups())
    return days * 86_400 + hours * 3_600 + minutes * 60 + seconds


def to_signal(signal: Signal, value: Any, zone: tzinfo) -> SignalValue | None:
    """`value` in the type that `signal` has; None when it cannot be read as that."""
    if signal in TIMESTAMPS:
        if signal is Signal.EXPIRES_AT and never_ends(value, zone):
            return NEVER_ENDS
        return to_timestamp(value, zone)
    if signal in SWITCHES:
        return to_flag(value)
    if signal in TEXTS:
        is_plain = isinstance(value, (str, int, float)) and value != ""
        return outside(str(value), _TEXT_LIMIT) if is_plain else None
    if signal in SHARES:
        return to_share(value)
    return to_seconds(value) if signal is Signal.RUN_TIME else to_number(value)


def signal_of(
    signal: Signal, raw: Any, zone: tzinfo, now: datetime, clean: Callable[[str], str]
) -> SignalValue | None:
    """As `to_signal`, with secrets taken out of texts. Null means that none waits or runs; `now`
    stands for that."""
    if raw is None and signal in _NULL_MEANS_NONE:
        return now
    is_text = isinstance(raw, str) and signal in TEXTS
    return to_signal(signal, clean(raw) if is_text else raw, zone)


def why_absent(signal: Signal, value: Any, zone: tzinfo) -> str:
    """Why `to_signal` makes nothing of a value, in words, where there is more to say than that."""
    written = empty_date(value, zone) if signal in TIMESTAMPS else ""
    return f"an empty date ({outside(written)})" if written else ""
