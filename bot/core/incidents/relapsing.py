"""What becomes of an incident whose connections run and fail again, or run with wrong data.

Moves of the same table as `incident`. A turn for the better starts no ladder, no lease and no
count anew; only hours on good ground do.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.core.incidents.incident import Event, Incident, State, asked_before, follow, renew
from bot.core.monitoring import flapping
from bot.core.people.denial import Denial


def runs_for_now(incident: Incident, *, calm_at: datetime, now: datetime) -> Incident:
    """Nothing of it fails, but it comes and goes: whoever has it keeps it, the ladder goes on, and
    only when it stays steady until then it counts as running."""
    turns = flapping.rise(incident.turns_so_far, now)
    return replace(incident, turns=turns, calm_at=calm_at, settle_at=None)


def fails_once_more(incident: Incident, *, now: datetime) -> Incident:
    """It comes and goes, and is bad again; nothing else changes by that."""
    return replace(incident, turns=flapping.fall(incident.turns_so_far, now), calm_at=None)


def fails_in_hand(incident: Incident, *, now: datetime) -> Incident:
    """It fails while it is open already. Where all of it ran in between, that is one fall more, so
    that its end is the last one and not the first."""
    turns = flapping.fall(incident.turns, now) if incident.turns else None
    return replace(incident, turns=turns, calm_at=None)


def runs_with_wrong_data(incident: Incident, *, now: datetime) -> Incident:
    """All of it runs, but data of it was called wrong and nobody has taken that back: it stays
    open, and the data is asked about."""
    turns = flapping.rise(incident.turns_so_far, now)
    ran = replace(
        incident,
        turns=turns,
        recovered_at=turns.turned_at,
        seen_failing=False,
        asked=True,
        settle_at=None,
        calm_at=None,
        flaps=(),
    )
    return others_are_asked(ran, now=now)


def relapse(incident: Incident, *, now: datetime) -> Incident:
    """It fails again before anybody confirmed the data: the same incident goes on where it was,
    with the time that has passed. Whoever has it keeps it. Only after hours on good ground the
    ladder begins anew."""
    turns = flapping.fall(incident.turns_so_far, now)
    # The first fall of a new count: it ran for hours before, so this is news to everybody.
    anew = turns.falls == 1
    again = replace(
        incident,
        turns=turns,
        resume_at=None,
        recovered_at=None,
        seen_failing=True,
        awaiting=(),
        remind_at=None,
    )
    again = others_are_asked(again, now=now)
    if incident.holder is None:
        return replace(
            again,
            state=follow(incident, Event.RELAPSE),
            rung=-1 if anew else incident.rung,
            escalate_at=now if anew else max(incident.resume_at or now, now),
        )
    held = replace(again, state=follow(incident, Event.GO_ON))
    if anew or incident.resume_at is None:
        return renew(held, now=now)
    before = asked_before(incident)
    # At least long enough to be asked first: a lease must not end in the moment of the fall.
    until = max(incident.resume_at, now + before)
    return replace(held, lease_until=until, remind_at=until - before)


def counted_apart(incident: Incident) -> Incident:
    """Turns are of one connection each. What it turned so far while it stood alone was its own;
    once it stands alone again, its own are those of the parent."""
    if incident.size > 1:
        return replace(incident, own=incident.own or incident.turns_so_far)
    if incident.own is None:
        return incident
    return replace(incident, turns=incident.own, own=None, flaps=())


def fails_itself(incident: Incident, connection: str) -> Incident:
    """One of its connections fails again: that its data was right counts no more. That it is wrong
    stands until somebody takes it back, for a further failure mends no data."""
    right = tuple(key for key in incident.confirmed if key != connection)
    return replace(incident, confirmed=right)


def without(incident: Incident, left: Collection[str]) -> Incident:
    """Some of its connections left it: what was said of their data is no matter of it."""
    kept = tuple(one for one in incident.denied if one.connection not in left)
    return replace(incident, denied=kept)


def others_are_asked(incident: Incident, *, now: datetime) -> Incident:
    """It is open for the sake of some of its connections; whose data runs and was not judged yet
    is asked about again after a lease."""
    return replace(incident, data_ask_at=now + incident.lease, data_asks=0)


def deny(incident: Incident, denials: tuple[Denial, ...]) -> Incident:
    """The data of these connections is wrong; of each the last word counts."""
    meant = {one.connection for one in denials}
    kept = tuple(one for one in incident.denied if one.connection not in meant)
    right = tuple(key for key in incident.confirmed if key not in meant)
    return replace(incident, denied=(*kept, *denials), confirmed=right)


def say_right(incident: Incident, right: Collection[str]) -> Incident:
    """The data of these connections is right, whatever was said of it before."""
    denied = tuple(one for one in incident.denied if one.connection not in right)
    confirmed = tuple(dict.fromkeys((*incident.confirmed, *right)))
    return replace(incident, confirmed=confirmed, denied=denied)


def reject_data(incident: Incident, denials: tuple[Denial, ...], *, now: datetime) -> Incident:
    """It runs but data is wrong: open again from the first rung, since whoever had it may believe
    that it is over, and what came and went runs steadily by now. Where it is open already, whoever
    has it keeps it. The others stay asked."""
    heard = replace(deny(incident, denials), state=follow(incident, Event.REJECT_DATA))
    if incident.state is not State.VERIFYING:
        return heard
    return replace(
        others_are_asked(heard, now=now),
        flaps=(),
        resume_at=None,
        awaiting=(),
        holder=None,
        held_since=None,
        remind_at=None,
        rung=-1,
        escalate_at=now,
    )
