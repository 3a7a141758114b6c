"""Limits on one run: it began too late, takes too long, or ended too soon.

A run is known by `running_since` while it goes and by the end of that signal. A job that ended in a
minute instead of fifty has most likely skipped its work, so too short is a finding like too long.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.check_spec import Level, RunLimits
from bot.core.monitoring.signals import LookFinding, Reading, Signal
from bot.language.cron import last_start
from bot.language.marks import when
from bot.language.units import say_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What is remembered of runs: the one that goes on, and how the last one went."""

    known_since: datetime
    running_since: datetime | None = None
    started: datetime | None = None  # the newest start seen
    took: timedelta | None = None  # the last finished run
    ended: datetime | None = None


def follow(runs: Runs, reading: Reading) -> Runs:
    """The memory after a look. The end of a run is `last_success` or `last_attempt` where that is
    read, else the look itself."""
    began = reading.signals.get(Signal.RUNNING_SINCE)
    now_running = began if isinstance(began, datetime) else None
    after = replace(runs, running_since=now_running)
    # Another beginning ends the run before it also where we missed the time in between.
    if runs.running_since and now_running != runs.running_since:
        ended = _end(reading, runs.running_since)
        after = replace(after, took=ended - runs.running_since, ended=ended)
    newest = now_running or _moment(reading, Signal.LAST_ATTEMPT) or after.ended
    if newest and (runs.started is None or newest > runs.started):
        after = replace(after, started=newest)
    return after


def _end(reading: Reading, began: datetime) -> datetime:
    ends = (_moment(reading, name) for name in (Signal.LAST_SUCCESS, Signal.LAST_ATTEMPT))
    return next((end for end in ends if end and end > began), reading.at)


def _moment(reading: Reading, name: Signal) -> datetime | None:
    value = reading.signals.get(name)
    return value if isinstance(value, datetime) else None


def complaints(limits: RunLimits, runs: Runs, now: datetime) -> tuple[LookFinding, ...]:
    """Every limit that is broken at `now`; empty when none is."""
    found = (
        LookFinding(level=Level.FAIL, words=_too_long(limits, runs, now)),
        LookFinding(level=Level.FAIL, words=_too_late(limits, runs, now)),
        LookFinding(level=Level.WARN, words=_too_short(limits, runs)),
    )
    return tuple(finding for finding in found if finding.words)


def _too_long(limits: RunLimits, runs: Runs, now: datetime) -> str:
    if limits.longest is None or runs.running_since is None:
        return ""
    going = now - runs.running_since
    if going <= limits.longest:
        return ""
    return (
        f"A run that began {when(runs.running_since)} has not ended: {say_duration(going)},"
        f" at most {say_duration(limits.longest)} expected."
    )


def _too_short(limits: RunLimits, runs: Runs) -> str:
    """A run that ended before it can have done its work; forgotten when the next one ends well."""
    if limits.shortest is None or runs.took is None or runs.took >= limits.shortest:
        return ""
    return (
        f"The last run took only {say_duration(runs.took)},"
        f" at least {say_duration(limits.shortest)} expected."
    )


def _too_late(limits: RunLimits, runs: Runs, now: datetime) -> str:
    due = _last_due(limits, runs.known_since, now)
    if due is None:
        return ""
    if runs.started is not None and runs.started >= due - _EARLY:
        return ""
    return f"The run due {when(due)} has not begun."


_EARLY = timedelta(minutes=5)  # clocks differ: a start just before its time is that start
_OLDEST = timedelta(days=400)  # starts of once a year are missed too


def _last_due(limits: RunLimits, known_since: datetime, now: datetime) -> datetime | None:
    """The newest start since we know of the job whose grace is over; None without one."""
    # The grace is taken off before the start is looked for: a run is asked for once it is over.
    end = now - limits.late
    if not limits.starts or end <= known_since:
        return None
    return last_start(limits.starts, limits.zone, end, within=min(end - known_since, _OLDEST))
