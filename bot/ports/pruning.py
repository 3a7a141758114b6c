"""What is forgotten in time. Every method drops at most `limit` rows and returns how many."""

from datetime import datetime
from typing import Protocol


class PruneTx(Protocol):
    def drop_letters(self, before: datetime, limit: int) -> int:
        """Letters sent or given up before `before`, except those of incidents still live."""
        ...

    def drop_flips(self, before: datetime, limit: int) -> int:
        """Flips before `before`, except the last of each connection: it says what held then."""
        ...

    def drop_observed(self, before: datetime, limit: int) -> int: ...
    def drop_scores(self, before: datetime, limit: int) -> int: ...
