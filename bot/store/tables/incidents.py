"""Incidents, their timelines and channels, and the response times that were not kept."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic_core import from_json

from bot.core.incidents.channel import ChannelRecord, TimelineEntry
from bot.core.incidents.grouping import ChildState
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.response_time import Breach
from bot.core.monitoring.flapping import Turns
from bot.core.triage.playbook import Retry
from bot.store.codec import columns, moment, moment_if_any, record, stamp
from bot.store.table import Numbered, Rows


def _connection(incident: Incident) -> str:
    """A drill stands apart, so that a real break of the connection opens beside it."""
    return f"drill:{incident.connection}" if incident.drill else incident.connection


def _due_at(incident: Incident) -> datetime | None:
    deadlines = [
        incident.escalate_at,
        incident.lease_until,
        incident.remind_at,
        incident.settle_at,
        incident.calm_at,
        incident.assess_at,
        incident.ticket_at,
        incident.joint_at,
        incident.data_ask_at,
    ]
    # Of what is over only the review is due, whatever else was left set.
    if not incident.live:
        deadlines = [incident.review_at]
    return min((at for at in deadlines if at), default=None)


_INCIDENTS = Numbered(
    "incidents",
    Incident,
    "state",
    "live",
    "opened_at",
    "parent",
    "kind",
    "said",
    "resolved_at",
    connection=_connection,
    due_at=_due_at,
    rungs=lambda incident: len(incident.ladder),
    recovered=lambda incident: incident.recovered_at is not None or not incident.seen_failing,
)
_BREACH = ("incident", "party", "due_at", "connection", "at")
_ENTRY = ("at", "kind", "by", "text", "source", "permalink", "struck")
_ENTRIES = (
    "select at, kind, \"by\", text, source, coalesce(permalink, '') as permalink,"
    " coalesce(struck, 0) as struck from timeline"
)
_TIMES = ("tidy_at", "announced_at", "archived_at")
_FIXED = ("topic", "pin", "bookmark", "invited", "left out", "invitations tried", "lodging")


class IncidentRows(Rows):
    def add_incident(self, incident: Incident) -> Incident:
        """Store a new incident; its id is ignored and the stored one returned."""
        stored = _INCIDENTS.add(self, incident)
        self._was_read(stored)
        return stored

    def save_incident(self, incident: Incident) -> None:
        _INCIDENTS.save(self, incident)
        self._was_read(incident)

    def _was_read(self, incident: Incident) -> None:
        """What was read of all of them says what is stored of this one now."""
        if "live" in self.read:
            self.read["live"].pop(incident.id, None)
            if incident.live and not incident.drill:
                # A batch of looks reads the open incidents again and again.
                self.read["live"][incident.id] = incident
        kinds = self.read.get("kinds", {})
        if not incident.live or kinds.get(_connection(incident)) != (incident.kind or None):
            self.read.pop("kinds", None)

    def incident(self, number: int) -> Incident | None:
        return _INCIDENTS.get(self, number)

    def live_incident(self, connection: str) -> Incident | None:
        return _INCIDENTS.first(self, "where connection = ? and live = 1", connection)

    def incidents(self, states: Collection[State]) -> tuple[Incident, ...]:
        """Newest first, drills left out."""
        if LIVE.issuperset(states):
            live = self.read.get("live")
            if live is None:
                live = self.read["live"] = {one.id: one for one in self._in_states(LIVE)}
            newest = sorted(live, reverse=True)
            return tuple(live[number] for number in newest if live[number].state in states)
        return self._in_states(states)

    def _in_states(self, states: Collection[State]) -> tuple[Incident, ...]:
        marks = ",".join("?" for _ in states)
        chosen = f"where state in ({marks}) and connection not like 'drill:%' order by id desc"
        return _INCIDENTS.select(self, chosen, *states)

    def opened_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Of any state, newest first, drills left out."""
        return _INCIDENTS.select(
            self,
            "where opened_at >= ? and connection not like 'drill:%' order by id desc",
            stamp(moment),
        )

    def over_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Incidents that are over and were opened or resolved at `moment` or later."""
        # Columns that a migration filled are spelt otherwise behind the seconds.
        second = stamp(moment)[:19]
        return _INCIDENTS.select(
            self,
            "where live = 0 and (opened_at >= ? or resolved_at >= ?)",
            second,
            second,
        )

    def incidents_of(self, connection: str, limit: int) -> tuple[Incident, ...]:
        return _INCIDENTS.select(
            self, "where connection = ? order by id desc limit ?", connection, limit
        )

    def alike(self, kind: str, said: str, limit: int) -> tuple[Incident, ...]:
        """Closed incidents of this kind of failure or with these words, newest first; an empty
        kind or text is like nothing."""
        return _INCIDENTS.select(
            self,
            "where (kind = ? and kind <> '' or said = ? and said <> '')"
            " and live = 0 and connection not like 'drill:%'"
            " and state in ('resolved', 'reviewed') order by id desc limit ?",
            kind,
            said,
            limit,
        )

    def children_of(self, incident: int) -> tuple[Incident, ...]:
        """The incidents merged into this one, oldest first."""
        return _INCIDENTS.where(self, parent=incident)

    def recovered_of(self, incident: int) -> tuple[tuple[str, bool], ...]:
        """Connection of every child, oldest first, and whether the checks see it run. Cheap also
        where a thousand parts are merged into one incident."""
        rows = self.all(
            "select connection, recovered from incidents where parent = ? order by id", incident
        )
        return tuple((row["connection"], bool(row["recovered"])) for row in rows)

    def open_kinds(self) -> Mapping[str, str]:
        """What kind of failure each connection of a live incident has, also as a child of one."""
        if "kinds" not in self.read:
            self.read["kinds"] = self._open_kinds()
        return MappingProxyType(self.read["kinds"])

    def _open_kinds(self) -> dict[str, str]:
        rows = self.all(
            "select connection, kind from incidents where live = 1 union all"
            " select part.connection, part.kind from incidents as whole"
            " join incidents as part on part.parent = whole.id where whole.live = 1"
        )
        return {row["connection"]: row["kind"] for row in rows if row["kind"]}

    def child_states_of(self, incident: int) -> tuple[ChildState, ...]:
        """As `recovered_of`, with times and figures."""
        bodies = self.texts("select body from incidents where parent = ? order by id", incident)
        return tuple(_child_state(from_json(body)) for body in bodies)

    def once_independent(self, incident: int) -> tuple[Incident, ...]:
        """Of its children those that were incidents of their own before, oldest first."""
        return _INCIDENTS.select(
            self,
            "where parent = ? and rungs > 0 order by id",
            incident,
        )

    def child_for(self, connection: str) -> Incident | None:
        """The connection's child in an incident that is still live, the newest."""
        return _INCIDENTS.first(
            self,
            "where connection = ? and exists (select 1 from incidents as whole"
            " where whole.id = incidents.parent and whole.live = 1) order by id desc limit 1",
            connection,
        )

    def put_off_incident(self, number: int, until: datetime) -> None:
        """Its deadlines stay as they are, but it is not due again before `until`."""
        self.save("incidents", number, {"due_at": stamp(until)})

    def due_incidents(self, now: datetime) -> tuple[Incident, ...]:
        """Incidents with any deadline at or before `now`: live ones, and resolved ones whose
        review is to be asked for."""
        return _INCIDENTS.select(
            self, "where due_at is not null and due_at <= ? order by due_at", stamp(now)
        )

    def incidents_due_after(self, moment: datetime) -> tuple[Incident, ...]:
        """Those that nothing is due for until `moment`, and something is later."""
        return _INCIDENTS.select(self, "where due_at > ?", stamp(moment))

    def due_steps(self, now: datetime) -> tuple[Incident, ...]:
        """Live incidents, drills last, whose runbook's present step is to be looked at by `now`."""
        return _INCIDENTS.select(
            self,
            "where live = 1 and step_at <= ? order by connection like 'drill:%', id desc",
            stamp(now),
        )

    def put_off_step(self, incident: int, until: datetime | None) -> None:
        """Until its runbook goes on; None: nothing comes to the present step by itself."""
        due = stamp(until) if until else None
        self.change("update incidents set step_at = ? where id = ?", due, incident)

    def look_at_steps(self) -> None:
        """The present step of every live incident is due at once."""
        self.change("update incidents set step_at = '' where live = 1")

    def add_timeline(self, incident: int, entry: TimelineEntry) -> None:
        self.insert("timeline", {"incident": incident, **columns(entry, *_ENTRY)})

    def timeline(self, incident: int) -> tuple[TimelineEntry, ...]:
        rows = self.all(f"{_ENTRIES} where incident = ? order by at, id", incident)
        return tuple(record(TimelineEntry, row) for row in rows)

    def kept(self, incident: int, source: str) -> TimelineEntry | None:
        """The entry taken from this Slack message."""
        row = self.one(f"{_ENTRIES} where incident = ? and source = ?", incident, source)
        return record(TimelineEntry, row) if row else None

    def save_kept(self, incident: int, entry: TimelineEntry) -> None:
        """Replace the entry of the same `source`."""
        self.change(
            "update timeline set text = ?, permalink = ?, struck = ?"
            " where incident = ? and source = ?",
            entry.text,
            entry.permalink,
            int(entry.struck),
            incident,
            entry.source,
        )

    def pinned_by(self, incident: int, source: str) -> frozenset[str]:
        """By whom and how this message is kept on the timeline, as `way:person`."""
        by = "select keeper from keepers where incident = ? and source = ?"
        return frozenset(self.texts(by, incident, source))

    def save_pinned_by(self, incident: int, source: str, pinned_by: Collection[str]) -> None:
        self.change("delete from keepers where incident = ? and source = ?", incident, source)
        for by in pinned_by:
            self.insert_once("keepers", {"incident": incident, "source": source, "keeper": by})

    def add_breach(self, breach: Breach) -> None:
        """A second one of the same incident, party and due time is not kept."""
        self.insert_once("breaches", columns(breach, *_BREACH))

    def drop_breaches_due_after(self, now: datetime) -> None:
        """A time that is not over was not exceeded: the clock was wrong."""
        self.change("delete from breaches where due_at > ?", stamp(now))

    def breaches(self, since: datetime) -> tuple[Breach, ...]:
        """Oldest first."""
        rows = self.all("select * from breaches where at >= ? order by at", stamp(since))
        return tuple(record(Breach, row) for row in rows)

    def channel_record(self, subject: str) -> ChannelRecord | None:
        row = self.one("select * from channels where subject = ?", subject)
        return record(ChannelRecord, row) if row else None

    def save_channel_record(self, record: ChannelRecord) -> None:
        """Its times; the channel itself is `save_channel`'s business."""
        self.change(
            "update channels set tidy_at = ?, announced_at = ?, archived_at = ? where subject = ?",
            *columns(record, *_TIMES, "subject").values(),
        )

    def channels_to_archive(self, now: datetime) -> tuple[ChannelRecord, ...]:
        """Of incidents that are over: those without a time to look, and those whose time has
        come. Archived ones are left out."""
        rows = self.all(
            "select channels.* from channels join incidents"
            " on channels.subject = 'incident:' || incidents.id"
            " where incidents.live = 0 and channels.channel is not null"
            " and channels.archived_at is null"
            " and (channels.tidy_at is null or channels.tidy_at <= ?)",
            stamp(now),
        )
        return tuple(record(ChannelRecord, row) for row in rows)

    def forget_channel(self, subject: str) -> None:
        """The channel is lost: what stood in it and what was fixed to it is made anew elsewhere."""
        self.change(
            "delete from posts where subject = ? and channel ="
            " (select channel from channels where subject = ?)",
            subject,
            subject,
        )
        for name in _FIXED:
            self.change("delete from fixtures where subject = ? and name = ?", subject, name)
        self.change(
            "update channels set channel = null, tidy_at = null, announced_at = null,"
            " archived_at = null where subject = ?",
            subject,
        )


def _child_state(part: dict[str, Any]) -> ChildState:
    """Of the stored body, because to read all of it takes twice as long."""
    turns = record(Turns, part["turns"]) if part.get("turns") else None
    over = part.get("recovered_at")
    return ChildState(
        connection=part["connection"],
        recovered=over is not None or not part.get("seen_failing"),
        failing_since=moment(part["failing_since"]),
        alike_since=moment_if_any(part.get("alike_since")),
        again=turns.turned_at if turns and turns.bad else None,
        recovered_at=moment_if_any(over),
        doubt=Retry(part["doubt"]) if part.get("doubt") else None,
        kinds=(part.get("kind", ""), *part.get("kinds", ())),
        turns=turns,
        worst=part.get("worst", 0),
        reasons=tuple(part.get("reasons", ())),
        symptoms=tuple(part.get("symptoms", ())),
        reopened_by=part.get("reopened_by"),
        reopened_at=moment_if_any(part.get("reopened_at")),
        reopened_why=part.get("reopened_why", ""),
    )
