"""The estate as the lists describe it, before anybody has read it through.

Rule of this file: whatever several rows say differently is kept side by side, and what nobody says
stays empty. The first list that says something is written down; the others become remarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.estate.catalogue import Build, Criticality
from bot.core.estate.description import Stage
from bot.core.estate.lane import Layer

PersonKey = str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPerson:
    """`places` are the rows that name them; without `email` they can own nothing yet."""

    id: PersonKey
    name: str
    email: str = ""
    slack: str = ""
    title: str = ""
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    known: bool = False  # already in the estate file
    reachable: bool = False  # there, by an address that is not read here or by a Slack id


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSystem:
    id: str
    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftParty:
    id: str
    name: str
    email: str = ""
    places: tuple[str, ...] = ()
    known: bool = False


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
class DraftConnection:
    """`owners` and `first_responder` are people with an address; who has none stands in `remarks`,
    lines that say by field what could not be written down and why. `sources` names, by field, the
    row that a value came from."""

    id: str
    name: str
    source: str
    target: str
    both_ways: bool = False
    aliases: tuple[str, ...] = ()
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
    places: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateDraft:
    """Everything to be written down, and what is to be told beside it."""

    people: tuple[DraftPerson, ...] = ()
    systems: tuple[DraftSystem, ...] = ()
    parties: tuple[DraftParty, ...] = ()
    connections: tuple[DraftConnection, ...] = ()
    differences: tuple[Difference, ...] = ()
