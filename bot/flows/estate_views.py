"""Read-only views of the estate: what stands where, who owns it, and what is mine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.catalogue import Connection, Person
from bot.core.incidents.incident import LIVE, Incident
from bot.core.monitoring.flapping import LastGood
from bot.core.monitoring.health import ConnectionHealth
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import WORKING
from bot.core.runbooks import evidence
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.evidence import EvidenceLine
from bot.core.triage.facts import Facts
from bot.flows.estate import ledger, windows
from bot.flows.people.permitted import about_incident
from bot.flows.triage.briefing import (
    brief,
    seen,
    waiting,
)
from bot.flows.views import dependents
from bot.flows.work import Work, open_for


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    connection: Connection
    health: ConnectionHealth | None  # None: not looked at yet
    incident: Incident | None  # that it leads or is a child of
    waiting: str
    last_good: tuple[LastGood, ...]  # by who saw it, the one that counts first
    channel: str | None
    window: str  # the maintenance window that is open, in words
    remarks: tuple[tuple[str, str], ...] = ()  # by check, of looks that found nothing wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    lines: tuple[StatusLine, ...]
    at: datetime


def status(work: Work) -> StatusView:
    """Every connection with its verdict, worst first and then by name."""
    lines = [status_line(work, connection) for connection in work.catalogue.connections.values()]
    order = ("failing", "degraded", "unknown", "", "ok")
    lines.sort(
        key=lambda line: (
            order.index(line.health.verdict if line.health else ""),
            line.connection.name,
        )
    )
    return StatusView(lines=tuple(lines), at=work.now)


def status_line(work: Work, connection: Connection) -> StatusLine:
    live = open_for(work, connection.id)
    # Not the whole briefing: that compares every connection with every other one.
    known = seen(work, connection)
    facts = Facts(
        connection=connection,
        signals=known.signals,
        witnesses=known.witnesses,
        unread=known.unread,
    )
    return StatusLine(
        connection=connection,
        health=work.tx.connection_health(connection.id),
        incident=live,
        waiting=waiting(facts),
        last_good=facts.last_good,
        channel=work.tx.channel_of(incident_subject(live.id)) if live else None,
        window=windows.words_now(work, connection),
        # Of a connection under a compliance rule none: they may quote what its far end says.
        remarks=() if connection.compliance else known.remarks,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """Everything known about one connection, on one page."""

    line: StatusLine
    history: tuple[Incident, ...]
    evidence: tuple[EvidenceLine, ...]
    depends: tuple[str, ...]
    owners_then: Mapping[int, str]  # technical owner when each incident opened, where known


def dossier(work: Work, connection: Connection) -> DossierView:
    facts = brief(work, connection).facts
    kinds = (walk.EvidenceKind.HEALTH_CREDENTIALS, walk.EvidenceKind.CHANGES_RELEASES)
    history = work.tx.incidents_of(connection.id, 5)
    then = {one.id: ledger.owners_then(work, one) for one in history}
    return DossierView(
        line=status_line(work, connection),
        history=history,
        evidence=evidence.lines(facts, work.catalogue, kinds, work.now),
        depends=dependents(work.catalogue, connection.id),
        owners_then={number: owner for number, owner in then.items() if owner},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MineView:
    """What one person has to do with: incidents in which they are named, and what they own."""

    person: Person | None
    incidents: tuple[tuple[Incident, str | None], ...]  # with the channel
    owns: tuple[StatusLine, ...]
    live: int


def mine(work: Work, person: str) -> MineView:
    catalogue = work.catalogue
    live = work.tx.incidents(LIVE)
    named = [
        (incident, work.tx.channel_of(incident_subject(incident.id)))
        for incident in live
        if person in about_incident(work, incident).people(WORKING)
    ]
    owned = [
        connection
        for connection in catalogue.connections.values()
        if person
        in (
            connection.owners.technical,
            connection.owners.functional,
            connection.owners.architecture,
            connection.first_responder,
        )
    ]
    return MineView(
        person=catalogue.people.get(person),
        incidents=tuple(named),
        owns=tuple(status_line(work, connection) for connection in owned),
        live=len(live),
    )
