"""The optional, descriptive shapes of the estate file; the descriptions are the reference.

None of these keys is needed to watch a connection. They make the dossier and the audit complete.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from bot.core.estate.description import Disposition, Idempotency, Monitoring, OperatingKind, Stage
from bot.core.estate.lane import Layer
from bot.files.estate.fields import (
    ConnectionRef,
    Day,
    Duration,
    Name,
    PersonRef,
    QuotaRef,
    Shape,
    Slug,
    SystemRef,
    Text,
)


class LifecycleShape(Shape):
    """Where the connection is in its life."""

    stage: Stage = Field(Stage.LIVE, description="Planned, going live, live, to retire, retired.")
    since: Day | None = Field(None, description="When it came into this stage.")
    go_live: Day | None = Field(None, description="When it went or goes live.")
    until: Day | None = Field(None, description="When it was, or is to be, retired.")
    reason: Text = Field("", description="Why it is retired or replaced.")
    replaced_by: ConnectionRef | None = Field(None, description="Connection that takes over.")
    disposition: Disposition | None = Field(None, description="What is meant to become of it.")
    phase: Text = Field("", description="Where a phased cut-over stands.")
    risk: Text = Field("", description="What a modernisation would break.")


class NatureShape(Shape):
    """What kind of flow it is."""

    purpose: Literal["", "transactional", "analytical"] = Field(
        "", description="Whether it moves business transactions or data for reports."
    )
    mode: Literal["", "synchronous", "asynchronous"] = Field(
        "", description="Whether a user waits for it."
    )
    consistency: Literal["", "immediate", "eventual"] = Field(
        "", description="Whether both ends must agree at once."
    )
    trigger: Text = Field("", description="What sets it off.")
    recover_within: Duration | None = Field(None, description="Time in which it must run again.")
    logic: list[Name] = Field(default_factory=list, description="Places that hold business rules.")


class InterfaceShape(Shape):
    """The interface it uses."""

    version: Text = Field("", description="Version requested, as text.")
    sunset: Day | None = Field(None, description="When that version ends.")
    contract: Text = Field("", description="Address of the interface or event contract.")
    contract_tested: Day | None = Field(None, description="When the contract was last tested.")
    quota: QuotaRef | None = Field(None, description="Quota group it draws on.")
    standards: list[Name] = Field(default_factory=list, description="Standards it keeps.")


class RecoveryShape(Shape):
    """What happens when records fail."""

    retry: Text = Field("", description="What is sent again, when and how often.")
    idempotency: Idempotency = Field(
        Idempotency.UNKNOWN, description="What happens when a record is sent twice."
    )
    replay: Text = Field("", description="How records are sent again by hand, and who approves.")
    compensation: Text = Field("", description="How a wrong booking is undone.")
    conflicts: Text = Field("", description="What happens while another process holds the record.")


class RecordShape(Shape):
    """One kind of record that moves."""

    name: Name = Field(description="What people call it.")
    must_move: bool = Field(True, description="Whether the business needs it over there.")
    critical_fields: list[Name] = Field(
        default_factory=list, description="Fields that must be right and there."
    )
    authority: SystemRef | None = Field(None, description="System that owns the truth.")
    steward: PersonRef | None = Field(None, description="Person who keeps it clean.")
    definition: Text = Field("", description="What it means here, where others mean otherwise.")
    context: Text = Field("", description="What has to travel with it.")


class HandoffShape(Shape):
    """Where work leaves one system for the next."""

    what: Name = Field(description="The work that changes hands.")
    owner: PersonRef | None = Field(None, description="Person who owns it then.")
    trigger: Text = Field("", description="What starts the next step.")
    waits: Text = Field("", description="What must wait.")
    escalates: Text = Field("", description="What escalates, and to whom.")
    note: Text = Field("", description="What the receiving side must know.")


class ExceptionsShape(Shape):
    """The owned process for rejected, incomplete and conflicting records."""

    owner: PersonRef | None = Field(None, description="Person who owns the exceptions.")
    process: Text = Field("", description="How they are dealt with, or its address.")
    fixers: dict[Name, PersonRef] = Field(
        default_factory=dict, description="Who may mend which kind of error."
    )


class RolesShape(Shape):
    """Who does what besides owning."""

    builder: PersonRef | None = Field(None, description="Person who built it.")
    after_launch: PersonRef | None = Field(None, description="Person who has it after launch.")
    may_change: list[PersonRef] = Field(default_factory=list, description="Who may change it.")
    assesses_impact: PersonRef | None = Field(None, description="Who judges a change's impact.")
    approves_changes: PersonRef | None = Field(None, description="Who approves changes.")
    updates_docs: PersonRef | None = Field(None, description="Who keeps its documents.")
    reviews_failures: PersonRef | None = Field(None, description="Who reviews failures.")
    realigns: PersonRef | None = Field(
        None, description="Who acts when process and integration no longer match."
    )
    decides_workarounds: PersonRef | None = Field(
        None, description="Who decides between the core system and a workaround."
    )
    controls_rules: PersonRef | None = Field(
        None, description="Who controls its workflow and escalation rules."
    )


class WorkaroundShape(Shape):
    """A way around a gap, registered before it becomes normal."""

    what: Name = Field(description="What people do instead.")
    owner: PersonRef | None = Field(None, description="Person who answers for it.")
    since: Day | None = Field(None, description="Since when.")
    review: Day | None = Field(None, description="When to look at it again.")


class TrialShape(Shape):
    """A scenario that was tried end to end."""

    case: Name = Field(description="What was tried.")
    on: Day | None = Field(None, description="When.")
    passed: bool = Field(False, description="Whether it went well.")
    awkward: bool = Field(False, description="Whether it is an exception case.")


class RiskShape(Shape):
    """An entry of the risk register."""

    what: Name = Field(description="What could go wrong.")
    impact: Text = Field("", description="What it would cost.")
    mitigation: Text = Field("", description="What is done about it.")
    owner: PersonRef | None = Field(None, description="Person who answers for it.")
    review: Day | None = Field(None, description="When to look at it again.")


class SuccessionShape(Shape):
    """Who owns it twelve months from now."""

    next_owner: PersonRef | None = Field(None, description="Person who takes over.")
    review: Day | None = Field(None, description="When ownership is looked at again.")


class EquippedShape(Shape):
    """Whether an owner has what owning takes."""

    tools: bool | None = Field(None, description="Access to the monitoring and the systems.")
    information: bool | None = Field(None, description="Knows how it works and what it feeds.")
    mandate: bool | None = Field(None, description="May decide and spend time on it.")


Days = Annotated[float, Field(ge=0, le=3660)]


class DescriptionShape(Shape):
    """What may be said of a connection beyond what makes it run."""

    lifecycle: LifecycleShape = Field(
        default_factory=LifecycleShape, description="Where it is in its life."
    )
    monitoring: Monitoring = Field(
        Monitoring.ACTIVE, description="Passive when a person has to go and look."
    )
    nature: NatureShape = Field(default_factory=NatureShape, description="What kind of flow.")
    interface: InterfaceShape = Field(
        default_factory=InterfaceShape, description="Version, contract and quota."
    )
    recovery: RecoveryShape = Field(
        default_factory=RecoveryShape, description="Retry, replay and repair."
    )
    records: list[RecordShape] = Field(
        default_factory=list, description="Details of the records that move."
    )
    handoffs: list[HandoffShape] = Field(
        default_factory=list, description="Where work changes hands."
    )
    exceptions: ExceptionsShape = Field(
        default_factory=ExceptionsShape, description="Process for records that fail."
    )
    roles: RolesShape = Field(default_factory=RolesShape, description="Who does what.")
    workarounds: list[WorkaroundShape] = Field(
        default_factory=list, description="Ways around its gaps."
    )
    trials: list[TrialShape] = Field(default_factory=list, description="Scenarios tried.")
    risks: list[RiskShape] = Field(default_factory=list, description="Risk register.")
    succession: SuccessionShape = Field(
        default_factory=SuccessionShape, description="Who owns it next."
    )
    equipped: dict[Layer, EquippedShape] = Field(
        default_factory=dict, description="What each owner has, by layer."
    )
    effort_days: Days | None = Field(None, description="Days of upkeep planned a year.")
    controls: list[Text] = Field(
        default_factory=list, description="Specific controls behind the maker's claims."
    )
    reconciles_by_hand: Text = Field("", description="What people still compare by hand.")


class OperatingModelShape(Shape):
    """Who runs the estate, and why it was decided so."""

    kind: OperatingKind = Field(description="internal, hybrid or external.")
    reason: Text = Field("", description="Why.")
    in_house_skill: Literal["", "none", "some", "enough"] = Field(
        "", description="Skill in your own house."
    )
    handover: Text = Field("", description="Address of the handover protocol.")
    escalation: Text = Field("", description="Address of the escalation paths.")
    documentation: Text = Field("", description="Address of how documents are kept.")
    decided: Day | None = Field(None, description="When it was decided.")
    decided_by: PersonRef | None = Field(None, description="By whom.")


class AuthorityShape(Shape):
    """Which system owns the truth about a domain."""

    system: SystemRef = Field(description="System of record.")
    steward: PersonRef | None = Field(None, description="Person who keeps it clean.")
    definition: Text = Field("", description="What the word means in this company.")


class QuotaShape(Shape):
    """A limit that several connections share."""

    name: Name = Field(description="What people call it.")
    limit: Text = Field("", description="The limit, in words.")
    owner: PersonRef | None = Field(None, description="Person who shares it out.")


class RemindersShape(Shape):
    """When owners hear of a release of a system that they depend on."""

    notes: Duration = Field(timedelta(days=21), description="Before it: read the release notes.")
    sandbox: Duration = Field(timedelta(days=10), description="Before it: test in the sandbox.")
    freeze: Duration = Field(timedelta(days=2), description="Before it: change nothing more.")
    after: Duration = Field(timedelta(days=1), description="After it: does everything work?")


class GovernanceShape(Shape):
    """How the estate as a whole is run."""

    operating_model: OperatingModelShape | None = Field(
        None, description="Who runs the estate, and why."
    )
    authority: dict[Slug, AuthorityShape] = Field(
        default_factory=dict, description="System of record by domain."
    )
    quotas: dict[Slug, QuotaShape] = Field(
        default_factory=dict, description="Shared limits, by id."
    )
    change_process: Text = Field("", description="Address of the change process for all.")
    deprecation: Text = Field("", description="Address of the versioning policy.")
    standards: list[Text] = Field(default_factory=list, description="Standards for interfaces.")
    attest_every: Duration = Field(
        timedelta(days=91), description="How often owners confirm what is theirs."
    )
    docs_max_age: Duration = Field(
        timedelta(days=365), description="Age at which documents must be read again."
    )
    most_owned: Annotated[int, Field(ge=1, le=1000)] = Field(
        6, description="Connections one person can answer for."
    )
    release_reminders: RemindersShape = Field(
        default_factory=RemindersShape, description="When owners hear of a release."
    )
    emergency_approval: Duration = Field(
        timedelta(days=3), description="How long the approval of an emergency change may take."
    )


class AcceptedShape(Shape):
    """A finding that somebody answers for until a date."""

    finding: Name = Field(
        description="Its key, as the audit prints it.", examples=["key-person/mes-bridge"]
    )
    owner: PersonRef = Field(description="Person who answers for it.")
    until: Day = Field(description="Date after which it counts again.")
    why: Name = Field(description="Why it is accepted.")
