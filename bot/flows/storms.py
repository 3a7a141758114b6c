"""Several connections, one cause: parts join an open incident, recover one by one, and split off
when they outlive its recovery."""

from dataclasses import replace
from datetime import datetime

from bot.core import incident as machine
from bot.core.catalogue import Connection, Layer
from bot.core.correlation import in_time, shared_cause, signature, whole_lane
from bot.core.effects import Say, What, incident_subject
from bot.core.escalation import ladder_for
from bot.core.health import Flip, Verdict
from bot.core.incident import LIVE, Incident, State
from bot.core.text import outside
from bot.flows import opening, pings, windows
from bot.flows.attendance import attendance_for, presence_now
from bot.flows.briefing import Briefing, brief, ping_facts
from bot.flows.record import data_judge, log, show, show_soon
from bot.flows.splitting import had_a_life, revive
from bot.ports import Knowledge, Tx

_SETTLE = 30  # a lease divided by this is how long stragglers may take to recover


def join(tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime) -> bool:
    """Make the failure a part of an open incident with the same cause; False when there is none."""
    briefing = brief(tx, knowledge, connection, now, flip.since)
    kind = signature(briefing.facts)
    for whole in tx.incidents(LIVE - {State.VERIFYING}):
        lead = knowledge.catalogue.connections.get(whole.connection)
        if lead is None or whole.kind != kind or not in_time(whole.opened_at, now):
            continue
        cause = shared_cause(lead, connection, kind, knowledge.catalogue)
        if cause is not None:
            _adopt(tx, knowledge, whole, connection, briefing, flip, cause, now)
            return True
    return False


def _adopt(
    tx: Tx,
    knowledge: Knowledge,
    whole: Incident,
    connection: Connection,
    briefing: Briefing,
    flip: Flip,
    cause: str,
    now: datetime,
) -> None:
    tx.add_incident(
        Incident(
            id=0,
            connection=connection.id,
            title=f"{connection.name} is failing",
            state=State.MERGED,
            parent=whole.id,
            criticality=connection.criticality,
            failing_since=flip.since,
            opened_at=now,
            reasons=flip.reasons,
            lease=connection.lease,
            kind=whole.kind,
        )
    )
    grown = _reconsider(tx, knowledge, replace(whole, cause=cause, assess_at=now), now)
    tx.save_incident(grown)
    log(tx, grown, "joined", f"{connection.name} fails too; in common: {cause}.", now)
    _tell_newcomers(tx, knowledge, grown, connection, briefing, now)
    show_soon(tx, grown, now)


def _reconsider(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> Incident:
    """Every part that fails alike says more about whose lane it is, until a person has said so."""
    lead = knowledge.catalogue.connections.get(whole.connection)
    if whole.lane_by is not None or lead is None:
        return whole
    found = brief(tx, knowledge, lead, now, whole.failing_since).suggestion
    known = knowledge.catalogue.connections
    parts = [known[part.connection] for part in tx.parts_of(whole.id) if part.connection in known]
    shared = whole_lane((lead, *parts), whole.kind, whole.cause)
    if shared is None:
        return replace(whole, lane=found.lane, layer=found.layer, lane_reasons=found.reasons)
    lane, why = shared
    reasons = (why, *(found.reasons if found.lane is lane else ()))
    return replace(whole, lane=lane, layer=Layer.TECHNICAL, lane_reasons=reasons)


def _tell_newcomers(
    tx: Tx,
    knowledge: Knowledge,
    whole: Incident,
    connection: Connection,
    briefing: Briefing,
    now: datetime,
) -> None:
    """The part's first responder and owners, each unless the incident reached them already."""
    subject = incident_subject(whole.id)
    told = set(tx.told(subject))
    ladder = ladder_for(knowledge.catalogue, connection)
    attendance = attendance_for(tx, knowledge, whole, now)
    turn = attendance.turn(ladder[0].people if ladder else (), now)
    responders = tuple(turn.pinged)
    facts = {**ping_facts(briefing, now), "rung": 0, "part": connection.name}
    fresh = {person: covered for person, covered in turn.pinged.items() if person not in told}
    pings.ping(tx, knowledge, whole, fresh, facts, now)
    told |= fresh.keys()
    owners = (connection.owners.technical, connection.owners.functional)
    facts = {**facts, "responders": sorted(responders)}
    for owner in dict.fromkeys(person for person in owners if person and person not in told):
        tx.queue(
            Say(subject=subject, to=f"person:{owner}", what=What.OWNER_ALERT, facts=facts), now
        )


def fails_again(tx: Tx, knowledge: Knowledge, live: Incident, flip: Flip, now: datetime) -> None:
    """The lead of an incident fails (again): a relapse once it was thought to run, and news for
    one that only a person had seen failing."""
    if live.state is State.VERIFYING:
        _relapse(tx, knowledge, machine.relapse(live, now=now), flip, now)
    elif not live.seen_failing:
        after = replace(live, seen_failing=True, recovered_at=None)
        tx.save_incident(after)
        log(tx, after, "seen", "The checks see it fail. " + " ".join(flip.reasons), now)
        show_soon(tx, after, now)


def part_fails_again(
    tx: Tx, knowledge: Knowledge, part: Incident, flip: Flip, now: datetime
) -> None:
    tx.save_incident(replace(part, recovered_at=None))
    whole = tx.incident(part.parent) if part.parent is not None else None
    if whole is None:
        return
    if whole.state is State.VERIFYING:
        # The lead still runs: when this part recovers too, so does the whole.
        after = machine.relapse(whole, now=now)
        after = replace(after, recovered_at=whole.recovered_at, seen_failing=whole.seen_failing)
        _relapse(tx, knowledge, after, flip, now)
    else:
        show(tx, whole, now)


def _relapse(tx: Tx, knowledge: Knowledge, after: Incident, flip: Flip, now: datetime) -> None:
    log(tx, after, "relapsed", "It fails again. " + " ".join(flip.reasons), now)
    subject = incident_subject(after.id)
    tx.queue(Say(subject=subject, to="channel", what=What.RELAPSED), now)
    connection = knowledge.catalogue.connections.get(after.connection)
    since = after.failing_since
    briefing = brief(tx, knowledge, connection, now, since) if connection else None
    show(tx, pings.climb_ladder(tx, knowledge, after, briefing, now), now)


def out_of_sight(tx: Tx, connection: Connection, flip: Flip, now: datetime) -> None:
    """One connection of a live incident cannot be seen any more, which neither ends nor widens
    it."""
    part = tx.part_for(connection.id)
    number = part.parent if part else None
    whole = tx.incident(number) if number is not None else tx.live_incident(connection.id)
    if whole is not None:
        said = " ".join((f"The checks cannot see {outside(connection.name)}:", *flip.reasons))
        log(tx, whole, "blind", said, now)
        show_soon(tx, whole, now)


def recovered(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """One connection of a live incident runs again; with the last of them the incident recovers.

    Stragglers get a little time, then `settle` makes them incidents of their own.
    """
    whole = tx.live_incident(connection.id)
    if whole is None:
        part = tx.part_for(connection.id)
        if part is None or part.parent is None or part.recovered_at is not None:
            return
        tx.save_incident(replace(part, recovered_at=now))
        whole = tx.incident(part.parent)
        if whole is None or whole.state is State.VERIFYING:
            return
        log(tx, whole, "part recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    elif whole.state is State.VERIFYING or not whole.seen_failing:
        return
    else:
        whole = replace(whole, recovered_at=now, seen_failing=False)
        if failing_parts(tx, whole):
            log(tx, whole, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    if whole.recovered_at is not None and not failing_parts(tx, whole):
        _all_recovered(tx, knowledge, whole, now, degraded=flip.new is Verdict.DEGRADED)
        return
    settle_at = whole.settle_at or (now + whole.lease / _SETTLE if whole.recovered_at else None)
    waiting = replace(whole, settle_at=settle_at)
    tx.save_incident(waiting)
    show_soon(tx, waiting, now)


def _runs(flip: Flip) -> str:
    return "runs again, but is degraded" if flip.new is Verdict.DEGRADED else "runs again"


def failing_parts(tx: Tx, whole: Incident) -> list[Incident]:
    """One that only a person saw fail is not waited for; its data is judged with the rest."""
    parts = tx.parts_of(whole.id)
    return [part for part in parts if part.recovered_at is None and part.seen_failing]


def settle(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> None:
    """The lead runs again and the stragglers' time is over: each is on its own from here."""
    if whole.recovered_at is None:
        tx.save_incident(replace(whole, settle_at=None))
        return
    stragglers = failing_parts(tx, whole)
    for part in stragglers:
        if not had_a_life(part):
            # Its part here is done, so that it can open an incident of its own.
            tx.save_incident(replace(part, recovered_at=now, parent=None))
        log(tx, whole, "split", f"{_name(knowledge, part)} still fails, on its own now.", now)
    _all_recovered(tx, knowledge, whole, now)
    for part in stragglers:
        if had_a_life(part):
            revive(tx, knowledge, part, f"It still fails when {whole.key} is over.", now)
            continue
        connection = knowledge.catalogue.connections.get(part.connection)
        if connection is None:
            continue
        flip = Flip(
            connection=connection.id,
            at=now,
            since=part.failing_since,
            old=Verdict.FAILING,
            new=Verdict.FAILING,
            reasons=part.reasons,
        )
        if windows.held_back(tx, knowledge, connection, now):
            continue
        if not join(tx, knowledge, connection, flip, now):
            opening.open_incident(tx, knowledge, connection, flip, now)


def _all_recovered(
    tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime, *, degraded: bool = False
) -> None:
    """It runs again: ask everybody who has to confirm data, and tell the channel."""
    judges = judges_of(tx, knowledge, whole)
    after = machine.recover(whole, judges=judges, now=now)
    tx.save_incident(after)
    good = "It runs again, but is degraded." if degraded else "The checks are good again."
    log(tx, after, "recovered", good, now)
    subject = incident_subject(after.id)
    facts = {"asked": list(acting_judges(tx, judges, now))}
    tx.queue(Say(subject=subject, to="channel", what=What.RECOVERED, facts=facts), now)
    connection = knowledge.catalogue.connections.get(whole.connection)
    if connection is not None:
        told = ping_facts(brief(tx, knowledge, connection, now, whole.failing_since), now)
        for judge in acting_judges(tx, judges, now):
            say = Say(subject=subject, to=f"person:{judge}", what=What.CONFIRM_DATA, facts=told)
            tx.queue(say, now)
    show(tx, after, now)


def judges_of(tx: Tx, knowledge: Knowledge, whole: Incident) -> tuple[str, ...]:
    """Who has to confirm the data of the incident and of all its parts, each once."""
    ids = [whole.connection, *(part.connection for part in tx.parts_of(whole.id))]
    found = (knowledge.catalogue.connections.get(key) for key in ids)
    judges = (data_judge(connection) for connection in found if connection)
    return tuple(dict.fromkeys(judge for judge in judges if judge))


def acting_judges(tx: Tx, judges: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Who is asked: the judges, or whoever stands in; a judge who is away is asked all the same
    when nobody does."""
    there = presence_now(tx, now)
    return tuple(dict.fromkeys(there.acting(judge) or judge for judge in judges))


def _name(knowledge: Knowledge, part: Incident) -> str:
    connection = knowledge.catalogue.connections.get(part.connection)
    return connection.name if connection else part.connection
