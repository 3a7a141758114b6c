"""How an incident's severity is written, with its reasons."""

from bot.core.incident import Incident
from bot.slack.text import escape


def severity_line(incident: Incident) -> str:
    """`Severity: sev2: critical connection`; empty for an incident older than severities."""
    if not incident.severity_reasons:
        return ""
    return f"*Severity:* {incident.severity}: {escape('; '.join(incident.severity_reasons))}"
