"""What is said once in an incident's channel."""

from collections.abc import Mapping
from typing import Any

from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.views import IncidentView
from bot.slack import notice_words
from bot.slack.kit import SlackMessage, message, section
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drill_words
from bot.slack.text import Writer


def in_channel(
    what: What, facts: Mapping[str, Any], view: IncidentView, writer: Writer
) -> SlackMessage:
    """A whole message or a line. Raises ValueError for what has no words there."""
    told = read_notice(what, facts)
    if (write := notice_words.post.of(told)) is not None:
        return drill_words.marked(write(told, view, writer), view)
    if (one_line := notice_words.line.of(told)) is None:
        raise ValueError(f"{what} has no words in a channel")
    head = writer.plain(f"{view.incident.key}: {what.replace('_', ' ')}")
    return drill_words.marked(message(head, [section(one_line(told, view, writer))]), view)
