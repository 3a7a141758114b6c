"""Answering a sentence that is no command: greeted, asked as a question, tried as an error text,
and last met with what can be asked. No deed is ever suggested."""

import re
from dataclasses import replace

from bot.core.ask import conversation
from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.ask import ask
from bot.core.people.next_in_line import estate_owners
from bot.core.triage import playbook
from bot.flows import views
from bot.flows.triage import lessons
from bot.slack.ask import ask as asking
from bot.slack.ask import small_talk_words as talk_blocks
from bot.slack.estate import words as blocks
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage
from bot.slack.request import Request

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


async def reply(handler: Handler, request: Request) -> SlackMessage:
    """To what was written in plain words."""
    words = await _named(handler, request.words)
    request = replace(request, words=words)
    wish = conversation.small_talk(words)
    if wish is not None:
        return talk_blocks.friendly(wish, _examples(handler))
    if conversation.asks_to_edit_the_estate(words):
        owners = estate_owners(handler.runtime.knowledge().catalogue)
        return talk_blocks.estate_file(owners, await handler.writer())
    found, trouble = _asked(handler, request), conversation.reads_like_an_error(words)
    if conversation.asks_about_the_past(words) and found.connection:
        return await _lately(handler, found.connection)
    # A question is one, whatever word is in it; an error text seldom ends so.
    if found.confident and not (trouble and not words.rstrip().endswith("?")):
        return await asking.answer(handler, words, request.by)
    if trouble and (explained := await explain(handler, request)):
        return explained
    if found.confident or (found.choices and not trouble):
        return await asking.answer(handler, words, request.by)
    if trouble:
        return await not_known(handler)
    if (sounds := conversation.sounds_like(words)) is not None:
        return talk_blocks.friendly(sounds, _examples(handler))
    return talk_blocks.not_understood(_examples(handler))


def _asked(handler: Handler, request: Request) -> SpokenAnswer:
    knowledge, now = handler.runtime.knowledge(), handler.runtime.clock()
    return ask(knowledge.catalogue, request.words, now, asker=request.by, index=knowledge.index)


async def _lately(handler: Handler, connection: str) -> SlackMessage:
    runtime = handler.runtime
    known = runtime.knowledge().catalogue.connections[connection]
    recent = await runtime.store.run(lambda tx: tx.incidents_of(connection, 5))
    return talk_blocks.lately(known, recent, await handler.writer())


async def explain(handler: Handler, request: Request) -> SlackMessage | None:
    """What the playbook says of the text of an error; None where it knows nothing."""
    runtime = handler.runtime
    knowledge = runtime.knowledge()
    subject = await runtime.do(views.incident_here, request.channel)
    connection = knowledge.catalogue.connections.get(subject.connection) if subject else None
    entries = await runtime.do(lessons.playbook_now)
    systems = playbook.families(knowledge.catalogue, connection) if connection else ()
    hits = playbook.match(entries, request.words, systems)
    return blocks.explained(hits) if hits else None


async def not_known(handler: Handler) -> SlackMessage:
    """An error that nobody wrote down: whom to ask."""
    owners = estate_owners(handler.runtime.knowledge().catalogue)
    return talk_blocks.unknown_error(owners, await handler.writer())


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
