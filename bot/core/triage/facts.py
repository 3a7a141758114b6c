"""What is known about one broken connection, gathered once and read by evidence and triage.

Nothing here judges. Texts inside are as they came from outside; only `evidence` may show them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.history import Change, Release
from bot.core.estate.ids import ConnectionId, PersonId
from bot.core.estate.lane import Lane
from bot.core.monitoring.flapping import LastGood, Witness
from bot.core.monitoring.signals import ANSWERED, Cause, FailedRecords, Signal, SignalValue
from bot.core.triage.party_lanes import same_platform
from bot.core.triage.playbook import ErrorClass, Hit, Playbook, Retry, families, looked_up
from bot.language.marks import outside, who

# What only a record can fail with. A call that we made ourselves carried none.
_OF_RECORDS = frozenset(
    {
        *(ErrorClass.PAYLOAD, ErrorClass.MAPPING, ErrorClass.MASTER_DATA, ErrorClass.DUPLICATE),
        ErrorClass.PERIOD_CLOSED,
    }
)
# The playbook entry for how a call of ours ended. An answer that says no says itself why, and what
# an answer lacks is no error of anybody.
MEANT: Mapping[Cause, str] = {
    Cause.NAME: "dns",
    Cause.NO_ROUTE: "tcp-refused",
    Cause.TIMEOUT: "silent-either-way",
    Cause.REFUSED: "tcp-refused",
    Cause.CLOSED: "answer-broken-off",
    Cause.TLS: "runtime-tls-handshake",
    Cause.UNREADABLE: "probe-unreadable",
}
_LONGEST_LOOK = timedelta(hours=1)
LOOK_BACK = timedelta(days=14)  # how long before the break a change is worth showing
SENSITIVE = frozenset({"finance", "hr", "personal"})


class Shared(StrEnum):
    """What two connections have in common, the narrowest first."""

    CREDENTIAL = "credential"
    SYSTEM = "system"
    VENDOR = "vendor"


class LaneFactKind(StrEnum):
    """What an observed change is, which says whose act it was."""

    VERSION = "version"  # the far end was updated
    SHAPE = "shape"  # the data look different; nobody knows yet by whose act
    RENEWAL = "renewal"  # a credential was renewed, by us
    NOTE = "note"  # what a log or a person said; a reader has to judge it


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A change that we saw ourselves, such as a new version of the far end."""

    at: datetime
    what: str
    kind: LaneFactKind = LaneFactKind.VERSION
    by: PersonId | None = None  # who did it, where that was one of us

    @property
    def words(self) -> str:
        """What was seen, with the mark of who did it."""
        return outside(self.what, 120) + (f", by {who(self.by)}" if self.by else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSaid:
    """What the status page at `address` says; whose page it is, the catalogue knows."""

    address: str
    status: str


COMES_AND_GOES = "comes and goes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another connection with a common part. `shares` names that part in words."""

    connection: ConnectionId
    name: str
    verdict: str  # ok, degraded, failing or unknown; or COMES_AND_GOES, which tells nothing
    kind: Shared
    shares: str
    fails_with: str = ""  # the kind of its open incident; empty when none is known
    suppressed: bool = False  # in maintenance or paused: what it does now tells nothing

    @property
    def broken(self) -> bool:
        """Whether it fails now, and that counts."""
        return self.verdict == "failing" and not self.suppressed

    @property
    def fine(self) -> bool:
        return self.verdict == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`signals` are merged over the connection's checks; `best_hits` maps an error text to the
    playbook entry that fits it best, and lacks the texts that none fits. `witnesses` are the last
    successes by who saw them, the one that counts first. `calls` maps the text of a call that we
    made ourselves to what became of it; `doubt` is the most careful retry class of the incident
    so far. `unread` are the figures that no check reads now, with when they were read last."""

    connection: Connection
    failing_since: datetime | None = None
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    check_errors: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    releases: tuple[Release, ...] = ()
    observed: tuple[Observed, ...] = ()
    pages: tuple[PageSaid, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    best_hits: Mapping[str, Hit] = field(default_factory=dict)
    witnesses: tuple[LastGood, ...] = ()
    calls: Mapping[str, Cause] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)  # that were called, by the same texts
    status_at: str = ""  # the host that was asked for `status`
    answered: frozenset[str] = frozenset()  # the kinds of checks to which the far end answers now
    doubt: Retry | None = None
    unread: Mapping[str, datetime | None] = field(default_factory=dict)

    @property
    def said_errors(self) -> tuple[str, ...]:
        """The errors of checks without our own notes of what an answer lacks: nobody said those."""
        return said(self.check_errors, self.calls)

    def asked_when_it_said(self, text: str) -> str:
        """The host that gave this answer to a call of ours; empty for any other text."""
        return self.hosts.get(text, "") if self.calls.get(text) in ANSWERED else ""

    @property
    def last_good(self) -> tuple[LastGood, ...]:
        """The last success of each witness, the one that counts first; a sign of life is no
        success."""
        at = self.moment(Signal.LAST_SUCCESS)
        alone = (LastGood(witness=Witness.SYNC, at=at),) if at else ()
        return self.witnesses or alone

    @property
    def last_success(self) -> datetime | None:
        return next((one.at for one in self.last_good), None)

    @property
    def some_pass(self) -> bool:
        """Whether anything went well since it fails."""
        since, good = self.failing_since, self.last_success
        return since is not None and good is not None and good > since

    def good_after(self, at: datetime) -> datetime | None:
        """The last success after `at`, where one is on record: what happened at `at` did not
        break it there and then."""
        good = self.last_success
        return good if good is not None and good > at else None

    def came_before(self, at: datetime) -> bool:
        """Whether what we saw ourselves at `at` may have come before the break: we see it a look
        later, and no later than that."""
        looks = (check.every for check in self.connection.checks)
        late = min(max(looks, default=timedelta(0)), _LONGEST_LOOK)
        return self.failing_since is None or at <= self.failing_since + late

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Each fitting entry once, the one that covers most records first."""
        counts = dict.fromkeys(self.check_errors, 0)
        for group in self.failed:
            counts[group.text] = counts.get(group.text, 0) + group.count
        # What most records fail with speaks for the incident, and errors of checks count for none.
        order = sorted(counts, key=lambda text: -counts[text])
        first: dict[str, Hit] = {}
        for text in order:
            if hit := self.best_hits.get(text):
                first.setdefault(hit.entry.id, hit)
        return tuple(first.values())

    def moment(self, signal: Signal) -> datetime | None:
        value = self.signals.get(signal)
        return value if isinstance(value, datetime) else None

    def number(self, signal: Signal) -> float | None:
        value = self.signals.get(signal)
        return float(value) if isinstance(value, int | float) else None


def payloads_hidden(connection: Connection) -> bool:
    """True when only ids and counts of this connection's records may be shown."""
    return not SENSITIVE.isdisjoint(connection.compliance)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLooks:
    """What the checks of one connection last read, merged."""

    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    errors: tuple[str, ...] = ()
    pages: tuple[PageSaid, ...] = ()
    witnesses: tuple[LastGood, ...] = ()
    status_at: str = ""
    answered: frozenset[str] = frozenset()
    calls: Mapping[str, Cause] = field(default_factory=dict)  # what became of our own, by its text
    hosts: Mapping[str, str] = field(default_factory=dict)  # that these went to, by the same texts
    remarks: tuple[tuple[str, str], ...] = ()  # by check, of looks that found nothing wrong
    unread: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRecord:
    """What is on record at `now` that may matter for one connection. `verdicts` are the present
    ones of all connections, `kinds` the signatures of their open incidents, and `suppressed` those
    in maintenance or paused; one without a verdict counts as unknown."""

    now: datetime
    failing_since: datetime | None = None
    seen: LastLooks = field(default_factory=LastLooks)
    observed: tuple[Observed, ...] = ()
    doubt: Retry | None = None
    verdicts: Mapping[ConnectionId, str] = field(default_factory=dict)
    kinds: Mapping[ConnectionId, str] = field(default_factory=dict)
    suppressed: Collection[ConnectionId] = ()

    @property
    def broke(self) -> datetime:
        """When the connection broke; now while it is not failing."""
        return self.failing_since or self.now

    def before_it(self, at: datetime) -> bool:
        """Whether a change at that moment is worth showing."""
        return self.broke - LOOK_BACK <= at <= self.broke


def gather(
    connection: Connection, catalogue: Catalogue, playbook: Playbook, record: ConnectionRecord
) -> Facts:
    """Pick from the estate what matters for `connection` and look every error text up.

    Changes and releases count when they lie within `LOOK_BACK` before it broke. So do
    observations, up to now: what we saw ourselves we may have seen a look later than the first
    failure.
    """
    seen = record.seen
    return replace(
        symptoms(connection, catalogue, playbook, record),
        doubt=record.doubt,
        status_at=seen.status_at,
        answered=seen.answered,
        hosts=dict(seen.hosts),
        signals=dict(seen.signals),
        unread=dict(seen.unread),
        changes=_changes(connection, catalogue, record),
        releases=_releases(connection, catalogue, record),
        pages=seen.pages,
        witnesses=seen.witnesses,
        neighbours=neighbours(
            connection, catalogue, record.verdicts, record.kinds, record.suppressed
        ),
    )


def _changes(
    connection: Connection, catalogue: Catalogue, record: ConnectionRecord
) -> tuple[Change, ...]:
    own = (one for one in catalogue.changes if one.connection == connection.id)
    return tuple(one for one in own if record.before_it(one.at))


def _releases(
    connection: Connection, catalogue: Catalogue, record: ConnectionRecord
) -> tuple[Release, ...]:
    ours = (one for one in catalogue.releases if _concerns(one, connection, catalogue))
    return tuple(one for one in ours if record.before_it(one.at))


def symptoms(
    connection: Connection, catalogue: Catalogue, playbook: Playbook, record: ConnectionRecord
) -> Facts:
    """The part of the facts that tells failures alike: what it says and what went before. It looks
    at no other connection, so it stays cheap where a thousand of them fail at once."""
    first, seen = record.broke - LOOK_BACK, record.seen
    return Facts(
        connection=connection,
        failing_since=record.failing_since,
        failed=seen.failed,
        check_errors=tuple(dict.fromkeys(text for text in seen.errors if text)),
        observed=tuple(one for one in record.observed if first <= one.at <= record.now),
        best_hits=_best_hits(playbook, families(catalogue, connection), seen),
        calls=dict(seen.calls),
    )


def _best_hits(playbook: Playbook, own: tuple[str, ...], seen: LastLooks) -> dict[str, Hit]:
    """The entry that fits each error text best; a text that none fits is left out."""
    of_records = dict.fromkeys(group.text for group in seen.failed)
    own_calls = set(seen.calls).difference(of_records)
    texts = dict.fromkeys((*of_records, *said(filter(None, seen.errors), seen.calls)))
    found = {
        text: _fitting(looked_up(playbook, text, own), own_call=text in own_calls) for text in texts
    }
    for text in own_calls.intersection(found):
        found[text] = found[text] or _by_cause(playbook, seen.calls[text])
    return {text: hits[0] for text, hits in found.items() if hits}


def _by_cause(playbook: Playbook, cause: Cause) -> list[Hit]:
    """The entry for how a call of ours ended, whatever words came with it."""
    entry = playbook.entry(MEANT.get(cause, ""))
    why = "the check itself saw how its call ended"
    return [Hit(entry=entry, matched="", why=why)] if entry else []


def said(errors: Iterable[str], calls: Mapping[str, Cause]) -> tuple[str, ...]:
    return tuple(text for text in errors if calls.get(text) is not Cause.LACKING)


def _fitting(hits: tuple[Hit, ...], *, own_call: bool) -> list[Hit]:
    """An answer with an error to a call of ours tells of whoever answered."""
    return [hit for hit in hits if not (own_call and hit.entry.error_class in _OF_RECORDS)]


def _concerns(release: Release, connection: Connection, catalogue: Catalogue) -> bool:
    """A release of one of the ends, or of anything the connector's maker publishes."""
    system = catalogue.systems.get(release.system)
    maker = connection.maintained_by
    by_maker = system is not None and maker is not None and system.publisher == maker
    return release.system in connection.systems or by_maker


def neighbours(
    connection: Connection,
    catalogue: Catalogue,
    verdicts: Mapping[ConnectionId, str],
    kinds: Mapping[ConnectionId, str] | None = None,
    suppressed: Collection[ConnectionId] = (),
) -> tuple[Neighbour, ...]:
    """Every other connection that shares a credential, a system or the maker of the connector."""
    found, sharing = [], _sharing(connection, catalogue)
    for other in catalogue.connections.values():
        shared = sharing(other) if other.id != connection.id else None
        if shared is not None:
            kind, words = shared
            found.append(
                Neighbour(
                    connection=other.id,
                    name=other.name,
                    verdict=str(verdicts.get(other.id, "unknown")),
                    kind=kind,
                    shares=words,
                    fails_with=(kinds or {}).get(other.id, ""),
                    suppressed=other.id in suppressed,
                )
            )
    return tuple(found)


def related(one: Connection, other: Connection, catalogue: Catalogue) -> bool:
    """Whether the state of one says anything about the other."""
    return one.id != other.id and _sharing(one, catalogue)(other) is not None


def _sharing(
    one: Connection, catalogue: Catalogue
) -> Callable[[Connection], tuple[Shared, str] | None]:
    """What another connection has in common with `one`. Made once for `one`, since it is asked of
    every connection of the estate."""
    own = [(one.key_of(credential), credential.name) for credential in one.credentials]
    maker = one.maintained_by

    def shared(other: Connection) -> tuple[Shared, str] | None:
        if own and other.credentials:
            theirs = {other.key_of(credential) for credential in other.credentials}
            for key, name in own:
                if key in theirs:
                    return Shared.CREDENTIAL, f"credential {name}"
        for system in (one.source, one.target):
            if system == other.source or system == other.target:
                return Shared.SYSTEM, catalogue.system_name(system)
        if maker is not None and maker == other.maintained_by:
            party = catalogue.parties.get(maker)
            return Shared.VENDOR, f"connector vendor {party.name if party else maker}"
        if same_platform(one, other):
            platform = catalogue.party_of(one, Lane.VENDOR)
            name = platform.name if platform else one.lanes[Lane.VENDOR]
            return Shared.VENDOR, f"platform {name}"
        return None

    return shared
