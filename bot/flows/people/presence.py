"""Who is there now: read from the covers and absences on record."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.core.incidents.incident import Incident
from bot.core.incidents.severity import Severity
from bot.core.people.presence import Attendance, Presence, can_wait, presence
from bot.ports import Knowledge, Tx


def presence_now(tx: Tx, now: datetime) -> Presence:
    return presence(tx.covers(), tx.absences(), now)


def reader_for(tx: Tx, person: str, now: datetime) -> tuple[str, dict[str, object]]:
    """Who reads what is for `person` now: whoever acts for them, else they themselves; and, as
    facts of the letter, whom that one stands in for."""
    acting = presence_now(tx, now).acting(person) or person
    return acting, {"covers": person} if acting != person else {}


def readers_for(tx: Tx, people: Iterable[str], now: datetime) -> Mapping[str, dict[str, object]]:
    """The same for several people, by reader; of several covered ones the first is told."""
    found: dict[str, dict[str, object]] = {}
    for one in people:
        found.setdefault(*reader_for(tx, one, now))
    return found


def attendance_for(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> Attendance:
    """Who of the incident's ladder can be pinged; those outside their hours only when it must."""
    return Attendance(
        catalogue=knowledge.catalogue,
        presence=presence_now(tx, now),
        can_wait=can_wait(incident.criticality, gravest=incident.severity is Severity.SEV1),
    )
