"""The small language of rules: `> 30m`, `< 0.98`, `!= ok`, each fitting its signal.

Ages take durations (`last_success: > 30m` reads "longer ago than 30 minutes", `expires_at: < 30d`
"less than 30 days from now"), counts and shares take numbers, texts only `==` and `!=`.
"""

import re
from datetime import timedelta

from bot.core.estate.check_spec import Threshold
from bot.core.monitoring.signals import SHARES, SWITCHES, TEXTS, TIMESTAMPS, Signal
from bot.language.units import TooLong, duration_hint, parse_duration

FORM = r"^\s*(>=|<=|==|!=|>|<)\s*(\S.*?)\s*$"
_FORM = re.compile(FORM)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_EQUALITY = ("==", "!=")
_PLAIN = "write its digits alone, such as 5000 or 0.5"
# Signals of which one direction is always the bad one; a queue or a count may be either.
_BAD_WHEN_LOW = frozenset({Signal.EXPIRES_AT, Signal.COMPLETENESS, Signal.RECONCILED})
_BAD_WHEN_HIGH = (TIMESTAMPS - {Signal.EXPIRES_AT}) | {
    Signal.FAILED,
    Signal.FAILED_NEW,
    Signal.SKIPPED,
}
_NO_GOOD = "this and its own warning leave no value that is good"
_SAME_WAY = "'clear' says when it is good again, so it compares the other way round"


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
    # No age is ever equal to a limit.
    if op in _EQUALITY:
        raise ValueError(f"{signal} is a moment: compare its age with <, <=, > or >=")
    try:
        return parse_duration(value)
    except TooLong:
        raise ValueError(f"{signal} is a moment: this duration is too long") from None
    except ValueError:
        hint = duration_hint(value)
        raise ValueError(f"{signal} is a moment: its limit is a duration; {hint}") from None


def _switch(op: str, value: str, signal: Signal) -> float:
    if op not in _EQUALITY or value.lower() not in ("true", "false"):
        raise ValueError(f"{signal} is true or false: write '== false' or '!= true'")
    return 1.0 if value.lower() == "true" else 0.0


def _number(value: str, signal: Signal) -> float:
    if _NUMBER.fullmatch(value) is None:
        unit = ", in milliseconds" if signal is Signal.LATENCY else ""
        told = "durations fit only moments" if _is_span(value) else _PLAIN
        raise ValueError(f"{signal} is a number{unit}: {told}")
    number = float(value)
    # 98 in place of 0.98 is a limit that no share ever reaches.
    if signal in SHARES and not 0 <= number <= 1:
        raise ValueError(f"{signal} is a share between 0 and 1")
    return number


def _is_span(value: str) -> bool:
    try:
        parse_duration(value)
    except ValueError:
        return False
    return True


def wrong_way(limit: Threshold, signal: Signal) -> str:
    """Why a comparison would call bad what is good of the signal; empty when it may be meant."""
    if signal is Signal.REACHABLE and (limit.op == "==") is (limit.value == 1.0):
        return "what cannot be reached is bad without a rule, and this one calls it bad otherwise"
    way = limit.op[0]
    if signal in _BAD_WHEN_LOW and way == ">":
        soon = "soon" if signal is Signal.EXPIRES_AT else "low"
        return f"{signal} is bad when it is {soon}: write '<' in place of '{limit.op}'"
    if signal in _BAD_WHEN_HIGH and way == "<":
        high = "long ago" if signal in TIMESTAMPS else "high"
        return f"{signal} is bad when it is {high}: write '>' in place of '{limit.op}'"
    return ""


def contradiction(warn: Threshold, fail: Threshold) -> str:
    """Why two limits cannot both be meant; empty when they can."""
    if isinstance(warn.value, str) or isinstance(fail.value, str) or "=" in _ways(warn, fail):
        opposed = {warn.op, fail.op} == {"==", "!="} and warn.value == fail.value
        return _NO_GOOD if opposed else ""
    early, late = _size(warn.value), _size(fail.value)
    if warn.op[0] == fail.op[0]:
        never = early > late if warn.op[0] == ">" else early < late
        return "this fails before its own warning" if never else ""
    below, above = (early, late) if warn.op[0] == "<" else (late, early)
    return _NO_GOOD if below > above else ""


def never_clear(clear: Threshold, bad: Threshold) -> str:
    """Why `clear` does not fit the limit that it takes back; empty when it does."""
    if "=" in _ways(clear, bad):
        return _SAME_WAY if (clear.op, clear.value) == (bad.op, bad.value) else ""
    if isinstance(clear.value, str) or isinstance(bad.value, str):
        return ""
    if clear.op[0] == bad.op[0]:
        return _SAME_WAY
    good, limit = _size(clear.value), _size(bad.value)
    within = good > limit if bad.op[0] == ">" else good < limit
    return "'clear' holds already where the rule still calls it bad" if within else ""


def _ways(*limits: Threshold) -> str:
    return "".join("=" if limit.op in _EQUALITY else limit.op[0] for limit in limits)


def _size(value: float | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else value
