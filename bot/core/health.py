"""From what a probe saw to a verdict that is believed.

Theory of operation. `judge` turns one look into a judgement by the check's rules; it has no memory.
`step` has the memory: a verdict changes only after enough looks in a row on the same side of it
(`confirm` for the worse, `recover` for the better), and then to the mildest that all of them
support. Missing values fail closed. `unknown` means that we could not look; it is never worse or
better than anything, so it neither opens nor closes an incident.

With `within`, the bad looks need not follow each other: `confirm` of the last `within` are enough.
A rule with `clear` stays as bad as it was until that comparison holds. What a look finds besides
its rules (volume, limits of a run) comes in as findings and counts like a rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core import flapping
from bot.core.catalogue import CheckSpec
from bot.core.failures import Standing, tell_apart
from bot.core.findings import Finding
from bot.core.judging import SEVERITY as SEVERITY
from bot.core.judging import Judgement as Judgement
from bot.core.judging import Verdict as Verdict
from bot.core.judging import judge as judge
from bot.core.runs import Runs, complaints, follow
from bot.core.signals import Blind, FailedRecords, Observation, Signal, SignalValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    at: datetime
    verdict: Verdict


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
    recent: tuple[Look, ...] = ()  # the last looks, where `within` asks for them
    beyond: Mapping[str, Verdict] = field(default_factory=dict)
    standing: Standing | None = None  # failed records by text, for what is new
    runs: Runs | None = None
    states: str = ""  # the last confirmed states, for flapping
    flapping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionHealth:
    """What is believed of a connection: the worst of its checks, back-dated to the first sign."""

    connection: str
    verdict: Verdict
    since: datetime
    reasons: tuple[str, ...] = ()
    flapping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A confirmed change of a connection's verdict. `since` is when the new state began, which
    for an outage is the first bad look and so earlier than `at`."""

    connection: str
    at: datetime
    since: datetime
    old: Verdict | None
    old_since: datetime | None = None
    new: Verdict
    reasons: tuple[str, ...] = ()
    flapping: bool = False  # it changes too often for this change to mean much


def first(spec: CheckSpec, now: datetime) -> CheckHealth:
    """The state of a check that has never run: due at once."""
    return CheckHealth(
        check=spec.key, connection=spec.connection, known_since=now, since=now, next_check_at=now
    )


def step(
    health: CheckHealth,
    spec: CheckSpec,
    observation: Observation,
    now: datetime,
    *,
    findings: Iterable[Finding] = (),
) -> CheckHealth:
    """The state after one more look; `since` changes only when the verdict does."""
    health, observation, more = _derive(health, spec, observation, now)
    judgement = judge(spec, observation, now, beyond=health.beyond, findings=(*findings, *more))
    seen = replace(_remember(health, observation), checked_at=now, beyond=judgement.beyond)
    return _mark_flapping(_believe(seen, spec, judgement, now))


def _derive(
    health: CheckHealth, spec: CheckSpec, observation: Observation, now: datetime
) -> tuple[CheckHealth, Observation, tuple[Finding, ...]]:
    """What only several looks together show: failures that are new, and how runs went."""
    found: tuple[Finding, ...] = ()
    if isinstance(observation, Blind):
        return health, observation, found
    standing, observation = tell_apart(health.standing, observation)
    health = replace(health, standing=standing)
    if spec.runs is not None:
        before = health.runs or Runs(known_since=health.known_since)
        health = replace(health, runs=follow(before, observation))
        found = complaints(spec.runs, health.runs or before, now)
    return health, observation, found


def _believe(
    health: CheckHealth, spec: CheckSpec, judgement: Judgement, now: datetime
) -> CheckHealth:
    if spec.within and judgement.verdict is not Verdict.UNKNOWN:
        look = Look(at=now, verdict=judgement.verdict)
        health = replace(health, recent=(*health.recent, look)[-spec.within :])
        bad = [one for one in health.recent if _side(health.verdict, one.verdict) == "worse"]
        if bad and _side(health.verdict, judgement.verdict) in ("worse", "same"):
            return _count(health, spec, judgement, bad, now)
    if judgement.verdict == health.verdict:
        settled = replace(health, reasons=judgement.reasons, candidate=None, streak=0)
        return replace(settled, candidate_since=None, next_check_at=now + spec.every)
    return _lean(health, spec, judgement, now)


def _count(
    health: CheckHealth, spec: CheckSpec, judgement: Judgement, bad: list[Look], now: datetime
) -> CheckHealth:
    """N of the last M looks: a good look between bad ones does not begin the count anew."""
    mildest = min((look.verdict for look in bad), key=lambda verdict: SEVERITY[verdict])
    if len(bad) >= spec.confirm:
        believed = replace(health, verdict=mildest, since=bad[0].at, recent=())
        settled = replace(believed, reasons=judgement.reasons, candidate=None, streak=0)
        return replace(settled, candidate_since=None, next_check_at=now + spec.every)
    return replace(
        health,
        candidate=mildest,
        candidate_since=bad[0].at,
        streak=len(bad),
        next_check_at=now + spec.every / 3,
    )


def _mark_flapping(health: CheckHealth) -> CheckHealth:
    if health.verdict is Verdict.UNKNOWN:
        return health
    states = flapping.remember(health.states, bad=health.verdict is not Verdict.OK)
    return replace(health, states=states, flapping=flapping.flaps(states, before=health.flapping))


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
    if other is current:
        return "same"
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
        flapping=any(check.flapping for check in looked),
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
        old_since=before.since if before else None,
        new=after.verdict,
        reasons=after.reasons,
        flapping=after.flapping,
    )
