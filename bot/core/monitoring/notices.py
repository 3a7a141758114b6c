"""What is told of a connection's health where no incident is opened for it.

What is told when failures do not count for a while: a pause, or our own network is down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.monitoring.flapping import TurnsTold
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNotice(PersonalNotice):
    """To the technical owner. `was` is the verdict before; `reasons` are in marks."""

    connection: ConnectionId
    was: Verdict | None = None
    reasons: tuple[str, ...] = ()
    since: datetime


@notice(What.DEGRADED)
class Degraded(HealthNotice):
    """It is, and does not fail."""


@notice(What.BLIND)
class CannotLook(HealthNotice):
    """We cannot look."""


@notice(What.HEALTHY)
class Healthy(HealthNotice):
    """After degraded or blind."""


@notice(What.FLAPPING)
class Flapping(PersonalNotice):
    """It comes and goes. In the incident's channel: how often (`falls`), for which `share` of the
    time, and of several connections which (`names`). Without an incident to the technical owner
    of the `connection`: how often it turned to what."""

    since: datetime | None = None
    falls: int = 0
    share: str = ""
    names: tuple[str, ...] = ()
    connection: ConnectionId | None = None
    was: Verdict | None = None
    reasons: tuple[str, ...] = ()
    turns: Mapping[Verdict, int] = field(default_factory=dict)

    @property
    def often(self) -> TurnsTold | None:
        if self.since is None or not self.falls:
            return None
        return TurnsTold(falls=self.falls, since=self.since, share=self.share, names=self.names)


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


@notice(What.NETWORK_DOWN)
class OurNetworkDown(OurNetworkNotice):
    """To the owners of the estate: we are blind."""


@notice(What.NETWORK_UP)
class OurNetworkBack(OurNetworkNotice):
    """To the owners of the estate: we see again, `until` is when that began."""
