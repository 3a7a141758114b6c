"""One line for each thing that happens, in the incident's channel.

Some are said to people too; those have public names here and are used by `letters`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.outbox.notice import What
from bot.core.outbox.typed import read_notice
from bot.flows.views import IncidentView
from bot.slack import notice_words
from bot.slack.kit import SlackMessage, message, section
from bot.slack.outbox import all_words  # noqa: F401 - enters them
from bot.slack.runbooks import drill_words, failed_record_posts, gate_words, hold_words
from bot.slack.text import Writer
from bot.slack.triage import lesson_words

Facts = Mapping[str, Any]


def in_channel(what: What, facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    """One line in the incident's channel; the last one brings the whole timeline."""
    return drill_words.marked(_line(what, facts, view, writer), view)


def _line(what: What, facts: Facts, view: IncidentView, writer: Writer) -> SlackMessage:
    told = read_notice(what, facts)
    if (write := notice_words.post.of(told)) is not None:
        post: SlackMessage = write(told, view, writer)
        return post
    one_line = notice_words.line.of(told)
    text = one_line(told, view, writer) if one_line else LINES[what](facts, view, writer)
    return message(writer.plain(f"{view.incident.key}: {what.replace('_', ' ')}"), [section(text)])


LINES: Mapping[What, Callable[[Facts, IncidentView, Writer], str]] = {
    **hold_words.CHANNEL_LINES,
    **lesson_words.CHANNEL_LINES,
    **gate_words.CHANNEL_LINES,
    **failed_record_posts.CHANNEL_LINES,
    **drill_words.CHANNEL_LINES,
}
