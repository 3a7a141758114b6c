"""What is forgotten, and when. Incidents and their timelines are never.

A year of figures, and whatever a live incident says of itself, can always be worked out from what
stays.
"""

from datetime import datetime, timedelta

from bot.ports import Tx

DELIVERIES = timedelta(days=2)  # Slack delivers again for at most a day
LETTERS = timedelta(days=90)
HISTORY = timedelta(days=400)  # a year, and the month in which it is reported
AT_ONCE = 1000  # rows of each kind in one transaction, so that nobody waits for long


def prune(tx: Tx, now: datetime) -> bool:
    """Drop some of what is too old; True when there may be more."""
    dropped = (
        tx.drop_deliveries(now - DELIVERIES, AT_ONCE),
        tx.drop_letters(now - LETTERS, AT_ONCE),
        tx.drop_flips(now - HISTORY, AT_ONCE),
        tx.drop_observed(now - HISTORY, AT_ONCE),
        tx.drop_scores(now - HISTORY, AT_ONCE),
    )
    return AT_ONCE in dropped
