"""How a drill is told from a break: a mark on everything it says, and the question at its end."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import What
from bot.flows.views import IncidentView
from bot.language.marks import KEPT
from bot.language.units import DRILL_MARK, incident_key
from bot.slack.ids import Modal, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    context,
    field,
    modal,
    option,
    section,
    select,
    text_input,
)
from bot.slack.text import Writer, escape

Facts = Mapping[str, Any]

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


def end(incident: Incident) -> Block:
    answers = [option("Yes", "yes"), option("No", "no")]
    blocks = [
        section(f"*{escape(incident.headline)}* ({incident.key})"),
        field(
            "triaged",
            "Could a newcomer triage this from the dossier?",
            select("triaged", "Yes or no", answers),
        ),
        field(
            "missing",
            "What was missing?",
            text_input("missing", multiline=True, longest=KEPT),
            optional=True,
            hint="For example: whom to call at the bank, where the queue is seen.",
        ),
    ]
    return modal(
        Modal.DRILL_END, "End the drill", blocks, submit="End it", private=value(incident.id)
    )


def _ended(facts: Facts, view: IncidentView, writer: Writer) -> str:
    return f"{SYMBOL} *The drill is over.* {writer.say(facts.get('summary', ''))}"


def _broke(facts: Facts, view: IncidentView, writer: Writer) -> str:
    real = incident_key(int(facts["number"]))
    return f"🔴 *{escape(_name(view))} really broke meanwhile: {real}.* This is still the drill."


CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.DRILL_BROKE: _broke,
    What.DRILL_ENDED: _ended,
}
