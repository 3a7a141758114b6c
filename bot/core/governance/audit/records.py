"""What is remembered of audits between two runs."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.core.estate.ids import PersonId
from bot.core.governance.audit.finding import AuditFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """A finding with its history. `gone_at` is set when it is there no more."""

    finding: AuditFinding
    first_seen: datetime
    last_seen: datetime
    told_to: PersonId | None = None
    told_at: datetime | None = None
    gone_at: datetime | None = None

    @property
    def untold(self) -> bool:
        """Whether the person it goes to now has not heard of it."""
        return self.finding.who is not None and self.told_to != self.finding.who


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One day's result, for the trend."""

    day: date
    score: int
    connections: int
    yes: int  # answers of all connections
    asked: int
    findings: int
    urgent: int
