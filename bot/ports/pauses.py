"""Connections whose failures open nothing for a while."""

from datetime import datetime
from typing import Protocol

from bot.core.monitoring.pause import Pause


class PauseTx(Protocol):
    def add_pause(self, pause: Pause) -> Pause:
        """Store a new pause; its id is ignored and the stored one returned."""
        ...

    def save_pause(self, pause: Pause) -> None: ...
    def pause_of(self, connection: str) -> Pause | None:
        """The one that has not ended, also when its time has come."""
        ...

    def pauses(self) -> tuple[Pause, ...]:
        """Those not ended, the one that ends next first."""
        ...

    def pauses_of(self, connection: str, since: datetime) -> tuple[Pause, ...]:
        """Of a connection, ended or not, that ended after `since`; oldest first."""
        ...
