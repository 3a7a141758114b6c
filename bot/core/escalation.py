"""The ladder: who is pinged next, and when.

The ladder is frozen when an incident opens, so a later change of the catalogue cannot lose a
waiting rung. Deadlines count from the opening; a rung without anybody to ping is skipped at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.catalogue import Catalogue, Connection, LadderRung
from bot.core.incident import Incident, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """The step just taken. `people` may be empty: then nobody could be pinged on that rung."""

    incident: Incident
    rung: int
    people: tuple[str, ...]
    last: bool  # no rung is left above


def ladder_for(catalogue: Catalogue, connection: Connection) -> tuple[LadderRung, ...]:
    """First responder at once, then the connection's rungs, each person once and each known.

    Without a first responder the technical owner stands in. Where the ladder leaves out the
    responder's manager and the architecture owner, they are its last rung.
    """
    first = connection.first_responder or connection.owners.technical
    seen: set[str] = set()

    def fresh(people: tuple[str | None, ...]) -> tuple[str, ...]:
        kept = tuple(
            dict.fromkeys(p for p in people if p and p in catalogue.people and p not in seen)
        )
        seen.update(kept)
        return kept

    rungs = [LadderRung(after=timedelta(0), people=fresh((first,)))]
    rungs += [LadderRung(after=rung.after, people=fresh(rung.people)) for rung in connection.ladder]
    responder = catalogue.people.get(first) if first else None
    final = fresh((responder.manager if responder else None, connection.owners.architecture))
    if final:
        rungs.append(LadderRung(after=rungs[-1].after * 2 or connection.lease / 4, people=final))
    return tuple(rungs)


def climb(incident: Incident, now: datetime) -> Climb:
    """Take the next rung. Above the last one, the last rung is pinged again every half hour
    or every lease, whichever is shorter: an open incident never falls silent."""
    rung = min(incident.rung + 1, len(incident.ladder) - 1)
    people = incident.ladder[rung].people if incident.ladder else ()
    last = rung >= len(incident.ladder) - 1
    after = replace(incident, rung=rung, escalate_at=_next_deadline(incident, rung, now))
    if not people and not last:
        after = replace(after, escalate_at=now)
    return Climb(incident=after, rung=rung, people=people, last=last)


def _next_deadline(incident: Incident, rung: int, now: datetime) -> datetime:
    if rung + 1 >= len(incident.ladder):
        return now + min(timedelta(minutes=30), incident.lease)
    gap = incident.ladder[rung + 1].after - incident.ladder[rung].after
    return now + gap


def next_ping(incident: Incident) -> tuple[datetime, tuple[str, ...]] | None:
    """When the ladder climbs next and whom it then pings; None while nobody will be pinged."""
    if incident.state is not State.OPEN or incident.escalate_at is None or not incident.ladder:
        return None
    rung = min(incident.rung + 1, len(incident.ladder) - 1)
    return incident.escalate_at, incident.ladder[rung].people
