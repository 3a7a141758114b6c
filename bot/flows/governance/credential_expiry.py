"""Telling owners that a credential ends, and keeping what they answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.core.estate.check_spec import CheckSpec
from bot.core.governance.credential_expiry import (
    SNOOZE,
    CredentialWatch,
    Due,
    Subject,
    due,
    may_hear,
    only_read_by,
    recipient,
    subjects,
)
from bot.core.governance.notices import Expired, Expires, OfCredential, Rotation
from bot.core.monitoring.signals import Reading, Signal
from bot.core.people.backdating import must_end_in_time
from bot.core.people.permissions import Deed, DeedAbout, Role, permit
from bot.core.triage.facts import LaneFactKind
from bot.flows.monitoring.health import Batch, FinishedLook
from bot.flows.people.permitted import about_connection, doer
from bot.flows.people.presence import tell_reader
from bot.flows.work import Work
from bot.language.errors import NotFound, Refused
from bot.language.marks import outside

_FILE_ONLY = "credential"  # a kind of check that reads nothing but the estate file


def tick(work: Work) -> int:
    """Say every notice that is due; returns how many. Within an owner's working hours only, unless
    a day or less is left."""
    told = 0
    for subject in _subjects(work):
        watch = work.tx.credential_watch(subject.key) or CredentialWatch(key=subject.key)
        found = due(subject, watch, work.now)
        if found is not None:
            told += _tell(work, subject, found)
    return told


def _subjects(work: Work) -> tuple[Subject, ...]:
    overrides: dict[str, date] = {}
    for connection in work.catalogue.connections.values():
        for item in connection.credentials:
            watch = work.tx.credential_watch(connection.key_of(item))
            if watch is None or watch.override is None:
                continue
            # The file has caught up, and is right from here on.
            if item.expires and item.expires >= watch.override:
                work.tx.save_credential_watch(
                    replace(watch, override=None, override_by=None, override_at=None)
                )
            else:
                overrides[watch.key] = watch.override
    return subjects(work.catalogue, work.tx.all_check_health(), overrides)


def _tell(work: Work, subject: Subject, found: Due) -> bool:
    person = recipient(subject, found.watch, work.catalogue)
    urgent = subject.expires is not None and subject.expires - work.now <= timedelta(days=1)
    # Not stored where it is not said, so the step waits for the working hours.
    if person is None or not (urgent or may_hear(work.catalogue.people[person], work.now)):
        return False
    # Together with the letter, in one transaction: a step is said once.
    work.tx.save_credential_watch(found.watch)
    _say(work, subject, found.notice, person)
    return True


def _say(
    work: Work, subject: Subject, kind: type[OfCredential], person: str, passed_on: str = ""
) -> None:
    told = kind(
        key=subject.key,
        name=subject.name,
        connection=subject.connections[0],
        connections=subject.connections,
        expires=subject.expires,
        rotate_by=subject.rotate_by,
        where=subject.where,
        identity=subject.identity,
        passed_on=passed_on,
    )
    tell_reader(work, person, told, about=about_credential(subject.key))


def about_credential(key: str) -> str:
    """The subject of every letter about one credential."""
    return f"credential:{key}"


def find(work: Work, key: str) -> Subject:
    """Raises NotFound for a credential that nobody watches any more."""
    for subject in _subjects(work):
        if subject.key == key:
            return subject
    raise NotFound("This credential is no longer in the catalogue.")


def must_answer(work: Work, subject: Subject, by: str) -> None:
    """Raises NotAllowed, naming who may, for anybody but whoever was told of it and whoever is
    named for a connection that it serves."""
    about = DeedAbout(name=subject.name)
    for name in subject.connections:
        connection = work.catalogue.connections.get(name)
        for role, people in about_connection(connection).cast.items() if connection else ():
            about = about.joined(role, people)
    letters = work.tx.letters_in_slack(about_credential(subject.key))
    told = [sent.letter.person for sent in letters]
    watch = work.tx.credential_watch(subject.key) or CredentialWatch(key=subject.key)
    about = about.joined(Role.ASKED, [*told, recipient(subject, watch, work.catalogue)])
    permit(Deed.CREDENTIAL, about, doer(work, by))


def snooze(work: Work, key: str, by: str) -> datetime:
    """Silence until then, or until the next step of the ladder; returns when."""
    must_answer(work, find(work, key), by)
    watch = work.tx.credential_watch(key) or CredentialWatch(key=key)
    until = work.now + SNOOZE
    work.tx.save_credential_watch(replace(watch, snoozed_until=until))
    return until


def not_mine(work: Work, key: str, by: str) -> str:
    """`by` does not own it: whoever is next is told at once. Returns whom. Raises Refused when
    nobody is left."""
    subject = find(work, key)
    must_answer(work, subject, by)
    watch = work.tx.credential_watch(key) or CredentialWatch(key=key)
    watch = replace(watch, not_mine=tuple(dict.fromkeys((*watch.not_mine, by))))
    person = recipient(subject, watch, work.catalogue)
    if person is None:
        raise Refused("Nobody else is named for it. Name an owner in the catalogue, please.")
    work.tx.save_credential_watch(watch)
    _say(work, subject, _notice_of(subject, work.now), person, passed_on=by)
    return person


def _notice_of(subject: Subject, now: datetime) -> type[OfCredential]:
    if subject.expires is None:
        return Rotation
    return Expired if subject.expires <= now else Expires


def rotated(
    work: Work,
    key: str,
    *,
    ends: date,
    by: str,
) -> tuple[str, ...]:
    """Keep the new end date until the file says it too. Returns the checks that can tell whether
    it is true, taken from what they read before. Raises Invalid for a date that
    is over or too far ahead."""
    subject = find(work, key)
    must_answer(work, subject, by)
    must_end_in_time(ends, work.now.date(), field="ends")
    watchers = _watchers(work, subject)
    watch = work.tx.credential_watch(key) or CredentialWatch(key=key)
    work.tx.save_credential_watch(
        replace(
            watch,
            override=ends,
            override_by=by,
            override_at=work.now,
            snoozed_until=None,
            not_mine=(),
        )
    )
    for connection in subject.connections:
        said = f"{outside(subject.name)} was renewed, valid to {ends}"
        work.tx.observe(connection, work.now, said, kind=LaneFactKind.RENEWAL, by=by)
    return watchers


def _watchers(work: Work, subject: Subject) -> tuple[str, ...]:
    """Checks that read the end date from the far end, and read the one that is known."""
    if check := only_read_by(subject.key):
        return (check,)
    return tuple(
        spec.key
        for name in subject.connections
        for spec in work.catalogue.connections[name].checks
        if spec.kind != _FILE_ONLY and _reads(work, spec, subject.expires)
    )


def _reads(work: Work, spec: CheckSpec, known: datetime | None) -> bool:
    ends = _read(work, spec.key)
    # The file knows a day and the far end a moment: within a day they are the same end.
    return bool(ends and known and abs(ends - known) <= timedelta(days=1))


def _read(work: Work, check: str) -> datetime | None:
    health = work.tx.check_health(check)
    ends = health.signals.get(Signal.EXPIRES_AT) if health else None
    return ends if isinstance(ends, datetime) else None


def verify(work: Work, key: str, *, ends: date, watchers: Iterable[str]) -> tuple[bool, str] | None:
    """After a fresh look: whether a check reads the new date, and that check. None when no check
    can tell. A date that a check contradicts is forgotten, so that the ladder goes on."""
    for check in watchers:
        read = _read(work, check)
        if read is None:
            continue
        # A day of grace: the two may cut their days by different zones.
        if read >= midnight(ends) - timedelta(days=1):
            return True, check
        watch = work.tx.credential_watch(key)
        if watch is not None:
            work.tx.save_credential_watch(
                replace(watch, override=None, override_by=None, override_at=None)
            )
        return False, check
    return None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def apply_told_dates(work: Work, batch: Batch) -> Batch:
    """A check that knows its date from the file only believes what its owner said since."""
    return batch.with_looks(
        _with_told_date(work, one, one.observation)
        if one.spec.kind == _FILE_ONLY and isinstance(one.observation, Reading)
        else one
        for one in batch.looks
    )


def _with_told_date(work: Work, look: FinishedLook, seen: Reading) -> FinishedLook:
    ends = seen.signals.get(Signal.EXPIRES_AT)
    if not isinstance(ends, datetime):
        return look
    keys = [f"probe:{look.spec.key}"]
    keys += [
        look.connection.key_of(item)
        for item in look.connection.credentials
        if item.expires and abs(midnight(item.expires) - ends) <= timedelta(days=1)
    ]
    said = (watch.override for key in keys if (watch := work.tx.credential_watch(key)))
    # One check may stand for several credentials; the latest word is the newest.
    later = max((midnight(day) for day in said if day), default=ends)
    if later <= ends:
        return look
    told = replace(seen, signals={**seen.signals, Signal.EXPIRES_AT: later})
    return replace(look, observation=told)
