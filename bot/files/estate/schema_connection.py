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
    optional,
    parts,
)
from bot.files.estate.schema_watching import Confirm, ConfirmText

Attempts = Annotated[int, Field(ge=1, le=20)]


class BuildShape(Shape):
    """How the connection was made."""

    type: Build = optional("Whose product the connection is.", Build.UNKNOWN)
    maintained_by: PartyRef | None = optional("Party that keeps it working.")


class LanesShape(Shape):
    """Which party each lane points to."""

    vendor: PartyRef | None = optional("Maker of the connector.")
    publisher: PartyRef | None = optional("Publisher of the ERP or the other end.")
    it: PartyRef | None = optional("Internal IT or the implementation partner.")


class CheckShape(Shape):
    """One way of looking at the connection. Keys not listed here belong to the check's kind."""

    # Each kind has keys of its own, which its model checks later.
    model_config = ConfigDict(extra="allow")

    id: Slug = Field(description="Id, unique within the connection.")
    kind: Name = Field(description="Kind of check, such as http, heartbeat or tls.")
    # Filled in before this shape is asked; here for those who write the file.
    preset: Name | None = optional("Ready-made check of a platform, by name.")
    with_: dict[str, Any] = parts("Parameters of the preset.", dict, alias="with")
    every: Duration | None = optional("How often to look.")
    timeout: Duration | None = optional("How long one look may take.")
    confirm: ConfirmText | None = optional(
        "Bad looks in a row that make it bad, or for example '3 of 5'."
    )
    recover: Attempts | None = optional("Good looks in a row that make it good.")
    rules: tuple[Written[Rule], ...] = parts("When signals are bad.")
    volume: Written[VolumeRule] | None = optional("Judge it by how many records come.")
    runs: Written[RunLimits] | None = optional("Limits on one run.")


CHECK_KEYS = frozenset(field.alias or name for name, field in CheckShape.model_fields.items())


# What only describes a connection is read by its table, and its keys stand among the others.
_About: Any = ENTRIES.model(About)


class ConnectionShape(_About):  # type: ignore[misc]
    """One data flow between two systems."""

    name: Name = Field(description="What people call it.")
    aliases: tuple[Name, ...] = parts("Other names people use.")
    source: SystemRef = Field(alias="from", description="System the data comes from.")
    target: SystemRef = Field(alias="to", description="System the data goes to.")
    both_ways: bool = optional("Whether data also flows back.", False)
    entities: tuple[Name, ...] = parts("Records that move.")
    criticality: Criticality = optional("How much the company depends on it.", Criticality.UNKNOWN)
    domain: Text = optional("Part of the business, such as finance.", "")
    flow: Text = optional("Business process, such as order-to-cash.", "")
    pattern: Text = optional("How it runs, such as 'every 15 min' or webhook.", "")
    tolerance: Duration | None = optional("Delay the business can bear.")
    compliance: tuple[Literal["finance", "hr", "personal"], ...] = parts(
        "Why record contents must not be shown in Slack."
    )
    build: BuildShape = parts("How it was made.", BuildShape)
    owners: Written[Owners] = parts("Who owns it.", Owners)
    first_responder: PersonRef | None = optional("Person pinged first.")
    accountable: Lane | None = optional(
        "Lane whose named contact is pinged with the first responder."
    )
    ladder: Ladder | None = optional("Who is pinged next, and when.")
    lease: Duration | None = optional(
        "How long an acknowledgement holds before the owner is asked again."
    )
    lanes: LanesShape = parts("Who acts in each lane.", LanesShape)
    credentials: tuple[Written[Credential], ...] = parts("Logins it needs, without their secrets.")
    docs: Written[Docs] = parts("Where it is described.", Docs)
    depends_on: tuple[ConnectionRef, ...] = parts("Connections that must work first.")
    reports: tuple[Name, ...] = parts("Reports that are wrong while it is broken.")
    known_exceptions: tuple[Text, ...] = parts("Odd cases everybody should know about.")
    runbook: RunbookRef = optional("Runbook for its incidents.", "generic")
    checks: tuple[CheckShape, ...] = parts("How it is watched.")

    @field_validator("target")
    @classmethod
    def _other_end(cls, target: str, info: ValidationInfo) -> str:
        if target == info.data.get("source"):
            raise ValueError("a connection needs two different ends")
        return target


class CheckDefaults(Shape):
    """What a check takes when it says nothing itself."""

    every: Duration = optional("How often to look.", timedelta(minutes=1))
    timeout: Duration = optional("How long one look may take.", timedelta(seconds=10))
    confirm: ConfirmText = optional(
        "Bad looks in a row that make it bad, or '3 of 5'.", Confirm(looks=2)
    )
    recover: Attempts = optional("Good looks in a row that make it good.", 2)
