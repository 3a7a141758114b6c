"""What a letter says once it is over: the state, and no button any more."""

from bot.core.incident import State
from bot.flows.answers import IncidentView
from bot.slack.blocks.crowd import heading
from bot.slack.blocks.incident import SYMBOL, WORD
from bot.slack.blocks.parts import Message, message, section
from bot.slack.text import Face, escape


def overtaken(view: IncidentView, channel: str | None, face: Face) -> Message:
    """Who has it by now, or how it ended."""
    incident = view.incident
    where = f" · <#{channel}>" if channel else ""
    if incident.state is State.VERIFYING:
        whose = face.people(view.judges) if view.judges else ""
    else:
        whose = face.person(incident.holder if incident.live else incident.resolved_by)
    who = f" by {whose}" if whose and whose != "nobody" else ""
    text = (
        f"{SYMBOL[incident.state]} *{escape(heading(view)[0])}* · {incident.key}:"
        f" {WORD[incident.state]}{who}{where}"
    )
    return message(f"{incident.key}: {WORD[incident.state]}", [section(text)])
