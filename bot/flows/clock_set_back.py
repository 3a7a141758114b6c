"""What is put right after the clock of this machine was wrong: nothing may wait for the wrong time
to come again.

A moment that is on record as past and lies ahead becomes now, or what it was where a jump is undone
(`core.incidents.clock_jumps`). What waits keeps the rest that it had when it was last touched, and
never gets more than a right clock could have given it (`furthest` there). A clock that went
forward, but not back to where it was before, needs nothing: whatever it made due is acted upon once
it is believed.

Every moment on record by this clock is read or changed in one go. What other systems and people
said about time is theirs and stays. What was taken from people only because the clock was ahead is
given back once it is right.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.clock_jumps import (
    AHEAD,
    NO_JUMP,
    Change,
    Jump,
    Record,
    Spans,
    changed,
    furthest,
    remember,
)
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.notices import GivenBack
from bot.core.incidents.review import ASK_AGAIN
from bot.core.incidents.self_check import ClockJumped
from bot.core.incidents.severity import Severity
from bot.core.monitoring.flapping import Turns
from bot.core.monitoring.health import CheckHealth, ConnectionHealth
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.own_network import NetworkState
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.next_in_line import estate_owners
from bot.core.people.presence import Presence, can_wait, next_start
from bot.flows.changes import releases
from bot.flows.looks import all_checks
from bot.flows.people.presence import presence_now, readers_for
from bot.flows.work import Work
from bot.language.marks import who

T = TypeVar("T", CheckHealth, ConnectionHealth, Incident, Turns, Ping, NetworkState)

_LOOKS = ("known_since", "since", "candidate_since", "blind_since", "checked_at", "read_at")
_TURNS = ("since", "turned_at")
_NETWORK = ("since", "back", "began")
_PINGS = ("at", "last_success", "running_since", "tested_at")
HAPPENED = (
    "failing_since",
    "alike_since",
    "reopened_at",
    "stalled_since",
    "opened_at",
    "acknowledged_at",
    "held_since",
    "handed_over_at",
    "counterparty_answered_at",
    "joint_held_at",
    "recovered_at",
    "data_confirmed_at",
    "resolved_at",
    "reviewed_at",
)
# Apart from the others: it is reckoned from the hand-over, so it is wrong only where that is.
_DUE = (*AHEAD, "counterparty_due_at")
_ALL = (*HAPPENED, *_DUE)


def on_record(work: Work, since: datetime) -> Record:
    """Every moment on record by its key; of incidents that are over, what came after `since`."""
    found: dict[tuple[str, str], datetime] = {}

    def note(key: tuple[str, str], at: datetime) -> datetime:
        found[key] = at
        return at

    put_all(work, since, note)
    for incident in work.tx.incidents(LIVE):
        of_incident(incident, note, _ALL)
    return found


def put_all(work: Work, since: datetime, change: Change) -> None:
    """Change everything but the incidents that are not over."""
    work.tx.restamp(since, change)
    network = work.tx.network_state()
    right = _put("line", network, change, _NETWORK)
    if right is not network:
        work.tx.save_network_state(right)
    for health in work.tx.all_check_health():
        look = _put(f"check {health.check}", health, change, _LOOKS)
        if look is not health:
            work.tx.save_check_health(look)
    for known in work.tx.all_connection_health().values():
        after = _of_health(known, change)
        if after is not known:
            work.tx.save_connection_health(after)
    for spec in all_checks(work.catalogue):
        ping = work.tx.last_ping(spec.key)
        heard = ping and of_ping(f"ping {spec.key}", ping, change)
        if heard is not None and heard is not ping:
            work.tx.save_ping(spec.key, heard)
    # What is over is part of the figures of a period, which a moment in the future would falsify.
    for incident in work.tx.over_since(since):
        over = of_incident(incident, change)
        if over is not incident:
            work.tx.save_incident(over)


def put_live(work: Work, change: Change) -> None:
    """Change the incidents that are not over, their deadlines included."""
    for incident in work.tx.incidents(LIVE):
        after = of_incident(incident, change, _ALL)
        # Writing back what is the same would show every incident again.
        if after is not incident:
            work.tx.save_incident(after)
            work.show(after)


def deadlines(incident: Incident, change: Change) -> Incident:
    """The same incident with what is due changed."""
    return _put(f"incident {incident.id}", incident, change, _DUE)


def of_incident(incident: Incident, change: Change, names: Iterable[str] = HAPPENED) -> Incident:
    """The same object where nothing is changed."""
    name = f"incident {incident.id}"
    after = _put(name, incident, change, names)
    turns = after.turns and _put(f"{name} turns", after.turns, change, _TURNS)
    own = after.own and _put(f"{name} own turns", after.own, change, _TURNS)
    denied = tuple(
        replace(one, at=one.at and change((f"{name} denied", one.connection), one.at))
        for one in after.denied
    )
    if (turns, own, denied) != (after.turns, after.own, after.denied):
        return replace(after, turns=turns, own=own, denied=denied)
    return after


def _of_health(health: ConnectionHealth, change: Change) -> ConnectionHealth:
    name = f"connection {health.connection}"
    after = _put(name, health, change, ("since",))
    turns = after.turns and _put(f"{name} turns", after.turns, change, _TURNS)
    return after if turns == after.turns else replace(after, turns=turns)


def of_ping(name: str, ping: Ping, change: Change) -> Ping:
    """The same object where nothing is changed."""
    after = _put(name, ping, change, _PINGS)
    running = {rid: change((name, f"run {rid}"), at) for rid, at in after.running.items()}
    parts = {of: of_ping(f"{name} {of}", part, change) for of, part in after.parts.items()}
    if running == after.running and parts == after.parts:
        return after
    return replace(after, running=running, parts=parts)


def _put(name: str, record: T, change: Change, names: Iterable[str]) -> T:
    known = {field.name for field in fields(record)}
    changed: dict[str, Any] = dict(_changed(name, record, change, (n for n in names if n in known)))
    return replace(record, **changed) if changed else record


def _changed(
    name: str, record: T, change: Change, names: Iterable[str]
) -> Iterator[tuple[str, datetime]]:
    for one in names:
        before = getattr(record, one)
        after = before and change((name, one), before)
        if after != before:
            yield one, after


_LEASE = ("holder", "held_since", "let_go", "lease_until", "remind_at", "escalate_at", "resume_at")


def give_back(work: Work, before: Iterable[Incident], left_at: datetime) -> None:
    """`before` is what was live when the clock went ahead, at `left_at` by the right one."""
    # A response time that did not run out yet is nobody's failing.
    work.tx.drop_breaches_due_after(work.now)
    for was in before:
        incident = work.tx.incident(was.id)
        # People's own deeds stand, also those done while the clock was wrong.
        if incident is None or not _nobody_acted(was, incident):
            continue
        if was.state is State.ACKNOWLEDGED and incident.state is State.OPEN:
            _lease(work, was, incident, left_at)
        elif was.state is incident.state and was.remind_at and _asked(was, incident, work.now):
            lease_until = was.lease_until if was.state is State.ACKNOWLEDGED else None
            after = replace(incident, remind_at=was.remind_at, lease_until=lease_until)
            work.tx.save_incident(after)
            work.show(after)


def _nobody_acted(was: Incident, incident: Incident) -> bool:
    """Nobody took it, handed it on or opened it again, and it did not run meanwhile."""
    names = ("acknowledged_at", "handed_over_at", "reopened_at", "recovered_at", "parent")
    same = all(getattr(was, name) == getattr(incident, name) for name in names)
    return same and incident.holder in (was.holder, None)


def _asked(was: Incident, incident: Incident, now: datetime) -> bool:
    """Whether it was asked too early; whoever renews a lease is asked again by its end."""
    if was.state is State.ACKNOWLEDGED:
        return incident.remind_at is None
    return was.remind_at is not None and was.remind_at > now


def _lease(work: Work, was: Incident, incident: Incident, left_at: datetime) -> None:
    expired = any(one.kind == "lapsed" and one.at >= left_at for one in work.tx.timeline(was.id))
    if not expired or was.lease_until is None or was.lease_until <= work.now:
        return
    again = {name: getattr(was, name) for name in _LEASE}
    after = replace(incident, state=State.ACKNOWLEDGED, **again)
    work.tx.save_incident(after)
    work.log(after, "given back", f"The clock was wrong: {who(was.holder)} has it still.")
    work.tell(CHANNEL, GivenBack(holder=was.holder), about=incident_subject(was.id))
    work.show(after)


def bring_back(work: Work, by: timedelta = timedelta(0), to: Jump = NO_JUMP) -> int:
    """Put right what a clock that was ahead left behind, `by` so much if that is known, and `to`
    the time that it came to; doing it again changes nothing. Returns how many checks, letters and
    incidents waited for a time that was wrong."""
    # Read before anything is put right, since it tells what was touched by the wrong clock.
    ahead, change = work.tx.timelines_after(work.now), changed(to.changes, work.now)
    put_all(work, to.since or work.now, change)
    # A next look that was set by the wrong clock may be hours off; one too many does no harm.
    work.tx.look_at_steps()
    found = work.tx.letters_to_now(work.now)
    for spec in all_checks(work.catalogue):
        # No claim and no interval reaches further than this, so what lies beyond is a wrong
        # clock's.
        found += work.tx.hasten_check(spec.key, work.now + spec.timeout + spec.every, work.now)
    for feed in work.tx.feeds():
        # None is ever due later than that, so the time was written by the wrong clock.
        if feed.due_at > work.now + releases.EVERY:
            work.tx.save_feed(replace(feed, due_at=work.now))
    # Of what is over only the review is due, and that within this time.
    over, who = work.tx.incidents_due_after(work.now + ASK_AGAIN), presence_now(work)
    for incident in (*work.tx.incidents(LIVE), *(one for one in over if not one.live)):
        touched = ahead.get(incident.id)
        moved = max(by, touched - work.now) if touched and not to.back else timedelta(0)
        due = deadlines(incident, changed(to.changes, None)) if to.back else incident
        right = sooner(
            due, moved, work.now, _within(work.catalogue, incident, who, work.now), change
        )
        work.tx.save_incident(right)  # also one that was only put off until a time that was wrong
        if right is not incident:
            work.show(right)
            found += 1
    return found


def _within(
    catalogue: Catalogue, incident: Incident, who: Presence, now: datetime
) -> Mapping[str, datetime]:
    waits = can_wait(incident.criticality, gravest=incident.severity is Severity.SEV1)
    rest = next_start(incident.ladder, catalogue, who, now) if waits else None
    return furthest(incident, catalogue, now, rest)


def set_back(work: Work, by: timedelta, to: Jump) -> tuple[int, Spans]:
    """The clock came `to` an earlier time by `by`. Returns what waited, and the spans with what the
    record was before: perhaps it is this time that is wrong."""
    # Kept also when the clock goes back: it may be this time that is wrong.
    before = {} if to.back else on_record(work, work.now)
    found = bring_back(work, by, to)
    if to.back:
        give_back(work, to.held, to.left_at or work.now)
        return found, to.spans
    return found, remember(to.spans, before, on_record(work, work.now - by), work.now)


def went_ahead(work: Work, to: Jump) -> Spans:
    """The clock came `to` a later time. Nothing is changed; the spans keep what was on record, in
    case this time is wrong."""
    # The only copy of how it was, should this time turn out to be the wrong one.
    record = on_record(work, work.now)
    return remember(to.spans, record, record, work.now, work.tx.incidents(LIVE))


def came_back(work: Work, to: Jump) -> None:
    """The clock was behind and is right again."""
    change = changed(to.changes, None)
    put_all(work, to.since or work.now, changed(to.changes, work.now))
    put_live(work, change)
    work.tx.look_at_steps()


def sooner(
    incident: Incident,
    by: timedelta,
    now: datetime,
    within: Mapping[str, datetime],
    change: Change | None = None,
) -> Incident:
    """The same incident after the clock was set back `by` since it was last touched: its deadlines
    come sooner by as much, though not before now, and none later than `within` allows. What
    happened is put right by `change`. The same object when nothing was wrong."""
    # A response time moves only where the hand-over that began it was by the wrong clock.
    late = incident.handed_over_at is not None and incident.handed_over_at > now
    right = of_incident(incident, change or changed((), now))
    moments: dict[str, Any] = {}
    for name, latest in within.items():
        before = getattr(right, name)
        moved = by if name in AHEAD or late else timedelta(0)
        after = _earlier(before, moved, now, latest)
        if after != before:
            moments[name] = after
    return replace(right, **moments) if moments else right


def _earlier(
    moment: datetime | None, by: timedelta, now: datetime, latest: datetime
) -> datetime | None:
    return moment if moment is None or moment <= now else min(max(now, moment - by), latest)


def jumped(work: Work, by: timedelta) -> None:
    """Tell the architecture owners that the machine's clock jumped `by`; negative when it was set
    back."""
    told = ClockJumped(seconds=by.total_seconds(), at=work.now)
    for person in readers_for(work, estate_owners(work.catalogue)):
        work.tell(ToPerson(person), told, about="clock")
