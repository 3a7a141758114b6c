"""How grave an open incident is, looked at again while it lasts. Severity only rises."""

from dataclasses import replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.severity import assess, graver
from bot.core.triage.facts import Facts
from bot.flows.incidents import rejudge, rise
from bot.flows.incidents.grouping import regroup
from bot.flows.triage.briefing import brief_in
from bot.flows.triage.lessons import telling
from bot.flows.work import Work

_LOOKS_IN_A_LEASE = 12


def look_again(work: Work, incident: Incident) -> bool:
    """Assess the incident with all its parts; a higher severity is told and quickens the ladder.
    Returns whether it rose."""
    later = replace(incident, assess_at=work.now + incident.lease / _LOOKS_IN_A_LEASE)
    work.tx.save_incident(later)
    work.show_figures(incident.id)  # with what only the time changed
    if incident.state is State.VERIFYING:
        return False
    gravest = incident.severity
    reasons = incident.severity_reasons
    for connection, facts in _affected(work, incident):
        # What failed may become known only after the incident was opened.
        later = replace(later, said=later.said or telling(facts))
        found = assess(facts, connection, work.catalogue, work.now)
        if graver(found.severity, gravest):
            gravest, reasons = found.severity, found.reasons
    work.tx.save_incident(later)
    later = rejudge.rejudge(work, later)
    if gravest is incident.severity:
        regroup.join_if_one(work, later)
        return False
    work.show_soon(rise.rise(work, later, gravest, reasons))
    return True


def _affected(work: Work, incident: Incident) -> list[tuple[Connection, Facts]]:
    ids = [incident.connection]
    ids += [
        connection for connection, recovered in work.tx.recovered_of(incident.id) if not recovered
    ]
    found = (work.catalogue.connections.get(key) for key in dict.fromkeys(ids))
    return [(one, brief_in(work, incident, one).facts) for one in found if one]
