"""A drill: a rehearsal of an incident on recorded evidence, and what it showed.

Rule of this file: a drill is never counted as a break, and nobody outside the company hears of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.ids import PersonId
from bot.core.monitoring.signals import FailedRecords
from bot.language.units import say_duration

EXAMPLE = FailedRecords(text="HTTP 401 invalid_client", count=12)  # without any incident on record
LONGEST = timedelta(hours=4)  # a drill that nobody ends is ended then


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the drill is worked on, and where that comes from in words."""

    failed: tuple[FailedRecords, ...]
    errors: tuple[str, ...] = ()
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`incident` is its number. `triaged` says whether a newcomer could have triaged it from the
    dossier alone; None until somebody has said so."""

    incident: int
    connection: str
    by: PersonId
    responder: PersonId | None
    begun_at: datetime
    evidence: Evidence
    acknowledged_at: datetime | None = None
    acknowledged_by: PersonId | None = None
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    triaged: bool | None = None
    missing: str = ""

    @property
    def reaction(self) -> timedelta | None:
        """From the ping to the acknowledgement; None when nobody took it."""
        return self.acknowledged_at - self.begun_at if self.acknowledged_at else None

    @property
    def took_part(self) -> tuple[PersonId, ...]:
        people = (self.acknowledged_by, self.ended_by)
        return tuple(dict.fromkeys(person for person in people if person))


def summary(drill: Drill) -> str:
    """What it showed, in two sentences."""
    reaction = drill.reaction
    took = f"It was taken after {say_duration(reaction)}." if reaction else "Nobody took it."
    if drill.triaged is None:
        return f"{took} Nobody said whether the dossier was enough."
    if drill.triaged:
        return f"{took} A newcomer could triage this from the dossier."
    lacks = f": {drill.missing}" if drill.missing else ""
    return f"{took} A newcomer could not triage this from the dossier{lacks}."


def latest(drills: Iterable[Drill]) -> dict[str, Drill]:
    """The last ended drill of each connection."""
    found: dict[str, Drill] = {}
    for drill in sorted(drills, key=lambda one: one.begun_at):
        if drill.ended_at is not None:
            found[drill.connection] = drill
    return found
