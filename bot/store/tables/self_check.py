"""What the auditor told people of, and what the outbox has kept for too long."""

from datetime import datetime

from bot.core.incidents.self_check import KnownAilment
from bot.store.codec import Rows, moment, pack, stamp, unpack


class AuditorRows(Rows):
    def ailments(self) -> tuple[KnownAilment, ...]:
        rows = self.all("select body from ailments order by key")
        return tuple(unpack(KnownAilment, row["body"]) for row in rows)

    def save_ailment(self, known: KnownAilment) -> None:
        self.put("ailments", {"key": known.ailment.key, "body": pack(known)})

    def drop_ailment(self, key: str) -> None:
        self.change("delete from ailments where key = ?", key)

    def waiting_since(self, before: datetime) -> tuple[int, datetime] | None:
        """How many messages, displays left out, wait since then or longer, and since when the
        oldest does; None when none does."""
        row = self.one(
            "select count(*) as n, min(created_at) as oldest from outbox"
            " where state in ('waiting', 'claimed') and created_at <= ? and kind = 'say'",
            stamp(before),
        )
        return (int(row["n"]), moment(row["oldest"])) if row and row["n"] else None
