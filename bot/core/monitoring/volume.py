"""Too quiet, or far from the usual: what the number of records says when no error does.

Two rules. Silence: every second in which something usually comes adds to a surprise, and when the
surprise passes what chance gives once in ten years, the flow has stopped. Deviation: a finished day
far outside what that weekday usually brings. Both are derived in `docs/volume.md`.

What is usual is learnt by hour of the week, from hours that were fully watched while nothing was
wrong. Hours are stored in UTC and read in the company's zone, so a change of the clocks moves no
habit. A holiday is expected to look like a Sunday, and days of the month-end close like ordinary
days times a factor.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median

from bot.core.estate.check_spec import VolumeRule
from bot.core.estate.windows import Calendar
from bot.language.local_time import DAY, day_begins, local
from bot.language.marks import when
from bot.language.units import say_duration

HOUR = timedelta(hours=1)
LEARN_FROM = timedelta(weeks=8)
KEEP = timedelta(weeks=10)  # hourly rows older than this are dropped
SAMPLES = 6  # days of one weekday that must be known before a day is judged
_WATCHED = 0.9  # share of an hour that must have been watched
_TRIM_FROM = 5  # weeks from which the highest and the lowest are left out
_SUNDAY = 6
_SMALL_SAMPLE = 1.2  # squared deviations from a median of eight come out that much too small


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What one connection moved in the hour from `start`. `hits` are the looks that found
    something new, `watched` is in seconds, and a frozen hour is never learnt from."""

    start: datetime
    count: float = 0.0
    hits: int = 0
    looks: int = 0
    watched: float = 0.0
    frozen: bool = False

    @property
    def whole(self) -> bool:
        return self.watched >= 3600 * _WATCHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`counts` are records an hour and `surprise` is what one second of silence adds in that hour
    of the week; both have 168 places, Monday 00:00 local time first. `days` are the usual totals
    by ISO weekday, present where enough days are known."""

    weeks: float = 0.0  # full weeks learnt from
    counts: tuple[float, ...] = (0.0,) * 168
    surprise: tuple[float, ...] = (0.0,) * 168
    days: Mapping[int, float] = field(default_factory=dict)
    samples: Mapping[int, int] = field(default_factory=dict)
    spread: float = 0.0  # relative deviation of a day from its usual total, beyond counting noise
    hits_a_year: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """Whose days: the zone, the calendar and how much busier the month-end close is."""

    zone: str = "UTC"
    calendar: Calendar = field(default_factory=Calendar)
    month_end: float = 1.0

    def local(self, moment: datetime) -> datetime:
        return local(moment, self.zone)

    def slot(self, moment: datetime) -> int:
        """The hour of the week whose habits hold at `moment`."""
        shown = self.local(moment)
        weekday = _SUNDAY if self.calendar.holiday(shown.date()) else shown.weekday()
        return weekday * 24 + shown.hour

    def length(self, day: date) -> timedelta:
        """How long the day is: not 24 hours when the clocks change."""
        return day_begins(day + DAY, self.zone) - day_begins(day, self.zone)

    def factor(self, day: date) -> float:
        return self.month_end if self.month_end != 1 and self.calendar.closing(day) else 1.0


def learn(hours: Iterable[Hour], habit: Habit, now: datetime) -> Profile:
    """The profile at `now` from rows of the last `LEARN_FROM`; later and older ones are ignored."""
    known = [
        (hour, habit.local(hour.start))
        for hour in hours
        if now - LEARN_FROM <= hour.start <= now - HOUR and not hour.frozen and hour.whole
    ]
    known = [(hour, at) for hour, at in known if not habit.calendar.holiday(at.date())]
    slots: defaultdict[int, list[Hour]] = defaultdict(list)
    for hour, at in known:
        slots[at.weekday() * 24 + at.hour].append(hour)
    surprise = tuple(_slot_surprise(slots[slot]) for slot in range(168))
    days = usual_days(whole_days((hour for hour, _ in known), habit), habit)
    return replace(
        days,
        weeks=len(known) / 168,
        counts=tuple(_usual(slots[slot], habit) for slot in range(168)),
        surprise=surprise,
        hits_a_year=sum(surprise) * 3600 * 52,
    )


def _trimmed(values: list[float]) -> list[float]:
    ordered = sorted(values)
    # One odd week of eight should make neither a habit nor an outage of the usual.
    return ordered[1:-1] if len(ordered) >= _TRIM_FROM else ordered


def _usual(hours: list[Hour], habit: Habit) -> float:
    values = _trimmed([h.count / habit.factor(habit.local(h.start).date()) for h in hours])
    return sum(values) / len(values) if values else 0.0


def _slot_surprise(hours: list[Hour]) -> float:
    """-ln(probability of a second without anything new). Looks that found something are counted,
    not records: a batch of a thousand is one event. Few weeks make it smaller, never larger."""
    if not hours:
        return 0.0
    ordered = sorted(hours, key=lambda hour: hour.hits / max(hour.looks, 1))
    kept = ordered[1:-1] if len(ordered) >= _TRIM_FROM else ordered
    hits, looks = sum(hour.hits for hour in kept), sum(hour.looks for hour in kept)
    # Two looks of doubt added: of hours in which every look found something the share would be 1,
    # and the surprise of a single silent second without limit.
    share = min(hits, looks) / (looks + 2)
    watched = sum(hour.watched for hour in kept)
    caution = len(hours) / (len(hours) + 1)
    return -math.log1p(-share) * looks / watched * caution if watched else 0.0


def usual_days(totals: Mapping[date, float], habit: Habit) -> Profile:
    """A profile of days only. Spread is pooled over all weekdays: eight days of one weekday are
    too few to tell it."""
    by_weekday: defaultdict[int, list[float]] = defaultdict(list)
    for day, total in totals.items():
        by_weekday[day.isoweekday()].append(total / habit.factor(day))
    usual = {weekday: median(values) for weekday, values in by_weekday.items()}
    apart = [
        # Logarithms, since days differ by factors; half a record is added, as zero has none.
        (abs(math.log((value + 0.5) / (usual[weekday] + 0.5))), 1 / usual[weekday])
        for weekday, values in by_weekday.items()
        for value in values
        if usual[weekday] >= 1
    ]
    spread = 0.0
    if apart:
        # 1.4826 makes a median deviation a standard one; counting noise is not the day's own.
        whole = (1.4826 * median(away for away, _ in apart)) ** 2 * _SMALL_SAMPLE
        noise = sum(noise for _, noise in apart) / len(apart)
        spread = math.sqrt(max(whole - noise, 0.0))
    samples = {weekday: len(values) for weekday, values in by_weekday.items()}
    return Profile(days=usual, samples=samples, spread=spread)


def whole_days(hours: Iterable[Hour], habit: Habit) -> dict[date, float]:
    """Totals of the local days of which every hour is among `hours`."""
    totals: defaultdict[date, float] = defaultdict(float)
    seen: defaultdict[date, int] = defaultdict(int)
    for hour in hours:
        day = habit.local(hour.start).date()
        totals[day] += hour.count
        seen[day] += 1
    return {day: total for day, total in totals.items() if seen[day] >= habit.length(day) // HOUR}


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
