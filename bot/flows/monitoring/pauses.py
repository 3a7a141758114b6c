"""Pausing a connection by hand, ending that, and what is made up for when its time is over."""

from dataclasses import replace
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.monitoring.notices import Paused, PauseEnded, PauseNotice
from bot.core.monitoring.pause import LONGEST, Pause
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPerson
from bot.core.people.permissions import Deed
from bot.flows.people.permitted import must_for
from bot.flows.people.presence import readers_for
from bot.flows.work import Work, open_for
from bot.language.errors import Invalid, NotFound
from bot.language.marks import outside
from bot.language.units import say_duration


def pause(
    work: Work,
    connection: Connection,
    *,
    until: datetime,
    why: str,
    by: str,
) -> Pause:
    """From now on a failure opens nothing. A pause in force is replaced. An incident that is open
    stays open. Raises Invalid for times that make no sense and without a reason."""
    must_for(work, Deed.PAUSE, connection, by)
    said = outside(why)
    if not said:
        raise Invalid("Say why, for example: /conn pause web shop orders 2h the ERP is updated")
    if until <= work.now:
        raise Invalid("That is over already. Say for how long, for example 2h or 3d.")
    if until - work.now > LONGEST:
        raise Invalid(
            f"{say_duration(LONGEST)} at most. What lasts longer belongs into the file, as"
            " `maintenance:`, where it is reviewed."
        )
    before = work.tx.pause_of(connection.id)
    if before is not None:
        work.tx.save_pause(replace(before, ended_at=work.now, ended_by=by))
    entered = work.tx.add_pause(
        Pause(id=0, connection=connection.id, since=work.now, until=until, by=by, why=said)
    )
    _tell(work, connection, entered, Paused)
    _redraw(work, connection)
    return entered


def resume(
    work: Work,
    connection: Connection,
    *,
    by: str,
) -> Pause:
    """Ended by hand. What fails then is opened as new by the next tick."""
    must_for(work, Deed.PAUSE, connection, by)
    current = work.tx.pause_of(connection.id)
    if current is None:
        raise NotFound(f"{outside(connection.name)} is not paused.")
    return _end(work, connection, current, by)


def listed(work: Work) -> tuple[Pause, ...]:
    return tuple(one for one in work.tx.pauses() if one.in_force(work.now))


def expire(work: Work) -> int:
    """End every pause whose time has come; returns how many."""
    over = [one for one in work.tx.pauses() if not one.in_force(work.now)]
    for one in over:
        connection = work.catalogue.connections.get(one.connection)
        # It left the file: nobody is named who could be told.
        if connection is None:
            work.tx.save_pause(replace(one, ended_at=work.now))
        else:
            _end(work, connection, one, None)
    return len(over)


def _end(work: Work, connection: Connection, current: Pause, by: str | None) -> Pause:
    ended = replace(current, ended_at=work.now, ended_by=by)
    work.tx.save_pause(ended)
    _tell(work, connection, ended, PauseEnded)
    _redraw(work, connection)
    return ended


def _tell(work: Work, connection: Connection, pause: Pause, kind: type[PauseNotice]) -> None:
    """The technical owner hears of it, and at its end also whoever entered it."""
    acted = pause.ended_by if kind is PauseEnded else pause.by
    readers = [connection.owners.technical or connection.owners.architecture]
    if kind is PauseEnded:
        readers.append(pause.by)
    health = work.tx.connection_health(connection.id)
    told = kind(
        name=connection.name,
        by=acted,
        why=pause.why,
        until=pause.until,
        failing=health is not None and health.verdict is Verdict.FAILING,
    )
    for reader in readers_for(work, (one for one in readers if one and one != acted)):
        work.tell(ToPerson(reader), told, about=f"pause:{pause.id}")


def _redraw(work: Work, connection: Connection) -> None:
    live = open_for(work, connection.id)
    if live is not None:
        work.show(live)
    else:
        work.refresh_homes()
    work.show_live()
