"""Whoever belongs to connections that become parts of an incident is told of the whole."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.catalogue import Connection
from bot.core.effects import Say, What, incident_subject
from bot.core.escalation import ladder_for
from bot.core.incident import Incident
from bot.flows import pings
from bot.flows.attendance import attendance_for
from bot.flows.briefing import brief, ping_facts
from bot.ports import Knowledge, Tx

Part = tuple[Connection, datetime]  # and since when it fails
_NAMED = 5  # responders whom an owner reads of


@dataclass(slots=True, kw_only=True)
class _Turn:
    """Whom the new parts concern: each person with the connections that are theirs."""

    responders: dict[str, list[Part]] = field(default_factory=dict)
    covers: dict[str, str | None] = field(default_factory=dict)
    owners: dict[str, list[Part]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


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
        ladder = ladder_for(knowledge.catalogue, connection)
        turn = attendance.turn(ladder[0].people if ladder else (), now)
        for person, covered in turn.pinged.items():
            found.responders.setdefault(person, []).append((connection, since))
            found.covers.setdefault(person, covered)
        found.absent |= turn.nobody_for
        for owner in (connection.owners.technical, connection.owners.functional):
            if owner:
                found.owners.setdefault(owner, []).append((connection, since))
    return found


def tell_newcomers(
    tx: Tx,
    knowledge: Knowledge,
    whole: Incident,
    joined: list[Part],
    now: datetime,
) -> None:
    """The parts' first responders and owners, each once for the whole incident. Whoever only
    heard of it as an owner is still pinged as a responder. An owner who was told of a part while
    it stood alone knows enough."""
    subject = incident_subject(whole.id)
    pinged = {receipt.person for receipt in tx.receipts(subject)}
    told = pinged | tx.told(subject) | _heard(tx, joined)
    turn = _turn(tx, knowledge, whole, joined, now)
    for person, theirs in turn.responders.items():
        if person not in pinged:
            facts = {**_facts(tx, knowledge, theirs, now), "rung": 0}
            pings.ping(tx, knowledge, whole, {person: turn.covers[person]}, facts, now)
            told.add(person)
    for owner, theirs in turn.owners.items():
        if owner not in told:
            facts = _facts(tx, knowledge, theirs, now)
            facts |= {"responders": sorted(turn.responders)[:_NAMED], "reader": owner}
            alert = Say(subject=subject, to=f"person:{owner}", what=What.OWNER_ALERT, facts=facts)
            tx.queue(alert, now)
    for person, why in turn.absent.items():
        pings.tell_away(tx, knowledge, whole, person, why, now)


def _heard(tx: Tx, joined: list[Part]) -> frozenset[str]:
    """Who was told of the incidents that the parts were until now."""
    parts = [tx.part_for(connection.id) for connection, _ in joined]
    told = [tx.told(incident_subject(part.id)) for part in parts if part]
    return frozenset().union(*told)


def _facts(tx: Tx, knowledge: Knowledge, theirs: list[Part], now: datetime) -> dict[str, object]:
    """Which connections are one person's."""
    connection, since = theirs[0]
    briefing = brief(tx, knowledge, connection, now, since)
    return {**ping_facts(briefing), "parts": [one.id for one, _ in theirs]}
