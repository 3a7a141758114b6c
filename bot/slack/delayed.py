"""What leaves late says from when it is; that Slack held it up only where Slack did."""

from datetime import datetime

from bot.core.outbox.letter import LATE, OutboxMessage
from bot.slack.kit import SlackMessage, context, message
from bot.slack.text import time


def dated(said: SlackMessage, letter: OutboxMessage, sent_at: datetime) -> SlackMessage:
    """The message with the time it is from, when it left much later than it was said. The clock of
    the machine may have jumped in between, or the bot stood still: then no cause is named."""
    if sent_at - letter.created_at < LATE:
        return said
    then = f"From {time(letter.created_at)}"
    if not letter.held_up(sent_at):
        return message(f"{then}: {said.text}", [context(f"🕒 _{then}._"), *said.blocks])
    note = context(f"🕒 _{then}, sent late because Slack did not take it then._")
    return message(f"{then}, sent late: {said.text}", [note, *said.blocks])
