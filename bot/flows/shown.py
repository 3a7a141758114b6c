"""An incident as its channel and letters show it."""

from dataclasses import replace
from datetime import datetime

from bot.flows.incidents.grouping.lead import speaker
from bot.flows.incidents.rejudge import coming_back, rejudge
from bot.flows.triage.briefing import brief_in
from bot.flows.views import IncidentView, incident_view
from bot.ports import Knowledge, Tx


def shown(tx: Tx, knowledge: Knowledge, number: int, now: datetime) -> IncidentView | None:
    """None when there is no such incident. It is thought over first, so that its lane is of the
    same reading as its error."""
    incident = tx.incident(number)
    connection = speaker(tx, knowledge, incident, now) if incident else None
    if incident is None or connection is None or not incident.live or incident.drill:
        return incident_view(tx, knowledge, number, now)
    spoken = brief_in(tx, knowledge, incident, connection, now)
    after = rejudge(tx, knowledge, incident, now, spoken)
    view = incident_view(tx, knowledge, number, now, spoken)
    return replace(view, coming_back=coming_back(tx, after, connection)) if view else None
