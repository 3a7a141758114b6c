"""What owners are asked about what they own, and what they said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.estate.ids import ConnectionId, PersonId


class Claim(StrEnum):
    """What an owner said when asked whether a layer is still theirs."""

    MINE = "mine"
    NOT_MINE = "not_mine"
    HANDING_OVER = "handing_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One question to one owner about one layer. `closed_at` without a claim: it became moot."""

    id: int = 0
    round: str  # the day the round began
    connection: ConnectionId
    layer: str
    person: PersonId
    asked_at: datetime
    reminded: int = 0
    claim: Claim | None = None
    to: PersonId | None = None  # whom they hand it to
    closed_at: datetime | None = None
