"""Who is there now: read from the covers and absences on record."""

from datetime import datetime

from bot.core.cover import Attendance, Presence, can_wait, presence
from bot.core.incident import Incident
from bot.core.severity import Severity
from bot.ports import Knowledge, Tx


def presence_now(tx: Tx, now: datetime) -> Presence:
    return presence(tx.covers(), tx.absences(), now)


def attendance_for(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> Attendance:
    """Who of the incident's ladder can be pinged; those outside their hours only when it must."""
    return Attendance(
        catalogue=knowledge.catalogue,
        presence=presence_now(tx, now),
        can_wait=can_wait(incident.criticality, gravest=incident.severity is Severity.SEV1),
    )
