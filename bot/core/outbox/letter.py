"""Letters: effects that wait to be heard, and the order in which they may go.

Letters of one stream leave one after the other; different streams do not wait for each other.
A person's messages are one stream, what is said in an incident's channel is another, what is shown
there a third and its decorations (topic, bookmark, pin) a fourth, so that what can wait never holds
up a ping.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.core.outbox.address import (
    CHANNEL,
    Address,
    Decorations,
    ToPerson,
    ToPersonElsewhere,
    read_subject,
)
from bot.core.outbox.notice import Effect, Notice, Say, Show, What, read_notice

LATE = timedelta(minutes=2)  # a ping that waits longer goes by another way, and letters say so
LONGEST_REST = timedelta(hours=1)  # that anybody gives a letter, Slack itself included
DECORATIONS_REST = timedelta(seconds=3)
MACHINE_RESTS = timedelta(seconds=1)  # what checks, deadlines and receipts change on a card
OTHERS_REST = timedelta(seconds=30)  # what one incident says of others, and of the estate
FIGURES_REST = timedelta(minutes=2)  # how many wait and when it last ran: they change all the time
_URGENT = frozenset({What.PING, What.NOBODY, What.UNDELIVERED, What.AWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """One row of the outbox. `maybe_sent` means that an earlier try may have reached Slack
    without our learning of it: look before sending again. `failures` are the tries that failed
    through us; `attempts` counts all, those that Slack put off included. `refused_at` is when Slack
    first put off this letter, or the one before it in its stream. What is shown has no `to`."""

    id: int
    kind: Literal["show", "say"]
    stream: str
    subject: str
    to: Address | None = None
    what: What | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime
    attempts: int = 0
    failures: int = 0
    maybe_sent: bool = False
    refused_at: datetime | None = None

    @property
    def person(self) -> str:
        """Whom it is for, in Slack or by another way; empty where it is for nobody in person."""
        return self.to.person if isinstance(self.to, ToPerson | ToPersonElsewhere) else ""

    @property
    def notice(self) -> Notice | None:
        """What it says; None for a show, and for a row that no version of ours wrote: what gives
        that one up must not fail by it in turn."""
        try:
            return read_notice(self.what, self.facts) if self.what else None
        except (TypeError, ValueError):
            return None

    def held_up(self, sent_at: datetime) -> bool:
        """Whether it is Slack that kept it for so long."""
        return self.refused_at is not None and sent_at - self.refused_at >= LATE

    @property
    def urgent(self) -> bool:
        """Whether a person has to act on it now."""
        return self.what in _URGENT and isinstance(self.to, ToPerson)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPing:
    """A ping that does not stand in Slack. `error` is why, and `until` when the next try is: of its
    own, or of the letter ahead of it that it waits for."""

    letter: OutboxMessage
    error: str = ""
    until: datetime

    @property
    def put_off(self) -> bool:
        """Whether Slack itself said "later"."""
        return self.error in ("ratelimited", "rate_limited")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A letter that stands in Slack, and where."""

    letter: OutboxMessage
    channel: str
    ts: str
    sent_at: datetime


DATA_QUESTIONS = frozenset({What.CONFIRM_DATA, What.DATA_AFTER_END})
_SAID_ANEW = frozenset({What.PING, What.RELAPSED, *DATA_QUESTIONS})


def asked_again(sent: Iterable[SentMessage]) -> frozenset[int]:
    """Of letters about one subject, oldest first: the pings, the questions about the data, and what
    tells that it fails again, after which the same person got another one of these."""
    # Only these carry buttons that would act on what was asked anew since.
    found = [item.letter for item in sent if item.letter.what in _SAID_ANEW]
    newest = {(letter.to, _kind(letter)): letter.id for letter in found}
    return frozenset(one.id for one in found if newest[one.to, _kind(one)] != one.id)


def _kind(letter: OutboxMessage) -> What | None:
    return What.CONFIRM_DATA if letter.what in DATA_QUESTIONS else letter.what


def stream_of(effect: Effect) -> str:
    """Which letters go one after the other. What is shown has a stream of its own: bringing ten
    messages up to date must not hold up the next word in the channel. So have a person's pings,
    which no notice may delay."""
    if isinstance(effect, Show):
        return f"show:{effect.subject}"
    if effect.to == CHANNEL:
        return effect.subject
    return f"{effect.to}!" if urgent(effect) else str(effect.to)


def urgent(effect: Effect) -> bool:
    """Whether a person has to act on it now."""
    return isinstance(effect, Say) and effect.what in _URGENT and isinstance(effect.to, ToPerson)


def priority_of(effect: Effect, *, behind: bool = False) -> int:
    """Lower goes first: the first ping of every person, then further ones (`behind` another in
    the same stream), other personal messages, what is shown, channels, decorations."""
    if urgent(effect):
        return 1 if behind else 0
    if isinstance(effect, Say):
        # That nobody was reached is said in a channel, and is as pressing as a word to a person.
        return 2 if isinstance(effect.to, ToPerson) or effect.what in _URGENT else 4
    return 9 if isinstance(read_subject(effect.subject), Decorations) else 3


def not_before(effect: Effect, now: datetime) -> datetime:
    """When it may leave at the earliest."""
    return now + effect.rest if isinstance(effect, Show) else now


def decorations(subject: str) -> Show:
    """What may come later for a subject's channel: topic, bookmark, pin. It rests a little: every
    change of a topic is a line in the channel, and several in a row should be one."""
    return Show(subject=str(Decorations(subject)), rest=DECORATIONS_REST)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed tries: 1 s, 2 s, 4 s … 5 min."""
    # Bounded before the power: a letter may have been tried for days.
    doublings = min(max(0, attempts - 1), 9)
    return min(timedelta(seconds=2**doublings), timedelta(minutes=5))
