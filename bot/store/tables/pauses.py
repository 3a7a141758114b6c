"""Pauses, as they were entered and as they ended."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.monitoring.pause import Pause
from bot.store.codec import Rows, pack, stamp, unpack


class PauseRows(Rows):
    def add_pause(self, pause: Pause) -> Pause:
        """Store a new pause; its id is ignored and the stored one returned."""
        number = self.add("pauses", _row(pause))
        stored = replace(pause, id=number)
        self.save_pause(stored)
        return stored

    def save_pause(self, pause: Pause) -> None:
        self.save("pauses", pause.id, _row(pause))

    def pause_of(self, connection: str) -> Pause | None:
        """The one that has not ended, also when its time has come."""
        row = self.one(
            "select body from pauses where connection = ? and ended_at is null", connection
        )
        return unpack(Pause, row["body"]) if row else None

    def pauses(self) -> tuple[Pause, ...]:
        """Those not ended, the one that ends next first."""
        rows = self.all("select body from pauses where ended_at is null order by until, id")
        return tuple(unpack(Pause, row["body"]) for row in rows)

    def pauses_of(self, connection: str, since: datetime) -> tuple[Pause, ...]:
        """Of a connection, ended or not, that ended after `since`; oldest first."""
        rows = self.all(
            "select body from pauses where connection = ? and (ended_at is null or ended_at > ?)"
            " order by id",
            connection,
            stamp(since),
        )
        return tuple(unpack(Pause, row["body"]) for row in rows)


def _row(pause: Pause) -> dict[str, Any]:
    return {
        "connection": pause.connection,
        "until": stamp(pause.until),
        "ended_at": stamp(pause.ended_at) if pause.ended_at else None,
        "body": pack(pause),
    }
