"""From what a probe saw to a verdict that is believed.

Theory of operation. `evaluate` turns one look into an evaluation by the check's rules; it has no
memory. `step` has the memory: a verdict changes only after enough looks in a row on the same side
of it (`confirm` for the worse, `recover` for the better), and then to the mildest that all of them
support. Values that are missing or cannot be compared fail closed. `unknown` means that we could
not look; it is never worse or better than anything, so it neither opens nor closes an incident.
Blind looks are counted apart: they hide nothing of what the seeing looks are building up.
With `within`, the bad looks need not follow each other: `confirm` of the last `within` are enough.
What a look finds besides its rules (volume, run limits) comes in as findings and counts like one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring import flapping
from bot.core.monitoring.flapping import Turns
from bot.core.monitoring.new_failures import KnownFailures, tell_apart
from bot.core.monitoring.rules import SEVERITY, Evaluation, Verdict, evaluate
from bot.core.monitoring.run_limits import Runs, complaints, follow
from bot.core.monitoring.signals import (
    Blind,
    Cause,
    FailedRecords,
    LookFinding,
    Observation,
    Signal,
    SignalValue,
    storable,
)

_STEADY = timedelta(minutes=15)  # what stayed so long as it is may have settled


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
    settled: bool = True  # False until enough looks agree on a first verdict
    blind_streak: int = 0
    blind_since: datetime | None = None
    before_blind: Verdict | None = None  # what was believed when we last lost sight
    checked_at: datetime | None = None  # None: never looked
    next_check_at: datetime
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    error: str = ""
    cause: Cause | None = None  # of what the last look ran into
    recent: tuple[Look, ...] = ()  # the last looks, where `within` asks for them
    beyond: Mapping[str, Verdict] = field(default_factory=dict)
    standing: KnownFailures | None = None  # failed records by text, for what is new
    runs: Runs | None = None
    worst: int = 0  # the most records in error since it last began to be bad
    read_at: datetime | None = None  # when its figures were read; None: not known

    @property
    def unread(self) -> bool:
        """Whether the last look read nothing, so that the figures are those of an earlier one."""
        return self.blind_streak > 0 or self.signals.get(Signal.REACHABLE) is False

    @property
    def blind(self) -> bool:
        """Whether we looked, and nothing can be seen."""
        return self.verdict is Verdict.UNKNOWN and self.settled and self.checked_at is not None

    @property
    def waiting(self) -> bool:
        """Whether nobody has called the check yet, so that it never said anything."""
        return self.blind and self.before_blind is None and self.cause is Cause.NOT_CALLED


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionHealth:
    """What is believed of a connection: the worst of its checks, back-dated to the first sign."""

    connection: str
    verdict: Verdict
    since: datetime
    reasons: tuple[str, ...] = ()
    flapping: bool = False
    turns: Turns | None = None  # how often it was anything but good; None: never


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
    flapping: Turns | None = None  # it comes and goes; None when this change stands for itself
    flapped: bool = False  # it came and went before this change already


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
    health: CheckHealth,
    spec: CheckSpec,
    observation: Observation,
    now: datetime,
    *,
    findings: Iterable[LookFinding] = (),
) -> CheckHealth:
    """The state after one more look; `since` changes only when the verdict does."""
    health, observation, more = _derive(health, spec, storable(observation), now)
    evaluation = evaluate(spec, observation, now, beyond=health.beyond, findings=(*findings, *more))
    looked = replace(_remember(health, observation), checked_at=now, beyond=evaluation.beyond)
    return _with_worst(health, _weigh(looked, spec, evaluation, now))


def back_dated(before: CheckHealth, after: CheckHealth, began: datetime) -> CheckHealth:
    """`after` this one look with what is new and bad in it dated to when it `began`, by looks that
    could not be stored."""
    now, toward = after.checked_at, after.candidate or after.verdict
    if after.verdict is Verdict.UNKNOWN or after.blind_streak:
        names = ("since", "blind_since")
    elif _side(before.verdict, toward) == "worse":
        names = ("since", "candidate_since")
    else:
        return after
    recent = tuple(replace(one, at=began) if one.at == now else one for one in after.recent)
    new: dict[str, Any] = {name: began for name in names if now and getattr(after, name) == now}
    return replace(after, recent=recent, **new)


def _with_worst(before: CheckHealth, after: CheckHealth) -> CheckHealth:
    if after.verdict in (Verdict.OK, Verdict.UNKNOWN):
        return after
    now = sum(group.count for group in after.failed)
    return replace(after, worst=now if before.verdict is Verdict.OK else max(after.worst, now))


def _derive(
    health: CheckHealth, spec: CheckSpec, observation: Observation, now: datetime
) -> tuple[CheckHealth, Observation, tuple[LookFinding, ...]]:
    """What only several looks together show: failures that are new, and how runs went."""
    if isinstance(observation, Blind):
        return health, observation, ()
    known, observation = tell_apart(health.standing, observation)
    health = replace(health, standing=known)
    if spec.runs is None:
        return health, observation, ()
    runs = follow(health.runs or Runs(known_since=health.known_since), observation)
    return replace(health, runs=runs), observation, complaints(spec.runs, runs, now)


def _weigh(
    health: CheckHealth, spec: CheckSpec, evaluation: Evaluation, now: datetime
) -> CheckHealth:
    if evaluation.verdict is Verdict.UNKNOWN:
        return _lose_sight(health, spec, evaluation, now)
    seen = replace(health, blind_streak=0, blind_since=None)
    if spec.within:
        look = Look(at=now, verdict=evaluation.verdict)
        seen = replace(seen, recent=(*seen.recent, look)[-spec.within :])
        bad = [one for one in seen.recent if _side(seen.verdict, one.verdict) == "worse"]
        if bad and _side(seen.verdict, evaluation.verdict) != "better":
            return _count(seen, spec, evaluation, bad, now)
    if evaluation.verdict is health.verdict:
        return _believe(seen, spec, evaluation, health.verdict, since=health.since, now=now)
    return _lean(seen, spec, evaluation, now)


def _count(
    health: CheckHealth, spec: CheckSpec, evaluation: Evaluation, bad: list[Look], now: datetime
) -> CheckHealth:
    """N of the last M looks: a good look between bad ones does not begin the count anew."""
    mildest = min((look.verdict for look in bad), key=lambda verdict: SEVERITY[verdict])
    if len(bad) >= spec.confirm:
        counted = replace(health, recent=())
        return _believe(counted, spec, evaluation, mildest, since=bad[0].at, now=now)
    return replace(
        health,
        candidate=mildest,
        candidate_since=bad[0].at,
        streak=len(bad),
        next_check_at=now + spec.every / 3,
    )


def _lose_sight(
    health: CheckHealth, spec: CheckSpec, evaluation: Evaluation, now: datetime
) -> CheckHealth:
    """A blind look speaks for nothing; enough of them in a row make the verdict unknown."""
    already = health.verdict is Verdict.UNKNOWN and health.settled
    streak, since = health.blind_streak + 1, health.blind_since or now
    if streak >= spec.confirm:
        began = health.since if already else since
        return _believe(health, spec, evaluation, Verdict.UNKNOWN, since=began, now=now)
    doubt = not already or health.candidate is not None
    return replace(
        health,
        reasons=evaluation.reasons if already else health.reasons,
        blind_streak=streak,
        blind_since=since,
        next_check_at=now + (spec.every / 3 if doubt else spec.every),
    )


def _believe(
    health: CheckHealth,
    spec: CheckSpec,
    evaluation: Evaluation,
    verdict: Verdict,
    *,
    since: datetime,
    now: datetime,
) -> CheckHealth:
    """The health in which `verdict` is believed, and nothing builds up against it."""
    seeing = health.verdict is not Verdict.UNKNOWN
    return replace(
        health,
        verdict=verdict,
        since=since,
        reasons=evaluation.reasons,
        candidate=None,
        candidate_since=None,
        streak=0,
        settled=True,
        blind_streak=0,
        blind_since=None,
        before_blind=health.verdict if seeing else health.before_blind,
        next_check_at=now + spec.every,
    )


def _lean(health: CheckHealth, spec: CheckSpec, judged: Evaluation, now: datetime) -> CheckHealth:
    """The health after a look that disagrees; enough of them in a row are believed."""
    same_side = health.candidate is not None and _side(health.verdict, health.candidate) == _side(
        health.verdict, judged.verdict
    )
    streak = health.streak + 1 if same_side else 1
    since = health.candidate_since if same_side and health.candidate_since else now
    candidate = (
        _mildest(health.verdict, health.candidate, judged.verdict)
        if same_side and health.candidate
        else judged.verdict
    )
    if streak >= _needed(health, candidate, spec):
        began = since if _side(health.verdict, candidate) == "worse" else now
        return _believe(health, spec, judged, candidate, since=began, now=now)
    return replace(
        health,
        candidate=candidate,
        candidate_since=since,
        streak=streak,
        next_check_at=now + spec.every / 3,  # look again soon while in doubt
    )


_LASTING = frozenset({Signal.VERSION, Signal.FINGERPRINT})


def _remember(health: CheckHealth, observation: Observation) -> CheckHealth:
    """Keep the last values that were really read; a blind look erases nothing. Version and
    fingerprint are kept until others are read, so that an answer without them hides no change."""
    if isinstance(observation, Blind):
        return replace(health, error=observation.reason, cause=observation.cause)
    if observation.signals.get(Signal.REACHABLE) is False:
        kept = {**health.signals, **observation.signals}
        return replace(health, signals=kept, error=observation.error, cause=observation.cause)
    known = {name: value for name, value in health.signals.items() if name in _LASTING}
    return replace(
        health,
        signals={**known, **observation.signals},
        failed=observation.failed,
        error=observation.error,
        cause=observation.cause,
        read_at=observation.at,
    )


def _side(current: Verdict, other: Verdict) -> str:
    if current is Verdict.UNKNOWN:
        return "better" if other is Verdict.OK else "worse"
    if other is current:
        return "same"
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
    what it saw. So is one that waits for its first call, where others look. `unknown` shows only
    where nothing is wrong otherwise.
    """
    looked = [check for check in checks if check.checked_at is not None and check.settled]
    if not looked:
        return None
    looked = [check for check in looked if not check.waiting] or looked
    order = (Verdict.FAILING, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
    verdict = next(value for value in order if any(check.verdict is value for check in looked))
    speaking = [check for check in looked if check.verdict is verdict]
    # It is bad since the first of them is, and good only since the last of them is.
    begins = max if verdict is Verdict.OK else min
    return ConnectionHealth(
        connection=connection,
        verdict=verdict,
        since=begins(check.since for check in speaking),
        reasons=tuple(_of_whom(speaking)),
    )


def _of_whom(speaking: Sequence[CheckHealth]) -> Iterator[str]:
    """The reasons of checks; where several give some, each with the check that it is of."""
    several = sum(bool(check.reasons) for check in speaking) > 1
    for check in speaking:
        own = f"“{check.check.removeprefix(f'{check.connection}/')}”: " if several else ""
        yield from (f"{own}{reason}" for reason in check.reasons)


def with_turns(
    before: ConnectionHealth | None, after: ConnectionHealth, now: datetime
) -> ConnectionHealth:
    """`after` with what is remembered of earlier turns, and whether it comes and goes."""
    after, turns = _out_of_sight(before, after, now), before.turns if before else None
    if after.verdict is not Verdict.OK:
        turns = flapping.fall(turns, now)
    elif turns is not None:
        turns = flapping.rise(turns, now)
    if turns is None or not turns.many:
        return replace(after, turns=turns)
    steady = now - turns.turned_at >= flapping.steady_after(turns, _STEADY)
    return replace(after, turns=turns, flapping=not steady)


def _out_of_sight(
    before: ConnectionHealth | None, after: ConnectionHealth, now: datetime
) -> ConnectionHealth:
    """While a check failed, the connection was no unknown one, however long another is blind."""
    if before is None or after.verdict is not Verdict.UNKNOWN or before.since <= after.since:
        return after
    return replace(after, since=before.since if before.verdict is Verdict.UNKNOWN else now)


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
        flapping=after.turns if after.flapping else None,
        flapped=before is not None and before.flapping,
    )
