"""The counter-party's side of an incident: evidence, ticket number, contract clock, joint call."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import LANE_TITLES, Lane
from bot.core.incidents.escalation import apply_policy, ladder_for, policy_for
from bot.core.incidents.evidence_packet import Affected, EvidencePacket, RuledOut, packet
from bot.core.incidents.grouping import ChildState, by_gravity, counterparty, lead_of, party_for
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import (
    CalledParty,
    CounterpartyAnswered,
    CounterpartyDue,
    CounterpartySoon,
    EvidenceWritten,
    JointCallHeld,
    JointCallProposed,
    TicketGiven,
    TicketWanted,
)
from bot.core.incidents.response_time import Breach
from bot.core.knowledge import Knowledge
from bot.core.outbox.address import CHANNEL, Address, ToPartyByMail, ToPartyChannel
from bot.core.outbox.notice import PersonalNotice, incident_subject
from bot.core.people.permissions import Deed
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.runbook import Done
from bot.flows.incidents.grouping import children
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.grouping.lead import broken_now, failing, means, offers, speaker
from bot.flows.people.permitted import must
from bot.flows.people.presence import presence_now, tell_reader
from bot.flows.triage.briefing import brief_in, since_of
from bot.flows.work import Work, goes_on_in
from bot.language.errors import Invalid, NotAllowed
from bot.language.marks import outside, when, who

TICKET = 80  # characters of their ticket number
AGREED = 500  # of what a joint call agreed
_CALLED = 12  # parties in one call


def evidence_for(work: Work, incident: Incident, lane: Lane) -> EvidencePacket | None:
    """What the lane's party has to know; None when the lane names nobody."""
    party = means(work, incident).get(lane)
    connection = _concerned(work, incident, party) if party else None
    if connection is None or party is None:
        return None
    return packet(
        incident,
        brief_in(work, incident, connection).facts,
        work.catalogue,
        lane=lane,
        party=party,
        steps=_answered(work, incident),
        affected=_affected(work, incident),
        children=work.tx.children_of(incident.id),
        contact=work.catalogue.people.get(incident.holder or ""),
        due=incident.counterparty_due_at,
        now=work.now,
    )


def _concerned(work: Work, incident: Incident, party: Party) -> Connection | None:
    """The connection whose error stands for the incident; for a party that only another one names,
    that one."""
    speaks = speaker(work, incident)
    if party == party_for(work.catalogue, incident, Lane.PUBLISHER):
        return speaks
    broken = broken_now(work, incident, speaks)
    return next((one for one in broken if party.id in one.lanes.values()), speaks)


def _affected(work: Work, incident: Incident) -> list[Affected]:
    """Its connections, the gravest first; without those that ran before it was opened again."""
    again = incident.reopened_at
    each = {
        one.connection: one
        for one in child_states(work, incident)
        if one.connection == incident.connection
        or not (again and one.recovered_at and one.recovered_at < again)
    }
    return [
        Affected(
            connection=one,
            since=_began(work, incident, one),
            shared_since=_shared_since(work, incident, one, each[one.id]),
            runs=each[one.id].recovered,
        )
        for one in by_gravity(each, work.catalogue)
    ]


def _began(work: Work, incident: Incident, connection: Connection) -> datetime:
    """As on the card: also what is known from before the first bad look."""
    since = since_of(work, incident, connection)
    first = connection.id == incident.connection and incident.reopened_at is None
    return min(since, incident.began) if first else since


def _shared_since(
    work: Work, incident: Incident, connection: Connection, child: ChildState
) -> datetime:
    since = _began(work, incident, connection)
    return max(since, children.shared_since(incident, child)) if child.alike_since else since


def _answered(work: Work, incident: Incident) -> Iterable[RuledOut]:
    for progress in work.tx.walks(incident.id):
        book = work.knowledge.runbooks.get(progress.runbook)
        for done in walk.path(book, progress) if book else ():
            seen = _seen(done)
            if seen:
                again = incident.reopened_at
                before = again is not None and done.given.at < again
                yield RuledOut(step=done.step.title, seen=seen, before=before)


def _seen(done: Done) -> str:
    """The answer's own words. Notes are ours and stay here; a skipped step rules nothing out."""
    return done.answer.label if done.answer else ""


def send_evidence(work: Work, incident: Incident, lane: Lane) -> None:
    """Post the packet in the channel, and to the party wherever the catalogue says."""
    found = evidence_for(work, incident, lane)
    party = means(work, incident).get(lane)
    if found is None or party is None:
        return
    told = EvidenceWritten(subject=found.subject, body=found.body, lane=lane, party=party.id)
    # A drill stays inside: nobody at the party hears of it.
    # The channel first: people read what the party reads, also where its mail bounces.
    for to in (CHANNEL, *(() if incident.drill else _addresses(party))):
        work.tell(to, told, about=incident_subject(incident.id))
    work.log(incident, "packet", f"Evidence packet written for {party.name}.")


def _addresses(party: Party) -> Iterable[Address]:
    if party.email:
        yield ToPartyByMail(party.id)
    if party.slack_channel:
        yield ToPartyChannel(party.id)


def at_the_lanes_pace(knowledge: Knowledge, incident: Incident) -> Incident:
    """Another lane has another policy: its ladder and lease count from here. Who was pinged so
    far stays pinged, and without policies nothing changes."""
    connection = lead_of(knowledge.catalogue, incident)
    if connection is None or not connection.policies:
        return incident
    policy = policy_for(connection, incident.lane, incident.severity)
    return apply_policy(incident, policy, ladder_for(knowledge.catalogue, connection, policy))


def give_ticket(work: Work, number: int, ticket: str, by: str) -> Incident:
    """Keep the counter-party's ticket number; nobody is asked for it any more."""
    # Read beyond the limit: a number that is too long is refused, and not cut to another one.
    incident, said = work.incident(number), outside(ticket, 2 * TICKET)
    if not said:
        raise Invalid("Write their ticket number, as it stands in their confirmation.")
    if len(said) > TICKET:
        raise Invalid(f"A ticket number has at most {TICKET} characters. Nothing was changed.")
    must(work, Deed.COUNTERPARTY, incident, by)
    if not incident.live:
        raise NotAllowed(f"{incident.key} is closed. Nothing was changed.")
    # A number without a hand-over would start a conversation that nobody else knows of.
    if incident.state in (State.OPEN, State.ACKNOWLEDGED):
        raise NotAllowed(f"{incident.key} is not with a counter-party. Nothing was changed.")
    after = replace(incident, counterparty_ticket=said, ticket_at=None)
    work.tx.save_incident(after)
    work.log(after, "ticket", f"{who(by)} added their ticket number: {said}.", by)
    work.tell(CHANNEL, TicketGiven(by=by, ticket=said), about=incident_subject(number))
    work.show(after)
    return after


def ask_for_ticket(work: Work, incident: Incident) -> None:
    """The holder handed over without their number: ask, and again every lease."""
    wanted = incident.state is State.HANDED_OVER and not incident.counterparty_ticket
    after = replace(incident, ticket_at=work.now + incident.lease if wanted else None)
    work.tx.save_incident(after)
    if wanted:
        _tell_holder(work, after, TicketWanted())


def answered(work: Work, number: int, by: str) -> Incident:
    """The counter-party answered: their response clock stops, the holder is reminded as before."""
    incident = work.incident(number)
    if incident.state is not State.HANDED_OVER:
        raise NotAllowed(f"{incident.key} is not with a counter-party. Nothing was changed.")
    must(work, Deed.COUNTERPARTY, incident, by)
    # The first answer stops the clock; a later click must not move the moment.
    if incident.counterparty_answered_at is not None:
        return incident
    after = replace(
        incident,
        counterparty_answered_at=work.now,
        counterparty_due_at=None,
        remind_at=work.now + incident.lease,
    )
    work.tx.save_incident(after)
    due = incident.counterparty_due_at
    late = " Their response time was over." if due and due < work.now else ""
    work.log(after, "answered", f"{who(by)}: the counter-party answered.{late}", by)
    work.tell(CHANNEL, CounterpartyAnswered(by=by), about=incident_subject(number))
    work.show(after)
    return after


def clock(work: Work, incident: Incident) -> None:
    """A reminder of the counter-party is due: before their time ends, when it ends, and after."""
    due = incident.counterparty_due_at
    if due is not None and work.now < due:
        # Due again when their time ends, so that the breach is told then and not a lease later.
        later = replace(incident, remind_at=due)
        work.tx.save_incident(later)
        _remind(work, later, CounterpartySoon(lane=incident.lane, due=due))
        return
    later = replace(incident, remind_at=work.now + incident.lease)
    work.tx.save_incident(later)
    # A reminder comes with each lease, but the end of one response time is broken once.
    if due is not None and not _breached(work, incident, due):
        work.log(later, "breach", f"Their response time ended {when(due)}.")
        _keep_breach(work, later, due)
    _remind(work, later, CounterpartyDue(lane=incident.lane, due=due))


def _breached(work: Work, incident: Incident, due: datetime) -> bool:
    return any(
        known.incident == incident.id and known.due_at == due for known in work.tx.breaches(due)
    )


def _keep_breach(work: Work, incident: Incident, due: datetime) -> None:
    connection = lead_of(work.catalogue, incident)
    party = counterparty(work.catalogue, incident)
    # A drill counts in no figure.
    if connection and party and not incident.drill:
        work.tx.add_breach(
            Breach(
                incident=incident.id,
                connection=connection.id,
                party=party.id,
                due_at=due,
                at=work.now,
            )
        )


def _remind(work: Work, incident: Incident, told: CounterpartySoon | CounterpartyDue) -> None:
    work.tell(CHANNEL, told, about=incident_subject(incident.id))
    _tell_holder(work, incident, told)


def propose_joint_call(work: Work, incident: Incident) -> None:
    """Nobody has agreed on the lane for too long: all of them should talk, chaired by whoever
    guards the estate. While the data is being confirmed it is only put off."""
    connection = lead_of(work.catalogue, incident)
    fails = incident.seen_failing or (incident.size > 1 and failing(work, incident))
    runs = not fails and incident.detected_by == "check"
    if incident.state is State.VERIFYING or runs or connection is None:
        # Put off and not dropped: it may fail again with the lane still open.
        work.tx.save_incident(replace(incident, joint_at=work.now + incident.lease))
        return
    after = replace(incident, joint_at=None)
    work.tx.save_incident(after)
    contacts = _contacts(work, incident)
    # Somebody has said whose lane it is since the deadline was set, which is all that a call could
    # bring.
    if incident.lane_by is not None or len({one.name for one in contacts}) < 2:
        return  # one party alone needs no call of all
    chair = _chair(work.knowledge, incident, connection)
    acting = (presence_now(work).acting(chair) or chair) if chair else None
    said = f"A joint call of all lanes was proposed; {who(acting)} chairs."
    work.log(after, "joint call", said)
    told, about = JointCallProposed(chair=acting, lanes=contacts), incident_subject(after.id)
    work.tell(CHANNEL, told, about=about)
    if chair:
        tell_reader(work, chair, told, about=about)
    work.show(after)


def _chair(knowledge: Knowledge, incident: Incident, connection: Connection) -> str | None:
    """Who guards the connection, else the estate, else whoever has the incident or was pinged."""
    owners = connection.owners
    architecture_owners = (
        one.owners.architecture for one in knowledge.catalogue.connections.values()
    )
    pinged = (person for rung in incident.ladder for person in rung.people)
    named = (owners.architecture, owners.technical, *architecture_owners, incident.holder, *pinged)
    return next((one for one in named if one), None)


def _contacts(work: Work, incident: Incident) -> tuple[CalledParty, ...]:
    """Whom the lanes of what fails bring into the call: the party, how to reach it, and its named
    person."""
    return tuple(
        CalledParty(
            lane=LANE_TITLES[lane], name=party.name, contact=party.contact, person=party.person
        )
        for lane, party in offers(work, incident, all_of_it=False)[:_CALLED]
    )


def joint_call_held(work: Work, number: int, note: str, by: str) -> Incident:
    """What the call agreed goes on the timeline; of a child, on that of the parent."""
    incident, said = work.incident(number), outside(note, AGREED)
    if not said:
        raise Invalid("Write what was agreed: whose lane it is, and the next step.")
    must(work, Deed.COUNTERPARTY, incident, by)
    after = replace(goes_on_in(work, incident), joint_held_at=work.now, joint_at=None)
    work.tx.save_incident(after)
    work.log(after, "joint call", f"{who(by)} on the joint call: {said}", by)
    work.tell(CHANNEL, JointCallHeld(by=by, text=said), about=incident_subject(after.id))
    work.show(after)
    return after


def _tell_holder(work: Work, incident: Incident, told: PersonalNotice) -> None:
    """Whoever has it, or stands in for them."""
    if incident.holder:
        tell_reader(work, incident.holder, told, about=incident_subject(incident.id))
