"""What is said of a counter-party: evidence, ticket number, contract clock, joint call, review."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.leading import waits_for_answer
from bot.core.outbox.notice import What
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.kit import Block, SlackMessage, actions, button, context, message, section
from bot.slack.text import Writer, cut, escape, time

Facts = Mapping[str, Any]

_CODE = 2700  # characters of a code block in one section; escaping makes it longer


def packet(facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    """The evidence as a code block, which copies as it is."""
    name = _party(facts, view)
    row = [button("Copy for ticket…", Action.PACKET, value(view.incident.id, facts["lane"]))]
    if view.incident.live and not view.incident.counterparty_ticket:
        row.append(button("Add their ticket…", Action.TICKET, value(view.incident.id)))
    head = section(f"📎 *Evidence for {name}*, ready to copy:")
    return message(f"Evidence for {name}", [head, *code(facts["body"]), actions(row, "packet")])


def for_party(facts: Facts) -> SlackMessage:
    """The same in a channel shared with the party: no buttons and nobody mentioned."""
    head = section(f"📎 *{escape(facts['subject'])}*")
    return message(escape(facts["subject"]), [head, *code(facts["body"])])


def code(text: str) -> list[Block]:
    """Preformatted text in as many sections as Slack's limit needs, cut between lines."""
    pieces, piece = [], ""
    for line in text.replace("```", '"""').splitlines():
        shown = cut(escape(line), _CODE)
        if len(piece) + len(shown) > _CODE:
            pieces.append(piece)
            piece = ""
        piece += f"{shown}\n"
    return [section(f"```{part.rstrip()}```") for part in (*pieces, piece) if part.strip()]


def _party(facts: Facts, view: IncidentView) -> str:
    party = view.parties.get(Lane(facts["lane"])) if facts.get("lane") else None
    return escape(party.name) if party else "the counter-party"


def _reach(facts: Facts, view: IncidentView) -> str:
    party = view.parties.get(Lane(facts["lane"])) if facts.get("lane") else None
    return f" ({escape(party.contact)})" if party and party.contact else ""


def _at(moment: str | None) -> str:
    return time(datetime.fromisoformat(moment)) if moment else ""


def _room(channel: str | None) -> str:
    return f" <#{channel}>." if channel else ""


def _soon_message(facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    incident = view.incident
    ticket = incident.counterparty_ticket
    quote = f" Quote their ticket {escape(ticket)}." if ticket else ""
    text = (
        f"🟣 *{_party(facts, view)}*{_reach(facts, view)} must answer on {incident.key} by"
        f" {_at(facts['due'])}. {writer.person(incident.holder)}, ask them now.{quote}"
    )
    blocks = [section(text), *their_answer(view)]
    return message(f"{incident.key}: their response time ends soon", blocks)


def their_answer(view: IncidentView) -> list[Block]:
    """The button that stops their clock, for as long as nobody said that they answered."""
    if not waits_for_answer(view.incident):
        return []
    row = [button("They answered", Action.ANSWERED, value(view.incident.id))]
    return [actions(row, "clock")]


def _wanted(facts: Facts, view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    incident = view.incident
    if incident.state is not State.HANDED_OVER or incident.counterparty_ticket:
        ticket = incident.counterparty_ticket
        said = f"their ticket is {escape(ticket)}" if ticket else "it is not theirs any more"
        return message(f"{incident.key}: {said}", [section(f"🎫 {incident.key}: {said}.")])
    row = [button("Add their ticket…", Action.TICKET, value(incident.id), style="primary")]
    text = (
        f"🎫 *Which ticket did they open for {incident.key}?*{_room(channel)}"
        " Without their number nobody else can ask them."
    )
    return message(f"Their ticket for {incident.key}?", [section(text), actions(row, "ticket")])


def _joint(facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    incident = view.incident
    rows = [
        f"• *{escape(lane['lane'])}:* {escape(lane['name'])}"
        + (f", {writer.person(lane['person'])}" if lane.get("person") else "")
        + (f", {escape(lane['contact'])}" if lane.get("contact") else "")
        for lane in facts.get("lanes", [])
    ]
    head = (
        f"📞 *Nobody has agreed on the lane of {incident.key} yet: hold one call with all of"
        f" them.* {writer.person(facts.get('chair'))} chairs."
    )
    blocks = [section("\n".join([head, *rows]))]
    if incident.live and incident.joint_held_at is None:
        row = [button("Joint call held…", Action.JOINT_HELD, value(incident.id))]
        blocks.append(actions(row, "joint"))
    return message(f"{incident.key}: hold a joint call of all lanes", blocks)


def _review_wanted(
    facts: Facts, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    if incident.state is not State.RESOLVED:
        return message(f"{incident.key} is reviewed", [section(f"✓ {incident.key} is reviewed.")])
    row = [button("Review…", Action.REVIEW, value(incident.id), style="primary")]
    late = f" {writer.person(facts['of'])} was asked four times." if facts.get("of") else ""
    text = (
        f"📋 *What did {incident.key} teach?* {escape(incident.headline)}.{_room(channel)}"
        f" Three questions, two minutes.{late}"
    )
    return message(f"Review of {incident.key}", [section(text), actions(row, "review")])


def _reviewed(facts: Facts, view: IncidentView, writer: Writer) -> str:
    todo = f"\n*To do:* {escape(facts['follow_ups'])}" if facts.get("follow_ups") else ""
    return (
        f"📋 {writer.person(facts['by'])} reviewed {view.incident.key}."
        f"\n*Cause:* {escape(facts['cause'])}\n*What helped:* {escape(facts['helped'])}{todo}"
    )


def _in_person(
    said: Callable[[Facts, IncidentView, Writer], SlackMessage],
) -> Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]:
    """The channel's message, in a direct message."""

    def letter(
        facts: Facts, view: IncidentView, channel: str | None, writer: Writer
    ) -> SlackMessage:
        told = said(facts, view, writer)
        return message(told.text, [*told.blocks, *([context(f"<#{channel}>")] if channel else [])])

    return letter


PERSONAL: Mapping[What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]] = {
    What.COUNTERPARTY_SOON: _in_person(_soon_message),
    What.TICKET_WANTED: _wanted,
    What.JOINT_CALL: _in_person(_joint),
    What.REVIEW_WANTED: _review_wanted,
}
IN_CHANNEL: Mapping[What, Callable[[Facts, IncidentView, Writer], SlackMessage]] = {
    What.PACKET: packet,
    What.COUNTERPARTY_SOON: _soon_message,
    What.JOINT_CALL: _joint,
}
CHANNEL_LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    What.TICKET: lambda facts, view, writer: (
        f"🎫 {writer.person(facts['by'])}: their ticket is {escape(facts['ticket'])}."
    ),
    What.COUNTERPARTY_ANSWERED: lambda facts, view, writer: (
        f"🟣 {writer.person(facts['by'])}: they answered. Their response clock has stopped;"
        f" {writer.person(view.incident.holder)} is reminded to ask how far they are."
    ),
    What.JOINT_HELD: lambda facts, view, writer: (
        f"📞 {writer.person(facts['by'])} on the joint call: {escape(facts['text'])}"
    ),
    What.REVIEWED: _reviewed,
}
