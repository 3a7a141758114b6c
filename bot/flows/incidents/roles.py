"""What people are to the connections of an incident for whose sake they are pinged.

Each connection has people of its own. What somebody is to one of them says nothing of the others,
and who stands on the ladder of the whole need not be named for any that is meant.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.incidents.escalation import accountable_contact, first_people
from bot.core.incidents.grouping import by_gravity, lead_of
from bot.core.incidents.incident import Incident
from bot.core.incidents.notices import PingSent
from bot.core.monitoring.rules import Verdict
from bot.core.people.next_in_line import Purpose, first_in_line
from bot.flows.incidents.confirm_data import members
from bot.flows.people.presence import presence_now
from bot.flows.work import Work


def meant(work: Work, incident: Incident, named: Sequence[str] = ()) -> list[Connection]:
    """The connections that a ping is about, the gravest first: those `named` in it, else all of
    the incident."""
    return by_gravity(named or members(work, incident), work.catalogue)


def failing_now(work: Work, incident: Incident) -> list[Connection]:
    """Those of its connections that the checks see failing now, the gravest first."""
    found = by_gravity(members(work, incident), work.catalogue)
    health = {one.id: work.tx.connection_health(one.id) for one in found}
    return [one for one in found if (at := health[one.id]) and at.verdict is Verdict.FAILING]


def role(
    catalogue: Catalogue,
    about: Sequence[Connection],
    speaks_for: Collection[str | None],
    told: PingSent,
) -> PingSent:
    """The ping with why whoever speaks for these people (`speaks_for`) gets it: what they are to
    the connections that it is `about`. With nothing to say of it they are on the first rung for
    what the estate file said when it opened."""
    owned = [one for one in about if one.owners.functional in speaks_for]
    told = replace(
        told,
        accountable=any(accountable_contact(catalogue, one) in speaks_for for one in about),
        owns_data=any(one.id in told.data_fault for one in owned),
    )
    # Further up people are pinged for their place on the ladder and not for what they own.
    if told.rung != 0:
        return told
    first = [one for one in about if one.first_responder in speaks_for]
    instead = [one for one in about if one.first_responder is None and _technical(one, speaks_for)]
    if first or instead or owned:
        unnamed = () if first else tuple(one.id for one in instead)
        told = replace(told, first=bool(first), unnamed=unnamed)
    of = tuple(one.id for one in (first or instead or owned or about))
    return replace(told, of=of, parts=of if told.parts else ())


def _technical(one: Connection, speaks_for: Collection[str | None]) -> bool:
    return one.owners.technical in speaks_for


def waited_for(work: Work, incident: Incident) -> tuple[str, ...]:
    """Whoever was pinged last: those of the present rung, and on the first one the first people of
    every child that fails, who were pinged when it joined."""
    rung = present_rung(incident)
    # Whoever owns a part was pinged when it joined; the higher rungs are of the whole.
    if incident.size < 2 or incident.rung > 0 or incident.drill:
        return rung
    known = work.catalogue.connections
    each = work.tx.recovered_of(incident.id)
    children = (known.get(key) for key, recovered in each if not recovered)
    theirs = [first_people(work.catalogue, one) for one in children if one]
    return tuple(dict.fromkeys((*rung, *(person for each in theirs for person in each))))


def present_rung(incident: Incident) -> tuple[str, ...]:
    """Whom the ladder waits for; a ladder may have become shorter since it was begun."""
    rung = min(max(incident.rung, 0), len(incident.ladder) - 1)
    return incident.ladder[rung].people if incident.ladder else ()


def first_of(work: Work, about: Sequence[Connection]) -> tuple[str, ...]:
    """Who acts for the first people of these connections now."""
    there = presence_now(work)
    people = (one for each in about for one in first_people(work.catalogue, each))
    return tuple(dict.fromkeys(acting for one in people if (acting := there.acting(one))))


def above(work: Work, incident: Incident, person: str) -> str | None:
    """Who is told that `person` is away or cannot be reached: as next in line for what they are
    pinged for, which is the gravest connection of which they are one of the first people, else the
    one that leads the incident."""
    lead = lead_of(work.catalogue, incident)
    if incident.size > 1:
        about = by_gravity(members(work, incident), work.catalogue)
        theirs = (one for one in about if person in first_people(work.catalogue, one))
        lead = next(theirs, lead)
    return first_in_line(Purpose.TOLD_ABOUT, lead, work.catalogue.people.get(person))
