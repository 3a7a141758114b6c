"""What is told about steps, failed records and drills."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Layer
from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@notice(What.APPROVAL_WANTED)
class ApprovalWanted(Notice):
    """To the owner whose word a step needs, or `reader` who stands in for them; in the channel
    where nobody is named."""

    approval: int
    reader: PersonId | None


@notice(What.APPROVAL_GIVEN)
class ApprovalGiven(Notice):
    """In the channel: the owner decided."""

    approval: int
    by: PersonId
    approved: bool


@notice(What.STEP_LATE)
class StepLate(Notice):
    """To whoever has it, then in the channel: `step`, asked at `since`, takes longer than it
    should."""

    step: str
    since: datetime
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfHold(PersonalNotice):
    """`by` is None where a rule held the step; until `decided_by` decides, `reason` is empty."""

    hold: int
    step: str
    title: str
    by: PersonId | None
    why: str
    trigger: str
    may_release: tuple[PersonId, ...]
    decided_by: PersonId | None
    reason: str


@notice(What.HELD)
class Held(OfHold):
    """In the channel, and to everybody else who may release the step."""


@notice(What.RELEASED)
class Released(OfHold):
    """In the channel."""


@notice(What.DENIED)
class Denied(OfHold):
    """In the channel: the step can only be skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFailedRecords(PersonalNotice):
    """A group of them, `key`, which `person` sees to; `count` are left of `most`."""

    label: str
    count: int
    most: int
    layer: Layer
    person: PersonId
    by: PersonId
    cleared_by: PersonId | None
    terms: str
    key: str
    connection: ConnectionId
    since: datetime
    samples: tuple[str, ...]


@notice(What.STUCK_GIVEN)
class RecordsGiven(OfFailedRecords):
    """In the channel: `by` gave them to an owner."""


@notice(What.STUCK_YOURS)
class RecordsYours(OfFailedRecords):
    """To that owner."""


@notice(What.STUCK_REMINDER)
class RecordsReminder(OfFailedRecords):
    """To that owner, while none of them are cleared."""


@notice(What.STUCK_CLEARED)
class RecordsCleared(OfFailedRecords):
    """In the channel: they may be sent again, under `terms`."""


@notice(What.STUCK_GONE)
class RecordsGone(OfFailedRecords):
    """In the channel: the checks see none of them any more."""


@notice(What.DRILL_BROKE)
class DrillBroke(Notice):
    """In the channel of a drill: meanwhile the connection really broke, which is `number`."""

    number: int


@notice(What.DRILL_ENDED)
class DrillEnded(Notice):
    """In the channel of a drill. `by` is None when its time was over."""

    summary: str
    by: PersonId | None
