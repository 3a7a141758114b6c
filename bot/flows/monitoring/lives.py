"""Spans of time of which this database knows nothing.

Whatever the bot posted in one of them was made by a life that a restored backup does not remember,
and the numbers in it may be something else by now. While nobody ran, nothing was posted: so every
span between the last sign of life and a start may be such a span, and it needs not be known whether
a backup was put back.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.store.tx import Tx

Spans = tuple[tuple[datetime, datetime], ...]

ALIVE = ("vitals", "at")  # fixture: written every few seconds
_GAPS = "gaps"  # fixtures: when each began and ended
# What is posted so soon after the last sign of life is remembered: while letters were under way
# they may have left a while after they were taken from the outbox.
_AFTER, _UNDER_WAY = timedelta(seconds=10), timedelta(minutes=1)


def begin(tx: Tx, now: datetime) -> None:
    """A start. Call it before the first sign of life is written."""
    signs = [tx.last_letter_at(), last_sign(tx)]
    last = max((one for one in signs if one is not None), default=None)
    if last is None:
        return
    begins = last + (_UNDER_WAY if tx.claimers() else _AFTER)
    if begins < now:
        tx.save_fixture(_GAPS, begins.isoformat(), now.isoformat())


def last_sign(tx: Tx) -> datetime | None:
    """When the bot last showed that it runs on this database; None when it never did."""
    return _moment(tx.fixture(*ALIVE))


def gaps(tx: Tx) -> Spans:
    """All of them, from just after the last sign of life to the start that followed."""
    known: Mapping[str, str] = tx.fixtures_of(_GAPS)
    return tuple(
        (datetime.fromisoformat(since), datetime.fromisoformat(until))
        for since, until in known.items()
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
