"""The channel of an incident: until when it is kept, and whether it still is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRecord:
    """`tidy_at` is when somebody looks whether it may be archived; `announced_at` when that was
    announced in it. `channel` is None between the intention to make it and its proof."""

    subject: str
    channel: str | None
    tidy_at: datetime | None = None
    announced_at: datetime | None = None
    archived_at: datetime | None = None
