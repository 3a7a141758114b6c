"""The small language of rules: `> 30m`, `< 0.98`, `!= ok`, each fitting its signal.

Ages take durations (`last_success: > 30m` reads "longer ago than 30 minutes", `expires_at: < 30d`
"less than 30 days from now"), counts and shares take numbers, texts only `==` and `!=`.
"""

import re
from datetime import timedelta

from bot.core.catalogue import Threshold
from bot.core.signals import SHARES, SWITCHES, TEXTS, TIMESTAMPS, Signal
from bot.core.units import parse_duration

FORM = r"^\s*(>=|<=|==|!=|>|<)\s*(\S.*?)\s*$"
_FORM = re.compile(FORM)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_EQUALITY = ("==", "!=")


def read_threshold(text: str, signal: Signal) -> Threshold:
    """Raises ValueError, which says what fits the signal. A switch becomes 1.0 or 0.0."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError("a rule is a comparison and a value, such as '> 30m' or '!= ok'")
    op, value = form.groups()
    if signal in TIMESTAMPS:
        return Threshold(op=op, value=_age(op, value, signal))
    if signal in SWITCHES:
        return Threshold(op=op, value=_switch(op, value, signal))
    if signal in TEXTS:
        if op not in _EQUALITY:
            raise ValueError(f"{signal} is text: compare it with == or !=")
        return Threshold(op=op, value=value)
    return Threshold(op=op, value=_number(value, signal))


def _age(op: str, value: str, signal: Signal) -> timedelta:
    if op in _EQUALITY:
        raise ValueError(f"{signal} is a moment: compare its age with <, <=, > or >=")
    try:
        return parse_duration(value)
    except ValueError:
        raise ValueError(f"{signal} is a moment: write a duration such as 30m or 2d") from None


def _switch(op: str, value: str, signal: Signal) -> float:
    if op not in _EQUALITY or value.lower() not in ("true", "false"):
        raise ValueError(f"{signal} is true or false: write '== false' or '!= true'")
    return 1.0 if value.lower() == "true" else 0.0


def _number(value: str, signal: Signal) -> float:
    if _NUMBER.fullmatch(value) is None:
        unit = ", in milliseconds" if signal is Signal.LATENCY else ""
        raise ValueError(f"{signal} is a number{unit}: durations fit only moments")
    number = float(value)
    if signal in SHARES and not 0 <= number <= 1:
        raise ValueError(f"{signal} is a share between 0 and 1")
    return number


def contradiction(warn: Threshold, fail: Threshold) -> bool:
    """Whether the warning could never come before the failure."""
    if warn.op[0] != fail.op[0] or warn.op[0] not in "<>":
        return False
    if isinstance(warn.value, str) or isinstance(fail.value, str):
        return False
    early, late = _size(warn.value), _size(fail.value)
    return early > late if warn.op[0] == ">" else early < late


def _size(value: float | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else value
