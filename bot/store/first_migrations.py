"""The schema as it first stood, and the steps until the drills. None is ever edited.

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
