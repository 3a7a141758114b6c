"""Probe kind `heartbeat`: for jobs that call us. It asks nobody; it looks at the last ping."""

from datetime import datetime, timedelta

from pydantic import Field

from bot.checks.probing import Duration, ProbeSettings, Tools
from bot.core.catalogue import CheckSpec
from bot.core.heartbeat import ALIVE, Beat, Ping, judge_beat
from bot.core.signals import Blind, Observation, Reading, Signal, SignalValue
from bot.core.text import when
from bot.core.units import say_duration


class Settings(ProbeSettings):
    """Waits for a job's own signs of life."""

    period: Duration = Field(description="How often the job should finish.")
    grace: Duration = Field(
        default=timedelta(minutes=10),
        description="How late it may be, and how long one run may take after its start ping.",
    )


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Blind while a job that never called is not yet due; a Reading in all other cases."""
    settings = Settings.of(spec)
    ping = await tools.last_ping(spec.key)
    first_seen = now if ping else await tools.first_seen(spec.key)
    beat = judge_beat(
        ping, period=settings.period, grace=settings.grace, first_seen=first_seen, now=now
    )
    due = first_seen + settings.period + settings.grace
    if beat is Beat.WAITING:
        return Blind(at=now, reason=f"no ping has come yet; the first is due by {when(due)}")
    if ping is None:
        error = f"no ping has ever come; the first was due by {when(due)}"
        return Reading(at=now, signals=_state(beat), error=error)
    return Reading(
        at=now,
        signals={**_state(beat), **_signals(ping)},
        failed=ping.failed,
        error=_error(beat, ping, settings),
    )


def _state(beat: Beat) -> dict[str, SignalValue]:
    return {Signal.REACHABLE: beat in ALIVE, Signal.STATUS: beat.value}


def _signals(ping: Ping) -> dict[str, SignalValue]:
    signals: dict[str, SignalValue] = {
        Signal.HEARTBEAT: max(ping.at, ping.running_since or ping.at),
        Signal.FAILED: float(sum(group.count for group in ping.failed)),
    }
    if ping.last_success:
        signals[Signal.LAST_SUCCESS] = ping.last_success
    if ping.running_since:
        signals[Signal.RUNNING_SINCE] = ping.running_since
    if ping.processed is not None:
        signals[Signal.PROCESSED] = ping.processed
    return signals


def _error(beat: Beat, ping: Ping, settings: Settings) -> str:
    if beat is Beat.FAILED:
        status = f" with exit status {ping.exit}" if ping.exit is not None else ""
        words = f": {ping.note}" if ping.note else ""
        return f"the job reported failure{status} {when(ping.at)}{words}"
    if beat is Beat.STUCK and ping.running_since:
        grace = say_duration(settings.grace)
        return f"a run started {when(ping.running_since)} has not ended within {grace}"
    if beat is Beat.OVERDUE:
        return f"the last ping came {when(ping.at)}; one is expected every " + say_duration(
            settings.period
        )
    return ""
