"""Whoever belongs to connections that become parts of an incident is told of the whole."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.escalation import first_people
from bot.core.incidents.incident import BY_CHECKS, WITH_SOMEBODY, Incident
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.triage.error_class import OWNERS_ACT, main_class
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents import data_faults, ping
from bot.flows.people.presence import attendance_for, reader_for
from bot.flows.triage.briefing import ping_facts, symptoms_of
from bot.ports import Knowledge, Tx

Part = tuple[Connection, datetime]  # and since when it fails
_NAMED = 5  # responders whom an owner reads of


@dataclass(slots=True, kw_only=True)
class _Turn:
    """Whom the new parts concern: each person with the connections that are theirs."""

    responders: dict[str, list[Part]] = field(default_factory=dict)
    covers: dict[str, str | None] = field(default_factory=dict)
    owners: dict[str, list[Part]] = field(default_factory=dict)
    instead: dict[str, dict[str, object]] = field(default_factory=dict)  # of an owner
    absent: dict[str, str] = field(default_factory=dict)
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by connection
    unnamed: list[Connection] = field(default_factory=list)  # they name nobody
    had: dict[str, int] = field(default_factory=dict)  # who has a part, and its number


def _turn(
    tx: Tx,
    knowledge: Knowledge,
    whole: Incident,
    joined: list[Part],
    now: datetime,
) -> _Turn:
    found = _Turn()
    attendance = attendance_for(tx, knowledge, whole, now)
    for connection, since in joined:
        fault = _data_fault(tx, knowledge, (connection, since), now)
        people = first_people(knowledge.catalogue, connection, data_fault=fault is not None)
        if fault is not None:
            data_faults.note(tx, whole, connection, (fault,), now)
        turn = attendance.turn(people, now)
        for person, covered in turn.pinged.items():
            found.responders.setdefault(person, []).append((connection, since))
            found.covers.setdefault(person, covered)
        part = tx.part_for(connection.id)
        if part is not None and part.holder and part.holder != whole.holder:
            holder, covers = reader_for(tx, part.holder, now)
            found.had[holder] = part.id
            if holder not in turn.pinged:
                found.responders.setdefault(holder, []).append((connection, since))
                found.covers.setdefault(holder, part.holder if covers else None)
        found.absent |= turn.nobody_for
        found.called[connection.id] = tuple(turn.pinged)
        found.unnamed += [] if people else [connection]
        for owner in (connection.owners.technical, connection.owners.functional):
            if owner:
                reader, covers_whom = reader_for(tx, owner, now)
                found.owners.setdefault(reader, []).append((connection, since))
                found.instead.setdefault(reader, covers_whom)
    return found


def _data_fault(tx: Tx, knowledge: Knowledge, part: Part, now: datetime) -> ErrorClass | None:
    """What only the owner of its data can mend, by its own error: what it has in common with the
    whole may be a person's word or an update."""
    connection, since = part
    kind = main_class(symptoms_of(tx, knowledge, connection, now, since))
    return kind if kind in OWNERS_ACT else None


def tell_newcomers(
    tx: Tx,
    knowledge: Knowledge,
    whole: Incident,
    joined: list[Part],
    now: datetime,
) -> None:
    """The parts' first responders and owners and whoever had one of them, each once for the whole
    incident, and once more where somebody has that already: then nobody looks for more to fail.
    Whoever only heard of it as an owner, on a rung of the ladder or by a person's word is still
    pinged as a first responder. An owner who was told of a part while it stood alone knows
    enough."""
    subject, held = incident_subject(whole.id), whole.state in WITH_SOMEBODY
    told = _heard(tx, joined) | (frozenset() if held else tx.told(subject))
    turn = _turn(tx, knowledge, whole, joined, now)
    know = frozenset() if held else _know(tx, whole, turn)
    for person, theirs in turn.responders.items():
        if person not in know:
            facts = {**_facts(tx, knowledge, theirs, now), "rung": 0}
            facts |= {"joined": True, "reader": person} if held else {}
            facts |= {"had": turn.had[person]} if person in turn.had else {}
            ping.ping(tx, knowledge, whole, {person: turn.covers.get(person)}, facts, now)
            told |= {person}
    for owner, theirs in turn.owners.items():
        if owner not in told:
            called = {one for connection, _ in theirs for one in turn.called[connection.id]}
            facts = _facts(tx, knowledge, theirs, now)
            facts |= {"responders": sorted(called)[:_NAMED], "reader": owner}
            facts |= turn.instead[owner]
            alert = Say(subject=subject, to=f"person:{owner}", what=What.OWNER_ALERT, facts=facts)
            tx.queue(alert, now)
    for person, why in turn.absent.items():
        ping.tell_away(tx, knowledge, whole, person, why, now)
    ping.tell_unnamed(tx, whole, turn.unnamed, now)


def _know(tx: Tx, whole: Incident, turn: _Turn) -> frozenset[str]:
    """Those who were pinged in the same role for something else that the checks saw fail: what a
    person said of the connection that it began with tells nothing of the others."""
    by_word = whole.detected_by != BY_CHECKS or whole.reopened_by is not None
    said = {whole.connection} if by_word else set()
    found = set()
    for one in tx.receipts(incident_subject(whole.id)):
        theirs, covered = turn.responders.get(one.person, ()), turn.covers.get(one.person)
        first = any(each.first_responder in (one.person, covered) for each, _ in theirs)
        if {*one.of} - said and (one.first or not first):
            found.add(one.person)
    return frozenset(found)


def _heard(tx: Tx, joined: list[Part]) -> frozenset[str]:
    """Who was told of the incidents that the parts were until now."""
    parts = [tx.part_for(connection.id) for connection, _ in joined]
    told = [tx.told(incident_subject(part.id)) for part in parts if part]
    return frozenset().union(*told)


def _facts(tx: Tx, knowledge: Knowledge, theirs: list[Part], now: datetime) -> dict[str, object]:
    """Which connections are one person's, and of which of those the data is at fault."""
    read = (symptoms_of(tx, knowledge, one, now, since) for one, since in theirs)
    return {**ping_facts(*read), "parts": [one.id for one, _ in theirs]}
