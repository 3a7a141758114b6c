"""Merging, splitting and opening again: by command, by form, and what is said of it in channels."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.core.incidents.incident import LIVE, Incident
from bot.core.incidents.notices_of_endings import Joined, MergedAway, OnItsOwn, Reopened, SplitOff
from bot.core.people.permissions import Deed, permit
from bot.flows import views
from bot.flows import views as answers
from bot.flows.incidents.grouping import merge as merging
from bot.flows.incidents.grouping import reopen as reopening
from bot.flows.incidents.respond import SAID
from bot.flows.people import permitted
from bot.flows.views import IncidentView
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound
from bot.language.units import incident_key, names_incident, say_names
from bot.slack import find_connection
from bot.slack.forms.fields import Choice, Text, offer
from bot.slack.forms.form import Form, FormOfIncident, IncidentForm, Reader, Shown, form, head
from bot.slack.forms.sending import open_to
from bot.slack.handler import Body, Handler
from bot.slack.ids import Action, first_number, incident_number, value
from bot.slack.incidents.forms import UseRunbook
from bot.slack.incidents.many import called, named
from bot.slack.kit import Block, SlackMessage, button, section
from bot.slack.notice_words import line
from bot.slack.request import Elsewhere, OnlyOne, Request, done, number_in, target
from bot.slack.text import Writer, escape, time

_INTO = re.compile(r"(?P<part>.*?)\s*\binto\s+(?P<whole>.+)", re.IGNORECASE)


async def merge(handler: Handler, request: Request) -> SlackMessage:
    async with _named_for_some(handler, request):
        return await _merge_typed(handler, request)


@asynccontextmanager
async def _named_for_some(handler: Handler, request: Request) -> AsyncIterator[None]:
    """Whoever is named for nothing that is open reads who is, before what their words lack."""
    try:
        yield
    except (Invalid, NotFound, find_connection.Unclear, Elsewhere, OnlyOne):
        runtime = handler.runtime
        here = await runtime.do(answers.incident_here, request.channel)
        # Else they would mend their words, and be refused then.
        await runtime.do(merging.must_be_named_for_some, here, request.by)
        raise


async def _merge_typed(handler: Handler, request: Request) -> SlackMessage:
    form = _INTO.fullmatch(request.words.strip())
    # More words behind the number may be a second incident or a reason, and neither is meant here.
    into = _only(form["whole"]) if form else None
    named = _only(form["part"]) if form and form["part"] else ""
    if into is None or named is None:
        raise Invalid("Say which into which: /conn merge INC-12 into INC-7")
    number = number_in(into)
    child, _ = await target(handler, replace(request, words=named))
    parent = await handler.runtime.do(merging.merge, child.id, into=number, by=request.by)
    undo = f"`/conn split {escape(child.connection)}`"
    return done(f"🔗 {child.key} is a part of {parent.key} now. To undo it: {undo}")


def _only(text: str) -> str | None:
    """The incident that is named; None where that is not all that is said."""
    name, more = names_incident(text) or ("", "")
    return name if name and not more else None


async def split(handler: Handler, request: Request) -> SlackMessage:
    async with _named_for_some(handler, request):
        connection = find_connection.find(handler, request.words, "split")
        alone = await handler.runtime.do(split_off, connection.id, request.by)
    return done(f"🔗 {escape(connection.name)} is on its own again: {alone.key}.")


def split_off(work: Work, connection_id: str, by: str) -> Incident:
    connection = work.catalogue.connections.get(connection_id)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    return merging.split(work, connection, by=by)


async def reopen(handler: Handler, request: Request) -> SlackMessage:
    incident, why = await target(handler, request)
    after = await handler.runtime.do(reopening.reopen, incident.id, by=request.by, why=why)
    if after.live:
        return done(f"🔴 {after.key} is open again; the first responder is pinged.")
    return await others_are_asked(handler, after)


async def others_are_asked(handler: Handler, after: Incident) -> SlackMessage:
    """To whoever may not open it again themselves."""
    runtime = handler.runtime
    asked = await runtime.do(reopening.whom_to_ask, after)
    verb = "is" if len(asked) == 1 else "are"
    people = (await handler.writer()).people(asked)
    return done(f"❓ {after.key} stays {after.state}: {people} {verb} asked to open it again.")


@line
def merged(told: MergedAway, view: IncidentView, writer: Writer) -> str:
    where = f" in <#{told.channel}>" if told.channel else ""
    if not told.by:
        return (
            f"⚪ *{view.incident.key} is a part of {incident_key(told.into)}*: the cause is"
            f" {escape(told.cause)}. It goes on{where}, and this channel falls quiet."
            f" If that is wrong: `/conn split {escape(view.incident.connection)}`"
        )
    return (
        f"⚪ {writer.person(told.by)} merged {view.incident.key} into"
        f" *{incident_key(told.into)}*: it goes on{where}, and this channel falls quiet."
        f" To undo it: `/conn split {escape(view.incident.connection)}`"
    )


@line
def joined(told: Joined, view: IncidentView, writer: Writer) -> str:
    child = f"{incident_key(told.number)} ({escape(told.title)})"
    had = f" {writer.person(told.holder)} had it." if told.holder else ""
    if told.by:
        merger = writer.person(told.by)
        return f"🔗 {merger} merged {child} into this.{had} Its people are here now."
    return (
        f"🔗 {child} has the same cause, {escape(told.cause)}, and is a part of this"
        f" now.{had} Its people are here."
    )


@line
def split_line(told: OnItsOwn, view: IncidentView, writer: Writer) -> str:
    from_whom = f" from {incident_key(told.whole)}" if told.whole else ""
    parent = incident_key(told.whole) if told.whole else "the other one"
    who = f" It still fails while {parent} runs again."
    if told.by:
        who = f" {writer.person(told.by)} split it{from_whom}."
    return f"🔴 *{view.incident.key} is on its own again.*{who}{called(told.pinged, writer)}"


@line
def reopened(told: Reopened, view: IncidentView, writer: Writer) -> str:
    if told.by:
        said = f"{writer.person(told.by)} opened it again: {escape(told.why)}."
    else:
        ended = f"was resolved {time(told.resolved_at)} " if told.resolved_at else ""
        said = f"It {ended}{'and ' if ended else ''}fails again in the same way."
        if told.never_stopped:
            said = f"It {ended}but never stopped failing."
    return f"🔴 *{view.incident.key} was not over.* {said}{called(told.pinged, writer)}"


@line
def split_off_line(told: SplitOff, view: IncidentView, writer: Writer) -> str:
    if told.by and told.number is not None:
        who, name = writer.person(told.by), escape(told.part)
        return f"🔗 {who} split {name} off: it is {incident_key(told.number)} now."
    left = told.left
    several, ids = len(left) > 1, [one for one, _ in left]
    are, they = ("are", "they") if several else ("is", "it")
    why = f"{they} still fail{'' if several else 's'} while the others run again"
    if not told.still:
        why = f"{they} failed again before this was opened again"
    keys = list(dict.fromkeys(incident_key(number) for _, number in left if number is not None))
    there = f" {they.title()} go{'' if several else 'es'} on in {say_names(keys)}." if keys else ""
    none = "" if all(number for _, number in left) else " `/conn status` says how the rest stands."
    head = f"{named(ids, writer)} {are} no part of {view.incident.key} any more"
    return f"🔗 *{head}:* {why}.{there}{none}"


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
        # Any of them may be chosen, so to be named for one is enough to see the form.
        others = [other for other in work.tx.incidents(LIVE) if other != one]
        merging.must_be_named_for_either(work, one, others, by)

    def submitted(self, work: Work, by: str) -> None:
        merging.merge(work, self.number, into=incident_number(self.into), by=by)


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
        merging.must_be_named_for_either(work, parent, work.tx.children_of(parent.id), by)

    def submitted(self, work: Work, by: str) -> None:
        split_off(work, self.connection, by)


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
        return cls.shown(incident, reader.writer.plain(reopening.asked_because(work, incident.id)))

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
        after = await handler.runtime.do(reopening.reopen, self.number, by=by, why=self.why)
        if not after.live:  # nothing else shows them that it went through
            asked = await others_are_asked(handler, after)
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
