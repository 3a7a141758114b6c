"""What is told about steps, failed records and drills."""

from datetime import datetime

from bot.core.estate.ids import PersonId
from bot.core.outbox.notice import What
from bot.core.outbox.typed import Notice, notice


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


@notice(What.DRILL_BROKE)
class DrillBroke(Notice):
    """In the channel of a drill: meanwhile the connection really broke, which is `number`."""

    number: int


@notice(What.DRILL_ENDED)
class DrillEnded(Notice):
    """In the channel of a drill. `by` is None when its time was over."""

    summary: str
    by: PersonId | None
