"""What triage remembers: votes of its rules, lessons, approvals, webhook calls, groups, drills."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import Incident
from bot.core.runbooks.drill import Drill
from bot.core.runbooks.failed_records import Assignment
from bot.core.runbooks.gate_approval import Approval
from bot.core.runbooks.webhook_calls import HookRun, RunState
from bot.core.triage.lane_rules import RuleVotes, Vote, judged
from bot.core.triage.lesson import Proposal
from bot.store.codec import Rows, moment, pack, stamp, unpack


class TriageRows(Rows):
    def save_votes(self, incident: int, votes: tuple[Vote, ...]) -> None:
        """Replace the votes of an incident by these; their judgement is gone."""
        self.change("delete from lane_votes where incident = ?", incident)
        for vote in votes:
            row = {"incident": incident, "rule": vote.rule, "lane": vote.lane.value}
            self.add("lane_votes", row)

    def votes(self, incident: int) -> tuple[Vote, ...]:
        rows = self.all("select rule, lane from lane_votes where incident = ?", incident)
        return tuple(Vote(rule=row["rule"], lane=Lane(row["lane"])) for row in rows)

    def judge_votes(self, incident: int, lane: Lane, by: str, at: datetime) -> None:
        """A person said whose lane it is; a later word takes the place of an earlier one."""
        self.change("delete from rule_marks where incident = ?", incident)
        self.db.table("rule_marks").insert_all(
            {"incident": incident, "rule": rule, "good": int(good), "by": by, "at": stamp(at)}
            for rule, good in judged(self.votes(incident), lane).items()
        )

    def tallies(self) -> tuple[RuleVotes, ...]:
        """Every rule that was ever judged, the one most often wrong first."""
        rows = self.all(
            "select rule, count(*) as judged, sum(1 - good) as wrong from rule_marks"
            " group by rule order by wrong desc, judged desc, rule"
        )
        return tuple(
            RuleVotes(rule=row["rule"], judged=row["judged"], wrong=row["wrong"]) for row in rows
        )

    def alike(self, kind: str, said: str, limit: int) -> tuple[Incident, ...]:
        """Closed incidents of this kind of failure or with these words, newest first; an empty
        kind or text is like nothing."""
        rows = self.all(
            "select body from incidents where"
            " ((json_extract(body, '$.kind') = ? and json_extract(body, '$.kind') <> '') or"
            " (json_extract(body, '$.said') = ? and json_extract(body, '$.said') <> ''))"
            " and live = 0 and connection not like 'drill:%'"
            " and state in ('resolved', 'reviewed') order by id desc limit ?",
            kind,
            said,
            limit,
        )
        return tuple(unpack(Incident, row["body"]) for row in rows)

    def runbooks_used(self) -> Mapping[str, datetime]:
        """When each runbook was last walked in an incident, confirmed by a reader, or first
        known."""
        rows = self.all(
            'select runbook, max("at") as last from ('
            'select p.runbook as runbook, i.opened_at as "at" from progress p'
            " join incidents i on i.id = p.incident"
            " where json_array_length(p.body, '$.given') > 0"
            ' union all select runbook, "at" from runbook_marks) group by runbook'
        )
        return {row["runbook"]: moment(row["last"]) for row in rows}

    def know_runbooks(self, runbooks: Collection[str], at: datetime) -> None:
        """Those not known before are known since now."""
        for runbook in runbooks:
            sql = 'insert or ignore into runbook_marks(runbook, "by", "at") values (?, null, ?)'
            self.change(sql, runbook, stamp(at))

    def confirm_runbook(self, runbook: str, by: str, at: datetime) -> None:
        self.put("runbook_marks", {"runbook": runbook, "by": by, "at": stamp(at)})

    def add_proposal(self, proposal: Proposal) -> Proposal:
        number = self._add("lessons", incident=proposal.incident, body=pack(proposal))
        return replace(proposal, id=number)

    def save_proposal(self, proposal: Proposal) -> None:
        self.change("update lessons set body = ? where id = ?", pack(proposal), proposal.id)

    def proposal(self, number: int) -> Proposal | None:
        row = self.one("select id, body from lessons where id = ?", number)
        return _proposal(row) if row else None

    def proposals(self) -> tuple[Proposal, ...]:
        """All of them, oldest first."""
        return tuple(map(_proposal, self.all("select id, body from lessons order by id")))

    def proposals_of(self, incident: int) -> tuple[Proposal, ...]:
        rows = self.all("select id, body from lessons where incident = ? order by id", incident)
        return tuple(map(_proposal, rows))

    def add_approval(self, approval: Approval) -> Approval:
        number = self._add("approvals", incident=approval.incident, body=pack(approval))
        return replace(approval, id=number)

    def save_approval(self, approval: Approval) -> None:
        self.change("update approvals set body = ? where id = ?", pack(approval), approval.id)

    def approval(self, number: int) -> Approval | None:
        row = self.one("select id, body from approvals where id = ?", number)
        return _approval(row) if row else None

    def approvals_of(self, incident: int) -> tuple[Approval, ...]:
        """Oldest first."""
        rows = self.all("select id, body from approvals where incident = ? order by id", incident)
        return tuple(map(_approval, rows))

    def add_hook_run(self, run: HookRun) -> HookRun:
        number = self._add(
            "hook_runs", incident=run.incident, state=run.state.value, body=pack(run)
        )
        return replace(run, id=number)

    def save_hook_run(self, run: HookRun) -> None:
        sql = "update hook_runs set state = ?, body = ? where id = ?"
        self.change(sql, run.state.value, pack(run), run.id)

    def hook_run(self, number: int) -> HookRun | None:
        row = self.one("select id, body from hook_runs where id = ?", number)
        return _run(row) if row else None

    def hook_runs_of(self, incident: int) -> tuple[HookRun, ...]:
        """Oldest first."""
        rows = self.all("select id, body from hook_runs where incident = ? order by id", incident)
        return tuple(map(_run, rows))

    def hook_runs_under_way(self) -> tuple[HookRun, ...]:
        sql = "select id, body from hook_runs where state = ? order by id"
        return tuple(map(_run, self.all(sql, RunState.RUNNING.value)))

    def mark_step(self, incident: int, slot: str, name: str, at: datetime) -> bool:
        """False when the mark was there already."""
        sql = 'insert or ignore into step_marks(incident, slot, name, "at") values (?, ?, ?, ?)'
        return self.change(sql, incident, slot, name, stamp(at)) > 0

    def step_marks(self, incident: int, slot: str) -> int:
        sql = "select count(*) as many from step_marks where incident = ? and slot = ?"
        row = self.one(sql, incident, slot)
        return int(row["many"]) if row else 0

    def save_assignment(self, assignment: Assignment) -> None:
        row = {
            "connection": assignment.connection,
            "key": assignment.key,
            "open": int(assignment.closed_at is None),
            "body": pack(assignment),
        }
        self.put("stuck_groups", row)

    def assignments(self, connection: str) -> tuple[Assignment, ...]:
        """Those not closed yet."""
        rows = self.all(
            "select body from stuck_groups where connection = ? and open = 1", connection
        )
        return tuple(unpack(Assignment, row["body"]) for row in rows)

    def open_assignments(self) -> tuple[Assignment, ...]:
        rows = self.all("select body from stuck_groups where open = 1")
        return tuple(unpack(Assignment, row["body"]) for row in rows)

    def add_drill(self, drill: Drill) -> None:
        self.add("drills", _drill_row(drill))

    def save_drill(self, drill: Drill) -> None:
        self.put("drills", _drill_row(drill))

    def drill(self, incident: int) -> Drill | None:
        row = self.one("select body from drills where incident = ?", incident)
        return unpack(Drill, row["body"]) if row else None

    def drills(self, limit: int) -> tuple[Drill, ...]:
        """Newest first."""
        rows = self.all("select body from drills order by incident desc limit ?", limit)
        return tuple(unpack(Drill, row["body"]) for row in rows)

    def drills_under_way(self) -> tuple[Drill, ...]:
        rows = self.all("select body from drills where open = 1 order by incident")
        return tuple(unpack(Drill, row["body"]) for row in rows)

    def _add(self, table: str, **row: Any) -> int:
        return self.add(table, row)


def _proposal(row: Mapping[str, Any]) -> Proposal:
    return replace(unpack(Proposal, row["body"]), id=row["id"])


def _approval(row: Mapping[str, Any]) -> Approval:
    return replace(unpack(Approval, row["body"]), id=row["id"])


def _run(row: Mapping[str, Any]) -> HookRun:
    return replace(unpack(HookRun, row["body"]), id=row["id"])


def _drill_row(drill: Drill) -> dict[str, Any]:
    return {
        "incident": drill.incident,
        "connection": drill.connection,
        "open": int(drill.ended_at is None),
        "body": pack(drill),
    }
