"""Reads signals and failed records out of a decoded answer, by JSONPath.

Missing fields fail closed: a path that yields nothing leaves its signal out and says so. The
exceptions are written down: JSON null means "none" for the oldest waiting record and the run
in progress, and a count may be zero only where the list itself is there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any

import jsonpath
from jsonpath import JSONPath
from jsonpath.exceptions import JSONPathError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.checks.values import TEXTS, to_number, to_signal, to_timestamp
from bot.core.signals import TIMESTAMPS, FailedRecords, Signal, SignalValue
from bot.core.text import outside

MOST_GROUPS, MOST_IDS, MOST_MATCHES = 50, 5, 20_000
_NULL_MEANS_NONE = frozenset({Signal.QUEUE_OLDEST, Signal.RUNNING_SINCE})


@lru_cache(maxsize=1024)
def _compiled(path: str) -> JSONPath:
    compiled = jsonpath.compile(path)
    if not isinstance(compiled, JSONPath):
        raise ValueError("compound paths with | or & are not supported")
    return compiled


def _checked(path: str) -> str:
    try:
        _compiled(path)
    except JSONPathError as error:
        raise ValueError(f"not a JSONPath: {error.message}") from None
    return path


Path = Annotated[str, AfterValidator(_checked)]


class Pick(StrEnum):
    """Which of several matches counts."""

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    COUNT = "count"


class Source(BaseModel):
    """Where a signal's value comes from: a place in the JSON body or a response header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = Field(None, description="JSONPath into the body.")
    header: str | None = Field(None, description="Name of a response header.")
    pick: Pick = Field(Pick.FIRST, description="Which of several matches counts.")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Either form, so that editors accept a bare path."""
        return {"anyOf": [{"type": "string", "description": "JSONPath."}, handler(schema)]}

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_place(self) -> "Source":
        if (self.path is None) == (self.header is None):
            raise ValueError("give either a path or a header")
        return self


class FailedMapping(BaseModel):
    """Where the records in error are listed. Names are fields of one list item; `a.b` reaches
    into an inner object. Items with the same text are counted together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="JSONPath of the list, or of its items.")
    text: str = Field("text", description="Field with the error text.")
    count: str | None = Field(None, description="Field with a number of records; without it 1.")
    oldest: str | None = Field(None, description="Field with the time of the oldest record.")
    ids: str | None = Field(None, description="Field with a record id or a list of them.")
    amount: str | None = Field(None, description="Field with the money at stake.")
    currency: str | None = Field(None, description="Field with the currency of the amount.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What was found, and in `missing` a sentence for each thing that was not."""

    signals: Mapping[str, SignalValue]
    failed: tuple[FailedRecords, ...]
    missing: tuple[str, ...]


def extract(
    body: Any,
    headers: Mapping[str, str],
    *,
    sources: Mapping[Signal, Source],
    failed: FailedMapping | None,
    zone: tzinfo,
    now: datetime,
    clean: Callable[[str], str] = str,
) -> Extract:
    """Read everything that `sources` and `failed` name. `zone` is for times without an offset;
    `now` stands for "none is waiting" where the far end says null. `clean` takes secrets out of
    a text; it comes before texts are cut, since half a secret would not be recognised."""
    signals: dict[str, SignalValue] = {}
    missing: list[str] = []
    for signal, source in sources.items():
        found, raw = _raw(body, headers, source, zone if signal in TIMESTAMPS else None)
        if isinstance(raw, str) and signal in TEXTS:
            raw = clean(raw)
        value = to_signal(signal, raw, zone) if found else None
        if found and raw is None and signal in _NULL_MEANS_NONE:
            value = now
        if value is None:
            missing.append(_missing(signal, source, found))
        else:
            signals[signal] = value
    groups, list_found = _failed_records(body, failed, zone, clean) if failed else ((), True)
    if failed and not list_found:
        missing.append(f"the list of failed records at {failed.path} is not in the answer")
    elif failed and Signal.FAILED not in sources:
        signals[Signal.FAILED] = float(sum(group.count for group in groups))
    return Extract(signals=signals, failed=groups[:MOST_GROUPS], missing=tuple(missing))


def _missing(signal: Signal, source: Source, found: bool) -> str:
    place = f"header {source.header}" if source.header else source.path
    return f"{signal}: {place} {'holds no usable value' if found else 'is not in the answer'}"


def _matches(body: Any, path: JSONPath) -> list[Any]:
    if not isinstance(body, (dict, list)):
        return []
    try:
        return [match.obj for match in islice(path.finditer(body), MOST_MATCHES)]
    except JSONPathError:
        return []


def _has_parent(body: Any, path: JSONPath) -> bool:
    """Whether the place in which `path` selects exists, so that no match means an empty list."""
    if len(path.segments) < 2:
        return False
    return bool(_matches(body, JSONPath(env=path.env, segments=path.segments[:-1])))


def _raw(
    body: Any, headers: Mapping[str, str], source: Source, zone: tzinfo | None
) -> tuple[bool, Any]:
    """(found, value) at `source`; `zone` is given when the values are moments."""
    if source.header is not None:
        value = headers.get(source.header)
        return value is not None, value
    path = _compiled(source.path or "")
    values = _matches(body, path)
    if source.pick not in (Pick.FIRST, Pick.LAST):
        if len(values) == 1 and isinstance(values[0], list):
            values = values[0]
        elif not values and not _has_parent(body, path):
            return False, None
        return True, _reduce(values, source.pick, zone)
    if not values:
        return False, None
    return True, values[0 if source.pick is Pick.FIRST else -1]


def _reduce(values: Sequence[Any], pick: Pick, zone: tzinfo | None) -> Any:
    if pick is Pick.COUNT:
        return len(values)
    if zone is not None and pick is not Pick.SUM:
        moments = [at for value in values if (at := to_timestamp(value, zone))]
        text = [at.isoformat() for at in moments]  # all UTC, so their order is that of time
        return (min(text) if pick is Pick.MIN else max(text)) if text else None
    numbers = [number for value in values if (number := to_number(value)) is not None]
    if pick is Pick.SUM:
        return sum(numbers)
    return (min(numbers) if pick is Pick.MIN else max(numbers)) if numbers else None


def _field(item: Any, name: str | None) -> Any:
    for part in name.split(".") if name else ():
        item = item.get(part) if isinstance(item, dict) else None
    return item if name else None


def _failed_records(
    body: Any, mapping: FailedMapping, zone: tzinfo, clean: Callable[[str], str]
) -> tuple[tuple[FailedRecords, ...], bool]:
    """(groups by text, whether the list is there), largest group first."""
    path = _compiled(mapping.path)
    items = _matches(body, path)
    if not items and not _has_parent(body, path):
        return (), False
    if len(items) == 1 and isinstance(items[0], list):
        items = items[0]
    groups: dict[str, FailedRecords] = {}
    for item in items:
        if item is not None:
            one = _one_failed(item, mapping, zone, clean)
            known = groups.get(one.text)
            groups[one.text] = _joined(known, one) if known else one
    return tuple(sorted(groups.values(), key=lambda group: -group.count)), True


def _one_failed(
    item: Any, mapping: FailedMapping, zone: tzinfo, clean: Callable[[str], str]
) -> FailedRecords:
    text = item if isinstance(item, str) else _field(item, mapping.text)
    count = to_number(_field(item, mapping.count)) if mapping.count else 1
    ids = _field(item, mapping.ids)
    listed = ids if isinstance(ids, list) else [ids]
    return FailedRecords(
        text=outside(clean(str(text))) if text else "no error text given",
        # A group that is listed without a readable number still holds a record.
        count=max(int(count), 0) if count is not None else 1,
        oldest_at=to_timestamp(_field(item, mapping.oldest), zone),
        sample_ids=tuple(outside(clean(str(one)), 60) for one in listed if one is not None)[
            :MOST_IDS
        ],
        amount=to_number(_field(item, mapping.amount)),
        currency=outside(str(_field(item, mapping.currency) or ""), 3),
    )


def _joined(one: FailedRecords, other: FailedRecords) -> FailedRecords:
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
