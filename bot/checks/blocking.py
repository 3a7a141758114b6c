"""Runs blocking calls of drivers beside the event loop, so that one that hangs delays nobody else.

A thread cannot be killed: a call that outlives its time is told to stop and otherwise left alone.
Each origin has only a few, so that an end that hangs cannot use up the process.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

PER_ORIGIN, IN_ALL = 2, 64

T = TypeVar("T")


class Busy(Exception):
    """Earlier calls to the same origin have not ended yet."""


class BlockingWork:
    """Counts what is under way."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._counting = threading.Lock()

    async def run(self, origin: str, work: Callable[[], T], stop: Callable[[], None]) -> T:
        """The result of `work`, or what it raises. Raises Busy when too many of an origin are
        under way. When the caller is cancelled, `stop` is called and `work` left to end."""
        with self._counting:
            # Refused and not queued: whoever waited behind a call that hangs would hang as well.
            if self._under_way[origin] >= PER_ORIGIN or self._under_way.total() >= IN_ALL:
                raise Busy
            self._under_way[origin] += 1
        ended: Future[T] = Future()
        ended.set_running_or_notify_cancel()  # whoever waits may give up; the work goes on
        ended.add_done_callback(lambda _: self._end(origin))
        _start(lambda: _carry_out(work, ended))
        try:
            return await asyncio.wrap_future(ended)
        # `stop` may block too: a driver that cancels asks the same far end to do it.
        except asyncio.CancelledError:
            _start(stop)
            raise

    def _end(self, origin: str) -> None:
        with self._counting:
            self._under_way[origin] -= 1


def _carry_out(work: Callable[[], T], ended: Future[T]) -> None:
    try:
        ended.set_result(work())
    except Exception as error:
        ended.set_exception(error)


# Threads of a pool would be waited for at the end of the process, and one may hang for good.
def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="errand", daemon=True).start()
