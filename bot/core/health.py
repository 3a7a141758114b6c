"""From what a probe saw to a verdict that is believed.

Theory of operation. `judge` turns one look into a judgement by the check's rules; it has no memory.
`step` has the memory: a verdict changes only after enough looks in a row on the same side of it
(`confirm` for the worse, `recover` for the better), and then to the mildest that all of them
support. Missing values fail closed. `unknown` means that we could not look; it is never worse or
better than anything, so it neither opens nor closes an incident.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.catalogue import CheckSpec, Rule, Threshold
from bot.core.signals import (
    Blind,
    FailedRecords,
    Observation,
    Reading,
    Signal,
    SignalValue,
)
from bot.core.text import outside, when
from bot.core.units import say_duration


class Verdict(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"
    UNKNOWN = "unknown"


SEVERITY: Mapping[Verdict, int] = {Verdict.OK: 0, Verdict.DEGRADED: 1, Verdict.FAILING: 2}

SIGNAL_WORDS: Mapping[str, str] = {
    Signal.LAST_SUCCESS: "last good sync",
    Signal.LAST_ATTEMPT: "last attempt",
    Signal.RUNNING_SINCE: "running since",
    Signal.QUEUE_DEPTH: "records waiting",
    Signal.QUEUE_OLDEST: "oldest waiting record",
    Signal.PROCESSED: "records processed",
    Signal.FAILED: "failed records",
    Signal.LATENCY: "answer time in ms",
    Signal.COMPLETENESS: "share of complete records",
    Signal.RECONCILED: "share of reconciled records",
    Signal.EXPIRES_AT: "expiry",
    Signal.VERSION: "served version",
    Signal.HEARTBEAT: "last sign of life",
    Signal.STATUS: "status",
    Signal.ENABLED: "schedule switched on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict of one look. `reasons` are sentences in `core.text` marks."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHealth:
    """What is believed of one check, and what is building up against it."""

    check: str
    connection: str
    known_since: datetime  # when the check became known to us
    verdict: Verdict = Verdict.UNKNOWN
    since: datetime
    reasons: tuple[str, ...] = ()
    candidate: Verdict | None = None
    candidate_since: datetime | None = None
    streak: int = 0
    checked_at: datetime | None = None  # None: never looked
    next_check_at: datetime
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionHealth:
    """What is believed of a connection: the worst of its checks, back-dated to the first sign."""

    connection: str
    verdict: Verdict
    since: datetime
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A confirmed change of a connection's verdict. `since` is when the new state began, which
    for an outage is the first bad look and so earlier than `at`."""

    connection: str
    at: datetime
    since: datetime
    old: Verdict | None
    new: Verdict
    reasons: tuple[str, ...] = ()


def judge(spec: CheckSpec, observation: Observation, now: datetime) -> Judgement:
    """The verdict of one look by the check's own rules."""
    if isinstance(observation, Blind):
        return Judgement(verdict=Verdict.UNKNOWN, reasons=(observation.reason,))
    if observation.signals.get(Signal.REACHABLE) is False:
        said = outside(observation.error) or "no answer"
        return Judgement(verdict=Verdict.FAILING, reasons=(f"It does not answer: {said}.",))
    verdict, reasons = Verdict.OK, []
    for rule in spec.rules:
        found, reason = _apply(rule, observation, now)
        if reason:
            reasons.append((SEVERITY[found], reason))
        if SEVERITY[found] > SEVERITY[verdict]:
            verdict = found
    reasons.sort(key=lambda item: -item[0])
    return Judgement(verdict=verdict, reasons=tuple(reason for _, reason in reasons))


def _apply(rule: Rule, reading: Reading, now: datetime) -> tuple[Verdict, str]:
    value = reading.signals.get(rule.signal)
    if value is None:
        if _may_be_absent(rule.signal, reading):
            return Verdict.OK, ""
        worst = Verdict.FAILING if rule.fail else Verdict.DEGRADED
        word = SIGNAL_WORDS.get(rule.signal, rule.signal)
        return worst, f"No value for {word}: the answer lacks it."
    for verdict, threshold in ((Verdict.FAILING, rule.fail), (Verdict.DEGRADED, rule.warn)):
        if threshold and _exceeds(rule.signal, value, threshold, now):
            return verdict, _reason(rule.signal, value, threshold, now)
    return Verdict.OK, ""


def _may_be_absent(signal: str, reading: Reading) -> bool:
    """An empty queue has no oldest record, and nothing need be running at the moment."""
    if signal == Signal.QUEUE_OLDEST:
        return reading.signals.get(Signal.QUEUE_DEPTH) == 0
    return signal == Signal.RUNNING_SINCE


def _exceeds(signal: str, value: SignalValue, threshold: Threshold, now: datetime) -> bool:
    limit = threshold.value
    if isinstance(value, datetime):
        if not isinstance(limit, timedelta):
            return False
        span = value - now if signal == Signal.EXPIRES_AT else now - value
        return _compare(span.total_seconds(), threshold.op, limit.total_seconds())
    if isinstance(limit, timedelta):
        return False
    if isinstance(value, str) or isinstance(limit, str):
        same = str(value).casefold() == str(limit).casefold()
        return same if threshold.op == "==" else not same if threshold.op == "!=" else False
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
    if isinstance(value, str | datetime) or isinstance(limit, str):
        return f"{word.capitalize()} says “{outside(str(value), 80)}”."
    allowed = f"{float(limit):g}" if isinstance(limit, int | float) else str(limit)
    bound = "at most" if threshold.op in (">", ">=") else "at least"
    return f"{float(value):g} {word}, {bound} {allowed} expected."


def _reason_of_time(
    signal: str, word: str, value: datetime, limit: timedelta, now: datetime
) -> str:
    if signal == Signal.EXPIRES_AT:
        gone = value <= now
        return f"Expired {when(value)}." if gone else f"Expires {when(value)}."
    ago, allowed = say_duration(now - value), say_duration(limit)
    return f"{word.capitalize()} {when(value)}: {ago} ago, at most {allowed} expected."


def first(spec: CheckSpec, now: datetime) -> CheckHealth:
    """The state of a check that has never run: due at once."""
    return CheckHealth(
        check=spec.key, connection=spec.connection, known_since=now, since=now, next_check_at=now
    )


def step(
    health: CheckHealth, spec: CheckSpec, observation: Observation, now: datetime
) -> CheckHealth:
    """The state after one more look; `since` changes only when the verdict does."""
    judgement = judge(spec, observation, now)
    seen = replace(_remember(health, observation), checked_at=now)
    if judgement.verdict == health.verdict:
        settled = replace(seen, reasons=judgement.reasons, candidate=None, streak=0)
        return replace(settled, candidate_since=None, next_check_at=now + spec.every)
    return _lean(seen, spec, judgement, now)


def _lean(health: CheckHealth, spec: CheckSpec, judgement: Judgement, now: datetime) -> CheckHealth:
    """Another look that disagrees: count it, and believe it when it is enough."""
    same_side = health.candidate is not None and _side(health.verdict, health.candidate) == _side(
        health.verdict, judgement.verdict
    )
    streak = health.streak + 1 if same_side else 1
    since = health.candidate_since if same_side and health.candidate_since else now
    candidate = (
        _mildest(health.verdict, health.candidate, judgement.verdict)
        if same_side and health.candidate
        else judgement.verdict
    )
    if streak >= _needed(health.verdict, candidate, spec):
        return replace(
            health,
            verdict=candidate,
            since=since if _side(health.verdict, candidate) == "worse" else now,
            reasons=judgement.reasons,
            candidate=None,
            candidate_since=None,
            streak=0,
            next_check_at=now + spec.every,
        )
    return replace(
        health,
        candidate=candidate,
        candidate_since=since,
        streak=streak,
        next_check_at=now + spec.every / 3,  # look again soon while in doubt
    )


def _remember(health: CheckHealth, observation: Observation) -> CheckHealth:
    """Keep the last values that were really read; a blind look erases nothing."""
    if isinstance(observation, Blind):
        return replace(health, error=observation.reason)
    if observation.signals.get(Signal.REACHABLE) is False:
        kept = {**health.signals, **observation.signals}
        return replace(health, signals=kept, error=observation.error)
    return replace(
        health,
        signals=observation.signals,
        failed=observation.failed,
        error=observation.error,
    )


def _side(current: Verdict, other: Verdict) -> str:
    if other is Verdict.UNKNOWN:
        return "blind"
    if current is Verdict.UNKNOWN:
        return "better" if other is Verdict.OK else "worse"
    return "worse" if SEVERITY[other] > SEVERITY[current] else "better"


def _mildest(current: Verdict, one: Verdict, other: Verdict) -> Verdict:
    """Of two candidates on the same side, the one nearer to what is believed now."""
    if Verdict.UNKNOWN in (one, other):
        return Verdict.UNKNOWN
    pick = min if _side(current, one) == "worse" else max
    return pick((one, other), key=lambda verdict: SEVERITY[verdict])


def _needed(current: Verdict, candidate: Verdict, spec: CheckSpec) -> int:
    if current is Verdict.UNKNOWN and candidate is Verdict.OK:
        return 1  # seeing again needs no second opinion
    return spec.recover if _side(current, candidate) == "better" else spec.confirm


def combine(connection: str, checks: Iterable[CheckHealth]) -> ConnectionHealth | None:
    """The worst of a connection's checks; None before any of them has looked.

    A check that never looked is left out. `unknown` shows only where nothing is wrong otherwise.
    """
    looked = [check for check in checks if check.checked_at is not None]
    if not looked:
        return None
    order = (Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
    verdict = next(value for value in order if any(check.verdict is value for check in looked))
    speaking = [check for check in looked if check.verdict is verdict]
    return ConnectionHealth(
        connection=connection,
        verdict=verdict,
        since=min(check.since for check in speaking),
        reasons=tuple(reason for check in speaking for reason in check.reasons),
    )


def flip(before: ConnectionHealth | None, after: ConnectionHealth, now: datetime) -> Flip | None:
    """The change worth a row, or None when the verdict is what it was."""
    if before is not None and before.verdict is after.verdict:
        return None
    return Flip(
        connection=after.connection,
        at=now,
        since=after.since,
        old=before.verdict if before else None,
        new=after.verdict,
        reasons=after.reasons,
    )
