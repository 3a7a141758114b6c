"""An incident as its channel and letters show it."""

from dataclasses import replace

from bot.flows.incidents.grouping.lead import speaker
from bot.flows.incidents.rejudge import coming_back, rejudge
from bot.flows.triage.briefing import brief_in
from bot.flows.views import IncidentView, incident_view
from bot.flows.work import Work


def shown(work: Work, number: int) -> IncidentView | None:
    """None when there is no such incident. It is thought over first, so that its lane is of the
    same reading as its error."""
    incident = work.tx.incident(number)
    connection = speaker(work, incident) if incident else None
    if incident is None or connection is None or not incident.live or incident.drill:
        return incident_view(work, number)
    spoken = brief_in(work, incident, connection)
    after = rejudge(work, incident, spoken)
    view = incident_view(work, number, spoken)
    return replace(view, coming_back=coming_back(work, after, connection)) if view else None
