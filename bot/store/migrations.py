"""The schema, as steps that only add; the first ones are in `first_migrations`. A step that was
once released is never edited.

Deadlines and whatever is searched are columns; the full record is JSON beside them.
"""

import json
from typing import Any

from sqlite_utils import Database

from bot.store.first_migrations import MIGRATIONS

__all__ = ["MIGRATIONS"]


@MIGRATIONS()
def m024_changes(db: Database) -> None:
    db.table("changes").create(
        {"id": int, "connection": str, "open": int, "remind_at": str, "body": str}, pk="id"
    )
    db.execute("create index changes_due on changes(remind_at) where remind_at is not null")


@MIGRATIONS()
def m025_releases(db: Database) -> None:
    db.table("releases").create({"id": str, "source": str, "at": str, "body": str}, pk="id")
    db.table("release_trials").create(
        {"release": str, "connection": str, "body": str}, pk=("release", "connection")
    )
    db.table("release_watches").create({"release": str, "body": str}, pk="release")


@MIGRATIONS()
def m026_suspicions(db: Database) -> None:
    db.table("suspicions").create({"id": int, "connection": str, "open": int, "body": str}, pk="id")


@MIGRATIONS()
def m027_calendar_feeds(db: Database) -> None:
    db.table("calendar_feeds").create({"key": str, "body": str}, pk="key")


@MIGRATIONS()
def m028_kinds_of_observations(db: Database) -> None:
    table = db.table("observed_changes")
    table.add_column("kind", str, not_null_default="version")
    table.add_column("by_whom", str)
    # What earlier versions wrote tells its kind by its words.
    for kind, words in (
        ("shape", "the shape of the data changed%"),
        ("renewal", "% was renewed, valid to %"),
        ("note", "audit log: %"),
        ("note", "%says that it was not them: %"),
    ):
        db.execute("update observed_changes set kind = ? where what like ?", (kind, words))


@MIGRATIONS()
def m029_inbox(db: Database) -> None:
    db.table("inbox").create(
        {
            "key": str,
            "work": str,
            "body": str,
            "at": str,
            "server": str,
            "acted": int,
            "answered": int,
        },
        pk="key",
    )
    db.table("inbox").create_index(["at"])
    db.execute("create index inbox_unanswered on inbox(server) where answered = 0")


@MIGRATIONS()
def m030_failed_tries(db: Database) -> None:
    # Tries that failed through us, apart from those that Slack put off.
    db.table("outbox").add_column("failures", int, not_null_default=0)


@MIGRATIONS()
def m031_signed_buttons(db: Database) -> None:
    # Whoever has an install id was in use before buttons were signed.
    db.execute(
        "insert into meta (name, value) select 'posted unsigned', 'yes' from meta"
        " where name = 'install'"
    )


@MIGRATIONS()
def m032_whose_data_is_wrong(db: Database) -> None:
    # Earlier versions kept one word for the whole incident; it was of its first connection.
    db.execute(
        "update incidents set body = json_set(body, '$.denied', json_array(json_object("
        "'connection', json_extract(body, '$.connection'),"
        " 'by', json_extract(body, '$.data_denied_by'),"
        " 'why', json_extract(body, '$.data_denied'), 'at', null)))"
        " where json_extract(body, '$.data_denied_by') is not null"
    )
    db.execute(
        "update incidents set body = json_set(body, '$.asked', json('true'))"
        " where state = 'verifying'"
    )


@MIGRATIONS()
def m035_when_slack_refused(db: Database) -> None:
    # Since when Slack puts a letter off; a late one says why only where this is known.
    db.table("outbox").add_column("refused_at", str)


@MIGRATIONS()
def m036_what_slack_was_asked(db: Database) -> None:
    # Of earlier look-ups nobody knows which address they were for: they are made again.
    db.table("slack_users").add_column("address", str, not_null_default="")


@MIGRATIONS()
def m037_steps_and_groups_are_due(db: Database) -> None:
    # When the present step of a live incident's runbook is looked at next; empty is at once.
    db.execute("alter table incidents add column step_at text default ''")
    db.execute("create index incidents_steps on incidents(step_at) where live = 1")
    db.execute("create index stuck_groups_open on stuck_groups(connection) where open = 1")


@MIGRATIONS()
def m038_columns_that_are_searched(db: Database) -> None:
    """What was searched for inside the record, or by the order of the rows."""
    for table, column, kind, found in (
        ("incidents", "kind", str, "json_extract(body, '$.kind')"),
        ("incidents", "said", str, "json_extract(body, '$.said')"),
        ("incidents", "resolved_at", str, "json_extract(body, '$.resolved_at')"),
        ("incidents", "rungs", int, "json_array_length(body, '$.ladder')"),
        (
            *("incidents", "recovered", int),
            "json_extract(body, '$.recovered_at') is not null"
            " or coalesce(json_extract(body, '$.seen_failing') = 0, 0)",
        ),
        ("check_health", "planned_at", str, "json_extract(body, '$.next_check_at')"),
        ("connection_health", "verdict", str, "json_extract(body, '$.verdict')"),
        ("connection_health", "flapping", int, "json_extract(body, '$.flapping')"),
        ("progress", "answers", int, "json_array_length(body, '$.given')"),
        ("posts", "number", int, "rowid"),
        ("inbox", "number", int, "rowid"),
    ):
        db.table(table).add_column(column, kind)
        db.execute(f"update {table} set {column} = {found}")  # noqa: S608 - our names
    for name in ("alike", "said"):
        db.execute(f"drop index incidents_{name}")
    db.table("incidents").create_index(["kind", "id"])
    db.table("incidents").create_index(["said", "id"])
    db.table("posts").create_index(["number"])
    db.table("inbox").create_index(["number"])


@MIGRATIONS()
def m039_gates(db: Database) -> None:
    """Holds and approvals are one thing. An approval keeps its number, which stands on buttons in
    Slack; a hold gets a new one, which the letters about it follow. The old tables stay unread."""
    db.table("gates").create(
        {"id": int, "incident": int, "kind": str, "subject": str, "decided_at": str, "body": str},
        pk="id",
    )
    db.table("gates").create_index(["incident", "kind", "subject"])
    db.execute(
        "create unique index one_hold_waits on gates(incident, subject)"
        " where kind = 'hold' and decided_at is null"
    )
    for row in list(db.query("select id, body from approvals order by id")):
        _add_gate(db, _approval_as_gate(json.loads(row["body"])), row["id"])
    for row in list(db.query("select id, body from holds order by id")):
        number = _add_gate(db, _hold_as_gate(json.loads(row["body"])))
        db.execute(
            "update outbox set facts = json_set(facts, '$.hold', ?)"
            " where what in ('held', 'released', 'denied') and json_extract(facts, '$.hold') = ?",
            # Out of the way of the numbers that are still to be given; turned back below.
            (-number, row["id"]),
        )
    db.execute(
        "update outbox set facts = json_set(facts, '$.hold', -json_extract(facts, '$.hold'))"
        " where what in ('held', 'released', 'denied') and json_extract(facts, '$.hold') < 0"
    )


def _add_gate(db: Database, gate: dict[str, Any], number: int | None = None) -> int:
    columns = {name: gate[name] for name in ("incident", "kind", "subject", "decided_at")}
    row = (number, *columns.values(), json.dumps(gate))
    written = db.execute(
        "insert into gates (id, incident, kind, subject, decided_at, body)"
        " values (?, ?, ?, ?, ?, ?) returning id",
        row,
    )
    return int(written.fetchone()[0])


_RULINGS = {"approved": "released", "denied": "denied", "not needed any more": "lapsed"}


def _approval_as_gate(old: dict[str, Any]) -> dict[str, Any]:
    return {
        "incident": old["incident"],
        "kind": "approval",
        "subject": old["subject"],
        "title": old["title"],
        "why": old["terms"],
        "layer": old["layer"],
        "may_decide": [old["owner"]] if old["owner"] else [],
        "connections": old.get("connections", []),
        "asked_at": old["asked_at"],
        "asked_by": old.get("asked_by"),
        "decision": _RULINGS.get(old.get("ruling", "waiting")),
        "decided_by": old.get("by"),
        "decided_at": old.get("at"),
        "reason": old.get("why", ""),
    }


def _hold_as_gate(old: dict[str, Any]) -> dict[str, Any]:
    return {
        "incident": old["incident"],
        "kind": "hold",
        "subject": old["step"],
        "title": old["title"],
        "why": old["why"],
        "trigger": old["trigger"],
        "may_decide": old["may_release"],
        "asked_at": old["at"],
        "asked_by": old["by"],
        "decision": old.get("decision"),
        "decided_by": old.get("decided_by"),
        "decided_at": old.get("decided_at"),
        "reason": old.get("reason", ""),
    }
