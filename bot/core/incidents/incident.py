"""An incident's life as a table, and the record it moves through.

Rules of this file. Every pair of state and event is in `TRANSITIONS` or is refused, and a refused
event changes nothing. Deadlines are fields; nothing here waits. `docs/incidents.md` draws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.estate.catalogue import Criticality, LadderRung
from bot.core.estate.lane import Lane, Layer
from bot.core.incidents.review import CauseClass, review_due
from bot.core.incidents.severity import Severity
from bot.core.monitoring import flapping
from bot.core.people.denial import Denial
from bot.core.triage.playbook import Retry
from bot.language.errors import Refused
from bot.language.units import incident_key


class State(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    HANDED_OVER = "handed_over"  # the counter-party's turn
    VERIFYING = "verifying"  # it runs again; the functional owner looks at the data
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    MERGED = "merged"


class Event(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    EXPIRE = "lapse"  # the lease ended without a word
    HAND_OVER = "hand over"
    RECOVER = "recover"  # the checks say that it runs again
    RELAPSE = "relapse"  # it fails again, and nobody has it
    GO_ON = "go on"  # it fails again, and whoever had it keeps it
    CONFIRM_DATA = "confirm data"
    REJECT_DATA = "reject data"
    RESOLVE = "resolve"
    REVIEW = "review"
    MERGE = "merge"
    SPLIT = "split"  # it was not the same after all
    REOPEN = "reopen"  # it was not over after all


_OF_DATA = frozenset({Event.CONFIRM_DATA, Event.REJECT_DATA})
WITH_SOMEBODY = frozenset({State.ACKNOWLEDGED, State.HANDED_OVER})
LIVE = frozenset({State.OPEN, State.ACKNOWLEDGED, State.HANDED_OVER, State.VERIFYING})

_TAKE = {
    Event.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Event.HAND_OVER: State.HANDED_OVER,
    Event.RECOVER: State.VERIFYING,
    Event.RESOLVE: State.RESOLVED,
    Event.MERGE: State.MERGED,
    Event.CONFIRM_DATA: State.RESOLVED,  # the last word; some connections ran and were asked about
}

TRANSITIONS: Mapping[State, Mapping[Event, State]] = {
    State.OPEN: {**_TAKE, Event.REJECT_DATA: State.OPEN},
    State.ACKNOWLEDGED: {**_TAKE, Event.EXPIRE: State.OPEN, Event.REJECT_DATA: State.ACKNOWLEDGED},
    State.HANDED_OVER: {**_TAKE, Event.REJECT_DATA: State.HANDED_OVER},
    State.VERIFYING: {
        Event.ACKNOWLEDGE: State.VERIFYING,
        Event.RELAPSE: State.OPEN,
        Event.GO_ON: State.ACKNOWLEDGED,
        Event.CONFIRM_DATA: State.RESOLVED,
        Event.REJECT_DATA: State.OPEN,
        Event.RESOLVE: State.RESOLVED,
        Event.MERGE: State.MERGED,
    },
    State.RESOLVED: {
        Event.CONFIRM_DATA: State.RESOLVED,
        Event.REVIEW: State.REVIEWED,
        Event.REOPEN: State.OPEN,
    },
    State.REVIEWED: {Event.CONFIRM_DATA: State.REVIEWED, Event.REOPEN: State.OPEN},
    State.MERGED: {Event.SPLIT: State.OPEN},
}
People = tuple[str, ...]
REPORTED = "reported broken"  # by a person; the checks see nothing wrong
BY_CHECKS = "check"  # who found it, where no person did


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One break of one connection. Times are aware UTC; people are catalogue ids.
    `ladder` is frozen at opening, rung 0 the first responder; `rung` the highest pinged, or -1."""

    id: int
    connection: str
    title: str  # what it was when it opened
    name: str = ""  # of the connection; empty for what earlier versions wrote
    size: int = 1  # its connections, those that joined included
    lead: str = ""  # the one of several connections that stands for all; empty: `connection`
    system: str = ""  # that all of several connections share, where it is one
    state: State = State.OPEN
    criticality: Criticality  # of the gravest of its connections
    criticalities: tuple[Criticality, ...] = ()  # of all of them; empty for one connection
    severity: Severity = Severity.SEV3
    severity_reasons: tuple[str, ...] = ()
    assess_at: datetime | None = None  # the effect is looked at again then
    failing_since: datetime
    alike_since: datetime | None = None  # it failed otherwise before, for a cause of its own
    stalled_since: datetime | None = None  # the last good sync before a break without any error
    opened_at: datetime
    detected_by: str = BY_CHECKS  # or the person who declared it
    report_only: bool = False  # written down after the fact: nobody was pinged
    reopened: int = 0  # how often
    reopened_at: datetime | None = None  # the last time; what it was before is another life
    reopened_by: str | None = None  # the last time; None where it failed again
    reopened_why: str = ""  # what that person sees
    reasons: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()  # what people wrote who declared it or opened it again
    seen_failing: bool = True  # the last clear word of the checks; only then can they end it
    worst: int = 0  # the most records in error that its own connection had in its whole life
    ladder: tuple[LadderRung, ...] = ()
    lease: timedelta
    ask_before: timedelta | None = None  # before the lease ends; None: a fifth of it
    helpers: tuple[str, ...] = ()  # took it without being named: the ladder goes on without them
    stand_ins: tuple[str, ...] = ()  # pinged in place of people who are away
    rung: int = -1
    escalate_at: datetime | None = None  # the next rung is pinged then
    holder: str | None = None  # who has it
    acknowledged_at: datetime | None = None  # by anybody, the first time
    held_since: datetime | None = None  # by the present holder
    let_go: str | None = None  # had it and did not go on, until somebody has it again
    lease_until: datetime | None = None  # the acknowledgement expires then
    remind_at: datetime | None = None  # ask the one whose turn it is
    lane: Lane | None = None
    layer: Layer | None = None
    lane_by: str | None = None  # None while it is only our suggestion
    lane_party: str = ""  # whom they meant by it
    lane_for: tuple[str, ...] = ()  # the connections of which they said so; empty: all
    lane_reasons: tuple[str, ...] = ()
    handed_over_at: datetime | None = None
    handed_to: str = ""  # the party
    counterparty_due_at: datetime | None = None  # their contract's response time ends then
    counterparty_answered_at: datetime | None = None
    counterparty_ticket: str = ""
    ticket_at: datetime | None = None  # ask for their ticket number then
    joint_at: datetime | None = None  # propose a call of all lanes then
    joint_held_at: datetime | None = None
    drill: bool = False  # a rehearsal: no break, never counted as one
    said: str = ""  # the error's words without ids or secrets, to teach the playbook
    kind: str = ""  # what kind of failure, as `core.incidents.correlation.signature` tells it
    doubt: Retry | None = None  # the most careful retry class so far, until the data is confirmed
    kinds: tuple[str, ...] = ()  # every kind of failure that it had so far
    doubted: Lane | None = None  # a lane that the evidence spoke for against a person's word
    apart: bool = False  # it was split off, so it joins nothing by itself
    cause: str = ""  # what several connections that fail together have in common, in words
    parent: int | None = None  # merged: the incident this one became a child of
    settle_at: datetime | None = None  # parts that fail still are incidents of their own then
    recovered_at: datetime | None = None
    turns: flapping.Turns | None = None  # how often all of it ran and failed again
    own: flapping.Turns | None = None  # of several: how often the one that it began with did
    flaps: tuple[str, ...] = ()  # of several: the connections that come and go
    calm_at: datetime | None = None  # it comes and goes: when it runs until then, it is over
    resume_at: datetime | None = None  # while it runs: where the ladder or the lease stood
    awaiting: tuple[str, ...] = ()  # whose word on the data is still missing
    confirmed: tuple[str, ...] = ()  # connections whose data was said to be right
    data_confirmed_by: str | None = None
    data_confirmed_at: datetime | None = None  # when nobody's word was missing any more
    denied: tuple[Denial, ...] = ()  # whose data is wrong, one for each connection
    asked: bool = False  # whether the data of what runs again was asked about
    data_ask_at: datetime | None = None  # while others fail or are wrong: ask again then
    data_asks: int = 0  # how often that was done
    left_failing: tuple[str, ...] = ()  # what failed still when a person ended it, in marks
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str = ""
    review_at: datetime | None = None  # ask for the review then
    review_asks: int = 0  # how often it was asked for
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    cause_class: CauseClass | None = None
    helped: str = ""
    follow_ups: str = ""

    @property
    def key(self) -> str:
        return incident_key(self.id)

    @property
    def headline(self) -> str:
        """What it is now, in a few words."""
        if not self.name:
            return self.title
        shared = self.size > 1 and self.cause
        name = f"{self.cause}: {self.size} connections" if shared else self.name
        if self.state is State.VERIFYING:
            again, whose = ("work", "their") if shared else ("works", "its")
            return f"{name} {again} again; {whose} data is to be confirmed"
        if self.state in (State.RESOLVED, State.REVIEWED):
            return f"{name} failed"
        if self.denied and not self.seen_failing:
            whose = f"{len(self.denied)} of {self.size} connections" if shared else self.name
            return f"{f'{self.cause}: ' if shared else ''}the data of {whose} is wrong"
        bad = "failing" if self.seen_failing or self.drill else REPORTED
        doing = "coming and going" if self.comes_and_goes else bad
        return name if shared else f"{name} is {doing}"  # how many of several is not known here

    @property
    def began(self) -> datetime:
        """Since when nothing works, where that is known to be earlier than the first bad look."""
        return min(self.stalled_since or self.failing_since, self.failing_since)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def asks_data(self) -> bool:
        """Whether words on the data count: it was asked for, also where others fail again."""
        open_still = self.live and self.asked and (self.size > 1 or not self.comes_and_goes)
        return self.state is State.VERIFYING or open_still or (self.live and bool(self.denied))

    @property
    def turns_so_far(self) -> flapping.Turns:
        """One that never turned broke once, when it began to fail."""
        return self.turns or flapping.fall(None, self.failing_since)

    @property
    def comes_and_goes(self) -> bool:
        return bool(self.turns and self.turns.many) and (self.size == 1 or bool(self.flaps))


_WHY_NOT: Mapping[State, str] = {
    State.OPEN: "nobody has it yet",
    State.ACKNOWLEDGED: "somebody is working on it",
    State.HANDED_OVER: "it is the counter-party's turn",
    State.VERIFYING: "it runs again and waits for the functional owner to confirm the data",
    State.RESOLVED: "it is resolved",
    State.REVIEWED: "it is resolved and reviewed",
    State.MERGED: "it was merged into another incident",
}
_WHY_NOT_YET = {  # what is only for incidents that are over
    Event.REOPEN: "it is open still; add what is wrong as a note",
    Event.REVIEW: "it is not over yet; resolve it first",
}


def follow(incident: Incident, event: Event) -> State:
    """The state after `event`. Raises Refused, saying why, for a pair the table does not have."""
    after = TRANSITIONS[incident.state].get(event)
    if after is None or (event in _OF_DATA and incident.live and not incident.asks_data):
        why = (incident.live and _WHY_NOT_YET.get(event)) or _WHY_NOT[incident.state]
        raise Refused(f"Cannot {event} {incident.key}: {why}. Nothing was changed.")
    return after


def acknowledge(incident: Incident, *, by: str, now: datetime) -> Incident:
    """`by` has it from now until the lease ends. Pinging stops."""
    after = follow(incident, Event.ACKNOWLEDGE)
    goes_on = incident.holder == by and incident.state is not State.HANDED_OVER
    taken = replace(
        incident,
        state=after,
        holder=by,
        acknowledged_at=incident.acknowledged_at or now,
        held_since=incident.held_since if goes_on else now,
        let_go=None,
        escalate_at=None,
    )
    if after is State.VERIFYING:
        return replace(taken, resume_at=now + incident.lease)
    return renew(taken, now=now)


def asked_before(incident: Incident) -> timedelta:
    """How long before the lease ends the holder is asked."""
    return incident.lease / 5 if incident.ask_before is None else incident.ask_before


def renew(incident: Incident, *, now: datetime) -> Incident:
    """Start the lease anew; the holder is asked in its last fifth, or as the policy says."""
    return replace(
        incident,
        lease_until=now + incident.lease,
        remind_at=now + incident.lease - asked_before(incident),
        counterparty_due_at=None,
        ticket_at=None,
    )


def expire_lease(incident: Incident, *, now: datetime) -> Incident:
    """The holder stayed silent: open again, and the ladder goes on at once."""
    return replace(
        incident,
        state=follow(incident, Event.EXPIRE),
        holder=None,
        held_since=None,
        let_go=incident.holder,
        lease_until=None,
        remind_at=None,
        escalate_at=now,
    )


def hand_over(
    incident: Incident,
    *,
    lane: Lane,
    by: str,
    party: str = "",
    due_at: datetime | None,
    ticket: str,
    now: datetime,
    remind_at: datetime | None = None,
) -> Incident:
    """It is the counter-party's turn. `due_at` is the end of their contract's response time; None
    when no contract names one. Without a ticket number of theirs, the holder is asked for it."""
    known = ticket or (incident.counterparty_ticket if lane is incident.lane else "")
    return replace(
        incident,
        state=follow(incident, Event.HAND_OVER),
        holder=incident.holder or by,
        acknowledged_at=incident.acknowledged_at or now,
        held_since=(incident.held_since if incident.holder else None) or now,
        let_go=None,
        lane=lane,
        lane_by=by,
        lane_party=party,
        handed_to=party,
        handed_over_at=now,
        counterparty_due_at=due_at,
        counterparty_answered_at=None,
        counterparty_ticket=known,
        ticket_at=None if known else now + incident.lease / 4,
        escalate_at=None,
        lease_until=None,
        remind_at=remind_at or due_at or now + incident.lease,
    )


# What is due of an incident only while it fails.
_DUE = ("escalate_at", "lease_until", "settle_at", "calm_at", "counterparty_due_at", "ticket_at")
_NO_MORE: Mapping[str, Any] = dict.fromkeys((*_DUE, "data_ask_at"))


def recover(incident: Incident, *, approvers: tuple[str, ...], now: datetime) -> Incident:
    """The checks are green: now the `approvers` have to confirm the data, and pinging stops."""
    turns = flapping.rise(incident.turns_so_far, now)
    return replace(
        incident,
        state=follow(incident, Event.RECOVER),
        recovered_at=turns.turned_at,  # what came and went runs for a while already
        turns=turns,
        resume_at=incident.lease_until or incident.escalate_at,
        seen_failing=False,
        awaiting=approvers,
        asked=True,
        data_asks=0,
        remind_at=now + incident.lease,
        **_NO_MORE,
    )


def confirm_data(
    incident: Incident, *, by: str, speaks_for: People | None = None, for_all: bool, now: datetime
) -> Incident:
    """`by` says that the data is right: for themselves, or for exactly those of `speaks_for`.
    Resolved when nobody's word is missing any more; `for_all` speaks for everybody at once. After
    the end it only says so."""
    follow(incident, Event.CONFIRM_DATA)
    if not incident.live and not incident.awaiting:
        raise Refused(f"{incident.key}: {_WHY_NOT[incident.state]}, and nobody's word is missing.")
    spoken = {by} if speaks_for is None else {*speaks_for}
    missing = () if for_all else tuple(one for one in incident.awaiting if one not in spoken)
    doubt = incident.doubt if missing else None
    denied = incident.denied if missing else ()
    heard = replace(incident, data_confirmed_by=by, awaiting=missing, denied=denied, doubt=doubt)
    heard = replace(heard, data_confirmed_at=None if missing else now)
    if missing or not incident.live:
        return heard
    return _close(heard, Event.CONFIRM_DATA, by=by, how="data confirmed", now=now)


def resolve(incident: Incident, *, by: str, how: str, now: datetime) -> Incident:
    return _close(incident, Event.RESOLVE, by=by, how=how, now=now)


def _close(incident: Incident, event: Event, *, by: str, how: str, now: datetime) -> Incident:
    return replace(
        incident,
        state=follow(incident, event),
        resolved_at=now,
        resolved_by=by,
        resolution=how,
        remind_at=None,
        resume_at=None,
        assess_at=None,
        joint_at=None,
        review_at=review_due(now),
        **_NO_MORE,
    )
