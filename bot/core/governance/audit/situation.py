"""What the audit looks at: the catalogue, what only the running bot knows, and the moment.

Rule of this file: it gathers and compares, it does not judge.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from bot.core.changes.unannounced import UnannouncedChange
from bot.core.estate.catalogue import Build, Catalogue, Connection
from bot.core.estate.history import Change, Release
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Layer
from bot.core.estate.ledger import Handover
from bot.core.governance.audit.attestation import Attestation
from bot.core.incidents.incident import Incident
from bot.core.people.next_in_line import Purpose, in_line
from bot.core.runbooks.choice import Stale
from bot.core.runbooks.drill import Drill
from bot.language.local_time import local_day

RELEASE_GRACE = timedelta(days=14)  # to read the documents again after a system's release
LOOK_BACK = timedelta(days=90)  # how long an event counts as recent


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLookedAt:
    """A calendar of releases that cannot be read, since when, and why."""

    name: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only the running bot knows. `watching` is False when nothing of it is at hand."""

    watching: bool = False
    verdicts: Mapping[ConnectionId, str] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    observed: Mapping[ConnectionId, tuple[tuple[datetime, str], ...]] = field(default_factory=dict)
    gone: Mapping[PersonId, str] = field(default_factory=dict)  # why Slack does not reach them
    asked: tuple[Attestation, ...] = ()  # owners who have not said that a layer is theirs
    handovers: tuple[Handover, ...] = ()  # whose checklist is not finished
    unannounced: tuple[UnannouncedChange, ...] = ()  # that no change on record explains so far
    unread: tuple[NotLookedAt, ...] = ()
    confirmed: Mapping[tuple[ConnectionId, str], date] = field(default_factory=dict)
    stale_runbooks: tuple[Stale, ...] = ()
    drilled: Mapping[ConnectionId, Drill] = field(default_factory=dict)  # the last drill of each


NOTHING_LIVE = Live()


@dataclass(frozen=True, kw_only=True)
class Situation:
    catalogue: Catalogue
    live: Live
    now: datetime

    @cached_property
    def today(self) -> date:
        """On the company's calendar."""
        return local_day(self.now, self.catalogue.timezone)

    @cached_property
    def managed(self) -> tuple[Connection, ...]:
        """The connections that somebody has to answer for now."""
        return tuple(
            one for one in self.catalogue.connections.values() if one.about.lifecycle.managed
        )

    @cached_property
    def hand_made(self) -> tuple[Connection, ...]:
        return tuple(one for one in self.managed if one.build in (Build.CUSTOM, Build.SCRIPT))

    @cached_property
    def claims(self) -> Mapping[str, set[str]]:
        """The systems that own the truth about a kind of record, by its name in small letters."""
        found: dict[str, set[str]] = {}
        for record in (record for one in self.managed for record in one.about.records):
            if record.authority:
                found.setdefault(record.name.casefold(), set()).add(record.authority)
        return found

    @cached_property
    def architecture_owner(self) -> PersonId | None:
        """Of the estate: the one of most connections, who is still here."""
        owners = (one.owners.architecture for one in self.managed)
        # The file names architecture owners by connection; of the estate it is whoever answers for
        # most of it.
        counted = Counter(owner for owner in owners if owner and self.present(owner))
        return counted.most_common(1)[0][0] if counted else None

    def present(self, person: PersonId | None) -> bool:
        return person is not None and not self.absence(person)

    def absence(self, person: PersonId) -> str:
        """Why somebody can no longer answer for anything; empty when they can."""
        listed = self.catalogue.people.get(person)
        if listed is None:
            return "is no longer in the catalogue"
        if listed.left is not None and listed.left <= self.today:
            return f"left on {listed.left}"
        why = self.live.gone.get(person)
        return f"cannot be reached: {why}" if why else ""

    def reachable_owner(self, connection: Connection | None, *layers: Layer) -> PersonId | None:
        """Whom to tell: the first of `layers` who is here, else the estate's architecture owner."""
        wanted = (*(layers or (Layer.TECHNICAL,)), Layer.ARCHITECTURE)
        own = [connection.owners.of(layer) for layer in wanted] if connection else []
        return next((one for one in own if self.present(one)), self.architecture_owner)

    def superior(self, person: PersonId, connection: Connection | None = None) -> PersonId | None:
        """Who is told about somebody: their manager, else the architecture owner."""
        above = in_line(Purpose.TOLD_ABOUT, connection, self.catalogue.people.get(person))
        candidates = (*above, self.architecture_owner)
        return next((one for one in candidates if one != person and self.present(one)), None)

    def last_change(self, connection: Connection) -> tuple[date, str] | None:
        """The newest change that documents should know of, with its words. A release of one of
        its systems counts once there was time to read it."""
        found = [(one.at, one.what) for one in self.changes_of(connection)]
        found += list(self.live.observed.get(connection.id, ()))
        found += [
            (one.at, one.called(self.catalogue.system_name(one.system)))
            for one in self.releases_of(connection)
            if one.at + RELEASE_GRACE <= self.now
        ]
        # A change with a date to come is a plan, and no document can know how it went.
        past = [item for item in found if item[0] <= self.now]
        if not past:
            return None
        at, what = max(past)
        return local_day(at, self.catalogue.timezone), what

    def releases_of(self, connection: Connection) -> tuple[Release, ...]:
        """Past and to come, of the systems at its ends."""
        return tuple(one for one in self.catalogue.releases if one.system in connection.systems)

    def changes_of(self, connection: Connection) -> tuple[Change, ...]:
        return tuple(
            one
            for one in self.catalogue.changes
            if one.connection == connection.id and one.at <= self.now
        )

    def unapproved(self, connection: Connection) -> tuple[Change, ...]:
        """Its recent changes that nobody approved in time."""
        return tuple(
            one
            for one in self.changes_of(connection)
            if one.unapproved(self.now) and one.at >= self.now - LOOK_BACK
        )

    def unannounced_changes(self, connection: Connection) -> tuple[UnannouncedChange, ...]:
        """Recent changes of it that nobody announced and that no change on record explains."""
        return tuple(
            one
            for one in self.live.unannounced
            if one.connection == connection.id and one.at >= self.now - LOOK_BACK
        )

    def recent_incidents(self, connection: ConnectionId | None = None) -> tuple[Incident, ...]:
        return tuple(
            one
            for one in self.live.incidents
            if one.opened_at >= self.now - LOOK_BACK and connection in (None, one.connection)
        )


def signals_ruled(connection: Connection) -> frozenset[str]:
    """The signals that some rule of the connection judges; a learned volume is one of them."""
    judged = {str(rule.signal) for check in connection.checks for rule in check.rules}
    learned = {"volume"} if any(check.volume for check in connection.checks) else set()
    return frozenset(judged | learned)


class Duty(NamedTuple):
    """In words, and whether the next rung does it where somebody is not there."""

    words: str
    next_rung_does: bool = False


def people_of(connection: Connection) -> Mapping[PersonId, tuple[Duty, ...]]:
    """Everybody with a duty on the connection, and which."""
    first, rung_of = Duty("first responder", True), Duty("on the ladder", True)
    duties = (
        *((connection.owners.of(layer), Duty(f"{layer} owner")) for layer in Layer),
        (connection.first_responder, first),
        *((person, rung_of) for rung in connection.ladder for person in rung.people),
        *((one.owner, Duty(f"owner of {one.name}")) for one in connection.credentials),
        (connection.about.exceptions.owner, Duty("owner of the exceptions")),
        (connection.about.roles.approves_changes, Duty("approver of changes")),
    )
    # By person: whoever leaves is told of once, with all their duties.
    held: dict[PersonId, list[Duty]] = {}
    for person, duty in dict.fromkeys(duties):
        if person:
            held.setdefault(person, []).append(duty)
    return {person: tuple(named) for person, named in held.items()}


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def few(words: Iterable[str], most: int = 5) -> str:
    """`a, b and 3 more`."""
    items = list(words)
    return listed([*items[:most], f"{len(items) - most} more"] if len(items) > most else items)
