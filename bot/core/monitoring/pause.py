"""A pause: somebody said that a connection's failures open nothing for a while, and why.

It suppresses opening only, as a maintenance window does; checks run, verdicts change and open
incidents close as at any other time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.language.marks import outside, when, who

LONGEST = timedelta(days=31)  # what lasts longer belongs into the file, where it is reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """`ended_at` is set when its time came or somebody ended it, who is `ended_by` then."""

    id: int
    connection: str
    since: datetime
    until: datetime
    by: str
    why: str
    ended_at: datetime | None = None
    ended_by: str | None = None

    def in_force(self, now: datetime) -> bool:
        return self.ended_at is None and self.since <= now < self.until


def words(pause: Pause | None) -> str:
    """`Paused by … until …: why; opens no incident`; empty without a pause."""
    if pause is None:
        return ""
    return (
        f"Paused by {who(pause.by)} until {when(pause.until)}: {outside(pause.why)}."
        " Opens no incident."
    )
