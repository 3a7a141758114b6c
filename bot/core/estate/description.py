"""What may be written down about a connection and the estate beyond what makes it run.

Everything here is optional. It shows in the dossier and the handbook, and the audit reads it; no
decision in an incident rests on it. People, systems and parties are ids, checked by `bot.files`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.core.estate.history import Reminders
from bot.core.estate.ids import ConnectionId, PersonId, SystemId
from bot.core.estate.lane import Layer


class Stage(StrEnum):
    """Where a connection is in its life."""

    PLANNED = "planned"
    GOING_LIVE = "going_live"  # has to pass the go-live gate
    LIVE = "live"
    TO_RETIRE = "to_retire"
    RETIRED = "retired"


# Stages in which somebody has to answer for the connection.
MANAGED = frozenset({Stage.GOING_LIVE, Stage.LIVE, Stage.TO_RETIRE})


class Disposition(StrEnum):
    """What the architecture owner means to do with it."""

    KEEP = "keep"
    EXPOSE_AS_API = "expose_as_api"
    EVENT_DRIVEN = "event_driven"
    REPLACE = "replace"
    RETIRE = "retire"


class Monitoring(StrEnum):
    """Active: something looks and tells. Passive: somebody could look, and counts as not."""

    ACTIVE = "active"
    PASSIVE = "passive"


class Idempotency(StrEnum):
    """What happens when the same record is sent twice."""

    SAFE = "safe"  # nothing, by its nature
    KEYED = "keyed"  # nothing, since the target knows the record's key
    UNSAFE = "unsafe"  # it is booked twice
    UNKNOWN = "unknown"


class OperatingKind(StrEnum):
    """Who runs the estate."""

    INTERNAL = "internal"
    HYBRID = "hybrid"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    stage: Stage = Stage.LIVE
    since: date | None = None
    go_live: date | None = None
    until: date | None = None  # retired then, or to be retired by then
    reason: str = ""
    replaced_by: ConnectionId | None = None
    disposition: Disposition | None = None
    phase: str = ""  # of a cut-over: what runs where
    risk: str = ""  # what a modernisation would break

    @property
    def managed(self) -> bool:
        return self.stage in MANAGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    purpose: str = ""  # transactional or analytical
    mode: str = ""  # synchronous or asynchronous
    consistency: str = ""  # immediate or eventual
    trigger: str = ""
    recover_within: timedelta | None = None
    logic: tuple[str, ...] = ()  # places that hold business rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    version: str = ""
    sunset: date | None = None  # the served version ends then
    contract: str = ""  # address of the interface or event contract
    contract_tested: date | None = None
    quota: str | None = None  # id of the quota group it draws on
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    retry: str = ""
    idempotency: Idempotency = Idempotency.UNKNOWN
    replay: str = ""
    compensation: str = ""
    conflicts: str = ""  # what happens when another process holds the same record


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIds:
    """One kind of record that moves."""

    name: str
    must_move: bool = True
    critical_fields: tuple[str, ...] = ()
    authority: SystemId | None = None  # system that owns the truth
    steward: PersonId | None = None
    definition: str = ""
    context: str = ""  # what has to travel with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """Where work leaves one system and somebody must take it up in the next."""

    what: str
    owner: PersonId | None = None
    trigger: str = ""
    waits: str = ""
    escalates: str = ""
    note: str = ""  # what the receiving side must know


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """The owned process for records that are rejected, incomplete or in conflict."""

    owner: PersonId | None = None
    process: str = ""
    fixers: Mapping[str, PersonId] = field(default_factory=dict)  # error class → person


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who does what besides owning."""

    builder: PersonId | None = None
    after_launch: PersonId | None = None
    may_change: tuple[PersonId, ...] = ()
    assesses_impact: PersonId | None = None
    approves_changes: PersonId | None = None
    updates_docs: PersonId | None = None
    reviews_failures: PersonId | None = None
    realigns: PersonId | None = None  # when process and integration no longer match
    decides_workarounds: PersonId | None = None
    controls_rules: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workaround:
    what: str
    owner: PersonId | None = None
    since: date | None = None
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackTrial:
    """A scenario that was tried end to end. `awkward` marks an exception case."""

    case: str
    on: date | None = None
    passed: bool = False
    awkward: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    what: str
    impact: str = ""
    mitigation: str = ""
    owner: PersonId | None = None
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Who owns it twelve months from now."""

    next_owner: PersonId | None = None
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipped:
    """Whether an owner has what owning takes. None: nobody wrote it down."""

    tools: bool | None = None
    information: bool | None = None
    mandate: bool | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        parts = {"tools": self.tools, "information": self.information, "mandate": self.mandate}
        # What nobody wrote down is not lacking, it is unknown.
        return tuple(name for name, given in parts.items() if given is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Everything descriptive about one connection."""

    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    monitoring: Monitoring = Monitoring.ACTIVE
    nature: Nature = field(default_factory=Nature)
    interface: Interface = field(default_factory=Interface)
    recovery: Recovery = field(default_factory=Recovery)
    records: tuple[RecordIds, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    exceptions: Exceptions = field(default_factory=Exceptions)
    roles: Roles = field(default_factory=Roles)
    workarounds: tuple[Workaround, ...] = ()
    trials: tuple[FallbackTrial, ...] = ()
    risks: tuple[Risk, ...] = ()
    succession: Succession = field(default_factory=Succession)
    equipped: Mapping[Layer, Equipped] = field(default_factory=dict)
    effort_days: float | None = None  # planned a year
    controls: tuple[str, ...] = ()  # what a maker's claims come down to
    reconciles_by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingModel:
    kind: OperatingKind
    reason: str = ""
    in_house_skill: str = ""  # none, some or enough
    handover: str = ""  # addresses of the three attachments
    escalation: str = ""
    documentation: str = ""
    decided: date | None = None
    decided_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Which system owns the truth about a domain, and who keeps it clean."""

    system: SystemId
    steward: PersonId | None = None
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    name: str
    limit: str = ""
    owner: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that somebody answers for until a date. `finding` is a finding's key."""

    finding: str
    owner: PersonId
    until: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Governance:
    """How the estate as a whole is run."""

    model: OperatingModel | None = None
    authority: Mapping[str, Authority] = field(default_factory=dict)  # domain → truth
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    change_process: str = ""  # address of the process all connections follow
    deprecation: str = ""
    standards: tuple[str, ...] = ()
    attest_every: timedelta = timedelta(days=91)
    docs_max_age: timedelta = timedelta(days=365)
    most_owned: int = 6
    accepted: tuple[Accepted, ...] = ()
    release_reminders: Reminders = field(default_factory=Reminders)
    emergency_approval: timedelta = timedelta(days=3)  # an approval may follow so long
