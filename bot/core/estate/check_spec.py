"""What the estate file says of a check: its rules, its limits on runs and volume, its webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from bot.core.estate.ids import ConnectionId


class Level(StrEnum):
    OFF = "off"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """`starts` is a cron expression in `zone`; `late` is how long after it a start may come."""

    longest: timedelta | None = None
    shortest: timedelta | None = None
    starts: str = ""
    late: timedelta = timedelta(minutes=10)
    zone: str = "UTC"


class Counting(StrEnum):
    TOTAL = "total"  # the signal goes on rising and may start again from zero
    RUN = "run"  # the signal is what the last run did; a run is told by its time


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """At least `at_least` records by `by` local time on these ISO weekdays."""

    by: time
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    at_least: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeRule:
    """What a check's file says of volume. `quiet_limit` holds until enough weeks are learnt, and
    `floor` is the share by which a day must differ before it is worth a word."""

    signal: str = "processed"
    counting: Counting = Counting.TOTAL
    silence: Level = Level.FAIL
    deviation: Level = Level.WARN
    quiet_limit: timedelta | None = None
    floor: float = 0.3
    month_end: float = 1.0
    due: Due | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What an operator lets a runbook step call. `url` and `headers` may hold secrets. `body` is
    JSON or text with places such as `{{connection}}`. `private` allows an address inside the own
    network."""

    id: str
    # Kept out of its repr, and so out of tracebacks and logs: both may hold a secret.
    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = None
    timeout: timedelta = timedelta(seconds=20)
    confirm: str = ""
    resends: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`op` is one of > >= < <= == !=. A timedelta value compares with the age of a timestamp."""

    op: str
    value: float | timedelta | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`clear` is the comparison that must hold before a signal that was bad is good again."""

    signal: str
    warn: Threshold | None = None
    fail: Threshold | None = None
    clear: Threshold | None = None


class CheckSettings(Protocol):
    """What a check was told, as the model of its kind has read it. Shown, it tells nothing."""

    def origin(self) -> str:
        """What may be slow or hang together: `scheme://host:port`; empty when nothing is called."""

    # Apart from the origin: two ports of a machine are paced apart and fall silent together.
    def hosts(self) -> tuple[str, ...]:
        """The machines that are called, whatever the port: what runs on one falls silent
        together."""

    def paced(self, factor: float) -> Self:
        """These settings with every waiting time divided by `factor`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One way of looking at one connection. `settings` are of the class of the probe kind."""

    id: str  # unique within its connection
    connection: ConnectionId
    kind: str
    every: timedelta
    timeout: timedelta
    confirm: int  # bad looks before a worse verdict is believed
    within: int = 0  # of how many looks; 0 means in a row
    recover: int  # good looks in a row before a better verdict is believed
    settings: CheckSettings
    rules: tuple[Rule, ...] = ()
    volume: VolumeRule | None = None
    runs: RunLimits | None = None

    @property
    def key(self) -> str:
        return f"{self.connection}/{self.id}"
