"""What is said once, in people's direct messages and in incident channels.

A letter carries facts frozen when the thing happened. A personal letter is rendered again when
its incident moves on, so that its buttons never offer what is over.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.core.estate.catalogue import Connection
from bot.core.outbox.letter import SentMessage
from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.views import IncidentView
from bot.slack import notice_words
from bot.slack.delayed import dated
from bot.slack.governance import credential_expiry_words, round_words
from bot.slack.incidents import self_check_words
from bot.slack.kit import (
    SlackMessage,
    context,
    lines,
    message,
    section,
)
from bot.slack.monitoring import own_network_words
from bot.slack.monitoring import words as pause
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.text import Writer, escape
from bot.slack.triage import lesson_words

Facts = Mapping[str, Any]

# What needs neither an incident nor a connection's health: every module brings its own.
_PLAIN: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    **self_check_words.LETTERS,
    **credential_expiry_words.LETTERS,
    **own_network_words.LETTERS,
    **pause.LETTERS,
    **round_words.LETTERS,
}


def personal(
    what: What,
    facts: Facts,
    view: IncidentView | None,
    connection: Connection | None,
    channel: str | None,
    writer: Writer,
    *,
    again: bool = False,
) -> SlackMessage:
    """A direct message about an incident (`view`) or a connection's health (`connection`); `again`
    when a newer one of its kind follows."""
    told = read_notice(what, facts)
    if (write := notice_words.personal.of(told)) is not None:
        return _for_whom(write(told, writer), what, facts, writer)
    if view is not None and (write := notice_words.about_incident.of(told)) is not None:
        said = _for_whom(write(told, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    if view is not None and (write := notice_words.repeatable.of(told)) is not None:
        return drill_words.marked(write(told, view, channel, writer, again), view)
    if connection is not None and (write := notice_words.about_connection.of(told)) is not None:
        return _for_whom(write(told, connection, writer), what, facts, writer)
    if what in _PLAIN:
        return _for_whom(_PLAIN[what](facts, writer), what, facts, writer)
    if view is not None:
        said = _for_whom(_INCIDENT_LETTERS[what](facts, view, channel, writer), what, facts, writer)
        return drill_words.marked(said, view)
    return _catalogue(what, facts)


def standing(
    item: SentMessage,
    again: Collection[int],
    view: IncidentView,
    channel: str | None,
    writer: Writer,
) -> SlackMessage | None:
    """What a letter that stands in Slack says now. Only the newest ping to a person has buttons;
    those `again` followed by another one have none."""
    letter = item.letter
    if letter.what is None:
        return None
    newer = letter.id in again
    facts = {**letter.facts, "again": newer}
    said = personal(letter.what, facts, view, None, channel, writer, again=newer)
    return dated(said, letter, item.sent_at)


def _catalogue(what: What, facts: Facts) -> SlackMessage:
    if what is What.CATALOGUE_MENDED:
        text = "🟢 The catalogue file is good again and in force."
        return message(text, [section(text)])
    problems = [f"• `{escape(problem)}`" for problem in facts.get("problems", [])]
    more = f"and {facts['more']} more" if facts.get("more") else ""
    head = "⚠️ *The catalogue file is broken.* The last good one stays in force until it is mended."
    return message(
        "The catalogue file is broken; the last good one stays in force",
        [lines(head, *problems, more)],
    )


def _for_whom(said: SlackMessage, what: What, facts: Facts, writer: Writer) -> SlackMessage:
    """With whom the reader stands in for, where the message does not say so itself."""
    if not facts.get("covers") or what in (What.PING, What.STILL_ON_IT):
        return said
    whom = f"You read this for {writer.person(facts['covers'])}, whom you stand in for."
    return replace(said, blocks=(*said.blocks, context(whom)))


_INCIDENT_LETTERS: Mapping[
    What, Callable[[Facts, IncidentView, str | None, Writer], SlackMessage]
] = {
    **hold_words.PERSONAL,
    **lesson_words.INCIDENT_LETTERS,
    **gate_words.INCIDENT_LETTERS,
    **failed_record_posts.INCIDENT_LETTERS,
}
