"""Steps that send records again wait for the functional owner where the retry gate says so."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.lane import Layer
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks import retry
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.gate_approval import Approval, Ruling, must_rule, rule
from bot.core.runbooks.notices import ApprovalGiven, ApprovalWanted
from bot.core.runbooks.runbook import Runbook, Step
from bot.core.triage.facts import Facts
from bot.flows.incidents.confirm_data import members
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import retry_gate
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, who


def subject_of(book: Runbook, step: Step) -> str:
    """What stands for a step of a runbook, in approvals and marks."""
    return f"step:{book.id}:{step.id}"


def standing(work: Work, incident: int, subject: str) -> Approval | None:
    """The word that counts; None when nobody was asked. Of each owner it is the last one asked
    for, and of several owners one that still holds it up."""
    last = _asked(work, incident, subject).values()
    held = sorted((one for one in last if one.held), key=lambda one: (one.waiting, one.id))
    return held[0] if held else max(last, key=lambda one: one.id, default=None)


def _asked(work: Work, incident: int, subject: str) -> dict[str | None, Approval]:
    """By owner, without those whose word is needed no more."""
    found = (one for one in work.tx.approvals_of(incident) if one.subject == subject)
    return {one.owner: one for one in found if one.ruling is not Ruling.LAPSED}


def resends(knowledge: Knowledge, step: Step) -> bool:
    """Whether the step sends records again: it says so, or the webhook that it calls does."""
    hook = knowledge.catalogue.webhooks.get(step.deed.hook) if step.deed else None
    return step.resends or (hook is not None and hook.resends)


def arrived(work: Work, incident: Incident) -> bool:
    """The walk stands at a step: ask for the word it needs, of whoever has to give it by now. False
    when it needs none, or was asked for already."""
    walks = work.tx.walks(incident.id)
    book = work.knowledge.runbooks.get(walks[-1].runbook) if walks else None
    step = walk.current_step(book, walks[-1]) if book else None
    if incident.drill or not book or not step or not resends(work.knowledge, step):
        return False
    subject = subject_of(book, step)
    asked = _asked(work, incident.id, subject)
    if (asked or incident.size > 1) and not _look_anew(work, incident, subject):
        return False
    needed = retry_gate.by_owner(retry_gate.asked_of(work, incident), work.now)
    for owner in asked.keys() - needed.keys():
        if asked[owner].held:
            work.tx.save_approval(replace(asked[owner], ruling=Ruling.LAPSED))
            work.show(incident)
    waits = Wanted(subject=subject, title=step.title)
    fresh = [
        each
        for owner, each in needed.items()
        if owner not in asked or not _covers(asked[owner], each)
    ]
    for each in fresh:
        ask(work, incident, each, waits)
    return bool(fresh)


def _covers(asked: Approval, each: Sequence[Facts]) -> bool:
    """Whether the word is asked for all of these connections; earlier versions named none."""
    return not asked.connections or {one.connection.id for one in each} <= {*asked.connections}


def _look_anew(work: Work, incident: Incident, subject: str) -> bool:
    """At once when other connections are in it or other people own them, and else every minute:
    a tick comes every second, and a thousand connections may be asked about."""
    known = work.catalogue.connections
    owners = [(key, known[key].owners) for key in members(work, incident) if key in known]
    told = f"{work.now:%Y-%m-%dT%H:%M} {owners!r}"
    mark = hashlib.sha256(told.encode()).hexdigest()
    key = (incident_subject(incident.id), f"gate:{subject}")
    if work.tx.recall(*key) == mark:
        return False
    work.tx.remember(*key, mark)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What waits for the word, and who began it."""

    subject: str
    title: str
    by: str | None = None


def ask(work: Work, incident: Incident, each: Sequence[Facts], waits: Wanted) -> Approval | None:
    """Put it to the owner whom the retry gate names for these connections, which have one owner;
    None when the gate asks for nobody. Who was asked already reads it in the same message."""
    layer = next((it for one in each if (it := retry.advice_of(one, work.now).approver)), None)
    if layer is None:
        return None
    owner = each[0].connection.owners.of(layer)
    before = _asked(work, incident.id, waits.subject).get(owner)
    wanted = Approval(
        id=before.id if before and before.waiting else 0,
        incident=incident.id,
        subject=waits.subject,
        title=waits.title,
        layer=Layer(layer),
        owner=owner,
        terms=_terms(each, incident, work.now),
        connections=tuple(one.connection.id for one in each),
        asked_at=work.now,
        asked_by=waits.by,
    )
    if wanted.id:
        work.tx.save_approval(wanted)
        work.show(incident)
        return wanted
    approval = work.tx.add_approval(wanted)
    work.log(incident, "held", approval.held, waits.by)
    acting = (presence_now(work).acting(owner) or owner) if owner else None
    told = ApprovalWanted(approval=approval.id, reader=acting)
    to = ToPerson(acting) if acting else CHANNEL
    work.tell(to, told, about=incident_subject(incident.id))
    work.show(incident)
    return approval


def ask_instead(work: Work, incident: Incident, seats: Collection[str], acting: str) -> None:
    """`acting` stands in for these people from now on: what waits for their word here."""
    for one in work.tx.approvals_of(incident.id):
        if one.waiting and one.owner in seats:
            told = ApprovalWanted(approval=one.id, reader=acting)
            work.tell(ToPerson(acting), told, about=incident_subject(incident.id))


def _terms(each: Sequence[Facts], incident: Incident, now: datetime) -> str:
    said = []
    for facts in each:
        wording = retry.approval_step(
            retry.advice_of(facts, now), to="", otherwise="It is not sent again."
        )
        if wording is not None:
            name = f"{outside(facts.connection.name)}: " if incident.size > 1 else ""
            said.append(f"{name}{wording.ask} {wording.why}".strip())
    return "\n".join(said)


def require(work: Work, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused while the step waits for a word."""
    found = standing(work, incident.id, subject_of(book, step))
    if found is not None and found.waiting:
        raise Refused(f"{found.held} Skip it with a reason, or wait.")


def require_approved(work: Work, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused unless nothing was asked or the owner said yes."""
    found = standing(work, incident.id, subject_of(book, step))
    if found is not None and found.held:
        raise Refused(f"{found.held} Nothing was sent.")


def decide(
    work: Work,
    number: int,
    *,
    approve: bool,
    by: str,
    why: str,
) -> tuple[Approval, Incident]:
    """The owner, or whoever covers for them, decides. Raises NotFound, NotAllowed or Refused."""
    before, incident = must_decide(work, number, by)
    seats = presence_now(work).seats_of(by)
    after = rule(before, approve=approve, by=by, seats=tuple(seats), why=outside(why), now=work.now)
    work.tx.save_approval(after)
    said = f": {after.why}" if after.why else ""
    cover = f" for {who(after.owner)}" if by != after.owner else ""
    line = f"{who(by)}{cover} {after.ruling} “{after.title}”{said}."
    work.log(incident, after.ruling.value, line, by)
    approved = after.ruling is Ruling.APPROVED
    told = ApprovalGiven(approval=after.id, by=by, approved=approved)
    work.tell(CHANNEL, told, about=incident_subject(incident.id))
    work.show(incident)
    return after, incident


def must_decide(work: Work, number: int, by: str) -> tuple[Approval, Incident]:
    """What `by` may decide, and in which incident. Raises NotFound, Refused, or NotAllowed naming
    who may."""
    asked = work.tx.approval(number)
    incident = work.tx.incident(asked.incident) if asked else None
    if asked is None or incident is None:
        raise NotFound("This question is no longer on record.")
    if not incident.live:
        raise Refused(f"{incident.key} is closed; nothing waits for your word any more.")
    must_rule(asked, (by, *presence_now(work).seats_of(by)))
    return asked, incident
