"""Signs of life that jobs push to us, and what their absence means.

Many pings become one kept `Ping` by `fold`: it always describes the newest finished run, with the
start of a run still going beside it. `judge_beat` then needs nothing but that value and the time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.signals import FailedRecords


class PingKind(StrEnum):
    SUCCESS = "success"
    START = "start"
    FAIL = "fail"
    LOG = "log"  # something to read; never changes the state of a check


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One ping as it arrived, or after `fold` the state of the job that sends them.

    `last_success`, `running_since` and `running_rid` are filled by `fold`; whoever receives a
    ping leaves them alone. `note` is the head of the body, already made harmless.
    """

    at: datetime
    kind: PingKind
    rid: str = ""  # run id chosen by the job, so that overlapping runs are told apart
    exit: int | None = None
    processed: float | None = None
    failed: tuple[FailedRecords, ...] = ()
    note: str = ""
    changed: tuple[str, ...] = ()  # what an audit log says was changed, in words
    last_success: datetime | None = None
    running_since: datetime | None = None
    running_rid: str = ""


class Beat(StrEnum):
    """What a job's pings say at one moment."""

    WAITING = "waiting"  # never pinged, and not yet due
    FINE = "fine"
    RUNNING = "running"
    LATE = "late"  # past its period, still within grace
    FAILED = "failed"  # the job itself said so
    STUCK = "stuck"  # started, and not ended within grace
    OVERDUE = "overdue"
    NEVER = "never"  # never pinged although it should have


ALIVE = frozenset({Beat.FINE, Beat.RUNNING, Beat.LATE})


def fold(previous: Ping | None, new: Ping) -> Ping | None:
    """What to keep after `new`; None while only log pings have come.

    A start never hides the outcome of the run before it, and the end of another run (by its
    run id) never hides that this one is still going, unless it failed.
    """
    if new.kind is PingKind.LOG:
        return previous
    if new.kind is PingKind.START:
        kept = previous or new
        return replace(kept, running_since=new.at, running_rid=new.rid)
    good_at = new.at if new.kind is PingKind.SUCCESS else None
    if previous is None:
        return replace(new, last_success=good_at)
    other_run = new.kind is PingKind.SUCCESS and new.rid != "" and new.rid != previous.running_rid
    return replace(
        new,
        last_success=good_at or previous.last_success,
        running_since=previous.running_since if other_run else None,
        running_rid=previous.running_rid if other_run else "",
    )


def judge_beat(
    ping: Ping | None, *, period: timedelta, grace: timedelta, first_seen: datetime, now: datetime
) -> Beat:
    """The state at `now` of a job that should finish once per `period`, at most `grace` late.

    `first_seen` is when we began to expect pings: a new check is not overdue at once.
    """
    if ping is None:
        return Beat.WAITING if now <= first_seen + period + grace else Beat.NEVER
    if ping.kind is PingKind.FAIL:
        return Beat.FAILED
    if ping.running_since is not None:
        return Beat.RUNNING if now <= ping.running_since + grace else Beat.STUCK
    age = now - ping.at
    if age <= period:
        return Beat.FINE
    return Beat.LATE if age <= period + grace else Beat.OVERDUE
