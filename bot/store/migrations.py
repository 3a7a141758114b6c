"""The schema, as steps that only add. A step once released is never edited.

Deadlines and whatever is searched are columns; the full record is JSON beside them.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("firstlane")


@MIGRATIONS()
def m001_health(db: Database) -> None:
    db.table("check_health").create(
        {"key": str, "connection": str, "next_check_at": str, "body": str},
        pk="key",
    )
    db.table("check_health").create_index(["next_check_at"])
    db.table("check_health").create_index(["connection"])
    db.table("connection_health").create({"connection": str, "body": str}, pk="connection")
    db.table("flips").create(
        {"id": int, "connection": str, "at": str, "since": str, "old": str, "new": str, "why": str},
        pk="id",
    )
    db.table("flips").create_index(["connection", "at"])
    db.table("observed_changes").create(
        {"id": int, "connection": str, "at": str, "what": str}, pk="id"
    )
    db.table("observed_changes").create_index(["connection", "at"])
    db.table("pings").create({"check": str, "at": str, "body": str}, pk="check")


@MIGRATIONS()
def m002_incidents(db: Database) -> None:
    db.table("incidents").create(
        {
            "id": int,
            "connection": str,
            "state": str,
            "live": int,
            "opened_at": str,
            "due_at": str,
            "parent": int,
            "body": str,
        },
        pk="id",
    )
    db.table("incidents").create_index(["connection", "id"])
    db.table("incidents").create_index(["parent"])
    # Two live incidents of one connection cannot exist, whatever the code believes.
    db.execute("create unique index one_live_incident on incidents(connection) where live = 1")
    db.execute("create index incidents_due on incidents(due_at) where live = 1")
    db.table("timeline").create(
        {"id": int, "incident": int, "at": str, "kind": str, "by": str, "text": str}, pk="id"
    )
    db.table("timeline").create_index(["incident"])
    db.table("progress").create(
        {"incident": int, "runbook": str, "turn": int, "body": str}, pk=("incident", "runbook")
    )


@MIGRATIONS()
def m003_outbox(db: Database) -> None:
    db.table("outbox").create(
        {
            "id": int,
            "kind": str,
            "stream": str,
            "subject": str,
            "recipient": str,
            "what": str,
            "facts": str,
            "priority": int,
            "created_at": str,
            "state": str,
            "not_before": str,
            "attempts": int,
            "maybe_sent": int,
            "claimer": str,
            "claimed_until": str,
            "error": str,
            "done_at": str,
            "channel": str,
            "ts": str,
        },
        pk="id",
    )
    db.execute(
        "create index outbox_open on outbox(stream, id) where state in ('waiting','claimed')"
    )
    db.table("outbox").create_index(["subject", "id"])
    # A show that has not started yet stands for every later one of the same subject.
    db.execute(
        "create unique index outbox_one_show on outbox(subject)"
        " where kind = 'show' and state = 'waiting' and maybe_sent = 0 and attempts = 0"
    )


@MIGRATIONS()
def m004_slack(db: Database) -> None:
    db.table("channels").create({"subject": str, "name": str, "channel": str}, pk="subject")
    db.table("channels").create_index(["channel"])
    db.table("posts").create(
        {"subject": str, "slot": str, "channel": str, "ts": str, "digest": str},
        pk=("subject", "slot"),
    )
    db.table("posts").create_index(["channel", "ts"])
    db.table("fixtures").create({"subject": str, "name": str, "value": str}, pk=("subject", "name"))
    db.table("slack_users").create(
        {"person": str, "user": str, "dm": str, "problem": str}, pk="person"
    )
    db.table("slack_users").create_index(["user"])
    db.table("seen_events").create({"event": str, "at": str}, pk="event")
    db.table("seen_events").create_index(["at"])
    db.table("meta").create({"name": str, "value": str}, pk="name")


@MIGRATIONS()
def m005_watching(db: Database) -> None:
    db.table("volume_hours").create(
        {
            "check": str,
            "hour": str,
            "count": float,
            "hits": int,
            "looks": int,
            "watched": float,
            "frozen": int,
        },
        pk=("check", "hour"),
    )
    db.table("volume_hours").create_index(["hour"])
    db.table("volume_tallies").create({"check": str, "body": str}, pk="check")
    # Openings that a maintenance window holds back.
    db.table("held").create({"connection": str, "at": str}, pk="connection")
    db.table("credential_watches").create({"key": str, "body": str}, pk="key")


@MIGRATIONS()
def m006_ledger(db: Database) -> None:
    db.table("ledger").create(
        {"id": int, "subject": str, "layer": str, "since": str, "until": str, "body": str},
        pk="id",
    )
    db.table("ledger").create_index(["subject", "id"])
    # Two people cannot hold one layer at the same time, whatever the code believes.
    db.execute(
        "create unique index ledger_one_holder on ledger(subject, layer) where until is null"
    )
    db.table("findings").create({"key": str, "gone_at": str, "body": str}, pk="key")
    db.table("audit_scores").create({"day": str, "body": str}, pk="day")
    db.table("attestations").create(
        {"id": int, "round": str, "person": str, "open": int, "body": str}, pk="id"
    )
    db.table("attestations").create_index(["round"])
    db.table("handovers").create(
        {"id": int, "connection": str, "layer": str, "open": int, "body": str}, pk="id"
    )
    db.table("rounds").create({"name": str, "due_at": str}, pk="name")


@MIGRATIONS()
def m014_cover_and_lanes(db: Database) -> None:
    db.table("covers").create(
        {"id": int, "person": str, "until": str, "ended_at": str, "body": str}, pk="id"
    )
    db.execute("create index covers_open on covers(person) where ended_at is null")
    db.table("absences").create({"person": str, "body": str}, pk="person")
    db.table("breaches").create(
        {"incident": int, "party": str, "due_at": str, "connection": str, "at": str},
        pk=("incident", "party", "due_at"),
    )
    db.table("breaches").create_index(["at"])
    # A resolved incident has a deadline too: its review.
    db.execute("create index incidents_due_any on incidents(due_at) where due_at is not null")
    db.execute("update incidents set due_at = null where live = 0")


@MIGRATIONS()
def m017_timeline_and_rooms(db: Database) -> None:
    """Messages kept on a timeline, and when an incident's channel is looked at to be archived."""
    timeline = db.table("timeline")
    timeline.add_column("source", str)
    timeline.add_column("permalink", str)
    timeline.add_column("struck", int)
    # One message is on a timeline once, however many people put it there.
    db.execute(
        "create unique index timeline_once on timeline(incident, source) where source is not null"
    )
    db.table("keepers").create(
        {"incident": int, "source": str, "keeper": str}, pk=("incident", "source", "keeper")
    )
    rooms = db.table("channels")
    rooms.add_column("private", int)
    rooms.add_column("tidy_at", str)
    rooms.add_column("announced_at", str)
    rooms.add_column("archived_at", str)


@MIGRATIONS()
def m018_pauses(db: Database) -> None:
    db.table("pauses").create(
        {"id": int, "connection": str, "until": str, "ended_at": str, "body": str}, pk="id"
    )
    # A connection is paused once at a time, whatever the code believes.
    db.execute("create unique index one_pause on pauses(connection) where ended_at is null")


@MIGRATIONS()
def m019_holds(db: Database) -> None:
    db.table("holds").create(
        {"id": int, "incident": int, "step": str, "decided_at": str, "body": str}, pk="id"
    )
    db.table("holds").create_index(["incident", "id"])
    db.execute("create unique index one_hold on holds(incident, step) where decided_at is null")


@MIGRATIONS()
def m015_ailments(db: Database) -> None:
    db.table("ailments").create({"key": str, "body": str}, pk="key")


@MIGRATIONS()
def m020_lane_rules(db: Database) -> None:
    # Which rules argued for which lane, and what a person's word made of each.
    db.table("lane_votes").create(
        {"incident": int, "rule": str, "lane": str}, pk=("incident", "rule", "lane")
    )
    db.table("rule_marks").create(
        {"incident": int, "rule": str, "good": int, "by": str, "at": str}, pk=("incident", "rule")
    )
    db.table("rule_marks").create_index(["rule"])
    db.execute("create index incidents_alike on incidents(json_extract(body, '$.kind'), id)")
    db.execute("create index incidents_said on incidents(json_extract(body, '$.said'), id)")


@MIGRATIONS()
def m021_lessons(db: Database) -> None:
    db.table("lessons").create({"id": int, "incident": int, "body": str}, pk="id")
    db.table("lessons").create_index(["incident"])
    db.table("runbook_marks").create({"runbook": str, "by": str, "at": str}, pk="runbook")


@MIGRATIONS()
def m022_steps_and_groups(db: Database) -> None:
    db.table("approvals").create({"id": int, "incident": int, "body": str}, pk="id")
    db.table("approvals").create_index(["incident"])
    db.table("hook_runs").create({"id": int, "incident": int, "state": str, "body": str}, pk="id")
    db.table("hook_runs").create_index(["incident"])
    db.table("hook_runs").create_index(["state"])
    db.table("step_marks").create(
        {"incident": int, "slot": str, "name": str, "at": str}, pk=("incident", "slot", "name")
    )
    db.table("stuck_groups").create(
        {"connection": str, "key": str, "open": int, "body": str}, pk=("connection", "key")
    )


@MIGRATIONS()
def m023_drills(db: Database) -> None:
    db.table("drills").create(
        {"incident": int, "connection": str, "open": int, "body": str}, pk="incident"
    )
    db.execute("create index drills_open on drills(incident) where open = 1")


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
