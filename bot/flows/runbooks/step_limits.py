"""What comes to the present step of a runbook by itself: the end of a wait, the word that it needs,
and reminders where it takes longer than it should, of whoever has it, then of the channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.incidents.incident import Incident, State
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks import runbook
from bot.core.runbooks.notices import StepLate
from bot.core.runbooks.runbook import Runbook, Step
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import gates, retry_gate, walk
from bot.flows.work import Work
from bot.language.marks import who
from bot.language.units import say_duration


def due(work: Work) -> Sequence[Incident]:
    """The incidents whose present step is to be looked at; all of them when the files say something
    else of steps than before."""
    mark = work.knowledge.steps_mark
    # A runbook that was edited may have other limits than the one that the deadlines were set by.
    if work.tx.recall(*_READ) != mark:
        work.tx.remember(*_READ, mark)
        work.tx.look_at_steps()
    return work.tx.due_steps(work.now)


_READ = ("steps", "files")  # kept value: the mark of the files that they were looked at with


def look(work: Work, incident: Incident) -> int:
    """Returns how much came to it."""
    # First: when the wait is over, another step is asked, which may need a word of its own.
    ended = walk.end_wait(work, incident.id)
    asked = retry_gate.arrived(work, incident)
    reminded = remind(work, incident)
    # Last, as it depends on the step that the walk has come to by now.
    work.tx.put_off_step(incident.id, _next_look(work, incident))
    return ended + asked + reminded


@dataclass(frozen=True, slots=True, kw_only=True)
class _Present:
    """The step that is asked now, and since when."""

    step: Step
    book: Runbook
    subject: str
    since: datetime

    @property
    def slot(self) -> str:
        """A reminder is given once for each time that the step is reached."""
        return f"{self.subject}@{self.since.isoformat()}"


def _present(work: Work, incident: Incident) -> _Present | None:
    walks = work.tx.walks(incident.id)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    step = runbook.current_step(book, walks[-1]) if book else None
    if not book or not step:
        return None
    since = runbook.asked_since(book, walks[-1], started=incident.opened_at)
    return _Present(step=step, book=book, subject=gates.subject_of(book, step), since=since)


def _next_look(work: Work, incident: Incident) -> datetime | None:
    """A wait ends by what checks see, and whose word is needed depends on who is in it: these are
    looked at whenever the clock ticks. None where nothing comes until the runbook goes on."""
    present = _present(work, incident)
    if present is None:
        return None
    step = present.step
    if step.wait or retry_gate.resends(work.knowledge, step):
        return work.now
    if step.within is None or work.tx.step_marks(incident.id, present.slot) == len(_READERS):
        return None
    return max(work.now, present.since + step.within)


_READERS = ("responder", "channel")


def remind(work: Work, incident: Incident) -> bool:
    """True when somebody was reminded. Nobody is while the step waits for somebody's word, or while
    it is the counter-party's turn."""
    present = _present(work, incident)
    limit = present.step.within if present else None
    if not present or limit is None or incident.state is State.HANDED_OVER:
        return False
    step, since = present.step, present.since
    late = runbook.late_by(step, since=since, now=work.now)
    words = gates.of_step(work, incident, present.book, step)
    if late is None or any(one is not None and one.waiting for one in words):
        return False
    told = StepLate(step=step.title, since=since, limit=say_duration(limit))
    subject = incident_subject(incident.id)
    people, sent = _responders(work, incident), False
    if people and work.tx.mark_step(incident.id, present.slot, "responder", work.now):
        names = ", ".join(who(person) for person in people)
        said = f"“{step.title}” takes longer than {told.limit}; {names} was reminded."
        work.log(incident, "late", said)
        for person in people:
            work.tell(ToPerson(person), told, about=subject)
        sent = True
    if (not people or late > limit) and work.tx.mark_step(
        incident.id, present.slot, "channel", work.now
    ):
        work.tell(CHANNEL, told, about=subject)
        sent = True
    return sent


def _responders(work: Work, incident: Incident) -> tuple[str, ...]:
    """Whoever has it, else those pinged so far on the present rung; covers in their place."""
    there = presence_now(work)
    rung = incident.ladder[incident.rung].people if incident.ladder and incident.rung >= 0 else ()
    named = (incident.holder,) if incident.holder else rung
    return tuple(dict.fromkeys(acting for one in named if (acting := there.acting(one))))
