"""Whom an incident pings, and what each of them reads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents import escalation
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.escalation import EscalationStep, first_people, next_ping, turned_to
from bot.core.incidents.grouping import by_gravity, lead_of
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import (
    Away,
    Escalated,
    Nobody,
    OwnerAlert,
    PingSent,
    QuietHours,
    Undelivered,
)
from bot.core.incidents.notices_of_endings import DataWrong, OnItsOwn, Relapsed, Reopened
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.triage.facts import Facts
from bot.flows.incidents import roles
from bot.flows.people.presence import attendance_for, presence_now, readers_for, tell_reader
from bot.flows.triage.briefing import at_fault, brief_in, since_of, symptoms_of
from bot.flows.work import Work
from bot.language.marks import outside, who


def begin_anew(
    work: Work,
    incident: Incident,
    about: Sequence[Connection],
    why: DataWrong | Relapsed | Reopened | OnItsOwn,
) -> Incident:
    """Ping from the first rung, for the sake of those of its connections that it is `about`, the
    gravest first: each of their first people for their own. The notice that says `why` in the
    channel names them."""
    if not about:
        about = roles.meant(work, incident)
    facts = [_read(work, incident, one) for one in about]
    begun = turned_to(work.catalogue, incident, about, faulty=at_fault(*facts))
    first = begun.ladder[0].people if begun.ladder else ()
    called = attendance_for(work, begun).who_acts_for(first, work.now).pinged
    told = replace(why, pinged=tuple(called))
    work.tell(CHANNEL, told, about=incident_subject(incident.id))
    children = [one.id for one in about] if incident.size > 1 else []
    unnamed = [one for one in about if not first_people(work.catalogue, one)]
    # An owner can mend only what has no first responder; the ladder says it where all lack one.
    if children and len(unnamed) < len(about):  # with all of them the ladder itself says so
        tell_unnamed(work, incident, unnamed)
    return escalate_to_next(work, begun, facts, children=children)


def _read(work: Work, incident: Incident, one: Connection) -> Facts:
    if incident.drill:  # worked on recorded evidence
        return brief_in(work, incident, one).facts
    return symptoms_of(work, one, since_of(work, incident, one))


def escalate_to_next(
    work: Work,
    incident: Incident,
    read: Sequence[Facts],
    *,
    children: Sequence[str] = (),
) -> Incident:
    """Ping the next rung, store the incident with its next deadline, and tell the channel.

    People who are away are replaced by whoever covers. A rung without anybody is passed over at
    once, and that is told to the manager. `read` is what is known of those of its connections
    whose owners of data are meant; of one that left the catalogue nothing is: the ladder was
    frozen and goes on. `parts` are those of several connections for whose sake it begins.
    """
    step = escalation.escalate(incident, work.now, attendance_for(work, incident))
    # Stored first: everything below is said of the incident as it is after the step.
    work.tx.save_incident(step.incident)
    told = _why_now(work, incident, step, children)
    told = replace(told, rung=step.rung, data_fault=at_fault(*read), parts=tuple(children))
    ping(work, step.incident, step.pinged, told)
    subject = incident_subject(incident.id)
    if step.rung > 0 and step.people:
        escalated = Escalated(people=step.people, rung=step.rung, **told.step)
        work.tell(CHANNEL, escalated, about=subject)
    if step.quiet_hours:
        _log(work, incident, "resting", "Everybody left is outside their working hours.")
        work.tell(CHANNEL, QuietHours(**told.step), about=subject)
    if step.passed_over or not (step.people or step.quiet_hours or step.absent):
        _nobody(work, step, children)
    for person, why in step.absent.items():
        tell_away(work, step.incident, person, why)
    return step.incident


def _why_now(
    work: Work, before: Incident, step: EscalationStep, children: Sequence[str]
) -> PingSent:
    """Why these people are pinged, where it is not that nobody took it, and who comes next."""
    first = before.rung < 0
    unnamed = first and 0 in step.passed_over
    there = attendance_for(work, step.incident)
    next_at, next_people = next_ping(step.incident, there) or (None, ())
    return PingSent(
        let_go=before.let_go,
        unnamed=tuple(children) if unnamed and children else unnamed,
        away=tuple(step.absent) if first else (),
        next_at=next_at,
        next_people=next_people,
    )


def whose_turn(work: Work, incident: Incident, about: Sequence[Connection]) -> tuple[str, ...]:
    """Who has it, or stands in for them; else whoever was pinged last, and of several connections
    the first people of those that it is `about`."""
    there = presence_now(work)
    if incident.holder is not None:
        return (there.acting(incident.holder) or incident.holder,)
    rung = incident.ladder[incident.rung].people if incident.rung >= 0 else ()
    acting = (there.acting(one) for one in rung)
    theirs = roles.first_of(work, about) if incident.size > 1 else ()
    return tuple(dict.fromkeys((*(one for one in acting if one), *theirs)))


def ping(work: Work, incident: Incident, people: Mapping[str, str | None], told: PingSent) -> None:
    """Ping each of `people`, who stand in for the person they map to, or for nobody."""
    about = roles.meant(work, incident, told.parts)
    until = presence_now(work).until
    for person, covered in people.items():
        own = roles.role(work.catalogue, about, {person, covered} - {None}, told)
        ends = until.get(covered) if covered else None
        own = replace(own, reader=person, covers=covered, until=ends)
        work.tell(ToPerson(person), own, about=incident_subject(incident.id))
    if people:
        names = ", ".join(
            f"{who(person)} (for {who(covered)})" if covered else who(person)
            for person, covered in people.items()
        )
        _log(work, incident, "pinged", f"Pinged {names}.")


def tell_away(work: Work, incident: Incident, person: str, why: str) -> None:
    """Somebody of the ladder is away and nobody covers: their manager hears of it, once."""
    subject, told = incident_subject(incident.id), Away(person=person, why=why)
    # The ladder comes by the same person again and again; their manager needs to hear it once.
    if any(one.notice == told for one in work.tx.letters_of(subject, told.what)):
        return
    said = f"{who(person)} is away without cover ({why}); not waited for."
    _log(work, incident, "away", said)
    work.tell(CHANNEL, told, about=subject)
    above = roles.above(work, incident, person)
    acting = presence_now(work).acting(above) if above else None
    if acting and acting != person:
        work.tell(ToPerson(acting), told, about=subject)


def _nobody(work: Work, step: EscalationStep, children: Sequence[str]) -> None:
    """Nobody is named to be pinged: that is a finding, and it goes to the channel every time and
    to the architecture owner in person."""
    incident = step.incident
    for rung in step.passed_over:
        missing = "No first responder is named." if rung == 0 else f"Rung {rung} names nobody."
        _log(work, incident, "nobody", missing)
    if not step.people:
        _log(work, incident, "nobody", "No rung of the ladder names anybody.")
    lead = lead_of(work.catalogue, incident)
    about = by_gravity(children, work.catalogue) or ([lead] if lead else [])
    rungs = step.passed_over if step.people else (0,)
    _say_nobody(work, incident, about, rungs)


def tell_unnamed(work: Work, incident: Incident, unnamed: Sequence[Connection]) -> None:
    """These of its connections name nobody who would be pinged for them at once."""
    for one in unnamed:
        said = f"No first responder of {outside(one.name)} is named."
        _log(work, incident, "nobody", said)
    if unnamed:
        _say_nobody(work, incident, unnamed, (0,))


def _say_nobody(
    work: Work, incident: Incident, about: Sequence[Connection], rungs: Sequence[int]
) -> None:
    subject = incident_subject(incident.id)
    told = Nobody(of=tuple(one.id for one in about), rungs=tuple(rungs))
    work.tell(CHANNEL, told, about=subject)
    for owner in readers_for(work, (one.owners.architecture or "" for one in about)):
        if owner:
            work.tell(ToPerson(owner), told, about=subject)


def alert_owners(work: Work, incident: Incident) -> None:
    """Tell the technical and functional owners who were not pinged as responders anyway."""
    connection = work.catalogue.connections[incident.connection]
    there = presence_now(work)
    rung = incident.ladder[max(incident.rung, 0)].people if incident.ladder else ()
    pinged = {acting for person in rung if (acting := there.acting(person))}
    named = (connection.owners.technical, connection.owners.functional)
    owners = readers_for(work, (owner for owner in named if owner))
    # Sorted, so that the same letter has the same words in each run.
    responders = tuple(sorted(pinged))
    told = OwnerAlert(parts=(connection.id,), responders=responders, reader="")
    # Whoever is pinged must not read elsewhere that there is nothing for them to do.
    for owner in (person for person in owners if person not in pinged):
        told = replace(told, reader=owner, covers=owners[owner].get("covers"))
        work.tell(ToPerson(owner), told, about=incident_subject(incident.id))


def undelivered(
    work: Work,
    incident: Incident,
    person: str,
    why: str,
    *,
    perhaps: bool = False,
) -> None:
    """A ping did not arrive, or only `perhaps`: record it, say it in the channel and to the
    person's manager, and let the ladder go on at once while nobody has the incident and nobody
    is known to have heard of it."""
    said = "was perhaps pinged, and not known to be" if perhaps else "could not be pinged"
    _log(work, incident, "undelivered", f"{who(person)} {said}: {outside(why)}")
    escalates = _nobody_heard(work, incident, person)
    if escalates:
        work.tx.save_incident(replace(incident, escalate_at=work.now))
    told = Undelivered(person=person, why=why, perhaps=perhaps, escalates=escalates)
    tell_undelivered(work, incident, told)


def _nobody_heard(work: Work, incident: Incident, person: str) -> bool:
    """Whether the present rung reached nobody and there is a rung above to go to. At the top the
    ladder keeps its pace: escalating at once would ping the same unreachable person again and
    again."""
    named = incident.ladder[incident.rung].people if incident.rung >= 0 else ()
    there = presence_now(work)
    rung = tuple(acting for one in named if (acting := there.acting(one)))
    if incident.state is not State.OPEN or person not in (*named, *rung):
        return False
    # At the top the next ping goes to the same people, so hurrying gains nobody.
    if not any(above.people for above in incident.ladder[incident.rung + 1 :]):
        return False
    # The newest word of Slack counts: a ping that failed may have been delivered on a later try.
    latest = {
        receipt.person: receipt for receipt in work.tx.receipts(incident_subject(incident.id))
    }
    return all(one in latest and latest[one].state == "failed" for one in rung)


def tell_undelivered(work: Work, incident: Incident, told: Undelivered) -> None:
    """Say in the channel and to the manager, else the architecture owner, that somebody cannot be
    reached."""
    subject, person = incident_subject(incident.id), told.person
    work.tell(CHANNEL, told, about=subject)
    above = roles.above(work, incident, person)
    # Nobody outside the rehearsal is to be alarmed by it.
    if above is None or incident.drill:
        return
    if (presence_now(work).acting(above) or above) != person:
        tell_reader(work, above, told, about=subject)


def _log(work: Work, incident: Incident, kind: str, text: str) -> None:
    work.tx.add_timeline(incident.id, TimelineEntry(at=work.now, kind=kind, text=text))
