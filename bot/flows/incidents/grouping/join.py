"""Whoever belongs to connections that become parts of an incident is told of the parent."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.escalation import first_people
from bot.core.incidents.incident import BY_CHECKS, WITH_SOMEBODY, Incident
from bot.core.incidents.notices import OwnerAlert, PingSent
from bot.core.outbox.address import ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.triage.error_class import OWNERS_ACT, main_class
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents import data_faults, ping
from bot.flows.people.presence import attendance_for, reader_for
from bot.flows.triage.briefing import at_fault, symptoms_of
from bot.flows.work import Work

Part = tuple[Connection, datetime]  # and since when it fails
_RESPONDERS_NAMED = 5  # responders whom an owner reads of


@dataclass(slots=True, kw_only=True)
class _Concerned:
    """Whom the new parts concern: each person with the connections that are theirs."""

    responders: dict[str, list[Part]] = field(default_factory=dict)
    covers: dict[str, str | None] = field(default_factory=dict)
    owners: dict[str, list[Part]] = field(default_factory=dict)
    instead: dict[str, str | None] = field(default_factory=dict)  # of an owner
    absent: dict[str, str] = field(default_factory=dict)
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by connection
    unnamed: list[Connection] = field(default_factory=list)  # they name nobody
    had: dict[str, int] = field(default_factory=dict)  # who has a child, and its number


def _concerned(work: Work, parent: Incident, joined: list[Part]) -> _Concerned:
    found = _Concerned()
    attendance = attendance_for(work, parent)
    for connection, since in joined:
        fault = _data_fault(work, (connection, since))
        people = first_people(work.catalogue, connection, data_fault=fault is not None)
        if fault is not None:
            data_faults.note(work, parent, connection, (fault,))
        turn = attendance.who_acts_for(people, work.now)
        for person, covered in turn.pinged.items():
            found.responders.setdefault(person, []).append((connection, since))
            found.covers.setdefault(person, covered)
        child = work.tx.child_for(connection.id)
        if child is not None and child.holder and child.holder != parent.holder:
            holder, covers = reader_for(work, child.holder)
            found.had[holder] = child.id
            # Whoever had the part keeps hearing of it, also where nobody named them for it.
            if holder not in turn.pinged:
                found.responders.setdefault(holder, []).append((connection, since))
                found.covers.setdefault(holder, child.holder if covers else None)
        found.absent |= turn.nobody_for
        found.called[connection.id] = tuple(turn.pinged)
        found.unnamed += [] if people else [connection]
        for owner in (connection.owners.technical, connection.owners.functional):
            if owner:
                reader, covers_whom = reader_for(work, owner)
                found.owners.setdefault(reader, []).append((connection, since))
                found.instead.setdefault(reader, covers_whom.get("covers"))
    return found


def _data_fault(work: Work, child: Part) -> ErrorClass | None:
    """What only the owner of its data can mend, by its own error: what it has in common with the
    whole may be a person's word or an update."""
    connection, since = child
    kind = main_class(symptoms_of(work, connection, since))
    return kind if kind in OWNERS_ACT else None


def tell_newcomers(work: Work, parent: Incident, joined: list[Part]) -> None:
    """The parts' first responders and owners and whoever had one of them, each once for the parent
    incident, and once more where somebody has that already: then nobody looks for more to fail.
    Whoever only heard of it as an owner, on a rung of the ladder or by a person's word is still
    pinged as a first responder. An owner who was told of a child while it stood alone knows
    enough."""
    subject, held = incident_subject(parent.id), parent.state in WITH_SOMEBODY
    told = _heard(work, joined) | (frozenset() if held else work.tx.told(subject))
    turn = _concerned(work, parent, joined)
    know = frozenset() if held else _know(work, parent, turn)
    for person, theirs in turn.responders.items():
        if person not in know:
            ids, faulty = _meant(work, theirs)
            pinged = PingSent(parts=ids, data_fault=faulty, rung=0, joined=held)
            pinged = replace(pinged, had=turn.had.get(person))
            ping.ping(work, parent, {person: turn.covers.get(person)}, pinged)
            # An owner who was just pinged as a responder needs no second letter.
            told |= {person}
    for owner, theirs in turn.owners.items():
        if owner not in told:
            called = {one for connection, _ in theirs for one in turn.called[connection.id]}
            ids, faulty = _meant(work, theirs)
            responders = tuple(sorted(called)[:_RESPONDERS_NAMED])
            alert = OwnerAlert(parts=ids, data_fault=faulty, responders=responders, reader=owner)
            work.tell(ToPerson(owner), replace(alert, covers=turn.instead[owner]), about=subject)
    for person, why in turn.absent.items():
        ping.tell_away(work, parent, person, why)
    ping.tell_unnamed(work, parent, turn.unnamed)


def _know(work: Work, parent: Incident, turn: _Concerned) -> frozenset[str]:
    """Those who were pinged in the same role for something else that the checks saw fail: what a
    person said of the connection that it began with tells nothing of the others."""
    by_word = parent.detected_by != BY_CHECKS or parent.reopened_by is not None
    said = {parent.connection} if by_word else set()
    found = set()
    for one in work.tx.receipts(incident_subject(parent.id)):
        theirs, covered = turn.responders.get(one.person, ()), turn.covers.get(one.person)
        first = any(each.first_responder in (one.person, covered) for each, _ in theirs)
        if {*one.of} - said and (one.first or not first):
            found.add(one.person)
    return frozenset(found)


def _heard(work: Work, joined: list[Part]) -> frozenset[str]:
    """Who was told of the incidents that the parts were until now."""
    children = [work.tx.child_for(connection.id) for connection, _ in joined]
    told = [work.tx.told(incident_subject(child.id)) for child in children if child]
    return frozenset().union(*told)


def _meant(work: Work, theirs: list[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which connections are one person's, and of which of those the data is at fault."""
    read = (symptoms_of(work, one, since) for one, since in theirs)
    return tuple(one.id for one, _ in theirs), at_fault(*read)
