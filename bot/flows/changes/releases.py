"""Releases of the systems: owners are reminded in stages, and say what their test gave.

Some releases come from calendars that are read from an address. A calendar that cannot be read is
tried again within the hour, and what it said before stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.changes.change_request import WORDS
from bot.core.changes.notices import ReleaseDue
from bot.core.changes.release import Feed, ReleaseWatch, due_stage
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.history import Release, ReleaseFeed, ReleaseStage, ReleaseTrial, TrialVerdict
from bot.core.estate.lane import Layer
from bot.core.outbox.address import OfRelease, ToPerson
from bot.core.outbox.notice import Show
from bot.core.people.permissions import Deed
from bot.flows.estate.ledger import estate_as_recorded, release_of
from bot.flows.people.permitted import must_for
from bot.flows.people.presence import presence_now
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.language.marks import outside

ROWS = 10  # connections in one reminder
KEPT = timedelta(days=400)  # a calendar's past releases are kept so long

# Whom each stage concerns.
READERS: Mapping[ReleaseStage, tuple[Layer, ...]] = {
    ReleaseStage.NOTES: (Layer.TECHNICAL, Layer.FUNCTIONAL),
    ReleaseStage.SANDBOX: (Layer.TECHNICAL, Layer.FUNCTIONAL),
    ReleaseStage.FREEZE: tuple(Layer),
    ReleaseStage.AFTER: (Layer.TECHNICAL, Layer.FUNCTIONAL),
}


def touched(catalogue: Catalogue, release: Release) -> tuple[Connection, ...]:
    """The connections that somebody answers for and that end at the released system."""
    return tuple(
        one
        for one in catalogue.connections.values()
        if release.system in one.systems and one.about.lifecycle.managed
    )


def tick(work: Work) -> int:
    """Tell owners of every release whose next stage is due; returns how many stages."""
    catalogue = estate_as_recorded(work.tx, work.catalogue)
    reminders = catalogue.governance.release_reminders
    told = 0
    for release in catalogue.releases:
        before = work.tx.release_watch(release.id) or ReleaseWatch(release=release.id)
        stage, after = due_stage(release, before, reminders, work.now)
        if after != before:
            # Also when nothing is said: a stage that passed while the bot was off must not be told
            # late.
            work.tx.save_release_watch(after)
        if stage is not None:
            _remind(work, release, stage)
            told += 1
    return told


def _remind(work: Work, release: Release, stage: ReleaseStage) -> None:
    there = presence_now(work)
    rows: dict[str, list[str]] = {}
    for connection in touched(work.catalogue, release):
        for owner in (connection.owners.of(layer) for layer in READERS[stage]):
            if owner:
                mine = rows.setdefault(there.acting(owner) or owner, [])
                if connection.id not in mine:
                    mine.append(connection.id)
    for person, connections in rows.items():
        told = ReleaseDue(
            release=release.id,
            stage=stage,
            connections=tuple(connections[:ROWS]),
            more=max(0, len(connections) - ROWS),
        )
        work.tell(ToPerson(person), told, about=str(OfRelease(release.id)))


def record_trial(
    work: Work,
    release: str,
    connection: str,
    *,
    verdict: ReleaseTrial,
    note: str,
    by: str,
) -> TrialVerdict:
    """What the test of a release gave for one connection. Its owners may say it, or whoever
    covers for one of them; a newer word replaces an older one."""
    catalogue = work.catalogue
    known = release_of(work.tx, catalogue, release)
    item = catalogue.connections.get(connection)
    if known is None or item is None:
        raise NotFound("This release or connection is no longer on record.")
    must_for(work, Deed.ANSWER_FOR, item, by)
    trial = TrialVerdict(
        release=release,
        connection=connection,
        verdict=verdict,
        by=by,
        at=work.now,
        note=outside(note, WORDS),
    )
    work.tx.save_trial(trial)
    work.queue(Show(subject=str(OfRelease(release))))
    return trial


def take(work: Work, releases: Iterable[Release], source: str) -> tuple[int, int]:
    """Keep what a calendar says now: new entries and moved ones, and drop those to come that it
    no longer has. What another calendar has told already stays the same release, and is of the
    one that told it last. Returns how many were kept and how many dropped."""
    before = {one.id: one for one in work.tx.releases(source)}
    known = _Known(work.tx.releases(), before)
    wanted, changed = set(), 0
    for one in releases:
        first, *twins = known.same_as(one) or (None,)
        if first and first.id in wanted:
            continue  # it stands in this calendar twice
        kept = replace(one, uid=first.uid) if first else one
        wanted.add(kept.id)
        known.add(kept)
        changed += first != kept
        if first != kept or kept.id not in before:
            work.tx.save_release(kept, source)
        for twin in twins:
            # Two rows of one release would ask its owners twice.
            wanted.add(twin.id)
            work.tx.drop_release(twin.id)
    gone = [
        one
        for one in before.values()
        if one.id not in wanted and (one.at > work.now or _old(one, work.now))
    ]
    for one in gone:
        work.tx.drop_release(one.id)
    return changed, len(gone)


class _Known:
    """Releases by what tells them apart, the calendar's `own` first."""

    def __init__(self, releases: Iterable[Release], own: Mapping[str, Release]) -> None:
        self._by_trait: dict[object, list[Release]] = {}
        for one in sorted(releases, key=lambda one: one.id not in own):
            self.add(one)

    def add(self, release: Release) -> None:
        for trait in release.traits:
            self._by_trait.setdefault(trait, []).append(release)

    def same_as(self, release: Release) -> list[Release]:
        """Those that are the same, first the one under its own id."""
        near = (one for trait in release.traits for one in self._by_trait.get(trait, ()))
        same = {one.id: one for one in near if release.same_as(one)}
        return sorted(same.values(), key=lambda one: one.id != release.id)


def _old(release: Release, now: datetime) -> bool:
    return release.at < now - KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    release: Release
    connections: tuple[Connection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasesView:
    """Releases to come, the next one first, and the last ones that came, newest first."""

    coming: tuple[ReleaseLine, ...]
    past: tuple[ReleaseLine, ...]
    problems: tuple[str, ...] = ()  # calendars that cannot be read, in words


AHEAD, BACK = 12, 6


def listed(work: Work) -> ReleasesView:
    known = sorted(estate_as_recorded(work.tx, work.catalogue).releases, key=lambda one: one.at)
    coming = [one for one in known if one.at > work.now][:AHEAD]
    past = [one for one in reversed(known) if one.at <= work.now][:BACK]
    return ReleasesView(
        coming=tuple(_line(work.catalogue, one) for one in coming),
        past=tuple(_line(work.catalogue, one) for one in past),
        problems=tuple(f"{one.name}: {one.problem}" for one in work.tx.feeds() if one.problem),
    )


def _line(catalogue: Catalogue, release: Release) -> ReleaseLine:
    return ReleaseLine(release=release, connections=touched(catalogue, release))


EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)


def claim_due(work: Work) -> tuple[ReleaseFeed, ...]:
    """The calendars whose time has come, each to one caller only. What came from a calendar that
    the estate file no longer names is dropped as far as it lies ahead."""
    wanted = {feed.key for feed in work.catalogue.feeds}
    for known in work.tx.feeds():
        if known.key not in wanted:
            # An empty calendar drops what lies ahead, and keeps what came as history.
            take(work, (), known.key)
            work.tx.drop_feed(known.key)
    due = []
    for feed in work.catalogue.feeds:
        before = work.tx.feed(feed.key)
        if before is None or before.due_at <= work.now:
            # The claim: if nothing comes of the reading, it is due again within the hour.
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
    # The calendar may have left the estate file while it was read.
    if before is not None:
        problem = f"{problems} of its entries cannot be read" if problems else ""
        since = (before.failing_since or work.now) if problems else None
        after = replace(
            before, due_at=work.now + EVERY, read_at=work.now, problem=problem, failing_since=since
        )
        work.tx.save_feed(after)
    return take(work, found, feed.key)


def failed(work: Work, feed: ReleaseFeed, why: str) -> None:
    before = work.tx.feed(feed.key)
    if before is not None:
        # Due again by its claim, so only the reason is kept.
        since = before.failing_since or work.now
        work.tx.save_feed(replace(before, problem=outside(why, 200), failing_since=since))
