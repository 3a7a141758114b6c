"""The shape of one connection in the estate file; the descriptions are the reference."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from bot.core.estate.catalogue import Build, Credential, Criticality, Docs, Owners
from bot.core.estate.check_spec import Rule, RunLimits, VolumeRule
from bot.core.estate.description import About
from bot.core.estate.lane import Lane
from bot.files.estate.descriptions import ENTRIES, Ladder, Written
from bot.files.estate.fields import (
    ConnectionRef,
    Duration,
    Name,
    PartyRef,
    PersonRef,
    RunbookRef,
    Shape,
    Slug,
    SystemRef,
    Text,
    many,
)
from bot.files.estate.schema_watching import Confirm, ConfirmText

Attempts = Annotated[int, Field(ge=1, le=20)]


class BuildShape(Shape):
    """How the connection was made."""

    type: Build = Field(Build.UNKNOWN, description="Whose product the connection is.")
    maintained_by: PartyRef | None = Field(None, description="Party that keeps it working.")


class LanesShape(Shape):
    """Which party each lane points to."""

    vendor: PartyRef | None = Field(None, description="Maker of the connector.")
    publisher: PartyRef | None = Field(None, description="Publisher of the ERP or the other end.")
    it: PartyRef | None = Field(None, description="Internal IT or the implementation partner.")


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
    rules: tuple[Written[Rule], ...] = many("When signals are bad.")
    volume: Written[VolumeRule] | None = Field(
        None, description="Judge it by how many records come."
    )
    runs: Written[RunLimits] | None = Field(None, description="Limits on one run.")


CHECK_KEYS = frozenset(field.alias or name for name, field in CheckShape.model_fields.items())


# What only describes a connection is read by its table, and its keys stand among the others.
_About: Any = ENTRIES.model(About)


class ConnectionShape(_About):  # type: ignore[misc]
    """One data flow between two systems."""

    name: Name = Field(description="What people call it.")
    aliases: tuple[Name, ...] = many("Other names people use.")
    source: SystemRef = Field(alias="from", description="System the data comes from.")
    target: SystemRef = Field(alias="to", description="System the data goes to.")
    both_ways: bool = Field(False, description="Whether data also flows back.")
    entities: tuple[Name, ...] = many("Records that move.")
    criticality: Criticality = Field(
        Criticality.UNKNOWN, description="How much the company depends on it."
    )
    domain: Text = Field("", description="Part of the business, such as finance.")
    flow: Text = Field("", description="Business process, such as order-to-cash.")
    pattern: Text = Field("", description="How it runs, such as 'every 15 min' or webhook.")
    tolerance: Duration | None = Field(None, description="Delay the business can bear.")
    compliance: tuple[Literal["finance", "hr", "personal"], ...] = many(
        "Why record contents must not be shown in Slack."
    )
    build: BuildShape = Field(default_factory=BuildShape, description="How it was made.")
    owners: Written[Owners] = Field(default_factory=Owners, description="Who owns it.")
    first_responder: PersonRef | None = Field(None, description="Person pinged first.")
    accountable: Lane | None = Field(
        None, description="Lane whose named contact is pinged with the first responder."
    )
    ladder: Ladder | None = Field(None, description="Who is pinged next, and when.")
    lease: Duration | None = Field(
        None, description="How long an acknowledgement holds before the owner is asked again."
    )
    lanes: LanesShape = Field(default_factory=LanesShape, description="Who acts in each lane.")
    credentials: tuple[Written[Credential], ...] = many("Logins it needs, without their secrets.")
    docs: Written[Docs] = Field(default_factory=Docs, description="Where it is described.")
    depends_on: tuple[ConnectionRef, ...] = many("Connections that must work first.")
    reports: tuple[Name, ...] = many("Reports that are wrong while it is broken.")
    known_exceptions: tuple[Text, ...] = many("Odd cases everybody should know about.")
    runbook: RunbookRef = Field("generic", description="Runbook for its incidents.")
    checks: tuple[CheckShape, ...] = many("How it is watched.")

    @field_validator("target")
    @classmethod
    def _other_end(cls, target: str, info: ValidationInfo) -> str:
        if target == info.data.get("source"):
            raise ValueError("a connection needs two different ends")
        return target


class CheckDefaults(Shape):
    """What a check takes when it says nothing itself."""

    every: Duration = Field(timedelta(minutes=1), description="How often to look.")
    timeout: Duration = Field(timedelta(seconds=10), description="How long one look may take.")
    confirm: ConfirmText = Field(
        Confirm(looks=2), description="Bad looks in a row that make it bad, or '3 of 5'."
    )
    recover: Attempts = Field(2, description="Good looks in a row that make it good.")
