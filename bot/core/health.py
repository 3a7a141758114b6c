"""From what a probe saw to a verdict that is believed.

Theory of operation. `judge` turns one look into a judgement by the check's rules; it has no memory.
`step` has the memory: a verdict changes only after enough looks in a row on the same side of it
(`confirm` for the worse, `recover` for the better), and then to the mildest that all of them
support. Values that are missing or cannot be compared fail closed. `unknown` means that we could
not look; it is never worse or better than anything, so it neither opens nor closes an incident.
Blind looks are counted apart: they hide nothing of what the seeing looks are building up.
"""

import math
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
    settled: bool = True  # False until enough looks agree on a first verdict
    blind_streak: int = 0
    blind_since: datetime | None = None
    before_blind: Verdict | None = None  # what was believed when we last lost sight
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
    worst = Verdict.FAILING if rule.fail else Verdict.DEGRADED
    word = SIGNAL_WORDS.get(rule.signal, rule.signal)
    if value is None:
        if _may_be_absent(rule.signal, reading):
            return Verdict.OK, ""
        return worst, f"No value for {word}: the answer lacks it."
    if not all(_comparable(value, limit) for limit in (rule.fail, rule.warn) if limit):
        return worst, f"No usable value for {word}: it cannot be compared with the rule."
    for verdict, threshold in ((Verdict.FAILING, rule.fail), (Verdict.DEGRADED, rule.warn)):
        if threshold and _exceeds(rule.signal, value, threshold, now):
            return verdict, _reason(rule.signal, value, threshold, now)
    return Verdict.OK, ""


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
        check=spec.key,
        connection=spec.connection,
        known_since=now,
        since=now,
        next_check_at=now,
        settled=False,
    )


def step(
    health: CheckHealth, spec: CheckSpec, observation: Observation, now: datetime
) -> CheckHealth:
    """The state after one more look; `since` changes only when the verdict does."""
    judgement = judge(spec, observation, now)
    looked = replace(_remember(health, observation), checked_at=now)
    if judgement.verdict is Verdict.UNKNOWN:
        return _lose_sight(looked, spec, judgement, now)
    seen = replace(looked, blind_streak=0, blind_since=None)
    if judgement.verdict is health.verdict:
        return _believe(seen, spec, judgement, health.verdict, since=health.since, now=now)
    return _lean(seen, spec, judgement, now)


def _lose_sight(
    health: CheckHealth, spec: CheckSpec, judgement: Judgement, now: datetime
) -> CheckHealth:
    """A blind look speaks for nothing; enough of them in a row make the verdict unknown."""
    already = health.verdict is Verdict.UNKNOWN and health.settled
    streak, since = health.blind_streak + 1, health.blind_since or now
    if streak >= spec.confirm:
        began = health.since if already else since
        return _believe(health, spec, judgement, Verdict.UNKNOWN, since=began, now=now)
    doubt = not already or health.candidate is not None
    return replace(
        health,
        reasons=judgement.reasons if already else health.reasons,
        blind_streak=streak,
        blind_since=since,
        next_check_at=now + (spec.every / 3 if doubt else spec.every),
    )


def _believe(
    health: CheckHealth,
    spec: CheckSpec,
    judgement: Judgement,
    verdict: Verdict,
    *,
    since: datetime,
    now: datetime,
) -> CheckHealth:
    """The verdict stands, and nothing builds up against it."""
    seeing = health.verdict is not Verdict.UNKNOWN
    return replace(
        health,
        verdict=verdict,
        since=since,
        reasons=judgement.reasons,
        candidate=None,
        candidate_since=None,
        streak=0,
        settled=True,
        blind_streak=0,
        blind_since=None,
        before_blind=health.verdict if seeing else health.before_blind,
        next_check_at=now + spec.every,
    )


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
    if streak >= _needed(health, candidate, spec):
        began = since if _side(health.verdict, candidate) == "worse" else now
        return _believe(health, spec, judgement, candidate, since=began, now=now)
    return replace(
        health,
        candidate=candidate,
        candidate_since=since,
        streak=streak,
        next_check_at=now + spec.every / 3,  # look again soon while in doubt
    )


def _remember(health: CheckHealth, observation: Observation) -> CheckHealth:
    """Keep the last values that were really read; a blind look erases nothing. The version is
    kept until another one is read, so that an answer without it hides no update."""
    if isinstance(observation, Blind):
        return replace(health, error=observation.reason)
    if observation.signals.get(Signal.REACHABLE) is False:
        kept = {**health.signals, **_storable(observation)}
        return replace(health, signals=kept, error=observation.error)
    version = health.signals.get(Signal.VERSION)
    known = {} if version is None else {str(Signal.VERSION): version}
    return replace(
        health,
        signals={**known, **_storable(observation)},
        failed=observation.failed,
        error=observation.error,
    )


def _storable(reading: Reading) -> Mapping[str, SignalValue]:
    """Without infinities and NaN, which JSON does not have: they would make the row unreadable."""
    return {
        name: value
        for name, value in reading.signals.items()
        if not isinstance(value, float) or math.isfinite(value)
    }


def _side(current: Verdict, other: Verdict) -> str:
    if current is Verdict.UNKNOWN:
        return "better" if other is Verdict.OK else "worse"
    return "worse" if SEVERITY[other] > SEVERITY[current] else "better"


def _mildest(current: Verdict, one: Verdict, other: Verdict) -> Verdict:
    """Of two candidates on the same side, the one nearer to what is believed now."""
    pick = min if _side(current, one) == "worse" else max
    return pick((one, other), key=lambda verdict: SEVERITY[verdict])


def _needed(health: CheckHealth, candidate: Verdict, spec: CheckSpec) -> int:
    if _side(health.verdict, candidate) == "worse":
        return spec.confirm
    blind = health.verdict is Verdict.UNKNOWN
    if blind and health.before_blind in (None, Verdict.OK):
        return 1  # seeing again needs no second opinion, unless it was bad when we lost sight
    return spec.recover


def combine(connection: str, checks: Iterable[CheckHealth]) -> ConnectionHealth | None:
    """The worst of a connection's checks; None before any of them has looked.

    A check without a first verdict is left out: it never looked, or not often enough to believe
    what it saw. `unknown` shows only where nothing is wrong otherwise.
    """
    looked = [check for check in checks if check.checked_at is not None and check.settled]
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
