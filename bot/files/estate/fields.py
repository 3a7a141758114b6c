"""The kinds of text that fields of the estate file hold, each with its check and JSON Schema.

What a check must know of the rest of the file (the names in it, the moment, whether it is an
example) comes as `Surroundings` through pydantic's validation context; without one, only the form
is checked.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.core.estate.catalogue import Hours
from bot.core.estate.lane import Layer
from bot.files.estate.working_hours import read_hours
from bot.files.problems import did_you_mean
from bot.language.local_time import begins, ends, exists, local
from bot.language.marks import cleaned
from bot.language.scalars import meant
from bot.language.units import TooLong, duration_hint, parse_duration
from bot.language.zones import zone_names

_DURATION = r"^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$"
_RELATIVE = re.compile(r"([+-])\s*(\d.*)")
_EMAIL = r"^[^@\s<>]+@[^@\s<>]+$"
_SLACK_ID = r"^[UW][A-Z0-9]{2,20}$"
_WEB_ADDRESS = r"^https?://\S+$"
_LONGEST_ID = 63
_SLUG = rf"^[a-z0-9][a-z0-9-]{{0,{_LONGEST_ID - 1}}}$"


class Shape(BaseModel):
    """What every model of the file shares: unknown keys are refused, values never change."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        # Most shapes are only parts of the one that is asked; each would be built twice.
        defer_build=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _as_yaml_has_it(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields.get(info.field_name or "")
        return value if field is None else meant(value, field.annotation)

    @model_validator(mode="before")
    @classmethod
    def _empty_keys_say_nothing(cls, value: Any) -> Any:
        if isinstance(value, dict):
            known = {field.alias or name for name, field in cls.model_fields.items()}
            # An unknown key stays although it is empty, so that its misspelling is told.
            return {
                key: part for key, part in value.items() if part is not None or key not in known
            }
        return value


def as_text(**schema: Any) -> WithJsonSchema:
    """A text in the JSON Schema, whatever it is read as."""
    return WithJsonSchema({"type": "string", **schema})


def optional(about: str, default: Any = None, **limits: Any) -> Any:
    """A key that need not be there."""
    return Field(default, description=about, **limits)


def parts(about: str, none: Callable[[], Any] = tuple, **limits: Any) -> Any:
    """A key that holds others, in a list unless `none` makes something else of it when empty."""
    return Field(default_factory=none, description=about, **limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a field may look at. `names` holds the known ids by what they name, and `called` the id
    of whom else exactly one of them is called by, in small letters."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    now: datetime
    example: bool = False  # relative dates such as +35d are for example estates only
    timezone: str = "UTC"  # of moments without an offset


def _told(message: str, hint: str = "") -> PydanticCustomError:
    # The message goes in as a value: braces in a foreign text are then no template.
    return PydanticCustomError("told", "{said}", {"hint": hint, "said": message})


def _one(what: str) -> WrapValidator:
    """One id of `what` that is known, and no list of them."""

    def check(value: Any, text: Callable[[Any], str], info: ValidationInfo) -> str:
        if isinstance(value, list):
            owner = what == "person" and info.field_name in set(Layer)
            more = "one person answers for a layer: " if owner else ""
            raise _told(f"must name one {what}", f"{more}write one id, without brackets")
        return _known(what, text(value), info)

    return WrapValidator(check)


def _known(what: str, name: str, info: ValidationInfo) -> str:
    surroundings = info.context
    if isinstance(surroundings, Surroundings):
        known = surroundings.names.get(what, frozenset())
        if name not in known:
            # Whoever writes a name in the place of an id needs the id, not the most similar one.
            own = surroundings.called.get(what, {}).get(name.strip().casefold(), "")
            hint = f"write the id, '{own}'" if own else did_you_mean(name, known)
            raise _told(f"unknown {what} '{name}'", hint)
    return name


def proposed_id(text: str) -> str:
    """What an id could be that says the same as `text`; empty when nothing of it can stay."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST_ID].strip("-")


def _slug(text: str) -> str:
    if re.fullmatch(_SLUG, text):
        return text
    proposal = proposed_id(text)
    hint = f"write '{proposal}'" if proposal else ""
    if len(text) > _LONGEST_ID:
        long = f"the id '{text[:30]}…' has {len(text)} characters"
        raise _told(f"{long}, at most {_LONGEST_ID} are allowed", hint)
    raise _told(f"the id '{text}' may only hold small letters, digits, hyphens", hint)


def _readable(value: Any) -> Any:
    # One that has nothing to clean stays what it is: its type may say that it is a secret.
    clean = cleaned(value)
    return value if clean == value else clean


def _duration_or_zero(value: Any) -> timedelta:
    # pydantic would take a bare number for seconds; a reader cannot tell.
    text = value if isinstance(value, str) else ""
    try:
        return parse_duration(text)
    except TooLong:
        raise _told("this duration is too long") from None
    except ValueError:
        raise _told("this is not a duration", duration_hint(text)) from None


def _duration(value: Any) -> timedelta:
    span = _duration_or_zero(value)
    if span <= timedelta(0):
        raise _told("a duration must be longer than nothing")
    return span


def _relative(text: str, info: ValidationInfo) -> datetime | None:
    form = _RELATIVE.fullmatch(text.strip())
    surroundings = info.context
    if form is None or not isinstance(surroundings, Surroundings):
        return None
    # In a real file a date that moves along would hide that a credential has ended.
    if not surroundings.example:
        raise _told(
            "a date relative to today is only for example estates",
            "write the date itself, such as 2027-12-31",
        )
    span = _duration(form.group(2))
    try:
        return surroundings.now + (span if form.group(1) == "+" else -span)
    except OverflowError:
        raise _told("this date is too far away") from None


def _day(value: Any, info: ValidationInfo) -> date:
    text = value if isinstance(value, str) else ""
    moment = _relative(text, info)
    if moment:
        return moment.date()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _told("this is not a date", "write it as 2027-12-31") from None


def _moment(value: Any, info: ValidationInfo) -> datetime:
    text = value if isinstance(value, str) else ""
    moment = _relative(text, info)
    if moment:
        return moment
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _told("this is not a date and time", "write it as 2027-12-31 18:00") from None
    return _shown_by_clocks(moment, info.context)


def _in_utc(moment: datetime, info: ValidationInfo) -> datetime:
    return utc(moment, _zone_of(info.context))


def utc(moment: datetime, zone: str, *, last: bool = False) -> datetime:
    """A moment without an offset is one on the company's clock; of an hour that happens twice it
    lies in the first, or in the `last`."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return (ends if last else begins)(moment.date(), moment.time(), zone)


def _zone_of(surroundings: Any) -> str:
    return surroundings.timezone if isinstance(surroundings, Surroundings) else "UTC"


def _shown_by_clocks(moment: datetime, surroundings: Any) -> datetime:
    zone = _zone_of(surroundings)
    if moment.tzinfo is None and not exists(moment, zone):
        after = local(begins(moment.date(), moment.time(), zone), zone)
        raise _told(
            f"clocks in {zone} jump over this moment",
            f"write {after:%Y-%m-%d %H:%M}, which is right after the jump, or add an offset",
        )
    return moment


def _hours(value: Any) -> Hours:
    if not isinstance(value, str):
        raise ValueError("working hours are text, such as Mon-Fri 07:00-18:00")
    return read_hours(value)


def _zone(name: str) -> str:
    if name not in zone_names():
        from bot.files.yaml_slips import zone_hint  # only who has made a mistake pays for it

        raise _told(f"unknown time zone '{name}'", zone_hint(name))
    return name


def _channel(name: str) -> str:
    return name.removeprefix("#")


def _like(form: str, message: str, hint: str = "") -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(form, text):
            raise _told(message, hint)
        return text

    return AfterValidator(check)


_SPAN = as_text(pattern=_DURATION, examples=["90s", "15m", "1h30m"])

Slug = Annotated[str, AfterValidator(_slug), as_text(pattern=_SLUG)]
Duration = Annotated[timedelta, BeforeValidator(_duration), _SPAN]
DurationOrZero = Annotated[timedelta, BeforeValidator(_duration_or_zero), _SPAN]
Day = Annotated[date, BeforeValidator(_day), as_text(examples=["2027-12-31", "+35d"])]
LocalMoment = Annotated[
    datetime,
    BeforeValidator(_moment),
    as_text(examples=["2027-12-31 18:00", "-3h"]),
]
Moment = Annotated[LocalMoment, AfterValidator(_in_utc)]
HoursText = Annotated[
    Hours,
    BeforeValidator(_hours),
    as_text(examples=["Mon-Fri 07:00-18:00", "always"]),
]
Zone = Annotated[str, AfterValidator(_zone), as_text(examples=["Europe/Amsterdam"])]
Channel = Annotated[str, AfterValidator(_channel), StringConstraints(max_length=80)]
Email = Annotated[
    str,
    _like(rf"(?!.{{255}}){_EMAIL}", "this is not an e-mail address"),
    as_text(pattern=_EMAIL),
]
SlackId = Annotated[
    str,
    _like(
        _SLACK_ID,
        "this is not a Slack member id",
        "copy it from the profile: it looks like U012AB3CD",
    ),
    as_text(pattern=_SLACK_ID),
]
WebAddress = Annotated[
    str,
    _like(_WEB_ADDRESS, "this is not a web address", "start it with https://"),
    as_text(pattern=_WEB_ADDRESS),
]
Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, BeforeValidator(_readable), StringConstraints(min_length=1, max_length=120)]

PersonRef = Annotated[str, _one("person")]
SystemRef = Annotated[str, _one("system")]
PartyRef = Annotated[str, _one("party")]
ConnectionRef = Annotated[str, _one("connection")]
RunbookRef = Annotated[str, _one("runbook")]
QuotaRef = Annotated[str, AfterValidator(partial(_known, "quota group"))]
