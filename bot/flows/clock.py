"""After the clock was set back: nothing may wait for the time that was wrong to come again.

What is on record as past and lies ahead becomes now; what waits keeps the rest that it had when it
was last touched, and never more than a right clock could have given it (`core.reach`). A clock that
went forward needs nothing: whatever it made due is acted upon.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.core.catalogue import Catalogue
from bot.core.cover import can_wait, next_start
from bot.core.effects import Say, What
from bot.core.flapping import Turns
from bot.core.health import CheckHealth
from bot.core.heartbeat import not_later
from bot.core.incident import LIVE, Incident
from bot.core.reach import furthest
from bot.core.review import ASK_AGAIN
from bot.core.severity import Severity
from bot.flows import feeds
from bot.flows.attendance import presence_now
from bot.flows.checks import all_checks
from bot.flows.estate import keepers
from bot.flows.record import show
from bot.ports import Tx

T = TypeVar("T", CheckHealth, Incident, Turns)

_LOOKS = ("known_since", "since", "candidate_since", "blind_since", "checked_at")
HAPPENED = (
    "failing_since",
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
_AHEAD = (
    "assess_at",
    "escalate_at",
    "lease_until",
    "remind_at",
    "ticket_at",
    "joint_at",
    "data_ask_at",
    "settle_at",
    "calm_at",
    "resume_at",
    "review_at",
)


def bring_back(tx: Tx, catalogue: Catalogue, now: datetime, by: timedelta = timedelta(0)) -> int:
    """Put right what a clock that was ahead left behind, `by` so much if that is known; doing it
    again changes nothing. Returns how many checks, letters and incidents waited for a time that
    was wrong."""
    found = tx.letters_to_now(now)
    for health in tx.all_check_health():
        past = _not_later(health, _LOOKS, now)
        if past is not health:
            tx.save_check_health(past)
    for spec in all_checks(catalogue):
        found += tx.hasten_check(spec.key, now + spec.timeout + spec.every, now)
        ping = tx.last_ping(spec.key)
        heard = ping and not_later(ping, now)
        if heard is not None and heard is not ping:
            tx.save_ping(spec.key, heard)
    for feed in tx.feeds():
        if feed.due_at > now + feeds.EVERY:
            tx.save_feed(replace(feed, due_at=now))
    return found + _incidents(tx, catalogue, now, by)


def _incidents(tx: Tx, catalogue: Catalogue, now: datetime, by: timedelta) -> int:
    found, ahead, who = 0, tx.timelines_to_now(now), presence_now(tx, now)
    over = tx.incidents_due_after(now + ASK_AGAIN)
    for incident in (*tx.incidents(LIVE), *(one for one in over if not one.live)):
        touched = ahead.get(incident.id)
        waits = can_wait(incident.criticality, gravest=incident.severity is Severity.SEV1)
        rest = next_start(incident.ladder, catalogue, who, now) if waits else None
        within = furthest(incident, catalogue, now, rest)
        moved = max(by, touched - now) if touched else timedelta(0)
        right = sooner(incident, moved, now, within)
        tx.save_incident(right)  # also one that was only put off until a time that was wrong
        if right is not incident:
            show(tx, right, now)
            found += 1
    return found


def sooner(
    incident: Incident, by: timedelta, now: datetime, within: Mapping[str, datetime]
) -> Incident:
    """The same incident after the clock was set back `by` since it was last touched: its deadlines
    come sooner by as much, though not before now, and none later than `within` allows. The same
    object when nothing was wrong."""
    late = incident.handed_over_at is not None and incident.handed_over_at > now
    right = _not_later(incident, HAPPENED, now)
    if right.turns is not None:
        turns = _not_later(right.turns, ("since", "turned_at"), now)
        right = right if turns is right.turns else replace(right, turns=turns)
    changed: dict[str, Any] = {}
    for name, latest in within.items():
        before = getattr(right, name)
        moved = by if name in _AHEAD or late else timedelta(0)
        after = _earlier(before, moved, now, latest)
        if after != before:
            changed[name] = after
    return replace(right, **changed) if changed else right


def _earlier(
    moment: datetime | None, by: timedelta, now: datetime, latest: datetime
) -> datetime | None:
    return moment if moment is None or moment <= now else min(max(now, moment - by), latest)


def _not_later(record: T, names: Iterable[str], now: datetime) -> T:
    known = {field.name for field in fields(record)}
    wrong: dict[str, Any] = {
        name: now
        for name in names
        if name in known and (at := getattr(record, name)) is not None and at > now
    }
    return replace(record, **wrong) if wrong else record


def jumped(tx: Tx, catalogue: Catalogue, by: timedelta, now: datetime) -> None:
    """Tell the keepers of the estate that the machine's clock jumped `by`; negative when it was set
    back."""
    facts = {"seconds": by.total_seconds(), "at": now.isoformat()}
    for person in keepers(catalogue):
        say = Say(subject="clock", to=f"person:{person}", what=What.CLOCK_JUMPED, facts=facts)
        tx.queue(say, now)
