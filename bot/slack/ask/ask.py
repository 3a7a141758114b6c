"""Questions in plain words, and finding the connection that somebody means."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.ask import ask
from bot.core.ask.ask import Answer, Intent
from bot.core.estate.catalogue import Connection, ConnectionId
from bot.core.estate.index import Kind
from bot.core.estate.responsibility import OwnerFacts, owner_facts
from bot.flows import views
from bot.flows.estate import ledger
from bot.flows.estate.as_recorded import on_record
from bot.flows.governance import attestation
from bot.flows.people.presence import presence_now
from bot.language.errors import Invalid, NotFound
from bot.language.marks import as_typed
from bot.language.past_dates import span_in
from bot.language.words import plain_words, stem
from bot.slack.estate import words as estate
from bot.slack.estate.words import Choice
from bot.slack.handler import Desk
from bot.slack.ids import Action
from bot.slack.kit import Message, message, section

# Intents answered by the full owner card and not by sentences.
_ARTICLES = frozenset({"a", "an", "our", "the", "to", "from"})
_CARD = frozenset({Intent.OWNER})


class NoSuchConnection(NotFound):
    """The words name no connection."""


class Unclear(Exception):
    """Several connections may be meant by `name`, as it was typed; the likeliest first."""

    def __init__(self, name: str, likely: Sequence[Connection]) -> None:
        super().__init__(name)
        self.name, self.likely = name, tuple(likely)


async def answer(desk: Desk, question: str, by: str) -> Message:
    """What the catalogue and the record say to a question in plain words."""
    knowledge, now = desk.runtime.knowledge(), desk.runtime.clock()
    there = await desk.runtime.store.run(presence_now, now)
    known = await desk.runtime.store.run(on_record, knowledge.catalogue)
    found = ask.ask(
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
        line = await desk.runtime.store.run(views.status_line, knowledge, connection, now)
        return estate.status_of(line, face)
    if found.intent in (Intent.DOWN, Intent.STATUS) and not found.choices:
        return estate.status(await desk.runtime.store.run(views.status, knowledge, now), face)
    if found.connection and found.intent is Intent.OWNER_THEN:
        connection = knowledge.catalogue.connections[found.connection]
        span = span_in(question, now, knowledge.catalogue.timezone)
        if span is None:
            raise Invalid("Say which day, for example: who owned shop orders on 1 March?")
        said = await desk.runtime.store.run(ledger.as_of_text, connection, *span)
        return message(face.plain(said), [section(face.say(said))])
    if found.connection and found.intent in _CARD:
        return await owners_now(desk, found.connection)
    if len(found.choices) == 1:
        return await owners_now(desk, found.choices[0])
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


def names_only(desk: Desk, words: str) -> bool:
    """Whether every word but articles is a word of a connection's, as it stands there."""
    known = desk.runtime.knowledge().index.shelves[Kind.CONNECTION].vocabulary
    return all(stem(word) in known for word in plain_words(words) if word not in _ARTICLES)


def find(desk: Desk, words: str, command: str = "show") -> Connection:
    """The one connection that the words name, for `command`. Raises NotFound, or Unclear when
    several fit."""
    knowledge = desk.runtime.knowledge()
    catalogue = knowledge.catalogue
    if not words.strip():
        raise NotFound(f"Say which connection, for example: /conn {command} web shop orders")
    direct = catalogue.connections.get(words.strip().lower())
    if direct:
        return direct
    question, now = f"who owns {words}", desk.runtime.clock()
    found = ask.ask(catalogue, question, now, index=knowledge.index)
    if found.connection:
        return catalogue.connections[found.connection]
    if found.choices:
        raise Unclear(words.strip(), [catalogue.connections[item] for item in found.choices])
    raise NoSuchConnection(
        f"No connection is called “{as_typed(words, 60)}”. /conn status lists them all."
    )


def _which(desk: Desk, found: Answer) -> Message:
    catalogue = desk.runtime.knowledge().catalogue
    likely = [catalogue.connections[item] for item in found.choices]
    return estate.choices(
        "", [Choice(connection=one, action=Action.WHO, value=one.id) for one in likely]
    )
