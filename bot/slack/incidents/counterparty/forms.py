"""Forms about the counter-party's side and the review."""

from bot.core.estate.lane import Lane
from bot.core.incidents.evidence_packet import Packet
from bot.core.incidents.incident import Incident
from bot.core.incidents.review import CAUSE_WORDS, CauseClass
from bot.core.people.permissions import Deed
from bot.flows.incidents import counterparty
from bot.flows.incidents.counterparty import AGREED, TICKET
from bot.flows.incidents.ending import review
from bot.flows.incidents.ending.review import HELPED, TO_DO
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.slack.forms.fields import Choice, Text
from bot.slack.forms.form import IncidentForm, Reader, Shown, form, head
from bot.slack.ids import Action, incident_number, value
from bot.slack.kit import Block, field, section, text_input
from bot.slack.triage.forms import Teach


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
        review.review(
            work,
            self.number,
            cause=CauseClass(self.cause),
            helped=self.helped,
            follow_ups=self.follow_ups,
            by=by,
        )


def packet(work: Work, about: str, reader: Reader) -> Block:
    """The evidence as it is now, for pasting into the counter-party's portal."""
    number, _, word = about.partition("|")
    incident = work.incident(incident_number(number))
    lane = Lane(word) if word in set(Lane) else incident.lane
    found = counterparty.evidence_for(work, incident, lane) if lane else None
    if found is None:
        raise NotFound("The catalogue names nobody for this lane, so there is nothing to send.")
    return shown_packet(incident, found)


def shown_packet(incident: Incident, found: Packet) -> Block:
    """In text fields, where one key selects it all."""
    title = text_input("title", initial=found.subject)
    body = text_input("body", multiline=True, initial=found.body)
    blocks = [
        section(head(incident)),
        field("title", "Title of the ticket", title, optional=True),
        field("body", "Evidence", body, optional=True, hint="Select all, copy, paste."),
    ]
    return Shown.saying("Copy for ticket", blocks, submit="Done")
