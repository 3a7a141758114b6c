"""How a drill is told from a break: a mark on everything it says, and the question at its end."""

from bot.core.runbooks.notices import DrillBroke, DrillEnded
from bot.flows.views import IncidentView
from bot.language.units import DRILL_MARK, incident_key
from bot.slack.kit import (
    SlackMessage,
    context,
)
from bot.slack.notice_words import line
from bot.slack.text import Writer, escape

SYMBOL = "🎭"


def marked(said: SlackMessage, view: IncidentView | None) -> SlackMessage:
    """The message itself, with the mark above it when it is about a drill."""
    if view is None or not view.incident.drill:
        return said
    note = context(f"{SYMBOL} *{DRILL_MARK}: a rehearsal. {_broken(view)}*")
    return SlackMessage(text=f"{DRILL_MARK}: {said.text}", blocks=(note, *said.blocks))


def _broken(view: IncidentView) -> str:
    """What is real: a break beside the drill has its own incident."""
    if view.broke is None:
        return "Nothing is broken."
    key, channel = view.broke
    where = f" · <#{channel}>" if channel else ""
    return f"But {escape(_name(view))} really is broken: {key}{where}"


def _name(view: IncidentView) -> str:
    return view.connection.name if view.connection else view.incident.connection


@line
def ended(told: DrillEnded, view: IncidentView, writer: Writer) -> str:
    return f"{SYMBOL} *The drill is over.* {writer.say(told.summary)}"


@line
def broke(told: DrillBroke, view: IncidentView, writer: Writer) -> str:
    real = incident_key(told.number)
    return f"🔴 *{escape(_name(view))} really broke meanwhile: {real}.* This is still the drill."
