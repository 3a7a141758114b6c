"""What a Backstage catalogue and an estate have in common (kinds, references and annotations), and
an estate written as the entities of such a catalogue.

A system is a Component, a connection the API between two of them, a person a User and a party a
Group. What Backstage has no word for travels in annotations. These, `firstlane.io/…`, are a
contract with whoever keeps the catalogue; docs/inventory.md lists them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
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
from bot.language.errors import Invalid

MAX_BYTES, MAX_DEPTH = 5_000_000, 40
PREFIX = "firstlane.io/"
# The base loader leaves every scalar a text: a name such as `on` or `1.10` stays what it is.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Note(StrEnum):
    """Annotations, without their prefix."""

    IS = "is"  # `system` or `party`: what the entity is in the estate
    ID = "id"  # where the entity's name cannot be the id
    KIND = "kind"
    FROM = "from"
    TO = "to"
    BOTH_WAYS = "both-ways"
    DIRECTION = "direction"  # `to-provider`: data goes to who provides the API
    ALIASES = "aliases"
    ENTITIES = "entities"
    CRITICALITY = "criticality"
    DOMAIN = "domain"
    FLOW = "flow"
    PATTERN = "pattern"
    BUILD = "build"
    MAINTAINED_BY = "maintained-by"
    STAGE = "stage"
    DEPENDS_ON = "depends-on"
    TECHNICAL = "technical-owner"
    FUNCTIONAL = "functional-owner"
    ARCHITECTURE = "architecture-owner"
    RESPONDER = "first-responder"
    LANE_VENDOR = "lane-vendor"
    LANE_PUBLISHER = "lane-publisher"
    LANE_IT = "lane-it"
    SLACK = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One document of a catalogue. `place` is `file:line`, `kind` in small letters."""

    kind: str
    name: str
    namespace: str
    title: str
    place: str
    annotations: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}".casefold()

    def note(self, note: Note) -> str:
        return self.annotations.get(f"{PREFIX}{note}", "").strip()

    def text(self, key: str) -> str:
        """A text of the spec; empty when it is something else or not there."""
        value = self.spec.get(key)
        return value.strip() if isinstance(value, str) else ""

    def refs(self, key: str, kind: str) -> tuple[str, ...]:
        """The full references of a list in the spec; `kind` is what a bare name means."""
        value = self.spec.get(key)
        items = value if isinstance(value, list) else []
        return tuple(full(one, kind) for one in items if isinstance(one, str) and one.strip())


def full(ref: str, kind: str) -> str:
    """`payments-api` as `api:default/payments-api`."""
    before, colon, rest = ref.strip().rpartition(":")
    namespace, slash, name = rest.rpartition("/")
    return f"{before if colon else kind}:{namespace if slash else 'default'}/{name}".casefold()


def joined(items: tuple[str, ...]) -> str:
    """A list as one annotation: with commas, or on lines of their own where one holds a comma."""
    # The last line break tells a list of one item that holds a comma from a list with commas.
    return "\n".join((*items, "")) if any("," in item for item in items) else ", ".join(items)


def split(text: str) -> tuple[str, ...]:
    """The list that `joined` wrote."""
    items = text.split("\n") if "\n" in text else text.split(",")
    return tuple(item.strip() for item in items if item.strip())


def read_entities(path: Path) -> list[Entity]:
    """Every document of a catalogue file. Raises Invalid with file and line."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(f"Cannot read {path}: {error.strerror}.") from error
    if len(raw) > MAX_BYTES:
        raise Invalid(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(f"{path.name}:{line}: this is not UTF-8 text.") from error
    try:
        return list(_documents(text, path.name))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Invalid(f"{path.name}:{line}: {error.problem or 'this is not YAML'}.") from error
    except yaml.YAMLError as error:
        raise Invalid(f"{path.name}:1: a character here is not allowed in YAML.") from error


def _documents(text: str, name: str) -> Iterator[Entity]:
    depth = 0
    # Looked at before it is built: building a deeply nested text costs the stack.
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Invalid(f"{name}:{line}: nested more than {MAX_DEPTH} levels deep.")
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            value = loader.construct_document(node)
            if value:
                yield _entity(value, f"{name}:{node.start_mark.line + 1}")
    finally:
        loader.dispose()


def _entity(value: Any, place: str) -> Entity:
    meta = _mapping(_mapping(value).get("metadata"))
    kind, name = _mapping(value).get("kind"), meta.get("name")
    if not (isinstance(kind, str) and isinstance(name, str) and kind and name):
        raise Invalid(f"{place}: this is no catalogue entity: it needs kind and metadata.name.")
    namespace, title = meta.get("namespace"), meta.get("title")
    notes = _mapping(meta.get("annotations"))
    return Entity(
        kind=kind.casefold(),
        name=name,
        namespace=namespace if isinstance(namespace, str) and namespace else "default",
        title=_one_line(title) if isinstance(title, str) and title else _one_line(name),
        place=place,
        annotations={key: text for key, text in notes.items() if isinstance(text, str)},
        spec=_mapping(_mapping(value).get("spec")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


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


def _written_entity(
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
    return _written_entity("Group", one.id, one.name, {Note.IS: "party"}, spec)


def _person(one: Person) -> dict[str, Any]:
    spec = {"profile": _profile(one), "memberOf": [one.works_for] if one.works_for else []}
    return _written_entity("User", one.id, one.name, {Note.SLACK: one.slack_id or ""}, spec)


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
    return _written_entity("Component", one.id, one.name, notes, spec)


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
    return _written_entity("API", one.id, one.name, dict(_notes(one, stage)), spec)


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
