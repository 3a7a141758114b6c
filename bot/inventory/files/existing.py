"""What an estate file already has, as entries that lists are compared with.

Rule of this file: values from outside (`${NAME}`) are not read; a list is merged on a laptop that
has no secrets.
"""

from collections.abc import Collection
from pathlib import Path

from bot.files.yaml_source import Node, read_yaml_file
from bot.inventory.core.draft import DraftParty, DraftPerson, DraftSystem
from bot.inventory.core.lists import OWNER_FIELDS, Decisions, Field, Named, RowEntry, Way
from bot.inventory.core.write_draft import KnownRows
from bot.language.errors import Invalid


def read_existing(path: Path) -> KnownRows:
    """Raises Invalid when the file cannot be read as YAML."""
    source = read_yaml_file(path)
    if source.root is None:
        raise Invalid("; ".join(str(problem) for problem in source.problems))
    root = source.root
    people = {key: _person(key, entry.node) for key, entry in root.get("people").entries()}
    systems = {
        key: DraftSystem(id=key, name=_name(key, entry.node), aliases=_all(entry.node), known=True)
        for key, entry in root.get("systems").entries()
    }
    placed = [
        (key, f"{path.name}:{entry.line}", entry.node)
        for key, entry in root.get("connections").entries()
    ]
    return KnownRows(
        entries=tuple(_entry(path.name, place, node, systems, people) for _, place, node in placed),
        people=tuple(people.values()),
        systems=tuple(systems.values()),
        parties=tuple(
            DraftParty(id=key, name=_name(key, entry.node), known=True)
            for key, entry in root.get("parties").entries()
        ),
        connections={place: key for key, place, _ in placed},
        labels=frozenset(
            label for key, _, node in placed for label in (key, _name(key, node), *_all(node))
        ),
        decided=_decided(systems.values()),
    )


def _decided(systems: Collection[DraftSystem]) -> Decisions:
    same = {
        frozenset({one.name, label})
        for one in systems
        for label in (one.id, *one.aliases)
        if label != one.name
    }
    # Whoever keeps the file has told its systems apart already.
    return Decisions(same=frozenset(same), distinct=frozenset(one.name for one in systems))


def _person(key: str, node: Node) -> DraftPerson:
    return DraftPerson(
        id=key,
        name=_name(key, node),
        email=_text(node.get("email")).casefold(),
        aliases=_all(node),
        known=True,
        reachable=bool(node.get("email").text or node.get("slack").text),
    )


def _entry(
    file: str,
    place: str,
    node: Node,
    systems: dict[str, DraftSystem],
    people: dict[str, DraftPerson],
) -> RowEntry:
    def end(key: str) -> str:
        id = _text(node.get(key))
        return systems[id].name if id in systems else id

    owners = node.get("owners")
    named = {field: _text(owners.get(layer)) for field, layer in OWNER_FIELDS.items()}
    named[Field.RESPONDER] = _text(node.get("first_responder"))
    return RowEntry(
        list=file,
        place=place,
        name=_name(place, node),
        source=end("from"),
        target=end("to"),
        way=Way.BOTH if node.get("both_ways").value is True else Way.FORWARD,
        entities=tuple(_text(one) for one in node.get("entities").elements() if _text(one)),
        people={
            field: Named(name=people[id].name, email=people[id].email)
            for field, id in named.items()
            if id in people
        },
        facts={field: text for field, at in _facts(node).items() if (text := _text(at))},
    )


def _facts(node: Node) -> dict[Field, Node]:
    same = (Field.CRITICALITY, Field.DOMAIN, Field.FLOW, Field.PATTERN)
    return {
        **{field: node.get(field) for field in same},
        Field.BUILD: node.get("build").get("type"),
    }


def _name(key: str, node: Node) -> str:
    return _text(node.get("name")) or key


def _all(node: Node) -> tuple[str, ...]:
    return tuple(text for one in node.get("aliases").elements() if (text := _text(one)))


def _text(node: Node) -> str:
    return "" if "${" in node.text else node.text
