"""Signs of life that jobs push to us, and what their absence means.

Many pings become one kept `Ping` by `fold`: it always describes the newest finished run, with the
start of a run still going beside it. `judge_beat` then needs nothing but that value and the time.

Where several reporters share an address, each is followed apart by what its messages are about, and
what is kept is the worst of them: the good word of one never covers the failure of another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.monitoring.signals import FailedRecords, Signal, SignalValue

Kinds = frozenset[str]  # of checks
HEARTBEATS: Kinds = frozenset({"heartbeat"})
WEBHOOKS: Kinds = frozenset({"webhook"})
PUSHED = HEARTBEATS | WEBHOOKS  # kinds that are told instead of asking
# What those can bring.
TELLS = frozenset(
    {Signal.REACHABLE, Signal.STATUS, Signal.HEARTBEAT, Signal.LAST_SUCCESS}
    | {Signal.RUNNING_SINCE, Signal.PROCESSED, Signal.FAILED}
)


class PingKind(StrEnum):
    SUCCESS = "success"
    START = "start"
    FAIL = "fail"
    LOG = "log"  # something to read; never changes the state of a check


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One ping as it arrived, or after `fold` the state of the job that sends them.

    `about` names the reporter: an alert group, a component, a job; empty where an address has one
    only. `unread` names what nobody here understood and quotes nothing of it. A `test` says nothing
    but that the line works; what is said `once` is of a kind that its sender never takes back.
    `last_success`, `running` (when each run that goes on began, by its id), `running_since` and
    `running_rid` (of the oldest of them), `tested_at` and `parts` (by reporter) are filled by
    `fold`; whoever receives a ping leaves them alone. `note` is the head of the body, already made
    harmless.
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
    running: Mapping[str, datetime] = field(default_factory=dict)
    about: str = ""
    unread: str = ""
    test: bool = False
    once: bool = False
    tested_at: datetime | None = None
    parts: Mapping[str, "Ping"] = field(default_factory=dict)


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
    """What to keep after `new`; None while only log pings have come that say nothing unread."""
    # A test button proves the line and nothing else: it neither fails nor ends anything.
    if new.test:
        return replace(previous or replace(new, about="", note="", test=False), tested_at=new.at)
    kept = _fold(previous, new)
    tested = previous.tested_at if previous else None
    return replace(kept, tested_at=tested) if kept and tested else kept


def _fold(previous: Ping | None, new: Ping) -> Ping | None:
    if not new.about and not (previous and previous.parts):
        return _follow(previous, new)
    parts = dict(previous.parts) if previous else {}
    # What was kept before reporters were told apart goes on as the first one that speaks.
    own = parts.get(new.about) if parts else previous
    followed = _follow(own, new)
    if followed is None:
        return previous
    if new.kind is not PingKind.LOG:
        # Somebody at this address was understood again, so what was not is no news any more.
        parts = {about: replace(one, unread="") for about, one in parts.items()}
    parts[new.about] = replace(followed, about=new.about, tested_at=None, parts={})
    return _together(_bounded(parts, new))


def failing(
    ping: Ping, now: datetime | None = None, once_for: timedelta = timedelta.max
) -> tuple[Ping, ...]:
    """The reporters whose last word is a failure, the newest first. What was said `once` counts
    for `once_for` until `now`."""
    found = [
        part
        for part in (ping.parts.values() or [ping])
        if part.kind is PingKind.FAIL and not (now and part.once and now - part.at > once_for)
    ]
    return tuple(sorted(found, key=lambda part: part.at, reverse=True))


def _follow(previous: Ping | None, new: Ping) -> Ping | None:
    """What to keep of one reporter after `new`. A start never hides the outcome of the run before
    it, and the end of one run never hides that another is still going."""
    if new.kind is PingKind.LOG:
        if not new.unread:
            return previous
        return replace(previous, unread=new.unread) if previous else new
    runs = _runs_after(previous, new)
    if new.kind is PingKind.START:
        started = previous is not None and previous.kind is not PingKind.LOG
        return _with_runs(replace(previous if previous and started else new, unread=""), runs)
    before = previous.last_success if previous else None
    good_at = new.at if new.kind is PingKind.SUCCESS else before
    return _with_runs(replace(new, last_success=good_at), runs)


MOST_RUNS = 50  # of one reporter that are kept as going on; the oldest is given up first
_RUN_KEPT = timedelta(days=7)


def _runs_after(previous: Ping | None, new: Ping) -> dict[str, datetime]:
    """The runs that go on after `new`. Runs without an id are one run: a start without an id
    begins it anew. An end ends its own run; else the one that has no id; else, if it names none,
    the one that began last, so that a run that hangs is not taken for ended."""
    kept = runs_of(previous) if previous else {}
    runs = {rid: since for rid, since in kept.items() if new.at - since <= _RUN_KEPT}
    if new.kind is PingKind.START:
        runs[new.rid] = new.at
        # A job that only ever starts, with a new id each time, must not grow the row without end.
        newest = sorted(runs, key=lambda rid: runs[rid])[-MOST_RUNS:]
        return {rid: runs[rid] for rid in newest}
    named = new.rid if new.rid in runs else ""
    if named not in runs and not new.rid and runs:
        named = max(runs, key=lambda rid: runs[rid])
    runs.pop(named, None)
    return runs


def _with_runs(ping: Ping, runs: Mapping[str, datetime]) -> Ping:
    oldest = min(runs, key=lambda rid: runs[rid], default="")
    return replace(ping, running=runs, running_since=runs.get(oldest), running_rid=oldest)


def runs_of(ping: Ping) -> Mapping[str, datetime]:
    """When each run that goes on began, by its id; empty for the run that has none. Rows of
    earlier versions know one run only."""
    if ping.running or ping.running_since is None:
        return ping.running
    return {ping.running_rid: ping.running_since}


def runs_at(
    ping: Ping, *, period: timedelta, grace: timedelta, now: datetime
) -> Mapping[str, datetime]:
    """The runs that go on, without those whose end nobody waits for any more: a run that hangs is
    given up a period and a grace after it should have ended, once another has ended well since."""
    good = ping.last_success

    def over(since: datetime) -> bool:
        due = since + grace
        return good is not None and good > due and now > due + period + grace

    return {rid: since for rid, since in runs_of(ping).items() if not over(since)}


def understood(ping: Ping) -> bool:
    """Whether any message said something: one that nobody understood, and a test, are no sign of
    health."""
    return any(map(_says, ping.parts.values() or [ping]))


def _says(one: Ping) -> bool:
    # What a person took back is a note too, and was understood.
    noted = bool(one.unread or one.tested_at)
    return one.kind is not PingKind.LOG or one.last_success is not None or not noted


def heard_at(ping: Ping) -> datetime:
    """When the newest message came, starts among them, and what nobody understood only where
    nothing else came."""
    every = list(ping.parts.values()) or [ping]
    each = [one for one in every if _says(one)] or every
    return max(at for one in each for at in (one.at, *runs_of(one).values()))


MOST_PARTS = 100
_BEYOND = "beyond"  # no source's name, so no reporter is called so
_BEYOND_FOR = timedelta(days=1)
_NOTE, _GROUPS = 200, 50


def _bounded(parts: dict[str, Ping], new: Ping) -> dict[str, Ping]:
    """At most `MOST_PARTS` reporters. The good and quiet ones that spoke longest ago are given up
    first. Failures for which there is no room share one slot, which no good word can clear: it
    ends a day after the last of them, once nothing else fails."""
    beyond = parts.pop(_BEYOND, None)
    if len(parts) > MOST_PARTS:
        # Good ones only: a failure that is given up would be forgotten without having ended.
        quiet = (key for key, one in parts.items() if key != new.about and _quiet(one))
        given_up = min(quiet, key=lambda key: parts[key].at, default=new.about)
        lost = parts.pop(given_up)
        if lost.kind is PingKind.FAIL:
            beyond = _with_runs(replace(lost, about=_BEYOND), {})
    fails = any(one.kind is PingKind.FAIL for one in parts.values())
    if beyond and (fails or new.at - beyond.at <= _BEYOND_FOR):
        parts[_BEYOND] = beyond
    groups = max(1, _GROUPS // len(parts))
    return {key: _cut(one, groups) for key, one in parts.items()} if len(parts) > 1 else parts


def reported(ping: Ping, *, hangs: bool) -> tuple[str, ...]:
    """What stands against the job or the reporters, in their words, the newest first; where it
    `hangs`, also every run that goes on."""
    runs = runs_of(ping) if hangs else ()
    return (
        *(one.note or "a failure" for one in failing(ping)),
        *(f"run {rid} goes on" if rid else "a run goes on" for rid in runs),
    )


def taken_back(ping: Ping) -> Ping:
    """The ping without the failures that were reported and the runs that go on: a person knows that
    they are over. None of them becomes a success."""
    parts = {about: _over(one) for about, one in ping.parts.items() if about != _BEYOND}
    return replace(_together(parts), tested_at=ping.tested_at) if parts else _over(ping)


def _over(one: Ping) -> Ping:
    ended = _with_runs(one, {})
    if one.kind is not PingKind.FAIL:
        return ended
    return replace(ended, kind=PingKind.LOG, failed=(), once=False, parts={})


def _quiet(one: Ping) -> bool:
    return one.kind is not PingKind.FAIL and one.running_since is None


def _cut(one: Ping, groups: int) -> Ping:
    return replace(one, note=one.note[:_NOTE], failed=one.failed[:groups], changed=())


_WORST_FIRST = (PingKind.FAIL, PingKind.SUCCESS, PingKind.START, PingKind.LOG)


def _together(parts: Mapping[str, Ping]) -> Ping:
    """The worst of all: failed while any has failed, running since the oldest run that has not
    ended. `at` is that of the newest message."""
    kind = next(kind for kind in _WORST_FIRST if any(one.kind is kind for one in parts.values()))
    spoken = [one for one in parts.values() if one.kind is kind]
    leading = max(spoken, key=lambda one: one.at)
    going = [(since, rid) for one in parts.values() for rid, since in runs_of(one).items()]
    oldest = min(going, default=(None, ""))
    good = [one.last_success for one in parts.values() if one.last_success is not None]
    unread = [one for one in parts.values() if one.unread]
    return replace(
        leading,
        at=max(one.at for one in parts.values()),
        failed=tuple(group for one in spoken for group in one.failed)[:_GROUPS],
        last_success=max(good, default=None),
        running={},
        running_since=oldest[0],
        running_rid=oldest[1],
        unread=max(unread, key=lambda one: one.at).unread if unread else "",
        about="",
        parts=parts,
    )


def told_by(
    ping: Ping, failed: Iterable[FailedRecords], running_since: datetime | None
) -> dict[str, SignalValue]:
    """The signals of a ping, beside its state."""
    told: dict[str, SignalValue | None] = {
        Signal.HEARTBEAT: heard_at(ping),
        Signal.FAILED: float(sum(group.count for group in failed)),
        Signal.LAST_SUCCESS: ping.last_success,
        Signal.RUNNING_SINCE: running_since,
        Signal.PROCESSED: ping.processed,
    }
    return {name: value for name, value in told.items() if value is not None}


def judge_beat(
    ping: Ping | None, *, period: timedelta, grace: timedelta, first_seen: datetime, now: datetime
) -> Beat:
    """The state at `now` of a job that should finish once per `period`, at most `grace` late.

    `first_seen` is when we began to expect pings: a new check is not overdue at once. Starts are
    no ends: a job that only ever begins is overdue like one that is silent.
    """
    if ping is None:
        return Beat.WAITING if now <= first_seen + period + grace else Beat.NEVER
    # The job's own word comes before what its runs look like.
    if ping.kind is PingKind.FAIL:
        return Beat.FAILED
    runs = runs_at(ping, period=period, grace=grace, now=now)
    # Before its age: a run that hangs is the reason why none has ended.
    if any(now > since + grace for since in runs.values()):
        return Beat.STUCK
    ended = ping.kind is PingKind.SUCCESS
    age = now - ((ended and ping.last_success) or ping.at)  # where none ended: of the first start
    if age > period + grace:
        return Beat.NEVER if ping.kind is PingKind.START else Beat.OVERDUE
    if runs:
        return Beat.RUNNING
    return Beat.FINE if age <= period else Beat.LATE
