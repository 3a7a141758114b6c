"""The shapes of what watching knows besides rules: volume, runs, the calendar and windows.

What the estate file says of `webhooks`: what runbook steps may call once a person says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from bot.core.estate.check_spec import Due, Rule, RunLimits, Threshold, VolumeRule, Webhook
from bot.core.estate.windows import Calendar, MonthEnd, Weekly, WindowKind
from bot.core.monitoring.signals import TIMESTAMPS, Signal
from bot.core.runbooks.webhook_calls import PLACES, unknown_place
from bot.files.estate.entries import Entry, key
from bot.files.estate.fields import (
    ConnectionRef,
    Duration,
    LocalMoment,
    Name,
    Shape,
    SystemRef,
    Text,
    WebAddress,
    as_text,
    optional,
    parts,
)
from bot.files.estate.rule_text import FORM, contradiction, never_clear, read_threshold, wrong_way
from bot.files.estate.working_hours import read_from, read_weekly
from bot.language.cron import read_cron
from bot.language.errors import Mistake
from bot.language.headers import header_mistake

MOST_LOOKS = 20
_CONFIRM = re.compile(r"(\d{1,2})(?:\s+of\s+(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """`looks` of the last `within`; in a row when `within` is 0."""

    looks: int
    within: int = 0


def _confirm(value: Any) -> Confirm:
    form = _CONFIRM.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    looks, within = (int(part or 0) for part in form.groups()) if form else (0, 0)
    if not 1 <= looks <= MOST_LOOKS or within > MOST_LOOKS or (within and within < looks):
        raise ValueError(f"write a number from 1 to {MOST_LOOKS}, or for example '3 of 5'")
    # “3 of 3” is three in a row.
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
    BeforeValidator(lambda text: read_weekly(str(text))),
    as_text(examples=["Sun 02:00-06:00", "Sat 22:00-04:00"]),
]
ByText = Annotated[
    tuple[tuple[int, ...], time],
    BeforeValidator(lambda text: read_from(str(text))),
    as_text(examples=["Mon-Fri 07:30"]),
]


def _fits(text: str, info: ValidationInfo) -> Threshold | str:
    signal = info.data.get("signal")
    if signal is None:
        return text
    limit, wrong = read_threshold(text, signal), ""
    warn, fail = info.data.get("warn"), info.data.get("fail")
    # pydantic validates fields in their order and gives those before in `info.data`.
    if info.field_name != "clear":
        wrong = wrong_way(limit, signal)
        if warn and not wrong:  # read before `fail`
            wrong = contradiction(warn, limit)
    elif bad := fail or warn:
        wrong = never_clear(limit, bad)
    if wrong:
        raise ValueError(wrong)
    return limit


RuleText = Annotated[
    str,
    Field(max_length=100),
    as_text(pattern=FORM),
    AfterValidator(_fits),
]


def _judges(rule: Rule) -> None:
    if rule.warn is None and rule.fail is None:
        raise ValueError("this rule judges nothing: give it a 'warn' or a 'fail', as '> 20m'")


class DueShape(Shape):
    """Records that must have come by a time of day."""

    by: ByText = Field(description="Weekdays and time, such as Mon-Fri 07:30.")
    at_least: float = optional("How many records at least.", 1, gt=0)

    def due(self) -> Due:
        days, by = self.by
        return Due(by=by, days=days, at_least=self.at_least)


def _counts_something(rule: VolumeRule) -> None:
    if rule.signal in TIMESTAMPS:
        said = f"{rule.signal} is a moment: volume needs a signal that counts"
        raise Mistake(said, "signal")


def _leaves_room(limits: RunLimits) -> None:
    if limits.shortest and limits.longest and limits.shortest > limits.longest:
        said = "no run is both as long as the shortest and as short as the longest may be"
        raise Mistake(said, "shortest", hint="write the shorter span for 'shortest'")


WATCHING = {
    Rule: Entry(
        "When a signal is worrying and when it is failing.",
        signal=key("Name of the signal.", Signal),
        warn=key(
            "Comparison that makes the verdict degraded.", RuleText | None, examples=["> 20m"]
        ),
        fail=key("Comparison that makes the verdict failing.", RuleText | None, examples=["> 30m"]),
        clear=key("Comparison that must hold before it is good again.", RuleText | None),
    ).where(_judges),
    VolumeRule: Entry(
        "Judging a check by how many records come.",
        "VolumeShape",
        signal=key("Signal that counts records.", Signal),
        counting=key("Whether the signal is a rising total or that of one run.", alias="counts"),
        silence="Verdict when it falls silent.",
        deviation="Verdict after an unusual day.",
        quiet_limit="Longest silence allowed until enough weeks are known.",
        floor=key("Share by which a day must differ to be unusual.", ge=0.05, le=0.95),
        month_end=key("How much busier the month-end close is.", gt=0, le=100),
        due=key(
            "Records that must have come by a time.",
            Annotated[DueShape, AfterValidator(DueShape.due)] | None,
        ),
    ).where(_counts_something),
    RunLimits: Entry(
        "Limits on one run, where `running_since` or `last_attempt` is read.",
        "RunsShape",
        longest="Longest a run may take.",
        shortest="Shortest a run can take and be whole.",
        starts=key("When runs begin, as cron.", CronText, validate_default=False),
        late="How late a run may begin.",
    ).where(_leaves_room),
    MonthEnd: Entry(
        "Working days around the turn of a month that belong to the close.",
        before=key("Last working days of a month.", ge=0, le=10),
        after=key("First working days of the next.", ge=0, le=15),
    ),
    Calendar: Entry(
        "The company's special days.",
        holidays="Days without usual business.",
        month_end="Days of the month-end close.",
    ),
}


class WindowShape(Shape):
    """A time in which a failure opens no incident. One of `from`, `weekly`, `cron`, `month_end`."""

    name: Name = Field(description="What it is for, such as ERP update.")
    kind: WindowKind = optional("Maintenance or freeze.", WindowKind.MAINTENANCE)
    systems: tuple[SystemRef, ...] = parts("Systems it covers.")
    connections: tuple[ConnectionRef, ...] = parts(
        "Connections it covers; none at all means everything."
    )
    start: LocalMoment | None = optional("When it begins, once.", alias="from")
    until: LocalMoment | None = optional("When it ends, once.")
    weekly: WeeklyText | None = optional("Weekdays and hours, every week.")
    cron: CronText | None = optional("When it begins, as cron.")
    length: Duration | None = optional("How long, after cron.", alias="for")
    month_end: bool = optional("All days of the month-end close.", False)

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


LONGEST = timedelta(minutes=2)


def _bounded(timeout: timedelta) -> timedelta:
    if timeout > LONGEST:
        raise ValueError("the time-out is more than nothing and at most 2m")
    return timeout


def _can_be_sent(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if mistake := header_mistake(name, value):
            raise Mistake(mistake, name)
    return headers


def _places(body: Any) -> Any:
    unknown = unknown_place(body)
    if unknown:
        known = ", ".join("{{" + place + "}}" for place in PLACES)
        raise ValueError(f"nothing fills {{{{{unknown}}}}}; there are {known}")
    return body


def _not_in_the_open(hook: Webhook) -> None:
    if not hook.private and not hook.url.lower().startswith("https://"):
        raise ValueError("its url needs https://, unless it says `private: true`")


WEBHOOKS = {
    Webhook: Entry(
        "An address that a runbook step of kind `action` may call.",
        url=key("Address; write ${NAME} where it holds a secret.", WebAddress),
        method=key("HTTP method.", Literal["POST", "PUT", "PATCH"]),
        headers=key(
            "Headers; write ${NAME} for a secret.",
            Annotated[dict[Name, Text], AfterValidator(_can_be_sent)],
        ),
        body=key(
            "Text, or a mapping sent as JSON; {{connection}} and the like are filled.",
            Annotated[Any, AfterValidator(_places)],
        ),
        timeout=key(
            "How long to wait for an answer.", Annotated[Duration, AfterValidator(_bounded)]
        ),
        confirm="What a person is asked before it is called.",
        resends="It sends records again, so the retry gate is asked first.",
        private="It may be inside the own network, also without TLS.",
    ).where(_not_in_the_open)
}
