"""Calendars of releases that are read from an address: which is due, and what came of reading it.

A calendar that cannot be read is tried again within the hour; what it said before stays.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.changes.release import Feed
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Release, ReleaseFeed
from bot.flows.changes import releases
from bot.flows.work import Work
from bot.language.marks import outside

EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)


def claim_due(work: Work) -> tuple[ReleaseFeed, ...]:
    """The calendars whose time has come, each to one caller only. What came from a calendar that
    the estate file no longer names is dropped as far as it lies ahead."""
    wanted = {feed.key for feed in work.catalogue.feeds}
    for known in work.tx.feeds():
        if known.key not in wanted:
            releases.take(work, (), known.key)
            work.tx.drop_feed(known.key)
    due = []
    for feed in work.catalogue.feeds:
        before = work.tx.feed(feed.key)
        if before is None or before.due_at <= work.now:
            work.tx.save_feed(
                replace(before or _first(work.catalogue, feed, work.now), due_at=work.now + AGAIN)
            )
            due.append(feed)
    return tuple(due)


def _first(catalogue: Catalogue, feed: ReleaseFeed, now: datetime) -> Feed:
    name = feed.name or f"calendar of {catalogue.system_name(feed.system)}"
    return Feed(key=feed.key, name=name, due_at=now)


def read(work: Work, feed: ReleaseFeed, found: Iterable[Release], problems: int) -> tuple[int, int]:
    """Keep what it says; entries that could not be read are counted. Returns how many releases
    were new or moved, and how many are gone."""
    before = work.tx.feed(feed.key)
    if before is not None:
        problem = f"{problems} of its entries cannot be read" if problems else ""
        since = (before.failing_since or work.now) if problems else None
        after = replace(
            before, due_at=work.now + EVERY, read_at=work.now, problem=problem, failing_since=since
        )
        work.tx.save_feed(after)
    return releases.take(work, found, feed.key)


def failed(work: Work, feed: ReleaseFeed, why: str) -> None:
    before = work.tx.feed(feed.key)
    if before is not None:
        since = before.failing_since or work.now
        work.tx.save_feed(replace(before, problem=outside(why, 200), failing_since=since))
