"""Changes, releases with what was said of them, suspicions and calendar feeds."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.changes.change_request import ChangeRequest
from bot.core.changes.release import Feed, ReleaseWatch
from bot.core.changes.unannounced import UnannouncedChange
from bot.core.estate.history import Release, TrialVerdict
from bot.store.codec import Rows, pack, stamp, unpack


class ChangeRows(Rows):
    def add_change(self, request: ChangeRequest) -> ChangeRequest:
        """Store a new one; its id is ignored and the stored one returned."""
        number = self.add("changes", _change(request))
        stored = replace(request, id=number)
        self.save_change(stored)
        return stored

    def save_change(self, request: ChangeRequest) -> None:
        self.save("changes", request.id, _change(request))

    def change_request(self, number: int) -> ChangeRequest | None:
        row = self.one("select body from changes where id = ?", number)
        return unpack(ChangeRequest, row["body"]) if row else None

    def change_requests(self) -> tuple[ChangeRequest, ...]:
        """All of them, newest first."""
        rows = self.all("select body from changes order by id desc")
        return tuple(unpack(ChangeRequest, row["body"]) for row in rows)

    def due_change_requests(self, now: datetime) -> tuple[ChangeRequest, ...]:
        """Those whose reminder is at or before `now`."""
        rows = self.all("select body from changes where remind_at <= ? order by id", stamp(now))
        return tuple(unpack(ChangeRequest, row["body"]) for row in rows)

    def add_suspicion(self, suspicion: UnannouncedChange) -> UnannouncedChange:
        """Store a new one; its id is ignored and the stored one returned."""
        number = self.add("suspicions", _suspicion(suspicion))
        stored = replace(suspicion, id=number)
        self.save_suspicion(stored)
        return stored

    def save_suspicion(self, suspicion: UnannouncedChange) -> None:
        self.save("suspicions", suspicion.id, _suspicion(suspicion))

    def suspicion(self, number: int) -> UnannouncedChange | None:
        row = self.one("select body from suspicions where id = ?", number)
        return unpack(UnannouncedChange, row["body"]) if row else None

    def suspicions(self) -> tuple[UnannouncedChange, ...]:
        """Those that no change explains yet, oldest first."""
        rows = self.all("select body from suspicions where open = 1 order by id")
        return tuple(unpack(UnannouncedChange, row["body"]) for row in rows)


class ReleaseRows(Rows):
    def save_release(self, release: Release, source: str) -> None:
        """Keep one that was read from a calendar; the same id again replaces it."""
        row = {"id": release.id, "source": source, "at": stamp(release.at)}
        self.put("releases", {**row, "body": pack(replace(release, trials=()))})

    def drop_release(self, id: str) -> None:
        self.change("delete from releases where id = ?", id)

    def releases(self, source: str | None = None) -> tuple[Release, ...]:
        """Those read from calendars (one of them or all), the earliest first, without trials."""
        rows = self.all(
            "select body from releases where ? is null or source = ? order by at, id",
            source,
            source,
        )
        return tuple(unpack(Release, row["body"]) for row in rows)

    def save_trial(self, trial: TrialVerdict) -> None:
        """One per release and connection: a newer one replaces it."""
        row = {"release": trial.release, "connection": trial.connection, "body": pack(trial)}
        self.put("release_trials", row)

    def trials(self) -> tuple[TrialVerdict, ...]:
        rows = self.all("select body from release_trials order by release, connection")
        return tuple(unpack(TrialVerdict, row["body"]) for row in rows)

    def release_watch(self, release: str) -> ReleaseWatch | None:
        row = self.one("select body from release_watches where release = ?", release)
        return unpack(ReleaseWatch, row["body"]) if row else None

    def save_release_watch(self, watch: ReleaseWatch) -> None:
        self.put("release_watches", {"release": watch.release, "body": pack(watch)})

    def feed(self, key: str) -> Feed | None:
        row = self.one('select body from calendar_feeds where "key" = ?', key)
        return unpack(Feed, row["body"]) if row else None

    def save_feed(self, feed: Feed) -> None:
        self.put("calendar_feeds", {"key": feed.key, "body": pack(feed)})

    def drop_feed(self, key: str) -> None:
        self.change('delete from calendar_feeds where "key" = ?', key)

    def feeds(self) -> tuple[Feed, ...]:
        rows = self.all('select body from calendar_feeds order by "key"')
        return tuple(unpack(Feed, row["body"]) for row in rows)


def _change(request: ChangeRequest) -> dict[str, Any]:
    return {
        "connection": request.connection,
        "open": int(request.open),
        "remind_at": stamp(request.remind_at) if request.remind_at else None,
        "body": pack(request),
    }


def _suspicion(suspicion: UnannouncedChange) -> dict[str, Any]:
    return {
        "connection": suspicion.connection,
        "open": int(not suspicion.settled),
        "body": pack(suspicion),
    }
