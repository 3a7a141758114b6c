"""What the audit finds: one fact, one person, one next step.

Rule of this file: a finding nobody is told of is no finding, so `who` is empty only when the
catalogue names nobody at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, ParamSpec

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Accepted
from bot.core.estate.ids import PersonId
from bot.core.governance.audit.situation import Situation

ESTATE = "estate"
Looked = ParamSpec("Looked")  # at what a lint looks


class FindingWeight(StrEnum):
    """How soon it has to be dealt with."""

    URGENT = "urgent"  # told the next morning
    IMPORTANT = "important"  # told on Monday
    MINOR = "minor"


ORDER = (FindingWeight.URGENT, FindingWeight.IMPORTANT, FindingWeight.MINOR)


_OF_PERSON = "person:"


def of_person(person: PersonId) -> str:
    """The subject of a finding that is about one person."""
    return f"{_OF_PERSON}{person}"


def person_of(subject: str) -> PersonId | None:
    """Of a finding's subject; None where it is about something else."""
    return subject.removeprefix(_OF_PERSON) if subject.startswith(_OF_PERSON) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """`subject` is a connection's id, `person:<id>` or `estate`. Texts carry the marks of
    `bot.language.marks`. `since` is when the fact began, None where nobody can tell."""

    id: str
    subject: str
    what: str
    why: str
    who: PersonId | None
    do: str
    since: date | None = None
    weight: FindingWeight = FindingWeight.IMPORTANT

    @property
    def key(self) -> str:
        return f"{self.id}/{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedFindings:
    """Findings that count, and those that somebody answers for until a date."""

    open: tuple[AuditFinding, ...] = ()
    accepted: tuple[tuple[AuditFinding, Accepted], ...] = field(default=())


def sort_findings(findings: tuple[AuditFinding, ...], situation: Situation) -> SortedFindings:
    """An acceptance holds through its last day and only for its own key."""
    valid = {
        one.finding: one
        for one in situation.catalogue.governance.accepted
        # An acceptance ends with whoever gave it: nobody answers for it any more.
        if one.until >= situation.today and situation.present(one.owner)
    }
    counted = [one for one in findings if one.key not in valid]
    return SortedFindings(
        open=tuple(sorted(counted, key=lambda one: (ORDER.index(one.weight), one.key))),
        accepted=tuple((one, valid[one.key]) for one in findings if one.key in valid),
    )


@dataclass(frozen=True, slots=True)
class LintHit:
    """What a lint saw: the fact in words, and what differs from one hit to the next. `part` ends
    the finding's id where a connection may have several; `do` and `weight` replace the lint's."""

    what: str
    person: PersonId | None = None  # whom it is about, or who would mend it
    since: date | None = None
    part: str = ""
    subject: str = ""
    do: str = ""
    weight: FindingWeight | None = None


Recipient = Callable[[Situation, Connection | None, PersonId | None], PersonId | None]


@dataclass(frozen=True, slots=True)
class Lint(Generic[Looked]):
    """A question that the audit asks of a connection or of the estate. Without a `weight` its
    findings are urgent for a critical connection and important for others. `do` is empty where
    each hit says what to do."""

    id: str
    look: Callable[Looked, Iterable[LintHit]]
    to: Recipient
    weight: FindingWeight | None
    why: str
    do: str

    def finding(
        self, hit: LintHit, situation: Situation, connection: Connection | None = None
    ) -> AuditFinding:
        critical = connection is not None and connection.criticality is Criticality.CRITICAL
        ranked = FindingWeight.URGENT if critical else FindingWeight.IMPORTANT
        return AuditFinding(
            id=f"{self.id}-{hit.part}" if hit.part else self.id,
            subject=hit.subject or (connection.id if connection else ESTATE),
            what=hit.what,
            why=self.why,
            who=self.to(situation, connection, hit.person),
            do=hit.do or self.do,
            since=hit.since,
            weight=hit.weight or self.weight or ranked,
        )


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
