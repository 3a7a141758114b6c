"""Probe kind `heartbeat`: for jobs that call us. It asks nobody; it looks at the last ping."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field

from bot.checks.probe import Duration, ProbeSettings, Tools
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import (
    ALIVE,
    TELLS,
    Beat,
    Ping,
    judge_beat,
    runs_at,
    told_by,
    understood,
)
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal, SignalValue
from bot.language.marks import when
from bot.language.units import say_duration


class HeartbeatSettings(ProbeSettings):
    """Waits for a job's own signs of life."""

    period: Duration = Field(description="How often the job should finish.")
    grace: Duration = Field(
        default=timedelta(minutes=10),
        description="How late it may be, and how long one run may take after its start ping.",
    )

    def runs(self, ping: Ping, now: datetime) -> Mapping[str, datetime]:
        """The runs that go on, or should have ended."""
        return runs_at(ping, period=self.period, grace=self.grace, now=now)

    def gives(self) -> frozenset[str]:
        return TELLS


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Blind while a job that never called is not yet due; a Reading in all other cases. `error`
    counts as text from outside, so it names spans and no moments."""
    settings = HeartbeatSettings.of(spec)
    kept = await tools.last_ping(spec.key)
    # A body that nobody could read may say failure, so it ends no wait and clears nothing.
    ping = kept if kept and understood(kept) else None
    # A job is due from when its check became known, or a new one would be late at once.
    first_seen = now if ping else await tools.first_seen(spec.key)
    beat = judge_beat(
        ping, period=settings.period, grace=settings.grace, first_seen=first_seen, now=now
    )
    due = first_seen + settings.period + settings.grace
    if beat is Beat.WAITING:
        reason = f"no ping has come yet; the first is due by {when(due)}"
        return Blind(at=now, reason=reason, cause=Cause.NOT_CALLED)
    if ping is None:
        error = f"no ping has ever come; the first was due {say_duration(now - due)} ago"
        return Reading(at=now, signals=_state(beat), error=error)
    oldest = min(settings.runs(ping, now).values(), default=None)
    return Reading(
        at=now,
        signals={**_state(beat), **told_by(ping, ping.failed, oldest)},
        failed=ping.failed,
        error=_error(beat, ping, settings, now),
    )


def _state(beat: Beat) -> dict[str, SignalValue]:
    return {Signal.REACHABLE: beat in ALIVE, Signal.STATUS: beat.value}


def _error(beat: Beat, ping: Ping, settings: HeartbeatSettings, now: datetime) -> str:
    if beat is Beat.FAILED:
        status = f" with exit status {ping.exit}" if ping.exit is not None else ""
        # Failed records that were understood are shown as such and not once more as a body.
        words = f": {ping.note}" if ping.note and not ping.failed else ""
        return f"the job reported failure{status}{words}"
    if beat is Beat.STUCK:
        return _stuck(settings.runs(ping, now), settings.grace, now)
    period = say_duration(settings.period)
    if beat is Beat.OVERDUE:
        late = say_duration(now - ping.at)
        # Starts are pings too, so where one came it is the end that is missing.
        missing = "run has ended" if ping.running_since else "ping"
        return f"no {missing} for {late}; one is expected every {period}"
    if beat is Beat.NEVER:
        return f"runs began and none has ever ended; one is expected every {period}"
    return ""


def _stuck(runs: Mapping[str, datetime], grace: timedelta, now: datetime) -> str:
    late = sorted((since, rid) for rid, since in runs.items() if now > since + grace)
    ids = [f"“{rid}”" for _, rid in late if rid]
    names = f" ({', '.join(ids[:3])}{' and more' if len(ids) > 3 else ''})" if ids else ""
    many = f"{len(late)} runs that started have" if len(late) > 1 else "a run that started has"
    return f"{many} not ended within {say_duration(grace)}{names}"
