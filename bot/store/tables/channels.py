"""When an incident's channel is looked at, announced and archived, and how it is forgotten."""

from datetime import datetime
from typing import Any

from bot.core.incidents.channel import ChannelRecord
from bot.store.codec import Rows, moment, stamp

_FIXED = ("topic", "pin", "bookmark", "invited", "left out", "invitations tried", "lodging")


class RoomRows(Rows):
    def room(self, subject: str) -> ChannelRecord | None:
        row = self.one("select * from channels where subject = ?", subject)
        return _room(row) if row else None

    def save_room(self, room: ChannelRecord) -> None:
        """Its times; the channel itself is `save_channel`'s business."""
        self.change(
            "update channels set tidy_at = ?, announced_at = ?, archived_at = ? where subject = ?",
            _stamp(room.tidy_at),
            _stamp(room.announced_at),
            _stamp(room.archived_at),
            room.subject,
        )

    def rooms_to_tidy(self, now: datetime) -> tuple[ChannelRecord, ...]:
        """Of incidents that are over: those without a time to look, and those whose time has
        come. Archived ones are left out."""
        rows = self.all(
            "select channels.* from channels join incidents"
            " on channels.subject = 'incident:' || incidents.id"
            " where incidents.live = 0 and channels.channel is not null"
            " and channels.archived_at is null"
            " and (channels.tidy_at is null or channels.tidy_at <= ?)",
            stamp(now),
        )
        return tuple(_room(row) for row in rows)

    def forget_channel(self, subject: str) -> None:
        """The channel is lost: what stood in it and what was fixed to it is made anew elsewhere."""
        self.change(
            "delete from posts where subject = ? and channel ="
            " (select channel from channels where subject = ?)",
            subject,
            subject,
        )
        for name in _FIXED:
            self.change("delete from fixtures where subject = ? and name = ?", subject, name)
        self.change(
            "update channels set channel = null, tidy_at = null, announced_at = null,"
            " archived_at = null where subject = ?",
            subject,
        )


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _room(row: dict[str, Any]) -> ChannelRecord:
    times = {
        name: moment(row[name]) if row[name] else None
        for name in ("tidy_at", "announced_at", "archived_at")
    }
    return ChannelRecord(subject=row["subject"], channel=row["channel"], **times)
