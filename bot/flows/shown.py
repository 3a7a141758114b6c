"""An incident as its channel and letters show it."""

from dataclasses import replace
from datetime import datetime

from bot.flows.answers import IncidentView, incident_view
from bot.flows.rejudging import coming_back, rejudge
from bot.ports import Knowledge, Tx


def shown(tx: Tx, knowledge: Knowledge, number: int, now: datetime) -> IncidentView | None:
    """None when there is no such incident. It is thought over first, so that its lane is of the
    same reading as its error."""
    incident = tx.incident(number)
    if incident is None:
        return None
    after = rejudge(tx, knowledge, incident, now)
    view = incident_view(tx, knowledge, number, now)
    return replace(view, coming_back=coming_back(tx, knowledge, after, now)) if view else None
