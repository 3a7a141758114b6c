"""The outbox: effects stored with the state they announce, claimed and crossed off one by one; and
what the bot told people of itself."""

import json
from datetime import datetime
from typing import Any

from bot.core.incidents.self_check import KnownFault
from bot.core.outbox.address import Address, ToParty, ToPerson, ToPersonElsewhere, read_address
from bot.core.outbox.letter import (
    OutboxMessage,
    SentMessage,
    WaitingPing,
    not_before,
    priority_of,
    stream_of,
)
from bot.core.outbox.notice import Effect, Say, Show, What
from bot.core.outbox.received import EvidenceReceipt, Receipt
from bot.store.codec import moment, moment_if_any, stamp
from bot.store.table import Rows, Table

_FAULTS = Table("ailments", KnownFault, ("key",), key=lambda known: known.ailment.key)
_STATES = {"sent": "delivered", "failed": "failed"}  # of receipts; any other letter still waits

# The oldest unfinished letter of each stream, when nobody holds it and its time has come.
# The heads of the streams are read from the index of open letters alone, in one pass. Of what is
# shown, whatever has been due for longest goes first: one that is put off lets the others by.
_NEXT = """
with heads as (select min(id) as id from outbox
               where state in ('waiting', 'claimed') group by stream)
select o.* from heads cross join outbox as o where o.id = heads.id
   and (o.state = 'waiting' and o.not_before <= ? or o.state = 'claimed' and o.claimed_until <= ?)
order by o.priority, case o.kind when 'show' then o.not_before else '' end, o.id limit ?
"""


class OutboxRows(Rows):
    def queue(self, effect: Effect, now: datetime) -> None:
        say = isinstance(effect, Say)
        stream = stream_of(effect)
        self.change(
            "insert into outbox (kind, stream, subject, recipient, what, facts, priority,"
            " created_at, state, not_before, attempts, maybe_sent)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0) on conflict do nothing",
            "say" if say else "show",
            stream,
            effect.subject,
            str(effect.to) if isinstance(effect, Say) else "",
            effect.what if isinstance(effect, Say) else None,
            json.dumps(dict(effect.facts) if isinstance(effect, Say) else {}),
            # A second ping of one person must not overtake the first ping of another.
            priority_of(effect, behind=say and self._busy(stream)),
            stamp(now),
            stamp(not_before(effect, now)),
        )
        if not say:
            # One that still rests, or that our own pace put off, goes as early as the newest of its
            # kind wants: what is urgent of it need not wait for what is not.
            self.change(
                "update outbox set not_before = ? where not_before > ? and subject = ?"
                " and kind = 'show' and state = 'waiting' and maybe_sent = 0"
                " and (attempts = 0 or error = 'paced')",
                *(stamp(not_before(effect, now)),) * 2,
                effect.subject,
            )

    def _busy(self, stream: str) -> bool:
        """Whether something waits in this stream already."""
        waits = "select 1 from outbox where stream = ? and state in ('waiting', 'claimed') limit 1"
        return bool(self.all(waits, stream))

    def to_be_shown(self, subject: str) -> bool:
        """Whether it was asked for since it was last begun to be shown."""
        waits = "select 1 from outbox where stream = ? and state = 'waiting' limit 1"
        return bool(self.all(waits, stream_of(Show(subject=subject))))

    def claim_letters(
        self, now: datetime, until: datetime, process_id: str, limit: int
    ) -> tuple[OutboxMessage, ...]:
        """Take the next letter of every free stream, most urgent first."""
        rows = self.all(_NEXT, stamp(now), stamp(now), limit)
        for row in rows:
            # A claim that ran out may have been sent by whoever held it.
            row["maybe_sent"] = int(row["maybe_sent"] or row["state"] == "claimed")
            self.change(
                "update outbox set state = 'claimed', claimer = ?, claimed_until = ?,"
                " attempts = attempts + 1, maybe_sent = ? where id = ?",
                process_id,
                stamp(until),
                row["maybe_sent"],
                row["id"],
            )
        return tuple(_letter(row) for row in rows)

    def claiming_processes(self) -> frozenset[str]:
        """Who holds letters now."""
        return frozenset(self.texts("select distinct claimer from outbox where state = 'claimed'"))

    def release_claims(self, process_id: str) -> int:
        """Free what a dead process held; those letters come back as `maybe_sent`."""
        return self.change(
            "update outbox set state = 'waiting', maybe_sent = 1"
            " where state = 'claimed' and claimer = ?",
            process_id,
        )

    def letter_sent(self, letter: int, now: datetime, channel: str, ts: str) -> None:
        self.change(
            "update outbox set state = 'sent', done_at = ?, channel = ?, ts = ?, error = null"
            " where id = ?",
            stamp(now),
            channel,
            ts,
            letter,
        )

    def letter_postponed(
        self, letter: int, until: datetime, error: str, *, maybe_sent: bool = False
    ) -> None:
        """Put off by Slack or by our own pace. `maybe_sent`: it may have arrived all the same."""
        # A letter that was crossed off meanwhile, its claim having run out, stays crossed off.
        self.change(
            "update outbox set state = 'waiting', not_before = ?, error = ?,"
            " maybe_sent = case when ? = 1 then 1 else maybe_sent end"
            # Else a try that answers late would bring back a letter that another one has sent.
            " where id = ? and state = 'claimed'",
            stamp(until),
            error,
            int(maybe_sent),
            letter,
        )

    def stream_refused(self, stream: str, now: datetime) -> None:
        """Slack put off the letter at the head of this stream, and so all that wait behind it."""
        self.change(
            "update outbox set refused_at = ? where stream = ? and refused_at is null"
            " and state in ('waiting', 'claimed')",
            stamp(now),
            stream,
        )

    def letter_tripped(self, letter: int, until: datetime, error: str) -> None:
        """Put off because a try failed through us, which is counted; it may have arrived."""
        self.letter_postponed(letter, until, error, maybe_sent=True)
        self.change("update outbox set failures = failures + 1 where id = ?", letter)

    def letter_failed(
        self, letter: int, now: datetime, error: str, *, maybe_sent: bool = False
    ) -> None:
        self.change(
            "update outbox set state = 'failed', done_at = ?, error = ?, maybe_sent = ?"
            " where id = ? and state = 'claimed'",
            stamp(now),
            error,
            int(maybe_sent),
            letter,
        )

    def receipts(self, subject: str) -> tuple[Receipt, ...]:
        """Of the pings of one subject, oldest first."""
        rows = self.all(
            "select recipient, state, error, created_at, done_at, maybe_sent, facts from outbox"
            " where subject = ? and what = ? order by id",
            subject,
            What.PING,
        )
        return tuple(_receipt(row) for row in rows)

    def deliveries(self, subject: str) -> tuple[EvidenceReceipt, ...]:
        """Of what was sent to outside parties, oldest first."""
        rows = self.all(
            "select recipient, state, error, created_at, done_at from outbox"
            " where subject = ? and recipient like 'party%' order by id",
            subject,
        )
        return tuple(_evidence(row) for row in rows)

    def told(self, subject: str) -> frozenset[str]:
        """The people to whom anything of this subject was ever addressed."""
        told = self.texts(
            "select distinct recipient from outbox where subject = ? and recipient like 'person:%'",
            subject,
        )
        return frozenset(_person(one) for one in told)

    def last_said(self, subject: str, to: Address, what: What) -> str | None:
        """The state of the newest such letter: `waiting`, `claimed`, `sent` or `failed`; None when
        there never was one."""
        return self.text(
            "select state from outbox where subject = ? and recipient = ? and what = ?"
            " order by id desc limit 1",
            subject,
            str(to),
            what,
        )

    def first_said_at(self, subject: str, what: What) -> datetime | None:
        """When such a letter was first written, whatever became of it."""
        first = "select min(created_at) from outbox where subject = ? and what = ?"
        return moment_if_any(self.text(first, subject, what))

    def letters_of(self, subject: str, what: What) -> tuple[OutboxMessage, ...]:
        """Those of a kind about a subject, whatever became of them, oldest first."""
        kind = "select * from outbox where subject = ? and what = ? order by id"
        return tuple(_letter(row) for row in self.all(kind, subject, what))

    def letters_to_people(self, subject: str) -> tuple[OutboxMessage, ...]:
        """Those of a subject, whatever became of them, oldest first."""
        rows = self.all(
            "select * from outbox where subject = ? and kind = 'say'"
            " and recipient like 'person:%' order by id",
            subject,
        )
        return tuple(_letter(row) for row in rows)

    def letters_in_slack(self, subject: str) -> tuple[SentMessage, ...]:
        """The personal messages of a subject that were sent, oldest first."""
        rows = self.all(
            "select * from outbox where subject = ? and kind = 'say' and state = 'sent'"
            " and recipient like 'person:%' and ts <> '' order by id",
            subject,
        )
        return tuple(
            SentMessage(
                letter=_letter(row),
                channel=row["channel"],
                ts=row["ts"],
                sent_at=moment(row["done_at"]),
            )
            for row in rows
        )

    def waiting_pings(self, before: datetime) -> tuple[WaitingPing, ...]:
        """Pings to people that are not out yet and were put off first (of which no jump of the
        clock makes more) or, if never tried, queued at or before then, oldest first."""
        rows = self.all(
            "with heads as (select stream, min(id) as id from outbox"
            " where state in ('waiting', 'claimed') group by stream)"
            " select o.*, coalesce(nullif(o.error, ''), head.error, '') as why,"
            " case when o.not_before > head.not_before then o.not_before else head.not_before end"
            " as next_try"
            " from outbox as o join heads on heads.stream = o.stream"
            " join outbox as head on head.id = heads.id"
            " where o.state in ('waiting', 'claimed') and o.what = ?"
            " and o.recipient like 'person:%' and coalesce(o.refused_at, o.created_at) <= ?"
            " order by o.id",
            What.PING,
            stamp(before),
        )
        return tuple(
            WaitingPing(letter=_letter(row), error=row["why"], until=moment(row["next_try"]))
            for row in rows
        )

    def last_letter_at(self) -> datetime | None:
        """When the last one was sent."""
        return moment_if_any(self.text("select max(done_at) from outbox where state = 'sent'"))

    def waiting_letters(self, by: datetime) -> int:
        """How many are to have left by then, or were tried before; not those that rest longer."""
        [row] = self.all(
            "select count(*) as n from outbox where state in ('waiting', 'claimed')"
            " and (attempts > 0 or not_before <= ?)",
            stamp(by),
        )
        return int(row["n"])

    def faults(self) -> tuple[KnownFault, ...]:
        return _FAULTS.where(self)

    def save_fault(self, known: KnownFault) -> None:
        _FAULTS.save(self, known)

    def drop_fault(self, key: str) -> None:
        _FAULTS.drop(self, key)

    def waiting_since(self, before: datetime) -> tuple[int, datetime] | None:
        """How many messages, displays left out, wait since then or longer, and since when the
        oldest does; None when none does."""
        row = self.one(
            "select count(*) as n, min(created_at) as oldest from outbox"
            " where state in ('waiting', 'claimed') and created_at <= ? and kind = 'say'",
            stamp(before),
        )
        return (int(row["n"]), moment(row["oldest"])) if row and row["n"] else None


def _person(recipient: str) -> str:
    to = read_address(recipient)
    assert isinstance(to, ToPerson | ToPersonElsewhere)
    return to.person


def _evidence(row: dict[str, Any]) -> EvidenceReceipt:
    to = read_address(row["recipient"])
    assert isinstance(to, ToParty)
    return EvidenceReceipt(
        to=to,
        state=_STATES.get(row["state"], "waiting"),
        at=moment(row["done_at"] or row["created_at"]),
        error=row["error"] or "",
    )


def _receipt(row: dict[str, Any]) -> Receipt:
    facts = json.loads(row.get("facts", "{}"))
    return Receipt(
        person=_person(row["recipient"]),
        elsewhere=isinstance(read_address(row["recipient"]), ToPersonElsewhere),
        state=_STATES.get(row["state"], "waiting"),
        perhaps=bool(row["maybe_sent"]) and row["state"] != "sent",
        at=moment(row["done_at"] or row["created_at"]),
        error=row["error"] or "",
        of=tuple(facts.get("of") or ()),
        first=bool(facts.get("first")),
        covers=facts.get("covers") or "",
    )


def _letter(row: dict[str, Any]) -> OutboxMessage:
    return OutboxMessage(
        id=row["id"],
        kind=row["kind"],
        stream=row["stream"],
        subject=row["subject"],
        to=read_address(row["recipient"]) if row["recipient"] else None,
        what=What(row["what"]) if row["what"] else None,
        facts=json.loads(row["facts"]),
        created_at=moment(row["created_at"]),
        attempts=row["attempts"] + 1,
        failures=row["failures"],
        maybe_sent=bool(row["maybe_sent"]),
        refused_at=moment_if_any(row["refused_at"]),
    )
