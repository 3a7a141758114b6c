"""Read-only views: what a face shows, gathered in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue, Connection, Party
from bot.core.estate.lane import Lane
from bot.core.incidents.channel import TimelineEntry
from bot.core.incidents.escalation import next_ping
from bot.core.incidents.grouping import counterparty, lead_of, parties_for
from bot.core.incidents.incident import LIVE, Incident
from bot.core.knowledge import Knowledge
from bot.core.monitoring.flapping import LastGood, TurnsTold
from bot.core.monitoring.signals import Signal
from bot.core.outbox.notice import incident_of, incident_subject
from bot.core.outbox.received import EvidenceReceipt, Receipt
from bot.core.people.presence import ALL_PRESENT, Presence
from bot.core.runbooks import failed_records, retry
from bot.core.runbooks.gate import Gate, GateKind
from bot.core.runbooks.runbook import Outcome, Runbook
from bot.core.triage.facts import Facts
from bot.flows.estate import windows
from bot.flows.incidents import confirm_data, data_faults
from bot.flows.incidents.data_faults import DataFault
from bot.flows.incidents.grouping.children import (
    ChildView,
    failed_in_all,
    turns_told,
    waiting_in_all,
)
from bot.flows.incidents.grouping.lead import broken_now, speaker
from bot.flows.incidents.rejudge import coming_back, rejudge
from bot.flows.incidents.symptoms import children_with_errors, silent_faults
from bot.flows.people.presence import attendance_for, presence_now
from bot.flows.runbooks import retry_gate
from bot.flows.runbooks.walk_view import StepView, off_the_way, walk_view
from bot.flows.triage import past_incidents
from bot.flows.triage.briefing import (
    Briefing,
    brief_in,
    brief_of,
    first_check,
    main_error,
    waiting,
)
from bot.flows.triage.past_incidents import PastIncidents
from bot.flows.work import Work, open_for
from bot.language.marks import last_read
from bot.language.units import incident_key


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """Everything the incident's channel displays."""

    incident: Incident
    connection: Connection | None
    waiting: str
    stuck: str  # failed records in groups, in words
    window: str  # the maintenance window that is open, in words
    error: str
    silent: tuple[str, ...]  # what is wrong besides, without a word of error
    first_check: str
    retry: str
    last_good: tuple[LastGood, ...]  # by who saw it, the one that counts first
    parties: Mapping[Lane, Party]
    data_approvers: tuple[str, ...]  # who confirms the data, or is still asked to
    connections: tuple[ChildView, ...]  # the first one, and those that fail for the same cause
    flapping: TurnsTold | None  # how often it came and went
    next_ping: tuple[datetime, tuple[str, ...]] | None
    receipts: tuple[Receipt, ...]
    deliveries: tuple[EvidenceReceipt, ...]  # of evidence packets sent to outside parties
    members: tuple[str, ...]  # catalogue ids of whoever belongs into the channel
    steps: tuple[StepView, ...]
    off_the_way: tuple[StepView, ...]  # not asked, though some may have been
    outcome: Outcome | None
    runbook: Runbook | None
    timeline: tuple[TimelineEntry, ...]
    depends: tuple[str, ...]  # names of connections that wait for this one
    reports: tuple[str, ...]
    merged_into: tuple[str, str | None] | None = None  # merged: into which one, and its channel
    broke: tuple[str, str | None] | None = None  # a drill: in which one it really is broken
    past_incidents: PastIncidents
    approvals: tuple[Gate, ...]
    data_faults: tuple[DataFault, ...] = ()  # what only the owners of the data can do
    counterparty: Party | None = None  # whom it was handed over to, whatever its lane is now
    presence: Presence = ALL_PRESENT
    coming_back: bool = False  # the checks begin to see it run: what spoke for the lane is gone

    @property
    def children(self) -> tuple[ChildView, ...]:
        """The connections where there are several; empty for an incident of one connection."""
        return self.connections if len(self.connections) > 1 else ()


def incident_view(work: Work, number: int, spoken: Briefing | None = None) -> IncidentView | None:
    """None when there is no such incident. `spoken` is of the connection whose error stands for
    it, where somebody has read that already."""
    incident = work.tx.incident(number)
    if incident is None:
        return None
    view = _view_of(work, incident, spoken)
    there = presence_now(work)
    return replace(view, counterparty=counterparty(work.catalogue, incident), presence=there)


def _view_of(work: Work, incident: Incident, spoken: Briefing | None) -> IncidentView:
    catalogue, connection = work.catalogue, _lead(work.knowledge, incident)
    briefing, facts = _spoken(work, incident, spoken)
    connections = children_with_errors(work, incident, facts)
    walked = walk_view(work, incident, briefing, _failing(connections, facts))
    return IncidentView(
        incident=incident,
        connection=connection,
        waiting=_waiting(connections, facts),
        stuck=_stuck(connections, facts),
        window=_window(work, connection),
        error=_error(connections, facts),
        silent=silent_faults(work, incident),
        first_check=first_check(facts) if facts else "",
        retry=_retry(work, incident, facts),
        last_good=facts.last_good if facts and len(connections) == 1 else (),
        parties=_parties(work, incident, facts),
        data_approvers=_data_approvers(work, incident),
        connections=connections,
        flapping=turns_told(work, incident),
        next_ping=next_ping(incident, attendance_for(work, incident)),
        receipts=work.tx.receipts(_subject(incident)),
        deliveries=work.tx.deliveries(_subject(incident)),
        members=_members(work, incident),
        steps=walked.steps,
        off_the_way=off_the_way(work, incident, walked.steps),
        outcome=walked.outcome,
        runbook=walked.runbook,
        timeline=work.tx.timeline(incident.id),
        depends=dependents(catalogue, *(child.connection for child in connections)),
        reports=_reports(catalogue, connections),
        merged_into=_parent(work, incident),
        broke=_broke(work, incident),
        past_incidents=past_incidents.find(work, incident),
        approvals=work.tx.gates_of(incident.id, GateKind.APPROVAL),
        data_faults=data_faults.asked_of(work, incident, briefing),
    )


def _failing(children: tuple[ChildView, ...], facts: Facts | None) -> Facts | None:
    return None if all(child.recovered for child in children) else facts


def _parties(work: Work, incident: Incident, facts: Facts | None) -> Mapping[Lane, Party]:
    """Whom its lanes mean, by what the card says is broken."""
    broken = broken_now(work, incident, facts.connection if facts else None)
    return parties_for(work.catalogue, incident, broken)


def _lead(knowledge: Knowledge, incident: Incident) -> Connection | None:
    """None when it left the catalogue."""
    return knowledge.catalogue.connections.get(incident.connection)


def _spoken(
    work: Work, incident: Incident, spoken: Briefing | None
) -> tuple[Briefing | None, Facts | None]:
    """What is known of the connection that stands for it, and the facts of the one whose error
    does now."""
    # Reading an error twice costs a pass through the playbook, and might give two answers in one
    # card.
    if spoken is not None:
        lead = lead_of(work.catalogue, incident)
        alone = lead is not None and lead.id == spoken.facts.connection.id
        return spoken if alone else brief_of(work, incident), spoken.facts
    briefing = brief_of(work, incident)
    speaks = speaker(work, incident)
    if speaks is not None and speaks != lead_of(work.catalogue, incident):
        return briefing, brief_in(work, incident, speaks).facts
    return briefing, briefing.facts if briefing else None


def _broke(work: Work, incident: Incident) -> tuple[str, str | None] | None:
    real = open_for(work, incident.connection) if incident.drill and incident.live else None
    return (real.key, work.tx.channel_of(_subject(real))) if real else None


def _parent(work: Work, incident: Incident) -> tuple[str, str | None] | None:
    if incident.parent is None:
        return None
    return incident_key(incident.parent), work.tx.channel_of(incident_subject(incident.parent))


def _data_approvers(work: Work, incident: Incident) -> tuple[str, ...]:
    missing = confirm_data.unconfirmed(work, incident).values()
    named = incident.awaiting or tuple(missing) or confirm_data.approvers_of(work, incident)
    return confirm_data.acting_approvers(work, named)


def _members(work: Work, incident: Incident) -> tuple[str, ...]:
    """Owners of all parts, the holder and whoever was pinged so far; later rungs are not woken
    early."""
    people: list[str | None] = [
        person for rung in incident.ladder[: incident.rung + 1] for person in rung.people
    ]
    # A rehearsal calls only those who take part in it.
    if incident.drill:
        people += [incident.detected_by, incident.holder]
        return tuple(dict.fromkeys(person for person in people if person))
    people += incident.stand_ins
    people += [
        incident.holder,
        *(receipt.person for receipt in work.tx.receipts(_subject(incident))),
    ]
    # Whoever works in the channel that fell silent has to find the other one.
    for child in work.tx.once_independent(incident.id):  # merged by hand, it had people of its own
        people += [p for rung in child.ladder[: child.rung + 1] for p in rung.people]
        people += [child.holder]
    for key in (incident.connection, *(key for key, _ in work.tx.recovered_of(incident.id))):
        connection = work.catalogue.connections.get(key)
        if connection is not None:
            owners = connection.owners
            people += [owners.technical, owners.functional, owners.architecture]
    return tuple(dict.fromkeys(person for person in people if person))


def _subject(incident: Incident) -> str:
    return incident_subject(incident.id)


def _waiting(children: tuple[ChildView, ...], facts: Facts | None) -> str:
    if len(children) > 1:
        return waiting_in_all(children)
    return waiting(facts) if facts else ""


def _error(children: tuple[ChildView, ...], facts: Facts | None) -> str:
    """The error that stands for it; of several connections, with the name of the one it is of."""
    said = main_error(facts) if facts else ""
    return f"{facts.connection.name}: {said}" if facts and said and len(children) > 1 else said


def _stuck(children: tuple[ChildView, ...], facts: Facts | None) -> str:
    if len(children) > 1:
        return failed_in_all(children)
    said = failed_records.say_groups(failed_records.groups(facts)) if facts else ""
    if facts and Signal.FAILED in facts.unread:
        return last_read(said, facts.unread[Signal.FAILED])
    return said


def _retry(work: Work, incident: Incident, facts: Facts | None) -> str:
    if incident.size > 1 and not incident.drill:
        return retry_gate.advice(work, incident)
    return retry.retry_advice(facts, facts.connection, work.now) if facts else ""


def dependents(catalogue: Catalogue, *own: str) -> tuple[str, ...]:
    """Those that wait for one of `own` and are none of them."""
    return tuple(
        other.name
        for other in catalogue.connections.values()
        if set(own) & set(other.depends_on) and other.id not in own
    )


def _reports(catalogue: Catalogue, connections: Sequence[ChildView]) -> tuple[str, ...]:
    known = (catalogue.connections.get(child.connection) for child in connections)
    return tuple(dict.fromkeys(report for one in known if one for report in one.reports))


def _window(work: Work, connection: Connection | None) -> str:
    return windows.words_now(work, connection) if connection else ""


def live_incidents(work: Work) -> tuple[tuple[Incident, str | None], ...]:
    """Every live incident with its channel, newest first."""
    return tuple(
        (incident, work.tx.channel_of(incident_subject(incident.id)))
        for incident in work.tx.incidents(LIVE)
    )


def incident_here(work: Work, channel: str) -> Incident | None:
    """The incident whose channel this is."""
    subject = work.tx.subject_of_channel(channel)
    number = incident_of(subject) if subject else None
    return work.tx.incident(number) if number is not None else None


def shown(work: Work, number: int) -> IncidentView | None:
    """None when there is no such incident. It is thought over first, so that its lane is of the
    same reading as its error."""
    incident = work.tx.incident(number)
    connection = speaker(work, incident) if incident else None
    if incident is None or connection is None or not incident.live or incident.drill:
        return incident_view(work, number)
    spoken = brief_in(work, incident, connection)
    # Stored before it is shown, so that a card never says what the record does not.
    after = rejudge(work, incident, spoken)
    view = incident_view(work, number, spoken)
    return replace(view, coming_back=coming_back(work, after, connection)) if view else None
