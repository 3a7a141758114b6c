"""Verdicts, flips, observed changes and heartbeats."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.core.monitoring.counting import Figures
from bot.core.monitoring.health import CheckHealth, ConnectionHealth, Flip
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import TIMESTAMPS, Signal, SignalValue
from bot.core.triage.facts import LaneFactKind, Observed
from bot.store.codec import Rows, moment, pack, stamp, unpack


class HealthRows(Rows):
    def check_health(self, key: str) -> CheckHealth | None:
        row = self.one("select body from check_health where key = ?", key)
        return _check(row["body"]) if row else None

    def save_check_health(self, health: CheckHealth) -> None:
        self.put(
            "check_health",
            {
                "key": health.check,
                "connection": health.connection,
                "next_check_at": stamp(health.next_check_at),
                "body": pack(health),
            },
        )

    def checks_of(self, connection: str) -> tuple[CheckHealth, ...]:
        rows = self.all(
            "select body from check_health where connection = ? order by key", connection
        )
        return tuple(_check(row["body"]) for row in rows)

    def figures_of(self, connections: Collection[str]) -> tuple[Figures, ...]:
        """What the checks of these connections last read, one row a check. Cheap also for a
        thousand connections."""
        rows = self.all(
            "select key, connection, json_extract(body, '$.signals.queue_depth') as depth,"
            " json_extract(body, '$.signals.queue_oldest') as oldest,"
            " (select sum(json_extract(value, '$.count')) from json_each(body, '$.failed'))"
            " as failed, coalesce(json_extract(body, '$.worst'), 0) as worst,"
            " json_extract(body, '$.blind_streak') > 0"
            " or coalesce(json_extract(body, '$.signals.reachable') = 0, 0) as unread,"
            " json_extract(body, '$.read_at') as read_at from check_health"
            " where connection in (select value from json_each(?)) order by key",
            json.dumps(list(connections)),
        )
        return tuple(
            Figures(
                check=row["key"],
                connection=row["connection"],
                waiting=int(row["depth"] or 0) if _numeric(row["depth"]) else 0,
                oldest=_moment_or_none(row["oldest"]),
                failed=int(row["failed"] or 0),
                worst=int(row["worst"]),
                counts=_numeric(row["depth"]),
                unread=bool(row["unread"]),
                read_at=_moment_or_none(row["read_at"]),
            )
            for row in rows
        )

    def all_check_health(self) -> tuple[CheckHealth, ...]:
        return tuple(_check(row["body"]) for row in self.all("select body from check_health"))

    def due_checks(self, now: datetime) -> frozenset[str]:
        """Keys of known checks whose time has come."""
        rows = self.all("select key from check_health where next_check_at <= ?", stamp(now))
        return frozenset(row["key"] for row in rows)

    def known_checks(self) -> frozenset[str]:
        return frozenset(row["key"] for row in self.all("select key from check_health"))

    def put_off_check(self, key: str, until: datetime) -> None:
        """Claim a due check: nobody else takes it before `until`."""
        self.change("update check_health set next_check_at = ? where key = ?", stamp(until), key)

    def release_looks(self, now: datetime) -> int:
        # A claim moves the column alone, by seconds and more.
        """Every look that was claimed and did not end is due now."""
        return self.change(
            "update check_health set next_check_at = ? where substr(next_check_at, 1, 19)"
            " > substr(json_extract(body, '$.next_check_at'), 1, 19)",
            stamp(now),
        )

    def connection_health(self, connection: str) -> ConnectionHealth | None:
        row = self.one("select body from connection_health where connection = ?", connection)
        return unpack(ConnectionHealth, row["body"]) if row else None

    def all_connection_health(self) -> Mapping[str, ConnectionHealth]:
        rows = self.all("select connection, body from connection_health")
        return {row["connection"]: unpack(ConnectionHealth, row["body"]) for row in rows}

    def verdicts(self) -> Mapping[str, str]:
        """The present verdict of every connection that was looked at."""
        if "verdicts" not in self.read:
            rows = self.all(
                "select connection, json_extract(body, '$.verdict') as verdict"
                " from connection_health"
            )
            self.read["verdicts"] = {row["connection"]: row["verdict"] for row in rows}
        return MappingProxyType(self.read["verdicts"])

    def unsteady(self) -> Collection[str]:
        """The connections that come and go now."""
        if "unsteady" not in self.read:
            rows = self.all(
                "select connection from connection_health where json_extract(body, '$.flapping')"
            )
            self.read["unsteady"] = frozenset(row["connection"] for row in rows)
        found: Collection[str] = self.read["unsteady"]
        return found

    def save_connection_health(self, health: ConnectionHealth) -> None:
        self.read.pop("verdicts", None)
        self.read.pop("unsteady", None)
        self.put("connection_health", {"connection": health.connection, "body": pack(health)})

    def add_flip(self, flip: Flip) -> None:
        self.add(
            "flips",
            {
                "connection": flip.connection,
                "at": stamp(flip.at),
                "since": stamp(flip.since),
                "old": flip.old,
                "new": flip.new,
                "why": "\n".join(flip.reasons),
            },
        )

    def turns_to(self, connection: str, since: datetime) -> Mapping[Verdict, int]:
        """How often it turned to each verdict from `since` on."""
        rows = self.all(
            "select new, count(*) as times from flips where connection = ? and at >= ?"
            " group by new",
            connection,
            stamp(since),
        )
        return {Verdict(row["new"]): row["times"] for row in rows}

    def observe(
        self,
        connection: str,
        at: datetime,
        what: str,
        *,
        kind: LaneFactKind = LaneFactKind.VERSION,
        by: str | None = None,
    ) -> None:
        """Record a change that we saw ourselves, such as a new served version; `by` is the one
        of us who made it."""
        self.add(
            "observed_changes",
            {
                "connection": connection,
                "at": stamp(at),
                "what": what,
                "kind": kind.value,
                "by_whom": by,
            },
        )

    def observations(self, connection: str, since: datetime) -> tuple[Observed, ...]:
        """What was recorded of one connection, with its kind, the oldest first."""
        rows = self.all(
            "select at, what, kind, by_whom from observed_changes"
            " where connection = ? and at >= ? order by at",
            connection,
            stamp(since),
        )
        return tuple(
            Observed(
                at=moment(row["at"]),
                what=row["what"],
                kind=LaneFactKind(row["kind"]),
                by=row["by_whom"],
            )
            for row in rows
        )

    def observed(self, connection: str, since: datetime) -> tuple[tuple[datetime, str], ...]:
        rows = self.all(
            "select at, what from observed_changes where connection = ? and at >= ? order by at",
            connection,
            stamp(since),
        )
        return tuple((moment(row["at"]), row["what"]) for row in rows)

    def save_ping(self, check: str, ping: Ping) -> None:
        # Written out, because it is done thousands of times in one burst and `put` first asks the
        # database what the table looks like.
        self.change(
            'insert into pings ("check", at, body) values (?, ?, ?)'
            ' on conflict("check") do update set at = excluded.at, body = excluded.body',
            check,
            stamp(ping.at),
            pack(ping),
        )

    def last_ping(self, check: str) -> Ping | None:
        row = self.one('select body from pings where "check" = ?', check)
        return unpack(Ping, row["body"]) if row else None


def _check(body: str) -> CheckHealth:
    """JSON has no timestamps, and a signal may be text as well: the signal's name decides."""
    health = unpack(CheckHealth, body)
    texts = {name: value for name, value in health.signals.items() if isinstance(value, str)}
    told = {name: _value(name, value) for name, value in texts.items()}
    return health if told == texts else replace(health, signals={**health.signals, **told})


def _value(name: str, value: SignalValue) -> SignalValue:
    if name not in TIMESTAMPS or not isinstance(value, str):
        return value
    try:
        read = moment(value)
    except ValueError:
        return value  # it was text from the start, and no rule compares it with a time
    return read if read.tzinfo else value


def _numeric(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment_or_none(value: object) -> datetime | None:
    read = _value(Signal.QUEUE_OLDEST, value) if isinstance(value, str) else None
    return read if isinstance(read, datetime) else None
