"""Probe kind `sql`: signals out of a database, each by one SELECT, over any SQLAlchemy driver.

Read-only three times: only a single SELECT is taken, the session is set to read only where the
database can do that, and nothing is ever committed.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from bot.checks.blocking import Busy
from bot.checks.http.document import JsonDocument
from bot.checks.http.error_records import MOST_GROUPS, failed_records, uncounted
from bot.checks.http.value_paths import FailedMapping
from bot.checks.outcomes import Clean, unreachable
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.probes.select_only import require_select
from bot.checks.probes.sql_question import Found, SqlQuery, Trouble, place_of
from bot.checks.setting_types import require_zone
from bot.checks.templates import filled, moment, require_templates
from bot.checks.values import to_signal, why_absent
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside
from bot.language.mistakes import Doubt, Mistake, Place

Select = Annotated[str, AfterValidator(require_select)]
_COLUMNS = FailedMapping(
    path="$.rows",
    text="text",
    count="count",
    oldest="oldest",
    ids="ids",
    amount="amount",
    currency="currency",
)
_NAMES = frozenset(Signal)
_COUNTING, _WORD = re.compile(r"\(\s*\*\s*\)"), re.compile(r"\w+")
_BOUND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # as SQLAlchemy finds them, also within quotes
_NULL_MEANS_NONE = frozenset({Signal.QUEUE_OLDEST, Signal.RUNNING_SINCE})


class SqlSettings(ProbeSettings):
    """Asks a database."""

    url: SecretStr = Field(
        description="Database address of SQLAlchemy, such as postgresql+psycopg://…; write ${NAME}."
    )
    signals: Mapping[Signal, Select] = Field(
        default_factory=dict, description="Signal name to a SELECT of one value."
    )
    row: Select | None = Field(None, description="SELECT of one row whose columns are signals.")
    failed: Select | None = Field(
        None,
        description="SELECT of records in error: text and, if known, count, oldest, ids, amount.",
    )
    bind: Annotated[Mapping[str, str | int | float | bool], AfterValidator(require_templates)] = (
        Field(default_factory=dict, description="Values for :names; may be time templates.")
    )
    timezone: Annotated[str, AfterValidator(require_zone)] = Field(
        "UTC", description="Zone of timestamps without an offset."
    )

    @field_validator("url")
    @classmethod
    def _database_address(cls, url: SecretStr) -> SecretStr:
        place_of(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.signals or self.row or self.failed):
            raise ValueError("give signals, row or failed")
        return self

    @model_validator(mode="after")
    def _all_bound(self) -> Self:
        for at, query in self._queries():
            if lacking := sorted({*_BOUND.findall(query)} - {*self.bind}):
                said = f"the query asks for :{lacking[0]}, and 'bind' does not give it"
                hint = f"write bind: {{{lacking[0]}: …}}, or \\: for a colon that is only text"
                raise Mistake(said, *at, hint=hint)
        return self

    def _queries(self) -> Iterator[tuple[Place, str]]:
        yield from ((("signals", name), query) for name, query in self.signals.items())
        yield from (((key,), query) for key in ("row", "failed") if (query := getattr(self, key)))

    def doubts(self) -> Iterator[Doubt]:
        asked = {name for _, query in self._queries() for name in _BOUND.findall(query)}
        for name in self.bind:
            if name not in asked:
                said = f"no query asks for :{name}"
                yield Doubt(at=("bind", name), message=said, hint=f"write :{name} where it belongs")

    def gives(self) -> frozenset[str] | None:
        """A column of `row` has to be named in it, unless a `*` stands for columns."""
        row = _COUNTING.sub("", self.row or "").casefold()
        if "*" in row:
            return None
        named = _NAMES & set(_WORD.findall(row))
        failed = {Signal.FAILED} if self.failed else set()
        return frozenset({Signal.REACHABLE, *self.signals, *named, *failed})

    def origin(self) -> str:
        return place_of(self.url.get_secret_value())


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading of all signals that the queries gave; Blind when it is our login or query."""
    from bot.checks.probes.sql_session import (
        Session,  # only who asks a database pays for its library
    )

    settings = SqlSettings.of(spec)
    origin = settings.origin()
    session = Session(settings.url.get_secret_value(), spec.timeout)
    clean: Clean = tools.without({*settings.secrets(), *session.secrets()})
    question = _question(settings, now)
    try:
        found = await tools.errands.run(origin, lambda: session.ask(question), session.stop)
    except Busy:
        return Blind(at=now, reason=f"{origin}: earlier queries have not ended yet")
    except Trouble as trouble:
        said = f"{origin}: {outside(clean(str(trouble)), 200)}"
        if trouble.ours:
            return Blind(at=now, reason=said, cause=trouble.cause)
        return unreachable(now, said, trouble.cause)
    return _reading(found, settings, now, clean)


def _question(settings: SqlSettings, now: datetime) -> SqlQuery:
    zone = ZoneInfo(settings.timezone)
    bound = {
        name: at if isinstance(value, str) and (at := moment(value, now, zone)) else value
        for name, value in settings.bind.items()
    }
    return SqlQuery(
        single={signal.value: query for signal, query in settings.signals.items()},
        row=settings.row,
        many=settings.failed,
        bound={name: filled(value, now, zone) for name, value in bound.items()},
        most=MOST_GROUPS * 20,
    )


def _reading(found: Found, settings: SqlSettings, now: datetime, clean: Clean) -> Reading:
    zone = ZoneInfo(settings.timezone)
    signals: dict[str, SignalValue] = {Signal.REACHABLE: True}
    missing: list[str] = []
    absent: dict[str, str] = {}
    for name, raw in found.values.items():
        if name not in _NAMES:
            missing.append(f"the column {outside(name, 60)} is not a signal")
            continue
        signal = Signal(name)
        value = to_signal(signal, clean(raw) if isinstance(raw, str) else raw, zone)
        if raw is None and signal in _NULL_MEANS_NONE:
            value = now
        if value is not None:
            signals[signal] = value
        elif instead := why_absent(signal, raw, zone):
            absent[signal] = instead
            missing.append(f"{signal}: the query gave {instead}")
        else:
            missing.append(f"{signal}: the query gave no usable value")
    failed = None
    if found.rows is not None:
        document = JsonDocument({"rows": found.rows})
        failed = failed_records(document, _COLUMNS, zone, clean)
        if unread := uncounted(document, _COLUMNS):
            missing.append(f"{unread} of the failed records have a count that cannot be read")
        else:
            signals.setdefault(Signal.FAILED, float(failed.count if failed else 0))
    error = f"{settings.origin()}: {'; '.join(missing)}" if missing else ""
    return Reading(
        at=now,
        signals=signals,
        failed=failed.groups if failed else (),
        error=outside(error),
        cause=Cause.LACKING if error else None,
        absent=absent,
    )
