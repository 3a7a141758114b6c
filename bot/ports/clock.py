"""What is put right after the clock was set back."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.core.incident import Incident


class ClockTx(Protocol):
    def letters_to_now(self, now: datetime) -> int:
        """No waiting letter was written, or rests, later than now, and no claim lasts longer than
        a claim does."""
        ...

    def refusals_moved(self, by: timedelta) -> None:
        """The clock jumped `by`: since when Slack puts a waiting letter off is counted anew."""
        ...

    def timelines_to_now(self, now: datetime) -> dict[int, datetime]:
        """Nothing on a timeline happened later than now; returns, for each incident changed, the
        latest moment that stood there."""
        ...

    def hasten_check(self, key: str, latest: datetime, now: datetime) -> bool:
        """Make the check due now when its next look lies beyond `latest`."""
        ...

    def incidents_due_after(self, moment: datetime) -> tuple[Incident, ...]:
        """Those that nothing is due for until `moment`, and something is later."""
        ...
