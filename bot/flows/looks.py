"""From finished checks to verdicts, flips and whatever follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.correlation import alike_words
from bot.core.monitoring import health
from bot.core.monitoring.health import CheckHealth, Flip
from bot.core.monitoring.heartbeat import PUSHED, Ping, fold
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, CheckResult, Observation, Signal
from bot.core.runbooks import evidence
from bot.flows.changes import unannounced
from bot.flows.governance import credential_expiry
from bot.flows.incidents import data_faults, on_flip, rejudge
from bot.flows.incidents.grouping import group as gathering
from bot.flows.incidents.grouping import parts
from bot.flows.monitoring import fingerprints, own_network, volumes
from bot.flows.work import Work
from bot.language.marks import outside


def claim_due(work: Work) -> tuple[CheckSpec, ...]:
    """The checks whose time has come, each handed to one caller only.

    A claim ends with the result; if none comes, the check is due again after its timeout and
    one interval.
    """
    specs = {spec.key: spec for spec in all_checks(work.catalogue)}
    for key in specs.keys() - work.tx.known_checks():
        work.tx.save_check_health(health.first(specs[key], work.now))
    due = [specs[key] for key in sorted(work.tx.due_checks(work.now)) if key in specs]
    for spec in due:
        work.tx.put_off_check(spec.key, work.now + spec.timeout + spec.every)
    return tuple(due)


def due(work: Work) -> tuple[CheckSpec, ...]:
    """The same where no claim can be stored: whoever asks keeps the pace."""
    known, waiting = work.tx.known_checks(), work.tx.due_checks(work.now)
    specs = all_checks(work.catalogue)
    return tuple(spec for spec in specs if spec.key in waiting or spec.key not in known)


def all_checks(catalogue: Catalogue) -> Iterable[CheckSpec]:
    for connection in catalogue.connections.values():
        yield from connection.checks


def record(
    work: Work, results: Iterable[CheckResult], canaries: bool | None = None
) -> tuple[str, ...]:
    """Store a batch of results and act on every verdict that changed. `canaries` is whether any
    address of `self_check` answered, None when none was asked.

    Returns the ids of the connections that flipped or got an incident. Results of checks that
    the catalogue no longer has are dropped.
    """
    specs = {spec.key: spec for spec in all_checks(work.catalogue)}
    arrived = [one for one in results if one.check in specs]
    known = [(specs[one.check], one.observation) for one in arrived]
    began = {one.check: one.began for one in arrived if one.began}
    woken = work.tx.due_checks(work.now)  # by a ping, since their look began
    touched: dict[str, None] = {}
    turns = Turned()
    for spec, observation in own_network.see(work, known, canaries):
        before = work.tx.check_health(spec.key) or health.first(spec, work.now)
        connection = work.catalogue.connections[spec.connection]
        observation = credential_expiry.with_override(work, connection, spec, observation)
        _notice_version(work, before, observation)
        fingerprints.notice(work, spec, before, observation)
        found = volumes.record(work, spec, observation)
        after = health.step(before, spec, observation, work.now, findings=found)
        if spec.key in began:
            after = health.back_dated(before, after, began[spec.key])
        after = _one_life(work, before, after)
        work.tx.save_check_health(after)
        turns.note(connection, before, after)
        if spec.kind in PUSHED and spec.key in woken:
            work.tx.put_off_check(spec.key, work.now)
        touched[spec.connection] = None
    for name in touched:
        _flip(work, work.catalogue.connections[name], turns)
    gathering.open_or_join(work, turns.to_open)
    parts.keep_worst(work, turns.in_error)
    _think_over(work, turns)
    return tuple(turns.flips)


def _one_life(work: Work, before: CheckHealth, after: CheckHealth) -> CheckHealth:
    """Failing once more in the same incident begins no count anew: how many records were in error
    at most is asked of all its failures."""
    if before.verdict is not Verdict.OK or after.verdict in (Verdict.OK, Verdict.UNKNOWN):
        return after
    one = work.tx.live_incident(after.connection) or work.tx.part_for(after.connection)
    within = one is not None and before.since >= one.failing_since
    return replace(after, worst=max(before.worst, after.worst)) if within else after


def _think_over(work: Work, turns: "Turned") -> None:
    """What was judged and what is shown of incidents, with what these looks brought."""
    spoken = {**turns.flips, **turns.news}
    rejudge.keep_words(work, spoken.values())
    data_faults.put_to_owners(work, spoken.values())
    rejudge.news(work, turns.news.values())
    rejudge.figures(work, turns.figures.values())
    gathered = {connection.id for connection, _ in turns.to_open}
    turned = [one for name, one in turns.flips.items() if name not in gathered]
    rejudge.neighbours(work, turned)
    if turns.flips:
        work.refresh_homes()


def _shown(check: CheckHealth) -> object:
    """What cards, steps and letters may say of the check. How long an answer took is told only
    where it is slow, in seconds."""
    signals = {key: one for key, one in check.signals.items() if key is not Signal.LATENCY}
    slow = evidence.slow(check.signals.get(Signal.LATENCY))
    return check.verdict, check.error, check.cause, check.failed, check.worst, signals, slow


def _other_words(before: CheckHealth, after: CheckHealth) -> bool:
    """Whether what fails says something that it did not say at the look before."""
    if after.verdict is not Verdict.FAILING:
        return False
    return bool(_words(after) - _words(before))


def _words(check: CheckHealth) -> frozenset[str]:
    texts = (check.error, *(group.text for group in check.failed))
    return frozenset(alike_words(text) for text in texts if text)


@dataclass(slots=True)
class Turned:
    """What one batch changed, by connection: verdicts, what fails with other words, what reads
    otherwise than before; failures that have no incident yet; and who has records in error."""

    flips: dict[str, Connection] = field(default_factory=dict)
    news: dict[str, Connection] = field(default_factory=dict)
    figures: dict[str, Connection] = field(default_factory=dict)
    to_open: list[tuple[Connection, Flip]] = field(default_factory=list)
    in_error: set[str] = field(default_factory=set)

    def note(self, connection: Connection, before: CheckHealth, after: CheckHealth) -> None:
        if _other_words(before, after):
            self.news[connection.id] = connection
        if _shown(before) != _shown(after):
            self.figures[connection.id] = connection
        if after.worst and after.verdict not in (Verdict.OK, Verdict.UNKNOWN):
            self.in_error.add(connection.id)


def _flip(work: Work, connection: Connection, turns: Turned) -> None:
    keys = {spec.key for spec in connection.checks}
    after = health.combine(
        connection.id, [check for check in work.tx.checks_of(connection.id) if check.check in keys]
    )
    if after is None:
        return
    before = work.tx.connection_health(connection.id)
    after = health.with_turns(before, after, work.now)
    work.tx.save_connection_health(after)
    flip = health.flip(before, after, work.now)
    if before and before.flapping and not after.flapping:
        on_flip.calm(work, connection, after)
    if flip is not None:
        work.tx.add_flip(flip)
        turns.flips[connection.id] = connection
        if on_flip.on_flip(work, connection, flip):
            turns.to_open.append((connection, flip))
        return
    on_flip.on_sight_again(work, connection, after)
    still = on_flip.on_still_failing(work, connection, after)
    if still is not None:
        turns.flips[connection.id] = connection
        turns.to_open.append((connection, still))


def _notice_version(work: Work, before: CheckHealth, observation: Observation) -> None:
    """A far end that says it is another version now has been updated: a fact for triage."""
    if isinstance(observation, Blind):
        return
    old, new = before.signals.get(Signal.VERSION), observation.signals.get(Signal.VERSION)
    if old is not None and new is not None and old != new:
        said = f"the served version changed from {outside(str(old), 40)} to {outside(str(new), 40)}"
        work.tx.observe(before.connection, observation.at, said)


def receive_pings(work: Work, arrived: Iterable[tuple[str, Ping]]) -> None:
    """Keep heartbeats, each with its check and in the order in which they came, and let their
    checks look at once. What one says was changed is asked about."""
    kept: dict[str, Ping | None] = {}
    for check, ping in arrived:
        before = kept[check] if check in kept else work.tx.last_ping(check)
        kept[check] = fold(before, ping)
        unannounced.audit_entries(work, check, ping.changed)
    for check, last in kept.items():
        if last is not None:
            work.tx.save_ping(check, last)
            work.tx.put_off_check(check, work.now)


def last_ping(work: Work, check: str) -> Ping | None:
    return work.tx.last_ping(check)


def known_since(work: Work, check: str) -> datetime:
    """When we began to expect something of this check."""
    health = work.tx.check_health(check)
    return health.known_since if health else work.now


def look_again(work: Work, keys: Iterable[str]) -> None:
    """What these looks saw is not judged."""
    for key in keys:
        work.tx.put_off_check(key, work.now)


def look_now(work: Work, connection: Connection) -> tuple[CheckSpec, ...]:
    """Claim every check of one connection, due or not, because a person asked."""
    for spec in connection.checks:
        if work.tx.check_health(spec.key) is None:
            work.tx.save_check_health(health.first(spec, work.now))
        work.tx.put_off_check(spec.key, work.now + spec.timeout + spec.every)
    return connection.checks
