"""An incident turns out to be graver than it was taken for: it is told, and the ladder quickens.

Severity never falls while an incident lives, also by what it becomes a part of.
"""

from bot.core.incidents.escalation import raised
from bot.core.incidents.incident import Incident
from bot.core.incidents.notices import SeverityRose
from bot.core.incidents.severity import Severity, graver
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.flows.work import Work


def rise(work: Work, incident: Incident, severity: Severity, reasons: tuple[str, ...]) -> Incident:
    """Stored at that severity, and told in its channel."""
    after = raised(incident, severity, reasons, work.now)
    work.tx.save_incident(after)
    before, why = incident.severity, "; ".join(reasons)
    work.log(after, "severity", f"Severity rose from {before} to {severity}: {why}.")
    told = SeverityRose(before=before, severity=severity, reasons=reasons)
    work.tell(CHANNEL, told, about=incident_subject(after.id))
    return after


def as_grave_as(work: Work, whole: Incident, part: Incident) -> Incident:
    """What was an incident of its own is no less grave for becoming a part."""
    if not graver(part.severity, whole.severity):
        return whole
    return rise(work, whole, part.severity, part.severity_reasons)
