"""Merging, splitting and opening again, by command."""

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
from bot.slack import find_connection
from bot.slack.handler import Handler
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
