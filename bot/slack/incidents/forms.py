"""Forms about an incident: what is asked when a button needs more than a click."""

from collections.abc import Iterable, Sequence

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import LANE_TITLES, Lane
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.incident import Incident
from bot.core.people.permissions import Deed
from bot.core.runbooks.runbook import Runbook
from bot.flows.incidents import end, respond
from bot.flows.incidents.counterparty import TICKET
from bot.flows.incidents.end import LooseEnds
from bot.flows.incidents.grouping import lead
from bot.flows.incidents.respond import HOW, SAID
from bot.flows.runbooks import walk
from bot.flows.work import Work
from bot.language.marks import KEPT
from bot.slack.forms.fields import Choice, Choices, Text, Tick, offer
from bot.slack.forms.form import FormOfIncident, IncidentForm, Reader, Shown, form, head
from bot.slack.ids import Action, first_number, incident_number, value
from bot.slack.incidents.words import timeline_blocks
from bot.slack.kit import Block, modal, option, section
from bot.slack.text import Writer, escape
from bot.slack.triage.forms import Teach

_OF_LANE = frozenset({"handed over", "lane"})


@form("modal:hand_over", "Hand over", "Hand over", Deed.HAND_OVER, opened_by=Action.HAND_OVER)
class HandOver(FormOfIncident):
    overtaken_by = _OF_LANE
    complains_at = "lane"
    lane = Choice("Hand over to", "Whose turn is it?")
    ticket = Text(
        "Their ticket number",
        TICKET,
        placeholder="for example 88123",
        optional=True,
        hint="Leave it empty when you do not have one yet.",
    )

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        number, _, lane = about.partition("|")
        incident = work.incident(incident_number(number))
        # A button of a runbook's outcome carries the lane; the card's does not.
        wanted = Lane(lane) if lane in set(Lane) else None
        return cls.shown(incident, lead.offers(work, incident), wanted)

    @classmethod
    def shown(
        cls, incident: Incident, offered: Sequence[tuple[Lane, Party]], wanted: Lane | None = None
    ) -> Block:
        """`offered` are all parties of its connections; of a lane the first is meant."""
        private, suggested = value(incident.id), wanted or incident.lane
        options = [
            option(f"{LANE_TITLES[lane]}: {party.name}", value(lane, party.id), party.contact)
            for lane, party in offered
        ]
        if not options:
            text = "The catalogue names nobody for any lane of this connection. Add `lanes:` to it."
            return modal(cls.callback, cls.title, [section(text)], private=private)
        meant = (value(lane, party.id) for lane, party in offered if lane is suggested)
        return cls.view(
            private,
            f"{head(incident)}. Their contract's clock starts now.",
            first={"lane": next(meant, None)},
            options={"lane": options},
        )

    def submitted(self, work: Work, by: str) -> None:
        lane, _, party = self.lane.partition("|")
        respond.hand_over(
            work,
            self.number,
            Lane(lane),
            by,
            respond.HandOverDetails(ticket=self.ticket, party=party),
        )


@form("modal:resolve", "Resolve", "Resolve", Deed.RESOLVE)
class Resolve(FormOfIncident):
    """Where something speaks against it, it needs a tick."""

    leads_to = Teach
    how = Text(
        "What was the cause, and what fixed it?",
        HOW,
        multiline=True,
        hint="It stays on the timeline and helps whoever sees this next.",
    )
    sure = Tick(
        "The data is not confirmed",
        "Resolve it all the same",
        optional=True,
        hint="Whoever judges the data is asked. What still fails opens it again later.",
    )

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        incident = work.incident(incident_number(about))
        return cls.shown(incident, end.loose_ends(work, incident), reader.writer)

    @classmethod
    def shown(cls, incident: Incident, ends: LooseEnds, writer: Writer) -> Block:
        against = (f"⚠️ {writer.say(said)}" for said in ends.all)
        blocks = [section("\n".join([head(incident), *against])), cls.how.draw()]
        if ends.all:
            blocks.append(cls.sure.draw(label="It is not over" if ends.failing else ""))
        return cls.modal(value(incident.id, ends.mark), blocks)

    def submitted(self, work: Work, by: str) -> None:
        # The tick agrees to what the form showed, and to nothing that came since.
        agreed = self.rest if self.sure else ""
        respond.resolve_if_over(work, self.number, by, self.how, agreed=agreed)


@form(
    "modal:reject_data",
    "Data is wrong",
    "Open again",
    Deed.CONFIRM_DATA,
    opened_by=Action.REJECT_DATA,
)
class RejectData(FormOfIncident):
    of = Choices("Whose data is wrong?", "Connections")
    why = Text("What is wrong with the data?", SAID, multiline=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        number, _, of = about.partition("|")
        incident = work.incident(incident_number(number))
        meant = work.catalogue.connections.get(of)
        offered = (meant,) if meant else respond.may_be_wrong(work, incident.id, reader.by)
        return cls.shown(incident, offered)

    @classmethod
    def shown(cls, incident: Incident, offered: Sequence[Connection] = ()) -> Block:
        """`offered` are the connections whose data may be wrong; of several it is asked which."""
        intro = f"{head(incident)} opens again."
        if len(offered) == 1:
            one = offered[0]
            about = f"{intro} Wrong is the data of *{escape(one.name)}*."
            return cls.view(value(incident.id, one.id), about)
        options = offer({one.id: one.name for one in offered})
        return cls.view(value(incident.id), intro, options={"of": options})

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        number, _, of = carried.partition("|")
        respond.may_be_wrong(work, incident_number(number), by, of)

    def submitted(self, work: Work, by: str) -> None:
        respond.reject_data(work, self.number, by, self.why, self.of or self.rest)


@form("modal:note", "Add to the timeline", "Add", Deed.NOTE)
class NoteForm(IncidentForm):
    said = Text("Note", SAID, name="text", multiline=True)

    def submitted(self, work: Work, by: str) -> None:
        respond.note(work, self.number, by, self.said)


@form("modal:lane", "Change the lane", "Change", Deed.SET_LANE)
class ChangeLane(IncidentForm):
    overtaken_by = _OF_LANE
    lane = Choice("Whose lane is it?", "Lane", LANE_TITLES)
    why = Text("Why?", KEPT, hint="The correction and its reason are kept.")

    @classmethod
    def shown(cls, incident: Incident) -> Block:
        return cls.view(value(incident.id), first={"lane": incident.lane})

    def submitted(self, work: Work, by: str) -> None:
        respond.set_lane(work, self.number, Lane(self.lane), by, self.why)


@form("modal:runbook", "Runbook", "Use it", Deed.USE_RUNBOOK, opened_by=Action.RUNBOOK)
class UseRunbook(FormOfIncident):
    overtaken_by = frozenset({"runbook"})
    runbook = Choice("Go on with", "Runbook")

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        incident = work.incident(incident_number(about))
        return cls.shown(incident, work.knowledge.runbooks.values())

    @classmethod
    def shown(cls, incident: Incident, runbooks: Iterable[Runbook]) -> Block:
        options = [option(book.name, book.id, book.summary) for book in runbooks]
        intro = "Answers already given stay, and you can come back to them."
        return cls.view(value(incident.id), intro, options={"runbook": options})

    def submitted(self, work: Work, by: str) -> None:
        walk.switch(work, self.number, runbook=self.runbook, by=by)


def timeline(work: Work, about: str, reader: Reader) -> Block:
    incident = work.incident(first_number(about))
    return shown_timeline(incident, work.tx.timeline(incident.id), reader.writer)


def shown_timeline(incident: Incident, entries: Sequence[TimelineEntry], writer: Writer) -> Block:
    """What happened, oldest first."""
    return Shown.saying("Timeline", [section(head(incident)), *timeline_blocks(entries, writer)])
