"""Pauses as people read them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.core.monitoring.pause import Pause
from bot.core.outbox.notice import What
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.text import Writer, escape, time

Facts = Mapping[str, Any]


def _paused(facts: Facts, writer: Writer) -> SlackMessage:
    until = time(datetime.fromisoformat(facts["until"]))
    text = (
        f"⏸ *{escape(facts['name'])} is paused until {until}.* {writer.person(facts['by'])}:"
        f" {escape(facts['why'])}. It is still watched, but opens no incident."
    )
    return message(writer.plain(f"{facts['name']} is paused"), [section(text)])


def _ended(facts: Facts, writer: Writer) -> SlackMessage:
    how = f"{writer.person(facts['by'])} ended it" if facts.get("by") else "its time is over"
    then = "It fails, so an incident opens now." if facts.get("failing") else "It does not fail."
    text = f"▶️ *The pause of {escape(facts['name'])} has ended:* {how}. {then}"
    return message(writer.plain(f"The pause of {facts['name']} has ended"), [section(text)])


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.PAUSED: _paused,
    What.PAUSE_ENDED: _ended,
}


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
