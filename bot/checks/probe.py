"""What every probe kind is made of: its settings, its function, the tools it may use.

A probe never raises because a watched system fails; that is an `Observation` like any other.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from bot.checks.blocking import BlockingWork
from bot.checks.secrets.notations import Forms
from bot.checks.secrets.secrecy import redact_secrets, secrets_in, with_path
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.signals import Observation
from bot.language.errors import Doubt
from bot.language.scalars import meant
from bot.language.units import TooLong, duration_hint, parse_duration

if TYPE_CHECKING:
    from bot.checks.clients import Clients
    from bot.checks.tokens import Tokens


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    # A bare number would be taken for seconds; a reader cannot tell.
    text = str.__str__(value) if isinstance(value, str) else ""
    try:
        span = parse_duration(text)
    except TooLong:
        raise ValueError("this duration is too long") from None
    except ValueError:
        raise ValueError(f"this is not a duration; {duration_hint(text)}") from None
    # Compared after parsing: “0s” is a well-formed duration.
    if span <= timedelta(0):
        raise ValueError("a duration must be longer than nothing")
    return span


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$",
            "examples": ["90s", "15m", "1h30m", "1d"],
        }
    ),
]


_SHOWN = (int, float, date, timedelta)  # a port from outside the file is no secret


class ProbeSettings(BaseModel):
    """Settings of one check. Validation errors never repeat the input: it may hold a secret."""

    # One title for all: the published schema does not change with names of classes.
    model_config = ConfigDict(
        title="Settings", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _as_yaml_has_it(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields.get(info.field_name or "")
        # pydantic would take “yes”, 1 and on for truth, and true for a number.
        return value if field is None else meant(value, field.annotation)

    # A model makes plain text of what is marked in the file, so that is kept beside it.
    _marked: frozenset[str] = PrivateAttr(frozenset())

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, written: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        settings = read(written)
        if isinstance(written, Mapping):
            read_as = vars(settings).get
            texts = [text for key, text in written.items() if not isinstance(read_as(key), _SHOWN)]
            marked = (form for one in secrets_in(texts) for form in with_path(one))
            settings._marked = frozenset(marked)
        return settings

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"  # its plain texts may come from outside the file

    __str__ = __repr__

    @classmethod
    def of(cls, spec: CheckSpec) -> Self:
        """The settings of `spec`, whose kind is told by this class."""
        if not isinstance(spec.settings, cls):
            raise TypeError(f"{spec.key} has other settings than {cls.__name__}")
        return spec.settings

    def secrets(self) -> frozenset[str]:
        """Everything that no text about this check may contain."""
        return frozenset((*secrets_in(self), *self._marked))

    def gives(self) -> frozenset[str] | None:
        """Every signal that a look with these settings can bring; None where nobody knows."""
        return None

    def doubts(self) -> Iterable[Doubt]:
        """What works and is hardly meant."""
        return ()

    def origin(self) -> str:
        """What may be slow or hang together: `scheme://host:port`; empty when nothing is called."""
        return ""

    def hosts(self) -> tuple[str, ...]:
        """The machines that are called, whatever the port, by which our own network is judged."""
        place = self.origin().partition("://")[2].partition("/")[0].lower()
        host = place.rpartition(":")[0] or place
        return (host,) if host else ()

    def paced(self, factor: float) -> Self:
        """These settings with every waiting time divided by `factor`."""
        spans = {name: value / factor for name, value in self if isinstance(value, timedelta)}
        return self.model_copy(update=spans)


# Whoever only reads settings needs none of the libraries that go out and look.
def _tokens() -> "Tokens":
    from bot.checks.tokens import Tokens

    return Tokens()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What probes share. `last_ping` and `first_seen` take a check's key; the first gives the ping
    as kept by `core.monitoring.heartbeat.fold` or None, the second the moment the check became
    known. `commands` are the paths of programs that checks may start; usually none. `elsewhere` are
    the secrets of others, which no look may repeat either."""

    http: "Clients"
    tokens: "Tokens" = field(default_factory=_tokens)
    blocking_work: BlockingWork = field(default_factory=BlockingWork)
    commands: frozenset[str] = frozenset()
    elsewhere: Callable[[], Forms | None] = lambda: None
    last_ping: Callable[[str], Awaitable[Ping | None]]
    first_seen: Callable[[str], Awaitable[datetime]]

    def without(self, secrets: Iterable[str]) -> Callable[[str], str]:
        """A function that takes `secrets`, and the secrets of others, out of a text."""
        return partial(redact_secrets, secrets=frozenset(secrets), beside=self.elsewhere())


@dataclass(frozen=True, slots=True)
class ProbeKind:
    settings: type[ProbeSettings]
    probe: Callable[[CheckSpec, Tools, datetime], Awaitable[Observation]]
