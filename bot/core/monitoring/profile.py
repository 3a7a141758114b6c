"""How much a connection usually moves, by hour of the week, learnt from hourly counts.

Only hours that were fully watched while nothing was wrong are learnt from. Hours are stored in
UTC and read in the company's zone, so a change of the clocks moves no habit. A holiday is expected
to look like a Sunday, and days of the month-end close like ordinary days times a factor.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median

from bot.core.estate.calendars import Calendar
from bot.language.local_time import DAY, day_begins, local

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
    surprise = tuple(_surprise(slots[slot]) for slot in range(168))
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


def _surprise(hours: list[Hour]) -> float:
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
