"""What is dropped in time: finished letters, flips, changes seen and scores of the audit."""

from datetime import datetime

from bot.store.codec import Rows, stamp


class OldRows(Rows):
    def drop_letters(self, before: datetime, limit: int) -> int:
        # The live ones are spelt as subjects, because a subject is text. The parts of a live
        # incident are told in it, so they are as live as it is.
        """Letters sent or given up before `before`, except those of incidents still live."""
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
