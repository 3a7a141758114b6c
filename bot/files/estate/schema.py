"""The shape of the estate file, `connections.yaml`; the descriptions are the reference.

The JSON Schema that editors use is made from these models, with the settings of each check kind.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from bot.core.estate.calendars import Calendar
from bot.core.estate.catalogue import BusinessImpact, Criticality, PeriodClose, System
from bot.core.estate.check_spec import Webhook
from bot.core.estate.description import Accepted, Governance
from bot.core.estate.history import Change, Release, ReleaseFeed
from bot.core.estate.lane import Lane
from bot.core.people.ways import open_place
from bot.files.content import presets_dir
from bot.files.estate.descriptions import Ladder, Written
from bot.files.estate.fields import (
    Channel,
    Day,
    Duration,
    Email,
    HoursText,
    Name,
    PartyRef,
    PersonRef,
    Shape,
    SlackId,
    Slug,
    Text,
    WebAddress,
    Zone,
    many,
)
from bot.files.estate.presets import load_presets
from bot.files.estate.schema_connection import CHECK_KEYS, CheckDefaults, ConnectionShape
from bot.files.estate.schema_watching import WindowShape
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
    ladder: Ladder = many("For every connection.")


class PersonShape(Shape):
    """Somebody who can be pinged: one person, never a team."""

    name: Name = Field(description="Name people know them by.")
    email: Email | None = Field(None, description="E-mail address of their Slack account.")
    slack_id: SlackId | None = Field(
        None, alias="slack", description="Slack member id, if the e-mail differs."
    )
    title: Text = Field("", description="What they do.")
    manager: PersonRef | None = Field(None, description="Person told when nobody reacts.")
    timezone: Zone | None = Field(None, description="Their zone, if not the company's.")
    hours: HoursText | None = Field(None, description="Their working hours.")
    aliases: tuple[Name, ...] = many("Other names people use.")
    works_for: PartyRef | None = Field(None, description="Party they work for, if not yours.")
    left: Day | None = Field(None, description="Day they leave or left.")
    fallback: tuple[Text, ...] = many(
        "How to ping them when Slack does not take it: Apprise addresses, as ${NAME}."
    )

    @field_validator("fallback")
    @classmethod
    def _all_filled(cls, ways: list[str]) -> list[str]:
        for place, way in enumerate(ways):
            if wrong := open_place(way):
                raise Mistake(wrong, place)
        return ways


class PartyShape(Shape):
    """An organisation that can be made to act, with what was agreed."""

    name: Name = Field(description="What people call it.")
    contact: Text = Field("", description="Mail address, portal or telephone number.")
    hours: HoursText | None = Field(None, description="When it answers.")
    timezone: Zone | None = Field(None, description="Its zone, if not the company's.")
    respond_within: dict[Criticality, Duration] = Field(
        default_factory=dict, alias="respond", description="Agreed response time by criticality."
    )
    contract: Text = Field("", description="Name or number of the contract.")
    covers: Text = Field("", description="What the contract covers.")
    valid_until: Day | None = Field(None, description="Date the contract ends.")
    email: Email | None = Field(None, description="Mail address that evidence is sent to.")
    slack_channel: Channel = Field(
        "", description="Channel shared with it by Slack Connect; evidence is posted there."
    )
    person: PersonRef | None = Field(None, description="Its named contact, one of `people`.")


class PolicyShape(Shape):
    """How incidents are driven; the first policy that fits counts, a connection's own `ladder` and
    `lease` before it."""

    criticality: tuple[Criticality, ...] = many("Connections it is for; every one when empty.")
    lanes: tuple[Lane, ...] = many("Lanes suggested at opening that it is for; any when empty.")
    ladder: Ladder | None = Field(None, description="Escalation ladder.")
    lease: Duration | None = Field(None, description="How long an acknowledgement holds.")
    ask_before: Duration | None = Field(
        None, description="How long before the lease ends the holder is asked."
    )
    joint_call: Duration | None = Field(
        None, description="How long without an agreed lane until a joint call is proposed."
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
    systems: dict[Slug, Written[System]] = Field(
        default_factory=dict, description="Systems, by id."
    )
    parties: dict[Slug, PartyShape] = Field(default_factory=dict, description="Parties, by id.")
    connections: dict[Slug, ConnectionShape] = Field(
        default_factory=dict, description="Connections, by id."
    )
    policies: tuple[PolicyShape, ...] = many("How incidents are driven, by criticality and lane.")
    effect: Written[BusinessImpact] = Field(
        default_factory=BusinessImpact, description="When a break's effect makes it graver."
    )
    close: Written[PeriodClose] = Field(
        default_factory=PeriodClose, description="The period close."
    )
    releases: tuple[Written[Release], ...] = many("Release calendar.")
    feeds: tuple[Written[ReleaseFeed], ...] = many(
        "Calendars of releases, read once a day.", alias="calendars"
    )
    changes: tuple[Written[Change], ...] = many("Change log.")
    governance: Written[Governance] = Field(
        default_factory=Governance, description="How the estate as a whole is run."
    )
    accepted: tuple[Written[Accepted], ...] = many("Findings accepted until a date.")
    calendar: Written[Calendar] = Field(
        default_factory=Calendar, description="Holidays and the month-end close."
    )
    maintenance: tuple[WindowShape, ...] = many("Times in which a failure opens no incident.")
    webhooks: dict[Slug, Written[Webhook]] = Field(
        default_factory=dict, description="What runbook steps may call, by name."
    )
    self_check: tuple[WebAddress, ...] = many(
        "Addresses that answer whenever your own network works."
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
