"""What a confirmed change of verdict leads to: a new incident, a turn in an open one, or a word to
the owner."""

from datetime import datetime

from bot.core.catalogue import Connection
from bot.core.effects import Say, What
from bot.core.health import Flip, Verdict
from bot.core.incident import Incident
from bot.flows import opening, storms
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
        if flip.new in RECOVERED:
            storms.recovered(tx, knowledge, connection, now)
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
    elif not storms.join(tx, knowledge, connection, flip, now):
        opening.open_incident(tx, knowledge, connection, flip, now)


def _tell_owner(
    tx: Tx, knowledge: Knowledge, connection: Connection, flip: Flip, now: datetime
) -> None:
    """No incident: the technical owner hears of doubt, of blindness, and of the end of both."""
    what = {Verdict.DEGRADED: What.DEGRADED, Verdict.UNKNOWN: What.BLIND}.get(flip.new)
    if flip.new is Verdict.OK and flip.old in (Verdict.DEGRADED, Verdict.UNKNOWN):
        what = What.HEALTHY
    owner = connection.owners.technical or connection.owners.architecture
    if what is None or owner is None:
        return
    facts = {
        "connection": connection.id,
        "reasons": list(flip.reasons),
        "since": flip.since.isoformat(),
    }
    subject = f"connection:{connection.id}"
    tx.queue(Say(subject=subject, to=f"person:{owner}", what=what, facts=facts), now)
