"""Failures of one moment, gathered by cause: each opens an incident or becomes a child of one.

What an incident that grows has to say it says once, however many joined: one line on its
timeline, one ping for each person, one look at whose lane it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents import relapsing
from bot.core.incidents.correlation import BY_HAND
from bot.core.incidents.grouping import by_gravity
from bot.core.incidents.incident import Incident, State
from bot.core.monitoring.health import Flip
from bot.flows.incidents import open_incident, rejudge
from bot.flows.incidents.grouping import regroup, reopen
from bot.flows.incidents.grouping.join import tell_newcomers
from bot.flows.incidents.grouping.lead import led_anew
from bot.flows.triage.briefing import kind_of
from bot.flows.work import Work
from bot.language.marks import outside

_NAMED = 5  # connections that a line on the timeline names before it only counts


@dataclass(slots=True, kw_only=True)
class _Growth:
    """An incident that gets new parts, and what they have in common with it."""

    parent: Incident
    cause: str
    joined: list[tuple[Connection, Flip]] = field(default_factory=list)


def open_or_join(work: Work, failures: Iterable[tuple[Connection, Flip]]) -> None:
    """Make each failure a child of an open incident with the same cause, go on with the one that
    just ended, or open one for it."""
    flips = {connection.id: flip for connection, flip in failures}
    if not flips:
        return
    # The gravest first: who leads must not depend on which check was looked at first.
    known = [
        (one, flips[one.id], kind_of(work, one, flips[one.id].since))
        for one in by_gravity(flips, work.catalogue)
    ]
    groups = regroup.groups_now(work)
    # Told ahead: silent ones of one system are one cause only when several come together.
    groups.expect(connection for connection, _, kind in known if not kind)
    grown: dict[int, _Growth] = {}
    for connection, flip, kind in known:
        found = groups.place(connection, kind, since=flip.since)
        if found is None:
            # What failed the same way minutes ago is the old incident, with its channel and its
            # history.
            again = reopen.fails_again_alike(work, connection, kind, flip)
            alone = again or open_incident.open_incident(work, connection, flip)
            groups.watch(alone, counted=True)
            continue
        parent, cause = found
        _add_child(work, parent, connection, flip)
        growth = grown.setdefault(parent.id, _Growth(parent=parent, cause=cause))
        # The last cause covers all that joined so far.
        growth.cause = cause  # the more there are, the less they have in common
        growth.joined.append((connection, flip))
    for growth in grown.values():
        _grow(work, growth)
    # At the end, when every failure of the batch has its place: a lane rests on how many fail
    # alike.
    rejudge.neighbours(work, [connection for connection, _, _ in known])


def _add_child(work: Work, parent: Incident, connection: Connection, flip: Flip) -> None:
    work.tx.add_incident(
        Incident(
            id=0,
            connection=connection.id,
            title=f"{connection.name} is failing",
            name=connection.name,
            state=State.MERGED,
            parent=parent.id,
            criticality=connection.criticality,
            failing_since=flip.since,
            opened_at=work.now,
            reasons=flip.reasons,
            lease=connection.lease,
            # What it has in common with the others; what it says itself is kept beside that.
            kind=parent.kind,
        )
    )


def _apart(parent: Incident) -> Incident:
    """What it turned before others joined is of the connection that it began with."""
    return replace(parent, own=parent.own or parent.turns)


def _grow(work: Work, growth: _Growth) -> None:
    parent = relapsing.fails_in_hand(_apart(growth.parent), now=work.now)
    parent = replace(parent, cause=growth.cause, assess_at=work.now)
    grown = led_anew(work, parent)
    work.tx.save_incident(grown)
    names = [outside(connection.name) for connection, _ in growth.joined]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    verb = "fail" if len(names) > 1 else "fails"
    common = "" if grown.cause == BY_HAND else f"; in common: {grown.cause}"
    said = f"{', '.join(names[:_NAMED])}{more} {verb} too{common}."
    work.log(grown, "joined", said)
    theirs = [(connection, flip.since) for connection, flip in growth.joined]
    tell_newcomers(work, grown, theirs)
    open_incident.tell_drills(work, grown, [connection.id for connection, _ in theirs])
    work.show_soon(grown)
