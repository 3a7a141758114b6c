"""How grave an open incident is, looked at again while it lasts. Severity only rises."""

from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.severity import assess, graver
from bot.core.triage.facts import Facts
from bot.flows.incidents import rejudge, rise
from bot.flows.incidents.grouping import regroup
from bot.flows.triage.briefing import brief_in
from bot.flows.triage.lessons import telling
from bot.flows.work import show_figures, show_soon
from bot.ports import Knowledge, Tx

_LOOKS_IN_A_LEASE = 12


def look_again(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> bool:
    """Assess the incident with all its parts; a higher severity is told and quickens the ladder.
    Returns whether it rose."""
    later = replace(incident, assess_at=now + incident.lease / _LOOKS_IN_A_LEASE)
    tx.save_incident(later)
    show_figures(tx, incident.id, now)  # with what only the time changed
    if incident.state is State.VERIFYING:
        return False
    gravest = incident.severity
    reasons = incident.severity_reasons
    for connection, facts in _affected(tx, knowledge, incident, now):
        # What failed may become known only after the incident was opened.
        later = replace(later, said=later.said or telling(facts))
        found = assess(facts, connection, knowledge.catalogue, now)
        if graver(found.severity, gravest):
            gravest, reasons = found.severity, found.reasons
    tx.save_incident(later)
    later = rejudge.rejudge(tx, knowledge, later, now)
    if gravest is incident.severity:
        regroup.join_if_one(tx, knowledge, later, now)
        return False
    show_soon(tx, rise.rise(tx, later, gravest, reasons, now), now)
    return True


def _affected(
    tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime
) -> list[tuple[Connection, Facts]]:
    ids = [incident.connection]
    ids += [connection for connection, recovered in tx.recovered_of(incident.id) if not recovered]
    found = (knowledge.catalogue.connections.get(key) for key in dict.fromkeys(ids))
    return [(one, brief_in(tx, knowledge, incident, one, now).facts) for one in found if one]
