"""Pausing a connection by hand, ending that, and what is made up for when its time is over."""

from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.pause import LONGEST, Pause
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import Say, What
from bot.core.people.permissions import Deed
from bot.flows.people.permitted import must_for
from bot.flows.people.presence import readers_for
from bot.flows.work import open_for, refresh_homes, show, show_live
from bot.language.errors import Invalid, NotFound
from bot.language.marks import outside
from bot.language.units import say_duration
from bot.ports import Knowledge, Tx


def pause(
    tx: Tx,
    knowledge: Knowledge,
    connection: Connection,
    *,
    until: datetime,
    why: str,
    by: str,
    now: datetime,
) -> Pause:
    """From now on a failure opens nothing. A pause in force is replaced. An incident that is open
    stays open. Raises Invalid for times that make no sense and without a reason."""
    must_for(tx, knowledge, Deed.PAUSE, connection, by, now)
    said = outside(why)
    if not said:
        raise Invalid("Say why, for example: /conn pause web shop orders 2h the ERP is updated")
    if until <= now:
        raise Invalid("That is over already. Say for how long, for example 2h or 3d.")
    if until - now > LONGEST:
        raise Invalid(
            f"{say_duration(LONGEST)} at most. What lasts longer belongs into the file, as"
            " `maintenance:`, where it is reviewed."
        )
    before = tx.pause_of(connection.id)
    if before is not None:
        tx.save_pause(replace(before, ended_at=now, ended_by=by))
    entered = tx.add_pause(
        Pause(id=0, connection=connection.id, since=now, until=until, by=by, why=said)
    )
    _tell(tx, connection, entered, What.PAUSED, now)
    _redraw(tx, connection, now)
    return entered


def resume(
    tx: Tx, knowledge: Knowledge, connection: Connection, *, by: str, now: datetime
) -> Pause:
    """Ended by hand. What fails then is opened as new by the next tick."""
    must_for(tx, knowledge, Deed.PAUSE, connection, by, now)
    current = tx.pause_of(connection.id)
    if current is None:
        raise NotFound(f"{outside(connection.name)} is not paused.")
    return _end(tx, connection, current, by, now)


def listed(tx: Tx, now: datetime) -> tuple[Pause, ...]:
    return tuple(one for one in tx.pauses() if one.in_force(now))


def expire(tx: Tx, knowledge: Knowledge, now: datetime) -> int:
    """End every pause whose time has come; returns how many."""
    over = [one for one in tx.pauses() if not one.in_force(now)]
    for one in over:
        connection = knowledge.catalogue.connections.get(one.connection)
        if connection is None:
            tx.save_pause(replace(one, ended_at=now))
        else:
            _end(tx, connection, one, None, now)
    return len(over)


def _end(tx: Tx, connection: Connection, current: Pause, by: str | None, now: datetime) -> Pause:
    ended = replace(current, ended_at=now, ended_by=by)
    tx.save_pause(ended)
    _tell(tx, connection, ended, What.PAUSE_ENDED, now)
    _redraw(tx, connection, now)
    return ended


def _tell(tx: Tx, connection: Connection, pause: Pause, what: What, now: datetime) -> None:
    """The technical owner hears of it, and at its end also whoever entered it."""
    acted = pause.ended_by if what is What.PAUSE_ENDED else pause.by
    readers = [connection.owners.technical or connection.owners.architecture]
    if what is What.PAUSE_ENDED:
        readers.append(pause.by)
    health = tx.connection_health(connection.id)
    facts = {
        "name": connection.name,
        "by": acted,
        "why": pause.why,
        "until": pause.until.isoformat(),
        "failing": health is not None and health.verdict is Verdict.FAILING,
    }
    for reader in readers_for(tx, (one for one in readers if one and one != acted), now):
        say = Say(subject=f"pause:{pause.id}", to=f"person:{reader}", what=what, facts=facts)
        tx.queue(say, now)


def _redraw(tx: Tx, connection: Connection, now: datetime) -> None:
    live = open_for(tx, connection.id)
    if live is not None:
        show(tx, live, now)
    else:
        refresh_homes(tx, now)
    show_live(tx, now)
