"""Reads signals, and the records that stand in error, out of a decoded answer.

Missing fields fail closed: a path that yields nothing leaves its signal out and says so. The
exceptions are written down: JSON null means "none" for the oldest waiting record and the run in
progress, and a count may be zero only where the list itself is there.

Failed records are counted by their text. A group that is listed without a number still holds a
record; a list that is not there is not an empty list, and a number that cannot be read is no number
of ours.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any

from bot.checks.http.document import Document, searched
from bot.checks.http.settings import HttpSettings
from bot.checks.http.value_paths import FailedMapping, Pick, Quota, Source
from bot.checks.values import (
    empty_date,
    is_never,
    signal_of,
    to_number,
    to_share,
    to_timestamp,
    why_absent,
)
from bot.core.monitoring.signals import (
    TIMESTAMPS,
    Cause,
    FailedRecords,
    Reading,
    Signal,
    SignalValue,
)
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


_SINGLE = frozenset({Pick.FIRST, Pick.LAST})
_PRINTS = frozenset({Pick.SHAPE, Pick.HASH})
# Lists nested 20 deep made 63 MB of 626 bytes before shapes within lists were digests.
_DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswered:
    """An answer to read: its document, its text for patterns, its headers. `where` it came from is
    said with what it lacks; `cut` is a sentence when pages of it were left out."""

    document: Document
    headers: Mapping[str, str]
    text: str = ""
    where: str = ""
    cut: str = ""


def extract(
    answered: HttpAnswered, settings: HttpSettings, now: datetime, clean: Callable[[str], str] = str
) -> Reading:
    """Everything that `settings` ask for, and a sentence for each thing that is not there. `now`
    stands for "none is waiting" where the far end says null. `clean` takes secrets out of a text;
    it comes before texts are cut, since half a secret would not be recognised."""
    signals, missing, absent = _signals(answered, settings, now, clean)
    records = None
    if settings.failed:
        records = failed_records(answered.document, settings.failed, settings.zone, clean)
        if records is None:
            path = settings.failed.path
            missing.append(f"the list of failed records at {path} is not in the answer")
        elif records.problem:
            missing.append(records.problem)
        # A number that the far end gives itself counts also what its list leaves out.
        elif Signal.FAILED not in settings.signals:
            signals[Signal.FAILED] = float(records.count)
    if answered.cut:
        missing.append(answered.cut)
    if settings.requested_version:
        signals |= _drift(settings.requested_version, signals.get(Signal.VERSION))
    if settings.quota:
        share = quota_used(answered, settings.quota)
        if share is None:
            missing.append(f"{Signal.QUOTA_USED}: the answer does not say it")
        else:
            signals[Signal.QUOTA_USED] = share
    error = f"{answered.where}: {'; '.join(missing)}" if missing else ""
    return Reading(
        at=now,
        signals=signals,
        failed=records.groups if records else (),
        error=outside(error),
        cause=Cause.LACKING if error else None,
        absent=absent,
    )


def _signals(
    answered: HttpAnswered, settings: HttpSettings, now: datetime, clean: Callable[[str], str]
) -> tuple[dict[str, SignalValue], list[str], dict[str, str]]:
    """(those that were found, a sentence for each other one, what stood in place of some)."""
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True}
    missing: list[str] = []
    absent: dict[str, str] = {}
    zone = settings.zone
    for signal, source in settings.signals.items():
        found, raw = _raw(answered, source, zone if signal in TIMESTAMPS else None)
        value = signal_of(signal, raw, zone, now, clean) if found else None
        if value is not None:
            signals[signal] = value
        elif instead := why_absent(signal, raw, zone):
            absent[signal] = instead
            missing.append(f"{signal}: {source.place()} holds {instead}")
        else:
            problem = "holds no usable value" if found else "is not in the answer"
            missing.append(f"{signal}: {source.place()} {problem}")
    return signals, missing, absent


def _drift(requested: str, served: SignalValue | None) -> dict[str, SignalValue]:
    """Retired versions are often answered by another one, with status 200."""
    signals: dict[str, SignalValue] = {Signal.VERSION_REQUESTED: requested}
    if served is not None:
        same = str(served).strip().casefold() == requested.strip().casefold()
        signals[Signal.VERSION_DRIFT] = "none" if same else f"asked for {requested}, got {served}"
    return signals


def quota_used(answered: HttpAnswered, quota: Quota) -> float | None:
    """The share 0..1 of the allowed calls that is used up; None when the answer does not say."""

    def read(source: Source | None) -> Any:
        return _raw(answered, source, None)[1] if source else None

    limit = to_number(read(quota.limit))
    if quota.remaining is not None:
        left = to_number(read(quota.remaining))
        return None if left is None or not limit else max(0.0, 1 - left / limit)
    used = read(quota.used)
    if quota.limit is None:
        return to_share(used)
    number = to_number(used)
    return None if number is None or not limit else number / limit


def _raw(answered: HttpAnswered, source: Source, zone: tzinfo | None) -> tuple[bool, Any]:
    """(found, value) at `source`; `zone` is given when the values are moments."""
    if source.of and source.path:
        return _share(answered.document, source.path, source.of)
    found, values = _candidates(answered, source)
    if not found:
        return False, None
    if source.pick in _SINGLE:
        value = values[0 if source.pick is Pick.FIRST else -1] if values else None
        return bool(values), _translated(value, source)
    if source.pick in _PRINTS:
        shapes = [_shape(value) if source.pick is Pick.SHAPE else value for value in values]
        return bool(values), _fingerprint(shapes, source.pick)
    return True, _translated(_reduced(values, source.pick, zone), source)


def _candidates(answered: HttpAnswered, source: Source) -> tuple[bool, list[Any]]:
    """(whether the place is there, what stands at it)."""
    if source.header:
        value = answered.headers.get(source.header)
        values: list[Any] = [] if value is None else [value]
    elif source.path:
        values = answered.document.values(source.path)
        if source.pick not in _SINGLE and len(values) == 1 and isinstance(values[0], list):
            values = values[0]
        elif not values and (
            source.pick in _SINGLE or not answered.document.has_parent(source.path)
        ):
            return False, []
    else:
        values = [answered.text]
    if source.regex:
        texts = (str(value) for value in values if value is not None)
        values = [hit for text in texts for hit in searched(text, source.regex)]
    return bool(values) or source.pick not in _SINGLE, values


def _share(document: Document, part: str, whole: str) -> tuple[bool, float | None]:
    """How many match `part` per match of `whole`. None of none is all of them: that nothing
    came is for the volume to say."""
    if not document.has_parent(whole) and not document.values(whole):
        return False, None
    all_of_them = len(document.values(whole))
    return True, len(document.values(part)) / all_of_them if all_of_them else 1.0


def _translated(value: Any, source: Source) -> Any:
    if source.map is not None and value is not None:
        word = str(value).casefold()
        known = {key.casefold(): meant for key, meant in source.map.items()}
        value = known.get(word, known.get("*"))
    if source.scale is not None:
        number = to_number(value)
        value = None if number is None else number * source.scale
    return value


def _reduced(values: Sequence[Any], pick: Pick, zone: tzinfo | None) -> Any:
    if pick is Pick.COUNT:
        return len(values)
    # Of several values, one that cannot be read makes the whole unknown.
    if zone is not None and pick is not Pick.SUM:
        return _of_moments(values, pick, zone)
    read = [to_number(value) for value in values if value not in (None, "")]
    numbers = [number for number in read if number is not None]
    if len(numbers) < len(read):
        return None
    if pick is Pick.SUM:
        return sum(numbers)
    return (min(numbers) if pick is Pick.MIN else max(numbers)) if numbers else None


def _of_moments(values: Sequence[Any], pick: Pick, zone: tzinfo) -> Any:
    """Empty dates are left out, but where there is nothing else they are all there is."""
    empty = [value for value in values if empty_date(value, zone)]
    written = [value for value in values if not is_never(value) and value not in empty]
    moments = [to_timestamp(value, zone) for value in written]
    text = [at.isoformat() for at in moments if at]  # all UTC: their order is that of time
    if len(text) < len(moments):
        return None
    if not text:
        return empty[0] if empty else None
    return min(text) if pick is Pick.MIN else max(text)


def _shape(value: Any, depth: int = 0) -> Any:
    """Field names and types, the same however many items a list holds."""
    if isinstance(value, dict) and depth < _DEEPEST:
        return {key: _shape(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list) and depth < _DEEPEST:
        return sorted({_written(_shape(part, depth + 1)) for part in value})
    return "number" if to_number(value) is not None else type(value).__name__


def _written(shape: Any) -> str:
    """A shape within a list, by its digest: text within text doubles its quotes each time."""
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def _fingerprint(values: Sequence[Any], pick: Pick) -> str:
    # Sorted keys: the order of an object's fields is free and changes with the server's version.
    written = [json.dumps(value, sort_keys=True, default=str) for value in values]
    text = "\n".join(sorted(set(written)) if pick is Pick.SHAPE else written)
    # Kept by the database and compared at each look: a change here is a new shape everywhere.
    return hashlib.sha256(text.encode()).hexdigest()[:12]
