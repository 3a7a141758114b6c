"""Whom an incident pings, and what each of them reads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents import escalation
from bot.core.incidents.escalation import EscalationStep, first_people, next_ping, turned_to
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import by_gravity, lead_of
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.triage.facts import Facts
from bot.flows.incidents import roles
from bot.flows.people.presence import attendance_for, presence_now, reader_for, readers_for
from bot.flows.triage.briefing import at_fault, brief_in, ping_facts, since_of, symptoms_of
from bot.language.marks import outside, who
from bot.ports import Knowledge, TimelineEntry, Tx


def begin_anew(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    about: Sequence[Connection],
    line: Say,
    now: datetime,
) -> Incident:
    """Ping from the first rung, for the sake of those of its connections that it is `about`, the
    gravest first: each of their first people for their own. The `line` that says why in the
    channel names them."""
    if not about:
        about = roles.meant(tx, knowledge.catalogue, incident, {})
    facts = [_read(tx, knowledge, incident, one, now) for one in about]
    begun = turned_to(knowledge.catalogue, incident, about, faulty=at_fault(*facts))
    first = begun.ladder[0].people if begun.ladder else ()
    called = attendance_for(tx, knowledge, begun, now).turn(first, now).pinged
    tx.queue(replace(line, facts={**line.facts, "pinged": list(called)}), now)
    parts = [one.id for one in about] if incident.size > 1 else []
    unnamed = [one for one in about if not first_people(knowledge.catalogue, one)]
    if parts and len(unnamed) < len(about):  # with all of them the ladder itself says so
        tell_unnamed(tx, incident, unnamed, now)
    return climb_ladder(tx, knowledge, begun, facts, now, parts=parts)


def _read(
    tx: Tx, knowledge: Knowledge, incident: Incident, one: Connection, now: datetime
) -> Facts:
    if incident.drill:  # worked on recorded evidence
        return brief_in(tx, knowledge, incident, one, now).facts
    return symptoms_of(tx, knowledge, one, now, since_of(tx, incident, one))


def climb_ladder(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    read: Sequence[Facts],
    now: datetime,
    *,
    parts: Sequence[str] = (),
) -> Incident:
    """Ping the next rung, store the incident with its next deadline, and tell the channel.

    People who are away are replaced by whoever covers. A rung without anybody is passed over at
    once, and that is told to the manager. `read` is what is known of those of its connections
    whose owners of data are meant; of one that left the catalogue nothing is: the ladder was
    frozen and goes on. `parts` are those of several connections for whose sake it begins.
    """
    step = escalation.climb(incident, now, attendance_for(tx, knowledge, incident, now))
    tx.save_incident(step.incident)
    known = dict(ping_facts(*read))
    upcoming = {**_why_now(incident, step, parts), **_next(tx, knowledge, step.incident, now)}
    if parts:
        known["parts"] = list(parts)
    ping(tx, knowledge, step.incident, step.pinged, {**known, "rung": step.rung, **upcoming}, now)
    subject = incident_subject(incident.id)
    if step.rung > 0 and step.people:
        told = {"people": list(step.people), "rung": step.rung, **upcoming}
        tx.queue(Say(subject=subject, to="channel", what=What.CLIMBED, facts=told), now)
    if step.resting:
        _log(tx, incident, "resting", "Everybody left is outside their working hours.", now)
        tx.queue(Say(subject=subject, to="channel", what=What.RESTING, facts=upcoming), now)
    if step.passed_over or not (step.people or step.resting or step.absent):
        _nobody(tx, knowledge, step, parts, now)
    for person, why in step.absent.items():
        tell_away(tx, knowledge, step.incident, person, why, now)
    return step.incident


def _why_now(before: Incident, step: EscalationStep, parts: Sequence[str]) -> dict[str, object]:
    """Why these people are pinged, where it is not that nobody took it."""
    first = before.rung < 0
    unnamed = first and 0 in step.passed_over
    return {
        "let_go": before.let_go,
        "unnamed": list(parts) if unnamed and parts else unnamed,
        "away": list(step.absent) if first else [],
    }


def whose_turn(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    about: Sequence[Connection],
    now: datetime,
) -> tuple[str, ...]:
    """Who has it, or stands in for them; else whoever was pinged last, and of several connections
    the first people of those that it is `about`."""
    there = presence_now(tx, now)
    if incident.holder is not None:
        return (there.acting(incident.holder) or incident.holder,)
    rung = incident.ladder[incident.rung].people if incident.rung >= 0 else ()
    acting = (there.acting(one) for one in rung)
    theirs = roles.first_of(tx, knowledge, about, now) if incident.size > 1 else ()
    return tuple(dict.fromkeys((*(one for one in acting if one), *theirs)))


def ping(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    people: Mapping[str, str | None],
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    """Ping each of `people`, who stand in for the person they map to, or for nobody."""
    about = roles.meant(tx, knowledge.catalogue, incident, facts)
    until = presence_now(tx, now).until
    for person, covered in people.items():
        own = {
            **facts,
            "reader": person,
            **roles.role(knowledge.catalogue, about, {person, covered} - {None}, facts),
        }
        if covered:
            ends = until.get(covered)
            own |= {"covers": covered, "until": ends.isoformat() if ends else None}
        subject = incident_subject(incident.id)
        tx.queue(Say(subject=subject, to=f"person:{person}", what=What.PING, facts=own), now)
    if people:
        names = ", ".join(
            f"{who(person)} (for {who(covered)})" if covered else who(person)
            for person, covered in people.items()
        )
        _log(tx, incident, "pinged", f"Pinged {names}.", now)


def _next(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> dict[str, object]:
    """Who is pinged next and when, as frozen facts."""
    ahead = next_ping(incident, attendance_for(tx, knowledge, incident, now))
    if ahead is None:
        return {"next_at": None, "next_people": []}
    at, people = ahead
    return {"next_at": at.isoformat(), "next_people": list(people)}


def tell_away(
    tx: Tx, knowledge: Knowledge, incident: Incident, person: str, why: str, now: datetime
) -> None:
    """Somebody of the ladder is away and nobody covers: their manager hears of it, once."""
    said = f"{who(person)} is away without cover ({why}); not waited for."
    if any(entry.text == said for entry in tx.timeline(incident.id)):
        return
    _log(tx, incident, "away", said, now)
    subject = incident_subject(incident.id)
    facts = {"person": person, "why": why}
    tx.queue(Say(subject=subject, to="channel", what=What.AWAY, facts=facts), now)
    known = knowledge.catalogue.people.get(person)
    manager = (known.manager if known else None) or roles.guard(tx, knowledge, incident, person)
    acting = presence_now(tx, now).acting(manager) if manager else None
    if acting and acting != person:
        tx.queue(Say(subject=subject, to=f"person:{acting}", what=What.AWAY, facts=facts), now)


def _nobody(
    tx: Tx, knowledge: Knowledge, step: EscalationStep, parts: Sequence[str], now: datetime
) -> None:
    """Nobody is named to be pinged: that is a finding, and it goes to the channel every time and
    to the architecture owner in person."""
    incident = step.incident
    for rung in step.passed_over:
        missing = "No first responder is named." if rung == 0 else f"Rung {rung} names nobody."
        _log(tx, incident, "nobody", missing, now)
    if not step.people:
        _log(tx, incident, "nobody", "No rung of the ladder names anybody.", now)
    lead = lead_of(knowledge.catalogue, incident)
    about = by_gravity(parts, knowledge.catalogue) or ([lead] if lead else [])
    rungs = list(step.passed_over) if step.people else [0]
    _say_nobody(tx, incident, about, rungs, now)


def tell_unnamed(tx: Tx, incident: Incident, unnamed: Sequence[Connection], now: datetime) -> None:
    """These of its connections name nobody who would be pinged for them at once."""
    for one in unnamed:
        said = f"No first responder of {outside(one.name)} is named."
        _log(tx, incident, "nobody", said, now)
    if unnamed:
        _say_nobody(tx, incident, unnamed, [0], now)


def _say_nobody(
    tx: Tx, incident: Incident, about: Sequence[Connection], rungs: Sequence[int], now: datetime
) -> None:
    subject = incident_subject(incident.id)
    facts = {"of": [one.id for one in about], "rungs": list(rungs)}
    keepers = readers_for(tx, (one.owners.architecture or "" for one in about), now)
    for to in ("channel", *(f"person:{keeper}" for keeper in keepers if keeper)):
        tx.queue(Say(subject=subject, to=to, what=What.NOBODY, facts=facts), now)


def alert_owners(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """Tell the technical and functional owners who were not pinged as responders anyway."""
    connection = knowledge.catalogue.connections[incident.connection]
    there = presence_now(tx, now)
    rung = incident.ladder[max(incident.rung, 0)].people if incident.ladder else ()
    pinged = {acting for person in rung if (acting := there.acting(person))}
    named = (connection.owners.technical, connection.owners.functional)
    owners = readers_for(tx, (owner for owner in named if owner), now)
    facts = {"parts": [connection.id], "responders": sorted(pinged)}
    for owner in (person for person in owners if person not in pinged):
        tx.queue(
            Say(
                subject=incident_subject(incident.id),
                to=f"person:{owner}",
                what=What.OWNER_ALERT,
                facts={**facts, "reader": owner, **owners[owner]},
            ),
            now,
        )


def undelivered(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    person: str,
    why: str,
    now: datetime,
    *,
    perhaps: bool = False,
) -> None:
    """A ping did not arrive, or only `perhaps`: record it, say it in the channel and to the
    person's manager, and let the ladder go on at once while nobody has the incident and nobody
    is known to have heard of it."""
    said = "was perhaps pinged, and not known to be" if perhaps else "could not be pinged"
    _log(tx, incident, "undelivered", f"{who(person)} {said}: {outside(why)}", now)
    climbs = _nobody_heard(tx, incident, person, now)
    if climbs:
        tx.save_incident(replace(incident, escalate_at=now))
    told = {"why": why, "perhaps": perhaps, "climbs": climbs}
    tell_undelivered(tx, knowledge, incident, person, told, now)


def _nobody_heard(tx: Tx, incident: Incident, person: str, now: datetime) -> bool:
    """Whether the present rung reached nobody and there is a rung above to go to. At the top the
    ladder keeps its pace: climbing at once would ping the same unreachable person again and
    again."""
    named = incident.ladder[incident.rung].people if incident.rung >= 0 else ()
    there = presence_now(tx, now)
    rung = tuple(acting for one in named if (acting := there.acting(one)))
    if incident.state is not State.OPEN or person not in (*named, *rung):
        return False
    if not any(above.people for above in incident.ladder[incident.rung + 1 :]):
        return False
    latest = {receipt.person: receipt for receipt in tx.receipts(incident_subject(incident.id))}
    return all(one in latest and latest[one].state == "failed" for one in rung)


def tell_undelivered(
    tx: Tx,
    knowledge: Knowledge,
    incident: Incident,
    person: str,
    told: Mapping[str, object],
    now: datetime,
) -> None:
    """Say in the channel and to the manager, else the architecture owner, that `person` cannot be
    reached; `told` says why, whether they `perhaps` were and whether the ladder `climbs` for it."""
    subject = incident_subject(incident.id)
    facts = {"person": person, **told}
    tx.queue(Say(subject=subject, to="channel", what=What.UNDELIVERED, facts=facts), now)
    known = knowledge.catalogue.people.get(person)
    keeper = (known.manager if known else None) or roles.guard(tx, knowledge, incident, person)
    reader, covers_whom = reader_for(tx, keeper, now) if keeper else (person, {})
    if reader != person and not incident.drill:
        own, to = facts | covers_whom, f"person:{reader}"
        tx.queue(Say(subject=subject, to=to, what=What.UNDELIVERED, facts=own), now)


def _log(tx: Tx, incident: Incident, kind: str, text: str, now: datetime) -> None:
    tx.add_timeline(incident.id, TimelineEntry(at=now, kind=kind, text=text))
