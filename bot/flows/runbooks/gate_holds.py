"""Holding a step of the runbook, and releasing or denying it; every word of it is on the record.

Whoever works on the incident may hold a step. It is released by whoever is named for that: for a
step held by hand whoever held it, the technical owner and the architecture owner; a rule names its
own.
"""

from dataclasses import replace
from typing import TypeVar

from bot.core.incidents.grouping import lead_of
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed
from bot.core.runbooks import gate_hold as holding
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.gate_hold import Decision, Hold
from bot.core.runbooks.notices import Denied, Held, OfHold, Released
from bot.flows.people.permitted import must
from bot.flows.people.presence import presence_now, readers_for
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound, Refused
from bot.language.marks import outside, who

T = TypeVar("T", bound=OfHold)


def hold(
    work: Work,
    number: int,
    *,
    step: str,
    title: str,
    why: str,
    by: str | None,
    may_release: tuple[str, ...] = (),
    trigger: str = "",
) -> Hold:
    """The step takes no answer until it is released. `by` is None for a rule, which then says
    what `trigger` it was and who `may_release`. A step that is held stays held as it is."""
    incident = work.incident(number)
    if not incident.live:
        raise Refused(f"{incident.key} is closed; its runbook stays as it is.")
    if by is not None:
        must(work, Deed.HOLD, incident, by)
        _must_be_asked(work, number, step, title)
    said = outside(why)
    if not said:
        raise Invalid("Say what it has to wait for; whoever comes next has to know.")
    standing = work.tx.step_hold(number, step)
    if standing is not None and standing.decision is None:
        holding.refuse_answer(standing, skipping=False)
    named = may_release or _releasers(work.knowledge, incident, by)
    if not named:
        raise Refused("Nobody is named who could release it, so it cannot be held.")
    held = work.tx.add_step_hold(
        Hold(
            id=0,
            incident=number,
            step=step,
            title=title,
            why=said,
            by=by,
            trigger=outside(trigger) or "by hand",
            at=work.now,
            may_release=named,
        )
    )
    _announce(work, incident, held)
    return held


def _announce(work: Work, incident: Incident, held: Hold) -> None:
    """On the timeline, in the channel, and in person to everybody else who may release it, or
    whoever stands in; never to the one who held it."""
    whose = who(held.by) if held.by else "A rule"
    said = f"{whose} held “{held.title}” ({held.trigger}): {held.why}"
    work.log(incident, "held", said, held.by)
    subject, told = incident_subject(incident.id), _told(Held, held)
    work.tell(CHANNEL, told, about=subject)
    others = (person for person in held.may_release if person != held.by)
    for person, covers_whom in readers_for(work, others).items():
        if person != held.by:
            covers = str(covers_whom["covers"]) if covers_whom else None
            work.tell(ToPerson(person), replace(told, covers=covers), about=subject)
    work.show(incident)


def decide(
    work: Work,
    number: int,
    decision: Decision,
    *,
    step: str,
    by: str,
    reason: str,
    seen: int | None = None,
) -> Hold:
    """Release or deny the held step. `seen` is the hold that was asked about; another one by now
    is not meant. Raises NotFound when nothing is held."""
    incident, standing = work.incident(number), must_decide(work, number, step, by)
    if behind := _left_behind(work, number, step):
        raise Refused(f"{behind} Nothing waits there any more.")
    if seen is not None and standing.id != seen:
        raise Refused(
            f"“{standing.title}” is held for another reason by now: {standing.why}. Look at it"
            " first; nothing was changed."
        )
    seats = presence_now(work).seats_of(by)
    after = holding.decide(standing, decision, by=by, seats=seats, reason=reason, now=work.now)
    work.tx.save_step_hold(after)
    why = f": {after.reason}" if after.reason else "."
    work.log(incident, decision, f"{who(by)} {decision} “{after.title}”{why}", by)
    told = _told(Released if decision is Decision.RELEASED else Denied, after)
    work.tell(CHANNEL, told, about=incident_subject(number))
    work.show(incident)
    return after


def must_decide(work: Work, number: int, step: str, by: str) -> Hold:
    """The hold that `by` may release or deny. Raises NotFound, or NotAllowed naming who may."""
    incident = work.incident(number)
    standing = work.tx.step_hold(number, step)
    if standing is None or not incident.live:
        raise NotFound(f"Nothing is held here in {incident.key}.")
    holding.must_decide(standing, tuple(presence_now(work).seats_of(by)))
    return standing


def refuse_answer(work: Work, number: int, step: str, *, skipping: bool) -> None:
    """Raises Refused while the step has to wait."""
    holding.refuse_answer(work.tx.step_hold(number, step), skipping=skipping)


def waits(work: Work, number: int, step: str) -> bool:
    standing = work.tx.step_hold(number, step)
    return standing is not None and standing.blocks


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


def _told(kind: type[T], held: Hold) -> T:
    return kind(
        hold=held.id,
        step=held.step,
        title=held.title,
        by=held.by,
        why=held.why,
        trigger=held.trigger,
        may_release=held.may_release,
        decided_by=held.decided_by,
        reason=held.reason,
    )
