"""Releases of the systems: when owners are reminded of them, and what trying them gave.

Rule of this file: systems, connections and people are catalogue ids; it knows no catalogue.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.estate.history import Release, ReleaseStage, Reminders

FORGET = timedelta(days=7)  # a reminder so late helps nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWatch:
    """Which stages of a release the owners have heard of."""

    release: str
    told: tuple[ReleaseStage, ...] = ()


def due_stage(
    release: Release, watch: ReleaseWatch, reminders: Reminders, now: datetime
) -> tuple[ReleaseStage | None, ReleaseWatch]:
    """The stage to tell of now, and what is known afterwards. Of several that came due at once
    only the last is told. A release that was put off is told of again when its time comes."""
    told = tuple(one for one in watch.told if reminders.due(one, release) <= now)
    ripe = [one for one in ReleaseStage if reminders.due(one, release) <= now]
    # What is not ripe any more is forgotten: a release that was put off becomes due anew.
    after = replace(watch, told=tuple(ripe))
    new = [one for one in ripe if one not in told]
    if not new or now >= reminders.due(ReleaseStage.AFTER, release) + FORGET:
        return None, after
    return new[-1], after


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar that is read from an address: when next, and what was wrong the last time.
    `key` stands for the address, which may hold a secret; `name` is what people read."""

    key: str
    name: str
    due_at: datetime
    read_at: datetime | None = None
    problem: str = ""
    failing_since: datetime | None = None
