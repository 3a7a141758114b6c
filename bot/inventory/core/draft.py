"""The estate as the lists describe it before anybody has read it through: what each row connects,
which way, what moves, and who answers for it.

Rule of this file: whatever several rows say differently is kept side by side, and what nobody says
stays empty. The first list that says something is written down; the others become remarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.estate.catalogue import Build, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Layer
from bot.inventory.core.cells import Direction, direction, parts, person, route, said
from bot.inventory.core.lists import (
    MAIL_FIELDS,
    PERSON_FIELDS,
    Field,
    Named,
    Row,
    RowEntry,
    Skipped,
    Way,
)

PersonKey = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Anything with a key of its own in the estate file. `places` are the rows that name it,
    `known` is whether the file has it already."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPerson(Drafted):
    """Without `email` they can own nothing yet."""

    email: str = ""
    slack: str = ""
    title: str = ""
    reachable: bool = False  # there, by an address that is not read here or by a Slack id


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSystem(Drafted):
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftParty(Drafted):
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one row says of a field, in its own words."""

    place: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Rows of one connection that do not say the same. `taken` is the value written down."""

    id: str
    field: str
    taken: str
    says: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftConnection(Drafted):
    """`owners` and `first_responder` are people with an address; who has none stands in `remarks`,
    lines that say by field what could not be written down and why. `sources` names, by field, the
    row that a value came from."""

    source: str
    target: str
    both_ways: bool = False
    entities: tuple[str, ...] = ()
    criticality: Criticality | None = None
    domain: str = ""
    flow: str = ""
    pattern: str = ""
    build: Build | None = None
    maintained_by: str = ""
    stage: Stage | None = None
    owners: Mapping[Layer, PersonKey] = field(default_factory=dict)
    first_responder: PersonKey = ""
    depends_on: tuple[str, ...] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateDraft:
    """Everything to be written down, and what is to be told beside it."""

    people: tuple[DraftPerson, ...] = ()
    systems: tuple[DraftSystem, ...] = ()
    parties: tuple[DraftParty, ...] = ()
    connections: tuple[DraftConnection, ...] = ()
    differences: tuple[Difference, ...] = ()


_FACTS = (
    Field.ID,
    Field.CRITICALITY,
    Field.DOMAIN,
    Field.FLOW,
    Field.PATTERN,
    Field.BUILD,
    Field.VENDOR,
    Field.STAGE,
    Field.ENDPOINT,
    Field.DOCS,
    Field.NOTES,
)
_LONGEST_NAME = 100


def read_row(row: Row, *, own_system: str = "") -> RowEntry | Skipped:
    """The row as an entry. `own_system` is the system whose list it is, for rows that name only the
    other end. A row that names neither a connection nor a system is skipped."""
    values = {field: text for field, cell in row.values.items() if (text := said(cell))}
    source, target, way = _ends(values, own_system)
    entities = parts(row.values.get(Field.ENTITIES, ""))
    name = values.get(Field.NAME, "") or values.get(Field.ID, "")
    if not name and not (source and target):
        why = "it names neither a connection nor two systems"
        return Skipped(place=row.place, why=why, text=written(row))
    return RowEntry(
        list=row.list,
        place=row.place,
        name=(name or _called(source, target, entities))[:_LONGEST_NAME],
        source=source,
        target=target,
        way=way,
        entities=tuple(entity[:_LONGEST_NAME] for entity in entities),
        people=_people(values),
        facts={field: values[field] for field in _FACTS if field in values},
        rest={column: text for column, cell in row.rest.items() if (text := said(cell))},
    )


def written(row: Row) -> str:
    """The row's cells as one line of text."""
    cells = (*row.values.values(), *row.rest.values())
    return " | ".join(text for cell in cells if (text := " ".join(cell.split())))


def _called(source: str, target: str, entities: tuple[str, ...]) -> str:
    ends = f"{source} to {target}"
    return f"{ends}: {', '.join(entities[:2])}" if entities else ends


def _people(values: Mapping[Field, str]) -> dict[Field, Named]:
    found = {
        field: person(values.get(field, ""), values.get(MAIL_FIELDS.get(field, Field.IGNORE), ""))
        for field in PERSON_FIELDS
    }
    return {field: who for field, who in found.items() if who}


def _ends(values: Mapping[Field, str], own_system: str) -> tuple[str, str, Way]:
    """Both ends as far as the row says them, from whatever columns it has."""
    course = direction(values.get(Field.DIRECTION, ""))
    source, target = values.get(Field.FROM, ""), values.get(Field.TO, "")
    partner = values.get(Field.PARTNER, "")
    own = values.get(Field.SYSTEM, "") or own_system
    # A partner is told from where the list stands, so its direction turns with the column.
    if partner and not (source and target):
        other = source or target or own
        return _seen_from(other, partner, _towards(source, target, course))
    if source and target:
        return source, target, Way.BOTH if course is Direction.BOTH else Way.FORWARD
    for cell in (values.get(Field.ROUTE, ""), values.get(Field.NAME, "")):
        if found := route(cell):
            return _trimmed(found)
    return (source or (own if target else "")), (target or (own if source else "")), Way.FORWARD


def _towards(source: str, target: str, course: Direction | None) -> Direction | None:
    if course:
        return course
    return Direction.OUT if source else Direction.IN if target else None


def _seen_from(own: str, partner: str, course: Direction | None) -> tuple[str, str, Way]:
    if course is Direction.IN:
        return partner, own, Way.FORWARD
    ways = {Direction.OUT: Way.FORWARD, Direction.BOTH: Way.BOTH, None: Way.UNSAID}
    return own, partner, ways[course]


def _trimmed(found: tuple[str, str, Way]) -> tuple[str, str, Way]:
    """`Orders: shop -> ERP (nightly)` holds more than its ends."""
    source, target, way = found
    source = source.rpartition(":")[2].strip() or source
    target = target.partition(":")[0].partition("(")[0].strip() or target
    return source, target, way
