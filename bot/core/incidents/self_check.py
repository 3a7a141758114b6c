"""What must never be so, and is looked for all the same: the bot's watch over itself.

Every live incident has a moment at which something happens by itself, and that moment is not long
gone. Where a moment is missing there is a safe one: now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.estate.check_spec import CheckSpec
from bot.core.incidents.incident import Incident, State
from bot.core.outbox.notice import Notice, What, notice

OVERDUE = timedelta(minutes=5)  # a deadline that passed so long ago was not acted on
PING_WAITS = timedelta(minutes=5)
LETTER_WAITS = timedelta(minutes=15)
MISSED_LOOKS = 3  # intervals without a look


def patience(spec: CheckSpec) -> timedelta:
    """For so long a check may go without a look."""
    return MISSED_LOOKS * (spec.every + spec.timeout) + timedelta(minutes=1)


class FaultKind(StrEnum):
    NO_DEADLINE = "no_deadline"
    OVERDUE = "overdue"
    PING = "ping"
    OUTBOX = "outbox"
    RUNNER = "runner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with the bot's own work. `words` are in `language.marks` marks; `mended` says
    what was done about it; `keeper` is the person it concerns most, None for everybody who keeps
    the estate."""

    key: str
    kind: FaultKind
    words: str
    mended: str = ""
    keeper: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFault:
    """One that people were told of, and whom we told."""

    ailment: Fault
    since: datetime
    told: tuple[str, ...] = ()


def next_turn(incident: Incident) -> datetime | None:
    """When the incident goes on by itself; None when it never would."""
    if incident.state is State.OPEN:
        return incident.escalate_at
    if incident.state is State.ACKNOWLEDGED:
        return incident.lease_until
    return incident.remind_at if incident.live else None


def with_turn(incident: Incident, now: datetime) -> Incident:
    """The same incident, going on now: the ladder goes on, or whoever's turn it is is asked."""
    if incident.state is State.OPEN:
        return replace(incident, escalate_at=now)
    if incident.state is State.ACKNOWLEDGED:
        return replace(incident, remind_at=now, lease_until=now + incident.lease)
    return replace(incident, remind_at=now)


@notice(What.FAULT_FOUND)
class FaultFound(Notice):
    """To the one it concerns most, else the owners of the estate, and to everybody: the bot found
    fault with its own work."""

    words: str
    mended: str = ""
    since: datetime


@notice(What.FAULT_OVER)
class FaultOver(Notice):
    """To whoever heard of it, unless it was mended at once."""

    words: str
    since: datetime


@notice(What.CLOCK_JUMPED)
class ClockJumped(Notice):
    """To the owners of the estate: the machine's clock was set, or it stood still. `seconds` are
    negative when it was set back, and `at` is the time that it came to."""

    seconds: float
    at: datetime
