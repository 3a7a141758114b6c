"""What is put right after the clock was set back."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.core.incidents.clock_jumps import Change
from bot.core.incidents.incident import Incident


class ClockTx(Protocol):
    def letters_to_now(self, now: datetime) -> int:
        """No waiting letter was written, or rests, later than now, and no claim lasts longer than
        a claim does. Returns how many a clock that is right could not have left so."""
        ...

    def refusals_moved(self, by: timedelta) -> None:
        """The clock jumped `by`: since when Slack puts a waiting letter off is counted anew."""
        ...

    def timelines_after(self, now: datetime) -> dict[int, datetime]:
        """The incidents on whose timeline something is later than `now`, with the latest."""
        ...

    def restamp(self, since: datetime, change: Change) -> None:
        """Change the moments of what is written once: timelines, flips, letters; and since when
        that is so which letters that wait tell of."""
        ...

    def over_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Incidents that are over and were opened or resolved at `moment` or later."""
        ...

    def hasten_check(self, key: str, latest: datetime, now: datetime) -> bool:
        """Make the check due now when its next look lies beyond `latest`."""
        ...

    def incidents_due_after(self, moment: datetime) -> tuple[Incident, ...]:
        """Those that nothing is due for until `moment`, and something is later."""
        ...
