"""Reads a Backstage catalogue as a draft of the estate.

A connection is an entity that says so by annotations, or else an API between who provides and who
consumes it, or else a dependency of one component on another. What of the catalogue has no place
in an estate is listed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.core.estate.catalogue import Build, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Lane, Layer
from bot.inventory.core.draft import (
    DraftConnection,
    DraftParty,
    DraftPerson,
    DraftSystem,
    EstateDraft,
)
from bot.inventory.core.lists import Skipped
from bot.inventory.core.naming import Labels
from bot.inventory.files.backstage import Entity, Note, full, split
from bot.language.words import is_team

Choice = TypeVar("Choice", bound=StrEnum)
_ENDS = ("component", "resource", "system")
_OWNERS = {
    Layer.TECHNICAL: Note.TECHNICAL,
    Layer.FUNCTIONAL: Note.FUNCTIONAL,
    Layer.ARCHITECTURE: Note.ARCHITECTURE,
}
_LANES = {
    Lane.VENDOR: Note.LANE_VENDOR,
    Lane.PUBLISHER: Note.LANE_PUBLISHER,
    Lane.IT: Note.LANE_IT,
}
_LIFE = {"experimental": Stage.PLANNED, "deprecated": Stage.TO_RETIRE}
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A connection as found: the entity that describes it and its two ends."""

    entity: Entity
    source: str
    target: str
    id: str
    title: str
    remark: str = ""


def import_entities(entities: Sequence[Entity]) -> tuple[EstateDraft, tuple[Skipped, ...]]:
    """The estate that the entities describe, and the entities that have no part in it."""
    return _Reader(entities).draft()


class _Reader:
    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities = {one.ref: one for one in entities}
        self.skipped = [
            Skipped(place=one.place, why=f"{one.ref} stands in the catalogue twice", text=one.title)
            for one in entities
            if self.entities[one.ref] is not one
        ]
        self.people = self._people()
        self.parties = self._parties()
        self.systems: dict[str, DraftSystem] = {}
        self._system_ids = Labels()
        self._labels = Labels()

    def draft(self) -> tuple[EstateDraft, tuple[Skipped, ...]]:
        for one in self.entities.values():
            if one.note(Note.IS) == "system":
                self._system(one.ref)
        links = list(self._links())
        ids = {one.entity.ref: one.id for one in links}
        connections = [made for link in links if (made := self._connection(link))]
        known = {one.id for one in connections}
        self._leave_out(links)
        drafted = EstateDraft(
            people=tuple(self.people.values()),
            systems=tuple(self.systems.values()),
            parties=tuple(self.parties.values()),
            connections=tuple(_depending(one, ids, known) for one in connections),
        )
        return drafted, tuple(self.skipped)

    def _of(self, *kinds: str) -> Iterator[Entity]:
        return (one for one in self.entities.values() if one.kind in kinds)

    def _people(self) -> dict[str, DraftPerson]:
        found: dict[str, DraftPerson] = {}
        ids, addresses = Labels(), Labels()
        for one in self._of("user"):
            profile = one.spec.get("profile")
            said = profile if isinstance(profile, Mapping) else {}
            name, email = (_text(said.get(key)) for key in ("displayName", "email"))
            # The estate file refuses two people with one address, and so all of the import.
            if email and not (_ADDRESS.fullmatch(email) and addresses.take(email)):
                email = ""
            slack = one.note(Note.SLACK)
            found[one.ref] = DraftPerson(
                id=ids.id(one.note(Note.ID) or one.name, "person"),
                name=(name or one.title)[:110],
                email=email,
                slack=slack if _SLACK_ID.fullmatch(slack) else "",
                places=(one.place,),
            )
        return found

    def _parties(self) -> dict[str, DraftParty]:
        ids = Labels()
        return {
            one.ref: DraftParty(
                id=ids.id(one.note(Note.ID) or one.name, "party"),
                name=one.title[:110],
                places=(one.place,),
            )
            for one in self._of("group")
            if one.note(Note.IS) == "party"
        }

    def _links(self) -> Iterator[_Link]:
        """Every connection, those that say so themselves first."""
        joined: set[frozenset[str]] = set()
        for one in self._of("api", "component", "resource"):
            if one.note(Note.FROM) and one.note(Note.TO):
                source, target = (full(one.note(at), "component") for at in (Note.FROM, Note.TO))
                id = one.note(Note.ID) or one.name
                yield _Link(entity=one, source=source, target=target, id=id, title=one.title)
                joined.add(frozenset({source, target}))
        for link in self._by_api():
            joined.add(frozenset({link.source, link.target}))
            yield link
        for one in self._of("component"):
            for needed in one.refs("dependsOn", "component"):
                # A dependency says least of the three, so it counts only between what nothing else
                # connects.
                if self._may_depend(one, needed) and frozenset({one.ref, needed}) not in joined:
                    yield _dependency(one, self.entities[needed])

    def _may_depend(self, one: Entity, needed: str) -> bool:
        other = self.entities.get(needed)
        plain = not one.note(Note.FROM) and other is not None and not other.note(Note.FROM)
        return plain and needed != one.ref and needed.partition(":")[0] in _ENDS

    def _by_api(self) -> Iterator[_Link]:
        provided: dict[str, list[str]] = {}
        consumed: dict[str, list[str]] = {}
        for one in self._of("component"):
            for key, found in (("providesApis", provided), ("consumesApis", consumed)):
                for api in one.refs(key, "api"):
                    found.setdefault(api, []).append(one.ref)
        for api, providers in provided.items():
            entity = self.entities.get(api)
            if entity is None or entity.note(Note.FROM):
                continue
            pairs = [(a, b) for a in providers for b in consumed.get(api, ()) if a != b]
            for provider, consumer in pairs:
                yield self._api_link(entity, provider, consumer, alone=len(pairs) == 1)

    def _api_link(self, api: Entity, provider: str, consumer: str, *, alone: bool) -> _Link:
        names = (self.entities[provider], self.entities[consumer])
        title = api.title if alone else f"{api.title}: {names[1].title}"
        id = api.name if alone else f"{api.name}-{names[1].name}"
        back = api.note(Note.DIRECTION) == "to-provider"
        remark = "" if api.note(Note.DIRECTION) else (
            "from, to: taken from who provides and who consumes the API; turn them round if the "
            "consumer writes"
        )  # fmt: skip
        source, target = (consumer, provider) if back else (provider, consumer)
        return _Link(entity=api, source=source, target=target, id=id, title=title, remark=remark)

    def _connection(self, link: _Link) -> DraftConnection | None:
        one, remarks = link.entity, [link.remark] if link.remark else []
        source, target = self._system(link.source), self._system(link.target)
        if source == target:
            why = f"both its ends are {source}"
            self.skipped.append(Skipped(place=one.place, why=why, text=one.title))
            return None
        id, name = self._labels.named(link.title, "connection", id=link.id)
        owners = self._owners(one, remarks)
        lanes = {lane: self._party(one.note(note)) for lane, note in _LANES.items()}
        return DraftConnection(
            id=id,
            name=name,
            source=source,
            target=target,
            both_ways=one.note(Note.BOTH_WAYS).casefold() == "true",
            aliases=tuple(
                alias for alias in split(one.note(Note.ALIASES)) if self._labels.take(alias)
            ),
            entities=tuple(text[:110] for text in split(one.note(Note.ENTITIES))),
            criticality=_one_of(Criticality, one.note(Note.CRITICALITY)),
            domain=_text(one.note(Note.DOMAIN)),
            flow=_text(one.note(Note.FLOW)),
            pattern=_text(one.note(Note.PATTERN)),
            build=_one_of(Build, one.note(Note.BUILD)),
            maintained_by=self._party(one.note(Note.MAINTAINED_BY)),
            stage=_one_of(Stage, one.note(Note.STAGE)) or _LIFE.get(one.text("lifecycle")),
            owners=owners,
            first_responder=self._person(one.note(Note.RESPONDER), "responder", remarks),
            depends_on=split(one.note(Note.DEPENDS_ON)),
            lanes={str(lane): party for lane, party in lanes.items() if party},
            remarks=tuple(remarks),
            places=(one.place,),
        )

    def _owners(self, one: Entity, remarks: list[str]) -> dict[Layer, str]:
        """The owners by annotation; `spec.owner` stands for the technical one."""
        found = {}
        for layer, note in _OWNERS.items():
            said = one.note(note)
            if not said and layer is Layer.TECHNICAL and not one.note(Note.FROM):
                said = _owner(one)
            person = self._person(said, layer, remarks)
            if person:
                found[layer] = person
        return found

    def _person(self, said: str, role: str, remarks: list[str]) -> str:
        """The id of somebody who can be reached; anything else becomes a remark."""
        if not said or said.casefold() in ("unknown", "user:default/unknown", "none"):
            return ""
        ref = full(said, "user")
        found = self.people.get(ref) or self._by_address(said) or self._only_member(said)
        if found is None:
            remarks.append(f"{role}: {_text(said)} is no single person of the catalogue; name one")
            return ""
        # Some catalogues have a team entered as a User.
        if is_team(found.name) or is_team(found.id):
            remarks.append(f"{role}: {found.id} looks like a team; name one person")
            return ""
        if not (found.email or found.slack):
            remarks.append(f"{role}: {found.id}, who has no address yet")
            return ""
        return found.id

    def _by_address(self, said: str) -> DraftPerson | None:
        address = said.casefold()
        people = self.people.values()
        return next((one for one in people if one.email and one.email.casefold() == address), None)

    def _only_member(self, said: str) -> DraftPerson | None:
        """A group of one is that person."""
        groups = {full(said, "group"), said.casefold()}
        group = next((self.entities[ref] for ref in groups if ref in self.entities), None)
        members = set(group.refs("members", "user")) if group else set()
        for user in self._of("user"):
            if groups & set(user.refs("memberOf", "group")):
                members.add(user.ref)
        return self.people.get(next(iter(members))) if len(members) == 1 else None

    def _party(self, said: str) -> str:
        found = self.parties.get(full(said, "group")) if said else None
        return found.id if found else ""

    def _system(self, ref: str) -> str:
        if ref not in self.systems:
            one = self.entities.get(ref)
            name = ref.rpartition("/")[2]
            ours = one is not None and one.note(Note.IS) == "system"
            kind = one.note(Note.KIND) if one and ours else one.text("type") if one else ""
            self.systems[ref] = DraftSystem(
                id=self._system_ids.id((one.note(Note.ID) if one else "") or name, "system"),
                name=(one.title if one else name)[:110],
                kind=_text(kind)[:100],
                aliases=split(one.note(Note.ALIASES)) if one else (),
                places=(one.place,) if one else (),
            )
        return self.systems[ref].id

    def _leave_out(self, links: Iterable[_Link]) -> None:
        used = {*self.people, *self.parties, *self.systems, *(link.entity.ref for link in links)}
        for one in self.entities.values():
            if one.ref not in used:
                why = f"this {one.kind} is no end of a connection"
                if one.kind == "group":
                    why = "a group is a team, and owners are persons"
                elif one.kind in ("location", "domain", "template"):
                    why = f"a {one.kind} has no place in an estate"
                self.skipped.append(Skipped(place=one.place, why=why, text=one.title))


def _owner(one: Entity) -> str:
    """`spec.owner`, where a bare name is a group in Backstage."""
    said = one.text("owner")
    return said if not said or ":" in said or "@" in said else f"group:{said}"


def _dependency(one: Entity, needed: Entity) -> _Link:
    return _Link(
        entity=one,
        source=needed.ref,
        target=one.ref,
        id=f"{needed.name}-{one.name}",
        title=f"{needed.title} to {one.title}",
        remark=f"from, to: {one.title} depends on {needed.title}; turn them round if it writes",
    )


def _depending(one: DraftConnection, ids: Mapping[str, str], known: set[str]) -> DraftConnection:
    meant = (said if said in known else ids.get(full(said, "api"), "") for said in one.depends_on)
    found = dict.fromkeys(id for id in meant if id in known and id != one.id)
    return replace(one, depends_on=tuple(found))


def _one_of(kind: type[Choice], text: str) -> Choice | None:
    return next((one for one in kind if one.value == text.casefold()), None)


def _text(value: object) -> str:
    return " ".join(value.split())[:2000] if isinstance(value, str) else ""
