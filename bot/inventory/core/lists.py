"""What a list of connections holds: its columns, its rows, and a row once it is understood.

Every value remembers the row it came from, so that each line of the result can name its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.core.estate.lane import Layer


class Field(StrEnum):
    """What a column of a list can mean; the values are what `--map` takes."""

    ID = "id"
    NAME = "name"
    ROUTE = "route"  # both ends in one cell: Shop -> ERP
    FROM = "from"
    TO = "to"
    SYSTEM = "system"  # the end whose list it is, beside a partner
    PARTNER = "partner"  # the other end, seen from the list's own system
    DIRECTION = "direction"
    ENTITIES = "entities"
    TECHNICAL = "technical"
    MAIL = "mail"  # of the technical owner
    FUNCTIONAL = "functional"
    FUNCTIONAL_MAIL = "functional-mail"
    ARCHITECTURE = "architecture"
    RESPONDER = "responder"
    CRITICALITY = "criticality"
    DOMAIN = "domain"
    FLOW = "flow"
    PATTERN = "pattern"
    BUILD = "build"
    VENDOR = "vendor"
    STAGE = "stage"
    ENDPOINT = "endpoint"
    DOCS = "docs"
    NOTES = "notes"
    IGNORE = "ignore"


OWNER_FIELDS: Mapping[Field, Layer] = {
    Field.TECHNICAL: Layer.TECHNICAL,
    Field.FUNCTIONAL: Layer.FUNCTIONAL,
    Field.ARCHITECTURE: Layer.ARCHITECTURE,
}
PERSON_FIELDS = (*OWNER_FIELDS, Field.RESPONDER)
MAIL_FIELDS: Mapping[Field, Field] = {
    Field.TECHNICAL: Field.MAIL,
    Field.FUNCTIONAL: Field.FUNCTIONAL_MAIL,
}


class Way(StrEnum):
    """Which way the data goes between the two ends."""

    FORWARD = "forward"
    BOTH = "both"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person as a cell names them; either part may be empty, not both. `others` is who else
    stands in the cell, by name or address."""

    name: str = ""
    email: str = ""
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name and self.email else self.name + self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as written. `place` is `file:row`; empty cells are left out. `rest` holds cells of
    columns that mean nothing here, by their heading."""

    list: str
    place: str
    values: Mapping[Field, str]
    rest: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEntry:
    """A row that was understood. `source` and `target` are names of systems as written, empty
    when the row does not say. `facts` are other texts, by field."""

    list: str
    place: str
    name: str
    source: str = ""
    target: str = ""
    way: Way = Way.FORWARD
    entities: tuple[str, ...] = ()
    people: Mapping[Field, Named] = field(default_factory=dict)
    facts: Mapping[Field, str] = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether both ends are said."""
        return bool(self.source and self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row that made no connection, with its text so that nothing is lost."""

    place: str
    why: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDoubt:
    """Two things that are perhaps the same. `kind` is `system` or `connection`; the sides are
    names of systems or places of rows, `one_says` and `other_says` what they are called."""

    kind: str
    one: str
    other: str
    one_says: str
    other_says: str
    why: tuple[str, ...]

    @property
    def pair(self) -> frozenset[str]:
        return frozenset({self.one, self.other})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a person has already said of doubtful pairs: the same, or two things. `distinct` are
    names of systems no two of which are the same."""

    same: frozenset[frozenset[str]] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    distinct: frozenset[str] = frozenset()

    def with_answer(self, pair: frozenset[str], *, same: bool) -> "Decisions":
        if same:
            return replace(self, same=self.same | {pair})
        return replace(self, apart=self.apart | {pair})
