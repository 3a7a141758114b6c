"""Modals about the counter-party's side and the review, pure."""

from bot.core.incidents.evidence_packet import Packet
from bot.core.incidents.incident import Incident
from bot.core.incidents.review import CAUSE_WORDS
from bot.flows.incidents.counterparty import AGREED, TICKET
from bot.flows.incidents.ending.review import HELPED, TO_DO
from bot.slack.ids import Modal, value
from bot.slack.kit import Block, field, modal, option, section, select, text_input
from bot.slack.text import escape


def _head(incident: Incident) -> Block:
    return section(f"*{escape(incident.headline)}* ({incident.key})")


def ticket(incident: Incident) -> Block:
    box = text_input("ticket", placeholder="for example 88123", longest=TICKET)
    if incident.counterparty_ticket:
        box["initial_value"] = incident.counterparty_ticket[:TICKET]
    blocks = [_head(incident), field("ticket", "Their ticket number", box)]
    return modal(Modal.TICKET, "Their ticket", blocks, submit="Add", private=value(incident.id))


def packet(incident: Incident, found: Packet) -> Block:
    """The evidence in a text field, where one key selects it all."""
    title, body = text_input("title"), text_input("body", multiline=True)
    title["initial_value"], body["initial_value"] = found.subject, found.body
    blocks = [
        _head(incident),
        field("title", "Title of the ticket", title, optional=True),
        field("body", "Evidence", body, optional=True, hint="Select all, copy, paste."),
    ]
    return modal(Modal.TIMELINE, "Copy for ticket", blocks, submit="Done")


def joint_held(incident: Incident) -> Block:
    blocks = [
        _head(incident),
        field(
            "note",
            "What was agreed?",
            text_input("note", multiline=True, longest=AGREED),
            hint="Whose lane it is, who does what, and by when.",
        ),
    ]
    return modal(
        Modal.JOINT_HELD, "Joint call", blocks, submit="Keep it", private=value(incident.id)
    )


def review(incident: Incident) -> Block:
    options = [option(words, cause.value) for cause, words in CAUSE_WORDS.items()]
    blocks = [
        _head(incident),
        field("cause", "What class of cause was it?", select("cause", "Cause", options)),
        field("helped", "What helped?", text_input("helped", multiline=True, longest=HELPED)),
        field(
            "follow_ups",
            "What has to be done so that it does not come back?",
            text_input("follow_ups", multiline=True, longest=TO_DO),
            optional=True,
        ),
    ]
    return modal(Modal.REVIEW, "Review", blocks, submit="Keep it", private=value(incident.id))
