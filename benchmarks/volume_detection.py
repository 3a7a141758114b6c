"""How soon a stop or a drop is seen, and how often nothing was the matter.

Simulated flows of 40, 400 and 4,000 records a working day: an hour-of-day shape, weekends at a
fifth, days that differ by 15 % (log-normal), arrivals at random. The same traffic is given to every
rule. Everything is seeded; `--quick` takes a tenth of the trials.
"""

import argparse
import math
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bot.core.estate.check_spec import VolumeRule
from bot.core.monitoring.volume import (
    Habit,
    Hour,
    Profile,
    Quiet,
    judge_day,
    learn,
    limit,
    listen,
    usual_days,
)

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
HABIT = Habit()
FLOWS = (40, 400, 4000)
_SHAPE = (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 16, 17, 19, 18, 15, 11, 7, 5, 4, 3, 2, 1)


def hourly(per_day: float, weekday: int) -> list[float]:
    """Expected records by hour of the day; `weekday` counts from Monday = 0."""
    share = (0.25, 0.15)[weekday - 5] if weekday >= 5 else 1.0
    return [per_day * share * part / sum(_SHAPE) for part in _SHAPE]


def poisson(mean: float, rng: random.Random) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    level, count, product = math.exp(-mean), 0, rng.random()
    while product > level:
        product *= rng.random()
        count += 1
    return count


def day_effect(rng: random.Random) -> float:
    return rng.lognormvariate(-(0.15**2) / 2, 0.15)


def day_total(per_day: float, weekday: int, rng: random.Random, change: float = 1.0) -> int:
    return poisson(sum(hourly(per_day, weekday)) * day_effect(rng) * change, rng)


# The days -----------------------------------------------------------------------------------------

DayRule = Callable[[list[int], int], bool]  # eight weeks of totals, then the day to judge


def flat(days: list[int], today: int) -> bool:
    """z = 3 over the last 14 days, of whatever weekday."""
    return z_score(days[-14:], today)


def same_weekday(days: list[int], today: int) -> bool:
    return z_score(days[len(days) % 7 :: 7], today)


def two_samples(days: list[int], today: int) -> bool:
    return z_score(days[-14::7], today)


def median_and_mad(days: list[int], today: int) -> bool:
    """Median of the same weekday, and max(4 MAD, 40 %)."""
    same = days[len(days) % 7 :: 7]
    middle = statistics.median(same)
    mad = statistics.median(abs(value - middle) for value in same)
    return abs(today - middle) > max(4 * mad, 0.4 * middle)


def z_score(same: list[int], today: int) -> bool:
    deviation = statistics.stdev(same)
    return abs(today - statistics.fmean(same)) > 3 * deviation if deviation else today != same[0]


def ours(days: list[int], today: int) -> bool:
    totals = {START.date() + timedelta(days=place): total for place, total in enumerate(days)}
    day = START.date() + timedelta(days=len(days))
    return bool(judge_day(day, today, usual_days(totals, HABIT), VolumeRule(), HABIT).words)


DAY_RULES: dict[str, DayRule] = {
    "flat z=3 over 14 days": flat,
    "same weekday z=3, 8 weeks": same_weekday,
    "same weekday z=3, 2 samples": two_samples,
    "same weekday, max(4 MAD, 40 %)": median_and_mad,
    "firstlane": ours,
}


def days_table(trials: int) -> Iterator[str]:
    yield f"Finished days ({trials:,} trials). False alarms a year; half, nothing, threefold: seen"
    yield f"  {'':31}" + "".join(f"{f'{flow:,}/day':>30}" for flow in FLOWS)
    cells = {flow: day_cells(flow, trials) for flow in FLOWS}
    for name in DAY_RULES:
        yield f"  {name:31}" + "".join(f"{cells[flow][name]:>30}" for flow in FLOWS)


def day_cells(flow: int, trials: int) -> dict[str, str]:
    rng = random.Random(f"days {flow}")
    changes = (1.0, 0.5, 0.0, 3.0)
    seen = {name: [0] * len(changes) for name in DAY_RULES}
    for _ in range(trials):
        # Any weekday: the judged one is whichever follows eight weeks and some days.
        days = [day_total(flow, place % 7, rng) for place in range(56 + rng.randrange(7))]
        todays = [day_total(flow, len(days) % 7, rng, change) for change in changes]
        for name, rule in DAY_RULES.items():
            for place, today in enumerate(todays):
                seen[name][place] += rule(days[-56 - len(days) % 7 :], today)
    return {
        name: f"{counts[0] / trials * 365:5.1f}, "
        + " ".join(f"{count / trials:5.0%}" for count in counts[1:])
        for name, counts in seen.items()
    }


# The silence --------------------------------------------------------------------------------------


class Flow:
    """One flow, minute by minute, with what Firstlane keeps of it."""

    def __init__(self, per_day: int, seed: str) -> None:
        self.per_day = per_day
        self.rng = random.Random(seed)
        self.now = START
        self.rows: list[Hour] = []
        self.profile = Profile()
        self.quiet = Quiet()
        self.last = START
        self.rates: list[float] = []

    def hour(self, stopped: bool = False) -> Iterator[tuple[datetime, bool]]:
        """The looks of the next hour: the moment, and whether something new was there."""
        if self.now.hour == 0 or not self.rates:
            effect = day_effect(self.rng)
            self.rates = [rate * effect for rate in hourly(self.per_day, self.now.weekday())]
        start, count, hits = self.now, 0, 0
        for _ in range(60):
            new = 0 if stopped else poisson(self.rates[start.hour] / 60, self.rng)
            count, hits = count + new, hits + (new > 0)
            self.now += MINUTE
            yield self.now, new > 0
        if not stopped:
            row = Hour(start=start, count=count, hits=hits, looks=60, watched=3600)
            self.rows = [*self.rows[-24 * 56 :], row]
        if self.now.hour == 0:
            self.profile = learn(self.rows, HABIT, self.now)

    def look(self, at: datetime, hit: bool) -> None:
        self.quiet = listen(self.quiet, self.profile, HABIT, hit=hit, since=at - MINUTE, now=at)
        self.last = at if hit else self.last


class Alarms:
    """Counts one alarm for each silence that passes the rule."""

    def __init__(self) -> None:
        self.count = 0
        self._on = False

    def look(self, on: bool) -> None:
        self.count += on and not self._on
        self._on = on


def exact(flow: Flow, at: datetime, gap_start: datetime) -> float:
    """Expected records in the gap by the true shape, as a rule told the truth would know it."""
    total, when = 0.0, gap_start
    while when < at:
        step = min(at, when.replace(minute=0, second=0) + timedelta(hours=1)) - when
        rate = hourly(flow.per_day, when.weekday())[when.hour]
        total += rate * step / timedelta(hours=1)
        when += step
    return total


def silence_rules(flow: Flow) -> dict[str, Callable[[datetime], bool]]:
    def fixed(limit_hours: float) -> Callable[[datetime], bool]:
        return lambda at: at - flow.last >= timedelta(hours=limit_hours)

    def expected(limit_records: float) -> Callable[[datetime], bool]:
        return lambda at: exact(flow, at, flow.last) >= limit_records

    return {
        "expected count >= 9.2 (profile known)": expected(9.2),
        "expected count >= 14 (profile known)": expected(14),
        "firstlane (profile learnt)": lambda at: flow.quiet.level >= limit(flow.profile),
        "nothing for 1 h": fixed(1),
        "nothing for 4 h": fixed(4),
        "nothing for 12 h": fixed(12),
    }


def silence_cells(per_day: int, years: int, outages: int) -> dict[str, str]:
    flow = Flow(per_day, f"silence {per_day}")
    for _ in range(24 * 56):
        for at, hit in flow.hour():
            flow.look(at, hit)
    rules = silence_rules(flow)
    alarms = {name: Alarms() for name in rules}
    delays: dict[str, list[float]] = {name: [] for name in rules}
    every = years * 52 // outages
    for week in range(years * 52):
        for hour in range(168):
            if hour == 58 and week % every == every - 1:  # Wednesday 10:00
                outage(flow, rules, delays)
            for at, hit in flow.hour():
                flow.look(at, hit)
                for name, rule in rules.items():
                    # A new record ends every silence, and most looks of a busy flow see one.
                    alarms[name].look(not hit and rule(at))
    return {
        name: f"{alarms[name].count / years:6.1f}/yr {statistics.median(delays[name]):6.0f} min"
        for name in rules
    }


def outage(
    flow: Flow, rules: dict[str, Callable[[datetime], bool]], delays: dict[str, list[float]]
) -> None:
    """Stop the flow, note when each rule sees it, and go back as if nothing had happened."""
    kept = (flow.now, flow.quiet, flow.last, flow.rates)
    began, missing = flow.now, set(rules)
    while missing:
        for at, hit in flow.hour(stopped=True):
            flow.look(at, hit)
            for name in tuple(missing):
                if rules[name](at):
                    delays[name].append((at - began) / MINUTE)
                    missing.discard(name)
    flow.now, flow.quiet, flow.last, flow.rates = kept


def silence_table(years: int, outages: int) -> Iterator[str]:
    yield f"Silence ({years} simulated years, a look every minute). False alarms a year; median"
    yield f"time to detect of {outages} stops on a Wednesday at 10:00"
    yield f"  {'':37}" + "".join(f"{f'{flow:,}/day':>22}" for flow in FLOWS)
    cells = {flow: silence_cells(flow, years, outages) for flow in FLOWS}
    for name in cells[FLOWS[0]]:
        yield f"  {name:37}" + "".join(f"{cells[flow][name]:>22}" for flow in FLOWS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    quick = parser.parse_args().quick
    print("\n".join(days_table(200 if quick else 2000)), flush=True)
    print()
    print("\n".join(silence_table(*((1, 4) if quick else (2, 26)))))


if __name__ == "__main__":
    main()
