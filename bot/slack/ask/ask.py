"""Questions in plain words, and finding the connection that somebody means."""

from dataclasses import replace

from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.ask import ask
from bot.core.ask.question_shapes import Intent
from bot.core.estate.ids import ConnectionId
from bot.core.estate.responsibility import OwnerFacts, owner_facts
from bot.flows import estate_views
from bot.flows.estate import ledger
from bot.flows.estate.as_recorded import on_record
from bot.flows.governance import attestation
from bot.flows.people.presence import presence_now
from bot.language.errors import Invalid
from bot.language.typed_times import span_in
from bot.slack.estate import words as estate
from bot.slack.estate.words import NamedChoice
from bot.slack.handler import Handler
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, message, section
from bot.slack.text import Writer


async def answer(handler: Handler, question: str, by: str) -> SlackMessage:
    """What the catalogue and the record say to a question in plain words."""
    runtime = handler.runtime
    knowledge, now = runtime.knowledge(), runtime.clock()
    there = await runtime.do(presence_now)
    known = await runtime.store.run(on_record, knowledge.catalogue)
    found = ask(
        known,
        question,
        now,
        cover=there.cover,
        until=there.until,
        asker=by,
        index=replace(knowledge.index, catalogue=known),
    )
    if found.connection and found.intent in (Intent.STATUS, Intent.LAST_SYNC):
        return await status_line(handler, found.connection)
    if found.intent in (Intent.DOWN, Intent.STATUS) and not found.choices:
        view = await runtime.do(estate_views.status)
        return estate.status(view, await handler.writer())
    if found.connection and found.intent is Intent.OWNER_THEN:
        return await _owners_then(handler, found.connection, question)
    if found.connection and found.intent is Intent.OWNER:
        return await owners_now(handler, found.connection)
    if len(found.choices) == 1:
        return await owners_now(handler, found.choices[0])
    if found.choices:
        return _which(handler, found)
    return _said(await handler.writer(), found.text or "I cannot tell that yet.")


async def status_line(handler: Handler, connection: ConnectionId) -> SlackMessage:
    """How one connection is at the moment. Raises NotFound."""
    knowledge, now = handler.runtime.knowledge(), handler.runtime.clock()
    known = owner_facts(knowledge.catalogue, connection, now).connection
    line = await handler.runtime.do(estate_views.status_line, known)
    return estate.status_of(line, await handler.writer())


async def _owners_then(handler: Handler, id: ConnectionId, question: str) -> SlackMessage:
    catalogue = handler.runtime.knowledge().catalogue
    span = span_in(question, handler.runtime.clock(), catalogue.timezone)
    if span is None:
        raise Invalid("Say which day, for example: who owned shop orders on 1 March?")
    then = await handler.runtime.do(ledger.as_of_text, catalogue.connections[id], *span)
    return _said(await handler.writer(), then)


def _said(writer: Writer, text: str) -> SlackMessage:
    return message(writer.plain(text), [section(writer.say(text))])


async def owners_now(handler: Handler, connection: ConnectionId) -> SlackMessage:
    """The owner card, with covers and with when it was last confirmed. Raises NotFound."""
    facts = await owner_facts_now(handler, connection)
    confirmed = await handler.runtime.do(attestation.confirmed_text, connection)
    catalogue = handler.runtime.knowledge().catalogue
    return estate.owners(facts, catalogue, await handler.writer(), confirmed)


async def owner_facts_now(handler: Handler, connection: ConnectionId) -> OwnerFacts:
    """Who is responsible at this moment, covers included. Raises NotFound."""
    now = handler.runtime.clock()
    there = await handler.runtime.do(presence_now)
    catalogue = handler.runtime.knowledge().catalogue
    return owner_facts(catalogue, connection, now, there.cover, there.until)


def _which(handler: Handler, found: SpokenAnswer) -> SlackMessage:
    catalogue = handler.runtime.knowledge().catalogue
    likely = [catalogue.connections[item] for item in found.choices]
    return estate.choices(
        "", [NamedChoice(connection=one, action=Action.WHO, value=one.id) for one in likely]
    )
