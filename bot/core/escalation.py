"""The ladder: who is pinged next, and when.

The ladder is frozen when an incident opens, so a later change of the catalogue cannot lose a
waiting rung. Rungs keep their distances in time; one without anybody to ping is skipped at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.catalogue import Catalogue, Connection, LadderRung
from bot.core.incident import Incident, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """The step just taken. `people` is empty only when no rung names anybody; `passed_over` are
    the rungs below it that name nobody."""

    incident: Incident
    rung: int
    people: tuple[str, ...]
    passed_over: tuple[int, ...] = ()


def ladder_for(catalogue: Catalogue, connection: Connection) -> tuple[LadderRung, ...]:
    """First responder at once, then the connection's rungs, each person once and each known.

    A rung that would only ping again whom a lower one has pinged is left out; a rung that names
    nobody stays, for that is a finding. Without a first responder the technical owner stands in.
    Where the ladder leaves out the responder's manager and the architecture owner, they are its
    last rung.
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
    for rung in connection.ladder:
        people = fresh(rung.people)
        if people or seen.isdisjoint(rung.people):
            rungs.append(LadderRung(after=rung.after, people=people))
    responder = catalogue.people.get(first) if first else None
    final = fresh((responder.manager if responder else None, connection.owners.architecture))
    if final:
        rungs.append(LadderRung(after=rungs[-1].after * 2 or connection.lease / 4, people=final))
    return tuple(rungs)


def climb(incident: Incident, now: datetime) -> Climb:
    """Take the next rung that names anybody. Above the last one, the highest that does is pinged
    again every half hour or every lease, whichever is shorter: an open incident never falls
    silent."""
    rung = _next_rung(incident)
    fresh = rung > incident.rung and bool(incident.ladder[rung].people)
    reached = rung if fresh else len(incident.ladder) - 1
    above = range(incident.rung + 1, reached if fresh else len(incident.ladder))
    return Climb(
        incident=replace(
            incident, rung=reached, escalate_at=_next_deadline(incident, reached, now)
        ),
        rung=rung,
        people=incident.ladder[rung].people if incident.ladder else (),
        passed_over=tuple(number for number in above if not incident.ladder[number].people),
    )


def _next_rung(incident: Incident) -> int:
    """The next rung with anybody on it, else the highest one that has, else the last."""
    named = [number for number, rung in enumerate(incident.ladder) if rung.people]
    above = [number for number in named if number > incident.rung]
    if above:
        return above[0]
    return named[-1] if named else len(incident.ladder) - 1


def _next_deadline(incident: Incident, rung: int, now: datetime) -> datetime:
    if rung + 1 >= len(incident.ladder):
        return now + min(timedelta(minutes=30), incident.lease)
    gap = incident.ladder[rung + 1].after - incident.ladder[rung].after
    return now + gap


def next_ping(incident: Incident) -> tuple[datetime, tuple[str, ...]] | None:
    """When the ladder climbs next and whom it then pings; None while nobody will be pinged."""
    if incident.state is not State.OPEN or incident.escalate_at is None or not incident.ladder:
        return None
    return incident.escalate_at, incident.ladder[_next_rung(incident)].people
