"""Reads the records that stand in error out of a document, counted by their text.

A group that is listed without a number still holds a record; a list that is not there is not an
empty list, and a number that cannot be read is no number of ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import islice
from typing import Any

from bot.checks.http.document import Document
from bot.checks.http.value_paths import FailedMapping
from bot.checks.timestamps import to_timestamp
from bot.checks.values import to_number
from bot.core.monitoring.signals import FailedRecords
from bot.language.marks import KEPT, outside

MOST_GROUPS, MOST_IDS = 50, 5
_LOOKED_THROUGH = 2 * MOST_GROUPS  # different texts: of the rest only the records are counted
# Characters of each that are looked through, which is more than is told.
_TEXT, _ID = 2 * KEPT, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """All records in error: how many, and the largest groups of them. With a `problem`, a sentence,
    their number is not known."""

    count: int
    groups: tuple[FailedRecords, ...] = ()
    problem: str = ""


def failed_records(
    document: Document, mapping: FailedMapping, zone: tzinfo, clean: Callable[[str], str]
) -> Failed | None:
    """Groups by text, largest first; None when the list is not in the document."""
    items = document.items(mapping.path)
    if not items and not document.has_parent(mapping.path):
        return None
    # A path may name the list or select its items; both are written in estate files.
    if len(items) == 1 and isinstance(items[0], list):
        items = items[0]
    items = [item for item in items if item is not None]
    listed = (_one(document, item, mapping, zone) for item in items)
    # Only what was told apart before anything is looked through may be too much to look through.
    raw = _largest_first(_grouped(listed))
    cleaned = (_cleaned(one, clean) for one in raw[:_LOOKED_THROUGH])
    groups = _largest_first(_grouped(cleaned))[:MOST_GROUPS]
    counts = [document.field(item, mapping.count) for item in items]
    unread = sum(one not in (None, "") and to_number(one) is None for one in counts)
    # A group taken for one record could keep a limit from ever being passed.
    problem = f"{unread} of the failed records have a count that cannot be read" if unread else ""
    return Failed(count=sum(one.count for one in raw), groups=tuple(groups), problem=problem)


def _grouped(records: Iterable[FailedRecords]) -> Iterable[FailedRecords]:
    groups: dict[str, FailedRecords] = {}
    for one in records:
        known = groups.get(one.text)
        groups[one.text] = joined(known, one) if known else one
    return groups.values()


def _largest_first(groups: Iterable[FailedRecords]) -> list[FailedRecords]:
    return sorted(groups, key=lambda group: -group.count)


def _one(document: Document, item: Any, mapping: FailedMapping, zone: tzinfo) -> FailedRecords:
    """One item of the list as the far end says it, its texts cut to what is looked through."""

    def field(name: str | None) -> Any:
        return document.field(item, name)

    text = item if isinstance(item, str) else field(mapping.text)
    count = to_number(field(mapping.count)) if mapping.count else 1
    ids = field(mapping.ids)
    listed = ids if isinstance(ids, list) else [ids]
    return FailedRecords(
        text=_cut(str(text), _TEXT) if text else "no error text given",
        count=max(int(count), 0) if count is not None else 1,
        oldest_at=to_timestamp(field(mapping.oldest), zone),
        sample_ids=tuple(_cut(str(one), _ID) for one in islice(filter(_given, listed), MOST_IDS)),
        amount=to_number(field(mapping.amount)),
        currency=outside(str(field(mapping.currency) or ""), 3),
    )


def _given(value: Any) -> bool:
    return value is not None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _cleaned(one: FailedRecords, clean: Callable[[str], str]) -> FailedRecords:
    return replace(
        one,
        text=outside(clean(one.text)),
        sample_ids=tuple(outside(clean(each), 60) for each in one.sample_ids),
    )


def joined(one: FailedRecords, other: FailedRecords) -> FailedRecords:
    """Two groups of the same text as one; money of two currencies is not added up."""
    oldest = [at for at in (one.oldest_at, other.oldest_at) if at]
    same_money = one.currency == other.currency
    amounts = [amount for amount in (one.amount, other.amount) if amount is not None]
    return FailedRecords(
        text=one.text,
        count=one.count + other.count,
        oldest_at=min(oldest) if oldest else None,
        sample_ids=(one.sample_ids + other.sample_ids)[:MOST_IDS],
        amount=sum(amounts) if amounts and same_money else None,
        currency=one.currency if same_money else "",
    )
