"""What is believed of checks once their looks are finished, and which checks are blind while others
of their connection see. Finished looks pass through the stages of `bot.flows.looks` as a `Batch`.

A blind check speaks for nothing: it keeps no incident failing, except one that failed in it before
we lost sight.

The gaps are spans of time of which this database knows nothing. Whatever the bot posted in one of
them was made by a life that a restored backup does not remember, and the numbers in it may be
something else by now. While nobody ran nothing was posted, so every span between the last sign of
life and a start counts as a gap, whether or not a backup was put back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import alike_words
from bot.core.incidents.incident import Incident
from bot.core.monitoring import health
from bot.core.monitoring.health import CheckHealth, Flip
from bot.core.monitoring.heartbeat import PUSHED
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import LookFinding, Observation, Signal
from bot.core.runbooks import evidence
from bot.flows.work import Work
from bot.language.marks import outside
from bot.language.units import say_names
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedLook:
    """One finished check. `began` is when looks that could not be stored first saw the like;
    `findings` is what is wrong with the volume."""

    spec: CheckSpec
    connection: Connection
    observation: Observation
    began: datetime | None = None
    findings: tuple[LookFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What is believed of a check since a look, and what was before."""

    look: FinishedLook
    before: CheckHealth
    after: CheckHealth

    @property
    def says_other_words(self) -> bool:
        """Whether what fails says something that it did not say at the look before."""
        fails = self.after.verdict is Verdict.FAILING
        return fails and bool(_words(self.after) - _words(self.before))

    @property
    def shows_otherwise(self) -> bool:
        return _shown(self.before) != _shown(self.after)

    @property
    def in_error(self) -> bool:
        """Whether it has records in error."""
        return bool(self.after.worst) and self.after.verdict not in (Verdict.OK, Verdict.UNKNOWN)


@dataclass(frozen=True, kw_only=True)  # without slots, for what is worked out once
class Batch:
    """`hosts_answer` is whether any address of `self_check` answered, None when none was asked.
    `flips` are the connections whose verdict changed, `failures` those without an incident yet."""

    looks: tuple[FinishedLook, ...]
    hosts_answer: bool | None = None
    believed: tuple[Believed, ...] = ()
    flips: Mapping[str, Connection] = field(default_factory=dict)
    failures: tuple[tuple[Connection, Flip], ...] = ()

    def with_looks(self, looks: Iterable[FinishedLook]) -> "Batch":
        return replace(self, looks=tuple(looks))

    @property
    def connections(self) -> Iterable[Connection]:
        return {one.connection.id: one.connection for one in self.looks}.values()

    @cached_property
    def news(self) -> Mapping[str, Connection]:
        """Those of which something that fails says other words than before."""
        return _by_id(one.look.connection for one in self.believed if one.says_other_words)

    @property
    def spoken(self) -> Iterable[Connection]:
        return {**self.flips, **self.news}.values()

    @property
    def figures(self) -> Iterable[Connection]:
        """Those of which cards, steps or letters may say something else than before."""
        return _by_id(one.look.connection for one in self.believed if one.shows_otherwise).values()

    @property
    def in_error(self) -> frozenset[str]:
        return frozenset(one.after.connection for one in self.believed if one.in_error)

    @property
    def turned_alone(self) -> tuple[Connection, ...]:
        """Those that flipped and were not gathered, which thinks of the neighbours itself."""
        # Gathering looks at the neighbours of what it opens by itself.
        gathered = {connection.id for connection, _ in self.failures}
        return tuple(one for name, one in self.flips.items() if name not in gathered)


def _by_id(connections: Iterable[Connection]) -> Mapping[str, Connection]:
    return {one.id: one for one in connections}


def _shown(check: CheckHealth) -> object:
    """What may be said of the check. How long an answer took is told only where it is slow, in
    seconds."""
    signals = {key: one for key, one in check.signals.items() if key is not Signal.LATENCY}
    slow = evidence.slow(check.signals.get(Signal.LATENCY))
    return check.verdict, check.error, check.cause, check.failed, check.worst, signals, slow


def _words(check: CheckHealth) -> frozenset[str]:
    texts = (check.error, *(group.text for group in check.failed))
    return frozenset(alike_words(text) for text in texts if text)


def believe(work: Work, batch: Batch) -> Batch:
    """Count each look until a verdict is confirmed, and store what is believed of its check."""
    # Else storing this look would put off the check that the ping has just woken.
    woken = work.tx.due_checks(work.now)  # by a ping, since their look began
    believed = []
    for look in batch.looks:
        key = look.spec.key
        believed.append(_believed(work, look))
        work.tx.save_check_health(believed[-1].after)
        if look.spec.kind in PUSHED and key in woken:
            work.tx.put_off_check(key, work.now)
    return replace(batch, believed=tuple(believed))


def _believed(work: Work, look: FinishedLook) -> Believed:
    before = work.tx.check_health(look.spec.key) or health.first(look.spec, work.now)
    after = health.step(before, look.spec, look.observation, work.now, findings=look.findings)
    if look.began:
        after = health.back_dated(before, after, look.began)
    return Believed(look=look, before=before, after=_one_life(work, before, after))


def _one_life(work: Work, before: CheckHealth, after: CheckHealth) -> CheckHealth:
    """Failing once more in the same incident begins no count anew: how many records were in error
    at most is asked of all its failures."""
    if before.verdict is not Verdict.OK or after.verdict in (Verdict.OK, Verdict.UNKNOWN):
        return after
    one = work.tx.live_incident(after.connection) or work.tx.child_for(after.connection)
    # What the check counted before the incident is no matter of it.
    within = one is not None and before.since >= one.failing_since
    return replace(after, worst=max(before.worst, after.worst)) if within else after


def _blind(work: Work, connection: Connection) -> tuple[CheckHealth, ...]:
    keys = {spec.key for spec in connection.checks}
    return tuple(one for one in work.tx.checks_of(connection.id) if one.check in keys and one.blind)


def lost_sight(work: Work, connection: Connection, incident: Incident) -> bool:
    """Whether a check that failed in the incident was failing when it went blind: nobody knows
    whether that runs again."""
    return any(
        one.before_blind is Verdict.FAILING and one.since >= incident.failing_since
        for one in _blind(work, connection)
    )


def sees_nothing(work: Work, connection: Connection) -> bool:
    """Whether none of its checks sees anything."""
    blind = _blind(work, connection)
    return bool(blind) and len(blind) == len(connection.checks)


def blind_checks(work: Work, connection: Connection) -> tuple[tuple[str, str], ...]:
    """Its blind checks, each with why."""
    return tuple(
        (one.check.removeprefix(f"{connection.id}/"), " ".join(one.reasons))
        for one in _blind(work, connection)
    )


def why_blind(work: Work, connection: Connection) -> str:
    return " ".join(dict.fromkeys(why for _, why in blind_checks(work, connection)))


def blind_names(work: Work, connection: Connection) -> str:
    """The blind ones in words; empty where all see."""
    return say_names([f"“{outside(name)}”" for name, _ in blind_checks(work, connection)])


Spans = tuple[tuple[datetime, datetime], ...]

ALIVE = ("vitals", "at")  # kept value: written every few seconds
_GAPS = "gaps"  # kept values: when each began and ended
# What is posted so soon after the last sign of life is remembered: while letters were under way
# they may have left a while after they were taken from the outbox.
_AFTER, _UNDER_WAY = timedelta(seconds=10), timedelta(minutes=1)


def begin(tx: Tx, now: datetime) -> None:
    """A start. Call it before the first sign of life is written."""
    # A letter may have left after the last sign, which is given only every few seconds.
    signs = [tx.last_letter_at(), last_sign(tx)]
    last = max((one for one in signs if one is not None), default=None)
    # A new database has no life before this one.
    if last is None:
        return
    # A letter that was under way may have been posted after the last sign.
    begins = last + (_UNDER_WAY if tx.claiming_processes() else _AFTER)
    if begins < now:
        tx.remember(_GAPS, begins.isoformat(), now.isoformat())


def last_sign(tx: Tx) -> datetime | None:
    """When the bot last showed that it runs on this database; None when it never did."""
    return _moment(tx.recall(*ALIVE))


def gaps(tx: Tx) -> Spans:
    """All of them, from just after the last sign of life to the start that followed."""
    known: Mapping[str, str] = tx.recall_all(_GAPS)
    return tuple(
        (datetime.fromisoformat(since), datetime.fromisoformat(until))
        for since, until in known.items()
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
