"""Forms that merge, split and open again."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.incidents.incident import LIVE, Incident
from bot.core.people.permissions import Deed, permit
from bot.flows import views
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.incidents.respond import SAID
from bot.flows.people import permitted
from bot.flows.work import Work
from bot.slack.forms.fields import Choice, Text, offer
from bot.slack.forms.form import Form, FormOfIncident, IncidentForm, Reader, Shown, form, head
from bot.slack.forms.opening import open_to
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action, first_number, incident_number, value
from bot.slack.incidents.forms import UseRunbook
from bot.slack.incidents.merging import merge_and_reopen
from bot.slack.kit import Block, button, section


@form("modal:merge", "Merge", "Merge", Deed.MERGE, opened_by=Action.MERGE)
class Merge(FormOfIncident):
    into = Choice("Into which one?", "Incident")

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        incident = work.incident(incident_number(about))
        others = [other for other, _ in views.live_incidents(work) if other.id != incident.id]
        return cls.shown(incident, others)

    @classmethod
    def shown(cls, incident: Incident, others: Sequence[Incident]) -> Block:
        if not others:
            text = "No other incident is open, so there is nothing to merge it into."
            return Shown.saying(cls.title, [section(text)])
        text = (
            f"{head(incident)} becomes a part of the other one. Its channel"
            " gets a pointer and falls quiet; splitting it off undoes that."
        )
        options = offer({value(one.id): f"{one.key} {one.headline}" for one in others})
        return cls.view(value(incident.id), text, options={"into": options})

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        one = work.incident(first_number(carried))
        others = [other for other in work.tx.incidents(LIVE) if other != one]
        merge.must_be_named_for_either(work, one, others, by)

    def submitted(self, work: Work, by: str) -> None:
        merge.merge(work, self.number, into=incident_number(self.into), by=by)


@form("modal:split", "Split", "Split", Deed.MERGE, opened_by=Action.SPLIT)
class SplitForm(FormOfIncident):
    connection = Choice(
        "Which one goes its own way?",
        "Connection",
        hint="It gets an incident of its own, and its first responder is pinged.",
    )

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        incident = work.incident(incident_number(about))
        known = work.catalogue.connections
        names = {
            child.connection: known[child.connection].name
            for child in work.tx.children_of(incident.id)
            if child.recovered_at is None and child.connection in known
        }
        return cls.shown(incident, names)

    @classmethod
    def shown(cls, incident: Incident, names: Mapping[str, str]) -> Block:
        if not names:
            text = f"Every part of {incident.key} runs again, so there is nothing to split off."
            return Shown.saying(cls.title, [section(text)])
        return cls.view(value(incident.id), head(incident), options={"connection": offer(names)})

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        parent = work.incident(first_number(carried))
        merge.must_be_named_for_either(work, parent, work.tx.children_of(parent.id), by)

    def submitted(self, work: Work, by: str) -> None:
        merge_and_reopen.split_off(work, self.connection, by)


@form("modal:reopen", "Open again", "Open again", Deed.REOPEN, opened_by=Action.REOPEN)
class Reopen(IncidentForm):
    why = Text(
        "Why is it not over?",
        SAID,
        multiline=True,
        hint="The first responder is pinged again. Possible for seven days after the end.",
    )

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        incident = work.incident(incident_number(about))
        return cls.shown(incident, reader.writer.plain(reopen.asked_because(work, incident.id)))

    @classmethod
    def shown(cls, incident: Incident, said: str = "") -> Block:
        """With what somebody `said` already who asked for it."""
        return cls.view(value(incident.id), head(incident), first={"why": said})

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        """Whoever may not open it asks an owner by the same form."""
        about = permitted.about_incident(work, work.incident(first_number(carried)))
        permit(Deed.REOPEN, about, permitted.doer(work, by))

    async def send(self, handler: Handler, by: str) -> None:
        after = await handler.runtime.do(reopen.reopen, self.number, by=by, why=self.why)
        if not after.live:  # nothing else shows them that it went through
            asked = await merge_and_reopen.others_are_asked(handler, after)
            await handler.reply(self.body, asked)


_MORE: Mapping[type[Form], tuple[str, str, Action]] = {
    UseRunbook: ("Another runbook fits better.", "Use another runbook…", Action.RUNBOOK),
    Merge: ("It is the same as another incident.", "Merge…", Action.MERGE),
    SplitForm: ("One of its connections fails for a reason of its own.", "Split…", Action.SPLIT),
}


async def more(handler: Handler, body: Body, incident: Incident) -> None:
    """What the card's menu has no room for, to whoever may do any of it."""
    children = await handler.runtime.store.run(lambda tx: tx.children_of(incident.id))
    wanted = [UseRunbook, Merge, *([SplitForm] if children else [])]
    by = await handler.actor(body)
    offered = await open_to(handler, wanted, value(incident.id), by)
    await handler.open_view(body, shown_more(incident, offered))


def shown_more(incident: Incident, offered: Iterable[type[Form]]) -> Block:
    """Each with a word on what it does."""
    rows = [_row(*_MORE[one], incident) for one in offered]
    return Shown.saying("More", [section(head(incident)), *rows])


def _row(text: str, label: str, action: Action, incident: Incident) -> Block:
    return section(text, accessory=button(label, action, value(incident.id)))
