"""All simulated connections and the switches that break them. Pure: time comes as an argument."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from estate_sim.failures import STORIES, Effects, Failure, Page, Scope, effects_of
from estate_sim.profiles import profile_of
from estate_sim.stream import Stream

Switched = dict[tuple[Failure, str], datetime]
_STEP, _STEPS = timedelta(seconds=0.5), 600  # of a life that is told again, at most so many
VERSION, NEXT_VERSION = "24.2", "25.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateConnection:
    """A connection to simulate. `source` and `target` are system ids, the names are for people.
    With `ping_url` its job sends a heartbeat once per simulated `ping_every`."""

    id: str
    name: str
    source: str
    target: str
    source_name: str = ""
    target_name: str = ""
    both_ways: bool = False
    ping_url: str | None = None
    ping_every: timedelta = timedelta(hours=1)


class UnknownSwitch(ValueError):
    """There is no such failure or connection, or they do not go together."""


class World:
    """`erp` is the id of the system whose failures hit many connections at once."""

    def __init__(
        self, connections: Sequence[EstateConnection], *, erp: str, pace: float, now: datetime
    ) -> None:
        self.connections = {one.id: one for one in connections}
        self.streams = {
            one.id: Stream(one.id, profile_of(one.id), pace, now) for one in connections
        }
        self._erp, self._pace = erp, pace
        self._on: dict[tuple[Failure, str], datetime] = {}

    def members(self, failure: Failure) -> tuple[str, ...]:
        """The connections that a shared failure hits; for the others all it could hit."""
        scope = STORIES[failure].scope
        return tuple(one.id for one in self.connections.values() if self._in_scope(one, scope))

    def switch(self, failure: Failure, connection: str | None, on: bool, now: datetime) -> None:
        """Turn a failure on or off. Shared failures ignore `connection`. Raises UnknownSwitch."""
        if STORIES[failure].scope is not Scope.CONNECTION:
            hit = self.members(failure)
        elif connection in self.connections:
            hit = (connection,)
        elif connection is None and not on:
            hit = tuple(self.connections)
        else:
            raise UnknownSwitch(f"{failure} needs a connection that exists, not {connection!r}")
        for one in hit:
            if on:
                self._on.setdefault((failure, one), now)
            else:
                self._on.pop((failure, one), None)
            self.streams[one].hurry(now)

    def reset(self, now: datetime) -> None:
        self._on.clear()
        for stream in self.streams.values():
            stream.hurry(now)

    def switched(self) -> Switched:
        """What is on, and since when."""
        return dict(self._on)

    def restore(self, known: Switched, now: datetime) -> None:
        """What was on when an earlier life ended is on again, as far as there is such a thing, and
        has had its effects all the time: nobody sees it run before it fails again."""
        for (failure, one), since in known.items():
            if one in self.members(failure):
                self._on[failure, one] = min(since, now)
        for one in {one for _, one in self._on}:
            self.streams[one] = self._lived(one, now)

    def _lived(self, connection: str, now: datetime) -> Stream:
        """One that lived from the first of its failures until now."""
        begun = sorted({since for (_, one), since in self._on.items() if one == connection})
        stream = Stream(connection, profile_of(connection), self._pace, begun[0])
        for start, end in pairwise((*begun, now)):
            stream.hurry(start)
            step = max((end - start) / _STEPS, _STEP)
            for at in (start + step * count for count in range(1, (end - start) // step + 1)):
                stream.advance(at, step.total_seconds(), self.effects(connection, at))
        return stream

    def is_on(self, failure: Failure, connection: str) -> bool:
        return (failure, connection) in self._on

    def active(self, connection: str) -> tuple[Failure, ...]:
        return tuple(failure for failure in Failure if self.is_on(failure, connection))

    def effects(self, connection: str, now: datetime) -> Effects:
        seconds = {
            failure: (now - self._on[failure, connection]).total_seconds()
            for failure in self.active(connection)
            if self._on[failure, connection] <= now
        }
        return effects_of(seconds, self.streams[connection].profile)

    def advance(self, now: datetime, elapsed: float) -> None:
        for id, stream in self.streams.items():
            stream.advance(now, elapsed, self.effects(id, now))

    def connector(self, connection: str, now: datetime) -> tuple[Effects, dict[str, Any]]:
        """(effects on the status page, its content). Raises KeyError for an unknown id."""
        effects = self.effects(connection, now)
        content = self.streams[connection].status(effects)
        return effects, {"version": self.version(connection), **content}

    def version(self, connection: str) -> str:
        """The version that the ERP side of a connection is served."""
        return NEXT_VERSION if self.is_on(Failure.FIELD_RENAMED, connection) else VERSION

    def system(self, system: str) -> dict[str, Any] | None:
        """What a system says of itself; None when no connection touches it."""
        touching = [
            one.id for one in self.connections.values() if system in (one.source, one.target)
        ]
        if not touching:
            return None
        if system != self._erp:
            return {"status": "up", "version": None}
        down = any(self.is_on(Failure.ERP_DOWN, one) for one in touching)
        updated = any(self.is_on(Failure.FIELD_RENAMED, one) for one in touching)
        return {
            "status": "down" if down else "up",
            "version": NEXT_VERSION if updated else VERSION,
        }

    def health(self, connection: str, now: datetime) -> str:
        """One word for the page: ok, broken, blind or recovering."""
        effects, stream = self.effects(connection, now), self.streams[connection]
        if effects.page is not Page.FINE:
            return "blind"
        if effects != Effects():
            return "broken"
        late = stream.errors or stream.depth > 4 * stream.normal_batch + 5
        return "recovering" if late else "ok"

    def _in_scope(self, one: EstateConnection, scope: Scope) -> bool:
        if scope is Scope.USERS:
            return self._erp in (one.source, one.target)
        if scope is Scope.WRITERS:
            return one.target == self._erp or (one.both_ways and one.source == self._erp)
        if scope is Scope.QUOTA:
            return profile_of(one.id).shares_quota
        return True
