"""A person's word that the data of one connection is wrong."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """`by` says that the data of `connection` is wrong."""

    connection: str
    by: str
    why: str
    at: datetime | None  # None for what earlier versions wrote

    def before(self, ran_at: datetime | None) -> bool:
        """Whether it failed again since and runs from `ran_at` on, so that it is asked anew."""
        return self.at is not None and ran_at is not None and self.at < ran_at
