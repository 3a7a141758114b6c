"""Incidents, their timelines and their walks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.core.incidents.incident import Incident, State
from bot.core.runbooks.runbook import Progress
from bot.ports.records import ChildState, TimelineEntry


class IncidentTx(Protocol):
    def add_incident(self, incident: Incident) -> Incident:
        """Store a new incident; its id is ignored and the stored one returned."""
        ...

    def save_incident(self, incident: Incident) -> None: ...
    def incident(self, number: int) -> Incident | None: ...
    def live_incident(self, connection: str) -> Incident | None: ...
    def incidents(self, states: Collection[State]) -> tuple[Incident, ...]:
        """Newest first, drills left out."""
        ...

    def opened_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Of any state, newest first, drills left out."""
        ...

    def incidents_of(self, connection: str, limit: int) -> tuple[Incident, ...]: ...
    def parts_of(self, incident: int) -> tuple[Incident, ...]:
        """The incidents merged into this one, oldest first."""
        ...

    def recovered_of(self, incident: int) -> tuple[tuple[str, bool], ...]:
        """Connection of every part, oldest first, and whether the checks see it run. Cheap also
        where a thousand parts are merged into one incident."""
        ...

    def open_kinds(self) -> Mapping[str, str]:
        """What kind of failure each connection of a live incident has, also as a part of one."""
        ...

    def child_states_of(self, incident: int) -> tuple[ChildState, ...]:
        """As `recovered_of`, with times and figures."""
        ...

    def once_alone(self, incident: int) -> tuple[Incident, ...]:
        """Of its parts those that were incidents of their own before, oldest first."""
        ...

    def part_for(self, connection: str) -> Incident | None:
        """The connection's part in an incident that is still live, the newest."""
        ...

    def put_off_incident(self, number: int, until: datetime) -> None:
        """Its deadlines stay as they are, but it is not due again before `until`."""
        ...

    def due_incidents(self, now: datetime) -> tuple[Incident, ...]:
        """Incidents with any deadline at or before `now`: live ones, and resolved ones whose
        review is to be asked for."""
        ...

    def add_timeline(self, incident: int, entry: TimelineEntry) -> None: ...
    def timeline(self, incident: int) -> tuple[TimelineEntry, ...]: ...
    def kept(self, incident: int, source: str) -> TimelineEntry | None:
        """The entry taken from this Slack message."""
        ...

    def save_kept(self, incident: int, entry: TimelineEntry) -> None:
        """Replace the entry of the same `source`."""
        ...

    def keepers(self, incident: int, source: str) -> frozenset[str]:
        """By whom and how this message is kept on the timeline, as `way:person`."""
        ...

    def save_keepers(self, incident: int, source: str, keepers: Collection[str]) -> None: ...
    def walks(self, incident: int) -> tuple[Progress, ...]:
        """The runbooks walked in this incident, the present one last."""
        ...

    def save_progress(self, incident: int, progress: Progress) -> None: ...
    def turn_to(self, incident: int, runbook: str) -> None:
        """Make `runbook` the present one; what was answered in it before still stands."""
        ...
