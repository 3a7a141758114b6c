"""The counter-party's side of an incident: evidence, ticket number, contract clock, joint call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import LANE_TITLES, Lane
from bot.core.incidents.escalation import drive, ladder_for, retimed
from bot.core.incidents.evidence_packet import Affected, Packet, RuledOut, packet
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.leading import by_gravity, counterparty, lead_of, party_for
from bot.core.outbox.notice import Say, What, incident_subject
from bot.core.people.permissions import Deed
from bot.core.runbooks import runbook as walk
from bot.core.runbooks.runbook import Done
from bot.flows.incidents.grouping import parts
from bot.flows.incidents.grouping.child_states import child_states
from bot.flows.incidents.grouping.lead import broken_now, failing, means, offers, speaker
from bot.flows.people.permitted import must
from bot.flows.people.presence import reader_for
from bot.flows.triage.briefing import brief_in, since_of
from bot.flows.work import goes_on_in, log, show
from bot.language.errors import Invalid, NotAllowed, NotFound
from bot.language.marks import outside, when, who
from bot.language.units import incident_key
from bot.ports import Breach, ChildState, Knowledge, Tx

TICKET = 80  # characters of their ticket number
AGREED = 500  # of what a joint call agreed
_CALLED = 12  # parties in one call


def evidence_for(
    tx: Tx, knowledge: Knowledge, incident: Incident, lane: Lane, now: datetime
) -> Packet | None:
    """What the lane's party has to know; None when the lane names nobody."""
    party = means(tx, knowledge, incident, now).get(lane)
    connection = _concerned(tx, knowledge, incident, party, now) if party else None
    if connection is None or party is None:
        return None
    return packet(
        incident,
        brief_in(tx, knowledge, incident, connection, now).facts,
        knowledge.catalogue,
        lane=lane,
        party=party,
        steps=_answered(tx, knowledge, incident),
        affected=_affected(tx, knowledge, incident),
        parts=tx.parts_of(incident.id),
        contact=knowledge.catalogue.people.get(incident.holder or ""),
        due=incident.counterparty_due_at,
        now=now,
    )


def _concerned(
    tx: Tx, knowledge: Knowledge, incident: Incident, party: Party, now: datetime
) -> Connection | None:
    """The one whose error stands for it; of a party that only another one names, that one."""
    speaks = speaker(tx, knowledge, incident, now)
    if party == party_for(knowledge.catalogue, incident, Lane.PUBLISHER):
        return speaks
    broken = broken_now(tx, knowledge, incident, speaks)
    return next((one for one in broken if party.id in one.lanes.values()), speaks)


def _affected(tx: Tx, knowledge: Knowledge, incident: Incident) -> list[Affected]:
    """Its connections, the gravest first; without those that ran before it was opened again."""
    again = incident.reopened_at
    each = {
        one.connection: one
        for one in child_states(tx, incident)
        if one.connection == incident.connection
        or not (again and one.recovered_at and one.recovered_at < again)
    }
    return [
        Affected(
            connection=one,
            since=_began(tx, incident, one),
            shared_since=_shared_since(tx, incident, one, each[one.id]),
            runs=each[one.id].recovered,
        )
        for one in by_gravity(each, knowledge.catalogue)
    ]


def _began(tx: Tx, incident: Incident, connection: Connection) -> datetime:
    """As on the card: also what is known from before the first bad look."""
    since = since_of(tx, incident, connection)
    first = connection.id == incident.connection and incident.reopened_at is None
    return min(since, incident.began) if first else since


def _shared_since(
    tx: Tx, incident: Incident, connection: Connection, child: ChildState
) -> datetime:
    since = _began(tx, incident, connection)
    return max(since, parts.shared_since(incident, child)) if child.alike_since else since


def _answered(tx: Tx, knowledge: Knowledge, incident: Incident) -> Iterable[RuledOut]:
    for progress in tx.walks(incident.id):
        book = knowledge.runbooks.get(progress.runbook)
        for done in walk.path(book, progress) if book else ():
            seen = _seen(done)
            if seen:
                again = incident.reopened_at
                before = again is not None and done.given.at < again
                yield RuledOut(step=done.step.title, seen=seen, before=before)


def _seen(done: Done) -> str:
    """The answer's own words. Notes are ours and stay here; a skipped step rules nothing out."""
    return done.answer.label if done.answer else ""


def send_evidence(
    tx: Tx, knowledge: Knowledge, incident: Incident, lane: Lane, now: datetime
) -> None:
    """Post the packet in the channel, and to the party wherever the catalogue says."""
    found = evidence_for(tx, knowledge, incident, lane, now)
    party = means(tx, knowledge, incident, now).get(lane)
    if found is None or party is None:
        return
    subject = incident_subject(incident.id)
    facts = {"subject": found.subject, "body": found.body, "lane": lane, "party": party.id}
    # A drill stays inside: nobody at the party hears of it.
    for to in ("channel", *(() if incident.drill else _addresses(party))):
        tx.queue(Say(subject=subject, to=to, what=What.PACKET, facts=facts), now)
    log(tx, incident, "packet", f"Evidence packet written for {party.name}.", now)


def _addresses(party: Party) -> Iterable[str]:
    if party.email:
        yield f"party:{party.id}"
    if party.slack_channel:
        yield f"party-channel:{party.id}"


def at_the_lanes_pace(knowledge: Knowledge, incident: Incident) -> Incident:
    """Another lane has another policy: its ladder and lease count from here. Who was pinged so
    far stays pinged, and without policies nothing changes."""
    connection = lead_of(knowledge.catalogue, incident)
    if connection is None or not connection.policies:
        return incident
    driven = drive(connection, incident.lane, incident.severity)
    return retimed(incident, driven, ladder_for(knowledge.catalogue, connection, driven))


def give_ticket(
    tx: Tx, knowledge: Knowledge, number: int, ticket: str, by: str, now: datetime
) -> Incident:
    """Keep the counter-party's ticket number; nobody is asked for it any more."""
    incident, said = _load(tx, number), outside(ticket, 2 * TICKET)
    if not said:
        raise Invalid("Write their ticket number, as it stands in their confirmation.")
    if len(said) > TICKET:
        raise Invalid(f"A ticket number has at most {TICKET} characters. Nothing was changed.")
    must(tx, knowledge, Deed.COUNTERPARTY, incident, by, now)
    if not incident.live:
        raise NotAllowed(f"{incident.key} is closed. Nothing was changed.")
    if incident.state in (State.OPEN, State.ACKNOWLEDGED):
        raise NotAllowed(f"{incident.key} is not with a counter-party. Nothing was changed.")
    after = replace(incident, counterparty_ticket=said, ticket_at=None)
    tx.save_incident(after)
    log(tx, after, "ticket", f"{who(by)} added their ticket number: {said}.", now, by)
    _say(tx, after, "channel", What.TICKET, {"by": by, "ticket": said}, now)
    show(tx, after, now)
    return after


def ask_for_ticket(tx: Tx, incident: Incident, now: datetime) -> None:
    """The holder handed over without their number: ask, and again every lease."""
    wanted = incident.state is State.HANDED_OVER and not incident.counterparty_ticket
    after = replace(incident, ticket_at=now + incident.lease if wanted else None)
    tx.save_incident(after)
    if wanted and incident.holder:
        _to_holder(tx, after, What.TICKET_WANTED, {}, now)


def answered(tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime) -> Incident:
    """The counter-party answered: their response clock stops, the holder is reminded as before."""
    incident = _load(tx, number)
    if incident.state is not State.HANDED_OVER:
        raise NotAllowed(f"{incident.key} is not with a counter-party. Nothing was changed.")
    must(tx, knowledge, Deed.COUNTERPARTY, incident, by, now)
    if incident.counterparty_answered_at is not None:
        return incident
    after = replace(
        incident,
        counterparty_answered_at=now,
        counterparty_due_at=None,
        remind_at=now + incident.lease,
    )
    tx.save_incident(after)
    due = incident.counterparty_due_at
    late = " Their response time was over." if due and due < now else ""
    log(tx, after, "answered", f"{who(by)}: the counter-party answered.{late}", now, by)
    _say(tx, after, "channel", What.COUNTERPARTY_ANSWERED, {"by": by}, now)
    show(tx, after, now)
    return after


def clock(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """A reminder of the counter-party is due: before their time ends, when it ends, and after."""
    due = incident.counterparty_due_at
    if due is not None and now < due:
        later = replace(incident, remind_at=due)
        tx.save_incident(later)
        _remind(tx, later, What.COUNTERPARTY_SOON, due, now)
        return
    later = replace(incident, remind_at=now + incident.lease)
    tx.save_incident(later)
    if due is not None and not _breached(tx, incident, due):
        log(tx, later, "breach", f"Their response time ended {when(due)}.", now)
        _keep_breach(tx, knowledge, later, due, now)
    _remind(tx, later, What.COUNTERPARTY_DUE, due, now)


def _breached(tx: Tx, incident: Incident, due: datetime) -> bool:
    return any(known.incident == incident.id and known.due_at == due for known in tx.breaches(due))


def _keep_breach(
    tx: Tx, knowledge: Knowledge, incident: Incident, due: datetime, now: datetime
) -> None:
    connection = lead_of(knowledge.catalogue, incident)
    party = counterparty(knowledge.catalogue, incident)
    if connection and party and not incident.drill:
        tx.add_breach(
            Breach(
                incident=incident.id, connection=connection.id, party=party.id, due_at=due, at=now
            )
        )


def _remind(tx: Tx, incident: Incident, what: What, due: datetime | None, now: datetime) -> None:
    facts = {"lane": incident.lane, "due": due.isoformat() if due else None}
    _say(tx, incident, "channel", what, facts, now)
    _to_holder(tx, incident, what, facts, now)


def propose_joint_call(tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime) -> None:
    """Nobody has agreed on the lane for too long: all of them should talk, chaired by whoever
    guards the estate. While the data is being confirmed it is only put off."""
    connection = lead_of(knowledge.catalogue, incident)
    fails = incident.seen_failing or (incident.size > 1 and failing(tx, knowledge, incident))
    runs = not fails and incident.detected_by == "check"
    if incident.state is State.VERIFYING or runs or connection is None:
        tx.save_incident(replace(incident, joint_at=now + incident.lease))
        return
    after = replace(incident, joint_at=None)
    tx.save_incident(after)
    contacts = _contacts(tx, knowledge, incident, now)
    if incident.lane_by is not None or len({one["name"] for one in contacts}) < 2:
        return  # one party alone needs no call of all
    chair = _chair(knowledge, incident, connection)
    acting, covers_whom = reader_for(tx, chair, now) if chair else (None, {})
    facts = {"chair": acting, "lanes": contacts}
    said = f"A joint call of all lanes was proposed; {who(acting)} chairs."
    log(tx, after, "joint call", said, now)
    _say(tx, after, "channel", What.JOINT_CALL, facts, now)
    if acting:
        _say(tx, after, f"person:{acting}", What.JOINT_CALL, {**facts, **covers_whom}, now)
    show(tx, after, now)


def _chair(knowledge: Knowledge, incident: Incident, connection: Connection) -> str | None:
    """Who guards the connection, else the estate, else whoever has the incident or was pinged."""
    owners = connection.owners
    guards = (one.owners.architecture for one in knowledge.catalogue.connections.values())
    pinged = (person for rung in incident.ladder for person in rung.people)
    named = (owners.architecture, owners.technical, *guards, incident.holder, *pinged)
    return next((one for one in named if one), None)


def _contacts(
    tx: Tx, knowledge: Knowledge, incident: Incident, now: datetime
) -> list[Mapping[str, str | None]]:
    """Whom the lanes of what fails bring: the party, how to reach it, and its named person."""
    found = offers(tx, knowledge, incident, now, all_of_it=False)[:_CALLED]
    return [
        {
            "lane": LANE_TITLES[lane],
            "name": party.name,
            "contact": party.contact,
            "person": party.person,
        }
        for lane, party in found
    ]


def joint_call_held(
    tx: Tx, knowledge: Knowledge, number: int, note: str, by: str, now: datetime
) -> Incident:
    """What the call agreed goes on the timeline; of a part, on that of the whole."""
    incident, said = _load(tx, number), outside(note, AGREED)
    if not said:
        raise Invalid("Write what was agreed: whose lane it is, and the next step.")
    must(tx, knowledge, Deed.COUNTERPARTY, incident, by, now)
    after = replace(goes_on_in(tx, incident), joint_held_at=now, joint_at=None)
    tx.save_incident(after)
    log(tx, after, "joint call", f"{who(by)} on the joint call: {said}", now, by)
    _say(tx, after, "channel", What.JOINT_HELD, {"by": by, "text": said}, now)
    show(tx, after, now)
    return after


def _to_holder(
    tx: Tx, incident: Incident, what: What, facts: Mapping[str, object], now: datetime
) -> None:
    """To whoever has it, or stands in for them."""
    if incident.holder:
        acting, covers_whom = reader_for(tx, incident.holder, now)
        _say(tx, incident, f"person:{acting}", what, {**facts, **covers_whom}, now)


def _load(tx: Tx, number: int) -> Incident:
    found = tx.incident(number)
    if found is None:
        raise NotFound(f"There is no incident {incident_key(number)}.")
    return found


def _say(
    tx: Tx, incident: Incident, to: str, what: What, facts: Mapping[str, object], now: datetime
) -> None:
    tx.queue(Say(subject=incident_subject(incident.id), to=to, what=what, facts=facts), now)
