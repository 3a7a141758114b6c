"""`/conn drill`.

How a drill is told from a break: a mark on everything it says, and the question at its end.
"""

from bot.core.runbooks.notices import DrillBroke, DrillEnded
from bot.flows.runbooks import drills
from bot.flows.views import IncidentView
from bot.language.errors import Invalid
from bot.language.units import DRILL_MARK, incident_key
from bot.slack import find_connection
from bot.slack.handler import Handler
from bot.slack.kit import (
    SlackMessage,
    context,
    message,
    section,
)
from bot.slack.notice_words import line
from bot.slack.request import Request
from bot.slack.text import Writer, escape


async def drill(handler: Handler, request: Request) -> SlackMessage:
    if not request.words:
        raise Invalid("Say of which connection, for example: /conn drill web shop orders")
    connection = find_connection.find(handler, request.words, "drill")
    runtime = handler.runtime
    begun = await runtime.do(drills.start, connection, request.by)
    responder = (await handler.writer()).person(connection.first_responder)
    text = (
        f"🎭 {begun.key} is a drill of {escape(connection.name)}: {responder} is pinged, and its"
        " channel opens. *Resolve…* on its card ends it."
    )
    return message(text, [section(text)])


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
