"""Letters to parties outside, and how they are sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A plain mail. `message_id` is the same for every try of the same letter."""

    to: str
    subject: str
    body: str
    message_id: str


class NotMailed(Exception):
    """The mail was not accepted; `final` when trying again is of no use."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


Mailer = Callable[[Mail], Awaitable[None]]
