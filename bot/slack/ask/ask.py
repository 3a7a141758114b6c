"""Answers a sentence that is no command: greeted, asked as a question, tried as an error text, and
last met with what can be asked. No deed is ever suggested."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.ask import conversation
from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.conversation import Wish, ask
from bot.core.ask.question_shapes import Intent
from bot.core.estate.catalogue import Connection, OwnerFacts, owner_facts
from bot.core.estate.ids import ConnectionId
from bot.core.incidents.incident import Incident
from bot.core.people.next_in_line import estate_owners
from bot.core.triage import playbook
from bot.flows import estate_views, views
from bot.flows.estate import ledger
from bot.flows.estate.ledger import estate_as_recorded
from bot.flows.governance import attestation
from bot.flows.people.presence import presence_now
from bot.flows.triage import lessons
from bot.language.errors import Invalid
from bot.language.typed_times import span_in
from bot.slack.estate import words as blocks
from bot.slack.estate import words as estate
from bot.slack.estate.words import NamedChoice
from bot.slack.handler import Handler
from bot.slack.ids import Action
from bot.slack.kit import WORD, SlackMessage, lines, message, section
from bot.slack.request import Request
from bot.slack.text import Writer, escape, time


async def answer(handler: Handler, question: str, by: str) -> SlackMessage:
    """What the catalogue and the record say to a question in plain words."""
    runtime = handler.runtime
    knowledge, now = runtime.knowledge(), runtime.clock()
    there = await runtime.do(presence_now)
    known = await runtime.store.run(estate_as_recorded, knowledge.catalogue)
    found = ask(
        known,
        question,
        now,
        cover=there.cover,
        until=there.until,
        asker=by,
        # The words are the same in both; only what the record adds is not in the index.
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
    # Unsure, but with one candidate: its card says what it is of, and asking back would be a step
    # more.
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


_FRIENDLY = {
    Wish.GREET: "Hello! 👋",
    Wish.THANK: "You are welcome! 🙂",
    Wish.PART: "See you! 👋",
    Wish.CHAT: "🙂 I look after the connections here.",
}


def friendly(wish: Wish, examples: Sequence[str]) -> SlackMessage:
    return message(_FRIENDLY[wish], [lines(f"{_FRIENDLY[wish]} You can ask me:", *_rows(examples))])


def not_understood(examples: Sequence[str]) -> SlackMessage:
    head = "I did not understand that. You can ask me, for example:"
    tail = "`/conn help` lists every command; an error text can be pasted as it is."
    return message("I did not understand that", [lines(head, *_rows(examples), tail)])


def _rows(examples: Sequence[str]) -> list[str]:
    return [f"• _{escape(example)}_" for example in examples]


def estate_file(owners: Sequence[str], writer: Writer) -> SlackMessage:
    whom = writer.people(owners) if owners else "whoever runs this bot"
    text = (
        "Connections, their owners and their checks are written in the estate file, and I follow"
        f" it at once when it changes. Ask {whom}: they guard it and make the change."
    )
    return message("Connections are written in the estate file", [section(text)])


def unknown_error(owners: Sequence[str], writer: Writer) -> SlackMessage:
    whom = f" Ask {writer.people(owners)}" if owners else " Ask whoever owns the connection"
    text = (
        f"I do not know this error.{whom}, and teach it to the playbook from the card of its"
        " incident once the cause is known."
    )
    return message("I do not know this error", [section(text)])


def lately(connection: Connection, incidents: Sequence[Incident], writer: Writer) -> SlackMessage:
    """The last incidents of one connection, the newest first."""
    name = escape(connection.name)
    if not incidents:
        text = f"No incident of *{name}* is on record."
        return message(writer.plain(text), [section(text)])
    rows = [_row(incident, writer) for incident in incidents]
    head = f"*The last incidents of {name}*"
    return message(f"The last incidents of {connection.name}", [lines(head, *rows)])


def _row(incident: Incident, writer: Writer) -> str:
    why = writer.say(" ".join(incident.reasons[:1]))
    how = f" {escape(incident.resolution)}." if incident.resolution else ""
    return f"• {incident.key} {time(incident.opened_at)}: {why} {WORD[incident.state]}.{how}"


_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


async def reply(handler: Handler, request: Request) -> SlackMessage:
    """To what was written in plain words."""
    words = await _named(handler, request.words)
    request = replace(request, words=words)
    wish = conversation.small_talk(words)
    if wish is not None:
        return friendly(wish, _examples(handler))
    if conversation.asks_to_edit_the_estate(words):
        owners = estate_owners(handler.runtime.knowledge().catalogue)
        return estate_file(owners, await handler.writer())
    found, trouble = _asked(handler, request), conversation.reads_like_an_error(words)
    if conversation.asks_about_the_past(words) and found.connection:
        return await _lately(handler, found.connection)
    # A question is one, whatever word is in it; an error text seldom ends so.
    if found.confident and not (trouble and not words.rstrip().endswith("?")):
        return await answer(handler, words, request.by)
    if trouble and (explained := await explain(handler, request)):
        return explained
    if found.confident or (found.choices and not trouble):
        return await answer(handler, words, request.by)
    if trouble:
        return await not_known(handler)
    if (sounds := conversation.sounds_like(words)) is not None:
        return friendly(sounds, _examples(handler))
    return not_understood(_examples(handler))


def _asked(handler: Handler, request: Request) -> SpokenAnswer:
    knowledge, now = handler.runtime.knowledge(), handler.runtime.clock()
    return ask(knowledge.catalogue, request.words, now, asker=request.by, index=knowledge.index)


async def _lately(handler: Handler, connection: str) -> SlackMessage:
    runtime = handler.runtime
    known = runtime.knowledge().catalogue.connections[connection]
    recent = await runtime.store.run(lambda tx: tx.incidents_of(connection, 5))
    return lately(known, recent, await handler.writer())


async def explain(handler: Handler, request: Request) -> SlackMessage | None:
    """What the playbook says of the text of an error; None where it knows nothing."""
    runtime = handler.runtime
    knowledge = runtime.knowledge()
    # In an incident's channel the systems at its ends decide between texts that are alike.
    subject = await runtime.do(views.incident_here, request.channel)
    connection = knowledge.catalogue.connections.get(subject.connection) if subject else None
    entries = await runtime.do(lessons.playbook_now)
    systems = playbook.families(knowledge.catalogue, connection) if connection else ()
    hits = playbook.match(entries, request.words, systems)
    return blocks.explained(hits) if hits else None


async def not_known(handler: Handler) -> SlackMessage:
    """An error that nobody wrote down: whom to ask."""
    owners = estate_owners(handler.runtime.knowledge().catalogue)
    return unknown_error(owners, await handler.writer())


def _examples(handler: Handler) -> tuple[str, ...]:
    """Three things to ask, about a connection that there is."""
    known = handler.runtime.knowledge().catalogue.connections.values()
    name = next((one.name for one in known), "web shop orders")
    return (f"who owns {name}?", "what is down?", f"when did {name} last sync?")


async def _named(handler: Handler, text: str) -> str:
    """Every mention of a person becomes their name, as the questions know it."""
    people = dict.fromkeys(_MENTION.findall(text))
    catalogue = handler.runtime.knowledge().catalogue
    names = {user: catalogue.person_name(await handler.people.person(user)) for user in people}
    return _MENTION.sub(lambda found: names[found[1]], text)
