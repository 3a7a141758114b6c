"""Silence and unusual days: what is found, how soon, and what is left alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core.estate.check_spec import Counting, Due, Level, VolumeRule
from bot.core.estate.windows import Calendar
from bot.core.monitoring.counting import begin, count, findings
from bot.core.monitoring.signals import LookFinding, Reading, Signal
from bot.core.monitoring.volume import Habit, Hour, Profile, Quiet, judge_day, learn, limit, unusual
from tests.core.traffic import DAY, MINUTE, START, Traffic, Watcher

HABIT = Habit()
RULE = VolumeRule()
EVERY = 5 * MINUTE
LEARNT = timedelta(weeks=3)


def learnt(per_day: float, seed: str, **settings: timedelta) -> tuple[Traffic, Watcher]:
    """Three weeks of good traffic, looked at every five minutes."""
    traffic = Traffic(per_day, seed=seed, every=EVERY, **settings)
    watcher = Watcher(RULE, HABIT, EVERY)
    for reading in traffic.looks(LEARNT):
        watcher.look(reading)
    return traffic, watcher


def first_alarm(traffic: Traffic, watcher: Watcher, span: timedelta) -> timedelta | None:
    began = traffic.now
    for reading in traffic.looks(span):
        if watcher.look(reading):
            return reading.at - began
    return None


@pytest.mark.parametrize(
    ("per_day", "within"), [(100, timedelta(hours=3)), (2000, timedelta(minutes=40))]
)
def test_a_stop_in_the_morning_is_heard_within(per_day: float, within: timedelta) -> None:
    traffic, watcher = learnt(per_day, f"stop {per_day}")
    for reading in traffic.looks(timedelta(hours=10)):
        watcher.look(reading)
    traffic.share = 0.0

    heard = first_alarm(traffic, watcher, DAY)

    assert heard is not None
    assert heard <= within


@pytest.mark.parametrize("batch", [EVERY, timedelta(minutes=30), timedelta(hours=2)])
def test_two_good_weeks_give_no_alarm_however_the_records_are_delivered(batch: timedelta) -> None:
    traffic, watcher = learnt(400, f"good {batch}", batch=batch)

    alarm = first_alarm(traffic, watcher, timedelta(weeks=2))

    assert alarm is None


def test_a_quiet_night_says_nothing() -> None:
    rows = [
        Hour(
            start=START + timedelta(hours=hour),
            count=0 if hour % 24 < 6 else 50,
            hits=0 if hour % 24 < 6 else 12,
            looks=12,
            watched=3600,
        )
        for hour in range(24 * 21)
    ]

    profile = learn(rows, HABIT, START + LEARNT)

    assert profile.surprise[0] == 0.0
    assert profile.surprise[12] > 0.0


def test_before_enough_is_known_the_configured_limit_holds() -> None:
    rule = replace(RULE, quiet_limit=timedelta(hours=1))
    watcher = Watcher(rule, HABIT, EVERY)
    traffic = Traffic(2000, seed="cold", every=EVERY)
    for reading in traffic.looks(timedelta(hours=10)):
        watcher.look(reading)
    traffic.share = 0.0

    heard = first_alarm(traffic, watcher, DAY)

    assert heard is not None
    assert timedelta(hours=1) <= heard <= timedelta(hours=1, minutes=10)


def test_hours_in_which_something_was_wrong_are_not_learnt() -> None:
    good = [
        Hour(start=START + hour * timedelta(hours=1), count=10, hits=5, looks=12, watched=3600)
        for hour in range(24 * 14)
    ]
    bad = [replace(row, count=0, hits=0, frozen=True) for row in good[: 24 * 7]]
    unwatched = [replace(row, count=0, hits=0, watched=1800) for row in good[: 24 * 7]]

    profiles = [
        learn([*part, *good[24 * 7 :]], HABIT, START + timedelta(weeks=2))
        for part in (bad, unwatched)
    ]

    assert [profile.counts[30] for profile in profiles] == [10.0, 10.0]
    assert [profile.weeks for profile in profiles] == [1.0, 1.0]


def test_a_slow_day_makes_the_rule_patient_and_a_stop_does_not() -> None:
    slow = Quiet(seen=20, expected=80, surprise=10.0)
    stopped = Quiet(seen=80, expected=80, surprise=10.0)

    assert slow.level < stopped.level == 10.0


def test_the_limit_rises_with_the_number_of_gaps_that_chance_may_try() -> None:
    few, many = Profile(hits_a_year=5_000), Profile(hits_a_year=500_000)

    assert 8 < limit(few) < limit(many) < 18


@pytest.mark.parametrize(
    ("count", "usual", "wrong"),
    [
        (40, 40, False),
        (28, 40, False),
        (0, 40, True),
        (160, 40, True),
        (280, 400, False),
        (150, 400, True),
        (200_000, 480_000, True),
        (400_000, 480_000, False),
        (0, 2, False),
        (0, 0, False),
    ],
)
def test_a_day_is_unusual_when_chance_does_not_explain_it(
    count: float, usual: float, wrong: bool
) -> None:
    assert unusual(count, usual, spread=0.15, samples=8, floor=0.3) is wrong


def test_a_holiday_is_neither_judged_nor_learnt_and_is_heard_like_a_sunday() -> None:
    day = date(2027, 4, 5)  # a Monday
    habit = Habit(calendar=Calendar(holidays=frozenset({day})))
    profile = Profile(days={1: 400.0}, samples={1: 8}, spread=0.1)

    verdict = judge_day(day, 0, profile, RULE, habit)

    assert verdict.words == ""
    assert habit.slot(datetime(2027, 4, 5, 12, tzinfo=UTC)) == 6 * 24 + 12


def test_the_close_is_expected_to_be_busier_by_its_factor() -> None:
    habit = Habit(month_end=1.8)
    profile = Profile(days={3: 100.0}, samples={3: 8}, spread=0.1)
    closing, ordinary = date(2027, 3, 31), date(2027, 3, 17)

    words = [judge_day(day, 180, profile, RULE, habit).words for day in (closing, ordinary)]

    assert words[0] == ""
    assert "usually about 100" in words[1]


def test_fewer_than_six_such_days_are_no_ground_to_judge() -> None:
    profile = Profile(days={1: 400.0}, samples={1: 5}, spread=0.1)

    assert judge_day(date(2027, 4, 5), 0, profile, RULE, HABIT).usual is None


def totals(*values: float | None, rule: VolumeRule = RULE) -> list[float]:
    """What each look of a minute counted; None is a look without the signal."""
    counted, new = begin(HABIT, START), []
    for place, value in enumerate(values, start=1):
        signals = {} if value is None else {Signal.PROCESSED: value}
        before = counted.today
        reading = Reading(at=START + place * MINUTE, signals=signals)
        counted, _ = count(counted, rule, reading, habit=HABIT, every=MINUTE, frozen=False)
        new.append(counted.today - before)
    return new


def test_a_total_that_falls_has_begun_again_from_zero() -> None:
    assert totals(900.0, 905.0, None, 907.0, 3.0, 3.0) == [0, 5, 0, 2, 3, 0]


def test_the_count_of_a_run_is_counted_once_for_each_run() -> None:
    rule = replace(RULE, counting=Counting.RUN)
    counted, ends = begin(HABIT, START), [0, 0, 5, 5, 10]

    for place, end in enumerate(ends, start=1):
        signals = {Signal.PROCESSED: 40.0, Signal.LAST_SUCCESS: START + end * MINUTE}
        reading = Reading(at=START + place * 3 * MINUTE, signals=signals)
        counted, _ = count(counted, rule, reading, habit=HABIT, every=MINUTE, frozen=False)

    assert counted.today == 80.0


def test_a_total_below_nothing_counts_nothing() -> None:
    counted = begin(HABIT, START)
    reading = Reading(at=START + MINUTE, signals={Signal.PROCESSED: -1.0})

    after, finished = count(counted, RULE, reading, habit=HABIT, every=MINUTE, frozen=False)

    assert after == counted
    assert finished is None


def test_a_clock_that_was_set_back_changes_nothing() -> None:
    counted = begin(HABIT, START)
    reading = Reading(at=START - timedelta(hours=1), signals={Signal.PROCESSED: 5.0})

    after, finished = count(counted, RULE, reading, habit=HABIT, every=MINUTE, frozen=False)

    assert after == counted
    assert finished is None


@pytest.mark.parametrize(
    ("now", "came", "told"),
    [
        ("2027-01-05 07:29", 0, False),
        ("2027-01-05 07:30", 0, True),
        ("2027-01-05 07:30", 1, False),
        ("2027-01-09 09:00", 0, False),  # a Saturday
        ("2027-01-06 09:00", 0, False),  # a holiday
        ("2027-01-04 09:00", 0, False),  # watched since the middle of this day only
    ],
)
def test_records_due_by_a_time_are_missed_on_working_days(now: str, came: int, told: bool) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    habit = Habit(calendar=Calendar(holidays=frozenset({date(2027, 1, 6)})))
    rule = VolumeRule(silence=Level.OFF, due=Due(by=time(7, 30)))
    counted = replace(begin(habit, START), day=moment.date(), today=float(came))

    found = findings(counted, rule, habit=habit, every=MINUTE, now=moment)

    expected = (LookFinding(level=Level.FAIL, words="0 records today, at least 1 due by 07:30."),)
    assert found == (expected if told else ())
