"""Each way in which an integration dies without an error, as a stream of looks that goes wrong.

Looks are five minutes apart. Each is watched by at most two lines of rules, and has to be found
within a time the business can bear.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.check_spec import CheckSpec, Rule, RunLimits, Threshold, VolumeRule
from bot.core.monitoring import health
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.signals import (
    FailedRecords,
    LookFinding,
    Observation,
    Reading,
    Signal,
    SignalValue,
)
from bot.core.monitoring.volume import Habit
from tests.builders import a_check
from tests.core.traffic import START, Traffic, Watcher

EVERY = timedelta(minutes=5)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TUESDAY = START + timedelta(days=22)

Signals = Mapping[Signal, SignalValue]
Broke = datetime | None  # since when it is broken, None while it is not
Look = Callable[[datetime, Broke], Observation]


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


def last_run(now: datetime, broke: Broke, every: timedelta = HOUR / 4) -> datetime:
    """The newest run of a schedule that stops when it breaks."""
    return START + (((broke or now) - START) // every) * every


def acknowledged(now: datetime, broke: Broke) -> Reading:
    """Of documents sent all the time, the oldest that waits."""
    if broke is None:
        return seen(now, queue_depth=0.0)
    return seen(now, queue_depth=1 + (now - broke) / HOUR, queue_oldest=broke)


def undelivered(now: datetime, broke: Broke) -> Reading:
    counts = 3 + ((now - broke) / HOUR * 20 if broke else 0)
    group = FailedRecords(text="no 2xx from the endpoint", count=int(counts))
    signals: Signals = {Signal.LAST_ATTEMPT: last_run(now, None)}
    return Reading(at=now, signals=signals, failed=(group,))


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
        look=lambda now, broke: seen(now, enabled=broke is None, failed=0.0),
    ),
    "SIL-04 an older version is served with 200": Mechanism(
        within=15 * MINUTE,
        spec=check(Rule(signal=Signal.VERSION, fail=Threshold(op="!=", value="2027-01"))),
        look=lambda now, broke: seen(now, version="2026-04" if broke else "2027-01"),
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
        look=lambda now, broke: seen(now, last_attempt=last_run(now, broke)),
    ),
    "SIL-09 records are skipped for a missing field": Mechanism(
        within=15 * MINUTE,
        spec=check(below(Signal.COMPLETENESS, 0.95)),
        look=lambda now, broke: seen(now, completeness=0.9 if broke else 0.99),
    ),
    "SIL-10 the partner never acknowledges": Mechanism(
        within=4 * HOUR + 15 * MINUTE,
        spec=check(older(Signal.QUEUE_OLDEST, 4 * HOUR)),
        look=acknowledged,
    ),
    "SIL-11 a login fails before anything is logged": Mechanism(
        within=HOUR,
        spec=check(older(Signal.LAST_SUCCESS, 40 * MINUTE)),
        look=lambda now, broke: seen(now, last_success=last_run(now, broke), failed=0.0),
    ),
    "SIL-12 no alarm mail although it fails": Mechanism(
        within=15 * MINUTE,
        spec=check(Rule(signal=Signal.STATUS, fail=Threshold(op="!=", value="COMPLETE"))),
        look=lambda now, broke: seen(now, status="ERROR" if broke else "COMPLETE"),
    ),
    "a run that never ends": Mechanism(
        within=2 * HOUR,
        spec=check(runs=RunLimits(longest=HOUR)),
        look=lambda now, broke: (
            seen(now, running_since=broke) if broke else seen(now, last_attempt=now)
        ),
    ),
}


def from_traffic(
    mechanism: Mechanism, broke: datetime, end: datetime, seed: str
) -> Iterator[tuple[Reading, tuple[LookFinding, ...]]]:
    """Three weeks to learn from, then the looks from Tuesday on; nothing comes once it broke."""
    traffic = Traffic(mechanism.per_day, seed=seed, every=EVERY)
    watcher = Watcher(mechanism.spec.volume or SILENCE, Habit(), EVERY)
    for reading in traffic.looks(end - START):
        traffic.share = 0.0 if reading.at >= broke else 1.0
        found = watcher.look(reading)
        if reading.at >= TUESDAY:
            yield reading, found


def from_looks(
    look: Look, broke: datetime, end: datetime
) -> Iterator[tuple[Observation, tuple[LookFinding, ...]]]:
    now = TUESDAY
    while now < end:
        yield look(now, broke if now >= broke else None), ()
        now += EVERY


def states(
    mechanism: Mechanism, broke: datetime, end: datetime, *, seed: str = "", lost: float = 0.0
) -> Iterator[tuple[datetime, CheckHealth]]:
    """What is believed after each look from Tuesday on. `lost` is the share of looks that get no
    answer, by chance."""
    state = health.first(mechanism.spec, TUESDAY)
    if mechanism.look:
        stream = from_looks(mechanism.look, broke, end)
    else:
        stream = from_traffic(mechanism, broke, end, seed or f"silent {mechanism.per_day}")
    chance = random.Random(f"lost {seed}")
    for observation, findings in stream:
        if chance.random() < lost:
            observation = Reading(at=observation.at, signals={Signal.REACHABLE: False})
        state = health.step(state, mechanism.spec, observation, observation.at, findings=findings)
        yield observation.at, state
