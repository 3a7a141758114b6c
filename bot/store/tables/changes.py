"""Changes, releases with what was said of them, unannounced changes and calendar feeds."""

from dataclasses import replace
from datetime import datetime

from bot.core.changes.change_request import ChangeRequest
from bot.core.changes.release import Feed, ReleaseWatch
from bot.core.changes.unannounced import UnannouncedChange
from bot.core.estate.history import Release, TrialVerdict
from bot.store.codec import stamp
from bot.store.table import Numbered, Rows, Table, given

_REQUESTS = Numbered("changes", ChangeRequest, "connection", "open", "remind_at")
_UNANNOUNCED = Numbered(
    "suspicions", UnannouncedChange, "connection", open=lambda change: not change.settled
)
_RELEASES = Table("releases", Release, ("id",), "at", source=given)
_TRIALS = Table("release_trials", TrialVerdict, ("release", "connection"))
_WATCHES = Table("release_watches", ReleaseWatch, ("release",))
_FEEDS = Table("calendar_feeds", Feed, ("key",))


class ChangeRows(Rows):
    def add_change(self, request: ChangeRequest) -> ChangeRequest:
        return _REQUESTS.add(self, request)

    def save_change(self, request: ChangeRequest) -> None:
        _REQUESTS.save(self, request)

    def change_request(self, number: int) -> ChangeRequest | None:
        return _REQUESTS.get(self, number)

    def change_requests(self) -> tuple[ChangeRequest, ...]:
        """All of them, newest first."""
        return _REQUESTS.where(self, order="id desc")

    def due_change_requests(self, now: datetime) -> tuple[ChangeRequest, ...]:
        """Those whose reminder is at or before `now`."""
        return _REQUESTS.select(self, "where remind_at <= ? order by id", stamp(now))

    def add_unannounced(self, unannounced: UnannouncedChange) -> UnannouncedChange:
        return _UNANNOUNCED.add(self, unannounced)

    def save_unannounced(self, unannounced: UnannouncedChange) -> None:
        _UNANNOUNCED.save(self, unannounced)

    def unannounced(self, number: int) -> UnannouncedChange | None:
        return _UNANNOUNCED.get(self, number)

    def unannounced_changes(self) -> tuple[UnannouncedChange, ...]:
        """Those that no change explains yet, oldest first."""
        return _UNANNOUNCED.where(self, open=True)

    def save_release(self, release: Release, source: str) -> None:
        """Keep one that was read from a calendar; the same id again replaces it."""
        _RELEASES.save(self, replace(release, trials=()), source=source)

    def drop_release(self, id: str) -> None:
        _RELEASES.drop(self, id)

    def releases(self, source: str | None = None) -> tuple[Release, ...]:
        """Those read from calendars (one of them or all), the earliest first, without trials."""
        chosen = {} if source is None else {"source": source}
        return _RELEASES.where(self, order="at, id", **chosen)

    def save_trial(self, trial: TrialVerdict) -> None:
        """One per release and connection: a newer one replaces it."""
        _TRIALS.save(self, trial)

    def trials(self) -> tuple[TrialVerdict, ...]:
        return _TRIALS.where(self)

    def release_watch(self, release: str) -> ReleaseWatch | None:
        return _WATCHES.get(self, release)

    def save_release_watch(self, watch: ReleaseWatch) -> None:
        _WATCHES.save(self, watch)

    def feed(self, key: str) -> Feed | None:
        return _FEEDS.get(self, key)

    def save_feed(self, feed: Feed) -> None:
        _FEEDS.save(self, feed)

    def drop_feed(self, key: str) -> None:
        _FEEDS.drop(self, key)

    def feeds(self) -> tuple[Feed, ...]:
        return _FEEDS.where(self)
