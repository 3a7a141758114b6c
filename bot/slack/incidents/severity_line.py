"""How an incident's severity is written, with its reasons."""

from bot.core.incidents.incident import Incident
from bot.slack.text import Writer


def severity_line(incident: Incident, writer: Writer, size: int = 1) -> str:
    """`Severity: sev2: critical connection`, by the gravest where there are `size` of them; empty
    for an incident older than severities."""
    if not incident.severity_reasons:
        return ""
    gravest = f"the gravest of {size}: " if size > 1 else ""
    reasons = writer.say("; ".join(incident.severity_reasons))
    return f"*Severity:* {incident.severity}: {gravest}{reasons}"
