"""Probe kind `webhook`: for systems that tell us what happened. It looks at the newest message.

Alerts come only when something is wrong, so silence is fine, unless `silence` says how long is not.
"""

from datetime import datetime

from pydantic import Field

from bot.checks.probing import Duration, ProbeSettings, Tools
from bot.core.catalogue import CheckSpec
from bot.core.heartbeat import Ping, PingKind, failing
from bot.core.signals import Observation, Reading, Signal, SignalValue
from bot.core.units import say_duration


class Settings(ProbeSettings):
    """Waits for messages at /hooks/<source>/<token>."""

    silence: Duration | None = Field(
        None, description="How long without a message is too long; without it, any time is fine."
    )


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Always a Reading: `reachable` is false after a message of failure or too long a silence."""
    settings = Settings.of(spec)
    message = await tools.last_ping(spec.key)
    heard = _newest(message) if message else await tools.first_seen(spec.key)
    if settings.silence and now - heard > settings.silence:
        error = (
            f"no message for {say_duration(now - heard)};"
            f" one is expected every {say_duration(settings.silence)}"
        )
        return Reading(at=now, signals=_signals(message, "silent", good=False), error=error)
    if message is None:
        return Reading(at=now, signals=_signals(None, "waiting", good=True))
    good = message.kind is not PingKind.FAIL
    return Reading(
        at=now,
        signals=_signals(message, "fine" if good else "failed", good=good),
        failed=message.failed,
        error=_error(message),
    )


_NAMED = 3


def _error(message: Ping) -> str:
    """What fails, or which status nobody here knows; empty when there is neither."""
    bad = failing(message)
    # No time among them: a text of somebody else's can hold no mark.
    said = [one.note or "a failure was reported" for one in bad[:_NAMED]]
    if len(bad) > _NAMED:
        said.append(f"and {len(bad) - _NAMED} more that still fail")
    if not bad and message.unread:
        return f"a message said “{message.unread}”, a status not known here: it changed nothing"
    return "; ".join(said)


def _newest(message: Ping) -> datetime:
    return max(message.at, message.running_since or message.at)


def _signals(message: Ping | None, status: str, *, good: bool) -> dict[str, SignalValue]:
    signals: dict[str, SignalValue] = {Signal.REACHABLE: good, Signal.STATUS: status}
    if message is None:
        return signals
    signals[Signal.HEARTBEAT] = message.at
    signals[Signal.FAILED] = float(sum(group.count for group in message.failed))
    if message.last_success:
        signals[Signal.LAST_SUCCESS] = message.last_success
    if message.running_since:
        signals[Signal.RUNNING_SINCE] = message.running_since
    if message.processed is not None:
        signals[Signal.PROCESSED] = message.processed
    return signals
