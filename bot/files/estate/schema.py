"""The shape of the estate file, `connections.yaml`; the descriptions are the reference.

The JSON Schema that editors use is made from these models, with the settings of each check kind.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from bot.core.estate.catalogue import BusinessImpact, Criticality, PeriodClose, System
from bot.core.estate.check_spec import Webhook
from bot.core.estate.description import Accepted, Governance
from bot.core.estate.history import Change, Release, ReleaseFeed
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Calendar
from bot.core.people.presence import open_place
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
    optional,
    parts,
)
from bot.files.estate.presets import load_presets
from bot.files.estate.schema_connection import CHECK_KEYS, CheckDefaults, ConnectionShape
from bot.files.estate.schema_watching import WindowShape
from bot.language.errors import Mistake


class CompanyShape(Shape):
    """Whose estate this is."""

    name: Name = optional("Name of the company.", "")
    timezone: Zone = optional("Zone of all times in this file.", "UTC")
    announce_channel: Channel = optional("Standing Slack channel for estate-wide notices.", "")


class DefaultsShape(Shape):
    """What people, parties, connections and checks take when they say nothing themselves."""

    hours: HoursText | None = optional("Working hours of people and parties.")
    check: CheckDefaults = parts("For every check.", CheckDefaults)
    lease: Duration = optional("For every connection.", timedelta(hours=1))
    ladder: Ladder = parts("For every connection.")


class PersonShape(Shape):
    """Somebody who can be pinged: one person, never a team."""

    name: Name = Field(description="Name people know them by.")
    email: Email | None = optional("E-mail address of their Slack account.")
    slack_id: SlackId | None = optional("Slack member id, if the e-mail differs.", alias="slack")
    title: Text = optional("What they do.", "")
    manager: PersonRef | None = optional("Person told when nobody reacts.")
    timezone: Zone | None = optional("Their zone, if not the company's.")
    hours: HoursText | None = optional("Their working hours.")
    aliases: tuple[Name, ...] = parts("Other names people use.")
    works_for: PartyRef | None = optional("Party they work for, if not yours.")
    left: Day | None = optional("Day they leave or left.")
    fallback: tuple[Text, ...] = parts(
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
    contact: Text = optional("Mail address, portal or telephone number.", "")
    hours: HoursText | None = optional("When it answers.")
    timezone: Zone | None = optional("Its zone, if not the company's.")
    respond_within: dict[Criticality, Duration] = parts(
        "Agreed response time by criticality.", dict, alias="respond"
    )
    contract: Text = optional("Name or number of the contract.", "")
    covers: Text = optional("What the contract covers.", "")
    valid_until: Day | None = optional("Date the contract ends.")
    email: Email | None = optional("Mail address that evidence is sent to.")
    slack_channel: Channel = optional(
        "Channel shared with it by Slack Connect; evidence is posted there.", ""
    )
    person: PersonRef | None = optional("Its named contact, one of `people`.")


class PolicyShape(Shape):
    """How incidents are driven; the first policy that fits counts, a connection's own `ladder` and
    `lease` before it."""

    criticality: tuple[Criticality, ...] = parts("Connections it is for; every one when empty.")
    lanes: tuple[Lane, ...] = parts("Lanes suggested at opening that it is for; any when empty.")
    ladder: Ladder | None = optional("Escalation ladder.")
    lease: Duration | None = optional("How long an acknowledgement holds.")
    ask_before: Duration | None = optional("How long before the lease ends the holder is asked.")
    joint_call: Duration | None = optional(
        "How long without an agreed lane until a joint call is proposed."
    )


def _version(value: Any) -> Any:
    # pydantic takes true and 1.0 for 1.
    if type(value) is not int:
        raise ValueError("write version: 1, without quotes")
    return value


class EstateShape(Shape):
    """Everything Firstlane knows of a company's ERP connections."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(
        description="Version of this file's format."
    )
    example: bool = optional("Marks an example estate, which may use dates such as +35d.", False)
    company: CompanyShape = parts("Whose estate it is.", CompanyShape)
    defaults: DefaultsShape = parts("What entries take when they say nothing.", DefaultsShape)
    people: dict[Slug, PersonShape] = parts("People, by id.", dict)
    systems: dict[Slug, Written[System]] = parts("Systems, by id.", dict)
    parties: dict[Slug, PartyShape] = parts("Parties, by id.", dict)
    connections: dict[Slug, ConnectionShape] = parts("Connections, by id.", dict)
    policies: tuple[PolicyShape, ...] = parts("How incidents are driven, by criticality and lane.")
    effect: Written[BusinessImpact] = parts(
        "When a break's effect makes it graver.", BusinessImpact
    )
    close: Written[PeriodClose] = parts("The period close.", PeriodClose)
    releases: tuple[Written[Release], ...] = parts("Release calendar.")
    feeds: tuple[Written[ReleaseFeed], ...] = parts(
        "Calendars of releases, read once a day.", alias="calendars"
    )
    changes: tuple[Written[Change], ...] = parts("Change log.")
    governance: Written[Governance] = parts("How the estate as a whole is run.", Governance)
    accepted: tuple[Written[Accepted], ...] = parts("Findings accepted until a date.")
    calendar: Written[Calendar] = parts("Holidays and the month-end close.", Calendar)
    maintenance: tuple[WindowShape, ...] = parts("Times in which a failure opens no incident.")
    webhooks: dict[Slug, Written[Webhook]] = parts("What runbook steps may call, by name.", dict)
    self_check: tuple[WebAddress, ...] = parts(
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
    # A check with a preset gets its kind from it, after the editor has looked.
    check["required"].remove("kind")
    check["oneOf"] = [{"required": ["kind"]}, {"required": ["preset"]}]
    if kinds:
        check["properties"]["kind"]["enum"] = sorted(kinds)
        check["allOf"] = [_of_kind(kind, kinds[kind], definitions) for kind in sorted(kinds)]
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _of_kind(kind: str, model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    settings = model.model_json_schema(by_alias=True, ref_template=f"#/$defs/{kind}.{{model}}")
    # Models of two kinds may have one name.
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
