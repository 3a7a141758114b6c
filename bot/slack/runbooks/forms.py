"""Forms about steps of a runbook, and the one that ends a drill."""

from typing import ClassVar

from bot.core.people.permissions import Deed
from bot.core.runbooks.gate import Decision, Gate
from bot.core.runbooks.runbook import SKIP
from bot.flows.runbooks import drills, gates, walk
from bot.flows.work import Work
from bot.language.errors import Refused
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
        gates.hold(work, self.number, self.rest, title, gates.Reason(why=self.why, by=by))


class _GateForm(Form):
    """Carries what `shown` writes of the gate that it decides."""

    decision: ClassVar[Decision]
    why = Text("Why not?", KEPT)

    @classmethod
    def gate(cls, work: Work, carried: str) -> Gate:
        """The one that is meant by a button or a form. Raises NotFound or Refused."""
        raise NotImplementedError

    @classmethod
    def shown(cls, gate: Gate) -> Block:
        raise NotImplementedError

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(cls.gate(work, about))

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        gates.must_decide(work, cls.gate(work, carried), by)

    def submitted(self, work: Work, by: str) -> None:
        said = gates.Said(by=by, reason=self.why, seen=self.seen)
        gates.decide(work, self.gate(work, self.carried), self.decision, said)

    @property
    def seen(self) -> int | None:
        return None


class _HoldForm(_GateForm):
    """Carries the incident, the step, and the hold that it shows of it."""

    @classmethod
    def gate(cls, work: Work, carried: str) -> Gate:
        number, *step = carried.split("|")
        if not step:
            raise Refused(OLDER_BUTTON)
        return gates.held(work, incident_number(number), step[0])

    @classmethod
    def shown(cls, gate: Gate) -> Block:
        return cls.view(value(gate.incident, gate.subject, gate.id), f"*{escape(gate.title)}*")

    @property
    def seen(self) -> int | None:
        return incident_number(step_click(self.carried).answer)


@form("modal:release", "Release a step", "Release", Deed.RELEASE, opened_by=Action.RELEASE)
class ReleaseForm(_HoldForm):
    decision = Decision.RELEASED
    why = Text("Why may it go on?", KEPT, optional=True)


@form("modal:hold_deny", "Deny a step", "Deny", Deed.RELEASE, opened_by=Action.HOLD_DENY)
class DenyHold(_HoldForm):
    decision = Decision.DENIED


class _ApprovalForm(_GateForm):
    """Carries the gate's number."""

    why = Text("Why is it denied?", KEPT, multiline=True)

    @classmethod
    def gate(cls, work: Work, carried: str) -> Gate:
        return gates.asked(work, first_number(carried))

    @classmethod
    def shown(cls, gate: Gate) -> Block:
        return cls.view(value(gate.id), f"*{escape(gate.title)}*")


@form("modal:approve", "Approve", "Approve", Deed.DECIDE, opened_by=Action.APPROVE)
class Approve(_ApprovalForm):
    """May carry a condition."""

    decision = Decision.RELEASED
    why = Text("Anything to add?", KEPT, multiline=True, optional=True)


@form("modal:deny", "Deny", "Deny", Deed.DECIDE, opened_by=Action.DENY)
class Deny(_ApprovalForm):
    decision = Decision.DENIED


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
