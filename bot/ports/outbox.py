"""What is waiting to be said, and what became of it."""

from datetime import datetime
from typing import Protocol

from bot.core.outbox.letter import OutboxMessage, SentMessage, WaitingPing
from bot.core.outbox.notice import Effect, What
from bot.ports.records import Receipt


class OutboxTx(Protocol):
    def queue(self, effect: Effect, now: datetime) -> None: ...
    def claim_letters(
        self, now: datetime, until: datetime, claimer: str, limit: int
    ) -> tuple[OutboxMessage, ...]:
        """Take the next letter of every free stream, most urgent first."""
        ...

    def claimers(self) -> frozenset[str]:
        """Who holds letters now."""
        ...

    def release_claims(self, claimer: str) -> int:
        """Free what a dead claimer held; those letters come back as `maybe_sent`."""
        ...

    def letter_sent(self, letter: int, now: datetime, channel: str, ts: str) -> None: ...
    def letter_postponed(
        self, letter: int, until: datetime, error: str, *, maybe_sent: bool = False
    ) -> None:
        """Put off by Slack or by our own pace. `maybe_sent`: it may have arrived all the same."""
        ...

    def stream_refused(self, stream: str, now: datetime) -> None:
        """Slack put off the letter at the head of this stream, and so all that wait behind it."""
        ...

    def letter_tripped(self, letter: int, until: datetime, error: str) -> None:
        """Put off because a try failed through us, which is counted; it may have arrived."""
        ...

    def letter_failed(
        self, letter: int, now: datetime, error: str, *, maybe_sent: bool = False
    ) -> None: ...
    def receipts(self, subject: str) -> tuple[Receipt, ...]:
        """Of the pings of one subject, oldest first."""
        ...

    def deliveries(self, subject: str) -> tuple[Receipt, ...]:
        """Of what was sent to outside parties, oldest first; `person` is the address."""
        ...

    def told(self, subject: str) -> frozenset[str]:
        """The people to whom anything of this subject was ever addressed."""
        ...

    def last_said(self, subject: str, to: str, what: What) -> str | None:
        """The state of the newest such letter: `waiting`, `claimed`, `sent` or `failed`; None when
        there never was one."""
        ...

    def first_said_at(self, subject: str, what: What) -> datetime | None:
        """When such a letter was first written, whatever became of it."""
        ...

    def letters_to_people(self, subject: str) -> tuple[OutboxMessage, ...]:
        """Those of a subject, whatever became of them, oldest first."""
        ...

    def letters_in_slack(self, subject: str) -> tuple[SentMessage, ...]:
        """The personal messages of a subject that were sent, oldest first."""
        ...

    def waiting_pings(self, before: datetime) -> tuple[WaitingPing, ...]:
        """Pings to people that are not out yet and were put off first (of which no jump of the
        clock makes more) or, if never tried, queued at or before then, oldest first."""
        ...

    def last_letter_at(self) -> datetime | None:
        """When the last one was sent."""
        ...

    def to_be_shown(self, subject: str) -> bool:
        """Whether it was asked for since it was last begun to be shown."""
        ...

    def waiting_letters(self, by: datetime) -> int:
        """How many are to have left by then, or were tried before; not those that rest longer."""
        ...
