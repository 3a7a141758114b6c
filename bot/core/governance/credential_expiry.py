"""Credentials that end, and the ladder on which their owners hear of it: 30, 14, 7, 3, 1 days.

Each step is said once for one end date. A new date begins the ladder anew; a snooze ends with the
next step at the latest. What somebody told us about a rotation holds until the file says the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.core.estate.catalogue import Catalogue, Connection, Credential, Identity, Person
from bot.core.estate.ids import PersonId
from bot.core.governance.notices import Expired, Expires, OfCredential, Rotation
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.signals import Signal
from bot.core.people.next_in_line import Purpose, in_line
from bot.language.local_time import open_until

STEPS = (30, 14, 7, 3, 1, 0)  # days left; 0 means that it has expired
SNOOZE = timedelta(days=3)
_ONLY_READ = "probe:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One credential as it is watched. `key` is `<connection>/<credential>` of the file, or
    `probe:<check>` for an end date that only a check reads. `connections` are all that use it."""

    key: str
    name: str
    connections: tuple[str, ...]
    owner: PersonId | None
    expires: datetime | None = None
    rotate_by: date | None = None
    identity: Identity = Identity.UNKNOWN
    where: str = ""


def only_read_by(key: str) -> str:
    """The check that alone knows of the credential with this key; empty for one of the file."""
    return key.removeprefix(_ONLY_READ) if key.startswith(_ONLY_READ) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialWatch:
    """What was said and done about one credential."""

    key: str
    about: datetime | None = None  # the end date that the steps are counted for
    step: int | None = None  # the last step said, in days left
    rotation_said: date | None = None  # the due date that was said
    snoozed_until: datetime | None = None
    override: date | None = None  # the end date somebody told us
    override_by: PersonId | None = None
    override_at: datetime | None = None
    not_mine: tuple[PersonId, ...] = field(default_factory=tuple)


def subjects(
    catalogue: Catalogue, checks: Iterable[CheckHealth], told: Mapping[str, date]
) -> tuple[Subject, ...]:
    """Every credential with an end or a rotation date, shared ones once; then every end date that
    only a probe knows. `told` are the end dates that people told us, by key."""
    found: dict[str, Subject] = {}
    for connection in catalogue.connections.values():
        for item in connection.credentials:
            key = connection.key_of(item)
            if key in found:
                known = found[key]
                # Its owner renews it once, so they hear of it once, for all that use it.
                found[key] = replace(known, connections=(*known.connections, connection.id))
            elif item.expires or item.rotate_every:
                found[key] = _of_file(connection, item, told.get(key))
    listed = tuple(found.values())
    return (*listed, *_of_probes(catalogue, checks, listed))


def _of_file(connection: Connection, item: Credential, told: date | None) -> Subject:
    """The later end date counts, of what was told and what the file says."""
    # A renewal moves the end away; the file may be the one that was brought up to date since.
    ends = max((day for day in (told, item.expires) if day), default=None)
    renewed = ends != item.expires
    return Subject(
        key=connection.key_of(item),
        name=item.name,
        connections=(connection.id,),
        owner=item.owner or connection.owners.technical,
        expires=_midnight(ends) if ends else None,
        rotate_by=None if renewed else rotation_due(item),
        identity=item.identity,
        where=item.where,
    )


def rotation_due(item: Credential) -> date | None:
    """When it should be renewed by its own rule; None without a rule or a last time."""
    if item.rotate_every is None or item.rotated is None:
        return None
    return item.rotated + item.rotate_every


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _of_probes(
    catalogue: Catalogue, checks: Iterable[CheckHealth], listed: tuple[Subject, ...]
) -> Iterable[Subject]:
    for check in checks:
        ends = check.signals.get(Signal.EXPIRES_AT)
        connection = catalogue.connections.get(check.connection)
        if connection is None or not isinstance(ends, datetime):
            continue
        # What a check read before it was taken out of the file is of no use any more.
        if not any(spec.key == check.check for spec in connection.checks):
            continue
        if not any(_same(subject, connection.id, ends) for subject in listed):
            yield Subject(
                key=f"{_ONLY_READ}{check.check}",
                name=f"what the check {check.check.partition('/')[2]} reads",
                connections=(connection.id,),
                owner=connection.owners.technical,
                expires=ends,
            )


def _same(subject: Subject, connection: str, ends: datetime) -> bool:
    """Whether a probe's end date is that of a listed credential: within a day of each other."""
    if connection not in subject.connections or subject.expires is None:
        return False
    return abs(subject.expires - ends) <= timedelta(days=1)


def step_at(expires: datetime, now: datetime) -> int | None:
    """The lowest step reached: 7 with five days left, 0 when it is over; None above 30 days."""
    left = (expires - now) / timedelta(days=1)
    if left <= 0:
        return 0
    return next((step for step in reversed(STEPS) if step and left <= step), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A notice that is due, and the watch as it stands once it was queued."""

    notice: type[OfCredential]
    watch: CredentialWatch


def due(subject: Subject, watch: CredentialWatch, now: datetime) -> Due | None:
    """The notice to send now; None when everything was said or somebody snoozed it."""
    if subject.expires and subject.expires != watch.about:
        # Whoever put off the old end has not read of the new one.
        watch = replace(watch, about=subject.expires, step=None, snoozed_until=None)
    step = step_at(subject.expires, now) if subject.expires else None
    lower = step is not None and (watch.step is None or step < watch.step)
    # A snooze ends with the next step: the later it is, the less may be put off.
    if watch.snoozed_until is not None and now < watch.snoozed_until and not lower:
        return None
    if step is not None and (lower or watch.snoozed_until is not None):
        said = replace(watch, step=step if lower else watch.step, snoozed_until=None)
        return Due(notice=Expires if step else Expired, watch=said)
    watch = replace(watch, snoozed_until=None)
    rotate = subject.rotate_by
    if rotate and rotate <= now.date() and watch.rotation_said != rotate:
        return Due(notice=Rotation, watch=replace(watch, rotation_said=rotate))
    return None


def recipient(subject: Subject, watch: CredentialWatch, catalogue: Catalogue) -> PersonId | None:
    """Who hears of it: the owner, unless they said that it is not theirs; then their manager, then
    the connection's technical and architecture owner. None when nobody is left."""
    connection = catalogue.connections.get(subject.connections[0])
    owner = catalogue.people.get(subject.owner) if subject.owner else None
    chain = in_line(Purpose.CREDENTIAL, connection, owner)
    known = (one for one in chain if one in catalogue.people)
    return next((one for one in known if one not in watch.not_mine), None)


def may_hear(person: Person, now: datetime) -> bool:
    """Whether it is within the person's working hours; always for somebody without any."""
    hours = person.hours
    # Nobody said when they work, so no hour is wrong.
    if hours is None:
        return True
    return open_until(now, hours.days, (hours.start, hours.end), hours.timezone) is not None
