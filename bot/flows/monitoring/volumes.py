"""Counting what comes: every look adds to the hour, finished hours become rows, and once a day the
profile is learnt anew from them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.check_spec import CheckSpec, VolumeRule
from bot.core.monitoring import counting as tallies
from bot.core.monitoring.counting import HourCount
from bot.core.monitoring.findings import LookFinding
from bot.core.monitoring.profile import KEEP, LEARN_FROM, Habit, Hour, learn, whole_days
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Observation, Reading
from bot.core.monitoring.volume import judge_day
from bot.flows.estate.windows import shelter_of
from bot.flows.work import Work, open_for
from bot.store.tx import Tx


def habit_of(catalogue: Catalogue, rule: VolumeRule) -> Habit:
    return Habit(zone=catalogue.timezone, calendar=catalogue.calendar, month_end=rule.month_end)


def hours_of(tx: Tx, check: str, since: datetime) -> tuple[Hour, ...]:
    """The finished hours that are kept of a check, oldest first."""
    return tx.hours(check, since)


def record(work: Work, spec: CheckSpec, observation: Observation) -> tuple[LookFinding, ...]:
    """Count one look and return what is wrong with the volume; nothing for a check without a
    volume rule and for a look that saw nothing."""
    rule = spec.volume
    if rule is None or not isinstance(observation, Reading):
        return ()
    now, habit = observation.at, habit_of(work.catalogue, rule)
    before = work.tx.tally(spec.key) or tallies.begin(habit, now)
    after, finished = tallies.count(
        before,
        rule,
        observation,
        habit=habit,
        every=spec.every,
        frozen=_frozen(work.at(now), spec),
    )
    if finished is not None:
        work.tx.add_hour(spec.key, finished)
        after = _hour_over(work.at(now), spec, after, rule, habit)
    work.tx.save_tally(spec.key, after)
    return tallies.findings(after, rule, habit=habit, every=spec.every, now=now)


def _frozen(work: Work, spec: CheckSpec) -> bool:
    """Nothing is learnt while something is wrong, or while somebody works on it."""
    health = work.tx.connection_health(spec.connection)
    if health is not None and health.verdict is Verdict.FAILING:
        return True
    if open_for(work, spec.connection) is not None:
        return True
    connection = work.catalogue.connections[spec.connection]
    return shelter_of(work.knowledge, connection, work.now) is not None


def _hour_over(
    work: Work, spec: CheckSpec, tally: HourCount, rule: VolumeRule, habit: Habit
) -> HourCount:
    finished = habit.local(work.now).date() - timedelta(days=1)
    if tally.verdict is None or tally.verdict.day < finished:
        tally = _judge(work, spec, tally, rule, habit, finished)
    if tallies.learns(tally, spec.key, work.now):
        work.tx.drop_hours(work.now - KEEP)
        rows = work.tx.hours(spec.key, work.now - LEARN_FROM)
        tally = replace(tally, profile=learn(rows, habit, work.now), learnt_at=work.now)
    return tally


def _judge(
    work: Work, spec: CheckSpec, tally: HourCount, rule: VolumeRule, habit: Habit, day: date
) -> HourCount:
    """Yesterday, once all of it was watched and nothing known was wrong with it."""
    rows = [row for row in work.tx.hours(spec.key, work.now - timedelta(days=2)) if _counts(row)]
    total = whole_days(rows, habit).get(day)
    if total is None:
        return replace(tally, verdict=None) if tally.verdict else tally
    return replace(tally, verdict=judge_day(day, total, tally.profile, rule, habit))


def _counts(row: Hour) -> bool:
    return row.whole and not row.frozen
