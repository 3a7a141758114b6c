"""How soon each way to stop without an error is found, and how often nothing was the matter.

Every mechanism of `tests/core/silent.py` is lived through many times: three weeks to learn from
where volume is watched, one good day, and a break at another hour of the working day each time.
One look in 500 gets no answer. Everything is seeded.
"""

import argparse
import statistics
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.core.monitoring.rules import Verdict
from tests.core.silent import HOUR, MECHANISMS, TUESDAY, Mechanism, states
from tests.core.traffic import DAY

LOST = 1 / 500
FIRST_HOUR, LAST_HOUR = 8, 18
WATCHED = 16 * HOUR  # after a break; what is not found by then counts as missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`after` is how long it took, None when it was missed; `false` counts wrong alarms before."""

    after: timedelta | None
    false: int


def trial(name: str, mechanism: Mechanism, number: int, of: int) -> Trial:
    span = (LAST_HOUR - FIRST_HOUR) * HOUR
    broke = TUESDAY + DAY + FIRST_HOUR * HOUR + span * number / of
    alarms, found, failing = 0, None, False
    for now, state in states(mechanism, broke, broke + WATCHED, seed=f"{name} {number}", lost=LOST):
        begins = state.verdict is Verdict.FAILING and not failing
        failing = state.verdict is Verdict.FAILING
        if begins and now < broke:
            alarms += 1
        elif failing and now >= broke:
            found = now - broke
            break
    return Trial(after=found, false=alarms)


def row(name: str, trials: list[Trial]) -> str:
    minutes = [one.after / timedelta(minutes=1) for one in trials if one.after is not None]
    middle = f"{statistics.median(minutes):.0f}" if minutes else "-"
    worst = f"{max(minutes):.0f}" if minutes else "-"
    false = sum(one.false for one in trials)
    return f"| {name} | {len(minutes)} of {len(trials)} | {middle} | {worst} | {false} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="breaks of each kind (default 20)")
    count = parser.parse_args().trials
    print("| what happens | found | minutes, median | minutes, worst | false alarms |")
    print("|---|---|---|---|---|")
    for name, mechanism in MECHANISMS.items():
        print(
            row(name, [trial(name, mechanism, number, count) for number in range(count)]),
            flush=True,
        )


if __name__ == "__main__":
    main()
