"""Merging, splitting and opening again, by command and from the card."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.core.incidents.incident import Incident
from bot.flows import views as answers
from bot.flows.incidents.grouping import merge as merging
from bot.flows.incidents.grouping import reopen as reopening
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound
from bot.language.units import names_incident
from bot.slack import find_connection, ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.incidents import form_views
from bot.slack.incidents.merging import merge_forms as forms
from bot.slack.kit import SlackMessage
from bot.slack.request import Elsewhere, OnlyOne, Request, done, number_in, target
from bot.slack.text import escape

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
        await runtime.do(merging.must_be_named_for_some, here, request.by)
        raise


async def _merge_typed(handler: Handler, request: Request) -> SlackMessage:
    form = _INTO.fullmatch(request.words.strip())
    into = _only(form["whole"]) if form else None
    named = _only(form["part"]) if form and form["part"] else ""
    if into is None or named is None:
        raise Invalid("Say which into which: /conn merge INC-12 into INC-7")
    number = number_in(into)
    part, _ = await target(handler, replace(request, words=named))
    whole = await _merge(handler, part.id, number, request.by)
    undo = f"`/conn split {escape(part.connection)}`"
    return done(f"🔗 {part.key} is a part of {whole.key} now. To undo it: {undo}")


def _only(text: str) -> str | None:
    """The incident that is named; None where that is not all that is said."""
    name, more = names_incident(text) or ("", "")
    return name if name and not more else None


async def _merge(handler: Handler, number: int, into: int, by: str) -> Incident:
    runtime = handler.runtime
    return await runtime.do(merging.merge, number, into=into, by=by)


async def split(handler: Handler, request: Request) -> SlackMessage:
    async with _named_for_some(handler, request):
        connection = find_connection.find(handler, request.words, "split")
        alone = await _split(handler, connection.id, request.by)
    return done(f"🔗 {escape(connection.name)} is on its own again: {alone.key}.")


async def _split(handler: Handler, connection_id: str, by: str) -> Incident:
    runtime = handler.runtime
    connection = runtime.knowledge().catalogue.connections.get(connection_id)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    return await runtime.do(merging.split, connection, by=by)


async def reopen(handler: Handler, request: Request) -> SlackMessage:
    incident, why = await target(handler, request)
    after = await _reopen(handler, incident.id, request.by, why)
    if after.live:
        return done(f"🔴 {after.key} is open again; the first responder is pinged.")
    return await _others_are_asked(handler, after)


async def _others_are_asked(handler: Handler, after: Incident) -> SlackMessage:
    """To whoever may not open it again themselves."""
    runtime = handler.runtime
    asked = await runtime.do(reopening.whom_to_ask, after)
    verb = "is" if len(asked) == 1 else "are"
    people = (await handler.writer()).people(asked)
    return done(f"❓ {after.key} stays {after.state}: {people} {verb} asked to open it again.")


async def _reopen(handler: Handler, number: int, by: str, why: str) -> Incident:
    runtime = handler.runtime
    return await runtime.do(reopening.reopen, number, by=by, why=why)


async def more(handler: Handler, body: Body, incident: Incident) -> None:
    """What the card's menu has no room for, to whoever may do any of it."""
    parts = await handler.runtime.store.run(lambda tx: tx.parts_of(incident.id))
    wanted = [Modal.RUNBOOK, Modal.MERGE, *([Modal.SPLIT] if parts else [])]
    by = await handler.actor(body)
    offered = await may_open.open_to(handler, wanted, ids.value(incident.id), by)
    await handler.open_view(body, forms.more(incident, offered))


async def ask_merge(handler: Handler, body: Body) -> None:
    incident = await _clicked_incident(handler, body)
    live = await handler.runtime.do(answers.live_incidents)
    others = [other for other, _ in live if other.id != incident.id]
    await may_open.open_form(handler, body, forms.merge(incident, others))


async def ask_split(handler: Handler, body: Body) -> None:
    incident = await _clicked_incident(handler, body)
    parts = await handler.runtime.store.run(lambda tx: tx.parts_of(incident.id))
    known = handler.runtime.knowledge().catalogue.connections
    names = {
        part.connection: known[part.connection].name
        for part in parts
        if part.recovered_at is None and part.connection in known
    }
    await may_open.open_form(handler, body, forms.split(incident, names))


async def ask_reopen(handler: Handler, body: Body) -> None:
    incident, runtime = await _clicked_incident(handler, body), handler.runtime
    said = await runtime.do(reopening.asked_because, incident.id)
    await may_open.open_form(
        handler, body, forms.reopen(incident, (await handler.writer()).plain(said))
    )


async def ask_runbook(handler: Handler, body: Body) -> None:
    incident = await _clicked_incident(handler, body)
    books = handler.runtime.knowledge().runbooks.values()
    await may_open.open_form(handler, body, form_views.runbook(incident, books))


async def _clicked_incident(handler: Handler, body: Body) -> Incident:
    return await handler.runtime.do(Work.incident, ids.incident_number(clicked(body)))


async def merged(handler: Handler, body: Body, by: str) -> None:
    await _merge(handler, number_of(body), ids.incident_number(given(body, "into")), by)


async def was_split(handler: Handler, body: Body, by: str) -> None:
    await _split(handler, given(body, "connection"), by)


async def reopened(handler: Handler, body: Body, by: str) -> None:
    after = await _reopen(handler, number_of(body), by, given(body, "why"))
    if not after.live:  # nothing else shows them that it went through
        await handler.reply(body, await _others_are_asked(handler, after))


ACTIONS = {
    Action.MERGE: ask_merge,
    Action.SPLIT: ask_split,
    Action.REOPEN: ask_reopen,
    Action.RUNBOOK: ask_runbook,
}
SUBMISSIONS = {
    Modal.MERGE: (merged, "into"),
    Modal.SPLIT: (was_split, "connection"),
    Modal.REOPEN: (reopened, "why"),
}
