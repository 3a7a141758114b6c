"""Moments that cannot be: what is on record as past, and lies ahead because the clock was wrong."""

import json
from datetime import datetime, timedelta

from bot.core.incidents.clock_jumps import Change
from bot.core.incidents.incident import Incident
from bot.core.outbox.letter import LONGEST_REST
from bot.store.codec import Rows, moment, stamp, unpack

_WRITTEN = (
    *(("timeline", "at"), ("flips", "at"), ("flips", "since"), ("observed_changes", "at")),
    *(("outbox", "created_at"), ("outbox", "done_at")),
)
_CLAIM = timedelta(minutes=1)  # at the longest


class ClockRows(Rows):
    def letters_to_now(self, now: datetime) -> int:
        """No waiting letter was written, or rests, later than now, and no claim lasts longer than
        a claim does. Returns how many a clock that is right could not have left so."""
        self.change(
            "update outbox set claimed_until = min(claimed_until, ?) where state = 'claimed'",
            stamp(now + _CLAIM),
        )
        latest, furthest = stamp(now), stamp(now + LONGEST_REST)
        wrong = self.one(
            "select count(*) as many from outbox where state in ('waiting', 'claimed')"
            " and (created_at > ? or not_before > ?)",
            *(latest, furthest),
        )
        self.change(
            "update outbox set created_at = min(created_at, ?), not_before = min(not_before, ?)"
            " where state in ('waiting', 'claimed') and (created_at > ? or not_before > ?)",
            *(latest, latest, latest, latest),
        )
        return int(wrong["many"]) if wrong else 0

    def refusals_moved(self, by: timedelta) -> None:
        """The clock jumped `by`: since when Slack puts a waiting letter off is counted anew."""
        waiting = self.all(
            "select id, refused_at from outbox where state in ('waiting', 'claimed')"
            " and refused_at is not null"
        )
        for row in waiting:
            moved = stamp(moment(row["refused_at"]) + by)
            self.change("update outbox set refused_at = ? where id = ?", moved, row["id"])

    def timelines_after(self, now: datetime) -> dict[int, datetime]:
        """The incidents on whose timeline something is later than `now`, with the latest."""
        rows = self.all(
            "select incident, max(at) as at from timeline where at > ? group by incident",
            stamp(now),
        )
        return {row["incident"]: moment(row["at"]) for row in rows}

    def restamp(self, since: datetime, change: Change) -> None:
        """Change the moments of what is written once: timelines, flips, letters; and since when
        that is so which letters that wait tell of."""
        for table, column in _WRITTEN:
            sql = f"select id, {column} as at from {table} where {column} >= ?"  # noqa: S608 - ours
            for row in self.all(sql, stamp(since)):
                at = moment(row["at"])
                after = change((f"{table} {row['id']}", column), at)
                if after != at:
                    self.save(table, row["id"], {column: stamp(after)})

        self._restamp_facts(since, change)

    def _restamp_facts(self, since: datetime, change: Change) -> None:
        """Of letters that wait: since when what they tell of is so."""
        waiting = "select id, subject, facts from outbox where state in ('waiting', 'claimed')"
        for row in self.all(waiting):
            facts = json.loads(row["facts"])
            names = ("since", "until") if row["subject"] == "line" else ("since",)
            told = {name: moment(facts[name]) for name in names if facts.get(name)}
            # A day is no moment of this clock, and has no zone.
            told = {name: at for name, at in told.items() if at.tzinfo and at >= since}
            right = {name: change((f"outbox {row['id']}", name), at) for name, at in told.items()}
            if right != told:
                said = {name: at.isoformat() for name, at in right.items()}
                self.save("outbox", row["id"], {"facts": json.dumps({**facts, **said})})

    def over_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Incidents that are over and were opened or resolved at `moment` or later."""
        second = stamp(moment)[:19]
        rows = self.all(
            "select body from incidents where live = 0 and (opened_at >= ?"
            " or substr(json_extract(body, '$.resolved_at'), 1, 19) >= ?)",
            second,
            second,
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def hasten_check(self, key: str, latest: datetime, now: datetime) -> bool:
        """Make the check due now when its next look lies beyond `latest`."""
        sql = "update check_health set next_check_at = ? where key = ? and next_check_at > ?"
        return bool(self.change(sql, stamp(now), key, stamp(latest)))

    def incidents_due_after(self, moment: datetime) -> tuple[Incident, ...]:
        """Those that nothing is due for until `moment`, and something is later."""
        rows = self.all("select body from incidents where due_at > ?", stamp(moment))
        return tuple(unpack(Incident, row["body"]) for row in rows)
