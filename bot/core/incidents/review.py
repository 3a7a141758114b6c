"""What is asked after an incident: which class of cause it was, what helped, what follows."""

from datetime import datetime, timedelta
from enum import StrEnum

WORKING_DAYS = 2  # after the end, until a review is asked for


class CauseClass(StrEnum):
    """Why connections break, as few classes as can be counted over a year."""

    UPDATE = "update"
    CREDENTIAL = "credential"
    MAPPING = "mapping"
    DATA = "data"
    OUTAGE = "outage"
    BACKLOG = "backlog"
    OTHER = "other"


CAUSE_WORDS = {
    CauseClass.UPDATE: "An update or release of one side",
    CauseClass.CREDENTIAL: "A credential, permission or certificate",
    CauseClass.MAPPING: "A mapping or configuration of the connection",
    CauseClass.DATA: "Data: master data, duplicates, closed period",
    CauseClass.OUTAGE: "An outage of a system or network",
    CauseClass.BACKLOG: "Volume, quota or backlog",
    CauseClass.OTHER: "Something else",
}


ASK_AGAIN = timedelta(days=7)
_ASKS = 4  # of whoever had it: once, and three times more; then their manager is told


def next_ask(asked: int, now: datetime) -> datetime | None:
    """When a review that was asked for `asked` times is asked for again; None when never."""
    return now + ASK_AGAIN if asked <= _ASKS else None


def for_the_manager(asked: int) -> bool:
    """Whether the next question goes to the manager, since whoever had it did not answer."""
    return asked >= _ASKS


def review_due(resolved_at: datetime) -> datetime:
    """The same time of day, `WORKING_DAYS` Mondays to Fridays later."""
    due, left = resolved_at, WORKING_DAYS
    while left:
        due += timedelta(days=1)
        left -= due.isoweekday() <= 5
    return due
