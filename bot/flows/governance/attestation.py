"""Owners say whether what the catalogue calls theirs still is: asked every quarter, reminded, and
passed on to whoever must act when it is not.

The catalogue stays the truth: an answer changes nothing in it, but somebody is told to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Layer
from bot.core.governance.audit.attestation import Attestation, Claim
from bot.core.governance.audit.audit import MOST_REMINDERS, REMIND_AFTER
from bot.core.governance.audit.situation import NOTHING_LIVE, Situation
from bot.core.governance.notices import HandingOver, LayerRow, NotMine, StillYours
from bot.core.outbox.address import ToPerson
from bot.flows.work import Work
from bot.language.errors import Invalid, NotFound, Refused

ROWS = 12  # layers asked about in one message
_ABOUT = "attest"


def start(work: Work) -> int:
    """Ask every owner about every layer they hold; returns how many were asked.

    What was still open from the round before is closed: the new question takes its place. A layer
    that its owner denied or is handing over stays open, since the catalogue has not changed.
    """
    still_open = set()
    for old in work.tx.open_attestations():
        if old.claim is None:
            work.tx.save_attestation(replace(old, closed_at=work.now))
        else:
            still_open.add((old.connection, old.layer))
    round = work.now.date().isoformat()
    asked: set[PersonId] = set()
    for connection in work.catalogue.connections.values():
        for layer in Layer:
            owner = connection.owners.of(layer)
            wanted = connection.about.lifecycle.managed and (connection.id, layer) not in still_open
            if owner and wanted:
                work.tx.add_attestation(_question(connection, layer, owner, round, work.now))
                asked.add(owner)
    # One letter a person, however many layers they hold, and in the same order each time.
    for person in sorted(asked):
        _ask(work, person, again=False)
    return len(asked)


def _question(
    connection: Connection, layer: Layer, owner: PersonId, round: str, now: datetime
) -> Attestation:
    return Attestation(
        round=round, connection=connection.id, layer=layer.value, person=owner, asked_at=now
    )


def remind(work: Work) -> None:
    """Ask again who has not answered, a few times; after that it is a finding."""
    late: dict[PersonId, list[Attestation]] = {}
    for one in _unanswered(work):
        due = one.asked_at + (one.reminded + 1) * REMIND_AFTER
        # After that more letters would only be read less.
        if one.reminded < MOST_REMINDERS and due <= work.now:
            late.setdefault(one.person, []).append(one)
    for person, items in late.items():
        for one in items:
            work.tx.save_attestation(replace(one, reminded=one.reminded + 1))
        _ask(work, person, again=True)


def _unanswered(work: Work) -> Iterable[Attestation]:
    return (one for one in work.tx.open_attestations() if one.claim is None)


def _ask(
    work: Work,
    person: PersonId,
    *,
    again: bool,
) -> None:
    mine = [one for one in _unanswered(work) if one.person == person]
    for first in range(0, len(mine), ROWS):
        rows = tuple(
            LayerRow(
                id=one.id,
                connection=one.connection,
                name=_name(work.catalogue, one),
                layer=Layer(one.layer),
            )
            for one in mine[first : first + ROWS]
        )
        work.tell(ToPerson(person), StillYours(rows=rows, again=again), about=_ABOUT)


def _name(catalogue: Catalogue, one: Attestation) -> str:
    known = catalogue.connections.get(one.connection)
    return known.name if known else one.connection


def must_own(work: Work, number: int, by: PersonId) -> Attestation:
    """The question that was put to `by` and is open. Raises NotFound or Refused."""
    one = work.tx.attestation(number)
    if one is None:
        raise NotFound("This question is no longer on record.")
    # No stand-in: whether something is yours is for nobody else to say.
    if one.person != by:
        raise Refused("This question was put to somebody else. Nothing was changed.")
    if one.closed_at is not None:
        raise Refused("This question is settled; a newer one may follow next quarter.")
    return one


def confirm(work: Work, number: int, by: PersonId) -> int:
    """It is still theirs. Returns how many of their questions are left."""
    one = must_own(work, number, by)
    work.tx.save_attestation(replace(one, claim=Claim.MINE, closed_at=work.now))
    return left(work, by)


def confirm_all(work: Work, by: PersonId) -> int:
    """Everything asked is still theirs. Returns how many were confirmed."""
    # Only what was asked: the button must not confirm what a newer file has given them since.
    mine = [one for one in _unanswered(work) if one.person == by]
    for one in mine:
        work.tx.save_attestation(replace(one, claim=Claim.MINE, closed_at=work.now))
    return len(mine)


def deny(work: Work, number: int, by: PersonId) -> PersonId | None:
    """It is not theirs: their manager is told, or whoever guards the estate. Returns who was
    told."""
    one = must_own(work, number, by)
    # Left open: it stays a finding until the file names somebody else.
    work.tx.save_attestation(replace(one, claim=Claim.NOT_MINE))
    boss = _situation(work.catalogue, work.now).superior(
        by, work.catalogue.connections.get(one.connection)
    )
    if boss:
        told = NotMine(
            id=one.id,
            connection=one.connection,
            name=_name(work.catalogue, one),
            layer=Layer(one.layer),
            person=by,
        )
        work.tell(ToPerson(boss), told, about=_ABOUT)
    return boss


def hand_over(work: Work, number: int, by: PersonId, to: PersonId) -> PersonId | None:
    """They name a successor. Whoever guards the estate is asked to change the file; the
    successor's checklist begins when it is. Returns who was asked."""
    one = must_own(work, number, by)
    if to == by or to not in work.catalogue.people:
        raise Invalid("Choose somebody else from the catalogue.")
    work.tx.save_attestation(replace(one, claim=Claim.HANDING_OVER, to=to))
    connection = work.catalogue.connections.get(one.connection)
    situation = _situation(work.catalogue, work.now)
    owner = situation.architecture_owner
    if connection and situation.present(connection.owners.architecture):
        owner = connection.owners.architecture
    if owner:
        told = HandingOver(
            id=one.id,
            connection=one.connection,
            name=_name(work.catalogue, one),
            layer=Layer(one.layer),
            person=by,
            successor=to,
        )
        work.tell(ToPerson(owner), told, about=_ABOUT)
    return owner


def _situation(catalogue: Catalogue, now: datetime) -> Situation:
    return Situation(catalogue=catalogue, live=NOTHING_LIVE, now=now)


def left(work: Work, person: PersonId) -> int:
    return sum(one.person == person for one in _unanswered(work))


def confirmed_text(work: Work, connection: ConnectionId) -> str:
    """When the owners of a connection last said that it is theirs; empty before the first round."""
    newest = work.tx.last_attestation()
    items = work.tx.attestations_of(newest) if newest else ()
    mine = [one for one in items if one.connection == connection]
    if not mine:
        return ""
    days = {one.layer: one.closed_at for one in mine if one.claim is Claim.MINE and one.closed_at}
    said = ", ".join(f"{layer} on {at.date()}" for layer, at in days.items())
    silent = ", ".join(one.layer for one in mine if one.layer not in days)
    confirmed = f"Confirmed by its owners: {said}." if said else "Not confirmed by its owners."
    return f"{confirmed} Asked on {newest}, not confirmed: {silent}." if silent else confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the newest round is. `waiting` are the people who have not answered everything."""

    round: str
    asked: int
    answered: int
    denied: tuple[Attestation, ...]
    waiting: tuple[PersonId, ...]


def progress(work: Work) -> Progress | None:
    """None before the first round."""
    newest = work.tx.last_attestation()
    if newest is None:
        return None
    items = work.tx.attestations_of(newest)
    waiting = (one.person for one in items if one.claim is None and one.closed_at is None)
    return Progress(
        round=newest,
        asked=len(items),
        answered=sum(one.claim is not None for one in items),
        denied=tuple(one for one in items if one.claim is Claim.NOT_MINE),
        waiting=tuple(dict.fromkeys(waiting)),
    )
