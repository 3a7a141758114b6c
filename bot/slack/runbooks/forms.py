"""Forms about steps of a runbook, and the one that ends a drill."""

from typing import ClassVar

from bot.core.people.permissions import Deed
from bot.core.runbooks.gate_approval import Approval
from bot.core.runbooks.gate_hold import Decision
from bot.core.runbooks.gate_hold import Hold as StepHold
from bot.core.runbooks.runbook import SKIP
from bot.flows.runbooks import drills, gate_approvals, gate_holds, walk
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import KEPT
from bot.slack.forms.fields import Choice, Text
from bot.slack.forms.form import Form, FormOfIncident, IncidentForm, Reader, form
from bot.slack.ids import OLDER_BUTTON, Action, first_number, incident_number, step_click, value
from bot.slack.kit import Block
from bot.slack.text import escape


class _StepForm(FormOfIncident):
    """Carries the incident and the step, as the menu beside the step does."""

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        click = step_click(about)
        title = walk.step_title(work, click.incident, click.step)
        return cls.shown(click.incident, click.step, title)

    @classmethod
    def shown(cls, incident: int, step: str, title: str) -> Block:
        return cls.view(value(incident, step), f"*{escape(title)}*")


@form("modal:skip", "Skip a step", "Skip", Deed.STEP)
class Skip(_StepForm):
    why = Text("Why is this step skipped?", KEPT)

    def submitted(self, work: Work, by: str) -> None:
        walk.answer(work, self.number, step=self.rest, choice=SKIP, by=by, note=self.why)


@form("modal:hold", "Hold a step", "Hold", Deed.HOLD)
class HoldForm(_StepForm):
    why = Text(
        "What does it have to wait for?",
        KEPT,
        hint="Nobody can answer it until you or an owner releases it.",
    )

    def submitted(self, work: Work, by: str) -> None:
        title = walk.step_title(work, self.number, self.rest)
        gate_holds.hold(work, self.number, step=self.rest, title=title, why=self.why, by=by)


class _HoldForm(Form):
    """Carries the hold that it shows, behind its incident and step."""

    decision: ClassVar[Decision]
    why = Text("Why not?", KEPT)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        number, _, step = about.partition("|")
        if not step:
            raise Refused(OLDER_BUTTON)
        found = work.tx.step_hold(incident_number(number), step)
        if found is None:
            raise NotFound("Nothing is held here.")
        return cls.shown(found)

    @classmethod
    def shown(cls, held: StepHold) -> Block:
        return cls.view(value(held.incident, held.step, held.id), f"*{escape(held.title)}*")

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        number, step, *_ = carried.split("|")
        gate_holds.must_decide(work, incident_number(number), step, by)

    def submitted(self, work: Work, by: str) -> None:
        shown = step_click(self.carried)
        gate_holds.decide(
            work,
            shown.incident,
            self.decision,
            step=shown.step,
            by=by,
            reason=self.why,
            seen=incident_number(shown.answer),
        )


@form("modal:release", "Release a step", "Release", Deed.RELEASE, opened_by=Action.RELEASE)
class ReleaseForm(_HoldForm):
    decision = Decision.RELEASED
    why = Text("Why may it go on?", KEPT, optional=True)


@form("modal:hold_deny", "Deny a step", "Deny", Deed.RELEASE, opened_by=Action.HOLD_DENY)
class DenyHold(_HoldForm):
    decision = Decision.DENIED


class _ApprovalForm(Form):
    approves: ClassVar[bool]
    why = Text("Why is it denied?", KEPT, multiline=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        found = work.tx.approval(incident_number(about))
        if found is None:
            raise NotFound("This question is no longer on record.")
        return cls.shown(found)

    @classmethod
    def shown(cls, found: Approval) -> Block:
        return cls.view(value(found.id), f"*{escape(found.title)}*")

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        gate_approvals.must_decide(work, first_number(carried), by)

    def submitted(self, work: Work, by: str) -> None:
        gate_approvals.decide(work, self.number, approve=self.approves, by=by, why=self.why)


@form("modal:approve", "Approve", "Approve", Deed.DECIDE, opened_by=Action.APPROVE)
class Approve(_ApprovalForm):
    """May carry a condition."""

    approves = True
    why = Text("Anything to add?", KEPT, multiline=True, optional=True)


@form("modal:deny", "Deny", "Deny", Deed.DECIDE, opened_by=Action.DENY)
class Deny(_ApprovalForm):
    approves = False


@form("modal:drill_end", "End the drill", "End it", Deed.DRILL)
class EndDrill(IncidentForm):
    triaged = Choice(
        "Could a newcomer triage this from the dossier?", "Yes or no", {"yes": "Yes", "no": "No"}
    )
    missing = Text(
        "What was missing?",
        KEPT,
        multiline=True,
        optional=True,
        hint="For example: whom to call at the bank, where the queue is seen.",
    )

    def submitted(self, work: Work, by: str) -> None:
        drills.end(work, self.number, triaged=self.triaged == "yes", missing=self.missing, by=by)
