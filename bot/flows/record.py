"""What every flow about an incident does at its end: a line on the timeline, and stale displays."""

from datetime import datetime

from bot.core.catalogue import Connection
from bot.core.effects import Show, incident_subject
from bot.core.errors import NotFound
from bot.core.incident import Incident
from bot.core.outbox import MACHINE_RESTS, furniture
from bot.core.units import incident_key
from bot.ports import TimelineEntry, Tx


def log(
    tx: Tx, incident: Incident, kind: str, text: str, now: datetime, by: str | None = None
) -> None:
    tx.add_timeline(incident.id, TimelineEntry(at=now, kind=kind, text=text, by=by))


def data_judge(connection: Connection) -> str | None:
    """Who says whether the data is right: the functional owner, else the technical one, else
    the architecture owner."""
    owners = connection.owners
    return owners.functional or owners.technical or owners.architecture


def show(tx: Tx, incident: Incident, now: datetime) -> None:
    """Everything that displays this incident is stale."""
    subject = incident_subject(incident.id)
    tx.queue(Show(subject=subject), now)
    tx.queue(furniture(subject), now)
    refresh_homes(tx, now)


def show_soon(tx: Tx, incident: Incident, now: datetime) -> None:
    """As `show`, for what a machine changed: more of it within a moment becomes one edit. What a
    person does meanwhile is shown at once, and this with it."""
    subject = incident_subject(incident.id)
    tx.queue(Show(subject=subject, rest=MACHINE_RESTS), now)
    tx.queue(furniture(subject), now)
    refresh_homes(tx, now)


def refresh_homes(tx: Tx, now: datetime) -> None:
    """Whoever has opened the Home tab sees the estate as it is now."""
    for person in tx.fixtures_of("homes"):
        tx.queue(Show(subject=f"home:{person}"), now)


def load(tx: Tx, number: int) -> Incident:
    """The incident, or NotFound."""
    found = tx.incident(number)
    if found is None:
        raise NotFound(f"There is no incident {incident_key(number)}.")
    return found
