"""From one look to its verdict, by the check's rules and whatever was found besides.

Nothing here has a memory. Values that are missing or cannot be compared fail closed. A rule with
`clear` stays as bad as it was, which the caller hands in as `beyond`, until that comparison holds.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.estate.check_spec import CheckSpec, Level, Rule, Threshold
from bot.core.monitoring.signals import (
    Blind,
    Cause,
    LookFinding,
    Observation,
    Reading,
    Signal,
    SignalValue,
)
from bot.language.marks import outside, when
from bot.language.units import say_apart, say_duration


class Verdict(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"
    UNKNOWN = "unknown"


SEVERITY: Mapping[Verdict, int] = {Verdict.OK: 0, Verdict.DEGRADED: 1, Verdict.FAILING: 2}

_COUNTS = frozenset(
    {
        Signal.QUEUE_DEPTH,
        Signal.PROCESSED,
        Signal.FAILED,
        Signal.FAILED_NEW,
        Signal.SKIPPED,
        Signal.SIZE,
    }
)
_ANSWERED = frozenset({Cause.STATUS, Cause.UNREADABLE, Cause.TLS})
_CLOCKS_DIFFER = timedelta(minutes=5)

SIGNAL_WORDS: Mapping[str, str] = {
    Signal.LAST_SUCCESS: "last good sync",
    Signal.LAST_ATTEMPT: "last attempt",
    Signal.RUNNING_SINCE: "running since",
    Signal.QUEUE_DEPTH: "records waiting",
    Signal.QUEUE_OLDEST: "oldest waiting record",
    Signal.PROCESSED: "records processed",
    Signal.FAILED: "failed records",
    Signal.FAILED_NEW: "newly failed records",
    Signal.LATENCY: "answer time in ms",
    Signal.COMPLETENESS: "share of complete records",
    Signal.RECONCILED: "share of reconciled records",
    Signal.EXPIRES_AT: "expiry",
    Signal.VERSION: "served version",
    Signal.HEARTBEAT: "last sign of life",
    Signal.STATUS: "status",
    Signal.ENABLED: "schedule switched on",
    Signal.SKIPPED: "records left out",
    Signal.RUN_TIME: "seconds the last run took",
    Signal.AMOUNT: "amount",
    Signal.DIFFERENCE: "difference between the two sides",
    Signal.SIZE: "bytes of the newest file",
    Signal.QUOTA_USED: "share of the quota used",
    Signal.VERSION_REQUESTED: "version asked for",
    Signal.VERSION_DRIFT: "version drift",
    Signal.FINGERPRINT: "fingerprint of the data's shape",
}

_ONE: Mapping[str, str] = {
    Signal.QUEUE_DEPTH: "record waiting",
    Signal.PROCESSED: "record processed",
    Signal.FAILED: "failed record",
    Signal.FAILED_NEW: "newly failed record",
    Signal.SKIPPED: "record left out",
    Signal.RUN_TIME: "second the last run took",
    Signal.SIZE: "byte of the newest file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The verdict of one look. `reasons` are sentences in `language.marks` marks; `beyond` holds
    the signals whose rule has a `clear` of its own, with how bad each is."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    beyond: Mapping[str, Verdict] = field(default_factory=dict)


def evaluate(
    spec: CheckSpec,
    observation: Observation,
    now: datetime,
    *,
    beyond: Mapping[str, Verdict] | None = None,
    findings: Iterable[LookFinding] = (),
) -> Evaluation:
    """The verdict of one look by the check's own rules and what was found besides. `beyond` is
    what the look before left there."""
    if isinstance(observation, Blind):
        kept = dict(beyond or {})
        return Evaluation(verdict=Verdict.UNKNOWN, reasons=(observation.reason,), beyond=kept)
    if observation.signals.get(Signal.REACHABLE) is False:
        said = outside(observation.error) or "no answer"
        return Evaluation(
            verdict=Verdict.FAILING,
            reasons=(f"{_not_well(observation)}: {said.rstrip('.')}.",),
            beyond=dict(beyond or {}),
        )
    results = [*rule_results(spec, observation, now, beyond or {}), *map(_ruled, findings)]
    worst = max((SEVERITY[result.verdict] for result in results), default=0)
    # What is equally bad stays in the order of the file, since sorting is stable.
    results.sort(key=lambda result: -SEVERITY[result.verdict])
    return Evaluation(
        verdict=next(verdict for verdict, rank in SEVERITY.items() if rank == worst),
        reasons=tuple(result.reason for result in results if result.reason),
        beyond={
            result.rule.signal: result.verdict
            for result in results
            if result.rule and result.rule.clear and result.verdict is not Verdict.OK
        },
    )


def _not_well(reading: Reading) -> str:
    """How it showed that all is not well; where nobody knows how, no more than that is said."""
    if reading.cause in _ANSWERED:
        return "It answers with an error"
    if reading.cause is None and reading.error:
        return "It fails"
    return "It does not answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What one rule says of one look; `rule` is None for what was found besides the rules."""

    rule: Rule | None
    verdict: Verdict
    reason: str = ""


def _ruled(finding: LookFinding) -> RuleResult:
    verdict = Verdict.FAILING if finding.level is Level.FAIL else Verdict.DEGRADED
    return RuleResult(rule=None, verdict=verdict, reason=finding.words)


def rule_results(
    spec: CheckSpec, reading: Reading, now: datetime, beyond: Mapping[str, Verdict]
) -> tuple[RuleResult, ...]:
    """What every rule of the check says of a reading, in the file's order."""
    found = []
    for rule in spec.rules:
        verdict, reason = _apply(rule, reading, now)
        held = beyond.get(rule.signal, Verdict.OK)
        value = reading.signals.get(rule.signal)
        # So that a value which swings around its limit does not come and go with every look.
        worse = SEVERITY[held] > SEVERITY[verdict]
        if (
            worse
            and rule.clear
            and value is not None
            and not _exceeds(rule.signal, value, rule.clear, now)
        ):
            verdict, reason = held, _not_clear(rule.signal, value, rule.clear, now)
        found.append(RuleResult(rule=rule, verdict=verdict, reason=reason))
    return tuple(found)


def _not_clear(signal: str, value: SignalValue, clear: Threshold, now: datetime) -> str:
    limit = clear.value
    if isinstance(value, datetime) and isinstance(limit, timedelta):
        shown, wanted = say_apart(now - value, limit)
    else:
        shown, wanted = outside(str(value), 80), str(limit)
        if isinstance(value, float) and isinstance(limit, float):
            shown, wanted = f"{value:g}", f"{limit:g}"
    word = SIGNAL_WORDS.get(signal, signal)
    return f"{word.capitalize()} is {shown}; it is good again only when {clear.op} {wanted}."


def _apply(rule: Rule, reading: Reading, now: datetime) -> tuple[Verdict, str]:
    value = reading.signals.get(rule.signal)
    worst = Verdict.FAILING if rule.fail else Verdict.DEGRADED
    word = SIGNAL_WORDS.get(rule.signal, rule.signal)
    # What is missing counts as bad: a field that was renamed would else hide every stop.
    if value is None:
        if _may_be_absent(rule.signal, reading):
            return Verdict.OK, ""
        instead = reading.absent.get(rule.signal)
        return worst, f"No value for {word}: the answer {_holds(instead)}."
    if rule.signal in _COUNTS and isinstance(value, int | float) and value < 0:
        return worst, f"No usable value for {word}: {value:g} is no count."
    # Before it is compared: a moment of tomorrow is younger than any limit, and would always pass.
    if _ahead(rule.signal, value, now):
        return Verdict.DEGRADED, _is_ahead(word, value, now)
    if not all(_comparable(value, limit) for limit in (rule.fail, rule.warn) if limit):
        return worst, f"No usable value for {word}: it cannot be compared with the rule."
    for verdict, threshold in ((Verdict.FAILING, rule.fail), (Verdict.DEGRADED, rule.warn)):
        if threshold and _exceeds(rule.signal, value, threshold, now):
            return verdict, _reason(rule.signal, value, threshold, now)
    return Verdict.OK, ""


def _holds(instead: str | None) -> str:
    return f"holds {outside(instead, 80)}" if instead else "lacks it"


def _ahead(signal: str, value: SignalValue, now: datetime) -> bool:
    """Whether something that happened lies in the future, by more than clocks differ."""
    if signal == Signal.EXPIRES_AT or not isinstance(value, datetime):
        return False
    return value - now > _CLOCKS_DIFFER


def _is_ahead(word: str, value: SignalValue, now: datetime) -> str:
    # In doubt and not failing: our own clock may be the wrong one, and then all of them look so.
    span = say_duration(value - now) if isinstance(value, datetime) else ""
    return (
        f"{word.capitalize()} is {span} ahead of our clock, so nobody can tell how old it is."
        " Is its time zone right?"
    )


def _may_be_absent(signal: str, reading: Reading) -> bool:
    """An empty queue has no oldest record, and nothing need be running at the moment."""
    if signal == Signal.QUEUE_OLDEST:
        return reading.signals.get(Signal.QUEUE_DEPTH) == 0
    return signal == Signal.RUNNING_SINCE


def _comparable(value: SignalValue, threshold: Threshold) -> bool:
    limit = threshold.value
    if isinstance(value, datetime) or isinstance(limit, timedelta):
        return isinstance(value, datetime) and isinstance(limit, timedelta)
    if isinstance(value, str) or isinstance(limit, str):
        return threshold.op in ("==", "!=")
    return math.isfinite(value)


def _exceeds(signal: str, value: SignalValue, threshold: Threshold, now: datetime) -> bool:
    limit = threshold.value
    if isinstance(value, datetime) and isinstance(limit, timedelta):
        span = value - now if signal == Signal.EXPIRES_AT else now - value
        return _compare(span.total_seconds(), threshold.op, limit.total_seconds())
    if isinstance(value, str) or isinstance(limit, str):
        same = str(value).casefold() == str(limit).casefold()
        return same is (threshold.op == "==")
    if isinstance(value, datetime) or isinstance(limit, timedelta):
        return False
    return _compare(float(value), threshold.op, limit)


def _compare(value: float, op: str, limit: float) -> bool:
    return {
        ">": value > limit,
        ">=": value >= limit,
        "<": value < limit,
        "<=": value <= limit,
        "==": value == limit,
        "!=": value != limit,
    }[op]


def _reason(signal: str, value: SignalValue, threshold: Threshold, now: datetime) -> str:
    word = SIGNAL_WORDS.get(signal, signal)
    limit = threshold.value
    if isinstance(value, datetime) and isinstance(limit, timedelta):
        return _reason_of_time(signal, word, value, limit, now)
    if signal == Signal.ENABLED:
        return "Its schedule is switched off."
    if not isinstance(value, int | float) or not isinstance(limit, int | float):
        return f"{word.capitalize()} says “{outside(str(value), 80)}”."
    allowed = f"{float(limit):g}"
    bound = "at most" if threshold.op in (">", ">=") else "at least"
    word = _ONE.get(signal, word) if value == 1 else word
    return f"{float(value):g} {word}, {bound} {allowed} expected."


def _reason_of_time(
    signal: str, word: str, value: datetime, limit: timedelta, now: datetime
) -> str:
    if signal == Signal.EXPIRES_AT:
        gone = value <= now
        return f"Expired {when(value)}." if gone else f"Expires {when(value)}."
    ago, allowed = say_apart(now - value, limit)
    return f"{word.capitalize()} {when(value)}: {ago} ago, at most {allowed} expected."
