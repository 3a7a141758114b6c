"""Letters: effects that wait to be heard, and the order in which they may go.

Letters of one stream leave one after the other; different streams do not wait for each other.
A person's messages are one stream, what is said in an incident's channel is another, what is shown
there a third and its furniture (topic, bookmark, pin) a fourth, so that what can wait never holds
up a ping.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.core.effects import Effect, Say, Show, What

FURNITURE_RESTS = timedelta(seconds=3)
MACHINE_RESTS = timedelta(seconds=1)  # what checks, deadlines and receipts change on a card
_URGENT = frozenset({What.PING, What.NOBODY, What.UNDELIVERED, What.AWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One row of the outbox. `maybe_sent` means that an earlier try may have reached Slack
    without our learning of it: look before sending again."""

    id: int
    kind: Literal["show", "say"]
    stream: str
    subject: str
    to: str = ""
    what: What | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime
    attempts: int = 0
    maybe_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """A letter that stands in Slack, and where."""

    letter: Letter
    channel: str
    ts: str


def stream_of(effect: Effect) -> str:
    """Which letters go one after the other. What is shown has a stream of its own: bringing ten
    messages up to date must not hold up the next word in the channel."""
    if isinstance(effect, Show):
        return f"show:{effect.subject}"
    return effect.subject if effect.to == "channel" else effect.to


def priority_of(effect: Effect) -> int:
    """Lower goes first: pings, other personal messages, channels, furniture."""
    if isinstance(effect, Say):
        return 0 if effect.what in _URGENT else 1 if effect.to.startswith("person:") else 3
    return 9 if effect.subject.startswith("furniture:") else 2


def not_before(effect: Effect, now: datetime) -> datetime:
    """When it may leave at the earliest."""
    return now + effect.rest if isinstance(effect, Show) else now


def furniture(subject: str) -> Show:
    """What may come later for a subject's channel: topic, bookmark, pin. It rests a little: every
    change of a topic is a line in the channel, and several in a row should be one."""
    return Show(subject=f"furniture:{subject}", rest=FURNITURE_RESTS)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed tries: 1 s, 2 s, 4 s … 5 min."""
    doublings = min(max(0, attempts - 1), 9)
    return min(timedelta(seconds=2**doublings), timedelta(minutes=5))
