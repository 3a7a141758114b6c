"""The estate as it stands on record: the file, and what the bot keeps beside it: changes, releases
and the new ends of credentials that people told us.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.changes.change_request import ChangeState
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.history import Change, Release, TrialVerdict
from bot.flows.estate.renewals import as_said
from bot.store.tx import Tx

EXPLAINS_FOR = timedelta(days=7)  # an approved change explains what is seen so long after it
EXPLAINS_BEFORE = timedelta(days=1)  # and what is seen so long before the moment it was planned for


def on_record(tx: Tx, catalogue: Catalogue) -> Catalogue:
    """The catalogue with every change that was done, every release known and every credential as
    it was renewed; where the file and a calendar know the same release, the file is right.
    `catalogue` itself when there is nothing beside the file."""
    catalogue = as_said(tx, catalogue)
    changes, releases = _changes(tx, catalogue), _releases(tx, catalogue)
    if changes == catalogue.changes and releases == catalogue.releases:
        return catalogue
    return replace(catalogue, changes=changes, releases=releases)


def _changes(tx: Tx, catalogue: Catalogue) -> tuple[Change, ...]:
    done = (request.as_change() for request in reversed(tx.change_requests()))
    kept = tuple(one for one in done if one and one.connection in catalogue.connections)
    return (*catalogue.changes, *kept)


def _releases(tx: Tx, catalogue: Catalogue) -> tuple[Release, ...]:
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
