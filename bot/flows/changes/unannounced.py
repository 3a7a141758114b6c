"""Something changed that nobody announced: its owners are asked whether it was them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.changes.unannounced import AnnouncedBy, UnannouncedChange
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.lane import Layer
from bot.core.governance.audit.situation import NOTHING_LIVE, Situation
from bot.core.outbox.notice import Say, Show, What
from bot.core.people.permissions import Deed, DeedAbout, Doer, permit
from bot.core.triage.facts import LaneFactKind
from bot.flows.estate.as_recorded import approved_lately, being_approved
from bot.flows.people.permitted import about_connection
from bot.flows.people.presence import presence_now
from bot.language.errors import NotFound
from bot.language.marks import outside
from bot.ports import Tx

SUBJECT = "suspicion:"
QUIET = timedelta(days=1)  # the same thing is asked about once in this time


def load(tx: Tx, number: int) -> UnannouncedChange:
    found = tx.suspicion(number)
    if found is None:
        raise NotFound("This question is no longer on record.")
    return found


def notice(
    tx: Tx, catalogue: Catalogue, connection: Connection, *, what: str, source: str, at: datetime
) -> UnannouncedChange | None:
    """Ask the technical and the functional owner about something that changed, unless an approved
    change explains it or the same was asked about within a day; then None is returned."""
    if approved_lately(tx, catalogue, connection, at) or being_approved(tx, connection, at):
        return None
    if any(_same(known, connection, source, at) for known in tx.suspicions()):
        return None
    stored = tx.add_suspicion(
        UnannouncedChange(connection=connection.id, at=at, what=what, source=source)
    )
    asked = _owners(connection)
    there = presence_now(tx, at)
    readers = dict.fromkeys(there.acting(owner) or owner for owner in asked)
    facts = {"connection": connection.id, "name": connection.name, "suspicion": stored.id}
    for reader in readers:
        others = [other for other in readers if other != reader]
        _say(tx, stored, reader, What.SUSPECTED, {**facts, "others": others}, at)
    return stored


def _same(known: UnannouncedChange, connection: Connection, source: str, at: datetime) -> bool:
    about = known.connection == connection.id and known.source == source
    return about and known.at > at - QUIET


def _owners(connection: Connection) -> tuple[str, ...]:
    owners = connection.owners
    named = (owners.technical, owners.functional)
    return tuple(dict.fromkeys(one for one in named if one)) or (
        (owners.architecture,) if owners.architecture else ()
    )


def audit_entries(
    tx: Tx, catalogue: Catalogue, check: str, entries: Iterable[str], now: datetime
) -> None:
    """What the audit log of a vendor says was changed: a fact for triage, and a question to the
    owners when no approved change explains it. Several entries are one question."""
    connection = catalogue.connections.get(check.partition("/")[0])
    told = dict.fromkeys(f"audit log: {outside(entry, 200)}" for entry in entries)
    if connection is None or not told:
        return
    known = {what for _, what in tx.observed(connection.id, now - QUIET)}
    new = [entry for entry in told if entry not in known]  # vendors send twice
    if not new:
        return
    for entry in new:
        tx.observe(connection.id, now, entry, kind=LaneFactKind.NOTE)
    shown = "; ".join(entry.removeprefix("audit log: ") for entry in new[:3])
    more = f" and {len(new) - 3} more" if len(new) > 3 else ""
    what = f"Its audit log says: {shown}{more}."
    notice(tx, catalogue, connection, what=what, source=f"audit log of {check}", at=now)


def not_ours(
    tx: Tx, catalogue: Catalogue, number: int, by: str, now: datetime
) -> UnannouncedChange:
    """It was not them: whoever guards the estate is told, and it stays a finding until a change
    on record explains it."""
    known = load(tx, number)
    connection = catalogue.connections.get(known.connection)
    about = about_connection(connection) if connection else DeedAbout(name=known.connection)
    seats = tuple(presence_now(tx, now).seats_of(by))
    permit(Deed.ANSWER_FOR, about, Doer(person=by, seats=seats))
    if known.settled:
        return known
    said = replace(known, verdict=AnnouncedBy.NOT_OURS, by=by, said_at=now)
    tx.save_suspicion(said)
    denied = f"said not to be our own change: {known.what}"
    tx.observe(known.connection, now, denied, kind=LaneFactKind.NOTE, by=by)
    tx.queue(Show(subject=f"{SUBJECT}{number}"), now)
    situation = Situation(catalogue=catalogue, live=NOTHING_LIVE, now=now)
    keeper = situation.reachable_owner(connection, Layer.ARCHITECTURE) if connection else None
    if keeper and connection:
        facts = {
            "connection": connection.id,
            "name": connection.name,
            "suspicion": number,
            "by": by,
        }
        acting = presence_now(tx, now).acting(keeper) or keeper
        _say(tx, said, acting, What.NOT_US, facts, now)
    return said


def _say(
    tx: Tx,
    about: UnannouncedChange,
    person: str,
    what: What,
    facts: dict[str, object],
    now: datetime,
) -> None:
    letter = Say(subject=f"{SUBJECT}{about.id}", to=f"person:{person}", what=what, facts=facts)
    tx.queue(letter, now)
