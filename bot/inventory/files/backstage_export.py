"""Writes an estate as entities of a Backstage catalogue.

A system is a Component, a connection the API between two of them, a person a User and a party a
Group. What Backstage has no word for travels in annotations.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bot.core.estate.catalogue import (
    Build,
    Catalogue,
    Connection,
    Criticality,
    Party,
    Person,
    System,
)
from bot.core.estate.description import Stage
from bot.core.estate.ids import SystemId
from bot.core.estate.lane import Lane
from bot.inventory.files.backstage import PREFIX, Note, joined

_LIFE = {
    Stage.PLANNED: "experimental",
    Stage.GOING_LIVE: "experimental",
    Stage.LIVE: "production",
    Stage.TO_RETIRE: "deprecated",
    Stage.RETIRED: "deprecated",
}
_UNKNOWN = "unknown"


def catalog_info(catalogue: Catalogue) -> str:
    """The whole catalogue as one multi-document `catalog-info.yaml`."""
    documents = [
        *(_party(one) for one in catalogue.parties.values()),
        *(_person(one) for one in catalogue.people.values()),
        *(_system(one, catalogue) for one in catalogue.systems.values()),
        *(_connection(one, catalogue) for one in catalogue.connections.values()),
    ]
    return yaml.safe_dump_all(
        documents, sort_keys=False, allow_unicode=True, width=100, explicit_start=True
    )


def _entity(
    kind: str, id: str, title: str, notes: Mapping[Note, str], spec: Mapping[str, Any]
) -> dict[str, Any]:
    name = id.rstrip("-")  # a name in Backstage ends with a letter or a digit
    told = {Note.ID: id if name != id else "", **notes}
    annotations = {f"{PREFIX}{note}": text for note, text in told.items() if text}
    metadata: dict[str, Any] = {"name": name, "title": title}
    if annotations:
        metadata["annotations"] = annotations
    return {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": dict(spec),
    }


def _party(one: Party) -> dict[str, Any]:
    spec = {"type": "organization", "profile": _profile(one), "children": []}
    return _entity("Group", one.id, one.name, {Note.IS: "party"}, spec)


def _person(one: Person) -> dict[str, Any]:
    spec = {"profile": _profile(one), "memberOf": [one.works_for] if one.works_for else []}
    return _entity("User", one.id, one.name, {Note.SLACK: one.slack_id or ""}, spec)


def _profile(one: Party | Person) -> dict[str, str]:
    return {"displayName": one.name, **({"email": one.email} if one.email else {})}


def _system(one: System, catalogue: Catalogue) -> dict[str, Any]:
    connections = catalogue.connections.values()
    notes = {Note.IS: "system", Note.KIND: one.kind, Note.ALIASES: joined(one.aliases)}
    spec: dict[str, Any] = {
        "type": one.kind or "service",
        # Backstage asks for it, and an estate does not say it of systems.
        "lifecycle": "production",
        "owner": _system_owner(one.id, catalogue),
    }
    provides = [_api(item) for item in connections if item.source == one.id]
    consumes = [_api(item) for item in connections if item.target == one.id]
    if provides:
        spec["providesApis"] = provides
    if consumes:
        spec["consumesApis"] = consumes
    return _entity("Component", one.id, one.name, notes, spec)


def _system_owner(system: SystemId, catalogue: Catalogue) -> str:
    """The architecture owner of most of its connections; an estate has no owners of systems."""
    owners = Counter(
        one.owners.architecture or one.owners.technical
        for one in catalogue.connections.values()
        if system in one.systems
    )
    person = next((who for who, _ in owners.most_common() if who), None)
    return _ref("user", person) or _UNKNOWN


def _connection(one: Connection, catalogue: Catalogue) -> dict[str, Any]:
    stage = one.about.lifecycle.stage
    owners = one.owners
    names = (catalogue.system_name(one.source), catalogue.system_name(one.target))
    arrow = "and" if one.both_ways else "to"
    moved = f": {', '.join(one.entities)}" if one.entities else ""
    spec = {
        "type": "integration",
        "lifecycle": _LIFE[stage],
        "owner": _ref("user", owners.technical) or _UNKNOWN,
        "definition": f"{names[0]} {arrow} {names[1]}{moved}",
    }
    return _entity("API", one.id, one.name, dict(_notes(one, stage)), spec)


def _notes(one: Connection, stage: Stage) -> Iterator[tuple[Note, str]]:
    yield Note.FROM, _ref("component", one.source)
    yield Note.TO, _ref("component", one.target)
    yield Note.BOTH_WAYS, "true" if one.both_ways else ""
    yield Note.ALIASES, joined(one.aliases)
    yield Note.ENTITIES, joined(one.entities)
    yield Note.CRITICALITY, "" if one.criticality is Criticality.UNKNOWN else one.criticality.value
    yield Note.DOMAIN, one.domain
    yield Note.FLOW, one.flow
    yield Note.PATTERN, one.pattern
    yield Note.BUILD, "" if one.build is Build.UNKNOWN else one.build.value
    yield Note.MAINTAINED_BY, _ref("group", one.maintained_by)
    yield Note.STAGE, "" if stage is Stage.LIVE else stage.value
    yield Note.DEPENDS_ON, joined(one.depends_on)
    yield Note.TECHNICAL, _ref("user", one.owners.technical)
    yield Note.FUNCTIONAL, _ref("user", one.owners.functional)
    yield Note.ARCHITECTURE, _ref("user", one.owners.architecture)
    yield Note.RESPONDER, _ref("user", one.first_responder)
    yield Note.LANE_VENDOR, _ref("group", one.lanes.get(Lane.VENDOR))
    yield Note.LANE_PUBLISHER, _ref("group", one.lanes.get(Lane.PUBLISHER))
    yield Note.LANE_IT, _ref("group", one.lanes.get(Lane.IT))


def _api(one: Connection) -> str:
    return one.id.rstrip("-")


def _ref(kind: str, id: str | None) -> str:
    return f"{kind}:default/{id.rstrip('-')}" if id else ""
