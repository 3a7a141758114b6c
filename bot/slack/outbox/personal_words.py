"""What is said once, in direct messages and in an incident's channel.

A notice is frozen when the thing happened. A personal message is written again when its incident
moves on, so that its buttons never offer what is over.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.core.estate.catalogue import Connection
from bot.core.incidents.notices import PingSent, StillOnIt
from bot.core.outbox.letter import SentMessage
from bot.core.outbox.notice import Notice, PersonalNotice, What, read_notice
from bot.flows.views import IncidentView
from bot.slack import notice_words
from bot.slack.kit import SlackMessage, context, message, section
from bot.slack.notice_words import dated
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drills
from bot.slack.text import Writer

Facts = Mapping[str, Any]
_SAYS_SO = (PingSent, StillOnIt)


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
    when a newer one of its kind follows. Raises ValueError for what has no words for a person."""
    told = read_notice(what, facts)
    if (write := notice_words.personal.of(told)) is not None:
        return _for_whom(write(told, writer), told, writer)
    if view is not None and (write := notice_words.about_incident.of(told)) is not None:
        said = _for_whom(write(told, view, channel, writer), told, writer)
        return drills.marked(said, view)
    if view is not None and (write := notice_words.repeatable.of(told)) is not None:
        return drills.marked(write(told, view, channel, writer, again), view)
    if connection is not None and (write := notice_words.about_connection.of(told)) is not None:
        return _for_whom(write(told, connection, writer), told, writer)
    raise ValueError(f"{what} has no words for a person")


def redrawn(
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
    said = personal(letter.what, letter.facts, view, None, channel, writer, again=newer)
    return dated(said, letter, item.sent_at)


def _for_whom(said: SlackMessage, told: Notice | None, writer: Writer) -> SlackMessage:
    """With whom the reader stands in for, where the message does not say so itself."""
    if not isinstance(told, PersonalNotice) or not told.covers or isinstance(told, _SAYS_SO):
        return said
    whom = f"You read this for {writer.person(told.covers)}, whom you stand in for."
    return replace(said, blocks=(*said.blocks, context(whom)))


def in_channel(
    what: What, facts: Mapping[str, Any], view: IncidentView, writer: Writer
) -> SlackMessage:
    """A whole message or a line. Raises ValueError for what has no words there."""
    told = read_notice(what, facts)
    if (write := notice_words.post.of(told)) is not None:
        return drills.marked(write(told, view, writer), view)
    if (one_line := notice_words.line.of(told)) is None:
        raise ValueError(f"{what} has no words in a channel")
    head = writer.plain(f"{view.incident.key}: {what.replace('_', ' ')}")
    return drills.marked(message(head, [section(one_line(told, view, writer))]), view)
