"""Merging, splitting and opening again, by command and from the card."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.core.incidents.incident import Incident
from bot.flows import views as answers
from bot.flows import work
from bot.flows.incidents.grouping import merge as merging
from bot.flows.incidents.grouping import reopen as reopening
from bot.language.errors import Invalid, NotFound
from bot.language.units import names_incident
from bot.slack import find_connection, ids
from bot.slack.forms import may_open
from bot.slack.forms.form import given, number_of
from bot.slack.handler import Body, Desk, clicked
from bot.slack.ids import Action, Modal
from bot.slack.incidents import form_views
from bot.slack.incidents.merging import merge_forms as forms
from bot.slack.kit import SlackMessage
from bot.slack.request import Elsewhere, OnlyOne, Request, done, number_in, target
from bot.slack.text import escape

_INTO = re.compile(r"(?P<part>.*?)\s*\binto\s+(?P<whole>.+)", re.IGNORECASE)


async def merge(desk: Desk, request: Request) -> SlackMessage:
    async with _named_for_some(desk, request):
        return await _merge_typed(desk, request)


@asynccontextmanager
async def _named_for_some(desk: Desk, request: Request) -> AsyncIterator[None]:
    """Whoever is named for nothing that is open reads who is, before what their words lack."""
    try:
        yield
    except (Invalid, NotFound, find_connection.Unclear, Elsewhere, OnlyOne):
        runtime = desk.runtime
        here = await runtime.store.run(answers.incident_here, request.channel)
        gate, now = merging.must_be_named_for_some, runtime.clock()
        await runtime.store.run(gate, runtime.knowledge(), here, request.by, now)
        raise


async def _merge_typed(desk: Desk, request: Request) -> SlackMessage:
    form = _INTO.fullmatch(request.words.strip())
    into = _only(form["whole"]) if form else None
    named = _only(form["part"]) if form and form["part"] else ""
    if into is None or named is None:
        raise Invalid("Say which into which: /conn merge INC-12 into INC-7")
    number = number_in(into)
    part, _ = await target(desk, replace(request, words=named))
    whole = await _merge(desk, part.id, number, request.by)
    undo = f"`/conn split {escape(part.connection)}`"
    return done(f"🔗 {part.key} is a part of {whole.key} now. To undo it: {undo}")


def _only(text: str) -> str | None:
    """The incident that is named; None where that is not all that is said."""
    name, more = names_incident(text) or ("", "")
    return name if name and not more else None


async def _merge(desk: Desk, number: int, into: int, by: str) -> Incident:
    runtime = desk.runtime
    return await runtime.store.run(
        merging.merge, runtime.knowledge(), number, into=into, by=by, now=runtime.clock()
    )


async def split(desk: Desk, request: Request) -> SlackMessage:
    async with _named_for_some(desk, request):
        connection = find_connection.find(desk, request.words, "split")
        alone = await _split(desk, connection.id, request.by)
    return done(f"🔗 {escape(connection.name)} is on its own again: {alone.key}.")


async def _split(desk: Desk, connection_id: str, by: str) -> Incident:
    runtime = desk.runtime
    connection = runtime.knowledge().catalogue.connections.get(connection_id)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    return await runtime.store.run(
        merging.split, runtime.knowledge(), connection, by=by, now=runtime.clock()
    )


async def reopen(desk: Desk, request: Request) -> SlackMessage:
    incident, why = await target(desk, request)
    after = await _reopen(desk, incident.id, request.by, why)
    if after.live:
        return done(f"🔴 {after.key} is open again; the first responder is pinged.")
    return await _others_are_asked(desk, after)


async def _others_are_asked(desk: Desk, after: Incident) -> SlackMessage:
    """To whoever may not open it again themselves."""
    runtime = desk.runtime
    asked = await runtime.store.run(
        reopening.whom_to_ask, runtime.knowledge(), after, runtime.clock()
    )
    verb = "is" if len(asked) == 1 else "are"
    people = (await desk.face()).people(asked)
    return done(f"❓ {after.key} stays {after.state}: {people} {verb} asked to open it again.")


async def _reopen(desk: Desk, number: int, by: str, why: str) -> Incident:
    runtime = desk.runtime
    return await runtime.store.run(
        reopening.reopen, runtime.knowledge(), number, by=by, why=why, now=runtime.clock()
    )


async def more(desk: Desk, body: Body, incident: Incident) -> None:
    """What the card's menu has no room for, to whoever may do any of it."""
    parts = await desk.runtime.store.run(lambda tx: tx.parts_of(incident.id))
    wanted = [Modal.RUNBOOK, Modal.MERGE, *([Modal.SPLIT] if parts else [])]
    by = await desk.actor(body)
    offered = await may_open.open_to(desk, wanted, ids.value(incident.id), by)
    await desk.open_view(body, forms.more(incident, offered))


async def ask_merge(desk: Desk, body: Body) -> None:
    incident = await _clicked_incident(desk, body)
    live = await desk.runtime.store.run(answers.live_incidents)
    others = [other for other, _ in live if other.id != incident.id]
    await may_open.open_form(desk, body, forms.merge(incident, others))


async def ask_split(desk: Desk, body: Body) -> None:
    incident = await _clicked_incident(desk, body)
    parts = await desk.runtime.store.run(lambda tx: tx.parts_of(incident.id))
    known = desk.runtime.knowledge().catalogue.connections
    names = {
        part.connection: known[part.connection].name
        for part in parts
        if part.recovered_at is None and part.connection in known
    }
    await may_open.open_form(desk, body, forms.split(incident, names))


async def ask_reopen(desk: Desk, body: Body) -> None:
    incident, runtime = await _clicked_incident(desk, body), desk.runtime
    said = await runtime.store.run(reopening.asked_because, runtime.knowledge(), incident.id)
    await may_open.open_form(desk, body, forms.reopen(incident, (await desk.face()).plain(said)))


async def ask_runbook(desk: Desk, body: Body) -> None:
    incident = await _clicked_incident(desk, body)
    books = desk.runtime.knowledge().runbooks.values()
    await may_open.open_form(desk, body, form_views.runbook(incident, books))


async def _clicked_incident(desk: Desk, body: Body) -> Incident:
    return await desk.runtime.store.run(work.load, ids.incident_number(clicked(body)))


async def merged(desk: Desk, body: Body, by: str) -> None:
    await _merge(desk, number_of(body), ids.incident_number(given(body, "into")), by)


async def was_split(desk: Desk, body: Body, by: str) -> None:
    await _split(desk, given(body, "connection"), by)


async def reopened(desk: Desk, body: Body, by: str) -> None:
    after = await _reopen(desk, number_of(body), by, given(body, "why"))
    if not after.live:  # nothing else shows them that it went through
        await desk.reply(body, await _others_are_asked(desk, after))


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
