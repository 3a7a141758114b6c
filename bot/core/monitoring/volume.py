"""Too quiet, or far from the usual: what the number of records says when no error does.

Two rules. Silence: every second in which something usually comes adds to a surprise, and when the
surprise passes what chance gives once in ten years, the flow has stopped. Deviation: a finished
day far outside what that weekday usually brings. Both are derived in `docs/volume.md`.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.core.estate.check_spec import VolumeRule
from bot.core.monitoring.profile import SAMPLES, Habit, Profile
from bot.language.marks import when
from bot.language.units import say_duration

FALSE_ALARMS_A_YEAR = 0.1  # that silence may give, for each connection
UNUSUAL_DAYS_A_YEAR = 0.3  # that chance alone may call unusual, for each connection
MIN_WEEKS = 2.0  # of learning before silence is judged by the profile
# A flow with few arrivals a year would get a limit near 2, which a single quiet spell passes.
_LOWEST_LIMIT = 8.0
_SLOWEST_PACE = 0.25
_PACE_MEMORY = timedelta(hours=24)
_MANY = 2000.0  # above this, counting noise is nothing beside the day's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """How the silence rule stands. `surprise` and `missed` have gathered since the last arrival:
    -ln(chance of this silence), and the looks that should have found something.

    `pace` is how the recent past compares with the profile: a slow day makes the rule patient. It
    is not learnt during a silence, so a stop hides nothing.
    """

    since: datetime | None = None  # the last arrival; None: none was seen yet
    surprise: float = 0.0
    missed: float = 0.0
    seen: float = 0.0  # looks of the recent past that found something, fading
    expected: float = 0.0  # those that should have, fading

    @property
    def pace(self) -> float:
        # Ten looks of benefit of the doubt: one slow hour is no slow day.
        return min(1.0, max(_SLOWEST_PACE, (self.seen + 10.0) / (self.expected + 10.0)))

    @property
    def level(self) -> float:
        return self.surprise * self.pace


def limit(profile: Profile) -> float:
    """The surprise that chance passes `FALSE_ALARMS_A_YEAR` times: ln(gaps a year / that)."""
    gaps = max(profile.hits_a_year, 1.0)
    return max(_LOWEST_LIMIT, math.log(gaps / FALSE_ALARMS_A_YEAR))


def listen(
    quiet: Quiet, profile: Profile, habit: Habit, *, hit: bool, since: datetime, now: datetime
) -> Quiet:
    """The state after a look at `now` whose predecessor was at `since`."""
    span = max((now - since).total_seconds(), 0.0)
    surprise = _surprise(profile, habit, since, span)
    silent = replace(
        quiet,
        surprise=quiet.surprise + surprise,
        missed=quiet.missed + -math.expm1(-surprise),
    )
    if not hit:
        return silent
    # An outage says nothing of the pace of the day.
    missed = 0.0 if silent.level >= limit(profile) else silent.missed
    spell = now - (quiet.since or since)
    fade = 0.5 ** min(spell / _PACE_MEMORY, 60.0)
    return Quiet(since=now, seen=quiet.seen * fade + 1.0, expected=quiet.expected * fade + missed)


def _surprise(profile: Profile, habit: Habit, start: datetime, span: float) -> float:
    """Surprise gathered over `span` seconds; a long span is walked hour by hour."""
    # Bounded, so that a look after a long time away does not walk through years.
    total, at, left = 0.0, start, min(span, 8 * 86400.0)
    while left > 0:
        to_hour = 3600 - (at.minute * 60 + at.second + at.microsecond / 1e6)
        step = min(left, to_hour)
        total += profile.surprise[habit.slot(at)] * step * habit.factor(habit.local(at).date())
        at += timedelta(seconds=step)
        left -= step
    return total


def stopped(
    quiet: Quiet,
    profile: Profile,
    rule: VolumeRule,
    *,
    first_seen: datetime,
    every: timedelta,
    now: datetime,
) -> str:
    """Why the flow has stopped, or empty. Never before two looks have come without anything."""
    since = quiet.since or first_seen
    gap = now - since
    # With one week every day of it looks usual; until two are known only a set limit can judge.
    if profile.weeks < MIN_WEEKS:
        if rule.quiet_limit is None or gap <= rule.quiet_limit:
            return ""
        return (
            f"Nothing new since {when(since)}: {say_duration(gap)}, at most"
            f" {say_duration(rule.quiet_limit)} allowed."
        )
    # Two looks: where we look seldom, one silent look may hold all of the surprise.
    if quiet.level < limit(profile) or gap <= every * 2:
        return ""
    return (
        f"Nothing new since {when(since)}. At this hour of the week about"
        f" {quiet.missed:.0f} arrivals were to be expected in these {say_duration(gap)}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVerdict:
    """One finished day beside the usual. `words` is empty when it is within bounds."""

    day: date
    count: float
    usual: float | None  # None: too few such days are known
    words: str = ""


def judge_day(
    day: date, count: float, profile: Profile, rule: VolumeRule, habit: Habit
) -> DayVerdict:
    """Holidays are not judged, nor weekdays of which fewer than `SAMPLES` are known."""
    weekday = day.isoweekday()
    known = profile.samples.get(weekday, 0)
    if habit.calendar.holiday(day) or known < SAMPLES or weekday not in profile.days:
        return DayVerdict(day=day, count=count, usual=None)
    usual = profile.days[weekday] * habit.factor(day)
    if not unusual(count, usual, spread=profile.spread, samples=known, floor=rule.floor):
        return DayVerdict(day=day, count=count, usual=usual)
    words = f"{count:,.0f} records on {day:%A %d %B}, usually about {usual:,.0f} on a {day:%A}."
    return DayVerdict(day=day, count=count, usual=usual, words=words)


def unusual(count: float, usual: float, *, spread: float, samples: int, floor: float) -> bool:
    """Whether `count` is too far from `usual` for chance. `spread` is the relative deviation of
    days beyond counting noise, `samples` how many days `usual` is the median of."""
    if abs(count - usual) < floor * usual or (usual <= 0 and count <= 0):
        return False
    # Halved, since a day may be unusual on either side.
    chance = UNUSUAL_DAYS_A_YEAR / 365 / 2
    if usual > _MANY:
        count, usual = count * _MANY / usual, _MANY
    # The median of n values is itself uncertain: its variance is pi/2n times theirs.
    doubt = 1 + math.pi / (2 * samples)
    relative = (spread**2 + _LEAST_SPREAD**2) * doubt + (doubt - 1) / max(usual, 0.5)
    low = count < usual
    return _tail(round(count), max(usual, 0.5), 1 / relative, low=low) < chance


_LEAST_SPREAD = 0.05


def _tail(count: int, mean: float, shape: float, *, low: bool) -> float:
    """P(X <= count) or P(X >= count) of the negative binomial: counting noise on a level that
    itself varies by 1/sqrt(shape)."""
    # By logarithms: the factorials of some thousand records are beyond a float.
    log_term = (
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        + shape * math.log(shape / (shape + mean))
        + count * math.log(mean / (shape + mean))
    )
    term = math.exp(log_term)
    total, at, share = 0.0, count, mean / (shape + mean)
    # The terms fall off fast; the rest is too small to change a comparison with `chance`.
    while term > total * 1e-9 and at >= 0:
        total += term
        if low:
            term *= at / ((at - 1 + shape) * share) if at else 0.0
            at -= 1
        else:
            term *= (at + shape) / (at + 1) * share
            at += 1
    return total
