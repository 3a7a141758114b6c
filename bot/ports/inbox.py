"""What people did in Slack, kept from the moment we say that we have it until it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A click, command or message. `key` is Slack's own id of it, `work` names who serves it;
    `acted` means that its effect is stored, though nobody may have been answered."""

    key: str
    work: str
    body: Mapping[str, Any] = field(default_factory=dict)
    at: datetime
    acted: bool = False


class InboxTx(Protocol):
    def receive(self, delivery: Delivery, server: str) -> bool:
        """Keep it for the process `server`; False when it was received before."""
        ...

    def delivery_acted(self, key: str, now: datetime) -> None:
        """Its effect is part of this transaction. One that was never received is remembered."""
        ...

    def has_acted(self, key: str) -> bool: ...
    def delivery_answered(self, key: str) -> None:
        """Nothing is left to do; what it said is forgotten, its key is not."""
        ...

    def serving(self) -> frozenset[str]:
        """The processes that hold deliveries nobody has answered."""
        ...

    def unanswered(self, server: str) -> tuple[Delivery, ...]:
        """What this process was given and did not finish, oldest first."""
        ...

    def changes(self) -> int:
        """How many rows were changed so far; the difference tells whether a flow changed any."""
        ...

    def drop_deliveries(self, before: datetime, limit: int) -> int:
        """Forget those received before then; returns how many."""
        ...
