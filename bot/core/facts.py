"""What is known about one broken connection, gathered once and read by evidence and triage.

Nothing here judges. Texts inside are as they came from outside; only `evidence` may show them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.catalogue import Build, Catalogue, Connection, ConnectionId, Lane, PersonId
from bot.core.changes import Change
from bot.core.last_good import LastGood, Witness
from bot.core.playbook import ErrorClass, Hit, Playbook, Retry, families, match
from bot.core.releases import Release
from bot.core.signals import Cause, FailedRecords, Signal, SignalValue
from bot.core.text import outside, who

# What only a record can fail with. A call that we made ourselves carried none.
_OF_RECORDS = frozenset(
    {
        *(ErrorClass.PAYLOAD, ErrorClass.MAPPING, ErrorClass.MASTER_DATA, ErrorClass.DUPLICATE),
        *(ErrorClass.PERIOD_CLOSED, ErrorClass.CONCURRENCY),
    }
)
LOOK_BACK = timedelta(days=14)  # how long before the break a change is worth showing
SENSITIVE = frozenset({"finance", "hr", "personal"})


class Shared(StrEnum):
    """What two connections have in common, the narrowest first."""

    CREDENTIAL = "credential"
    SYSTEM = "system"
    VENDOR = "vendor"


class Kind(StrEnum):
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
    kind: Kind = Kind.VERSION
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another connection with a common part. `shares` names that part in words."""

    connection: ConnectionId
    name: str
    verdict: str  # ok, degraded, failing or unknown
    kind: Shared
    shares: str
    fails_with: str = ""  # the kind of its open incident; empty when none is known
    sheltered: bool = False  # in maintenance or paused: what it does now tells nothing

    @property
    def broken(self) -> bool:
        """Whether it fails now, and that counts."""
        return self.verdict == "failing" and not self.sheltered

    @property
    def fine(self) -> bool:
        return self.verdict == "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`signals` are merged over the connection's checks; `best_hits` maps an error text to the
    playbook entry that fits it best, and lacks the texts that none fits. `witnesses` are the last
    successes by who saw them, the one that counts first. `calls` maps the text of a call that we
    made ourselves to what became of it; `doubt` is the most careful retry class of the incident
    so far."""

    connection: Connection
    failing_since: datetime | None = None
    signals: Mapping[str, SignalValue] = field(default_factory=dict)
    failed: tuple[FailedRecords, ...] = ()
    check_errors: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    releases: tuple[Release, ...] = ()
    observed: tuple[Observed, ...] = ()
    pages: tuple[PageSaid, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    best_hits: Mapping[str, Hit] = field(default_factory=dict)
    witnesses: tuple[LastGood, ...] = ()
    calls: Mapping[str, Cause] = field(default_factory=dict)
    status_at: str = ""  # the host that was asked for `status`
    answered: frozenset[str] = frozenset()  # the kinds of checks to which the far end answers now
    doubt: Retry | None = None

    @property
    def said_errors(self) -> tuple[str, ...]:
        """The errors of checks without our own notes of what an answer lacks: nobody said those."""
        return said(self.check_errors, self.calls)

    @property
    def last_good(self) -> tuple[LastGood, ...]:
        """By witness, the one that counts first; a mere sign of life is no success."""
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

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Each fitting entry once, the one that covers most records first."""
        counts = dict.fromkeys(self.check_errors, 0)
        for group in self.failed:
            counts[group.text] = counts.get(group.text, 0) + group.count
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


def gather(
    connection: Connection,
    catalogue: Catalogue,
    playbook: Playbook,
    *,
    now: datetime,
    failing_since: datetime | None = None,
    signals: Mapping[str, SignalValue] | None = None,
    failed: tuple[FailedRecords, ...] = (),
    check_errors: Iterable[str] = (),
    observed: Iterable[Observed] = (),
    pages: Iterable[PageSaid] = (),
    witnesses: tuple[LastGood, ...] = (),
    calls: Mapping[str, Cause] | None = None,
    status_at: str = "",
    answered: frozenset[str] = frozenset(),
    doubt: Retry | None = None,
    verdicts: Mapping[ConnectionId, str] | None = None,
    kinds: Mapping[ConnectionId, str] | None = None,
    sheltered: Collection[ConnectionId] = (),
) -> Facts:
    """Pick from the estate what matters for `connection` and look every error text up.

    Changes and releases count when they lie within `LOOK_BACK` before `failing_since` (before
    `now` when it is not failing). So do observations, up to `now`: what we saw ourselves we may
    have seen a look later than the first failure. `verdicts` are the present verdicts of
    all connections, `kinds` the signatures of their open incidents, and `sheltered` those in
    maintenance or paused; one without a verdict counts as unknown.
    """
    until = failing_since or now

    def recent(at: datetime) -> bool:
        return until - LOOK_BACK <= at <= until

    seen = symptoms(
        connection,
        catalogue,
        playbook,
        now=now,
        failing_since=failing_since,
        failed=failed,
        check_errors=check_errors,
        observed=observed,
        calls=calls,
    )
    return replace(
        seen,
        doubt=doubt,
        status_at=status_at,
        answered=answered,
        signals=dict(signals or {}),
        changes=tuple(
            change
            for change in catalogue.changes
            if change.connection == connection.id and recent(change.at)
        ),
        releases=tuple(
            release
            for release in catalogue.releases
            if _concerns(release, connection, catalogue) and recent(release.at)
        ),
        pages=tuple(pages),
        witnesses=witnesses,
        siblings=siblings(connection, catalogue, verdicts or {}, kinds or {}, sheltered),
    )


def symptoms(
    connection: Connection,
    catalogue: Catalogue,
    playbook: Playbook,
    *,
    now: datetime,
    failing_since: datetime | None = None,
    failed: tuple[FailedRecords, ...] = (),
    check_errors: Iterable[str] = (),
    observed: Iterable[Observed] = (),
    calls: Mapping[str, Cause] | None = None,
) -> Facts:
    """The part of the facts that tells failures alike: what it says and what went before. It looks
    at no other connection, so it stays cheap where a thousand of them fail at once."""
    until = failing_since or now
    errors = tuple(dict.fromkeys(text for text in check_errors if text))
    texts = dict.fromkeys((*(group.text for group in failed), *said(errors, calls or {})))
    own = families(catalogue, connection)
    own_calls = set(calls or ()).difference(group.text for group in failed)
    found = (
        (text, _fitting(match(playbook, text, own), own_call=text in own_calls)) for text in texts
    )
    return Facts(
        connection=connection,
        failing_since=failing_since,
        failed=failed,
        check_errors=errors,
        observed=tuple(item for item in observed if until - LOOK_BACK <= item.at <= now),
        best_hits={text: hits[0] for text, hits in found if hits},
        calls=dict(calls or {}),
    )


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


def siblings(
    connection: Connection,
    catalogue: Catalogue,
    verdicts: Mapping[ConnectionId, str],
    kinds: Mapping[ConnectionId, str] | None = None,
    sheltered: Collection[ConnectionId] = (),
) -> tuple[Sibling, ...]:
    """Every other connection that shares a credential, a system or the maker of the connector."""
    found = []
    for other in catalogue.connections.values():
        shared = _shared(connection, other, catalogue) if other.id != connection.id else None
        if shared is not None:
            kind, words = shared
            found.append(
                Sibling(
                    connection=other.id,
                    name=other.name,
                    verdict=str(verdicts.get(other.id, "unknown")),
                    kind=kind,
                    shares=words,
                    fails_with=(kinds or {}).get(other.id, ""),
                    sheltered=other.id in sheltered,
                )
            )
    return tuple(found)


def related(one: Connection, other: Connection, catalogue: Catalogue) -> bool:
    """Whether the state of one says anything about the other."""
    return one.id != other.id and _shared(one, other, catalogue) is not None


def _shared(one: Connection, other: Connection, catalogue: Catalogue) -> tuple[Shared, str] | None:
    theirs = {other.key_of(credential) for credential in other.credentials}
    for credential in one.credentials:
        if one.key_of(credential) in theirs:
            return Shared.CREDENTIAL, f"credential {credential.name}"
    for system in one.systems:
        if system in other.systems:
            return Shared.SYSTEM, catalogue.system_name(system)
    if one.maintained_by is not None and one.maintained_by == other.maintained_by:
        party = catalogue.parties.get(one.maintained_by)
        return Shared.VENDOR, f"connector vendor {party.name if party else one.maintained_by}"
    if same_platform(one, other):
        platform = catalogue.party_of(one, Lane.VENDOR)
        return Shared.VENDOR, f"platform {platform.name if platform else one.lanes[Lane.VENDOR]}"
    return None


def same_platform(one: Connection, other: Connection) -> bool:
    """Whether both are flows on one integration platform, whoever configured them."""
    vendor = one.lanes.get(Lane.VENDOR)
    both = one.build is other.build is Build.IPAAS
    return both and vendor is not None and vendor == other.lanes.get(Lane.VENDOR)
