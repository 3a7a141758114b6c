"""Several connections, one cause: the parts of an incident recover one by one, fail again, and
split off when they outlive its recovery."""

from dataclasses import replace
from datetime import datetime

from bot.core import incident as machine
from bot.core.catalogue import Connection
from bot.core.effects import Say, What, incident_subject
from bot.core.health import Flip, Verdict
from bot.core.incident import Incident, State
from bot.core.text import outside
from bot.flows import gathering, pings, windows
from bot.flows.attendance import presence_now
from bot.flows.briefing import brief, ping_facts
from bot.flows.record import data_judge, log, show, show_soon
from bot.flows.splitting import had_a_life, revive
from bot.ports import Knowledge, Tx

_SETTLE = 30  # a lease divided by this is how long stragglers may take to recover


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
        if still_failing(tx, whole):
            log(tx, whole, "lead recovered", f"{outside(connection.name)} {_runs(flip)}.", now)
    if whole.recovered_at is not None and not still_failing(tx, whole):
        _all_recovered(tx, knowledge, whole, now, degraded=flip.new is Verdict.DEGRADED)
        return
    settle_at = whole.settle_at or (now + whole.lease / _SETTLE if whole.recovered_at else None)
    waiting = replace(whole, settle_at=settle_at)
    tx.save_incident(waiting)
    show_soon(tx, waiting, now)


def _runs(flip: Flip) -> str:
    return "runs again, but is degraded" if flip.new is Verdict.DEGRADED else "runs again"


def still_failing(tx: Tx, whole: Incident) -> bool:
    return any(not recovered for _, recovered in tx.fates_of(whole.id))


def settle(tx: Tx, knowledge: Knowledge, whole: Incident, now: datetime) -> None:
    """The lead runs again and the stragglers' time is over: each is on its own from here."""
    if whole.recovered_at is None:
        tx.save_incident(replace(whole, settle_at=None))
        return
    stragglers = [
        part for part in tx.parts_of(whole.id) if part.recovered_at is None and part.seen_failing
    ]
    for part in stragglers:
        if not had_a_life(part):
            # Its part here is done, so that it can open an incident of its own.
            tx.save_incident(replace(part, recovered_at=now, parent=None))
        log(tx, whole, "split", f"{_name(knowledge, part)} still fails, on its own now.", now)
    _all_recovered(tx, knowledge, whole, now)
    left: list[tuple[Connection, Flip]] = []
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
        if not windows.held_back(tx, knowledge, connection, now):
            left.append((connection, flip))
    gathering.open_or_join(tx, knowledge, left, now)


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
    ids = [whole.connection, *(connection for connection, _ in tx.fates_of(whole.id))]
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
