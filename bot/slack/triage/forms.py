"""Forms in which the playbook is taught."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.core.estate.lane import LANE_TITLES, Lane, Layer
from bot.core.people.permissions import Deed
from bot.core.triage.lesson import Lesson, Proposal
from bot.core.triage.playbook import ErrorClass, Retry
from bot.flows.triage import lessons
from bot.flows.triage.lessons import LessonDraft
from bot.flows.work import Work
from bot.language.marks import KEPT
from bot.slack.forms.fields import Choice, Text
from bot.slack.forms.form import Form, FormOfIncident, Reader, form, head
from bot.slack.ids import Action, first_number, incident_number, value
from bot.slack.kit import Block
from bot.slack.text import escape

_RETRY = {
    Retry.SAFE: "Safe: nothing was accepted",
    Retry.WAIT: "Safe after waiting",
    Retry.AFTER_FIX: "Only after the fix",
    Retry.LOOK_UP_FIRST: "Look each record up first",
    Retry.NEVER: "Never: a copy would be wrong",
}
_LONGEST = 400


class _LessonForm(Form):
    signature = Text(
        "The words that tell this error",
        _LONGEST,
        hint="… stands for what varies. No names, numbers or secrets of one record.",
    )
    error_class = Choice(
        "Class", "Class", {one: one.words.capitalize() for one in ErrorClass}, name="class"
    )
    meaning = Text("What was the cause?", _LONGEST)
    first_check = Text("What to look at first?", _LONGEST)
    fix = Text("What fixes it?", _LONGEST)
    retry = Choice("May records be sent again?", "May records be sent again?", _RETRY)
    lane = Choice("Whose lane?", "Whose lane?", LANE_TITLES)
    layer = Choice("Which owner?", "Which owner?", {one: one.capitalize() for one in Layer})

    @property
    def lesson(self) -> Lesson:
        return Lesson(
            signature=self.signature,
            error_class=ErrorClass(self.error_class),
            meaning=self.meaning,
            first_check=self.first_check,
            fix=self.fix,
            retry=Retry(self.retry),
            lane=Lane(self.lane),
            layer=Layer(self.layer),
        )


@form("modal:teach", "Teach the playbook", "Propose", Deed.TEACH, opened_by=Action.TEACH)
class Teach(_LessonForm, FormOfIncident):
    """The short form, filled in as far as the incident tells."""

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(lessons.draft(work, incident_number(about)))

    @classmethod
    def wanted(cls, work: Work, number: int) -> Block | None:
        """To go on with when an incident with an unknown error is over."""
        draft = lessons.wanted(work, number)
        return cls.shown(draft) if draft else None

    @classmethod
    def shown(cls, draft: LessonDraft) -> Block:
        incident = draft.incident
        intro = f"{head(incident)}."
        if draft.known:
            intro += f" `{draft.known.id}` knows this text; your entry would go before it."
        elif draft.signature:
            intro += " The playbook does not know this error yet. Close this to leave it so."
        first: Mapping[str, Any] = {
            "signature": draft.signature,
            "fix": draft.fix,
            "lane": incident.lane,
            "layer": incident.layer,
        }
        return cls.view(value(incident.id), intro, first=first)

    def submitted(self, work: Work, by: str) -> None:
        lessons.propose(work, self.number, self.lesson, by)


class _ProposalForm(Form):
    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader) -> Block:
        return cls.shown(lessons.open_proposal(work, incident_number(about)))

    @classmethod
    def shown(cls, proposal: Proposal) -> Block:
        raise NotImplementedError

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        lessons.must_decide(work, lessons.open_proposal(work, first_number(carried)), by)


@form("modal:lesson_edit", "Edit the entry", "Approve", Deed.DECIDE, opened_by=Action.LESSON_EDIT)
class EditLesson(_ProposalForm, _LessonForm):
    @classmethod
    def shown(cls, proposal: Proposal) -> Block:
        intro = "What you change here is approved at once, under your name."
        lesson = asdict(proposal.lesson)
        return cls.view(value(proposal.id), intro, first={**lesson, "class": lesson["error_class"]})

    def submitted(self, work: Work, by: str) -> None:
        lessons.edit(work, self.number, self.lesson, by)


@form("modal:lesson_reject", "Reject it", "Reject", Deed.DECIDE, opened_by=Action.LESSON_REJECT)
class RejectLesson(_ProposalForm):
    why = Text("Why is it rejected?", KEPT)

    @classmethod
    def shown(cls, proposal: Proposal) -> Block:
        return cls.view(value(proposal.id), f"“{escape(proposal.lesson.signature)}”")

    def submitted(self, work: Work, by: str) -> None:
        lessons.decide(work, self.number, approve=False, by=by, why=self.why)
