"""May the failed records of an incident be sent again: asked of each of its connections, since each
has records, a doubt and an owner of its own. Where that takes an owner's word, a gate asks for it.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.core.incidents.grouping import ChildState, by_gravity
from bot.core.incidents.incident import Incident
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, ToPerson
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks import retry
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.gate import Decision, Gate, GateKind
from bot.core.runbooks.notices import ApprovalWanted
from bot.core.runbooks.runbook import Step
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass
from bot.flows.incidents.confirm_data import members
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.people.presence import presence_now
from bot.flows.runbooks import gates
from bot.flows.triage.briefing import brief_in, symptoms_of
from bot.flows.work import Work
from bot.language.marks import outside


def asked_of(work: Work, incident: Incident) -> tuple[Facts, ...]:
    """What the gate has to know of each connection, the gravest first. Of several the doubt that
    is kept of each stands for its texts, so that a thousand of them cost little."""
    each = {child.connection: child for child in child_states(work, incident)}
    gravest, *others = by_gravity(each, work.catalogue)
    if not others:
        return (brief_in(work, incident, gravest).facts,)
    return tuple(_known(work, one, each[one.id]) for one in (gravest, *others))


def _known(work: Work, connection: Connection, child: ChildState) -> Facts:
    since = child.failing_since
    if ErrorClass.PERIOD_CLOSED in child.kinds:  # another date in the books, whatever the doubt
        return symptoms_of(work, connection, since)
    return Facts(connection=connection, failing_since=since, doubt=child.doubt)


def advice(work: Work, incident: Incident) -> str:
    """Of an incident of several connections, in marks."""
    return retry.shared_advice(asked_of(work, incident), work.now)


def by_owner(each: tuple[Facts, ...], now: datetime) -> Mapping[PersonId | None, tuple[Facts, ...]]:
    """Whose word it takes, and for which connections; None where nobody is named who could."""
    found: dict[PersonId | None, tuple[Facts, ...]] = {}
    for facts in each:
        layer = retry.advice_of(facts, now).approver
        if layer is not None:
            owner = facts.connection.owners.of(layer)
            found[owner] = (*found.get(owner, ()), facts)
    return found


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
    subject = gates.subject_of(book, step)
    asked = gates.approvals_by_owner(work, incident.id, subject)
    # The first question of a single connection must not wait for the next minute.
    if (asked or incident.size > 1) and not _look_anew(work, incident, subject):
        return False
    needed = by_owner(asked_of(work, incident), work.now)
    for owner in asked.keys() - needed.keys():
        # A word that was given stays on record, also of somebody who owns nothing of it any more.
        if asked[owner].blocks:
            work.tx.save_gate(replace(asked[owner], decision=Decision.LAPSED))
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


def _covers(asked: Gate, each: Sequence[Facts]) -> bool:
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


def ask(work: Work, incident: Incident, each: Sequence[Facts], waits: Wanted) -> Gate | None:
    """Put it to the owner whom the retry gate names for these connections, which have one owner;
    None when the gate asks for nobody. Who was asked already reads it in the same message."""
    layer = next((it for one in each if (it := retry.advice_of(one, work.now).approver)), None)
    if layer is None:
        return None
    owner = each[0].connection.owners.of(layer)
    before = gates.approvals_by_owner(work, incident.id, waits.subject).get(owner)
    wanted = Gate(
        # A question that stands is changed in place, so that nobody is asked twice for one step.
        id=before.id if before and before.waiting else 0,
        incident=incident.id,
        kind=GateKind.APPROVAL,
        subject=waits.subject,
        title=waits.title,
        layer=Layer(layer),
        may_decide=(owner,) if owner else (),
        why=_terms(each, incident, work.now),
        connections=tuple(one.connection.id for one in each),
        asked_at=work.now,
        asked_by=waits.by,
    )
    # Their message is redrawn with the new terms.
    if wanted.id:
        work.tx.save_gate(wanted)
        work.show(incident)
        return wanted
    gate = work.tx.add_gate(wanted)
    work.log(incident, "held", gate.refusal, waits.by)
    acting = (presence_now(work).acting(owner) or owner) if owner else None
    told = ApprovalWanted(approval=gate.id, reader=acting)
    to = ToPerson(acting) if acting else CHANNEL
    work.tell(to, told, about=incident_subject(incident.id))
    work.show(incident)
    return gate


def ask_instead(work: Work, incident: Incident, speaks_for: Collection[str], acting: str) -> None:
    """`acting` stands in for these people from now on: what waits for their word here."""
    for one in work.tx.gates_of(incident.id, GateKind.APPROVAL):
        if one.waiting and one.owner in speaks_for:
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
