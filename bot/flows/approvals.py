"""Steps that send records again wait for the functional owner where the retry gate says so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core import retry
from bot.core import runbook as walk
from bot.core.approval import Approval, Ruling, must_rule, rule
from bot.core.catalogue import Layer
from bot.core.effects import Say, What, incident_subject
from bot.core.errors import NotFound, Refused
from bot.core.facts import Facts
from bot.core.incident import Incident
from bot.core.leading import lead_of
from bot.core.runbook import Runbook, Step
from bot.core.text import outside, who
from bot.flows.attendance import presence_now
from bot.flows.briefing import brief_in
from bot.flows.record import log, show
from bot.ports import Knowledge, Tx


def subject_of(book: Runbook, step: Step) -> str:
    """What stands for a step of a runbook, in approvals and marks."""
    return f"step:{book.id}:{step.id}"


def standing(tx: Tx, incident: int, subject: str) -> Approval | None:
    """The last word asked for, given or not; None when nobody was asked."""
    found = [one for one in tx.approvals_of(incident) if one.subject == subject]
    return found[-1] if found else None


def resends(knowledge: Knowledge, step: Step) -> bool:
    """Whether the step sends records again: it says so, or the webhook that it calls does."""
    hook = knowledge.catalogue.webhooks.get(step.deed.hook) if step.deed else None
    return step.resends or (hook is not None and hook.resends)


def arrived(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> bool:
    """The walk stands at a step: ask for the word it needs, of whoever has to give it by now. False
    when it needs none, or was asked for already."""
    walks = tx.walks(incident.id)
    book = knowledge.runbooks.get(walks[-1].runbook) if walks else None
    step = walk.current_step(book, walks[-1]) if book else None
    if incident.drill or not book or not step or not resends(knowledge, step):
        return False
    subject = subject_of(book, step)
    asked = standing(tx, incident.id, subject)
    if asked is not None:
        return _ask_the_present_owner(tx, knowledge, incident, asked, now)
    connection = lead_of(knowledge.catalogue, incident)
    if connection is None:
        return False
    facts = brief_in(tx, knowledge, incident, connection, now).facts
    return ask(tx, incident, facts, subject=subject, title=step.title, by=None, now=now) is not None


def _ask_the_present_owner(
    tx: Tx, knowledge: Knowledge, incident: Incident, asked: Approval, now: datetime
) -> bool:
    """Another connection stands for the incident than when it was asked: so does its owner."""
    connection = lead_of(knowledge.catalogue, incident)
    owner = connection.owners.of(asked.layer) if connection else None
    if not asked.waiting or owner is None or owner == asked.owner:
        return False
    after = replace(asked, owner=owner)
    tx.save_approval(after)
    log(tx, incident, "held", after.held, now)
    _say(
        tx,
        incident,
        f"person:{presence_now(tx, now).acting(owner) or owner}",
        {"approval": after.id},
        now,
    )
    show(tx, incident, now)
    return True


def ask(
    tx: Tx,
    incident: Incident,
    facts: Facts,
    *,
    subject: str,
    title: str,
    by: str | None,
    now: datetime,
) -> Approval | None:
    """Put it to the owner whom the retry gate names; None when the gate asks for nobody."""
    connection = facts.connection
    questions = retry.questions(facts, connection, now)
    advice = retry.gate(questions, retry.retry_of(facts))
    wording = retry.approval_step(advice, to=subject, otherwise="It is not sent again.")
    if wording is None or advice.approver is None:
        return None
    owner = connection.owners.of(advice.approver)
    approval = tx.add_approval(
        Approval(
            incident=incident.id,
            subject=subject,
            title=title,
            layer=Layer(advice.approver),
            owner=owner,
            terms=f"{wording.ask} {wording.why}".strip(),
            asked_at=now,
            asked_by=by,
        )
    )
    log(tx, incident, "held", approval.held, now, by)
    facts_ = {"approval": approval.id}
    acting = (presence_now(tx, now).acting(owner) or owner) if owner else None
    _say(tx, incident, f"person:{acting}" if acting else "channel", facts_, now)
    show(tx, incident, now)
    return approval


def require(tx: Tx, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused while the step waits for a word."""
    found = standing(tx, incident.id, subject_of(book, step))
    if found is not None and found.waiting:
        raise Refused(f"{found.held} Skip it with a reason, or wait.")


def require_approved(tx: Tx, incident: Incident, book: Runbook, step: Step) -> None:
    """Raises Refused unless nothing was asked or the owner said yes."""
    found = standing(tx, incident.id, subject_of(book, step))
    if found is not None and found.held:
        raise Refused(f"{found.held} Nothing was sent.")


def decide(
    tx: Tx, number: int, *, approve: bool, by: str, why: str, now: datetime
) -> tuple[Approval, Incident]:
    """The owner, or whoever covers for them, decides. Raises NotFound, NotAllowed or Refused."""
    before, incident = must_decide(tx, number, by, now)
    seats = presence_now(tx, now).seats_of(by)
    after = rule(before, approve=approve, by=by, seats=tuple(seats), why=outside(why), now=now)
    tx.save_approval(after)
    said = f": {after.why}" if after.why else ""
    cover = f" for {who(after.owner)}" if by != after.owner else ""
    line = f"{who(by)}{cover} {after.ruling} “{after.title}”{said}."
    log(tx, incident, after.ruling.value, line, now, by)
    told = {"approval": after.id, "by": by, "approved": after.ruling is Ruling.APPROVED}
    subject = incident_subject(incident.id)
    tx.queue(Say(subject=subject, to="channel", what=What.APPROVAL_GIVEN, facts=told), now)
    show(tx, incident, now)
    return after, incident


def must_decide(tx: Tx, number: int, by: str, now: datetime) -> tuple[Approval, Incident]:
    """What `by` may decide, and in which incident. Raises NotFound, Refused, or NotAllowed naming
    who may."""
    asked = tx.approval(number)
    incident = tx.incident(asked.incident) if asked else None
    if asked is None or incident is None:
        raise NotFound("This question is no longer on record.")
    if not incident.live:
        raise Refused(f"{incident.key} is closed; nothing waits for your word any more.")
    must_rule(asked, (by, *presence_now(tx, now).seats_of(by)))
    return asked, incident


def _say(tx: Tx, incident: Incident, to: str, facts: Mapping[str, object], now: datetime) -> None:
    subject = incident_subject(incident.id)
    tx.queue(Say(subject=subject, to=to, what=What.APPROVAL_WANTED, facts=facts), now)
