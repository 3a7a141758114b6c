"""What is told of an incident: who has it, whose turn it is, and what it is taken for."""

from datetime import datetime

from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Lane
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import What
from bot.core.outbox.typed import Notice, PersonalNotice, notice


@notice(What.ACKNOWLEDGED, keys={"taken_from": "from"})
class Acknowledged(Notice):
    """In the channel: `by` has it, until their lease ends."""

    by: PersonId
    taken_from: PersonId | None = None
    until: datetime | None = None


@notice(What.HELPING)
class Helping(Notice):
    """In the channel and to those `told`, whose it is: `by`, who is not named for it, helps."""

    by: PersonId
    told: tuple[PersonId, ...] = ()
    holder: PersonId | None = None


@notice(What.TAKEN_OVER)
class TakenOver(Notice):
    """To the former holder."""

    by: PersonId


@notice(What.STILL_ON_IT)
class StillOnIt(PersonalNotice):
    """Asks the holder before their lease ends."""

    until: datetime


@notice(What.LEASE_LAPSED)
class LeaseLapsed(Notice):
    """In the channel: it is open again."""

    holder: PersonId | None


@notice(What.GIVEN_BACK)
class GivenBack(Notice):
    """In the channel: a lease lapsed only because the clock was wrong."""

    holder: PersonId | None


@notice(What.LANE_CHANGED)
class LaneChanged(Notice):
    """In the channel: a person says whose lane it is, or confirms that it is."""

    by: PersonId
    lane: Lane
    before: Lane | None = None
    why: str = ""


@notice(What.REJUDGED)
class Rejudged(Notice):
    """In the channel: another error (`other`), or the evidence points elsewhere; then a suggested
    lane is `moved`, and one that a person or the runbook set is `doubted`. `of` is where, of
    several connections."""

    of: tuple[ConnectionId, ...]
    other: bool
    error: str
    first_check: str
    lane: Lane
    before: Lane | None
    because: str  # in marks
    set_by: PersonId | None
    moved: bool
    doubted: bool


@notice(What.SEVERITY)
class SeverityRose(Notice):
    """In the channel. `reasons` are in marks."""

    before: Severity
    severity: Severity
    reasons: tuple[str, ...]


@notice(What.NOTE)
class NoteAdded(Notice):
    """In the channel."""

    by: PersonId
    text: str
