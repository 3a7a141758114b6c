"""What a confirmed change of verdict leads to: a new incident, a turn in an open one, or a word to
the owner.

Forms are refused here, too, when somebody else acted while they stood open: whoever sends one has
not seen that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.monitoring import health
from bot.core.monitoring.flapping import TURNS, Turns
from bot.core.monitoring.health import ConnectionHealth, Flip
from bot.core.monitoring.notices import CannotLook, Degraded, Flapping, HealthNotice, Healthy
from bot.core.monitoring.rules import Verdict
from bot.flows.changes import change_requests
from bot.flows.estate import windows
from bot.flows.incidents.grouping import recover
from bot.flows.monitoring import own_network
from bot.flows.monitoring.health import Batch, lost_sight
from bot.flows.people.presence import tell_reader
from bot.flows.work import Work, open_for
from bot.language.errors import Refused
from bot.language.marks import when

_TOLD: Mapping[Verdict, type[HealthNotice]] = {
    Verdict.DEGRADED: Degraded,
    Verdict.UNKNOWN: CannotLook,
    Verdict.OK: Healthy,
}


def verdicts(work: Work, batch: Batch) -> Batch:
    """What the looks make of the verdicts of their connections: flips are stored, and each has its
    consequences, but for the failures that have no incident yet."""
    flips, failures = {}, []
    for connection in batch.connections:
        flip, opens = _turned(work, connection)
        if flip is not None:
            flips[connection.id] = connection
        if flip is not None and opens:
            failures.append((connection, flip))
    return replace(batch, flips=flips, failures=tuple(failures))


def _turned(work: Work, connection: Connection) -> tuple[Flip | None, bool]:
    """Its flip, if it has one now, and whether that is to open an incident."""
    # Checks that left the file keep their rows, and have no say.
    keys = {spec.key for spec in connection.checks}
    checks = [check for check in work.tx.checks_of(connection.id) if check.check in keys]
    after = health.combine(connection.id, checks)
    if after is None:
        return None, False
    before = work.tx.connection_health(connection.id)
    after = health.with_turns(before, after, work.now)
    work.tx.save_connection_health(after)
    # Asked before the flip: to settle down is news also where the verdict stays what it was.
    if before and before.flapping and not after.flapping:
        end_degraded(work, connection, after)
    flip = health.flip(before, after, work.now)
    if flip is not None:
        work.tx.add_flip(flip)
        return flip, on_flip(work, connection, flip)
    on_sight_again(work, connection, after)
    still = on_still_failing(work, connection, after)
    return still, still is not None


def on_flip(work: Work, connection: Connection, flip: Flip) -> bool:
    """Let a confirmed change of verdict continue or end a part of an incident, or tell the owner.
    True when it is a failure that has no incident yet."""
    live = work.tx.live_incident(connection.id)
    if flip.new is Verdict.FAILING:
        return _failing(work, connection, live, flip)
    one = live or work.tx.child_for(connection.id)
    if one is None:
        _tell_owner(work, connection, flip)
        return False
    # Blind after failing is no recovery: nobody has seen it run.
    lost = lost_sight(work, connection, one)
    if lost or (flip.new is Verdict.UNKNOWN and flip.old is not Verdict.FAILING):
        recover.out_of_sight(work, connection, flip)
    if flip.new is Verdict.UNKNOWN:
        _tell_owner(work, connection, flip)
    if not lost:
        recover.recovered(work, connection, flip)
    return False


def on_sight_again(work: Work, connection: Connection, found: ConnectionHealth) -> None:
    """What failed and went blind runs again, which is no change of verdict where another check is
    blind or degraded still."""
    if found.verdict not in (Verdict.UNKNOWN, Verdict.DEGRADED):
        return
    one = work.tx.live_incident(connection.id) or work.tx.child_for(connection.id)
    flip = health.flip(None, found, work.now)
    if one and flip and one.recovered_at is None and not lost_sight(work, connection, one):
        recover.recovered(work, connection, flip)


def end_degraded(work: Work, connection: Connection, after: ConnectionHealth) -> None:
    """It no longer comes and goes: what it settled on is told, where no incident does."""
    flip = health.flip(None, after, work.now)
    if flip is not None and open_for(work, connection.id) is None:
        _tell_owner(work, connection, replace(flip, old=Verdict.DEGRADED))


def on_still_failing(work: Work, connection: Connection, found: ConnectionHealth) -> Flip | None:
    """A person's word closed the incident, but one lease later the checks still see it failing:
    that is a new incident, or nobody would ever be pinged for it. Returns what to open."""
    if found.verdict is not Verdict.FAILING or work.tx.live_incident(connection.id) is not None:
        return None
    last = next(iter(work.tx.incidents_of(connection.id, 1)), None)
    if last is None or work.tx.child_for(connection.id) is not None:
        return None
    closed = (work.tx.incident(last.parent) if last.parent is not None else None) or last
    closed_at = closed.resolved_at or last.recovered_at
    # For one lease whoever ended it may still be at work on what the checks see.
    if closed_at is None or work.now < closed_at + last.lease:
        return None
    if windows.delays_opening(work, connection):
        return None
    return Flip(
        connection=connection.id,
        at=work.now,
        since=found.since,
        old=Verdict.FAILING,
        new=Verdict.FAILING,
        reasons=(
            f"{closed.key} was resolved {when(closed_at)}, but it never stopped failing.",
            *found.reasons,
        ),
    )


def _failing(work: Work, connection: Connection, live: Incident | None, flip: Flip) -> bool:
    child = work.tx.child_for(connection.id)
    if live is not None:
        recover.fails_again(work, live, flip)
        return False
    if child is not None:
        recover.child_fails_again(work, child, flip)
        return False
    # Asked last: a window holds back what would open, never what is open already.
    return not windows.delays_opening(work, connection)


def _tell_owner(work: Work, connection: Connection, flip: Flip) -> None:
    """No incident: the technical owner hears of doubt, of blindness, and of the end of both."""
    told, owner = _news(work, flip), connection.owners.technical or connection.owners.architecture
    if told is None or owner is None:
        return
    # Bad news is expected in a window. That it runs again is told all the same, since the bad news
    # may be older.
    if not isinstance(told, Healthy) and windows.suppressed(work, connection):
        return
    # Where we are cut off ourselves, the owners of the estate hear of it once; nobody needs a
    # letter for each connection.
    if Verdict.UNKNOWN in (flip.old, flip.new) and own_network.to_blame(work, flip):
        return
    if isinstance(told, CannotLook) and _blind_before(work, connection, flip):
        return
    tell_reader(work, owner, told, about=f"connection:{connection.id}")


def _news(work: Work, flip: Flip) -> HealthNotice | Flapping | None:
    key, was, reasons = flip.connection, flip.old, flip.reasons
    if (turns := flip.flapping) is not None:
        if not _worth_telling(flip, turns):
            return None
        each = work.tx.turns_to(key, turns.since)
        return Flapping(connection=key, was=was, reasons=reasons, since=turns.since, turns=each)
    kind: type[HealthNotice] | None = _TOLD.get(flip.new)
    if kind is None or (kind is Healthy and was is None):
        return None
    return kind(connection=key, was=was, reasons=reasons, since=flip.since)


def _blind_before(work: Work, connection: Connection, flip: Flip) -> bool:
    """Whether all that is out of sight was so when what is over now began: it was told then, and
    something worse only lay over it."""
    began = flip.old_since
    if began is None or flip.old not in (Verdict.FAILING, Verdict.DEGRADED):
        return False
    keys = {spec.key for spec in connection.checks}
    checks = (one for one in work.tx.checks_of(connection.id) if one.check in keys)
    return all(one.since < began for one in checks if one.verdict is Verdict.UNKNOWN)


def _worth_telling(flip: Flip, turns: Turns) -> bool:
    """When it begins to come and go, and whenever it did so twice as often."""
    # At 3, 6, 12, 24 falls: the longer it goes on, the less another fall says.
    threes, left = divmod(turns.falls, TURNS)
    return not flip.flapped or (turns.bad and not left and threes.bit_count() == 1)


Deed = tuple[datetime, str | None, str]  # when, by whom, and in words


def refuse_incident(
    work: Work, number: int, kinds: frozenset[str], *, by: str, opened_at: datetime
) -> None:
    """Raises Refused when somebody else did something of these kinds of the timeline since."""
    _refuse(
        ((one.at, one.by, one.text) for one in work.tx.timeline(number) if one.kind in kinds),
        by,
        opened_at,
    )


def refuse_change(work: Work, number: int, *, by: str, opened_at: datetime) -> None:
    """Raises Refused when somebody else moved the change on since."""
    history = change_requests.load(work, number).history
    _refuse(((one.at, one.by, one.text) for one in history), by, opened_at)


def _refuse(deeds: Iterable[Deed], by: str, opened_at: datetime) -> None:
    # What the bot did by itself is nothing that the sender decided against.
    others = [one for one in deeds if one[1] not in (None, by) and one[0] > opened_at]
    if others:
        at, _, said = others[-1]
        raise Refused(
            f"Since you opened this form: {said.rstrip('.')}, at {when(at)}. Nothing was changed;"
            " close it, and open it again if it is still needed."
        )
