"""Who has to say whether the data is right, connection by connection, and how they are asked.

Each person gets one message about an incident; it is kept up to date, and further words go into
its thread.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.core.effects import Say, What, incident_subject
from bot.core.incident import Incident
from bot.flows.attendance import presence_now
from bot.flows.record import data_judge
from bot.ports import Knowledge, Tx


def members(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """The connections of the incident, the one it began with first."""
    ids = (incident.connection, *(connection for connection, _ in tx.fates_of(incident.id)))
    return tuple(dict.fromkeys(ids))


def judges_by_connection(tx: Tx, knowledge: Knowledge, whole: Incident) -> Mapping[str, str]:
    """Who has to confirm the data of each connection of the incident. A connection for which
    nobody is named is left out."""
    known = knowledge.catalogue.connections
    found = ((key, known.get(key)) for key in members(tx, whole))
    named = ((key, data_judge(connection) if connection else None) for key, connection in found)
    return {key: judge for key, judge in named if judge}


def judges_of(tx: Tx, knowledge: Knowledge, whole: Incident) -> tuple[str, ...]:
    """Who has to confirm the data of the incident and of all its parts, each once."""
    return tuple(dict.fromkeys(judges_by_connection(tx, knowledge, whole).values()))


def unconfirmed(tx: Tx, knowledge: Knowledge, whole: Incident) -> Mapping[str, str]:
    """The connections whose data nobody has confirmed yet, each with who has to."""
    judges = judges_by_connection(tx, knowledge, whole)
    return {key: judge for key, judge in judges.items() if key not in whole.confirmed}


def acting_judges(tx: Tx, judges: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Who is asked: the judges, or whoever stands in; a judge who is away is asked all the same
    when nobody does."""
    there = presence_now(tx, now)
    return tuple(dict.fromkeys(there.acting(judge) or judge for judge in judges))


def ask(tx: Tx, whole: Incident, judges: tuple[str, ...], now: datetime) -> None:
    """Ask everybody who acts for one of `judges`: by the one message, or, where that stands in
    Slack already, by a word in its thread."""
    subject = incident_subject(whole.id)
    for person in acting_judges(tx, judges, now):
        to = f"person:{person}"
        stands = tx.last_said(subject, to, What.CONFIRM_DATA)
        if stands in (None, "failed"):
            facts: dict[str, object] = {"person": person}
            tx.queue(Say(subject=subject, to=to, what=What.CONFIRM_DATA, facts=facts), now)
        elif stands == "sent":
            facts = {"since": whole.recovered_at.isoformat() if whole.recovered_at else None}
            tx.queue(Say(subject=subject, to=to, what=What.CONFIRM_NUDGE, facts=facts), now)
