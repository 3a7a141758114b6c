"""Who covers for whom, who is away, and which response times were not kept."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.incidents.response_time import Breach
from bot.core.people.presence import Absence, Cover
from bot.store.codec import Rows, moment, pack, stamp, unpack


class CoverRows(Rows):
    def add_cover(self, cover: Cover) -> Cover:
        """Store a new cover; its id is ignored and the stored one returned."""
        number = self.add("covers", _row(cover))
        stored = replace(cover, id=number)
        self.save_cover(stored)
        return stored

    def save_cover(self, cover: Cover) -> None:
        self.save("covers", cover.id, _row(cover))

    def cover(self, number: int) -> Cover | None:
        row = self.one("select body from covers where id = ?", number)
        return unpack(Cover, row["body"]) if row else None

    def covers(self) -> tuple[Cover, ...]:
        """Those not ended, oldest first, also when their time has come."""
        rows = self.all("select body from covers where ended_at is null order by id")
        return tuple(unpack(Cover, row["body"]) for row in rows)

    def save_absence(self, absence: Absence) -> None:
        """One per person: a newer one replaces it."""
        self.put("absences", {"person": absence.person, "body": pack(absence)})

    def end_absence(self, person: str) -> None:
        self.change("delete from absences where person = ?", person)

    def absences(self) -> tuple[Absence, ...]:
        rows = self.all("select body from absences order by person")
        return tuple(unpack(Absence, row["body"]) for row in rows)

    def add_breach(self, breach: Breach) -> None:
        """A second one of the same incident, party and due time is not kept."""
        self.change(
            "insert or ignore into breaches (incident, party, due_at, connection, at)"
            " values (?, ?, ?, ?, ?)",
            breach.incident,
            breach.party,
            stamp(breach.due_at),
            breach.connection,
            stamp(breach.at),
        )

    def drop_breaches_due_after(self, now: datetime) -> None:
        """A time that is not over was not exceeded: the clock was wrong."""
        self.change("delete from breaches where due_at > ?", stamp(now))

    def breaches(self, since: datetime) -> tuple[Breach, ...]:
        """Oldest first."""
        rows = self.all("select * from breaches where at >= ? order by at", stamp(since))
        return tuple(
            Breach(
                incident=row["incident"],
                connection=row["connection"],
                party=row["party"],
                due_at=moment(row["due_at"]),
                at=moment(row["at"]),
            )
            for row in rows
        )


def _row(cover: Cover) -> dict[str, Any]:
    return {
        "person": cover.person,
        "until": stamp(cover.until) if cover.until else None,
        "ended_at": stamp(cover.ended_at) if cover.ended_at else None,
        "body": pack(cover),
    }
