"""Telling owners that a credential ends, and keeping what they answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.governance.credential_expiry import (
    SNOOZE,
    CredentialWatch,
    Due,
    Notice,
    Subject,
    due,
    may_hear,
    recipient,
    subjects,
)
from bot.core.monitoring.signals import Observation, Reading, Signal
from bot.core.outbox.notice import Say, What
from bot.core.people.backdating import must_end_in_time
from bot.core.people.permissions import Deed, DeedAbout, Role, permit
from bot.core.triage.facts import LaneFactKind
from bot.flows.people.permitted import about_connection, doer
from bot.flows.people.presence import reader_for
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside
from bot.ports import Knowledge, Tx

_WHAT = {
    Notice.EXPIRES: What.EXPIRES,
    Notice.EXPIRED: What.EXPIRED,
    Notice.ROTATION: What.ROTATION,
}
_FILE_ONLY = "credential"  # a kind of check that reads nothing but the estate file


def tick(tx: Tx, knowledge: Knowledge, now: datetime) -> int:
    """Say every notice that is due; returns how many. Within an owner's working hours only, unless
    a day or less is left."""
    told = 0
    for subject in _subjects(tx, knowledge.catalogue):
        watch = tx.credential_watch(subject.key) or CredentialWatch(key=subject.key)
        found = due(subject, watch, now)
        if found is not None:
            told += _tell(tx, knowledge.catalogue, subject, found, now)
    return told


def _subjects(tx: Tx, catalogue: Catalogue) -> tuple[Subject, ...]:
    overrides: dict[str, date] = {}
    for connection in catalogue.connections.values():
        for item in connection.credentials:
            watch = tx.credential_watch(connection.key_of(item))
            if watch is None or watch.override is None:
                continue
            if item.expires and item.expires >= watch.override:
                tx.save_credential_watch(
                    replace(watch, override=None, override_by=None, override_at=None)
                )
            else:
                overrides[watch.key] = watch.override
    return subjects(catalogue, tx.all_check_health(), overrides)


def _tell(tx: Tx, catalogue: Catalogue, subject: Subject, found: Due, now: datetime) -> bool:
    person = recipient(subject, found.watch, catalogue)
    urgent = subject.expires is not None and subject.expires - now <= timedelta(days=1)
    if person is None or not (urgent or may_hear(catalogue.people[person], now)):
        return False
    tx.save_credential_watch(found.watch)
    _say(tx, subject, found.notice, person, now)
    return True


def _say(
    tx: Tx, subject: Subject, notice: Notice, person: str, now: datetime, passed_on: str = ""
) -> None:
    facts = {
        "key": subject.key,
        "name": subject.name,
        "connection": subject.connections[0],
        "connections": list(subject.connections),
        "expires": subject.expires.isoformat() if subject.expires else None,
        "rotate_by": subject.rotate_by.isoformat() if subject.rotate_by else None,
        "where": subject.where,
        "identity": subject.identity.value,
        "passed_on": passed_on,
    }
    about = about_credential(subject.key)
    reader, covers_whom = reader_for(tx, person, now)
    told = {**facts, **covers_whom}
    tx.queue(Say(subject=about, to=f"person:{reader}", what=_WHAT[notice], facts=told), now)


def about_credential(key: str) -> str:
    """The subject of every letter about one credential."""
    return f"credential:{key}"


def find(tx: Tx, knowledge: Knowledge, key: str) -> Subject:
    """Raises NotFound for a credential that nobody watches any more."""
    for subject in _subjects(tx, knowledge.catalogue):
        if subject.key == key:
            return subject
    raise NotFound("This credential is no longer in the catalogue.")


def must_answer(tx: Tx, knowledge: Knowledge, subject: Subject, by: str, now: datetime) -> None:
    """Raises NotAllowed, naming who may, for anybody but whoever was told of it and whoever is
    named for a connection that it serves."""
    about = DeedAbout(name=subject.name)
    for name in subject.connections:
        connection = knowledge.catalogue.connections.get(name)
        for role, people in about_connection(connection).cast.items() if connection else ():
            about = about.joined(role, people)
    letters = tx.letters_in_slack(about_credential(subject.key))
    told = [sent.letter.to.partition(":")[2] for sent in letters]
    watch = tx.credential_watch(subject.key) or CredentialWatch(key=subject.key)
    about = about.joined(Role.ASKED, [*told, recipient(subject, watch, knowledge.catalogue)])
    permit(Deed.CREDENTIAL, about, doer(tx, knowledge, by, now))


def snooze(tx: Tx, knowledge: Knowledge, key: str, by: str, now: datetime) -> datetime:
    """Silence until then, or until the next step of the ladder; returns when."""
    must_answer(tx, knowledge, find(tx, knowledge, key), by, now)
    watch = tx.credential_watch(key) or CredentialWatch(key=key)
    until = now + SNOOZE
    tx.save_credential_watch(replace(watch, snoozed_until=until))
    return until


def not_mine(tx: Tx, knowledge: Knowledge, key: str, by: str, now: datetime) -> str:
    """`by` does not own it: whoever is next is told at once. Returns whom. Raises Refused when
    nobody is left."""
    subject = find(tx, knowledge, key)
    must_answer(tx, knowledge, subject, by, now)
    watch = tx.credential_watch(key) or CredentialWatch(key=key)
    watch = replace(watch, not_mine=tuple(dict.fromkeys((*watch.not_mine, by))))
    person = recipient(subject, watch, knowledge.catalogue)
    if person is None:
        raise Refused("Nobody else is named for it. Name an owner in the catalogue, please.")
    tx.save_credential_watch(watch)
    _say(tx, subject, _notice_of(subject, now), person, now, passed_on=by)
    return person


def _notice_of(subject: Subject, now: datetime) -> Notice:
    if subject.expires is None:
        return Notice.ROTATION
    return Notice.EXPIRED if subject.expires <= now else Notice.EXPIRES


def rotated(
    tx: Tx, knowledge: Knowledge, key: str, *, ends: date, by: str, now: datetime
) -> tuple[str, ...]:
    """Keep the new end date until the file says it too. Returns the checks that can tell whether
    it is true, taken from what they read before. Raises Invalid for a date that
    is over or too far ahead."""
    subject = find(tx, knowledge, key)
    must_answer(tx, knowledge, subject, by, now)
    must_end_in_time(ends, now.date(), field="ends")
    watchers = _watchers(tx, knowledge.catalogue, subject)
    watch = tx.credential_watch(key) or CredentialWatch(key=key)
    tx.save_credential_watch(
        replace(
            watch,
            override=ends,
            override_by=by,
            override_at=now,
            snoozed_until=None,
            not_mine=(),
        )
    )
    for connection in subject.connections:
        said = f"{outside(subject.name)} was renewed, valid to {ends}"
        tx.observe(connection, now, said, kind=LaneFactKind.RENEWAL, by=by)
    return watchers


def _watchers(tx: Tx, catalogue: Catalogue, subject: Subject) -> tuple[str, ...]:
    """Checks that read the end date from the far end, and read the one that is known."""
    if subject.key.startswith("probe:"):
        return (subject.key.removeprefix("probe:"),)
    return tuple(
        spec.key
        for name in subject.connections
        for spec in catalogue.connections[name].checks
        if spec.kind != _FILE_ONLY and _reads(tx, spec, subject.expires)
    )


def _reads(tx: Tx, spec: CheckSpec, known: datetime | None) -> bool:
    ends = _read(tx, spec.key)
    return bool(ends and known and abs(ends - known) <= timedelta(days=1))


def _read(tx: Tx, check: str) -> datetime | None:
    health = tx.check_health(check)
    ends = health.signals.get(Signal.EXPIRES_AT) if health else None
    return ends if isinstance(ends, datetime) else None


def verify(tx: Tx, key: str, *, ends: date, watchers: Iterable[str]) -> tuple[bool, str] | None:
    """After a fresh look: whether a check reads the new date, and that check. None when no check
    can tell. A date that a check contradicts is forgotten, so that the ladder goes on."""
    for check in watchers:
        read = _read(tx, check)
        if read is None:
            continue
        if read >= midnight(ends) - timedelta(days=1):
            return True, check
        watch = tx.credential_watch(key)
        if watch is not None:
            tx.save_credential_watch(
                replace(watch, override=None, override_by=None, override_at=None)
            )
        return False, check
    return None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def with_override(
    tx: Tx, connection: Connection, spec: CheckSpec, observation: Observation
) -> Observation:
    """A check that knows its date from the file only believes what its owner said since."""
    if spec.kind != _FILE_ONLY or not isinstance(observation, Reading):
        return observation
    ends = observation.signals.get(Signal.EXPIRES_AT)
    if not isinstance(ends, datetime):
        return observation
    keys = [f"probe:{spec.key}"]
    keys += [
        connection.key_of(item)
        for item in connection.credentials
        if item.expires and abs(midnight(item.expires) - ends) <= timedelta(days=1)
    ]
    said = (watch.override for key in keys if (watch := tx.credential_watch(key)))
    later = max((midnight(day) for day in said if day), default=ends)
    if later <= ends:
        return observation
    return replace(observation, signals={**observation.signals, Signal.EXPIRES_AT: later})
