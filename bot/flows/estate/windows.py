"""Maintenance windows at work: an opening is held back, and made up for when the window is over."""

from datetime import datetime

from bot.core.estate import windows
from bot.core.estate.catalogue import Connection
from bot.core.estate.windows import SuppressedOpening
from bot.core.knowledge import Knowledge
from bot.core.monitoring import pause
from bot.core.monitoring.health import Flip
from bot.core.monitoring.rules import Verdict
from bot.flows.work import Work
from bot.language.marks import when


def suppressed_opening(
    knowledge: Knowledge, connection: Connection, now: datetime
) -> SuppressedOpening | None:
    """The window that is open for the connection; None when none is."""
    catalogue = knowledge.catalogue
    if not catalogue.windows:
        return None
    return windows.suppressed_opening(
        catalogue.windows,
        catalogue.calendar,
        connection=connection.id,
        systems=connection.systems,
        now=now,
    )


def delays_opening(work: Work, connection: Connection) -> bool:
    """Whether a window holds the opening of an incident back; if so, that is remembered."""
    if not suppressed(work, connection):
        return False
    work.tx.delay_opening(connection.id, work.now)
    return True


def suppressed(work: Work, connection: Connection) -> bool:
    """Whether a window is open for the connection, or somebody paused it."""
    return suppressed_opening(work.knowledge, connection, work.now) is not None or paused(
        work, connection
    )


def all_suppressed(work: Work) -> frozenset[str]:
    """Every connection for which a window is open now, or that somebody paused."""
    catalogue = work.catalogue
    # Most of the time no window is open, and then no connection has to be compared with any.
    still = [one for one in catalogue.windows if one.until(work.now, catalogue.calendar)]
    found = {pause.connection for pause in work.tx.pauses() if pause.in_force(work.now)}
    if still:
        every = catalogue.connections.values()
        found |= {one.id for one in every if any(w.covers(one.id, one.systems) for w in still)}
    return frozenset(found)


def paused(work: Work, connection: Connection) -> bool:
    current = work.tx.pause_of(connection.id)
    return current is not None and current.in_force(work.now)


def over(work: Work) -> tuple[tuple[Connection, Flip], ...]:
    """Connections that still fail although their window is over, each with what to open. They are
    no longer held, and neither are those that recovered or left the file."""
    found = []
    for name, since in work.tx.delayed().items():
        connection = work.catalogue.connections.get(name)
        if connection and suppressed(work, connection):
            continue
        # Before it is decided whether to open: what recovered must not stay held for the next
        # window.
        work.tx.forget_delay(name)
        health = work.tx.connection_health(name)
        if connection is None or health is None or health.verdict is not Verdict.FAILING:
            continue
        # A person may have declared it meanwhile.
        if work.tx.live_incident(name) is None:
            held = "while paused" if work.tx.pauses_of(name, since) else "in a maintenance window"
            reason = f"It failed {held} from {when(since)} and still does."
            flip = Flip(
                connection=name,
                at=work.now,
                since=health.since,
                old=None,
                new=Verdict.FAILING,
                reasons=(*health.reasons, reason),
            )
            found.append((connection, flip))
    return tuple(found)


def words_now(work: Work, connection: Connection) -> str:
    """Why a failure would open nothing now; empty when it would."""
    current = work.tx.pause_of(connection.id)
    in_force = current if current is not None and current.in_force(work.now) else None
    window = words(suppressed_opening(work.knowledge, connection, work.now))
    return " ".join(part for part in (pause.words(in_force), window) if part)


def words(opening: SuppressedOpening | None) -> str:
    """`Maintenance “ERP update” until …; no incident is opened`; empty without a window."""
    if opening is None:
        return ""
    kind = opening.window.kind.capitalize()
    return f"{kind} “{opening.window.name}” until {when(opening.until)}: opens no incident."
