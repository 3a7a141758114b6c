"""After the clock was set back: nothing may wait for the time that was wrong to come again.

What is on record as past and lies ahead becomes now, or what it was where a jump is undone
(`core.incidents.clock_jumps`); what waits keeps the rest that it had when it was last touched, and
never more than a right clock could have given it (`furthest` there). A clock that
went forward, but not back to where it was before, needs nothing: whatever it made due is acted upon
once it is believed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.estate.catalogue import Catalogue
from bot.core.incidents.clock_jumps import (
    AHEAD,
    NO_JUMP,
    Change,
    Jump,
    Spans,
    changed,
    furthest,
    remember,
)
from bot.core.incidents.incident import LIVE, Incident
from bot.core.incidents.review import ASK_AGAIN
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import Say, What
from bot.core.people.presence import Presence, can_wait, next_start
from bot.flows import stamps
from bot.flows.changes import release_calendars
from bot.flows.estate.ping_addresses import keepers
from bot.flows.giving_back import give_back
from bot.flows.looks import all_checks
from bot.flows.people.presence import presence_now, readers_for
from bot.flows.work import Work


def bring_back(work: Work, by: timedelta = timedelta(0), to: Jump = NO_JUMP) -> int:
    """Put right what a clock that was ahead left behind, `by` so much if that is known, and `to`
    the time that it came to; doing it again changes nothing. Returns how many checks, letters and
    incidents waited for a time that was wrong."""
    ahead, change = work.tx.timelines_after(work.now), changed(to.changes, work.now)
    stamps.put_all(work, to.since or work.now, change)
    found = work.tx.letters_to_now(work.now)
    for spec in all_checks(work.catalogue):
        found += work.tx.hasten_check(spec.key, work.now + spec.timeout + spec.every, work.now)
    for feed in work.tx.feeds():
        if feed.due_at > work.now + release_calendars.EVERY:
            work.tx.save_feed(replace(feed, due_at=work.now))
    over, who = work.tx.incidents_due_after(work.now + ASK_AGAIN), presence_now(work)
    for incident in (*work.tx.incidents(LIVE), *(one for one in over if not one.live)):
        touched = ahead.get(incident.id)
        moved = max(by, touched - work.now) if touched and not to.back else timedelta(0)
        due = stamps.deadlines(incident, changed(to.changes, None)) if to.back else incident
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
    before = {} if to.back else stamps.on_record(work, work.now)
    found = bring_back(work, by, to)
    if to.back:
        give_back(work, to.held, to.left_at or work.now)
        return found, to.spans
    return found, remember(to.spans, before, stamps.on_record(work, work.now - by), work.now)


def went_ahead(work: Work, to: Jump) -> Spans:
    """The clock came `to` a later time. Nothing is changed; the spans keep what was on record, in
    case this time is wrong."""
    record = stamps.on_record(work, work.now)
    return remember(to.spans, record, record, work.now, work.tx.incidents(LIVE))


def came_back(work: Work, to: Jump) -> None:
    """The clock was behind and is right again."""
    change = changed(to.changes, None)
    stamps.put_all(work, to.since or work.now, changed(to.changes, work.now))
    stamps.put_live(work, change)


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
    late = incident.handed_over_at is not None and incident.handed_over_at > now
    right = stamps.of_incident(incident, change or changed((), now))
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
    """Tell the keepers of the estate that the machine's clock jumped `by`; negative when it was set
    back."""
    facts = {"seconds": by.total_seconds(), "at": work.now.isoformat()}
    for person in readers_for(work, keepers(work.catalogue)):
        say = Say(subject="clock", to=f"person:{person}", what=What.CLOCK_JUMPED, facts=facts)
        work.queue(say)
