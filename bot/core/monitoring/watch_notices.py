"""What is told when failures do not count for a while: a pause, or our own network is down."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.ids import PersonId
from bot.core.outbox.notice import What
from bot.core.outbox.typed import Notice, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseNotice(Notice):
    """`name` is the connection's; `by` did it, None when its time was over."""

    name: str
    by: PersonId | None
    why: str
    until: datetime
    failing: bool


@notice(What.PAUSED)
class Paused(PauseNotice):
    """To the technical owner."""


@notice(What.PAUSE_ENDED)
class PauseEnded(PauseNotice):
    """To the technical owner and whoever entered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OurNetworkNotice(Notice):
    since: datetime
    until: datetime | None = None


@notice(What.LINE_DOWN)
class OurNetworkDown(OurNetworkNotice):
    """To the keepers of the estate: we are blind."""


@notice(What.LINE_UP)
class OurNetworkBack(OurNetworkNotice):
    """To the keepers of the estate: we see again, `until` is when that began."""
