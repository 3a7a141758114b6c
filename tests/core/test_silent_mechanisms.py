"""A good day and a bad one for each way in which an integration dies without an error.

Each mechanism is a stream of looks, five minutes apart, that goes wrong on Wednesday at 10:00. It
has to be found by at most two lines of rules within a time the business can bear, and nothing may
be said on the good day before.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.core import health
from bot.core.catalogue import CheckSpec, Rule, Threshold
from bot.core.findings import Finding
from bot.core.health import CheckHealth, Verdict
from bot.core.profile import Habit
from bot.core.runs import RunLimits
from bot.core.signals import Blind, FailedRecords, Observation, Reading, Signal, SignalValue
from bot.core.volume import VolumeRule
from tests.builders import a_check
from tests.core.traffic import DAY, START, Traffic, Watcher

EVERY = timedelta(minutes=5)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TUESDAY = START + timedelta(days=22)
BREAK = TUESDAY + DAY + 10 * HOUR
END = TUESDAY + 3 * DAY

Signals = Mapping[Signal, SignalValue]
Look = Callable[[datetime, bool], Observation]


def below(signal: Signal, limit: float) -> Rule:
    return Rule(signal=signal, fail=Threshold(op="<", value=limit))


def older(signal: Signal, limit: timedelta) -> Rule:
    return Rule(signal=signal, fail=Threshold(op=">", value=limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """`look` tells what is seen at a moment, before and after the break; None takes it from
    simulated traffic that stops."""

    within: timedelta
    spec: CheckSpec
    look: Look | None = None
    per_day: float = 2000


def check(*rules: Rule, **more: VolumeRule | RunLimits) -> CheckSpec:
    return replace(a_check(rules=rules, every=EVERY), **more)  # type: ignore[arg-type]


def seen(now: datetime, **signals: SignalValue) -> Reading:
    return Reading(at=now, signals={Signal(name): value for name, value in signals.items()})


def last_run(now: datetime, broken: bool, every: timedelta = HOUR / 4) -> datetime:
    """The newest run of a schedule that stops at the break."""
    until = min(now, BREAK) if broken else now
    return START + ((until - START) // every) * every


def acknowledged(now: datetime, broken: bool) -> Reading:
    """Of documents sent every hour, the oldest without an acknowledgement; one takes 20 min."""
    waiting = BREAK if broken else None
    if waiting is None:
        return seen(now, queue_depth=0.0)
    return seen(now, queue_depth=1 + (now - waiting) / HOUR, queue_oldest=waiting)


def undelivered(now: datetime, broken: bool) -> Reading:
    counts = 3 + ((now - BREAK) / HOUR * 20 if broken else 0)
    group = FailedRecords(text="no 2xx from the endpoint", count=int(counts))
    signals: Signals = {Signal.LAST_ATTEMPT: last_run(now, False)}
    return Reading(at=now, signals=signals, failed=(group,))


def refused(now: datetime, broken: bool) -> Observation:
    if broken:
        return Blind(at=now, reason="the monitoring credential is refused (401)")
    return seen(now, last_success=last_run(now, False))


SILENCE = VolumeRule()
MECHANISMS: Mapping[str, Mechanism] = {
    "SIL-01 the shop deletes a webhook subscription": Mechanism(
        within=HOUR, spec=check(volume=SILENCE)
    ),
    "SIL-02 a subscription lapses and few changes come anyway": Mechanism(
        within=5 * HOUR, spec=check(volume=SILENCE), per_day=100
    ),
    "SIL-03 the recipe is stopped and its failure count stays 0": Mechanism(
        within=15 * MINUTE,
        spec=check(Rule(signal=Signal.ENABLED, fail=Threshold(op="==", value=0.0))),
        look=lambda now, broken: seen(now, enabled=not broken, failed=0.0),
    ),
    "SIL-04 an older version is served with 200": Mechanism(
        within=15 * MINUTE,
        spec=check(Rule(signal=Signal.VERSION, fail=Threshold(op="!=", value="2027-01"))),
        look=lambda now, broken: seen(now, version="2026-04" if broken else "2027-01"),
    ),
    "SIL-05 green runs that carry nothing": Mechanism(within=HOUR, spec=check(volume=SILENCE)),
    "SIL-06 documents pile up in a status that counts as success": Mechanism(
        within=HOUR + 15 * MINUTE,
        spec=check(older(Signal.QUEUE_OLDEST, HOUR)),
        look=acknowledged,
    ),
    "SIL-07 webhook deliveries are given up": Mechanism(
        within=HOUR,
        spec=check(Rule(signal=Signal.FAILED_NEW, fail=Threshold(op=">", value=0.0))),
        look=undelivered,
    ),
    "SIL-08 the scheduler does not run": Mechanism(
        within=HOUR,
        spec=check(
            runs=RunLimits(starts="*/15 * * * *", late=timedelta(minutes=10)),
        ),
        look=lambda now, broken: seen(now, last_attempt=last_run(now, broken)),
    ),
    "SIL-09 records are skipped for a missing field": Mechanism(
        within=15 * MINUTE,
        spec=check(below(Signal.COMPLETENESS, 0.95)),
        look=lambda now, broken: seen(now, completeness=0.9 if broken else 0.99),
    ),
    "SIL-10 the partner never acknowledges": Mechanism(
        within=4 * HOUR + 15 * MINUTE,
        spec=check(older(Signal.QUEUE_OLDEST, 4 * HOUR)),
        look=acknowledged,
    ),
    "SIL-11 a login fails before anything is logged": Mechanism(
        within=HOUR,
        spec=check(older(Signal.LAST_SUCCESS, 40 * MINUTE)),
        look=lambda now, broken: seen(now, last_success=last_run(now, broken), failed=0.0),
    ),
    "SIL-12 no alarm mail although it fails": Mechanism(
        within=15 * MINUTE,
        spec=check(Rule(signal=Signal.STATUS, fail=Threshold(op="!=", value="COMPLETE"))),
        look=lambda now, broken: seen(now, status="ERROR" if broken else "COMPLETE"),
    ),
    "a run that never ends": Mechanism(
        within=2 * HOUR,
        spec=check(runs=RunLimits(longest=HOUR)),
        look=lambda now, broken: (
            seen(now, running_since=BREAK) if broken else seen(now, last_attempt=now)
        ),
    ),
}


def from_traffic(mechanism: Mechanism) -> Iterator[tuple[Reading, tuple[Finding, ...]]]:
    """Three weeks to learn from, the good day, and then nothing more."""
    traffic = Traffic(mechanism.per_day, seed=f"silent {mechanism.per_day}", every=EVERY)
    watcher = Watcher(mechanism.spec.volume or SILENCE, Habit(), EVERY)
    for reading in traffic.looks(END - START):
        traffic.share = 0.0 if reading.at >= BREAK else 1.0
        found = watcher.look(reading)
        if reading.at >= TUESDAY:
            yield reading, found


def from_looks(look: Look) -> Iterator[tuple[Observation, tuple[Finding, ...]]]:
    now = TUESDAY
    while now < END:
        yield look(now, now >= BREAK), ()
        now += EVERY


def states(mechanism: Mechanism) -> Iterator[tuple[datetime, CheckHealth]]:
    state = health.first(mechanism.spec, TUESDAY)
    seen = from_looks(mechanism.look) if mechanism.look else from_traffic(mechanism)
    for observation, findings in seen:
        state = health.step(state, mechanism.spec, observation, observation.at, findings=findings)
        yield observation.at, state


@pytest.mark.parametrize("mechanism", MECHANISMS.values(), ids=MECHANISMS.keys())
def test_a_silent_failure_is_found_in_time_and_a_good_day_stays_silent(
    mechanism: Mechanism,
) -> None:
    history = list(states(mechanism))

    false = [now for now, state in history if now < BREAK and state.verdict is Verdict.FAILING]
    found = [now for now, state in history if state.verdict is Verdict.FAILING]
    assert false == []
    assert found, "never detected"
    assert found[0] - BREAK <= mechanism.within


def test_a_refused_monitoring_login_is_blindness_and_never_failure() -> None:
    spec = check(older(Signal.LAST_SUCCESS, 40 * MINUTE))
    mechanism = Mechanism(within=HOUR, spec=spec, look=refused)

    verdicts = {state.verdict for now, state in states(mechanism) if now > BREAK + 3 * EVERY}

    assert verdicts == {Verdict.UNKNOWN}
