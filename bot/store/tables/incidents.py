"""Incidents, their timelines and how far their runbooks are."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.core.incidents.grouping import ChildState
from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.timeline import TimelineEntry
from bot.core.monitoring.flapping import Turns
from bot.core.runbooks.runbook import Progress
from bot.core.triage.playbook import Retry
from bot.store.codec import Rows, moment, pack, stamp, unpack


class IncidentRows(Rows):
    def add_incident(self, incident: Incident) -> Incident:
        """Store a new incident; its id is ignored and the stored one returned."""
        number = self.add("incidents", _row(incident))
        stored = replace(incident, id=number)
        self.save_incident(stored)
        return stored

    def save_incident(self, incident: Incident) -> None:
        row = _row(incident)
        self.save("incidents", incident.id, row)
        if "live" in self.read:
            self.read["live"].pop(incident.id, None)
            if incident.live and not incident.drill:
                self.read["live"][incident.id] = unpack(Incident, row["body"])
        kinds = self.read.get("kinds", {})
        if not incident.live or kinds.get(row["connection"]) != (incident.kind or None):
            self.read.pop("kinds", None)

    def incident(self, number: int) -> Incident | None:
        return _first(self.all("select body from incidents where id = ?", number))

    def live_incident(self, connection: str) -> Incident | None:
        return _first(
            self.all("select body from incidents where connection = ? and live = 1", connection)
        )

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
        chosen = f"state in ({marks}) and connection not like 'drill:%'"
        rows = self.all(
            f"select body from incidents where {chosen} order by id desc",  # noqa: S608 - only ? marks
            *states,
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def opened_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Of any state, newest first, drills left out."""
        rows = self.all(
            "select body from incidents where opened_at >= ? and connection not like 'drill:%'"
            " order by id desc",
            stamp(moment),
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def incidents_of(self, connection: str, limit: int) -> tuple[Incident, ...]:
        rows = self.all(
            "select body from incidents where connection = ? order by id desc limit ?",
            connection,
            limit,
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def parts_of(self, incident: int) -> tuple[Incident, ...]:
        """The incidents merged into this one, oldest first."""
        rows = self.all("select body from incidents where parent = ? order by id", incident)
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def recovered_of(self, incident: int) -> tuple[tuple[str, bool], ...]:
        """Connection of every part, oldest first, and whether the checks see it run. Cheap also
        where a thousand parts are merged into one incident."""
        rows = self.all(
            "select connection, json_extract(body, '$.recovered_at') is not null"
            " or json_extract(body, '$.seen_failing') = 0 as recovered"
            " from incidents where parent = ? order by id",
            incident,
        )
        return tuple((row["connection"], bool(row["recovered"])) for row in rows)

    def open_kinds(self) -> Mapping[str, str]:
        """What kind of failure each connection of a live incident has, also as a part of one."""
        if "kinds" not in self.read:
            self.read["kinds"] = self._open_kinds()
        return MappingProxyType(self.read["kinds"])

    def _open_kinds(self) -> dict[str, str]:
        rows = self.all(
            "select connection, json_extract(body, '$.kind') as kind from incidents where live = 1"
            " union all"
            " select part.connection, json_extract(part.body, '$.kind') from incidents as whole"
            " join incidents as part on part.parent = whole.id where whole.live = 1"
        )
        return {row["connection"]: row["kind"] for row in rows if row["kind"]}

    def child_states_of(self, incident: int) -> tuple[ChildState, ...]:
        """As `recovered_of`, with times and figures."""
        rows = self.all(
            "select connection, json_extract(body, '$.failing_since') as since,"
            " json_extract(body, '$.alike_since') as alike,"
            " json_extract(body, '$.recovered_at') as over,"
            " json_extract(body, '$.seen_failing') as failing,"
            " json_extract(body, '$.turns') as turns,"
            " json_extract(body, '$.doubt') as doubt, json_extract(body, '$.kind') as kind,"
            " coalesce(json_extract(body, '$.kinds'), '[]') as kinds,"
            " coalesce(json_extract(body, '$.reasons'), '[]') as reasons,"
            " coalesce(json_extract(body, '$.symptoms'), '[]') as symptoms,"
            " json_extract(body, '$.reopened_by') as opener,"
            " json_extract(body, '$.reopened_at') as opened,"
            " coalesce(json_extract(body, '$.reopened_why'), '') as why,"
            " coalesce(json_extract(body, '$.worst'), 0) as worst"
            " from incidents where parent = ? order by id",
            incident,
        )
        return tuple(map(_child_state, rows))

    def once_alone(self, incident: int) -> tuple[Incident, ...]:
        """Of its parts those that were incidents of their own before, oldest first."""
        rows = self.all(
            "select body from incidents where parent = ?"
            " and json_array_length(body, '$.ladder') > 0 order by id",
            incident,
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def part_for(self, connection: str) -> Incident | None:
        """The connection's part in an incident that is still live, the newest."""
        return _first(
            self.all(
                "select part.body from incidents as part join incidents as whole"
                " on whole.id = part.parent and whole.live = 1"
                " where part.connection = ? order by part.id desc limit 1",
                connection,
            )
        )

    def put_off_incident(self, number: int, until: datetime) -> None:
        """Its deadlines stay as they are, but it is not due again before `until`."""
        self.change("update incidents set due_at = ? where id = ?", stamp(until), number)

    def due_incidents(self, now: datetime) -> tuple[Incident, ...]:
        """Incidents with any deadline at or before `now`: live ones, and resolved ones whose
        review is to be asked for."""
        rows = self.all(
            "select body from incidents where due_at is not null and due_at <= ? order by due_at",
            stamp(now),
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def due_steps(self, now: datetime) -> tuple[Incident, ...]:
        """Live incidents, drills last, whose runbook's present step is to be looked at by `now`."""
        rows = self.all(
            "select body from incidents where live = 1 and step_at <= ?"
            " order by connection like 'drill:%', id desc",
            stamp(now),
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def put_off_step(self, incident: int, until: datetime | None) -> None:
        """Until its runbook goes on; None: nothing comes to the present step by itself."""
        due = stamp(until) if until else None
        self.change("update incidents set step_at = ? where id = ?", due, incident)

    def look_at_steps(self) -> None:
        """The present step of every live incident is due at once."""
        self.change("update incidents set step_at = '' where live = 1")

    def add_timeline(self, incident: int, entry: TimelineEntry) -> None:
        self.add(
            "timeline",
            {
                "incident": incident,
                "at": stamp(entry.at),
                "kind": entry.kind,
                "by": entry.by,
                "text": entry.text,
                "source": entry.source,
                "permalink": entry.permalink,
                "struck": int(entry.struck),
            },
        )

    def timeline(self, incident: int) -> tuple[TimelineEntry, ...]:
        rows = self.all("select * from timeline where incident = ? order by at, id", incident)
        return tuple(_entry(row) for row in rows)

    def kept(self, incident: int, source: str) -> TimelineEntry | None:
        """The entry taken from this Slack message."""
        row = self.one("select * from timeline where incident = ? and source = ?", incident, source)
        return _entry(row) if row else None

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

    def keepers(self, incident: int, source: str) -> frozenset[str]:
        """By whom and how this message is kept on the timeline, as `way:person`."""
        rows = self.all(
            "select keeper from keepers where incident = ? and source = ?", incident, source
        )
        return frozenset(row["keeper"] for row in rows)

    def save_keepers(self, incident: int, source: str, keepers: Collection[str]) -> None:
        self.change("delete from keepers where incident = ? and source = ?", incident, source)
        for keeper in keepers:
            self.put("keepers", {"incident": incident, "source": source, "keeper": keeper})

    def walks(self, incident: int) -> tuple[Progress, ...]:
        """The runbooks walked in this incident, the present one last."""
        rows = self.all("select body from progress where incident = ? order by turn", incident)
        return tuple(unpack(Progress, row["body"]) for row in rows)

    def save_progress(self, incident: int, progress: Progress) -> None:
        self.put(
            "progress",
            {"incident": incident, "runbook": progress.runbook, "body": pack(progress)},
        )
        self.change("update incidents set step_at = '' where id = ?", incident)

    def turn_to(self, incident: int, runbook: str) -> None:
        """Make `runbook` the present one; what was answered in it before still stands."""
        walked = {progress.runbook for progress in self.walks(incident)}
        if runbook not in walked:
            self.save_progress(incident, Progress(runbook=runbook))
        self.change(
            "update progress set turn = 1 + (select coalesce(max(turn), 0) from progress"
            " where incident = ?) where incident = ? and runbook = ?",
            incident,
            incident,
            runbook,
        )
        self.change("update incidents set step_at = '' where id = ?", incident)


def _child_state(row: dict[str, Any]) -> ChildState:
    turns = unpack(Turns, row["turns"]) if row["turns"] else None
    return ChildState(
        connection=row["connection"],
        recovered=row["over"] is not None or not row["failing"],
        failing_since=moment(row["since"]),
        alike_since=moment(row["alike"]) if row["alike"] else None,
        again=turns.turned_at if turns and turns.bad else None,
        recovered_at=moment(row["over"]) if row["over"] else None,
        doubt=Retry(row["doubt"]) if row["doubt"] else None,
        kinds=(row["kind"] or "", *json.loads(row["kinds"])),
        turns=turns,
        worst=int(row["worst"]),
        reasons=tuple(json.loads(row["reasons"])),
        symptoms=tuple(json.loads(row["symptoms"])),
        reopened_by=row["opener"],
        reopened_at=moment(row["opened"]) if row["opened"] else None,
        reopened_why=row["why"],
    )


def _entry(row: dict[str, Any]) -> TimelineEntry:
    return TimelineEntry(
        at=moment(row["at"]),
        kind=row["kind"],
        by=row["by"],
        text=row["text"],
        source=row["source"],
        permalink=row["permalink"] or "",
        struck=bool(row["struck"]),
    )


def _row(incident: Incident) -> dict[str, Any]:
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
    if not incident.live:
        deadlines = [incident.review_at]
    due = min((stamp(value) for value in deadlines if value), default=None)
    return {
        # A drill stands apart, so that a real break of the connection opens beside it.
        "connection": f"drill:{incident.connection}" if incident.drill else incident.connection,
        "state": incident.state.value,
        "live": int(incident.live),
        "opened_at": stamp(incident.opened_at),
        "due_at": due,
        "parent": incident.parent,
        "body": pack(incident),
    }


def _first(rows: list[dict[str, Any]]) -> Incident | None:
    return unpack(Incident, rows[0]["body"]) if rows else None
