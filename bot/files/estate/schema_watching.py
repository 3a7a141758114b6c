"""The shapes of what watching knows besides rules: volume, runs, the calendar and windows."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from bot.core.estate.check_spec import Counting, Due, Level
from bot.core.estate.windows import Weekly, WindowKind
from bot.core.monitoring.signals import TIMESTAMPS, Signal
from bot.files.estate.fields import ConnectionRef, Day, Duration, Moment, Name, Shape, SystemRef
from bot.files.estate.working_hours import read_from, read_weekly
from bot.language.cron import read_cron
from bot.language.mistakes import Mistake

MOST_LOOKS = 20
_CONFIRM = re.compile(r"(\d{1,2})(?:\s+of\s+(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """`looks` of the last `within`; in a row when `within` is 0."""

    looks: int
    within: int = 0


def _confirm(value: Any) -> Confirm:
    if isinstance(value, Confirm):
        return value
    form = _CONFIRM.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    looks, within = (int(part or 0) for part in form.groups()) if form else (0, 0)
    if not 1 <= looks <= MOST_LOOKS or within > MOST_LOOKS or (within and within < looks):
        raise ValueError(f"write a number from 1 to {MOST_LOOKS}, or for example '3 of 5'")
    return Confirm(looks=looks, within=within if within > looks else 0)


def _cron(text: str) -> str:
    try:
        read_cron(text)
    except ValueError as error:
        said = f"this is no cron expression, {error}; write for example '30 1 * * mon-fri'"
        raise ValueError(said) from None
    return text


ConfirmText = Annotated[
    Confirm,
    BeforeValidator(_confirm),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST_LOOKS},
                {"type": "string", "pattern": r"^\s*\d{1,2}(\s+of\s+\d{1,2})?\s*$"},
            ]
        }
    ),
]
CronText = Annotated[str, Field(max_length=100), AfterValidator(_cron)]
WeeklyText = Annotated[
    Weekly,
    BeforeValidator(lambda text: text if isinstance(text, Weekly) else read_weekly(str(text))),
    WithJsonSchema({"type": "string", "examples": ["Sun 02:00-06:00", "Sat 22:00-04:00"]}),
]
ByText = Annotated[
    tuple[tuple[int, ...], time],
    BeforeValidator(lambda text: text if isinstance(text, tuple) else read_from(str(text))),
    WithJsonSchema({"type": "string", "examples": ["Mon-Fri 07:30"]}),
]


class DueShape(Shape):
    """Records that must have come by a time of day."""

    by: ByText = Field(description="Weekdays and time, such as Mon-Fri 07:30.")
    at_least: float = Field(1, gt=0, description="How many records at least.")

    def due(self) -> Due:
        days, by = self.by
        return Due(by=by, days=days, at_least=self.at_least)


class VolumeShape(Shape):
    """Judging a check by how many records come."""

    signal: Signal = Field(Signal.PROCESSED, description="Signal that counts records.")
    counts: Counting = Field(
        Counting.TOTAL, description="Whether the signal is a rising total or that of one run."
    )
    silence: Level = Field(Level.FAIL, description="Verdict when it falls silent.")
    deviation: Level = Field(Level.WARN, description="Verdict after an unusual day.")
    quiet_limit: Duration | None = Field(
        None, description="Longest silence allowed until enough weeks are known."
    )
    floor: float = Field(
        0.3, ge=0.05, le=0.95, description="Share by which a day must differ to be unusual."
    )
    month_end: float = Field(
        1.0, gt=0, le=100, description="How much busier the month-end close is."
    )
    due: DueShape | None = Field(None, description="Records that must have come by a time.")

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.signal in TIMESTAMPS:
            said = f"{self.signal} is a moment: volume needs a signal that counts"
            raise Mistake(said, "signal")
        return self


class RunsShape(Shape):
    """Limits on one run, where `running_since` or `last_attempt` is read."""

    longest: Duration | None = Field(None, description="Longest a run may take.")
    shortest: Duration | None = Field(None, description="Shortest a run can take and be whole.")
    starts: CronText = Field("", validate_default=False, description="When runs begin, as cron.")
    late: Duration = Field(timedelta(minutes=10), description="How late a run may begin.")

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.shortest and self.longest and self.shortest > self.longest:
            said = "no run is both as long as the shortest and as short as the longest may be"
            raise Mistake(said, "shortest", hint="write the shorter span for 'shortest'")
        return self


class MonthEndShape(Shape):
    """Working days around the turn of a month that belong to the close."""

    before: int = Field(1, ge=0, le=10, description="Last working days of a month.")
    after: int = Field(5, ge=0, le=15, description="First working days of the next.")


class CalendarShape(Shape):
    """The company's special days."""

    holidays: list[Day] = Field(default_factory=list, description="Days without usual business.")
    month_end: MonthEndShape = Field(
        default_factory=MonthEndShape, description="Days of the month-end close."
    )


class WindowShape(Shape):
    """A time in which a failure opens no incident. One of `from`, `weekly`, `cron`, `month_end`."""

    name: Name = Field(description="What it is for, such as ERP update.")
    kind: WindowKind = Field(WindowKind.MAINTENANCE, description="Maintenance or freeze.")
    systems: list[SystemRef] = Field(default_factory=list, description="Systems it covers.")
    connections: list[ConnectionRef] = Field(
        default_factory=list, description="Connections it covers; none at all means everything."
    )
    start: Moment | None = Field(None, alias="from", description="When it begins, once.")
    until: Moment | None = Field(None, description="When it ends, once.")
    weekly: WeeklyText | None = Field(None, description="Weekdays and hours, every week.")
    cron: CronText | None = Field(None, description="When it begins, as cron.")
    length: Duration | None = Field(None, alias="for", description="How long, after cron.")
    month_end: bool = Field(False, description="All days of the month-end close.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [self.start or self.until, self.weekly, self.cron or self.length, self.month_end]
        if sum(bool(form) for form in given) != 1:
            raise ValueError("write one of from and until, weekly, cron and for, or month_end")
        if bool(self.start) != bool(self.until):
            raise ValueError("a window needs both from and until")
        if bool(self.cron) != bool(self.length):
            raise ValueError("a window by cron needs for, its length")
        if self.start and self.until and _backwards(self.start, self.until):
            raise Mistake("a window must end after it begins", "until")
        return self


def _backwards(start: datetime, end: datetime) -> bool:
    """Only moments written alike can be compared before the company's zone is known."""
    return (start.tzinfo is None) == (end.tzinfo is None) and end <= start
