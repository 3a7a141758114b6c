"""Probe kind `webhook`: for systems that tell us what happened. It looks at the newest message.

Alerts come only when something is wrong, so silence is fine, unless `silence` says how long is not.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import Field

from bot.checks.probe import Duration, ProbeSettings, Tools
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import TELLS, Ping, failing, heard_at, told_by, understood
from bot.core.monitoring.signals import FailedRecords, Observation, Reading, Signal, SignalValue
from bot.core.monitoring.webhook_bodies import not_understood
from bot.language.units import say_duration


class WebhookSettings(ProbeSettings):
    """Waits for messages at /hooks/<source>/<token>."""

    # What people write here, and where it belongs.
    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "source": "the source is a part of the address: /hooks/<source>/<token>"
    }

    silence: Duration | None = Field(
        None, description="How long without a message is too long; without it, any time is fine."
    )
    once_for: Duration = Field(
        default=timedelta(days=1),
        description="How long a failure counts that its sender never takes back.",
    )

    def gives(self) -> frozenset[str]:
        return TELLS


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Always a Reading: `reachable` is false after a message of failure or too long a silence."""
    settings = WebhookSettings.of(spec)
    message = await tools.last_ping(spec.key)
    said = message if message and understood(message) else None
    # Silence counts from when we began to listen; a sender that never wrote is silent, too.
    heard = heard_at(said) if said else await tools.first_seen(spec.key)
    remark = _remark(message, settings, now) if message else ""
    if settings.silence and now - heard > settings.silence:
        error = (
            f"no message for {say_duration(now - heard)};"
            f" one is expected every {say_duration(settings.silence)}"
        )
        words = f"{error}; {remark}" if remark and said is None else error
        return Reading(at=now, signals=_signals(said, (), "silent", good=False), error=words)
    if said is None:
        return Reading(at=now, signals=_signals(None, (), "waiting", good=True), error=remark)
    bad = failing(said, now, settings.once_for)
    failed = tuple(group for one in bad for group in one.failed)[:_GROUPS]
    return Reading(
        at=now,
        signals=_signals(said, failed, "failed" if bad else "fine", good=not bad),
        failed=failed,
        error=_reported(bad, settings) if bad else remark,
    )


_NAMED, _GROUPS = 3, 50
_TOLD_FOR = timedelta(days=7)


def _reported(bad: tuple[Ping, ...], settings: WebhookSettings) -> str:
    """What fails."""
    # No time among them: a text of somebody else's can hold no mark.
    said = [f"{one.note or 'a failure was reported'}{_once(one, settings)}" for one in bad]
    if len(bad) > _NAMED:
        said[_NAMED:] = [f"and {len(bad) - _NAMED} more that still fail"]
    return "; ".join(said)


def _once(one: Ping, settings: WebhookSettings) -> str:
    if not one.once:
        return ""
    # No span, which would be another text at every look: that reads as another fault.
    at, counts = f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", say_duration(settings.once_for)
    return f" (reported once at {at}, nothing since; such a report counts for {counts})"


def _remark(message: Ping, settings: WebhookSettings, now: datetime) -> str:
    """What is worth saying although nothing fails; empty when there is nothing."""
    said = []
    aged = failing(message)
    if aged and now - aged[0].at <= settings.once_for + _TOLD_FOR:
        span, counts = say_duration(now - aged[0].at), say_duration(settings.once_for)
        words = aged[0].note or "a failure"
        said.append(f"{words}: reported once, {span} ago, nothing since; it counted for {counts}")
    if message.unread:
        said.append(not_understood(message.unread))
    if message.tested_at and now - message.tested_at <= _TOLD_FOR:
        said.append(f"a test message came {say_duration(now - message.tested_at)} ago")
    return "; ".join(said)


def _signals(
    message: Ping | None, failed: tuple[FailedRecords, ...], status: str, *, good: bool
) -> dict[str, SignalValue]:
    state: dict[str, SignalValue] = {Signal.REACHABLE: good, Signal.STATUS: status}
    return state | (told_by(message, failed, message.running_since) if message else {})
