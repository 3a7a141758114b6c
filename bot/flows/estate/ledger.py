"""Who owned what and when, and the estate as it stands on record.

The ledger keeps what each newly read catalogue changes of ownership, and tells who it was back
then.

On record is the estate file with what the bot keeps beside it: changes, releases and the new ends
of credentials that people told us. Whatever is shown or judged goes by that. The ladder of letters
about credentials goes by the file, and knows the told ends by itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.changes.change_request import ChangeState
from bot.core.estate import ledger
from bot.core.estate.catalogue import Catalogue, Connection, Credential
from bot.core.estate.history import Change, Release, Renewal, TrialVerdict
from bot.core.estate.lane import Layer
from bot.core.estate.ledger import FIRST_RESPONDER, HANDOVER_ITEMS, Handover, Holding, Moves
from bot.core.governance.audit.attestation import Claim
from bot.core.governance.credential_expiry import CredentialWatch
from bot.core.governance.notices import HandoverBegins
from bot.core.incidents.incident import Incident
from bot.core.outbox.address import ToPerson
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside, when, who
from bot.store.tx import Tx

SOURCE = "the estate file"


def record(work: Work, source: str = SOURCE) -> Moves:
    """Write down every change of ownership since the catalogue read before.

    A layer that goes from one person to another opens a handover, which the new owner is told of.
    An open attestation of somebody who no longer holds the layer is closed.
    """
    found = ledger.moves(work.tx.open_holdings(), work.catalogue, work.now, source)
    for line in found.closed:
        work.tx.end_holding(line)
    for line in found.opened:
        work.tx.begin_holding(_sourced(work, line))
    for before, after in found.replaced():
        # A first responder owns nothing to be handed over.
        if after.layer != FIRST_RESPONDER:
            _hand_over(work, before, after)
    if found.closed:
        _close_moot(work)
    return found


def _sourced(work: Work, line: Holding) -> Holding:
    """A change that its former owner announced carries their word."""
    for one in work.tx.open_attestations():
        announced = one.claim is Claim.HANDING_OVER and one.to == line.person
        if announced and (one.connection, one.layer) == (line.subject, line.layer):
            return replace(line, source=f"{line.source}; handed over by {one.person}")
    return line


def _hand_over(work: Work, before: Holding, after: Holding) -> None:
    for old in work.tx.open_handovers():
        # Whoever was to take over before has nothing left to take over.
        if (old.connection, old.layer) == (after.subject, after.layer):
            work.tx.save_handover(replace(old, finished_at=work.now))
    handover = work.tx.add_handover(
        Handover(
            connection=after.subject,
            layer=after.layer,
            person=after.person,
            before=before.person,
            opened_at=work.now,
        )
    )
    connection = work.catalogue.connections[after.subject]
    told = HandoverBegins(
        handover=handover.id,
        connection=connection.id,
        name=connection.name,
        layer=Layer(handover.layer),
        before=before.person,
    )
    work.tell(ToPerson(after.person), told, about=f"handover:{handover.id}")


def _close_moot(work: Work) -> None:
    for one in work.tx.open_attestations():
        connection = work.catalogue.connections.get(one.connection)
        holder = connection.owners.of(Layer(one.layer)) if connection else None
        if holder != one.person:
            work.tx.save_attestation(replace(one, closed_at=work.now))
    for handover in work.tx.open_handovers():
        connection = work.catalogue.connections.get(handover.connection)
        holder = connection.owners.of(Layer(handover.layer)) if connection else None
        if holder != handover.person:
            work.tx.save_handover(replace(handover, finished_at=work.now))


def tick_off(work: Work, number: int, items: tuple[str, ...], by: str) -> Handover:
    """The new owner says which items of the checklist are done. Raises Refused for anybody else
    and NotFound for a checklist that does not exist."""
    handover = work.tx.handover(number)
    if handover is None:
        raise NotFound("This checklist is no longer on record.")
    if handover.person != by:
        raise Refused("Only the new owner can tick this list off. Nothing was changed.")
    done = tuple(item for item in HANDOVER_ITEMS if item in items)
    after = replace(
        handover,
        done=done,
        finished_at=work.now if len(done) == len(HANDOVER_ITEMS) else None,
    )
    work.tx.save_handover(after)
    return after


def as_of_text(work: Work, connection: Connection, start: datetime, end: datetime) -> str:
    """The answer to "who owned it that day?", in `language.marks` marks. Before the ledger begins
    it says so and names the earliest owners known."""
    lines = work.tx.holdings_of(connection.id)
    name = outside(connection.name)
    if not lines:
        return f"The ledger has no line about {name} yet."
    begins = min(line.since for line in lines)
    head = f"{name} on {when(start)}:"
    if end <= begins:
        start = end = begins
        head = (
            f"The ledger of {name} begins on {when(begins)}, after the day you ask about."
            " The earliest owners it knows:"
        )
    # A day has a length; the moment at which the ledger begins has none of its own.
    # Half-open spans: without a length of its own the first moment would belong to nobody.
    held = ledger.during(lines, start, max(end, start + timedelta(microseconds=1)))
    return "\n".join([head, *(_held(place, held.get(place, ())) for place in ledger.PLACES)])


def _held(place: str, lines: tuple[Holding, ...]) -> str:
    words = ledger.PLACE_WORDS[place].capitalize()
    if not lines:
        return f"{words}: nobody."
    people = (
        f"{who(line.person)}, from {when(line.since)}"
        + (f" until {when(line.until)}" if line.until else ", still")
        for line in lines
    )
    return f"{words}: {'; then '.join(people)}."


def owners_then(work: Work, incident: Incident) -> str | None:
    """The technical owner when the incident opened; None when the ledger does not reach back."""
    held = ledger.at(work.tx.holdings_of(incident.connection), incident.opened_at)
    line = held.get(Layer.TECHNICAL.value)
    return line.person if line else None


def with_told_end_dates(tx: Tx, catalogue: Catalogue) -> Catalogue:
    """`catalogue` itself when nobody said anything that the file does not say by now."""
    # A credential that left the file is nobody's business, whatever was said of it.
    filed = {one.key_of(it) for one in catalogue.connections.values() for it in one.credentials}
    watches = (watch for watch in tx.credential_watches() if watch.override)
    said = {watch.key: watch for watch in watches if watch.key in filed}
    if not said:
        return catalogue
    connections = {key: _renewed(item, said) for key, item in catalogue.connections.items()}
    return replace(catalogue, connections=connections)


def _renewed(connection: Connection, said: Mapping[str, CredentialWatch]) -> Connection:
    credentials = tuple(
        _one(item, said.get(connection.key_of(item))) for item in connection.credentials
    )
    return replace(connection, credentials=credentials)


def _one(item: Credential, watch: CredentialWatch | None) -> Credential:
    ends = watch.override if watch else None
    # The file caught up with what people said, and is the truth again.
    if watch is None or ends is None or (item.expires and item.expires >= ends):
        return item
    renewal = Renewal(ends=ends, by=watch.override_by, at=watch.override_at, filed=item.expires)
    rotated = watch.override_at.date() if watch.override_at else item.rotated
    return replace(item, expires=ends, rotated=rotated, renewed=renewal)


EXPLAINS_FOR = timedelta(days=7)  # an approved change explains what is seen so long after it
EXPLAINS_BEFORE = timedelta(days=1)  # and what is seen so long before the moment it was planned for


def estate_as_recorded(tx: Tx, catalogue: Catalogue) -> Catalogue:
    """The catalogue with every change that was done, every release known and every credential as
    it was renewed; where the file and a calendar know the same release, the file is right.
    `catalogue` itself when there is nothing beside the file."""
    catalogue = with_told_end_dates(tx, catalogue)
    changes, releases = _changes(tx, catalogue), _releases(tx, catalogue)
    # The same object lets callers keep what they worked out from it.
    if changes == catalogue.changes and releases == catalogue.releases:
        return catalogue
    return replace(catalogue, changes=changes, releases=releases)


def _changes(tx: Tx, catalogue: Catalogue) -> tuple[Change, ...]:
    done = (request.as_change() for request in reversed(tx.change_requests()))
    kept = tuple(one for one in done if one and one.connection in catalogue.connections)
    return (*catalogue.changes, *kept)


def _releases(tx: Tx, catalogue: Catalogue) -> tuple[Release, ...]:
    # A calendar often has what somebody wrote into the file by hand; it is one release all the
    # same.
    named = {trait for one in catalogue.releases for trait in _named(one)}
    read = (one for one in tx.releases() if named.isdisjoint(_named(one)))
    known = [*catalogue.releases, *(one for one in read if one.system in catalogue.systems)]
    said: dict[str, list[TrialVerdict]] = {}
    for trial in tx.trials():
        said.setdefault(trial.release, []).append(trial)
    return tuple(replace(one, trials=tuple(said.get(one.id, ()))) for one in known)


def _named(release: Release) -> tuple[object, ...]:
    """What tells a release of the file, which knows minutes, from others."""
    minute = release.at.replace(second=0, microsecond=0)
    return release.id, (release.system, release.version, minute)


def release_of(tx: Tx, catalogue: Catalogue, id: str) -> Release | None:
    """None when neither the file nor a calendar has it any more."""
    return next((one for one in _releases(tx, catalogue) if one.id == id), None)


def approved_lately(tx: Tx, catalogue: Catalogue, connection: Connection, now: datetime) -> bool:
    """Whether an approved change of the connection explains what is seen at `now`: one that was
    done lately, or one that is approved and planned for about now."""
    done = any(
        change.connection == connection.id
        and change.approved_by is not None
        and now - EXPLAINS_FOR <= change.at <= now
        for change in _changes(tx, catalogue)
    )
    return done or any(
        request.connection == connection.id
        and request.state is ChangeState.APPROVED
        and request.at - EXPLAINS_BEFORE <= now <= request.at + EXPLAINS_FOR
        for request in tx.change_requests()
    )


def being_approved(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Whether an emergency change that explains it is recorded and waits for its approval."""
    return any(
        request.connection == connection.id
        and request.state is ChangeState.DONE_FIRST
        and now - EXPLAINS_FOR <= request.at <= now
        for request in tx.change_requests()
    )
