"""What somebody said of a credential's new end, before the estate file says the same."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.language.marks import when, who


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """`filed` is the end that the file still gives, None when it gives none. `at` is None for
    what was said before the moment was kept."""

    ends: date
    by: str | None
    at: datetime | None
    filed: date | None

    def words(self) -> str:
        """Where the date comes from, in marks of `language.marks`."""
        moment = f" {when(self.at)}" if self.at else ""
        file = f"still says {self.filed}" if self.filed else "has no end date"
        return f"said by {who(self.by)}{moment}; the estate file {file}"
