"""One simulated connection: records arrive, wait, are processed in runs, and sometimes fail.

Rates are sped up by the pace; timestamps are real. `advance` is the only thing that moves it.
"""

import math
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from estate_sim.failures import Effects
from estate_sim.profiles import Profile

_CATCH_UP_EVERY = timedelta(seconds=1)
_RETRY_AT_MOST = timedelta(seconds=5)
_MOST_IDS = 5
_DRAIN_SECONDS = 3.0  # records in error are worked off with this half-life or so
HISTORY = 90


@dataclass(slots=True)
class Arrived:
    at: datetime
    count: float


@dataclass(slots=True)
class Stuck:
    """Records that stand in error with one text."""

    count: float
    oldest_at: datetime
    ids: list[str] = field(default_factory=list)
    waits: bool = False  # still in the queue, so they are counted there too


class Stream:
    """State of one connection. Its randomness is seeded, so a demo looks alike every time."""

    def __init__(self, seed: str, profile: Profile, pace: float, now: datetime) -> None:
        self.profile = profile
        self._pace = pace
        self._random = random.Random(seed)  # noqa: S311 - a simulation, nothing to guess
        self._every = max(profile.every / pace, timedelta(seconds=1))
        self._waiting: deque[Arrived] = deque()
        self._unnoticed = 0.0  # arrived while the connector slept
        self._number = 10_000 + self._random.randrange(40_000)
        self._today = now.date()
        self._was_blocked = False
        since_run = self._every * self._random.uniform(0.05, 0.3)
        self.last_success = self.last_attempt = now - since_run
        self._next_run = self.last_success + self._every
        self.processed = self._done_until(now)
        self.errors: dict[str, Stuck] = {}
        self.history: deque[int] = deque(maxlen=HISTORY)

    @property
    def depth(self) -> int:
        return math.ceil(sum(one.count for one in self._waiting))

    @property
    def in_error(self) -> int:
        return sum(math.ceil(stuck.count) for stuck in self.errors.values())

    @property
    def oldest_at(self) -> datetime | None:
        return self._waiting[0].at if self._waiting else None

    @property
    def normal_batch(self) -> float:
        """Records that one run usually finds."""
        return self._rate * self._every.total_seconds()

    def hurry(self, now: datetime) -> None:
        """Run again at once, because something was switched."""
        self._next_run = min(self._next_run, now + _CATCH_UP_EVERY)

    def advance(self, now: datetime, elapsed: float, effects: Effects) -> None:
        """Live through `elapsed` real seconds that end at `now`."""
        if now.date() != self._today:
            self._today, self.processed = now.date(), 0.0
        arrived = self._rate * elapsed * effects.flood * self._random.uniform(0.6, 1.4)
        if effects.stalled:
            self._unnoticed += arrived
        else:
            self._arrive(now, arrived)
            self._work_off_errors(effects, elapsed)
            if now >= self._next_run:
                self._run(now, effects)
        refused = sum(math.ceil(one.count) for one in self.errors.values() if not one.waits)
        self.history.append(self.depth + refused)

    def status(self, effects: Effects) -> dict[str, Any]:
        """What the connector's status page says, in the shape that probes expect."""
        bad = effects.blocked_by or effects.rejects or effects.throttled_by
        return {
            "status": "error" if bad and self.errors and not effects.stalled else "ok",
            "last_success_at": _iso(self.last_success),
            "last_attempt_at": _iso(self.last_attempt),
            "queue": {
                "depth": self.depth,
                "oldest_at": _iso(self.oldest_at) if self.oldest_at else None,
            },
            "processed_today": int(self.processed),
            "completeness": effects.completeness,
            "errors": [self._shown(text, stuck) for text, stuck in self.errors.items()],
        }

    @property
    def _rate(self) -> float:
        """Records per real second."""
        return self.profile.per_hour / 3600 * self._pace

    def _done_until(self, now: datetime) -> float:
        midnight = datetime.combine(now.date(), datetime.min.time(), UTC)
        hours = (now - midnight).total_seconds() / 3600
        return self.profile.per_hour * hours * 0.55

    def _arrive(self, now: datetime, count: float) -> None:
        self._waiting.append(Arrived(now, count + self._unnoticed))
        self._unnoticed = 0.0
        if len(self._waiting) > 600:  # a long failure: coarser steps, same sum and same oldest
            first, second = self._waiting.popleft(), self._waiting.popleft()
            self._waiting.appendleft(Arrived(first.at, first.count + second.count))

    def _run(self, now: datetime, effects: Effects) -> None:
        self.last_attempt = now
        if effects.blocked_by:
            self._hold(now, effects.blocked_by)
            self._next_run = now + min(self._every, _RETRY_AT_MOST)
            return
        if self._was_blocked:
            self.errors = {text: one for text, one in self.errors.items() if not one.waits}
            self._was_blocked = False
        left = self._take(self._capacity(effects))
        for text, share in effects.rejects.items():
            if refused := left * share:
                self._refuse(now, text, refused)
            left -= refused
        self.processed += left
        if effects.throttled_by:
            self._hold(now, effects.throttled_by)
        elif all(share < 1 for share in effects.rejects.values()):
            self.last_success = now
        behind = effects.capacity >= 1 and self.depth > 2 * self.normal_batch + 1
        self._next_run = now + (_CATCH_UP_EVERY if behind else self._every)

    def _capacity(self, effects: Effects) -> float:
        if effects.capacity < 1:
            return self.normal_batch * effects.capacity
        return max(4 * self.normal_batch, self.depth / 4, 1.0)

    def _take(self, most: float) -> float:
        taken = 0.0
        while self._waiting and taken < most:
            first = self._waiting[0]
            part = min(first.count, most - taken)
            taken += part
            first.count -= part
            if first.count <= 1e-6:
                self._waiting.popleft()
        return taken

    def _hold(self, now: datetime, text: str) -> None:
        """Nothing that waits gets through; what was refused before stands in error as it did."""
        refused = {known: one for known, one in self.errors.items() if not one.waits}
        oldest = self.oldest_at or now
        kept = self.errors.get(text) or Stuck(0, oldest, self._new_ids(), waits=True)
        kept.count = max(self.depth, 1)
        self.errors = {**refused, text: kept}
        self._was_blocked = True

    def _refuse(self, now: datetime, text: str, count: float) -> None:
        stuck = self.errors.setdefault(text, Stuck(0, now))
        stuck.count += count
        stuck.ids = (stuck.ids or self._new_ids())[:_MOST_IDS]

    def _work_off_errors(self, effects: Effects, elapsed: float) -> None:
        """Refused records whose cause is gone are sent again and go through."""
        for text, stuck in list(self.errors.items()):
            if text in effects.rejects or self._was_blocked:
                continue
            done = max(stuck.count * min(1.0, elapsed / _DRAIN_SECONDS), min(stuck.count, elapsed))
            stuck.count -= done
            self.processed += done
            if stuck.count < 0.5:
                del self.errors[text]

    def _new_ids(self) -> list[str]:
        step = self._random.randrange(1, 4)
        self._number += _MOST_IDS * step
        return [f"{self.profile.prefix}{self._number + n * step}" for n in range(_MOST_IDS)]

    def _shown(self, text: str, stuck: Stuck) -> dict[str, Any]:
        count = math.ceil(stuck.count)
        amount = self.profile.amount
        return {
            "text": text,
            "count": count,
            "oldest_at": _iso(stuck.oldest_at),
            "ids": stuck.ids[: min(count, _MOST_IDS)],
            "amount": round(count * amount, 2) if amount else None,
            "currency": "EUR" if amount else "",
        }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
