"""What the watch over ourselves keeps."""

from datetime import datetime
from typing import Protocol

from bot.core.incidents.self_check import KnownAilment


class AuditorTx(Protocol):
    def ailments(self) -> tuple[KnownAilment, ...]: ...
    def save_ailment(self, known: KnownAilment) -> None: ...
    def drop_ailment(self, key: str) -> None: ...
    def waiting_since(self, before: datetime) -> tuple[int, datetime] | None:
        """How many messages, displays left out, wait since then or longer, and since when the
        oldest does; None when none does."""
        ...
