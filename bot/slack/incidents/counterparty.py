"""The counter-party's side: what is said of it (evidence, ticket number, contract clock, joint
call), its forms and buttons, and the review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.estate.lane import LANE_NAMES, Lane
from bot.core.incidents.evidence_packet import EvidencePacket
from bot.core.incidents.grouping import waits_for_answer
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import (
    CounterpartyAnswered,
    CounterpartyDue,
    CounterpartySoon,
    EvidenceWritten,
    HandedOver,
    JointCallHeld,
    JointCallProposed,
    TicketGiven,
    TicketWanted,
)
from bot.core.incidents.notices_of_endings import Reviewed, ReviewWanted
from bot.core.incidents.review import CAUSE_WORDS, CauseClass
from bot.core.people.permissions import Deed
from bot.flows.incidents import counterparty, end
from bot.flows.incidents.counterparty import AGREED, TICKET
from bot.flows.incidents.end import HELPED, TO_DO
from bot.flows.views import IncidentView
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.slack import ids
from bot.slack.forms.fields import Choice, Text
from bot.slack.forms.form import IncidentForm, Reader, Shown, form, head
from bot.slack.forms.sending import opens
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, incident_number, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    field,
    message,
    section,
    text_input,
)
from bot.slack.notice_words import about_incident, line, post
from bot.slack.text import Writer, cut, escape, time
from bot.slack.triage.forms import Teach

Facts = Mapping[str, Any]

_CODE = 2700  # characters of a code block in one section; escaping makes it longer


@post
def packet(told: EvidenceWritten, view: IncidentView, writer: Writer) -> SlackMessage:
    """The evidence as a code block, which copies as it is."""
    name = _party(told.lane, view)
    row = [button("Copy for ticket…", Action.PACKET, value(view.incident.id, told.lane))]
    if view.incident.live and not view.incident.counterparty_ticket:
        row.append(button("Add their ticket…", Action.TICKET, value(view.incident.id)))
    head = section(f"📎 *Evidence for {name}*, ready to copy:")
    return message(f"Evidence for {name}", [head, *code(told.body), actions(row, "packet")])


def for_party(told: EvidenceWritten) -> SlackMessage:
    """The same in a channel shared with the party: no buttons and nobody mentioned."""
    head = section(f"📎 *{escape(told.subject)}*")
    return message(escape(told.subject), [head, *code(told.body)])


def code(text: str) -> list[Block]:
    """Preformatted text in as many sections as Slack's limit needs, cut between lines."""
    pieces, piece = [], ""
    # Three backticks in an error text would end the block, and what follows would be markup.
    for row in text.replace("```", '"""').splitlines():
        shown = cut(escape(row), _CODE)
        if len(piece) + len(shown) > _CODE:
            pieces.append(piece)
            piece = ""
        piece += f"{shown}\n"
    return [section(f"```{child.rstrip()}```") for child in (*pieces, piece) if child.strip()]


def _party(lane: Lane | None, view: IncidentView) -> str:
    party = view.parties.get(lane) if lane else None
    return escape(party.name) if party else "the counter-party"


def _reach(lane: Lane | None, view: IncidentView) -> str:
    party = view.parties.get(lane) if lane else None
    return f" ({escape(party.contact)})" if party and party.contact else ""


def _at(moment: str | None) -> str:
    return time(datetime.fromisoformat(moment)) if moment else ""


def _in_channel(channel: str | None) -> str:
    return f" <#{channel}>." if channel else ""


@line
def handed_over(told: HandedOver, view: IncidentView, writer: Writer) -> str:
    party = view.parties.get(told.lane)
    name = escape(party.name) if party else LANE_NAMES[told.lane]
    ticket = f" Ticket: {escape(told.ticket)}." if told.ticket else ""
    due = f" They must answer by {time(told.due)}." if told.due else ""
    reach = _reach(told.lane, view)
    return f"🟣 {writer.person(told.by)} handed over to {name}{reach}.{due}{ticket}"


@post
def soon(told: CounterpartySoon, view: IncidentView, writer: Writer) -> SlackMessage:
    incident = view.incident
    ticket = incident.counterparty_ticket
    quote = f" Quote their ticket {escape(ticket)}." if ticket else ""
    text = (
        f"🟣 *{_party(told.lane, view)}*{_reach(told.lane, view)} must answer on {incident.key} by"
        f" {time(told.due)}. {writer.person(incident.holder)}, ask them now.{quote}"
    )
    blocks = [section(text), *their_answer(view)]
    return message(f"{incident.key}: their response time ends soon", blocks)


@about_incident
def soon_in_person(
    told: CounterpartySoon, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    return _in_person(soon(told, view, writer), channel)


def _in_person(said: SlackMessage, channel: str | None) -> SlackMessage:
    """The channel's message, in a direct message."""
    where = [context(f"<#{channel}>")] if channel else []
    return message(said.text, [*said.blocks, *where])


@line
def due(told: CounterpartyDue, view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    party = view.counterparty
    name = escape(party.name) if party else "the counter-party"
    contact = f" ({escape(party.contact)})" if party and party.contact else ""
    holder = writer.person(incident.holder)
    if told.due:
        return (
            f"🟣 *{name}{contact} did not answer in time* on {incident.key}:"
            f" due {time(told.due)}. {holder}, ask them and name the contract;"
            " the breach is on the timeline."
        )
    return f"🟣 {holder}, {name}{contact} has {incident.key}: ask them where they are."


@about_incident
def due_in_person(
    told: CounterpartyDue, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    where = f" · <#{channel}>" if channel else ""
    blocks = [section(due(told, view, writer) + where), *their_answer(view)]
    return message(f"{view.incident.key}: ask the counter-party", blocks)


@line
def answered(told: CounterpartyAnswered, view: IncidentView, writer: Writer) -> str:
    return (
        f"🟣 {writer.person(told.by)}: they answered. Their response clock has stopped;"
        f" {writer.person(view.incident.holder)} is reminded to ask how far they are."
    )


def their_answer(view: IncidentView) -> list[Block]:
    """The button that stops their clock, for as long as nobody said that they answered."""
    if not waits_for_answer(view.incident):
        return []
    row = [button("They answered", Action.ANSWERED, value(view.incident.id))]
    return [actions(row, "clock")]


@line
def ticket_given(told: TicketGiven, view: IncidentView, writer: Writer) -> str:
    return f"🎫 {writer.person(told.by)}: their ticket is {escape(told.ticket)}."


@about_incident
def ticket_wanted(
    told: TicketWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    if incident.state is not State.HANDED_OVER or incident.counterparty_ticket:
        ticket = incident.counterparty_ticket
        said = f"their ticket is {escape(ticket)}" if ticket else "it is not theirs any more"
        return message(f"{incident.key}: {said}", [section(f"🎫 {incident.key}: {said}.")])
    row = [button("Add their ticket…", Action.TICKET, value(incident.id), style="primary")]
    text = (
        f"🎫 *Which ticket did they open for {incident.key}?*{_in_channel(channel)}"
        " Without their number nobody else can ask them."
    )
    return message(f"Their ticket for {incident.key}?", [section(text), actions(row, "ticket")])


@post
def joint_call(told: JointCallProposed, view: IncidentView, writer: Writer) -> SlackMessage:
    incident = view.incident
    rows = [
        f"• *{escape(lane.lane)}:* {escape(lane.name)}"
        + (f", {writer.person(lane.person)}" if lane.person else "")
        + (f", {escape(lane.contact)}" if lane.contact else "")
        for lane in told.lanes
    ]
    head = (
        f"📞 *Nobody has agreed on the lane of {incident.key} yet: hold one call with all of"
        f" them.* {writer.person(told.chair)} chairs."
    )
    blocks = [section("\n".join([head, *rows]))]
    if incident.live and incident.joint_held_at is None:
        row = [button("Joint call held…", Action.JOINT_HELD, value(incident.id))]
        blocks.append(actions(row, "joint"))
    return message(f"{incident.key}: hold a joint call of all lanes", blocks)


@about_incident
def joint_call_in_person(
    told: JointCallProposed, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    return _in_person(joint_call(told, view, writer), channel)


@line
def joint_call_held(told: JointCallHeld, view: IncidentView, writer: Writer) -> str:
    return f"📞 {writer.person(told.by)} on the joint call: {escape(told.text)}"


@about_incident
def review_wanted(
    told: ReviewWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    if incident.state is not State.RESOLVED:
        return message(f"{incident.key} is reviewed", [section(f"✓ {incident.key} is reviewed.")])
    row = [button("Review…", Action.REVIEW, value(incident.id), style="primary")]
    late = f" {writer.person(told.of)} was asked four times." if told.of else ""
    text = (
        f"📋 *What did {incident.key} teach?* {escape(incident.headline)}.{_in_channel(channel)}"
        f" Three questions, two minutes.{late}"
    )
    return message(f"Review of {incident.key}", [section(text), actions(row, "review")])


@line
def reviewed(told: Reviewed, view: IncidentView, writer: Writer) -> str:
    todo = f"\n*To do:* {escape(told.follow_ups)}" if told.follow_ups else ""
    return (
        f"📋 {writer.person(told.by)} reviewed {view.incident.key}."
        f"\n*Cause:* {escape(told.cause)}\n*What helped:* {escape(told.helped)}{todo}"
    )


@form("modal:ticket", "Their ticket", "Add", Deed.COUNTERPARTY, opened_by=Action.TICKET)
class Ticket(IncidentForm):
    overtaken_by = frozenset({"ticket"})
    ticket = Text("Their ticket number", TICKET, placeholder="for example 88123")

    @classmethod
    def shown(cls, incident: Incident) -> Block:
        first = {"ticket": incident.counterparty_ticket}
        return cls.view(value(incident.id), head(incident), first=first)

    def submitted(self, work: Work, by: str) -> None:
        counterparty.give_ticket(work, self.number, self.ticket, by)


@form("modal:joint_held", "Joint call", "Keep it", Deed.COUNTERPARTY, opened_by=Action.JOINT_HELD)
class JointHeld(IncidentForm):
    overtaken_by = frozenset({"joint call"})
    note = Text(
        "What was agreed?",
        AGREED,
        multiline=True,
        hint="Whose lane it is, who does what, and by when.",
    )

    def submitted(self, work: Work, by: str) -> None:
        counterparty.joint_call_held(work, self.number, self.note, by)


@form("modal:review", "Review", "Keep it", Deed.REVIEW, opened_by=Action.REVIEW)
class Review(IncidentForm):
    leads_to = Teach
    cause = Choice("What class of cause was it?", "Cause", CAUSE_WORDS)
    helped = Text("What helped?", HELPED, multiline=True)
    follow_ups = Text(
        "What has to be done so that it does not come back?",
        TO_DO,
        multiline=True,
        optional=True,
    )

    def submitted(self, work: Work, by: str) -> None:
        end.review(
            work,
            self.number,
            cause=CauseClass(self.cause),
            helped=self.helped,
            follow_ups=self.follow_ups,
            by=by,
        )


def packet_view(work: Work, about: str, reader: Reader) -> Block:
    """The evidence as it is now, for pasting into the counter-party's portal."""
    number, _, word = about.partition("|")
    incident = work.incident(incident_number(number))
    # Buttons of earlier versions carry the number alone.
    lane = Lane(word) if word in set(Lane) else incident.lane
    found = counterparty.evidence_for(work, incident, lane) if lane else None
    if found is None:
        raise NotFound("The catalogue names nobody for this lane, so there is nothing to send.")
    return shown_packet(incident, found)


def shown_packet(incident: Incident, found: EvidencePacket) -> Block:
    """In text fields, where one key selects it all."""
    title = text_input("title", initial=found.subject)
    body = text_input("body", multiline=True, initial=found.body)
    blocks = [
        section(head(incident)),
        field("title", "Title of the ticket", title, optional=True),
        field("body", "Evidence", body, optional=True, hint="Select all, copy, paste."),
    ]
    return Shown.saying("Copy for ticket", blocks, submit="Done")


async def they_answered(handler: Handler, body: Body) -> None:
    await stop_clock(handler, ids.incident_number(clicked(body)), await handler.actor(body))


async def stop_clock(handler: Handler, number: int, by: str) -> Incident:
    """The counter-party answered."""
    return await handler.runtime.do(counterparty.answered, number, by)


ACTIONS = {
    Action.ANSWERED: they_answered,
    Action.PACKET: opens(packet_view),
}
