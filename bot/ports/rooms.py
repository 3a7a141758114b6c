"""The channels of incidents as rooms that are kept, tidied up and lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRecord:
    """`tidy_at` is when somebody looks whether it may be archived; `announced_at` when that was
    announced in it. `channel` is None between the intention to make it and its proof."""

    subject: str
    channel: str | None
    tidy_at: datetime | None = None
    announced_at: datetime | None = None
    archived_at: datetime | None = None


class RoomTx(Protocol):
    def room(self, subject: str) -> ChannelRecord | None: ...
    def save_room(self, room: ChannelRecord) -> None:
        """Its times; the channel itself is `save_channel`'s business."""
        ...

    def rooms_to_tidy(self, now: datetime) -> tuple[ChannelRecord, ...]:
        """Of incidents that are over: those without a time to look, and those whose time has
        come. Archived ones are left out."""
        ...

    def forget_channel(self, subject: str) -> None:
        """The channel is lost: what stood in it and what was fixed to it is made anew elsewhere."""
        ...
