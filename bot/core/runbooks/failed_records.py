"""Failed records in groups: how many, since when, worth what, whose, and what is done about them.

Rule of this file: an amount or a text of a sensitive connection is never part of a group.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Connection
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.core.monitoring.signals import FailedRecords
from bot.core.triage.facts import Facts, payloads_hidden
from bot.core.triage.lesson import general
from bot.core.triage.playbook import PlaybookEntry
from bot.language.marks import outside
from bot.language.units import say_count

SAMPLES = 3
REMIND_AFTER = timedelta(hours=4)  # an assigned group that does not shrink; then it doubles


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedGroup:
    """Failed records of one kind. `amounts` are sums by currency; empty when hidden or unknown."""

    connection: str
    key: str
    label: str
    count: int
    oldest: datetime | None = None
    amounts: tuple[tuple[str, float], ...] = ()
    samples: tuple[str, ...] = ()
    entry: PlaybookEntry | None = None

    @property
    def ref(self) -> str:
        """Which group of which connection; several of one incident may have the same group."""
        return ref(self.connection, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who sees to a group, from when on. `closed_at` is when the checks saw none of it any more;
    `cleared_by` is who said "fixed, retry", under `terms`."""

    connection: str
    key: str
    incident: int
    label: str
    layer: Layer
    person: PersonId
    by: PersonId
    at: datetime
    count: int  # when it was last looked at
    most: int
    remind_at: datetime | None
    reminded: int = 0
    cleared_by: PersonId | None = None
    cleared_at: datetime | None = None
    terms: str = ""
    closed_at: datetime | None = None


def ref(connection: str, key: str) -> str:
    return f"{connection}/{key}"


def read_ref(text: str) -> tuple[str, str]:
    """Connection and key; the connection is empty in what earlier versions wrote."""
    connection, slash, key = text.rpartition("/")
    return (connection, key) if slash else ("", text)


def groups(facts: Facts) -> tuple[FailedGroup, ...]:
    """The failed records by what they mean, the largest group first."""
    hidden = payloads_hidden(facts.connection)
    found: dict[str, list[tuple[FailedRecords, PlaybookEntry | None]]] = {}
    for records in facts.failed:
        hit = facts.best_hits.get(records.text)
        entry = hit.entry if hit else None
        found.setdefault(_key(records.text, entry), []).append((records, entry))
    made = (_group(facts.connection, key, items, hidden=hidden) for key, items in found.items())
    return tuple(sorted(made, key=lambda group: (-group.count, group.key)))


def _key(text: str, entry: PlaybookEntry | None) -> str:
    """Stable for one kind of failure, and free of anything a record said."""
    if entry is not None:
        return entry.id
    # Without numbers and ids: order 4711 and order 4712 fail for one reason.
    kind = general(text) or "without words"
    return "other-" + hashlib.sha256(kind.lower().encode()).hexdigest()[:10]


def _group(
    connection: Connection,
    key: str,
    items: list[tuple[FailedRecords, PlaybookEntry | None]],
    *,
    hidden: bool,
) -> FailedGroup:
    records = [item for item, _ in items]
    entry = items[0][1]
    sums: dict[str, float] = {}
    for one in records:
        if one.amount is not None and not hidden:
            # By currency, since a sum over two of them is no amount at all.
            sums[one.currency] = sums.get(one.currency, 0.0) + one.amount
    ids = dict.fromkeys(outside(known, 40) for one in records for known in one.sample_ids)
    return FailedGroup(
        connection=connection.id,
        key=key,
        label=_label(records[0].text, entry, hidden=hidden),
        count=sum(one.count for one in records),
        oldest=min((one.oldest_at for one in records if one.oldest_at), default=None),
        amounts=tuple(sorted(sums.items())),
        samples=tuple(ids)[:SAMPLES],
        entry=entry,
    )


def _label(text: str, entry: PlaybookEntry | None, *, hidden: bool) -> str:
    if entry is not None:
        return f"{entry.error_class.words.capitalize()}: {entry.meaning}"
    if hidden:
        return "An error that the playbook does not know; its text is not shown here"
    return outside(text, 160)


def worth(group: FailedGroup) -> str:
    """`1,250 EUR and 80 USD`; empty when no amount is known or may be shown."""
    return " and ".join(f"{amount:,.0f} {currency}".strip() for currency, amount in group.amounts)


def only(facts: Facts, key: str) -> Facts:
    """The same facts as far as they concern one group, so that the retry gate judges it alone."""
    kept = tuple(
        records
        for records in facts.failed
        if _key(records.text, hit.entry if (hit := facts.best_hits.get(records.text)) else None)
        == key
    )
    # What a check was told is of the connection and not of this group.
    return replace(facts, failed=kept, check_errors=())


def look(assignment: Assignment, count: int, now: datetime) -> Assignment:
    """What the checks see of the group now. With none left it is closed."""
    after = replace(assignment, count=count, most=max(count, assignment.most))
    return replace(after, closed_at=now, remind_at=None) if count == 0 else after


def overdue(assignment: Assignment, now: datetime) -> bool:
    return assignment.remind_at is not None and assignment.remind_at <= now


def reminded(assignment: Assignment, now: datetime) -> Assignment:
    """The next reminder comes after twice the time."""
    times = assignment.reminded + 1
    return replace(assignment, reminded=times, remind_at=now + REMIND_AFTER * 2**times)


def say_groups(found: Iterable[FailedGroup]) -> str:
    """`57 records in 2 groups`; empty without any."""
    items = tuple(found)
    total = sum(group.count for group in items)
    if not total:
        return ""
    return f"{say_count(total, 'record')} in {say_count(len(items), 'group')}"
