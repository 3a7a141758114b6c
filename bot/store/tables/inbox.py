"""The inbox: what people did, until it is answered; then its key alone, against redeliveries."""

import json
from datetime import datetime

from bot.core.outbox.received import Delivery
from bot.store.codec import moment, stamp
from bot.store.dialect import changes
from bot.store.table import Rows


class InboxRows(Rows):
    def receive(self, delivery: Delivery, server: str) -> bool:
        """Keep it for the process `server`; False when it was received before."""
        added = self.change(
            "insert into inbox (key, work, body, at, server, acted, answered, number)"
            " values (?, ?, ?, ?, ?, 0, 0, (select coalesce(max(number), 0) + 1 from inbox))"
            " on conflict do nothing",
            delivery.key,
            delivery.work,
            json.dumps(dict(delivery.body)),
            stamp(delivery.at),
            server,
        )
        return added == 1

    def delivery_acted(self, key: str, now: datetime) -> None:
        """Its effect is part of this transaction. One that was never received is remembered."""
        self.change(
            "insert into inbox (key, work, body, at, server, acted, answered)"
            " values (?, '', '', ?, '', 1, 1) on conflict (key) do update set acted = 1",
            key,
            stamp(now),
        )

    def has_acted(self, key: str) -> bool:
        return self.one("select 1 from inbox where key = ? and acted = 1", key) is not None

    def delivery_answered(self, key: str) -> None:
        """Nothing is left to do; what it said is forgotten, its key is not."""
        self.change("update inbox set answered = 1, body = '' where key = ?", key)

    def serving(self) -> frozenset[str]:
        """The processes that hold deliveries nobody has answered."""
        return frozenset(self.texts("select distinct server from inbox where answered = 0"))

    def unanswered(self, server: str) -> tuple[Delivery, ...]:
        """What this process was given and did not finish, oldest first."""
        rows = self.all(
            "select * from inbox where answered = 0 and server = ? order by at, number", server
        )
        return tuple(
            Delivery(
                key=row["key"],
                work=row["work"],
                body=json.loads(row["body"]),
                at=moment(row["at"]),
                acted=bool(row["acted"]),
            )
            for row in rows
        )

    def changes(self) -> int:
        """How many rows were changed so far; the difference tells whether a flow changed any."""
        return changes(self.db.conn)

    def drop_deliveries(self, before: datetime, limit: int) -> int:
        """Forget those received before then; returns how many."""
        return self.change(
            "delete from inbox where key in (select key from inbox where at < ? limit ?)",
            stamp(before),
            limit,
        )
