"""The span of time that figures are of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`since` is in it, `until` is not."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @property
    def before(self) -> "Period":
        """The one of the same length that ends where this one begins."""
        return Period(since=self.since - (self.until - self.since), until=self.since)
