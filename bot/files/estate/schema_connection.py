"""The shape of one connection in the estate file; the descriptions are the reference."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from bot.core.estate.catalogue import Build, Criticality, Identity
from bot.core.estate.check_spec import Threshold
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import Signal
from bot.files.estate.fields import (
    ConnectionRef,
    Day,
    Duration,
    DurationOrZero,
    Name,
    PartyRef,
    PersonRef,
    RunbookRef,
    Shape,
    Slug,
    SystemRef,
    Text,
)
from bot.files.estate.rule_text import FORM, contradiction, never_clear, read_threshold, wrong_way
from bot.files.estate.schema_description import DescriptionShape
from bot.files.estate.schema_watching import Confirm, ConfirmText, RunsShape, VolumeShape
from bot.language.mistakes import Mistake
from bot.language.units import write_duration

RuleText = Annotated[
    str, Field(max_length=100), WithJsonSchema({"type": "string", "pattern": FORM})
]
Attempts = Annotated[int, Field(ge=1, le=20)]


class RungShape(Shape):
    """One rung of the escalation ladder."""

    after: DurationOrZero = Field(description="Time since the incident opened.")
    ping: list[PersonRef] = Field(min_length=1, description="People to ping then, by id.")


def ascending(ladder: list[RungShape]) -> list[RungShape]:
    """Refuses a ladder whose rungs do not come later one after the other."""
    for place, (before, rung) in enumerate(pairwise(ladder), start=1):
        if rung.after <= before.after:
            said = "each rung of a ladder must come later than the one before it"
            raise Mistake(
                said, place, "after", hint=f"write more than {write_duration(before.after)}"
            )
    return ladder


class OwnersShape(Shape):
    """Who owns the connection, one person per layer. A missing one is a finding, not an error."""

    technical: PersonRef | None = Field(
        None, description="Runs it, holds the keys, works incidents."
    )
    functional: PersonRef | None = Field(
        None, description="Says whether the data is right and approves changes on merit."
    )
    architecture: PersonRef | None = Field(None, description="Guards the estate as a whole.")


class BuildShape(Shape):
    """How the connection was made."""

    type: Build = Field(Build.UNKNOWN, description="Whose product the connection is.")
    maintained_by: PartyRef | None = Field(None, description="Party that keeps it working.")


class LanesShape(Shape):
    """Which party each lane points to."""

    vendor: PartyRef | None = Field(None, description="Maker of the connector.")
    publisher: PartyRef | None = Field(None, description="Publisher of the ERP or the other end.")
    it: PartyRef | None = Field(None, description="Internal IT or the implementation partner.")


class CredentialShape(Shape):
    """One login, token, key or certificate; never the secret itself."""

    id: Slug = Field(description="Id, unique within the connection.")
    name: Name = Field(description="What people call it.")
    kind: Text = Field("", description="For example oauth-app, api-key, certificate, ssh-key.")
    identity: Identity = Field(Identity.UNKNOWN, description="Whose login it is.")
    owner: PersonRef | None = Field(None, description="Person who renews it.")
    rotated: Day | None = Field(None, description="Date it was last renewed.")
    rotate_every: Duration | None = Field(None, description="How often it should be renewed.")
    expires: Day | None = Field(None, description="Date it stops working.")
    where: Text = Field("", description="Where it is renewed; never the secret.")
    same_as: Text = Field(
        "", description="`<connection>/<id>` of the one that this is; its facts are kept there."
    )

    @field_validator("expires")
    @classmethod
    def _after_rotation(cls, expires: Day | None, info: ValidationInfo) -> Day | None:
        rotated = info.data.get("rotated")
        if expires and rotated and expires < rotated:
            raise ValueError("a credential cannot expire before it was rotated")
        return expires


class DocsShape(Shape):
    """Addresses of the five documents a newcomer needs, and of what a thorough dossier adds."""

    mapping: Text = Field("", description="Field mappings, in each direction.")
    schedule: Text = Field("", description="Schedule and triggers.")
    auth: Text = Field("", description="How it logs in and who holds the keys.")
    playbook: Text = Field("", description="Common failures and their fixes.")
    escalation: Text = Field("", description="Whom to call, in which order.")
    reviewed: Day | None = Field(None, description="When somebody last read them through.")
    scope: Text = Field("", description="What was agreed to be in scope.")
    diagram: Text = Field("", description="Architecture diagram.")
    api: Text = Field("", description="Reference of the interface.")
    dashboard: Text = Field("", description="Dashboard that shows it at work.")
    rules: Text = Field("", description="Business rules hidden in it.")
    close: Text = Field("", description="Its part in the close runbook.")


class RuleShape(Shape):
    """When a signal is worrying and when it is failing."""

    signal: Signal = Field(description="Name of the signal.")
    warn: RuleText | None = Field(
        None, description="Comparison that makes the verdict degraded.", examples=["> 20m"]
    )
    fail: RuleText | None = Field(
        None, description="Comparison that makes the verdict failing.", examples=["> 30m"]
    )

    clear: RuleText | None = Field(
        None, description="Comparison that must hold before it is good again."
    )

    @field_validator("warn", "fail", "clear")
    @classmethod
    def _fits(cls, text: str | None, info: ValidationInfo) -> str | None:
        signal = info.data.get("signal")
        if text is None or signal is None:
            return text
        limit, wrong = read_threshold(text, signal), ""
        warn, fail = info.data.get("warn"), info.data.get("fail")
        if info.field_name != "clear":
            wrong = wrong_way(limit, signal)
            if warn and not wrong:  # read before `fail`
                wrong = contradiction(read_threshold(warn, signal), limit)
        elif bad := fail or warn:
            wrong = never_clear(limit, read_threshold(bad, signal))
        if wrong:
            raise ValueError(wrong)
        return text

    @model_validator(mode="after")
    def _judges(self) -> Self:
        if self.warn is None and self.fail is None:
            raise ValueError("this rule judges nothing: give it a 'warn' or a 'fail', as '> 20m'")
        return self

    def threshold(self, text: str | None) -> Threshold | None:
        return read_threshold(text, self.signal) if text else None


class CheckShape(Shape):
    """One way of looking at the connection. Keys not listed here belong to the check's kind."""

    model_config = ConfigDict(extra="allow")

    id: Slug = Field(description="Id, unique within the connection.")
    kind: Name = Field(description="Kind of check, such as http, heartbeat or tls.")
    # Filled in before this shape is asked; here for those who write the file.
    preset: Name | None = Field(None, description="Ready-made check of a platform, by name.")
    with_: dict[str, Any] = Field(
        default_factory=dict, alias="with", description="Parameters of the preset."
    )
    every: Duration | None = Field(None, description="How often to look.")
    timeout: Duration | None = Field(None, description="How long one look may take.")
    confirm: ConfirmText | None = Field(
        None, description="Bad looks in a row that make it bad, or for example '3 of 5'."
    )
    recover: Attempts | None = Field(None, description="Good looks in a row that make it good.")
    rules: list[RuleShape] = Field(default_factory=list, description="When signals are bad.")
    volume: VolumeShape | None = Field(None, description="Judge it by how many records come.")
    runs: RunsShape | None = Field(None, description="Limits on one run.")


CHECK_KEYS = frozenset(field.alias or name for name, field in CheckShape.model_fields.items())


class ConnectionShape(DescriptionShape):
    """One data flow between two systems."""

    name: Name = Field(description="What people call it.")
    aliases: list[Name] = Field(default_factory=list, description="Other names people use.")
    source: SystemRef = Field(alias="from", description="System the data comes from.")
    target: SystemRef = Field(alias="to", description="System the data goes to.")
    both_ways: bool = Field(False, description="Whether data also flows back.")
    entities: list[Name] = Field(default_factory=list, description="Records that move.")
    criticality: Criticality = Field(
        Criticality.UNKNOWN, description="How much the company depends on it."
    )
    domain: Text = Field("", description="Part of the business, such as finance.")
    flow: Text = Field("", description="Business process, such as order-to-cash.")
    pattern: Text = Field("", description="How it runs, such as 'every 15 min' or webhook.")
    tolerance: Duration | None = Field(None, description="Delay the business can bear.")
    compliance: list[Literal["finance", "hr", "personal"]] = Field(
        default_factory=list, description="Why record contents must not be shown in Slack."
    )
    build: BuildShape = Field(default_factory=BuildShape, description="How it was made.")
    owners: OwnersShape = Field(default_factory=OwnersShape, description="Who owns it.")
    first_responder: PersonRef | None = Field(None, description="Person pinged first.")
    accountable: Lane | None = Field(
        None, description="Lane whose named contact is pinged with the first responder."
    )
    ladder: list[RungShape] | None = Field(None, description="Who is pinged next, and when.")
    lease: Duration | None = Field(
        None, description="How long an acknowledgement holds before the owner is asked again."
    )
    lanes: LanesShape = Field(default_factory=LanesShape, description="Who acts in each lane.")
    credentials: list[CredentialShape] = Field(
        default_factory=list, description="Logins it needs, without their secrets."
    )
    docs: DocsShape = Field(default_factory=DocsShape, description="Where it is described.")
    depends_on: list[ConnectionRef] = Field(
        default_factory=list, description="Connections that must work first."
    )
    reports: list[Name] = Field(
        default_factory=list, description="Reports that are wrong while it is broken."
    )
    known_exceptions: list[Text] = Field(
        default_factory=list, description="Odd cases everybody should know about."
    )
    runbook: RunbookRef = Field("generic", description="Runbook for its incidents.")
    checks: list[CheckShape] = Field(default_factory=list, description="How it is watched.")

    @field_validator("target")
    @classmethod
    def _other_end(cls, target: str, info: ValidationInfo) -> str:
        if target == info.data.get("source"):
            raise ValueError("a connection needs two different ends")
        return target

    @field_validator("ladder")
    @classmethod
    def _ladder(cls, ladder: list[RungShape] | None) -> list[RungShape] | None:
        return ascending(ladder) if ladder else ladder


class CheckDefaults(Shape):
    """What a check takes when it says nothing itself."""

    every: Duration = Field(timedelta(minutes=1), description="How often to look.")
    timeout: Duration = Field(timedelta(seconds=10), description="How long one look may take.")
    confirm: ConfirmText = Field(
        Confirm(looks=2), description="Bad looks in a row that make it bad, or '3 of 5'."
    )
    recover: Attempts = Field(2, description="Good looks in a row that make it good.")
