"""Values as far ends write them, turned into the types that signals have.

A value that cannot be read gives None, never a guess: what is missing fails closed.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from bot.checks.timestamps import NEVER_ENDS, empty_date, never_ends, to_timestamp
from bot.core.monitoring.signals import SHARES, SWITCHES, TEXTS, TIMESTAMPS, Signal, SignalValue
from bot.language.marks import outside

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
