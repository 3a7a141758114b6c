"""Steps that take longer than they should: whoever has it is reminded, then the channel."""

from bot.core.incidents.incident import Incident, State
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.notices import StepLate
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import gate_approvals
from bot.flows.work import Work
from bot.language.marks import who
from bot.language.units import say_duration


def remind(work: Work, incident: Incident) -> bool:
    """Each reminder once for each time that the step is reached; True when one was sent. Nobody
    is reminded while the step is held for an owner, or while it is the counter-party's turn."""
    walks = work.tx.walks(incident.id)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    step = walk.current_step(book, walks[-1]) if book else None
    if not book or not step or step.within is None or incident.state is State.HANDED_OVER:
        return False
    since = walk.asked_since(book, walks[-1], started=incident.opened_at)
    late = walk.late_by(step, since=since, now=work.now)
    held = gate_approvals.standing(work, incident.id, gate_approvals.subject_of(book, step))
    if late is None or (held is not None and held.waiting):
        return False
    slot = f"{gate_approvals.subject_of(book, step)}@{since.isoformat()}"
    told = StepLate(step=step.title, since=since, limit=say_duration(step.within))
    subject = incident_subject(incident.id)
    people = _responders(work, incident)
    sent = False
    if people and work.tx.mark_step(incident.id, slot, "responder", work.now):
        names = ", ".join(who(person) for person in people)
        said = f"“{step.title}” takes longer than {told.limit}; {names} was reminded."
        work.log(incident, "late", said)
        for person in people:
            work.tell(ToPerson(person), told, about=subject)
        sent = True
    if (not people or late > step.within) and work.tx.mark_step(
        incident.id, slot, "channel", work.now
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
