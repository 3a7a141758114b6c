"""Gates: holding a step, releasing or denying what waits, and what a gate keeps from happening.
Every word said to one is on the record.

Whoever works on the incident may hold a step. It is released by whoever is named for that: for a
step held by hand whoever held it, the technical owner and the architecture owner; a rule names its
own.
"""

from dataclasses import replace
from typing import NamedTuple, TypeVar

from bot.core.estate.ids import PersonId
from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import Notice, incident_subject
from bot.core.people.permissions import Deed
from bot.core.runbooks import gate as rules
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.gate import Decision, Gate, GateKind
from bot.core.runbooks.notices import (
    ApprovalGiven,
    Denied,
    Held,
    OfHold,
    Released,
)
from bot.core.runbooks.runbook import Runbook, Step
from bot.flows.people.permitted import must
from bot.flows.people.presence import presence_now, readers_for
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound, Refused
from bot.language.marks import outside, who

T = TypeVar("T", bound=OfHold)


class Reason(NamedTuple):
    """Why a step is held, and by whom: a person, or a rule (`by` is None) that says what `trigger`
    it was and who `may_decide`."""

    why: str
    by: PersonId | None
    trigger: str = "by hand"
    may_decide: tuple[PersonId, ...] = ()


class Said(NamedTuple):
    """What somebody says to a gate. `seen` is the one that they looked at, where another may stand
    there by now."""

    by: PersonId
    reason: str
    seen: int | None = None


def subject_of(book: Runbook, step: Step) -> str:
    """What stands for a step of a runbook, in approvals and marks."""
    return f"step:{book.id}:{step.id}"


def hold(work: Work, number: int, step: str, title: str, reason: Reason) -> Gate:
    """The step takes no answer until it is released. A step that is held stays held as it is."""
    incident, by = work.incident(number), reason.by
    if not incident.live:
        raise Refused(f"{incident.key} is closed; its runbook stays as it is.")
    if by is not None:
        must(work, Deed.HOLD, incident, by)
        # A rule may hold a step ahead of time; a person holds the question that they see.
        _must_be_asked(work, number, step, title)
    why = outside(reason.why)
    if not why:
        raise Invalid("Say what it has to wait for; whoever comes next has to know.")
    before = work.tx.held_step(number, step)
    if before is not None and before.waiting:
        rules.refuse_answer(before, skipping=False)
    named = reason.may_decide or _releasers(work.knowledge, incident, by)
    if not named:
        raise Refused("Nobody is named who could release it, so it cannot be held.")
    held = work.tx.add_gate(
        Gate(
            incident=number,
            kind=GateKind.HOLD,
            subject=step,
            title=title,
            why=why,
            asked_by=by,
            trigger=outside(reason.trigger),
            asked_at=work.now,
            may_decide=named,
        )
    )
    _announce(work, incident, held)
    return held


def _announce(work: Work, incident: Incident, held: Gate) -> None:
    """On the timeline, in the channel, and in person to everybody else who may release it, or
    whoever stands in; never to the one who held it."""
    whose = who(held.asked_by) if held.asked_by else "A rule"
    said = f"{whose} held “{held.title}” ({held.trigger}): {held.why}"
    work.log(incident, "held", said, held.asked_by)
    subject, told = incident_subject(incident.id), _told(Held, held)
    work.tell(CHANNEL, told, about=subject)
    others = (person for person in held.may_decide if person != held.asked_by)
    for person, covers_whom in readers_for(work, others).items():
        # Whoever covers for another owner may be the one who held it.
        if person != held.asked_by:
            covers = str(covers_whom["covers"]) if covers_whom else None
            work.tell(ToPerson(person), replace(told, covers=covers), about=subject)
    work.show(incident)


def held(work: Work, number: int, step: str) -> Gate:
    """The hold on a step of a live incident, decided or not. Raises NotFound."""
    incident, found = work.incident(number), work.tx.held_step(number, step)
    if found is None or not incident.live:
        raise NotFound(f"Nothing is held here in {incident.key}.")
    return found


def asked(work: Work, number: int) -> Gate:
    """The approval with this number, of a live incident. Raises NotFound or Refused."""
    found = work.tx.gate(number)
    incident = work.tx.incident(found.incident) if found else None
    if found is None or incident is None:
        raise NotFound("This question is no longer on record.")
    if not incident.live:
        raise Refused(f"{incident.key} is closed; nothing waits for your word any more.")
    return found


def must_decide(work: Work, gate: Gate, by: PersonId) -> None:
    """Raises NotAllowed, naming who may."""
    rules.must_decide(gate, (by, *presence_now(work).people_spoken_for(by)))


def decide(work: Work, gate: Gate, decision: Decision, said: Said) -> Gate:
    """Release or deny it. Raises NotAllowed, or Refused where nothing waits there any more, where
    another gate than the one that was seen does, or where it is decided."""
    must_decide(work, gate, said.by)
    if gate.kind is GateKind.HOLD:
        _must_be_meant(work, gate, said.seen)
    after = rules.decide(gate, decision, by=said.by, reason=said.reason, now=work.now)
    work.tx.save_gate(after)
    incident = work.incident(gate.incident)
    work.log(incident, *_logged(after), said.by)
    work.tell(CHANNEL, _decided(after), about=incident_subject(incident.id))
    work.show(incident)
    return after


def _must_be_meant(work: Work, gate: Gate, seen: int | None) -> None:
    if behind := _left_behind(work, gate.incident, gate.subject):
        raise Refused(f"{behind} Nothing waits there any more.")
    # Released and held anew while the form stood open: its words were meant for the first hold.
    if seen is not None and gate.id != seen:
        raise Refused(
            f"“{gate.title}” is held for another reason by now: {gate.why}. Look at it"
            " first; nothing was changed."
        )


def _logged(gate: Gate) -> tuple[str, str]:
    """The kind of the entry on the timeline, and its text."""
    by, because = who(gate.decided_by), f": {gate.reason}" if gate.reason else ""
    if gate.kind is GateKind.HOLD:
        return str(gate.decision), f"{by} {gate.decision} “{gate.title}”{because or '.'}"
    cover = f" for {who(gate.owner)}" if gate.decided_by != gate.owner else ""
    return gate.state, f"{by}{cover} {gate.state} “{gate.title}”{because}."


def _decided(gate: Gate) -> Notice:
    released = gate.decision is Decision.RELEASED
    if gate.kind is GateKind.HOLD:
        return _told(Released if released else Denied, gate)
    return ApprovalGiven(approval=gate.id, by=gate.decided_by or "", approved=released)


def refuse_answer(work: Work, number: int, step: str, *, skipping: bool) -> None:
    """Raises Refused while the step is held."""
    rules.refuse_answer(work.tx.held_step(number, step), skipping=skipping)


def waits(work: Work, incident: Incident, book: Runbook, step: Step) -> bool:
    """Whether the step takes no answer now, whoever gave it."""
    held, word = of_step(work, incident, book, step)
    return (held is not None and held.blocks) or (word is not None and word.waiting)


def of_step(
    work: Work, incident: Incident, book: Runbook, step: Step
) -> tuple[Gate | None, Gate | None]:
    """The hold on it and the approval that it needs, decided or not."""
    held = work.tx.held_step(incident.id, step.id)
    return held, approval_of(work, incident.id, subject_of(book, step))


def approval_of(work: Work, incident: int, subject: str) -> Gate | None:
    """The word that counts; None when nobody was asked. Of each owner it is the last one asked
    for, and of several owners one that still holds it up."""
    last = approvals_by_owner(work, incident, subject).values()
    # A denial first, since waiting for others is of no use then.
    held = sorted((one for one in last if one.blocks), key=lambda one: (one.waiting, one.id))
    return held[0] if held else max(last, key=lambda one: one.id, default=None)


def approvals_by_owner(work: Work, incident: int, subject: str) -> dict[PersonId | None, Gate]:
    """Without those whose word is needed no more."""
    found = work.tx.gates_of(incident, GateKind.APPROVAL)
    asked = (one for one in found if one.subject == subject)
    return {one.owner: one for one in asked if one.decision is not Decision.LAPSED}


def require(work: Work, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused while the step waits for a word."""
    found = approval_of(work, incident.id, subject_of(book, step))
    rules.refuse_answer(found, skipping=False)


def require_free(work: Work, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused where what the step does has to wait, or was denied."""
    for found in of_step(work, incident, book, step):
        if found is not None and found.blocks:
            raise Refused(f"{found.refusal} Nothing was sent.")


def _left_behind(work: Work, number: int, step: str) -> str:
    """Who answered it, in whichever runbook of the incident; empty when nobody did."""
    walks = (
        (work.knowledge.runbooks.get(one.runbook), one) for one in reversed(work.tx.walks(number))
    )
    said = (walk.left_behind(book, one, step) for book, one in walks if book)
    return next((words for words in said if words), "")


def _must_be_asked(work: Work, number: int, step: str, title: str) -> None:
    """Raises Refused for a step that is not the question now, naming the one that is."""
    walks = work.tx.walks(number)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    current = walk.current_step(book, walks[-1]) if book else None
    if book is None or (current is not None and current.id == step):
        return
    why = _left_behind(work, number, step) or f"“{title}” is not the question now."
    raise Refused(f"{why} Hold “{current.title}” instead?" if current else why)


def _releasers(knowledge: Knowledge, incident: Incident, by: str | None) -> tuple[str, ...]:
    connection = lead_of(knowledge.catalogue, incident)
    owners = connection.owners if connection else None
    named = (by, owners.technical, owners.architecture) if owners else (by,)
    return tuple(dict.fromkeys(person for person in named if person))


def _told(kind: type[T], held: Gate) -> T:
    return kind(
        hold=held.id,
        step=held.subject,
        title=held.title,
        by=held.asked_by,
        why=held.why,
        trigger=held.trigger,
        may_release=held.may_decide,
        decided_by=held.decided_by,
        reason=held.reason,
    )
