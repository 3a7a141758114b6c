"""Runs blocking calls of drivers beside the event loop, so that one that hangs delays nobody else.

A thread cannot be killed: a call that outlives its time is told to stop and otherwise left alone.
Each origin has only a few, so that an end that hangs cannot use up the process.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

PER_ORIGIN, IN_ALL = 2, 64

T = TypeVar("T")


class Busy(Exception):
    """Earlier calls to the same origin have not ended yet."""


class BlockingWork:
    """Counts what is under way. Belongs to one event loop."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    async def run(self, origin: str, work: Callable[[], T], stop: Callable[[], None]) -> T:
        """The result of `work`, or what it raises. Raises Busy when too many of an origin are
        under way. When the caller is cancelled, `stop` is called and `work` left to end."""
        if self._under_way[origin] >= PER_ORIGIN or self._under_way.total() >= IN_ALL:
            raise Busy
        self._under_way[origin] += 1
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def end(value: Any, error: BaseException | None) -> None:
            self._under_way[origin] -= 1
            if result.done():
                return
            if error is None:
                result.set_result(value)
            else:
                result.set_exception(error)

        _start(lambda: _carry_out(work, lambda *how: _tell(loop, end, *how)))
        try:
            return await result
        except asyncio.CancelledError:
            _start(stop)
            raise


def _carry_out(work: Callable[[], T], report: Callable[[Any, BaseException | None], None]) -> None:
    try:
        value = work()
    except Exception as error:
        report(None, error)
    else:
        report(value, None)


def _tell(loop: asyncio.AbstractEventLoop, end: Callable[..., None], *how: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(end, *how)


def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="errand", daemon=True).start()
