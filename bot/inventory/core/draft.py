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
