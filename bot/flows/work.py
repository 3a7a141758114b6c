"""How every flow about an incident begins and ends: the incident by its number; a line on the
timeline, and stale displays."""

from datetime import datetime
from hashlib import sha256

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import LIVE, Incident
from bot.core.outbox.letter import FIGURES_REST, MACHINE_RESTS, OTHERS_REST, furniture
from bot.core.outbox.notice import LIVE_INCIDENTS, Show, incident_subject
from bot.language.errors import NotFound
from bot.language.units import incident_key
from bot.ports import TimelineEntry, Tx

_TOLD = "told elsewhere"  # fixture: what others' cards may say of it, as a mark


def load(tx: Tx, number: int) -> Incident:
    """The incident, or NotFound."""
    found = tx.incident(number)
    if found is None:
        raise NotFound(f"There is no incident {incident_key(number)}.")
    return found


def goes_on_in(tx: Tx, incident: Incident) -> Incident:
    """The whole that a merged one is a part of, where people read of it; else itself."""
    whole = tx.incident(incident.parent) if incident.parent is not None else None
    return whole or incident


def open_for(tx: Tx, connection: str) -> Incident | None:
    """The live incident that the connection leads or is a part of."""
    part = tx.part_for(connection)
    whole = tx.incident(part.parent) if part and part.parent is not None else None
    return tx.live_incident(connection) or whole


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
    _show_others(tx, load(tx, incident.id), now)


def show_soon(tx: Tx, incident: Incident, now: datetime) -> None:
    """As `show`, for what a machine changed: more of it within a moment becomes one edit. What a
    person does meanwhile is shown at once, and this with it."""
    subject = incident_subject(incident.id)
    tx.queue(Show(subject=subject, rest=MACHINE_RESTS), now)
    tx.queue(furniture(subject), now)
    refresh_homes(tx, now)
    _show_others(tx, load(tx, incident.id), now)


def show_figures(tx: Tx, number: int, now: datetime) -> None:
    """As `show_soon`, for numbers and times that nearly every look changes."""
    tx.queue(Show(subject=incident_subject(number), rest=FIGURES_REST), now)


def _show_others(tx: Tx, incident: Incident, now: datetime) -> None:
    """Where it changed what the cards of others say of it: what kind of failure it is, what a
    person said of its lane, how it ended and what was learnt."""
    lane = (incident.lane, incident.layer) if incident.lane_by else ()
    ended = (incident.resolved_at, incident.resolved_by, incident.resolution, incident.helped)
    said = (incident.live, incident.parent, incident.kind, incident.said, lane, *ended)
    mark, subject = sha256(repr(said).encode()).hexdigest()[:16], incident_subject(incident.id)
    if tx.fixture(subject, _TOLD) != mark:
        tx.save_fixture(subject, _TOLD, mark)
        show_live(tx, now)


def show_live(tx: Tx, now: datetime) -> None:
    """Something changed that the cards of several incidents may speak of: how another one ended,
    what was learnt from it, who stands in, what is paused."""
    tx.queue(Show(subject=LIVE_INCIDENTS, rest=OTHERS_REST), now)


def redraw_live(tx: Tx, now: datetime) -> None:
    """Every incident that is not over is shown again; where nothing changed that costs no edit."""
    for incident in tx.incidents(LIVE):
        tx.queue(Show(subject=incident_subject(incident.id)), now)
    for drill in tx.drills_under_way():
        tx.queue(Show(subject=incident_subject(drill.incident)), now)


def refresh_homes(tx: Tx, now: datetime) -> None:
    """Whoever has opened the Home tab sees the estate as it is now."""
    for person in tx.fixtures_of("homes"):
        tx.queue(Show(subject=f"home:{person}"), now)
