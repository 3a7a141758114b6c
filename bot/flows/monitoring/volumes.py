"""Counting what comes: every look adds to the hour, finished hours become rows, and once a day the
profile is learnt anew from them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import VolumeRule
from bot.core.monitoring import counting as counting
from bot.core.monitoring.counting import HourCount
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Reading
from bot.core.monitoring.volume import KEEP, LEARN_FROM, Habit, Hour, judge_day, learn, whole_days
from bot.flows.estate.windows import suppressed_opening
from bot.flows.monitoring.health import Batch, FinishedLook
from bot.flows.work import Work, open_for
from bot.store.tx import Tx


def habit_of(catalogue: Catalogue, rule: VolumeRule) -> Habit:
    return Habit(zone=catalogue.timezone, calendar=catalogue.calendar, month_end=rule.month_end)


def hours_of(tx: Tx, check: str, since: datetime) -> tuple[Hour, ...]:
    """The finished hours that are kept of a check, oldest first."""
    return tx.hours(check, since)


def count(work: Work, batch: Batch) -> Batch:
    """Count every look of a check with a volume rule that saw something, and find what is wrong
    with the volume."""
    return batch.with_looks(
        # By the moment of the look: a batch may be stored later, in another hour.
        _counted(work.at(one.observation.at), one, one.spec.volume, one.observation)
        if one.spec.volume is not None and isinstance(one.observation, Reading)
        else one
        for one in batch.looks
    )


def _counted(work: Work, look: FinishedLook, rule: VolumeRule, seen: Reading) -> FinishedLook:
    spec, habit = look.spec, habit_of(work.catalogue, rule)
    before = work.tx.hour_count(spec.key) or counting.begin(habit, work.now)
    frozen = _frozen(work, look.connection)
    after, finished = counting.count(
        before, rule, seen, habit=habit, every=spec.every, frozen=frozen
    )
    if finished is not None:
        # A finished hour is stored at once: what is learnt rests on rows alone.
        work.tx.add_hour(spec.key, finished)
        after = _hour_over(work, _Watched(spec.key, rule, habit), after)
    work.tx.save_hour_count(spec.key, after)
    found = counting.findings(after, rule, habit=habit, every=spec.every, now=work.now)
    return replace(look, findings=found)


@dataclass(frozen=True, slots=True)
class _Watched:
    """A check whose volume is watched: by what rule, and when its hours and days are."""

    check: str
    rule: VolumeRule
    habit: Habit


def _frozen(work: Work, connection: Connection) -> bool:
    """Nothing is learnt while something is wrong, or while somebody works on it."""
    health = work.tx.connection_health(connection.id)
    if health is not None and health.verdict is Verdict.FAILING:
        return True
    # An open incident counts as trouble also while its checks are good.
    if open_for(work, connection.id) is not None:
        return True
    return suppressed_opening(work.knowledge, connection, work.now) is not None


def _hour_over(work: Work, of: _Watched, counted: HourCount) -> HourCount:
    finished = of.habit.local(work.now).date() - timedelta(days=1)
    if counted.verdict is None or counted.verdict.day < finished:
        counted = _judge(work, of, counted, finished)
    if counting.learns(counted, of.check, work.now):
        work.tx.drop_hours(work.now - KEEP)
        rows = work.tx.hours(of.check, work.now - LEARN_FROM)
        counted = replace(counted, profile=learn(rows, of.habit, work.now), learnt_at=work.now)
    return counted


def _judge(work: Work, of: _Watched, counted: HourCount, day: date) -> HourCount:
    """Yesterday, once all of it was watched and nothing known was wrong with it."""
    # Two days back hold the whole of yesterday in every time zone.
    rows = [row for row in work.tx.hours(of.check, work.now - timedelta(days=2)) if _counts(row)]
    total = whole_days(rows, of.habit).get(day)
    if total is None:
        return replace(counted, verdict=None) if counted.verdict else counted
    return replace(counted, verdict=judge_day(day, total, counted.profile, of.rule, of.habit))


def _counts(row: Hour) -> bool:
    return row.whole and not row.frozen
