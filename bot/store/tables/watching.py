"""Hourly counts, tallies, openings held back, our own line and what was done about credentials.

Hours are the only rows that grow with time, and `drop_hours` bounds them.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.core.governance.credential_expiry import CredentialWatch
from bot.core.monitoring.counting import HourCount
from bot.core.monitoring.own_network import NetworkState
from bot.core.monitoring.profile import Hour
from bot.store.codec import Rows, moment, pack, stamp, unpack

_LINE = "line"


class WatchRows(Rows):
    def tally(self, check: str) -> HourCount | None:
        row = self.one('select body from volume_tallies where "check" = ?', check)
        return unpack(HourCount, row["body"]) if row else None

    def save_tally(self, check: str, tally: HourCount) -> None:
        self.put("volume_tallies", {"check": check, "body": pack(tally)})

    def add_hour(self, check: str, hour: Hour) -> None:
        """Keep one finished hour; one that is already there is added to."""
        self.change(
            'insert into volume_hours ("check", hour, count, hits, looks, watched, frozen)'
            ' values (?, ?, ?, ?, ?, ?, ?) on conflict("check", hour) do update set'
            " count = count + excluded.count, hits = hits + excluded.hits,"
            " looks = looks + excluded.looks, watched = watched + excluded.watched,"
            " frozen = max(frozen, excluded.frozen)",
            check,
            stamp(hour.start),
            hour.count,
            hour.hits,
            hour.looks,
            hour.watched,
            int(hour.frozen),
        )

    def hours(self, check: str, since: datetime) -> tuple[Hour, ...]:
        """Finished hours from `since` on, oldest first."""
        rows = self.all(
            'select * from volume_hours where "check" = ? and hour >= ? order by hour',
            check,
            stamp(since),
        )
        return tuple(
            Hour(
                start=moment(row["hour"]),
                count=row["count"],
                hits=row["hits"],
                looks=row["looks"],
                watched=row["watched"],
                frozen=bool(row["frozen"]),
            )
            for row in rows
        )

    def drop_hours(self, before: datetime) -> None:
        self.change("delete from volume_hours where hour < ?", stamp(before))

    def hold(self, connection: str, at: datetime) -> None:
        """Remember that a window held an opening back."""
        self.change("insert or ignore into held values (?, ?)", connection, stamp(at))

    def held(self) -> Mapping[str, datetime]:
        rows = self.all("select connection, at from held order by at")
        return {row["connection"]: moment(row["at"]) for row in rows}

    def release(self, connection: str) -> None:
        self.change("delete from held where connection = ?", connection)

    def line(self) -> NetworkState:
        row = self.one("select value from meta where name = ?", _LINE)
        return unpack(NetworkState, row["value"]) if row else NetworkState()

    def save_line(self, line: NetworkState) -> None:
        self.put("meta", {"name": _LINE, "value": pack(line)})

    def credential_watch(self, key: str) -> CredentialWatch | None:
        row = self.one("select body from credential_watches where key = ?", key)
        return unpack(CredentialWatch, row["body"]) if row else None

    def credential_watches(self) -> tuple[CredentialWatch, ...]:
        rows = self.all("select body from credential_watches order by key")
        return tuple(unpack(CredentialWatch, row["body"]) for row in rows)

    def save_credential_watch(self, watch: CredentialWatch) -> None:
        self.put("credential_watches", {"key": watch.key, "body": pack(watch)})
