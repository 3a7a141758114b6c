"""The stand-in's clock. All deadlines and timestamps read it, so a test can move time by hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def _wall() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Aware UTC time that can be shifted forward; `source` gives the unshifted time."""

    def __init__(self, source: Callable[[], datetime] = _wall) -> None:
        self._source = source
        self._shift = timedelta()
        self._jumped = timedelta()

    def now(self) -> datetime:
        return self._source() + self._shift + self._jumped

    def steady(self) -> float:
        """Seconds of a clock that passes time like this one, and never jumps."""
        return time.monotonic() + self._shift.total_seconds()

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self.now().timestamp()

    def shift(self, seconds: float) -> None:
        """Let `seconds` pass; negative values move the clock back."""
        self._shift += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Set the clock forth or back, while no time passes."""
        self._jumped += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Slack's deadlines in seconds. Tests shorten the ones measured in real time."""

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0
    response_url_uses: int = 5
    ticket: float = 30.0
    connection: float = 18060.0
    debug_connection: float = 360.0
    warning: float = 10.0
    ping: float = 30.0
    undelivered: float = 7200.0
    file_share: float = 0.05
