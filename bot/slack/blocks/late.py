"""What was held up by Slack says so: it is no news, it is from then."""

from datetime import datetime

from bot.core.outbox import LATE
from bot.slack.blocks.parts import Message, context, message
from bot.slack.text import time


def dated(said: Message, *, said_at: datetime, sent_at: datetime) -> Message:
    """The message with the time it is from, when it left much later than it was said."""
    if sent_at - said_at < LATE:
        return said
    note = context(f"🕒 _From {time(said_at)}, sent late because Slack did not take it then._")
    return message(f"From {time(said_at)}, sent late: {said.text}", [note, *said.blocks])
