"""Gates, webhook calls, failed records, drills, and when a runbook was used."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.core.runbooks.drill import Drill
from bot.core.runbooks.failed_records import Assignment
from bot.core.runbooks.gate import Gate, GateKind
from bot.core.runbooks.runbook import Progress
from bot.core.runbooks.webhook_calls import HookRun, RunState
from bot.store.codec import moment, stamp
from bot.store.table import Numbered, Rows, Table, given

_GATES = Numbered("gates", Gate, "incident", "kind", "subject", "decided_at")
_RUNS = Numbered("hook_runs", HookRun, "incident", "state")
_ASSIGNMENTS = Table(
    "stuck_groups", Assignment, ("connection", "key"), open=lambda one: one.closed_at is None
)
_DRILLS = Table(
    "drills", Drill, ("incident",), "connection", open=lambda drill: drill.ended_at is None
)
_PROGRESS = Table(
    "progress",
    Progress,
    ("incident", "runbook"),
    incident=given,
    answers=lambda walk: len(walk.given),
)


class RunbookRows(Rows):
    def add_gate(self, gate: Gate) -> Gate:
        return _GATES.add(self, gate)

    def save_gate(self, gate: Gate) -> None:
        _GATES.save(self, gate)

    def gate(self, number: int) -> Gate | None:
        return _GATES.get(self, number)

    def gates_of(self, incident: int, kind: GateKind) -> tuple[Gate, ...]:
        """Oldest first."""
        return _GATES.where(self, incident=incident, kind=kind)

    def held_step(self, incident: int, step: str) -> Gate | None:
        """The newest hold on this step, also when it was decided."""
        return _GATES.last(self, incident=incident, kind=GateKind.HOLD, subject=step)

    def add_hook_run(self, run: HookRun) -> HookRun:
        return _RUNS.add(self, run)

    def save_hook_run(self, run: HookRun) -> None:
        _RUNS.save(self, run)

    def hook_run(self, number: int) -> HookRun | None:
        return _RUNS.get(self, number)

    def hook_runs_of(self, incident: int) -> tuple[HookRun, ...]:
        """Oldest first."""
        return _RUNS.where(self, incident=incident)

    def hook_runs_under_way(self) -> tuple[HookRun, ...]:
        return _RUNS.where(self, state=RunState.RUNNING)

    def mark_step(self, incident: int, slot: str, name: str, at: datetime) -> bool:
        """False when the mark was there already."""
        mark = {"incident": incident, "slot": slot, "name": name, "at": stamp(at)}
        return self.insert_once("step_marks", mark)

    def step_marks(self, incident: int, slot: str) -> int:
        sql = "select count(*) as many from step_marks where incident = ? and slot = ?"
        row = self.one(sql, incident, slot)
        return int(row["many"]) if row else 0

    def save_assignment(self, assignment: Assignment) -> None:
        _ASSIGNMENTS.save(self, assignment)

    def assignments(self, connection: str) -> tuple[Assignment, ...]:
        """Those not closed yet."""
        return _ASSIGNMENTS.where(self, connection=connection, open=True)

    def open_assignments(self) -> tuple[Assignment, ...]:
        return _ASSIGNMENTS.where(self, open=True)

    def add_drill(self, drill: Drill) -> None:
        _DRILLS.save(self, drill)

    def save_drill(self, drill: Drill) -> None:
        _DRILLS.save(self, drill)

    def drill(self, incident: int) -> Drill | None:
        return _DRILLS.get(self, incident)

    def drills(self, limit: int) -> tuple[Drill, ...]:
        """Newest first."""
        return _DRILLS.select(self, "order by incident desc limit ?", limit)

    def drills_under_way(self) -> tuple[Drill, ...]:
        return _DRILLS.where(self, open=True)

    def walks(self, incident: int) -> tuple[Progress, ...]:
        """The runbooks walked in this incident, the present one last."""
        return _PROGRESS.where(self, order="turn", incident=incident)

    def save_progress(self, incident: int, progress: Progress) -> None:
        _PROGRESS.save(self, progress, incident=incident)
        # Another step is asked from now on, with limits of its own.
        self.change("update incidents set step_at = '' where id = ?", incident)

    def switch_runbook(self, incident: int, runbook: str) -> None:
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

    def runbooks_used(self) -> Mapping[str, datetime]:
        """When each runbook was last walked in an incident, confirmed by a reader, or first
        known."""
        rows = self.all(
            'select runbook, max("at") as last from ('
            'select p.runbook as runbook, i.opened_at as "at" from progress p'
            " join incidents i on i.id = p.incident where p.answers > 0"
            ' union all select runbook, "at" from runbook_marks) group by runbook'
        )
        return {row["runbook"]: moment(row["last"]) for row in rows}

    def know_runbooks(self, runbooks: Collection[str], at: datetime) -> None:
        """Those not known before are known since now."""
        for runbook in runbooks:
            self.insert_once("runbook_marks", {"runbook": runbook, "at": stamp(at)})

    def confirm_runbook(self, runbook: str, by: str, at: datetime) -> None:
        self.put("runbook_marks", {"runbook": runbook, "by": by, "at": stamp(at)}, "runbook")
