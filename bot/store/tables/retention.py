"""What is dropped in time, and moments that cannot be: on record as past, and yet to come because
the clock was wrong."""

import json
from datetime import datetime, timedelta

from bot.core.incidents.clock_jumps import Change
from bot.core.outbox.letter import LONGEST_REST
from bot.store.codec import moment, stamp
from bot.store.table import Rows

_WRITTEN = (
    *(("timeline", "at"), ("flips", "at"), ("flips", "since"), ("observed_changes", "at")),
    *(("outbox", "created_at"), ("outbox", "done_at")),
)
_CLAIM = timedelta(minutes=1)  # at the longest


class RetentionRows(Rows):
    def letters_to_now(self, now: datetime) -> int:
        """No waiting letter was written, or rests, later than now, and no claim lasts longer than
        a claim does. Returns how many a clock that is right could not have left so."""
        self.change(
            "update outbox set claimed_until = ? where state = 'claimed' and claimed_until > ?",
            *(stamp(now + _CLAIM), stamp(now + _CLAIM)),
        )
        latest, furthest = stamp(now), stamp(now + LONGEST_REST)
        wrong = self.one(
            "select count(*) as many from outbox where state in ('waiting', 'claimed')"
            " and (created_at > ? or not_before > ?)",
            *(latest, furthest),
        )
        for column in ("created_at", "not_before"):
            self.change(
                f"update outbox set {column} = ?"  # noqa: S608 - ours
                f" where state in ('waiting', 'claimed') and {column} > ?",
                *(latest, latest),
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
            self.save("outbox", row["id"], {"refused_at": moved})

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
            # Most letters tell of no moment, and none of those is rewritten.
            if right != told:
                said = {name: at.isoformat() for name, at in right.items()}
                self.save("outbox", row["id"], {"facts": json.dumps({**facts, **said})})

    def hasten_check(self, key: str, latest: datetime, now: datetime) -> bool:
        """Make the check due now when its next look lies beyond `latest`."""
        sql = "update check_health set next_check_at = ? where key = ? and next_check_at > ?"
        return bool(self.change(sql, stamp(now), key, stamp(latest)))

    def drop_letters(self, before: datetime, limit: int) -> int:
        """Letters sent or given up before `before`, except those of incidents still live."""
        # The live ones are spelt as subjects, because a subject is text. The parts of a live
        # incident are told in it, so they are as live as it is.
        return self.change(
            "delete from outbox where id in (select id from outbox"
            " where state in ('sent', 'failed') and done_at < ? and subject not in"
            " (select 'incident:' || part.id from incidents as part"
            "  left join incidents as whole on whole.id = part.parent"
            "  where part.live = 1 or whole.live = 1) order by id limit ?)",
            stamp(before),
            limit,
        )

    def drop_flips(self, before: datetime, limit: int) -> int:
        """Flips before `before`, except the last of each connection: it says what held then."""
        return self.change(
            "delete from flips where id in (select id from flips as old"
            " where at < ? and exists (select 1 from flips as later"
            "  where later.connection = old.connection and later.at < ?"
            "  and (later.at, later.id) > (old.at, old.id)) order by id limit ?)",
            stamp(before),
            stamp(before),
            limit,
        )

    def drop_observed(self, before: datetime, limit: int) -> int:
        return self.change(
            "delete from observed_changes where id in"
            " (select id from observed_changes where at < ? order by id limit ?)",
            stamp(before),
            limit,
        )

    def drop_scores(self, before: datetime, limit: int) -> int:
        return self.change(
            "delete from audit_scores where day in"
            " (select day from audit_scores where day < ? order by day limit ?)",
            before.date().isoformat(),
            limit,
        )
