"""How late this process comes to its own work, so that nobody else is blamed for it.

While looks go on a beat runs in the loop. What it is late, everything in the loop was late, and for
so long no far end could be heard: that time is not theirs. Who answered anything within a look was
there, however the look ended: its time limit is kept by the runner, which does not know what the
probe has heard.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal
from bot.language.units import say_duration

_EVERY = 0.05  # seconds between two beats
_USUAL = 0.02  # late by less, a loop works as it should
_SHARE = 0.25  # of the time limit of a look: late by so much, its silence says nothing
_BY_SILENCE = frozenset({Cause.TIMEOUT, Cause.CLOSED})  # who is heard late may have hung up


class Pace:
    """`clock` gives seconds that only ever go up."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._looks = 0
        self._late = 0.0
        self._due = 0.0
        self._beat: asyncio.TimerHandle | None = None

    @contextmanager
    def watching(self) -> Iterator[Callable[[], float]]:
        """Counts how late we are while one look goes on; gives a function that says by how many
        seconds until now."""
        if not self._looks:
            self._next()
        self._looks += 1
        token, before = _CURRENT.set(_Look(self)), self.late()
        try:
            yield lambda: self.late() - before
        finally:
            _CURRENT.reset(token)
            self._looks -= 1
            if not self._looks and self._beat is not None:
                self._late = self.late()
                self._beat.cancel()
                self._beat = None

    def late(self) -> float:
        """How many seconds we were late in all, with those of the beat that is due now."""
        return self._late + (self._behind() if self._beat is not None else 0.0)

    def theirs(self) -> float:
        """Seconds of a clock that stands still while we are late."""
        return self._clock() - self.late()

    def _behind(self) -> float:
        behind = self._clock() - self._due
        # A timer always fires a little late, and summed up over a long look that would look busy.
        return behind if behind >= _USUAL else 0.0

    def _next(self) -> None:
        if self._beat is not None:
            self._late += self._behind()
        self._due = self._clock() + _EVERY
        self._beat = asyncio.get_running_loop().call_later(_EVERY, self._next)


@dataclass(slots=True)
class _Look:
    pace: Pace
    answered: bool = False


_CURRENT: ContextVar[_Look | None] = ContextVar("look", default=None)


def theirs() -> float:
    """Seconds by which to measure how long a far end took."""
    look = _CURRENT.get()
    return perf_counter() if look is None else look.pace.theirs()


def answered() -> None:
    """The far end has answered something."""
    if look := _CURRENT.get():
        look.answered = True


def was_answered() -> bool:
    """Whether the far end has answered anything in this look; False outside of a look."""
    look = _CURRENT.get()
    return look is not None and look.answered


def honest(seen: Observation, late: float, limit: float) -> Observation:
    """What a look saw. Where nothing came within `limit` seconds, and we were `late` for many of
    them ourselves, it becomes a Blind, since that says nothing of the far end."""
    # What was heard counts however late: only a silence could have been of our making.
    if isinstance(seen, Blind) or late < limit * _SHARE or not _silent(seen):
        return seen
    of, went = (say_duration(timedelta(seconds=round(one, 1))) for one in (limit, late))
    reason = f"this machine was too busy to judge: of {of}, {went} went by before we came to it"
    return Blind(at=seen.at, reason=reason)


def _silent(seen: Reading) -> bool:
    return seen.signals.get(Signal.REACHABLE) is False and seen.cause in _BY_SILENCE
