"""Calendars of releases that are read from an address: which is due, and what came of reading it.

A calendar that cannot be read is tried again within the hour; what it said before stays.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Release, ReleaseFeed
from bot.flows.changes import releases
from bot.language.marks import outside
from bot.ports import Feed, Tx

EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)


def claim_due(tx: Tx, catalogue: Catalogue, now: datetime) -> tuple[ReleaseFeed, ...]:
    """The calendars whose time has come, each to one caller only. What came from a calendar that
    the estate file no longer names is dropped as far as it lies ahead."""
    wanted = {feed.key for feed in catalogue.feeds}
    for known in tx.feeds():
        if known.key not in wanted:
            releases.take(tx, (), known.key, now)
            tx.drop_feed(known.key)
    due = []
    for feed in catalogue.feeds:
        before = tx.feed(feed.key)
        if before is None or before.due_at <= now:
            tx.save_feed(replace(before or _first(catalogue, feed, now), due_at=now + AGAIN))
            due.append(feed)
    return tuple(due)


def _first(catalogue: Catalogue, feed: ReleaseFeed, now: datetime) -> Feed:
    name = feed.name or f"calendar of {catalogue.system_name(feed.system)}"
    return Feed(key=feed.key, name=name, due_at=now)


def read(
    tx: Tx, feed: ReleaseFeed, found: Iterable[Release], problems: int, now: datetime
) -> tuple[int, int]:
    """Keep what it says; entries that could not be read are counted. Returns how many releases
    were new or moved, and how many are gone."""
    before = tx.feed(feed.key)
    if before is not None:
        problem = f"{problems} of its entries cannot be read" if problems else ""
        since = (before.failing_since or now) if problems else None
        after = replace(
            before, due_at=now + EVERY, read_at=now, problem=problem, failing_since=since
        )
        tx.save_feed(after)
    return releases.take(tx, found, feed.key, now)


def failed(tx: Tx, feed: ReleaseFeed, why: str, now: datetime) -> None:
    before = tx.feed(feed.key)
    if before is not None:
        since = before.failing_since or now
        tx.save_feed(replace(before, problem=outside(why, 200), failing_since=since))
