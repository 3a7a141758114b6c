"""What a confirmed change of verdict leads to: a new incident, a turn in an open one, or a word to
the owner."""

from dataclasses import replace
from datetime import datetime

from bot.core import health
from bot.core.catalogue import Connection
from bot.core.effects import Say, What, incident_subject
from bot.core.health import ConnectionHealth, Flip, Verdict
from bot.core.incident import Incident
from bot.flows import line, opening, storms, windows
from bot.flows.record import log, show
from bot.ports import Knowledge, Tx

RECOVERED = frozenset({Verdict.OK, Verdict.DEGRADED})


def on_flip(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """Let a confirmed change of verdict open, continue or calm an incident, or tell the owner."""
    live = tx.live_incident(connection.id)
    if flip.new is Verdict.FAILING:
        _failing(tx, knowledge, connection, live, flip, now)
    elif live is not None or tx.part_for(connection.id) is not None:
        _not_failing(tx, knowledge, connection, flip, now)
    else:
        _tell_owner(tx, knowledge, connection, flip, now)


def _failing(
    tx: Tx,
    knowledge: Knowledge,
    connection: Connection,
    live: Incident | None,
    flip: Flip,
    now: datetime,
) -> None:
    part = tx.part_for(connection.id)
    if live is not None:
        storms.fails_again(tx, knowledge, live, flip, now)
    elif part is not None:
        storms.part_fails_again(tx, knowledge, part, flip, now)
    elif not windows.held_back(tx, knowledge, connection, now):
        open_or_join(tx, knowledge, connection, flip, now)


def open_or_join(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    if not storms.join(tx, knowledge, connection, flip, now):
        opening.open_incident(tx, knowledge, connection, flip, now)


def _not_failing(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """While a connection flaps its incident stays open: a recovery that will not last asks nobody
    to confirm the data."""
    whole = _incident_of(tx, connection)
    if flip.new is Verdict.UNKNOWN:
        if whole is not None:
            log(tx, whole, "blind", "We are blind: " + " ".join(flip.reasons), now)
    elif not flip.flapping:
        storms.recovered(tx, knowledge, connection, now)
    elif whole is not None:
        _hold_open(tx, whole, now)


def _incident_of(tx: Tx, connection: Connection) -> Incident | None:
    """The open incident that the connection leads or is a part of."""
    part = tx.part_for(connection.id)
    whole = tx.incident(part.parent) if part and part.parent is not None else None
    return tx.live_incident(connection.id) or whole


def _hold_open(tx: Tx, live: Incident, now: datetime) -> None:
    """Said once; each further change would say nothing new."""
    if any(entry.kind == "flapping" for entry in tx.timeline(live.id)):
        return
    log(tx, live, "flapping", "It comes and goes; the incident stays open until it settles.", now)
    subject = incident_subject(live.id)
    tx.queue(Say(subject=subject, to="channel", what=What.FLAPPING), now)
    show(tx, live, now)


def calm(
    tx: Tx, knowledge: Knowledge, connection: Connection, after: ConnectionHealth, now: datetime
) -> None:
    """It no longer comes and goes: what it settled on counts now."""
    if after.verdict not in RECOVERED:
        return
    if _incident_of(tx, connection) is not None:
        storms.recovered(tx, knowledge, connection, now)
    elif flip := health.flip(None, after, now):
        _tell_owner(tx, knowledge, connection, replace(flip, old=Verdict.DEGRADED), now)


def _tell_owner(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """No incident: the technical owner hears of doubt, of blindness, and of the end of both."""
    what = {Verdict.DEGRADED: What.DEGRADED, Verdict.UNKNOWN: What.BLIND}.get(flip.new)
    if flip.new is Verdict.OK and flip.old in (Verdict.DEGRADED, Verdict.UNKNOWN):
        what = What.HEALTHY
    owner = connection.owners.technical or connection.owners.architecture
    if what is None or owner is None or flip.flapping:
        return
    if what is not What.HEALTHY and windows.shelter_of(knowledge, connection, now):
        return
    if Verdict.UNKNOWN in (flip.old, flip.new) and line.to_blame(tx, flip):
        return
    facts = {
        "connection": connection.id,
        "was": flip.old,
        "reasons": list(flip.reasons),
        "since": flip.since.isoformat(),
    }
    subject = f"connection:{connection.id}"
    tx.queue(Say(subject=subject, to=f"person:{owner}", what=what, facts=facts), now)
