"""What a probe brings back: one vocabulary of signals for every kind of system, and what a look may
find wrong besides its rules.

A probe either read something (`Reading`) or could not look (`Blind`). A system that refuses or does
not answer was read: `reachable` is False. Blind means that the fault may be our own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.core.estate.check_spec import Level

SignalValue = bool | float | str | datetime


class Signal(StrEnum):
    """Names of signals. Timestamps are aware datetimes; counts are numbers."""

    REACHABLE = "reachable"  # bool: the watched system answered in a way that means anything
    STATUS = "status"  # text: what the system says of itself
    LAST_SUCCESS = "last_success"  # timestamp of the newest good run or record
    LAST_ATTEMPT = "last_attempt"  # timestamp of the newest run of any outcome
    RUNNING_SINCE = "running_since"  # timestamp: a run started then has not ended
    ENABLED = "enabled"  # bool: schedule, recipe or webhook still switched on
    QUEUE_DEPTH = "queue_depth"  # records waiting
    QUEUE_OLDEST = "queue_oldest"  # timestamp of the oldest waiting record
    PROCESSED = "processed"  # records done since the system's own midnight or last run
    FAILED = "failed"  # records standing in error now
    FAILED_NEW = "failed_new"  # records that went into error since the last run
    LATENCY = "latency"  # milliseconds the answer took
    COMPLETENESS = "completeness"  # share 0..1 of records with every critical field
    RECONCILED = "reconciled"  # share 0..1 of records that agree on both sides
    EXPIRES_AT = "expires_at"  # timestamp: a credential, token or certificate ends then
    VERSION = "version"  # text: version the far end says it serves
    HEARTBEAT = "heartbeat"  # timestamp of the last sign of life pushed to us
    SKIPPED = "skipped"  # records left out by a filter or for a missing field
    RUN_TIME = "run_time"  # seconds the newest finished run took
    AMOUNT = "amount"  # money moved, in the currency of the books
    DIFFERENCE = "difference"  # by how much two sides disagree, source minus target
    SIZE = "size"  # bytes of the newest file
    QUOTA_USED = "quota_used"  # share 0..1 of the allowed calls that is used up
    VERSION_REQUESTED = "version_requested"  # text: version we asked for
    VERSION_DRIFT = "version_drift"  # text: "none", or which version came for which
    FINGERPRINT = "fingerprint"  # text: changes when the shape of the data does


TIMESTAMPS = frozenset(
    {
        Signal.LAST_SUCCESS,
        Signal.LAST_ATTEMPT,
        Signal.RUNNING_SINCE,
        Signal.QUEUE_OLDEST,
        Signal.EXPIRES_AT,
        Signal.HEARTBEAT,
    }
)
SWITCHES = frozenset({Signal.REACHABLE, Signal.ENABLED})
TEXTS = frozenset(
    {
        Signal.STATUS,
        Signal.VERSION,
        Signal.VERSION_REQUESTED,
        Signal.VERSION_DRIFT,
        Signal.FINGERPRINT,
    }
)
SHARES = frozenset({Signal.COMPLETENESS, Signal.RECONCILED, Signal.QUOTA_USED})


class Cause(StrEnum):
    """Why a look did not simply succeed, set by whoever made the call. Words are for people:
    nothing decides by what an error says."""

    NAME = "name"  # the name could not be looked up
    NO_ROUTE = "no_route"  # the network knows no way there, or there is no network
    TIMEOUT = "timeout"  # nothing came within the time limit
    OWN_NETWORK = "our_line"  # judged to be our own network, whatever the look itself said
    REFUSED = "refused"  # a machine answered that nothing takes connections there
    CLOSED = "closed"  # a connection was made, and broken off or left without a whole answer
    TLS = "tls"  # an answer that cannot be trusted
    STATUS = "status"  # an answer with a status that says no
    UNREADABLE = "unreadable"  # an answer that is not what was asked for
    NOT_CALLED = "not_called"  # it waits to be called, and nobody has done so yet
    LACKING = "lacking"  # a good answer without something that was looked for in it


# The words of such an answer are those of whoever was asked.
ANSWERED = frozenset({Cause.STATUS, Cause.UNREADABLE})
# Without REFUSED: a machine answered, so the way there works.
NO_ANSWER = frozenset({Cause.NAME, Cause.NO_ROUTE, Cause.TIMEOUT, Cause.OWN_NETWORK})


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecords:
    """Records that stand in error with the same text. `sample_ids` are a few of their ids."""

    text: str
    count: int
    oldest_at: datetime | None = None
    sample_ids: tuple[str, ...] = ()
    amount: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was seen at `at`. `error` is the transport's own words when something went wrong, and
    `cause` what that was; None where nobody knows. `absent` says by its name what a signal that is
    not there was in place of a value, where that is known."""

    at: datetime
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    error: str = ""
    cause: Cause | None = None
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """We could not look at `at`; `reason` says why, in words for the technical owner, and `cause`
    is the same for us; None where nobody knows."""

    at: datetime
    reason: str
    cause: Cause | None = None


Observation = Reading | Blind


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One finished check, ready to be recorded. `check` is the CheckSpec key; `began` is when looks
    that could not be stored first saw the like."""

    check: str
    observation: Observation
    began: datetime | None = None


def storable(observation: Observation) -> Observation:
    """Without infinities and NaN, which JSON does not have: they would make the row unreadable."""
    if isinstance(observation, Blind):
        return observation
    finite = {
        name: value
        for name, value in observation.signals.items()
        if not isinstance(value, float) or math.isfinite(value)
    }
    return replace(observation, signals=finite)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFinding:
    """`words` is a sentence in `language.marks` marks."""

    level: Level
    words: str
