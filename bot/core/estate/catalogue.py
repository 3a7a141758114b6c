"""The estate as it is meant to be: people, systems, parties, connections, releases and changes; and
who is responsible for one connection right now, as facts that any face can lay out.

These are trusted values: `bot.files` has already checked every reference in them. What is missing
is a fact too, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.core.estate.check_spec import CheckSpec, Webhook
from bot.core.estate.description import About, Governance
from bot.core.estate.history import Change, Release, ReleaseFeed, Renewal
from bot.core.estate.ids import ConnectionId, PartyId, PersonId, SystemId
from bot.core.estate.lane import Lane, Layer
from bot.core.estate.windows import Calendar, Window
from bot.language.errors import NotFound
from bot.language.redaction import Secret


class Criticality(StrEnum):
    CRITICAL = "critical"
    IMPORTANT = "important"
    SUPPORTING = "supporting"
    UNKNOWN = "unknown"  # nobody has decided yet: itself a finding


class Build(StrEnum):
    """How the connection was made, which says whose product it is."""

    NATIVE = "native"  # maintained by the connector's vendor
    PUBLISHER = "publisher"  # an extension by the publisher of one end
    IPAAS = "ipaas"
    CUSTOM = "custom"
    SCRIPT = "script"
    UNKNOWN = "unknown"


class Identity(StrEnum):
    """Whose login a credential is. Personal and shared ones break when somebody leaves."""

    SERVICE = "service"
    PERSONAL = "personal"
    SHARED = "shared"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Working hours in a local zone. `days` are ISO weekdays, 1 = Monday; an end at or before the
    start lies on the next day."""

    days: tuple[int, ...]
    start: time
    end: time
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: PersonId
    name: str
    email: str | None = None
    slack_id: str | None = None
    title: str = ""
    manager: PersonId | None = None
    hours: Hours | None = None
    timezone: str = "UTC"
    aliases: tuple[str, ...] = ()
    works_for: PartyId | None = None  # None: the company itself
    # Kept and not deleted: history, the ledger and old incidents name them.
    left: date | None = None  # the day they leave or left
    fallback: tuple["Secret", ...] = ()  # how to ping them when Slack does not take it

    @property
    def address(self) -> str:
        """What they are found by in Slack; empty when the file says nothing."""
        return self.slack_id or self.email or ""


COMPLIANCE = ("finance", "hr", "personal")  # why the contents of records are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    id: SystemId
    name: str
    kind: str = ""
    publisher: PartyId | None = None
    status_page: str | None = None
    aliases: tuple[str, ...] = ()
    # Playbook families whose error texts this system speaks, e.g. ("business-central", "entra-id").
    speaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation a lane points to, with what the contract says of it."""

    id: PartyId
    name: str
    contact: str = ""  # how to reach them: mail address, portal or phone, as text
    email: str | None = None  # evidence packets are mailed there
    slack_channel: str = ""  # shared with them by Slack Connect, without '#'
    person: PersonId | None = None  # their named contact, when that is somebody we know
    hours: Hours | None = None  # None: round the clock
    respond_within: Mapping[Criticality, timedelta] = field(default_factory=dict)
    contract: str = ""
    covers: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    technical: PersonId | None = None
    functional: PersonId | None = None
    architecture: PersonId | None = None

    def of(self, layer: Layer) -> PersonId | None:
        return {
            Layer.TECHNICAL: self.technical,
            Layer.FUNCTIONAL: self.functional,
            Layer.ARCHITECTURE: self.architecture,
        }[layer]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRung:
    """Whom to ping when `after` has passed since the incident opened and nobody took it."""

    after: timedelta
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How an incident is driven. None of `ladder` and `lease` means as the connection says;
    empty `lanes` means whichever lane is suggested when the incident opens."""

    lanes: tuple[Lane, ...] = ()
    ladder: tuple[LadderRung, ...] | None = None
    lease: timedelta | None = None
    ask_before: timedelta | None = None  # "still on it?" is asked so long before the lease ends
    joint_call: timedelta | None = None  # proposed when the lane was not agreed so long


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessImpact:
    """From which amount or number of waiting records a break counts as one level graver."""

    amount: float | None = None
    records: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClose:
    """The period close, as working days (Monday to Friday) of each month, first is 1."""

    working_days: tuple[int, ...] = ()
    domains: tuple[str, ...] = ("finance",)  # domains of the business that it concerns


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    id: str
    name: str
    kind: str = ""
    identity: Identity = Identity.UNKNOWN
    owner: PersonId | None = None
    expires: date | None = None
    rotate_every: timedelta | None = None
    rotated: date | None = None
    where: str = ""  # where it is renewed; never the secret
    renewed: Renewal | None = None  # why `expires` is not what the file says
    same_as: str = ""  # `<connection>/<credential>` whose this is; empty for one of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Docs:
    """Addresses of the five parts a newcomer needs, and when somebody last read them."""

    mapping: str = ""
    schedule: str = ""
    auth: str = ""
    playbook: str = ""
    escalation: str = ""
    reviewed: date | None = None
    # What a thorough dossier has besides.
    scope: str = ""
    diagram: str = ""
    api: str = ""
    dashboard: str = ""
    rules: str = ""
    close: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    id: ConnectionId
    name: str
    source: SystemId
    target: SystemId
    both_ways: bool = False
    aliases: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    criticality: Criticality = Criticality.UNKNOWN
    domain: str = ""
    flow: str = ""
    pattern: str = ""
    tolerance: timedelta | None = None
    compliance: tuple[str, ...] = ()
    build: Build = Build.UNKNOWN
    maintained_by: PartyId | None = None
    owners: Owners = field(default_factory=Owners)
    first_responder: PersonId | None = None
    ladder: tuple[LadderRung, ...] = ()
    lease: timedelta = timedelta(hours=1)
    joint_call: timedelta = timedelta(hours=1)  # without an agreed lane, until one is proposed
    policies: tuple[Policy, ...] = ()  # those for its criticality, the first that fits counts
    accountable: Lane | None = None  # whose named contact is pinged with the first responder
    lanes: Mapping[Lane, PartyId] = field(default_factory=dict)
    credentials: tuple[Credential, ...] = ()
    docs: Docs = field(default_factory=Docs)
    checks: tuple[CheckSpec, ...] = ()
    runbook: str = "generic"
    depends_on: tuple[ConnectionId, ...] = ()
    reports: tuple[str, ...] = ()
    known_exceptions: tuple[str, ...] = ()
    about: About = field(default_factory=About)

    @property
    def systems(self) -> tuple[SystemId, SystemId]:
        return (self.source, self.target)

    def key_of(self, credential: Credential) -> str:
        """What names one of its credentials in the whole estate. An id alone does not: another
        connection may have a credential of its own by the same id."""
        return credential.same_as or f"{self.id}/{credential.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    company: str = ""
    timezone: str = "UTC"
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    systems: Mapping[SystemId, System] = field(default_factory=dict)
    parties: Mapping[PartyId, Party] = field(default_factory=dict)
    connections: Mapping[ConnectionId, Connection] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    changes: tuple[Change, ...] = ()
    feeds: tuple[ReleaseFeed, ...] = ()  # calendars of releases
    governance: Governance = field(default_factory=Governance)
    effect: BusinessImpact = field(default_factory=BusinessImpact)
    close: PeriodClose = field(default_factory=PeriodClose)
    calendar: Calendar = field(default_factory=Calendar)
    windows: tuple[Window, ...] = ()
    self_check: tuple[str, ...] = ()  # addresses that answer whenever our own network works
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)  # what runbook steps may call
    announce_channel: str = ""  # name of the channel for estate-wide notices, without '#'
    secrets: frozenset[Secret] = frozenset()  # what no text from outside may repeat

    def person_name(self, person: PersonId | None) -> str:
        """The display name; `nobody` for None and the bare id for somebody no longer listed."""
        if person is None:
            return "nobody"
        known = self.people.get(person)
        return known.name if known else person

    def system_name(self, system: SystemId) -> str:
        known = self.systems.get(system)
        return known.name if known else system

    def ends_of(self, connection: Connection) -> tuple[str, str]:
        """The names of the systems that a connection leads from and to."""
        return self.system_name(connection.source), self.system_name(connection.target)

    def party_of(self, connection: Connection, lane: Lane) -> Party | None:
        party = connection.lanes.get(lane)
        return self.parties.get(party) if party else None


NO_COVER: Mapping[PersonId, PersonId] = {}
NO_END: Mapping[PersonId, datetime] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFact:
    """Whom a lane points to. `respond_within` is the contract's for this criticality."""

    lane: Lane
    party: Party
    respond_within: timedelta | None
    expired: bool  # the contract is


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerFacts:
    """The owners of one connection, the person pinged first and the outside parties."""

    connection: Connection
    covered_by: PersonId | None  # who stands in for the first responder at the moment
    covered_until: datetime | None = None
    lanes: tuple[LaneFact, ...]

    @property
    def first_responder(self) -> PersonId | None:
        """The person named, whoever stands in for them."""
        return self.connection.first_responder

    @property
    def missing(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in Layer if self.connection.owners.of(layer) is None)


def owner_facts(
    catalogue: Catalogue,
    connection_id: ConnectionId,
    now: datetime,
    cover: Mapping[PersonId, PersonId] = NO_COVER,
    # Apart from `cover`, since a cover from the file may have no end.
    until: Mapping[PersonId, datetime] = NO_END,
) -> OwnerFacts:
    """Raises NotFound for an id that the catalogue does not have."""
    connection = catalogue.connections.get(connection_id)
    if connection is None:
        raise NotFound(f"There is no connection {connection_id!r}.")
    first = connection.first_responder
    return OwnerFacts(
        connection=connection,
        covered_by=stand_in(first, cover),
        covered_until=until.get(first or ""),
        lanes=tuple(
            LaneFact(
                lane=lane,
                party=party,
                respond_within=party.respond_within.get(connection.criticality),
                expired=party.valid_until is not None and party.valid_until < now.date(),
            )
            for lane in Lane
            if (party := catalogue.party_of(connection, lane))
        ),
    )


def stand_in(person: PersonId | None, cover: Mapping[PersonId, PersonId]) -> PersonId | None:
    """Who acts for `person` now, following covers of covers; None when they act themselves,
    also when the covers run in a circle."""
    seen = [person or ""]
    while seen[-1] in cover:
        seen.append(cover[seen[-1]])
        # Two who cover each other: whoever is asked acts themselves, or nobody would be pinged.
        if seen[-1] in seen[:-1]:
            return None
    return seen[-1] if len(seen) > 1 else None
