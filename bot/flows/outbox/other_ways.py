"""Ways out other than Slack: mails to parties outside, and pings that Slack does not take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.estate.catalogue import Person
from bot.language.secret import Secret


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Plain text for one person; `ways` are addresses of services and hold secrets."""

    ways: tuple[Secret, ...]
    title: str
    body: str


class NotPaged(Exception):
    """No way took it; `final` when trying again is of no use. The message holds no secret."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


Mailer = Callable[[Mail], Awaitable[None]]
Pager = Callable[[Person, str, str], Awaitable[None]]
"""Sends title and body to a person. Raises NotPaged unless at least one way took it."""
