"""The shape of the estate file, `connections.yaml`; the descriptions are the reference.

The JSON Schema that editors use is made from these models, with the settings of each check kind.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from bot.core.estate.catalogue import Criticality
from bot.core.estate.lane import Lane
from bot.core.people.ways import open_place
from bot.files.content import presets_dir
from bot.files.estate.fields import (
    Channel,
    ConnectionRef,
    Day,
    Duration,
    Email,
    HoursText,
    Moment,
    Name,
    PartyRef,
    PersonRef,
    Shape,
    SlackId,
    Slug,
    SystemRef,
    Text,
    WebAddress,
    Zone,
)
from bot.files.estate.presets import load_presets
from bot.files.estate.schema_connection import (
    CHECK_KEYS,
    CheckDefaults,
    ConnectionShape,
    RungShape,
    ascending,
)
from bot.files.estate.schema_description import AcceptedShape, GovernanceShape
from bot.files.estate.schema_watching import CalendarShape, WindowShape
from bot.files.estate.schema_webhooks import WebhookShape
from bot.language.mistakes import Mistake


class CompanyShape(Shape):
    """Whose estate this is."""

    name: Name = Field("", description="Name of the company.")
    timezone: Zone = Field("UTC", description="Zone of all times in this file.")
    announce_channel: Channel = Field(
        "", description="Standing Slack channel for estate-wide notices."
    )


class DefaultsShape(Shape):
    """What people, parties, connections and checks take when they say nothing themselves."""

    hours: HoursText | None = Field(None, description="Working hours of people and parties.")
    check: CheckDefaults = Field(default_factory=CheckDefaults, description="For every check.")
    lease: Duration = Field(timedelta(hours=1), description="For every connection.")
    ladder: list[RungShape] = Field(default_factory=list, description="For every connection.")

    @field_validator("ladder")
    @classmethod
    def _ladder(cls, ladder: list[RungShape]) -> list[RungShape]:
        return ascending(ladder)


class PersonShape(Shape):
    """Somebody who can be pinged: one person, never a team."""

    name: Name = Field(description="Name people know them by.")
    email: Email | None = Field(None, description="E-mail address of their Slack account.")
    slack: SlackId | None = Field(None, description="Slack member id, if the e-mail differs.")
    title: Text = Field("", description="What they do.")
    manager: PersonRef | None = Field(None, description="Person told when nobody reacts.")
    timezone: Zone | None = Field(None, description="Their zone, if not the company's.")
    hours: HoursText | None = Field(None, description="Their working hours.")
    aliases: list[Name] = Field(default_factory=list, description="Other names people use.")
    works_for: PartyRef | None = Field(None, description="Party they work for, if not yours.")
    left: Day | None = Field(None, description="Day they leave or left.")
    fallback: list[Text] = Field(
        default_factory=list,
        description="How to ping them when Slack does not take it: Apprise addresses, as ${NAME}.",
    )

    @field_validator("fallback")
    @classmethod
    def _all_filled(cls, ways: list[str]) -> list[str]:
        for place, way in enumerate(ways):
            if wrong := open_place(way):
                raise Mistake(wrong, place)
        return ways


class SystemShape(Shape):
    """An end of a connection."""

    name: Name = Field(description="What people call it.")
    kind: Text = Field("", description="For example erp, shop, bank, warehouse.")
    publisher: PartyRef | None = Field(None, description="Party that makes it.")
    aliases: list[Name] = Field(default_factory=list, description="Other names people use.")
    speaks: list[Name] = Field(
        default_factory=list, description="Playbooks whose error texts it speaks."
    )
    status_page: WebAddress | None = Field(None, description="Address of its status page.")


class PartyShape(Shape):
    """An organisation that can be made to act, with what was agreed."""

    name: Name = Field(description="What people call it.")
    contact: Text = Field("", description="Mail address, portal or telephone number.")
    hours: HoursText | None = Field(None, description="When it answers.")
    timezone: Zone | None = Field(None, description="Its zone, if not the company's.")
    respond: dict[Criticality, Duration] = Field(
        default_factory=dict, description="Agreed response time by criticality."
    )
    contract: Text = Field("", description="Name or number of the contract.")
    covers: Text = Field("", description="What the contract covers.")
    valid_until: Day | None = Field(None, description="Date the contract ends.")
    email: Email | None = Field(None, description="Mail address that evidence is sent to.")
    slack_channel: Channel = Field(
        "", description="Channel shared with it by Slack Connect; evidence is posted there."
    )
    person: PersonRef | None = Field(None, description="Its named contact, one of `people`.")


class ReleaseShape(Shape):
    """A release or maintenance of a system, as its maker announced it."""

    system: SystemRef = Field(description="System that changes.")
    version: Name = Field(description="Version, as text.")
    at: Moment = Field(description="When it goes live.")
    summary: Text = Field("", description="What changes, in a line.")
    notes: Text = Field("", description="Address of the release notes.")


class ChangeShape(Shape):
    """Something somebody changed on a connection."""

    connection: ConnectionRef = Field(description="Connection that was changed.")
    at: Moment = Field(description="When it was changed.")
    what: Name = Field(description="What was changed, in a line.")
    by: PersonRef | None = Field(None, description="Who changed it.")
    approved_by: PersonRef | None = Field(None, description="Who approved it.")


class FeedShape(Shape):
    """A calendar of releases (iCalendar) that is read once a day."""

    url: WebAddress = Field(description="Its address; write ${NAME} when it holds a secret.")
    system: SystemRef = Field(description="System that its entries are about.")
    name: Text = Field("", description="What people call it.")


class PolicyShape(Shape):
    """How incidents are driven; the first policy that fits counts, a connection's own `ladder` and
    `lease` before it."""

    criticality: list[Criticality] = Field(
        default_factory=list, description="Connections it is for; every one when empty."
    )
    lanes: list[Lane] = Field(
        default_factory=list,
        description="Lanes suggested at opening that it is for; any when empty.",
    )
    ladder: list[RungShape] | None = Field(None, description="Escalation ladder.")
    lease: Duration | None = Field(None, description="How long an acknowledgement holds.")
    ask_before: Duration | None = Field(
        None, description="How long before the lease ends the holder is asked."
    )
    joint_call: Duration | None = Field(
        None, description="How long without an agreed lane until a joint call is proposed."
    )

    @field_validator("ladder")
    @classmethod
    def _ladder(cls, ladder: list[RungShape] | None) -> list[RungShape] | None:
        return ascending(ladder) if ladder else ladder


class EffectShape(Shape):
    """When the effect of a break makes it one level graver."""

    amount: float | None = Field(None, gt=0, description="Amount waiting, in any currency.")
    records: int | None = Field(None, gt=0, description="Number of records waiting or failed.")


class CloseShape(Shape):
    """When the period is closed, which makes breaks graver."""

    working_days: list[Annotated[int, Field(ge=1, le=23)]] = Field(
        default_factory=list, description="Working days of each month, Monday to Friday, from 1."
    )
    domains: list[Name] = Field(
        default_factory=lambda: ["finance"], description="Domains of connections it concerns."
    )


def _version(value: Any) -> Any:
    if type(value) is not int:
        raise ValueError("write version: 1, without quotes")
    return value


class EstateShape(Shape):
    """Everything Firstlane knows of a company's ERP connections."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(
        description="Version of this file's format."
    )
    example: bool = Field(
        False, description="Marks an example estate, which may use dates such as +35d."
    )
    company: CompanyShape = Field(default_factory=CompanyShape, description="Whose estate it is.")
    defaults: DefaultsShape = Field(
        default_factory=DefaultsShape, description="What entries take when they say nothing."
    )
    people: dict[Slug, PersonShape] = Field(default_factory=dict, description="People, by id.")
    systems: dict[Slug, SystemShape] = Field(default_factory=dict, description="Systems, by id.")
    parties: dict[Slug, PartyShape] = Field(default_factory=dict, description="Parties, by id.")
    connections: dict[Slug, ConnectionShape] = Field(
        default_factory=dict, description="Connections, by id."
    )
    policies: list[PolicyShape] = Field(
        default_factory=list, description="How incidents are driven, by criticality and lane."
    )
    effect: EffectShape = Field(
        default_factory=EffectShape, description="When a break's effect makes it graver."
    )
    close: CloseShape = Field(default_factory=CloseShape, description="The period close.")
    releases: list[ReleaseShape] = Field(default_factory=list, description="Release calendar.")
    calendars: list[FeedShape] = Field(
        default_factory=list, description="Calendars of releases, read once a day."
    )
    changes: list[ChangeShape] = Field(default_factory=list, description="Change log.")
    governance: GovernanceShape = Field(
        default_factory=GovernanceShape, description="How the estate as a whole is run."
    )
    accepted: list[AcceptedShape] = Field(
        default_factory=list, description="Findings accepted until a date."
    )
    calendar: CalendarShape = Field(
        default_factory=CalendarShape, description="Holidays and the month-end close."
    )
    maintenance: list[WindowShape] = Field(
        default_factory=list, description="Times in which a failure opens no incident."
    )
    webhooks: dict[Slug, WebhookShape] = Field(
        default_factory=dict, description="What runbook steps may call, by name."
    )
    self_check: list[WebAddress] = Field(
        default_factory=list, description="Addresses that answer whenever your own network works."
    )


def schema_json(kinds: Mapping[str, type[BaseModel]] | None = None) -> str:
    """The JSON Schema of the estate file, as text. `kinds` adds the settings of check kinds;
    without them a check may hold any further key."""
    schema = EstateShape.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    definitions: dict[str, Any] = schema["$defs"]
    check = definitions["CheckShape"]
    check["additionalProperties"] = True
    check["properties"]["preset"] = {
        "description": check["properties"]["preset"]["description"],
        "enum": sorted(load_presets(presets_dir())),
    }
    check["required"].remove("kind")
    check["oneOf"] = [{"required": ["kind"]}, {"required": ["preset"]}]
    if kinds:
        check["properties"]["kind"]["enum"] = sorted(kinds)
        check["allOf"] = [_of_kind(kind, kinds[kind], definitions) for kind in sorted(kinds)]
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _of_kind(kind: str, model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    settings = model.model_json_schema(by_alias=True, ref_template=f"#/$defs/{kind}.{{model}}")
    for name, definition in settings.pop("$defs", {}).items():
        definitions[f"{kind}.{name}"] = definition
    # The keys that every check has would otherwise be unknown to a model that forbids extras.
    settings["properties"] = {
        **dict.fromkeys(sorted(CHECK_KEYS), True),
        **settings.get("properties", {}),
    }
    return {
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": settings,
    }
