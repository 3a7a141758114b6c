"""Which function writes the words of a notice: one registry, filled by the words of every wing.
What a function writes for is said by the type of its first parameter, and nowhere else.

What leaves late says from when it is; that Slack held it up only where Slack did.
"""

from collections.abc import Callable
from datetime import datetime
from inspect import signature
from typing import Any, Generic, TypeVar, get_args

from bot.core.outbox.letter import LATE, OutboxMessage
from bot.core.outbox.notice import Notice
from bot.slack.kit import SlackMessage, context, message
from bot.slack.text import time

F = TypeVar("F", bound=Callable[..., Any])


class Words(Generic[F]):
    """Writers by the type of what they write; used as a decorator."""

    def __init__(self) -> None:
        self._writers: dict[type[Notice], F] = {}

    def __call__(self, writes: F) -> F:
        told = next(iter(signature(writes).parameters.values())).annotation
        for kind in get_args(told) or (told,):
            assert kind not in self._writers, f"{kind.__name__} has two writers"
            self._writers[kind] = writes
        return writes

    def __contains__(self, kind: type[Notice]) -> bool:
        return kind in self._writers

    def of(self, told: Notice | None) -> F | None:
        return self._writers.get(type(told)) if told is not None else None


# (notice, view of the incident, writer): a line in the incident's channel, or a whole message there
line: Words[Callable[..., str]] = Words()
post: Words[Callable[..., Any]] = Words()
# To one person: (notice, view of the incident, its channel, writer, whether a newer one follows).
repeatable: Words[Callable[..., Any]] = Words()
# To one person: (notice, writer); (notice, view of the incident, its channel, writer), which is
# written again when the incident moves on; (notice, connection, writer); and (notice, the change,
# release or cover that it is about, writer).
personal: Words[Callable[..., Any]] = Words()
about_incident: Words[Callable[..., Any]] = Words()
about_connection: Words[Callable[..., Any]] = Words()
about_record: Words[Callable[..., Any]] = Words()


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
