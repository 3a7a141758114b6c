"""What the rules would have said of kept hours, and why one look came out as it did."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.check_spec import Rule, Threshold, VolumeRule
from bot.core.monitoring.explain import explain, replay, say_rule
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import SWITCHES, Blind, FailedRecords, Reading, Signal
from bot.core.monitoring.volume import Habit, Hour
from bot.files.estate.rule_text import read_threshold
from bot.language.marks import when
from tests.builders import MINUTE, NOW, a_check
from tests.core.traffic import START

HOUR = timedelta(hours=1)
WEEKS = 7


def hours(*silent: range) -> list[Hour]:
    """Sixty records in every hour of seven weeks, and none in the silent ones."""
    quiet = {place for span in silent for place in span}
    return [
        Hour(
            start=START + place * HOUR,
            count=0 if place in quiet else 60,
            hits=0 if place in quiet else 40,
            looks=60,
            watched=3600,
        )
        for place in range(WEEKS * 168)
    ]


def test_good_weeks_leave_nothing_to_say() -> None:
    assert replay(hours(), VolumeRule(), Habit()) == ()


def test_a_silence_is_said_once_at_the_end_of_its_first_hour() -> None:
    start = 4 * 168 + 50

    heard = replay(hours(range(start, start + 5)), VolumeRule(), Habit())

    assert [one.at for one in heard] == [START + (start + 1) * HOUR]
    assert heard[0].words.startswith("Nothing new since")


def test_a_day_that_was_marked_as_bad_is_told_as_known() -> None:
    day = 6 * 168 + 24
    rows = hours(range(day, day + 24))
    rows[day] = replace(rows[day], frozen=True)

    heard = replay(rows, VolumeRule(), Habit())

    assert [one.known for one in heard if one.words.startswith("0 records")] == [True]


def test_an_explanation_holds_every_signal_and_every_rule_with_its_value() -> None:
    depth = Rule(
        signal=Signal.QUEUE_DEPTH,
        warn=Threshold(op=">", value=50.0),
        fail=Threshold(op=">", value=200.0),
    )
    age = Rule(signal=Signal.LAST_SUCCESS, fail=Threshold(op=">", value=30 * MINUTE))
    spec = a_check(rules=(depth, age), within=5)
    last = NOW - 20 * MINUTE
    reading = Reading(
        at=NOW,
        signals={Signal.QUEUE_DEPTH: 80.0, Signal.LAST_SUCCESS: last},
        failed=(FailedRecords(text="locked", count=2),),
    )

    told = explain(spec, reading, NOW)

    assert told.signals == (("last_success", when(last)), ("queue_depth", "80"))
    assert [(said.value, said.verdict) for said in told.rules] == [
        ("80", Verdict.DEGRADED),
        (when(last), Verdict.OK),
    ]
    assert told.failed == ((2, "locked"),)
    assert told.evaluation.verdict is Verdict.DEGRADED
    assert "of the last 5" in told.next_steps[0]


def test_a_blind_look_says_why_and_asks_no_rule() -> None:
    told = explain(a_check(), Blind(at=NOW, reason="no network from here"), NOW)

    assert told.blind == "no network from here"
    assert told.rules == ()
    assert told.evaluation.verdict is Verdict.UNKNOWN


def test_of_something_that_does_not_answer_no_rule_is_asked() -> None:
    down = Reading(at=NOW, signals={Signal.REACHABLE: False}, error="Connection refused")

    told = explain(a_check(), down, NOW)

    assert told.rules == ()
    assert told.evaluation.verdict is Verdict.FAILING


def test_a_rule_is_said_as_it_is_written() -> None:
    rule = Rule(
        signal=Signal.LAST_SUCCESS,
        warn=Threshold(op=">", value=20 * MINUTE),
        fail=Threshold(op=">", value=HOUR),
        clear=Threshold(op="<", value=5 * MINUTE),
    )

    assert say_rule(rule) == "last_success: warn > 20m, fail > 1h, clear < 5m"


@pytest.mark.parametrize("signal", sorted(SWITCHES))
@pytest.mark.parametrize("text", ["== false", "!= true"])
def test_a_rule_of_a_switch_is_said_as_it_is_written(signal: Signal, text: str) -> None:
    rule = Rule(signal=signal, fail=read_threshold(text, signal))

    assert say_rule(rule) == f"{signal}: fail {text}"
