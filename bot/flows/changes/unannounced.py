"""Something changed that nobody announced: its owners are asked whether it was them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.changes.notices import UnannouncedNotOurs, UnannouncedSeen
from bot.core.changes.unannounced import AnnouncedBy, UnannouncedChange
from bot.core.estate.catalogue import Connection
from bot.core.estate.lane import Layer
from bot.core.governance.audit.situation import NOTHING_LIVE, Situation
from bot.core.outbox.address import OfUnannounced, ToPerson
from bot.core.outbox.notice import Show
from bot.core.people.permissions import Deed, DeedAbout, Doer, permit
from bot.core.triage.facts import LaneFactKind
from bot.flows.estate.ledger import approved_lately, being_approved
from bot.flows.people.permitted import about_connection
from bot.flows.people.presence import presence_now
from bot.flows.work import Work
from bot.language.errors import NotFound
from bot.language.marks import outside

QUIET = timedelta(days=1)  # the same thing is asked about once in this time


def load(work: Work, number: int) -> UnannouncedChange:
    found = work.tx.unannounced(number)
    if found is None:
        raise NotFound("This question is no longer on record.")
    return found


def notice(
    work: Work, connection: Connection, *, what: str, source: str, at: datetime
) -> UnannouncedChange | None:
    """Ask the technical and the functional owner about something that changed, unless an approved
    change explains it or the same was asked about within a day; then None is returned."""
    # Asking about what was approved would teach people to click the question away.
    if approved_lately(work.tx, work.catalogue, connection, at) or being_approved(
        work.tx, connection, at
    ):
        return None
    if any(_same(known, connection, source, at) for known in work.tx.unannounced_changes()):
        return None
    stored = work.tx.add_unannounced(
        UnannouncedChange(connection=connection.id, at=at, what=what, source=source)
    )
    asked = _owners(connection)
    there = presence_now(work.at(at))
    readers = dict.fromkeys(there.acting(owner) or owner for owner in asked)
    for reader in readers:
        told = UnannouncedSeen(
            connection=connection.id,
            name=connection.name,
            unannounced=stored.id,
            others=tuple(other for other in readers if other != reader),
        )
        work.at(at).tell(ToPerson(reader), told, about=str(OfUnannounced(stored.id)))
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


def audit_entries(work: Work, check: str, entries: Iterable[str]) -> None:
    """What the audit log of a vendor says was changed: a fact for triage, and a question to the
    owners when no approved change explains it. Several entries are one question."""
    connection = work.catalogue.connections.get(check.partition("/")[0])
    said = (outside(entry, 200) for entry in entries)
    told = {f"audit log: {entry}": entry for entry in said}
    if connection is None or not told:
        return
    known = {what for _, what in work.tx.observed(connection.id, work.now - QUIET)}
    new = [entry for entry in told if entry not in known]  # vendors send twice
    if not new:
        return
    for entry in new:
        # Evidence in any case, also where an approved change explains it and nobody is asked.
        work.tx.observe(connection.id, work.now, entry, kind=LaneFactKind.NOTE)
    shown = "; ".join(told[entry] for entry in new[:3])
    more = f" and {len(new) - 3} more" if len(new) > 3 else ""
    what = f"Its audit log says: {shown}{more}."
    notice(work, connection, what=what, source=f"audit log of {check}", at=work.now)


def not_ours(work: Work, number: int, by: str) -> UnannouncedChange:
    """It was not them: whoever guards the estate is told, and it stays a finding until a change
    on record explains it."""
    known = load(work, number)
    connection = work.catalogue.connections.get(known.connection)
    about = about_connection(connection) if connection else DeedAbout(name=known.connection)
    speaks_for = tuple(presence_now(work).people_spoken_for(by))
    permit(Deed.ANSWER_FOR, about, Doer(person=by, speaks_for=speaks_for))
    # The other owner was faster; two answers to one question would contradict each other.
    if known.settled:
        return known
    said = replace(known, verdict=AnnouncedBy.NOT_OURS, by=by, said_at=work.now)
    work.tx.save_unannounced(said)
    denied = f"said not to be our own change: {known.what}"
    work.tx.observe(known.connection, work.now, denied, kind=LaneFactKind.NOTE, by=by)
    work.queue(Show(subject=str(OfUnannounced(number))))
    situation = Situation(catalogue=work.catalogue, live=NOTHING_LIVE, now=work.now)
    owner = situation.reachable_owner(connection, Layer.ARCHITECTURE) if connection else None
    if owner and connection:
        told = UnannouncedNotOurs(
            connection=connection.id, name=connection.name, unannounced=number, by=by
        )
        acting = presence_now(work).acting(owner) or owner
        work.tell(ToPerson(acting), told, about=str(OfUnannounced(number)))
    return said
