"""What the volume rules would have said of the hours that are kept: for tuning and for trust.

Hours are all there is, so a silence is heard at the end of an hour here, and earlier in the running
bot. The profile is learnt anew each day from what lay before it, as the bot does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.check_spec import VolumeRule
from bot.core.monitoring.profile import HOUR, LEARN_FROM, Habit, Hour, Profile, learn, whole_days
from bot.core.monitoring.volume import MIN_WEEKS, Quiet, judge_day, limit, listen
from bot.language.marks import when


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something a rule would have said at `at`; `known` is whether the hour was marked as bad."""

    at: datetime
    words: str
    known: bool


def replay(hours: Sequence[Hour], rule: VolumeRule, habit: Habit) -> tuple[Heard, ...]:
    """Oldest first; nothing for the first weeks, in which the profile is still being learnt."""
    return tuple(_replay(hours, rule, habit))


def _replay(hours: Sequence[Hour], rule: VolumeRule, habit: Habit) -> Iterator[Heard]:
    profile, quiet, loud = Profile(), Quiet(), False
    for place, hour in enumerate(hours):
        end = hour.start + HOUR
        day = habit.local(hour.start).date()
        if place == 0 or day > habit.local(hours[place - 1].start).date():
            before = [row for row in hours[:place] if row.start >= hour.start - LEARN_FROM]
            yield from _yesterday(before, profile, rule, habit, hour.start)
            profile = learn(before, habit, hour.start)
        quiet = listen(quiet, profile, habit, hit=hour.count > 0, since=hour.start, now=end)
        over = profile.weeks >= MIN_WEEKS and quiet.level >= limit(profile)
        if over and not loud:
            since = quiet.since or hour.start
            said = f"Nothing new since {when(since)}; about {quiet.missed:.0f} arrivals missed."
            yield Heard(at=end, words=said, known=hour.frozen)
        loud = over


def _yesterday(
    before: list[Hour], profile: Profile, rule: VolumeRule, habit: Habit, now: datetime
) -> Iterator[Heard]:
    day = habit.local(now).date() - timedelta(days=1)
    # 26: a day has 25 hours when the clocks go back, and one more for where it begins.
    rows = [row for row in before[-26:] if row.whole]
    total = whole_days(rows, habit).get(day)
    if total is None:
        return
    words = judge_day(day, total, profile, rule, habit).words
    if words:
        yield Heard(at=now, words=words, known=any(row.frozen for row in rows[-24:]))
