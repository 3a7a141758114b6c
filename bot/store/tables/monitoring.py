"""Verdicts, flips, observed changes, heartbeats, hourly counts, pauses and our own network.

Hours are the only rows that grow with time, and `drop_hours` bounds them.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic_core import from_json

from bot.core.monitoring.counting import Figures, HourCount
from bot.core.monitoring.health import CheckHealth, ConnectionHealth, Flip
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.own_network import NetworkState
from bot.core.monitoring.pause import Pause
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import TIMESTAMPS, Signal, SignalValue
from bot.core.monitoring.volume import Hour
from bot.core.triage.facts import LaneFactKind, Observed
from bot.store.codec import columns, moment, pack, record, stamp, unpack
from bot.store.table import Numbered, Rows, Table, given

_NETWORK = "line"  # under which it is kept
_CHECKS = Table(
    "check_health",
    CheckHealth,
    ("key",),
    "connection",
    "next_check_at",
    key=lambda health: health.check,
    planned_at=lambda health: health.next_check_at,
)
_CONNECTIONS = Table("connection_health", ConnectionHealth, ("connection",), "verdict", "flapping")
_PINGS = Table("pings", Ping, ("check",), "at", check=given)
_HOUR_COUNTS = Table("volume_tallies", HourCount, ("check",), check=given)
_PAUSES = Numbered("pauses", Pause, "connection", "until", "ended_at")


class MonitoringRows(Rows):
    def check_health(self, key: str) -> CheckHealth | None:
        found = _CHECKS.get(self, key)
        return _with_times(found) if found else None

    def save_check_health(self, health: CheckHealth) -> None:
        _CHECKS.save(self, health)

    def checks_of(self, connection: str) -> tuple[CheckHealth, ...]:
        return tuple(map(_with_times, _CHECKS.where(self, connection=connection)))

    def figures_of(self, connections: Collection[str]) -> tuple[Figures, ...]:
        """What the checks of these connections last read, one row a check. Cheap also for a
        thousand connections."""
        marks = ", ".join("?" for _ in connections)
        chosen = f"select body from check_health where connection in ({marks}) order by key"  # noqa: S608 - only ? marks
        return tuple(_figures(from_json(body)) for body in self.texts(chosen, *connections))

    def all_check_health(self) -> tuple[CheckHealth, ...]:
        return tuple(map(_with_times, _CHECKS.where(self)))

    def due_checks(self, now: datetime) -> frozenset[str]:
        """Keys of known checks whose time has come."""
        due = "select key from check_health where next_check_at <= ?"
        return frozenset(self.texts(due, stamp(now)))

    def known_checks(self) -> frozenset[str]:
        return frozenset(self.texts("select key from check_health"))

    def put_off_check(self, key: str, until: datetime) -> None:
        """Claim a due check: nobody else takes it before `until`."""
        self.change("update check_health set next_check_at = ? where key = ?", stamp(until), key)

    def release_looks(self, now: datetime) -> int:
        """Every look that was claimed and did not end is due now."""
        # A claim moves the column alone, by seconds and more.
        return self.change(
            "update check_health set next_check_at = ?"
            " where substr(next_check_at, 1, 19) > substr(planned_at, 1, 19)",
            stamp(now),
        )

    def connection_health(self, connection: str) -> ConnectionHealth | None:
        return _CONNECTIONS.get(self, connection)

    def all_connection_health(self) -> Mapping[str, ConnectionHealth]:
        return {health.connection: health for health in _CONNECTIONS.where(self)}

    def verdicts(self) -> Mapping[str, str]:
        """The present verdict of every connection that was looked at."""
        if "verdicts" not in self.read:
            rows = self.all("select connection, verdict from connection_health")
            self.read["verdicts"] = {row["connection"]: row["verdict"] for row in rows}
        return MappingProxyType(self.read["verdicts"])

    def unsteady(self) -> Collection[str]:
        """The connections that come and go now."""
        if "unsteady" not in self.read:
            unsteady = self.texts("select connection from connection_health where flapping = 1")
            self.read["unsteady"] = frozenset(unsteady)
        found: Collection[str] = self.read["unsteady"]
        return found

    def save_connection_health(self, health: ConnectionHealth) -> None:
        # Every neighbour is judged by these, so an old one would move a lane.
        self.read.pop("verdicts", None)
        self.read.pop("unsteady", None)
        _CONNECTIONS.save(self, health)

    def add_flip(self, flip: Flip) -> None:
        row = columns(flip, "connection", "at", "since", "old", "new")
        self.insert("flips", {**row, "why": "\n".join(flip.reasons)})

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
        row = {"connection": connection, "at": stamp(at), "what": what}
        self.insert("observed_changes", {**row, "kind": kind.value, "by_whom": by})

    def observations(self, connection: str, since: datetime) -> tuple[Observed, ...]:
        """What was recorded of one connection, with its kind, the oldest first."""
        rows = self.all(
            'select at, what, kind, by_whom as "by" from observed_changes'
            " where connection = ? and at >= ? order by at",
            connection,
            stamp(since),
        )
        return tuple(record(Observed, row) for row in rows)

    def observed(self, connection: str, since: datetime) -> tuple[tuple[datetime, str], ...]:
        rows = self.all(
            "select at, what from observed_changes where connection = ? and at >= ? order by at",
            connection,
            stamp(since),
        )
        return tuple((moment(row["at"]), row["what"]) for row in rows)

    def save_ping(self, check: str, ping: Ping) -> None:
        _PINGS.save(self, ping, check=check)

    def last_ping(self, check: str) -> Ping | None:
        return _PINGS.get(self, check)

    def hour_count(self, check: str) -> HourCount | None:
        return _HOUR_COUNTS.get(self, check)

    def save_hour_count(self, check: str, hour_count: HourCount) -> None:
        _HOUR_COUNTS.save(self, hour_count, check=check)

    def add_hour(self, check: str, hour: Hour) -> None:
        """Keep one finished hour; one that is already there is added to."""
        self.change(
            'insert into volume_hours as old ("check", hour, count, hits, looks, watched, frozen)'
            ' values (?, ?, ?, ?, ?, ?, ?) on conflict ("check", hour) do update set'
            " count = old.count + excluded.count, hits = old.hits + excluded.hits,"
            " looks = old.looks + excluded.looks, watched = old.watched + excluded.watched,"
            " frozen = case when excluded.frozen > old.frozen then 1 else old.frozen end",
            check,
            *columns(hour, "start", "count", "hits", "looks", "watched", "frozen").values(),
        )

    def hours(self, check: str, since: datetime) -> tuple[Hour, ...]:
        """Finished hours from `since` on, oldest first."""
        rows = self.all(
            "select hour as start, count, hits, looks, watched, frozen from volume_hours"
            ' where "check" = ? and hour >= ? order by hour',
            check,
            stamp(since),
        )
        return tuple(record(Hour, row) for row in rows)

    def drop_hours(self, before: datetime) -> None:
        self.change("delete from volume_hours where hour < ?", stamp(before))

    def delay_opening(self, connection: str, at: datetime) -> None:
        """Remember that a window held an opening back."""
        self.insert_once("held", {"connection": connection, "at": stamp(at)})

    def delayed(self) -> Mapping[str, datetime]:
        rows = self.all("select connection, at from held order by at")
        return {row["connection"]: moment(row["at"]) for row in rows}

    def forget_delay(self, connection: str) -> None:
        self.change("delete from held where connection = ?", connection)

    def network_state(self) -> NetworkState:
        kept = self.text("select value from meta where name = ?", _NETWORK)
        return unpack(NetworkState, kept) if kept else NetworkState()

    def save_network_state(self, network_state: NetworkState) -> None:
        self.put("meta", {"name": _NETWORK, "value": pack(network_state)}, "name")

    def add_pause(self, pause: Pause) -> Pause:
        return _PAUSES.add(self, pause)

    def save_pause(self, pause: Pause) -> None:
        _PAUSES.save(self, pause)

    def pause_of(self, connection: str) -> Pause | None:
        """The one that has not ended, also when its time has come."""
        return _PAUSES.first(self, "where connection = ? and ended_at is null", connection)

    def pauses(self) -> tuple[Pause, ...]:
        """Those not ended, the one that ends next first."""
        return _PAUSES.where(self, order="until, id", ended_at=None)

    def pauses_of(self, connection: str, since: datetime) -> tuple[Pause, ...]:
        """Of a connection, ended or not, that ended after `since`; oldest first."""
        return _PAUSES.select(
            self,
            "where connection = ? and (ended_at is null or ended_at > ?) order by id",
            connection,
            stamp(since),
        )


def _figures(check: dict[str, Any]) -> Figures:
    """Of the stored body, because to read all of it takes longer."""
    signals = check["signals"]
    depth = signals.get("queue_depth")
    return Figures(
        check=check["check"],
        connection=check["connection"],
        waiting=int(depth) if _numeric(depth) else 0,
        oldest=_moment_or_none(signals.get("queue_oldest")),
        failed=int(sum(one["count"] for one in check.get("failed", ()))),
        worst=check.get("worst", 0),
        counts=_numeric(depth),
        unread=check.get("blind_streak", 0) > 0 or signals.get("reachable") is False,
        read_at=_moment_or_none(check.get("read_at")),
    )


def _with_times(health: CheckHealth) -> CheckHealth:
    """JSON has no timestamps, and a signal may be text as well: the signal's name decides."""
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
