"""A good day and a bad one for each way in which an integration dies without an error.

Each goes wrong on Wednesday at 10:00: it has to be found within a time the business can bear, and
nothing may be said on the good day before.
"""

from datetime import datetime

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Blind, Observation, Signal
from tests.core.silent import (
    EVERY,
    HOUR,
    MECHANISMS,
    MINUTE,
    TUESDAY,
    Broke,
    Mechanism,
    check,
    last_run,
    older,
    seen,
    states,
)
from tests.core.traffic import DAY

BREAK = TUESDAY + DAY + 10 * HOUR
END = TUESDAY + 3 * DAY


def refused(now: datetime, broke: Broke) -> Observation:
    if broke:
        return Blind(at=now, reason="the monitoring credential is refused (401)")
    return seen(now, last_success=last_run(now, None))


@pytest.mark.parametrize("mechanism", MECHANISMS.values(), ids=MECHANISMS.keys())
def test_a_silent_failure_is_found_in_time_and_a_good_day_stays_silent(
    mechanism: Mechanism,
) -> None:
    history = list(states(mechanism, BREAK, END))

    false = [now for now, state in history if now < BREAK and state.verdict is Verdict.FAILING]
    found = [now for now, state in history if state.verdict is Verdict.FAILING]
    assert false == []
    assert found, "never detected"
    assert found[0] - BREAK <= mechanism.within


def test_a_refused_monitoring_login_is_blindness_and_never_failure() -> None:
    spec = check(older(Signal.LAST_SUCCESS, 40 * MINUTE))
    mechanism = Mechanism(within=HOUR, spec=spec, look=refused)

    history = states(mechanism, BREAK, END)
    verdicts = {state.verdict for now, state in history if now > BREAK + 3 * EVERY}

    assert verdicts == {Verdict.UNKNOWN}
