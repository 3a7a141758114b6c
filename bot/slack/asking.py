"""Questions in plain words, and finding the connection that somebody means."""

from dataclasses import replace

from bot.core import ownership
from bot.core.catalogue import Connection, ConnectionId
from bot.core.dates import span_in
from bot.core.errors import Invalid, NotFound
from bot.core.ownership import Answer, Intent
from bot.core.responsibility import OwnerFacts, owner_facts
from bot.core.text import outside
from bot.flows import answers, attestation, ledger
from bot.flows.attendance import presence_now
from bot.flows.recorded import on_record
from bot.slack.blocks import estate
from bot.slack.blocks.parts import Message, message, section
from bot.slack.desk import Desk

# Intents answered by the full owner card and not by sentences.
_CARD = frozenset({Intent.OWNER})


class Unclear(Exception):
    """Several connections may be meant; `answer` asks which one."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer.text)
        self.answer = answer


async def answer(desk: Desk, question: str, by: str) -> Message:
    """What the catalogue and the record say to a question in plain words."""
    knowledge, now = desk.runtime.knowledge(), desk.runtime.clock()
    there = await desk.runtime.store.run(presence_now, now)
    known = await desk.runtime.store.run(on_record, knowledge.catalogue)
    found = ownership.ask(
        known,
        question,
        now,
        cover=there.cover,
        until=there.until,
        asker=by,
        index=replace(knowledge.index, catalogue=known),
    )
    face = await desk.face()
    if found.connection and found.intent in (Intent.STATUS, Intent.LAST_SYNC):
        connection = knowledge.catalogue.connections[found.connection]
        line = await desk.runtime.store.run(answers.status_line, knowledge, connection, now)
        return estate.status_of(line, face)
    if found.intent in (Intent.DOWN, Intent.STATUS) and not found.choices:
        return estate.status(await desk.runtime.store.run(answers.status, knowledge, now), face)
    if found.connection and found.intent is Intent.OWNER_THEN:
        connection = knowledge.catalogue.connections[found.connection]
        span = span_in(question, now, knowledge.catalogue.timezone)
        if span is None:
            raise Invalid("Say which day, for example: who owned shop orders on 1 March?")
        said = await desk.runtime.store.run(ledger.as_of_text, connection, *span)
        return message(face.plain(said), [section(face.say(said))])
    if found.connection and found.intent in _CARD:
        return await owners_now(desk, found.connection)
    if found.choices:
        return _which(desk, found)
    text = face.say(found.text or "I cannot tell that yet.")
    return message(face.plain(found.text or ""), [section(text)])


async def owners_now(desk: Desk, connection: ConnectionId) -> Message:
    """The owner card, with covers and with when it was last confirmed. Raises NotFound."""
    facts = await owner_facts_now(desk, connection)
    confirmed = await desk.runtime.store.run(attestation.confirmed_text, connection)
    catalogue = desk.runtime.knowledge().catalogue
    return estate.owners(facts, catalogue, await desk.face(), confirmed)


async def owner_facts_now(desk: Desk, connection: ConnectionId) -> OwnerFacts:
    """Who is responsible at this moment, covers included. Raises NotFound."""
    now = desk.runtime.clock()
    there = await desk.runtime.store.run(presence_now, now)
    catalogue = desk.runtime.knowledge().catalogue
    return owner_facts(catalogue, connection, now, there.cover, there.until)


def find(desk: Desk, words: str) -> Connection:
    """The one connection that the words name. Raises NotFound, or Unclear when several fit."""
    knowledge = desk.runtime.knowledge()
    catalogue = knowledge.catalogue
    if not words.strip():
        raise NotFound("Say which connection, for example: /conn show web shop orders")
    direct = catalogue.connections.get(words.strip().lower())
    if direct:
        return direct
    question, now = f"who owns {words}", desk.runtime.clock()
    found = ownership.ask(catalogue, question, now, index=knowledge.index)
    if found.connection:
        return catalogue.connections[found.connection]
    if found.choices:
        raise Unclear(_which(desk, found))
    raise NotFound(f"No connection is called “{outside(words, 60)}”. /conn status lists them all.")


def _which(desk: Desk, found: Answer) -> Message:
    catalogue = desk.runtime.knowledge().catalogue
    likely = [catalogue.connections[item] for item in found.choices]
    return estate.choices(found.subject, likely)
