"""Something changed that nobody had announced: was it us?

Rule of this file: such a change is settled by a person's word or by a change on record, never by
time alone.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnnouncedBy(StrEnum):
    OURS = "ours"  # it was us, and is recorded now
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnannouncedChange:
    """`what` is in `language.marks` marks; `source` is where it was seen. `change` is the number of
    the change that explains it."""

    id: int = 0
    connection: str
    at: datetime
    what: str
    source: str
    verdict: AnnouncedBy | None = None
    by: str | None = None
    said_at: datetime | None = None
    note: str = ""
    change: int | None = None

    @property
    def settled(self) -> bool:
        return self.change is not None
