"""A value that cannot be true is never taken for a good one."""

from datetime import timedelta

import pytest

from bot.core.estate.check_spec import Rule, Threshold
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Reading, Signal, SignalValue
from tests.builders import NOW, a_check

OLDER = Threshold(op=">", value=timedelta(minutes=30))
MORE = Threshold(op=">", value=10.0)


def said(signal: Signal, value: SignalValue, limit: Threshold) -> tuple[Verdict, str]:
    spec = a_check(rules=(Rule(signal=signal, fail=limit),))
    found = evaluate(spec, Reading(at=NOW, signals={signal: value}), NOW)
    return found.verdict, " ".join(found.reasons)


@pytest.mark.parametrize(
    "signal", [Signal.LAST_SUCCESS, Signal.LAST_ATTEMPT, Signal.QUEUE_OLDEST, Signal.HEARTBEAT]
)
def test_a_moment_that_is_still_to_come_is_doubtful_and_not_good(signal: Signal) -> None:
    verdict, reason = said(signal, NOW + timedelta(hours=2), OLDER)

    assert verdict is Verdict.DEGRADED
    assert "2 h ahead of our clock" in reason


def test_clocks_that_differ_by_a_little_are_no_matter() -> None:
    assert said(Signal.LAST_SUCCESS, NOW + timedelta(minutes=4), OLDER) == (Verdict.OK, "")


def test_an_expiry_lies_ahead_and_is_judged() -> None:
    soon = Threshold(op="<", value=timedelta(days=7))

    assert said(Signal.EXPIRES_AT, NOW + timedelta(days=60), soon) == (Verdict.OK, "")


@pytest.mark.parametrize(
    "signal",
    [Signal.QUEUE_DEPTH, Signal.PROCESSED, Signal.FAILED, Signal.FAILED_NEW, Signal.SKIPPED],
)
def test_a_count_below_nothing_is_no_count_and_fails_closed(signal: Signal) -> None:
    verdict, reason = said(signal, -1.0, MORE)

    assert verdict is Verdict.FAILING
    assert "-1 is no count" in reason


def test_a_difference_may_be_negative() -> None:
    assert said(Signal.DIFFERENCE, -40.0, MORE) == (Verdict.OK, "")
