"""Pauses as people read them."""

from collections.abc import Sequence

from bot.core.monitoring.pause import Pause
from bot.core.monitoring.watch_notices import Paused, PauseEnded
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.notice_words import personal
from bot.slack.text import Writer, escape, time


@personal
def paused(told: Paused, writer: Writer) -> SlackMessage:
    text = (
        f"⏸ *{escape(told.name)} is paused until {time(told.until)}.* {writer.person(told.by)}:"
        f" {escape(told.why)}. It is still watched, but opens no incident."
    )
    return message(writer.plain(f"{told.name} is paused"), [section(text)])


@personal
def ended(told: PauseEnded, writer: Writer) -> SlackMessage:
    how = f"{writer.person(told.by)} ended it" if told.by else "its time is over"
    then = "It fails, so an incident opens now." if told.failing else "It does not fail."
    text = f"▶️ *The pause of {escape(told.name)} has ended:* {how}. {then}"
    return message(writer.plain(f"The pause of {told.name} has ended"), [section(text)])


def listing(pauses: Sequence[Pause], writer: Writer) -> SlackMessage:
    """What is paused, by whom, why and until when."""
    known = writer.catalogue.connections
    rows = [
        f"⏸ *{escape(known[one.connection].name if one.connection in known else one.connection)}*"
        f" until {time(one.until)}: {escape(one.why)} ({writer.name(one.by)})"
        for one in pauses
    ]
    return message(
        "What is paused",
        [
            lines(*(rows or ["Nothing is paused."])),
            context("`/conn pause <connection> 2h <why>` · `/conn resume <connection>`"),
        ],
    )
