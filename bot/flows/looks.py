"""From finished checks to verdicts, flips and whatever follows from them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.health import first
from bot.core.monitoring.heartbeat import Ping, fold
from bot.core.monitoring.signals import CheckResult
from bot.flows.changes import unannounced
from bot.flows.governance import credential_expiry
from bot.flows.incidents import data_faults, on_flip, rejudge
from bot.flows.incidents.grouping import children
from bot.flows.incidents.grouping.group import open_or_join
from bot.flows.monitoring import fingerprints, health, own_network, volumes
from bot.flows.monitoring.health import Batch, FinishedLook
from bot.flows.work import Work

T = TypeVar("T")
Stage = Callable[[Work, Batch], Batch]


def claim_due(work: Work) -> tuple[CheckSpec, ...]:
    """The checks whose time has come, each handed to one caller only.

    A claim ends with the result; if none comes, the check is due again after its timeout and
    one interval.
    """
    specs = {spec.key: spec for spec in all_checks(work.catalogue)}
    # A check is due from the moment it is known: the estate file may have changed a second ago.
    for key in specs.keys() - work.tx.known_checks():
        work.tx.save_check_health(first(specs[key], work.now))
    # A check that left the file keeps its row, which would be due for ever.
    due = [specs[key] for key in sorted(work.tx.due_checks(work.now)) if key in specs]
    for spec in due:
        # The claim. Should this process die while it looks, the check is due again after that.
        work.tx.put_off_check(spec.key, work.now + spec.timeout + spec.every)
    return tuple(due)


def due(work: Work) -> tuple[CheckSpec, ...]:
    """As `claim_due`, where no claim can be stored: whoever asks keeps the pace."""
    known, waiting = work.tx.known_checks(), work.tx.due_checks(work.now)
    specs = all_checks(work.catalogue)
    return tuple(spec for spec in specs if spec.key in waiting or spec.key not in known)


def all_checks(catalogue: Catalogue) -> Iterable[CheckSpec]:
    for connection in catalogue.connections.values():
        yield from connection.checks


def record(
    work: Work, results: Iterable[CheckResult], hosts_answer: bool | None = None
) -> tuple[str, ...]:
    """Store a batch of results and act on every verdict that changed. `hosts_answer` is whether any
    address of `self_check` answered, None when none was asked.

    Returns the ids of the connections that flipped or got an incident. Results of checks that
    the catalogue no longer has are dropped.
    """
    specs = {spec.key: spec for spec in all_checks(work.catalogue)}
    looks = tuple(
        FinishedLook(
            spec=specs[one.check],
            connection=work.catalogue.connections[specs[one.check].connection],
            observation=one.observation,
            began=one.began,
        )
        for one in results
        if one.check in specs
    )
    batch = Batch(looks=looks, hosts_answer=hosts_answer)
    for stage in STAGES:
        batch = stage(work, batch)
    return tuple(batch.flips)


def _also(act: Callable[[Work, T], object], of: Callable[[Batch], T]) -> Stage:
    """A stage that acts on something of the batch and leaves the batch as it is."""

    def stage(work: Work, batch: Batch) -> Batch:
        act(work, of(batch))
        return batch

    return stage


def _refresh_homes(work: Work, flips: Mapping[str, Connection]) -> None:
    if flips:
        work.refresh_homes()


STAGES: tuple[Stage, ...] = (
    # First, since what nobody could see says nothing of volumes, dates or health.
    own_network.mark_blind,
    # Before anything is believed: what a check read is put right by what people said.
    credential_expiry.apply_told_dates,
    # What is wrong with a volume is a finding of its check, so it is there when that is judged.
    volumes.count,
    health.believe,
    # What was read before is known only now; incidents that open below have it among their facts.
    fingerprints.notice,
    # Every check of a connection is believed by now: only together they have a verdict.
    on_flip.verdicts,
    # All flips are known: what failed in one batch is gathered by its cause.
    _also(open_or_join, lambda batch: batch.failures),
    # From here on every connection that fails has its incident, which these change and show. How
    # many records were in error stays with it, and what they said, before it is thought over.
    _also(children.keep_worst, lambda batch: batch.in_error),
    _also(rejudge.keep_words, lambda batch: batch.spoken),
    _also(data_faults.put_to_owners, lambda batch: batch.spoken),
    _also(rejudge.news, lambda batch: batch.news.values()),
    _also(rejudge.figures, lambda batch: batch.figures),
    # After their own incidents, since others are judged by what became of these.
    _also(rejudge.neighbours, lambda batch: batch.turned_alone),
    _also(_refresh_homes, lambda batch: batch.flips),
)


def receive_pings(work: Work, arrived: Iterable[tuple[str, Ping]]) -> None:
    """Keep heartbeats, each with its check and in the order in which they came, and let their
    checks look at once. What one says was changed is asked about."""
    kept: dict[str, Ping | None] = {}
    for check, ping in arrived:
        # Several pings of one job may come in one batch; each builds on the one before it.
        before = kept[check] if check in kept else work.tx.last_ping(check)
        kept[check] = fold(before, ping)
        unannounced.audit_entries(work, check, ping.changed)
    for check, last in kept.items():
        if last is not None:
            work.tx.save_ping(check, last)
            # A job that reports trouble should not wait for the next interval to be believed.
            work.tx.put_off_check(check, work.now)


def last_ping(work: Work, check: str) -> Ping | None:
    return work.tx.last_ping(check)


def known_since(work: Work, check: str) -> datetime:
    """When we began to expect something of this check."""
    known = work.tx.check_health(check)
    return known.known_since if known else work.now


def look_again(work: Work, keys: Iterable[str]) -> None:
    """What these looks saw is not judged."""
    for key in keys:
        work.tx.put_off_check(key, work.now)


def look_now(work: Work, connection: Connection) -> tuple[CheckSpec, ...]:
    """Claim every check of one connection, due or not, because a person asked."""
    for spec in connection.checks:
        if work.tx.check_health(spec.key) is None:
            work.tx.save_check_health(first(spec, work.now))
        work.tx.put_off_check(spec.key, work.now + spec.timeout + spec.every)
    return connection.checks
