"""Moments that cannot be: what is on record as past, and lies ahead because the clock was wrong."""

from datetime import datetime, timedelta

from bot.core.incident import Incident
from bot.store.rows import Rows, moment, stamp, unpack

_CLAIM = timedelta(minutes=1)  # at the longest


class ClockRows(Rows):
    def letters_to_now(self, now: datetime) -> int:
        self.change(
            "update outbox set claimed_until = min(claimed_until, ?) where state = 'claimed'",
            stamp(now + _CLAIM),
        )
        latest = stamp(now)
        return self.change(
            "update outbox set created_at = min(created_at, ?), not_before = min(not_before, ?)"
            " where state in ('waiting', 'claimed') and (created_at > ? or not_before > ?)",
            *(latest, latest, latest, latest),
        )

    def refusals_moved(self, by: timedelta) -> None:
        waiting = self.all(
            "select id, refused_at from outbox where state in ('waiting', 'claimed')"
            " and refused_at is not null"
        )
        for row in waiting:
            moved = stamp(moment(row["refused_at"]) + by)
            self.change("update outbox set refused_at = ? where id = ?", moved, row["id"])

    def timelines_to_now(self, now: datetime) -> dict[int, datetime]:
        rows = self.all(
            "select incident, max(at) as at from timeline where at > ? group by incident",
            stamp(now),
        )
        self.change("update timeline set at = ? where at > ?", stamp(now), stamp(now))
        return {row["incident"]: moment(row["at"]) for row in rows}

    def hasten_check(self, key: str, latest: datetime, now: datetime) -> bool:
        sql = "update check_health set next_check_at = ? where key = ? and next_check_at > ?"
        return bool(self.change(sql, stamp(now), key, stamp(latest)))

    def incidents_due_after(self, moment: datetime) -> tuple[Incident, ...]:
        rows = self.all("select body from incidents where due_at > ?", stamp(moment))
        return tuple(unpack(Incident, row["body"]) for row in rows)
