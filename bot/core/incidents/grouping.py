"""Which open incident a failure belongs to, when many fail at once.

Incidents are found by their kind, so that a thousand failures are not compared with a thousand
incidents. A failure that says nothing of itself tells nothing of its cause either; but when a
crowd of them falls silent on one system within minutes, the system is the cause, and when an
outage of the system is known already, that is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import SystemId
from bot.core.incidents.correlation import BY_HAND, Common, in_time
from bot.core.incidents.incident import Incident
from bot.core.monitoring.flapping import Turns
from bot.core.triage.playbook import Retry

KNOWN_OUTAGE = 3  # connections that say so before it explains a silent one
CROWD = 4  # silent failures on one system that are one cause
SILENT_WINDOW = timedelta(minutes=10)  # within which they have to begin


class CauseGroups:
    """The incidents that may still grow, and how many silent failures each system has."""

    def __init__(self, catalogue: Catalogue, now: datetime) -> None:
        self._catalogue = catalogue
        self._now = now
        self._parents: defaultdict[str, list[Incident]] = defaultdict(list)
        self._silent: Counter[SystemId] = Counter()
        self._common: dict[int, Common] = {}
        self._outages: list[tuple[Incident, frozenset[SystemId]]] = []

    def watch(
        self, parent: Incident, others: Sequence[Connection] = (), *, counted: bool = False
    ) -> None:
        """An incident that more may join, the newest last, with the `others` that did; `counted`
        where it was among those expected."""
        lead = self._catalogue.connections.get(parent.connection)
        if lead is None or not in_time(parent.opened_at, self._now):
            return
        self._parents[parent.kind].append(parent)
        # What a person put together need not have anything in common.
        self._common[parent.id] = Common.of(lead, *(() if parent.cause == BY_HAND else others))
        if not parent.kind and not counted and self._lately(parent):
            self._silent.update(dict.fromkeys(lead.systems, 1 + len(others)))

    def outage(self, parent: Incident, failing: Sequence[Connection]) -> None:
        """An incident of a system that is down, with its connections that fail now."""
        if len(failing) >= KNOWN_OUTAGE:
            common = frozenset.intersection(*(frozenset(one.systems) for one in failing))
            self._outages.append((parent, common))

    def expect(self, silent: Iterable[Connection]) -> None:
        """Failures without a word of their own that are about to be placed."""
        for connection in silent:
            self._silent.update(connection.systems)

    def place(
        self, connection: Connection, kind: str, since: datetime | None = None
    ) -> tuple[Incident, str] | None:
        """The newest incident with the same cause, and the cause in words; None when it is the
        first of its kind. `since` is when it began to fail."""
        if not kind:
            return self._silenced(connection) or self._explained(connection, since or self._now)
        for parent in reversed(self._parents[kind]):
            common = self._common[parent.id].and_of(connection)
            cause = common.cause(kind, self._catalogue)
            if cause is not None:
                return self._joined(parent, common), cause
        return None

    def _joined(self, parent: Incident, common: Common) -> Incident:
        if parent.cause != BY_HAND:
            self._common[parent.id] = common
        return parent

    def _silenced(self, connection: Connection) -> tuple[Incident, str] | None:
        system = max(connection.systems, key=lambda one: self._silent[one])
        if self._silent[system] < CROWD:
            return None
        for parent in self._parents[""]:
            common = self._common[parent.id]
            if system in common.systems and self._lately(parent):
                found = self._joined(parent, common.and_of(connection))
                return found, self._catalogue.system_name(system)
        return None

    def _explained(self, connection: Connection, since: datetime) -> tuple[Incident, str] | None:
        for parent, systems in reversed(self._outages):
            common = sorted(systems & set(connection.systems))
            if common and since >= parent.failing_since - SILENT_WINDOW:
                return parent, self._catalogue.system_name(common[0])
        return None

    def _lately(self, parent: Incident) -> bool:
        return abs(self._now - parent.opened_at) <= SILENT_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildState:
    """What became of one part of an incident. `again` is since when it fails once more, `doubt`
    the most careful retry class so far and `kinds` the kinds of failure that it had. It fails as
    the others do since `alike_since`, where it failed otherwise before. `symptoms` is what people
    wrote of it, and `reopened_by` who said before it became a child that it was not over."""

    connection: str
    recovered: bool
    failing_since: datetime
    alike_since: datetime | None = None
    again: datetime | None = None
    recovered_at: datetime | None = None
    doubt: Retry | None = None
    kinds: tuple[str, ...] = ()
    turns: Turns | None = None  # of its own
    worst: int = 0  # the most records in error in its whole life
    reasons: tuple[str, ...] = ()  # what was read when it began to fail
    symptoms: tuple[str, ...] = ()
    reopened_by: str | None = None
    reopened_at: datetime | None = None
    reopened_why: str = ""
