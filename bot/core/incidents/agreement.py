"""What somebody agreed to, when they were asked and pressed the button later."""

import hashlib

from bot.core.incidents.incident import Incident


def mark_of(incident: Incident, *facts: object) -> str:
    """Short and the same for as long as what was asked about is: whose turn it is, who has it,
    what was said of its data, and `facts`, whose `repr` has to be stable."""
    asked_about = (
        incident.id,
        incident.state.value,
        incident.reopened,
        incident.size,
        incident.holder,
        incident.held_since,
        incident.awaiting,
        incident.denied,
        facts,
    )
    # Short, since it stands in the value of a button, and Slack bounds that.
    return hashlib.sha256(repr(asked_about).encode()).hexdigest()[:16]
