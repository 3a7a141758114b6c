"""What is forgotten, and when. Incidents and their timelines are never.

A year of figures, and whatever a live incident says of itself, can always be worked out from what
stays.
"""

from datetime import timedelta

from bot.flows.work import Work

DELIVERIES = timedelta(days=2)  # Slack delivers again for at most a day
LETTERS = timedelta(days=90)
HISTORY = timedelta(days=400)  # a year, and the month in which it is reported
AT_ONCE = 1000  # rows of each kind in one transaction, so that nobody waits for long


def prune(work: Work) -> bool:
    """Drop some of what is too old; True when there may be more."""
    dropped = (
        work.tx.drop_deliveries(work.now - DELIVERIES, AT_ONCE),
        work.tx.drop_letters(work.now - LETTERS, AT_ONCE),
        work.tx.drop_flips(work.now - HISTORY, AT_ONCE),
        work.tx.drop_observed(work.now - HISTORY, AT_ONCE),
        work.tx.drop_scores(work.now - HISTORY, AT_ONCE),
    )
    return AT_ONCE in dropped
