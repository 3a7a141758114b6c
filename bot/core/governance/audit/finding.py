"""What the audit finds: one fact, one person, one next step.

Rule of this file: a finding nobody is told of is no finding, so `who` is empty only when the
catalogue names nobody at all.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.core.estate.catalogue import Connection, Criticality
from bot.core.estate.description import Accepted
from bot.core.estate.ids import PersonId
from bot.core.governance.audit.situation import Situation

ESTATE = "estate"


class FindingWeight(StrEnum):
    """How soon it has to be dealt with."""

    URGENT = "urgent"  # told at the next daily round
    IMPORTANT = "important"  # told once a week
    MINOR = "minor"


ORDER = (FindingWeight.URGENT, FindingWeight.IMPORTANT, FindingWeight.MINOR)


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
class Sorted:
    """Findings that count, and those that somebody answers for until a date."""

    open: tuple[AuditFinding, ...] = ()
    accepted: tuple[tuple[AuditFinding, Accepted], ...] = field(default=())


def sort_out(findings: tuple[AuditFinding, ...], situation: Situation) -> Sorted:
    """An acceptance holds through its last day and only for its own key."""
    valid = {
        one.finding: one
        for one in situation.catalogue.governance.accepted
        if one.until >= situation.today and situation.present(one.owner)
    }
    counted = [one for one in findings if one.key not in valid]
    return Sorted(
        open=tuple(sorted(counted, key=lambda one: (ORDER.index(one.weight), one.key))),
        accepted=tuple((one, valid[one.key]) for one in findings if one.key in valid),
    )


def by_criticality(connection: Connection) -> FindingWeight:
    """Urgent for what is critical."""
    critical = connection.criticality is Criticality.CRITICAL
    return FindingWeight.URGENT if critical else FindingWeight.IMPORTANT


def about(
    connection: Connection,
    id: str,
    what: str,
    *,
    why: str,
    who: PersonId | None,
    do: str,
    since: date | None = None,
    weight: FindingWeight = FindingWeight.IMPORTANT,
) -> AuditFinding:
    return AuditFinding(
        id=id,
        subject=connection.id,
        what=what,
        why=why,
        who=who,
        do=do,
        since=since,
        weight=weight,
    )
